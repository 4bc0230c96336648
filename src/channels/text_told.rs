//! What a gateway of the institution's own says of texts that it was handed: signed JSON, as `docs/hooks.md` has it.
//!
//! Signature first, over the bytes as they came; then our own MAC; then the body is read.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use data_encoding::HEXLOWER;
use hmac::{Hmac, Mac};
use serde::Deserialize;
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::http::problem::Problem;
use crate::model::ids::ChallengeId;
use crate::model::time::Seconds;
use crate::ports::clock::Clock;
use crate::runtime::turn::Inbox;
use crate::verify::keys::Keys;

/// Where all of these addresses begin.
pub const ROOT: &str = "/hooks/text";
/// `t=<Unix seconds>,v1=<hex>`, once.
const SIGNATURE: &str = "ringback-signature";
/// How far the time of a signature may be from ours, in both directions.
pub const TOLERANCE: Seconds = Seconds(300);

/// What the route is made of.
pub struct Parts {
    /// Scheme, host and port of the configuration, without a slash at the end.
    pub origin: String,
    /// The secret of `[sms]`, which both sides know.
    pub secret: Zeroizing<String>,
    pub keys: Arc<Keys>,
    pub clock: Arc<dyn Clock>,
    pub inbox: Inbox,
}

/// The document that a gateway posts; further fields are its own affair.
#[derive(Deserialize)]
struct Told {
    version: u8,
    kind: Kind,
    status: Status,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    TextStatus,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Status {
    Queued,
    Sent,
    Delivered,
    /// The network gave it up.
    Undelivered,
}

/// Where it is told what became of the text with this code, below an origin without a slash at its end.
pub fn address(keys: &Keys, origin: &str, challenge: &ChallengeId) -> String {
    format!("{origin}{ROOT}/{challenge}/{}", mac(keys, challenge))
}

/// What the other side writes into its header: time, address and body under the shared secret. The address is part of it,
/// so that what was said of one text cannot be said of another.
pub fn signature(secret: &str, seconds: u64, url: &str, body: &[u8]) -> String {
    let tag = tagged(secret, &seconds.to_string(), url, body).finalize().into_bytes();
    format!("t={seconds},v1={}", HEXLOWER.encode(&tag))
}

pub fn routes(parts: Parts) -> Router {
    Router::new().route(&format!("{ROOT}/{{challenge}}/{{mac}}"), post(told)).with_state(Arc::new(parts))
}

async fn told(
    State(parts): State<Arc<Parts>>,
    Path((challenge, mac)): Path<(String, String)>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    match parts.take(&challenge, &mac, &uri, &headers, &body).await {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(problem) => problem.into_response(),
    }
}

impl Parts {
    async fn take(
        &self,
        challenge: &str,
        presented: &str,
        uri: &Uri,
        headers: &HeaderMap,
        body: &[u8],
    ) -> Result<(), Problem> {
        let path = uri.path_and_query().map_or("/", |path| path.as_str());
        if self.signed(&format!("{}{path}", self.origin), headers, body) != Some(true) {
            tracing::warn!(channel = "text", outcome = "forged", "word of a text without the gateway's signature");
            return Err(Problem::Unauthorized);
        }
        let challenge = ChallengeId::parse(challenge).ok_or(Problem::Unauthorized)?;
        if !same(mac(&self.keys, &challenge).as_bytes(), presented.as_bytes()) {
            return Err(Problem::Unauthorized);
        }
        let json = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).is_some_and(|kind| {
            kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/json")
        });
        if !json || headers.contains_key(CONTENT_ENCODING) {
            return Err(Problem::WrongMediaType);
        }
        let Told { version: 1, kind: Kind::TextStatus, status } =
            serde_json::from_slice(body).map_err(|_| Problem::Malformed)?
        else {
            return Err(Problem::Malformed);
        };
        if status == Status::Undelivered {
            // Answered so, it is told again later.
            self.inbox.text_lost(challenge).await.map_err(|_| Problem::Unavailable)?;
        }
        Ok(())
    }

    /// One header of exactly our form, of about now, and the right one.
    fn signed(&self, url: &str, headers: &HeaderMap, body: &[u8]) -> Option<bool> {
        let mut values = headers.get_all(SIGNATURE).iter();
        let value = values.next().filter(|_| values.next().is_none())?.to_str().ok()?;
        let (time, tag) = value.strip_prefix("t=")?.split_once(",v1=")?;
        let digits = (1..=12).contains(&time.len()) && time.bytes().all(|byte| byte.is_ascii_digit());
        let apart = time.parse::<u64>().ok().filter(|_| digits)?.abs_diff(self.clock.now().unix_seconds());
        let tag = HEXLOWER.decode(tag.as_bytes()).ok()?;
        let right = tagged(&self.secret, time, url, body).verify_slice(&tag).is_ok();
        Some(right && apart <= u64::from(TOLERANCE.0))
    }
}

fn tagged(secret: &str, time: &str, url: &str, body: &[u8]) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("HMAC takes a key of any length");
    mac.update(format!("{time}.{url}.").as_bytes());
    mac.update(body);
    mac
}

fn mac(keys: &Keys, challenge: &ChallengeId) -> String {
    HEXLOWER.encode(&keys.link.tag(&[b"text-told-by-hook", &challenge.0])[..16])
}

fn same(ours: &[u8], presented: &[u8]) -> bool {
    use subtle::ConstantTimeEq;
    ours.ct_eq(presented).into()
}
