//! The access token of our own app: asked for with its secret, kept until shortly before it ends.

use std::sync::Arc;

use reqwest::{Client, StatusCode, Url};
use serde::Deserialize;
use zeroize::Zeroizing;

use crate::channels::teams::exchange::{address, body, client};
use crate::model::time::{Seconds, Timestamp};
use crate::ports::clock::Clock;
use crate::ports::messenger::SendError;

/// What the token is for.
const SCOPE: &str = "https://api.botframework.com/.default";
/// It is asked for anew so long before it ends, and serves a minute at least.
const BEFORE_END: u64 = 300;
const AT_LEAST: u64 = 60;
/// Seconds between two tries when the secret is refused: only a person can mend that.
const REFUSED_AGAIN: u32 = 60;

/// Microsoft's numbers for what is wrong (AADSTS), the key to look at, and what they mean.
const REASONS: [(u32, &str, &str); 6] = [
    (7_000_215, "secret_file", "its secret is a wrong one; the value is wanted, not its id"),
    (7_000_222, "secret_file", "its secret has expired"),
    (700_016, "app_id", "the organisation has no such app"),
    (7_000_112, "app_id", "it is disabled in Entra"),
    (90_002, "organisation", "there is no such organisation"),
    (900_023, "organisation", "there is no such organisation"),
];

/// How our app proves itself.
pub struct Access {
    client: Client,
    url: Url,
    app: String,
    secret: Zeroizing<String>,
    clock: Arc<dyn Clock>,
    section: String,
    /// Held while it is asked for, so that many who want it ask once.
    kept: tokio::sync::Mutex<Option<(Zeroizing<String>, Timestamp)>>,
}

#[derive(Deserialize)]
struct Granted {
    access_token: String,
    expires_in: Lasts,
}

/// Seconds; older servers write them as a text.
#[derive(Deserialize)]
#[serde(untagged)]
enum Lasts {
    Number(u64),
    Text(String),
}

#[derive(Deserialize)]
struct Refusal {
    #[serde(default)]
    error_codes: Vec<u32>,
}

impl Access {
    /// `login` is the sign-in server, `tenant` the organisation that the app is registered in.
    ///
    /// # Errors
    /// The address is none, or would carry the secret in the clear.
    pub fn new(
        login: &str,
        tenant: &str,
        app: String,
        secret: Zeroizing<String>,
        clock: Arc<dyn Clock>,
        section: String,
    ) -> Result<Self, String> {
        let url = address(&format!("{}/{tenant}/oauth2/v2.0/token", login.trim_end_matches('/')))?;
        Ok(Self { client: client()?, url, app, secret, clock, section, kept: tokio::sync::Mutex::default() })
    }

    /// A token that holds for a while yet.
    ///
    /// # Errors
    /// Always `Retry`: nothing was sent.
    pub async fn token(&self) -> Result<Zeroizing<String>, SendError> {
        let mut kept = self.kept.lock().await;
        if let Some((token, until)) = kept.as_ref()
            && self.clock.now() < *until
        {
            return Ok(token.clone());
        }
        let granted = self.ask().await?;
        let lasts = match granted.expires_in {
            Lasts::Number(seconds) => seconds,
            Lasts::Text(text) => text.parse().unwrap_or(0),
        };
        let lasts = lasts.saturating_sub(BEFORE_END).clamp(AT_LEAST, 24 * 3600);
        let until = self.clock.now() + Seconds(u32::try_from(lasts).unwrap_or(0));
        let token = Zeroizing::new(granted.access_token);
        *kept = Some((token.clone(), until));
        Ok(token)
    }

    /// This one was refused: the next one is asked for.
    pub async fn spoil(&self, refused: &str) {
        let mut kept = self.kept.lock().await;
        if kept.as_ref().is_some_and(|(token, _)| token.as_str() == refused) {
            *kept = None;
        }
    }

    async fn ask(&self) -> Result<Granted, SendError> {
        let retry = |why: &str, after_seconds| SendError::Retry { why: format!("teams: {why}"), after_seconds };
        let form = [
            ("grant_type", "client_credentials"),
            ("client_id", self.app.as_str()),
            ("client_secret", self.secret.as_str()),
            ("scope", SCOPE),
        ];
        let Ok(answer) = self.client.post(self.url.clone()).form(&form).send().await else {
            let key = format!("{}.login", self.section);
            tracing::warn!(channel = "teams", %key, "the sign-in server cannot be reached");
            return Err(retry("the sign-in server cannot be reached", None));
        };
        match answer.status() {
            status if status.is_success() => {
                let body = Zeroizing::new(body(answer).await.unwrap_or_default());
                let granted = serde_json::from_slice::<Granted>(&body).ok();
                granted
                    .filter(|granted| is_header(&granted.access_token))
                    .ok_or_else(|| retry("no token came", Some(5)))
            }
            StatusCode::BAD_REQUEST | StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN | StatusCode::NOT_FOUND => {
                let (key, reason) = reason(&body(answer).await.unwrap_or_default());
                let key = format!("{}.{key}", self.section);
                tracing::error!(channel = "teams", %key, reason, outcome = "refused", "the app does not get a token");
                Err(retry(&format!("the app does not get a token: {reason} ({key})"), Some(REFUSED_AGAIN)))
            }
            _ => Err(retry("the sign-in server has trouble", Some(5))),
        }
    }
}

/// The key to look at, and why. Nothing of Microsoft's own text is told: it holds ids and times.
fn reason(body: &[u8]) -> (&'static str, &'static str) {
    let codes = serde_json::from_slice::<Refusal>(body).map(|refusal| refusal.error_codes).unwrap_or_default();
    let known = REASONS.iter().find(|(code, ..)| codes.contains(code));
    known.map_or(("secret_file", "its id and its secret are not taken"), |(_, key, reason)| (key, reason))
}

fn is_header(token: &str) -> bool {
    !token.is_empty() && token.len() <= 16 * 1024 && token.bytes().all(|b| b.is_ascii_graphic())
}
