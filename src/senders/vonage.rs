//! Calls through the REST interface of Vonage, signed in by a token that the application's private key makes.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use data_encoding::{BASE64, BASE64URL_NOPAD, HEXLOWER};
use reqwest::{Client, Url};
use ring::rand::{SecureRandom, SystemRandom};
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use serde::Deserialize;
use serde_json::json;

use crate::model::fault::Fault;
use crate::ports::caller::{Call, Caller};
use crate::ports::clock::Clock;
use crate::ports::messenger::SendError;
use crate::senders::rest;
use crate::senders::twilio::AnswerAt;

const URL: &str = "https://api.nexmo.com";
/// A token serves one request; clocks may differ a little.
const TOKEN_SECONDS: u64 = 300;
/// Vonage rings for so long at most.
const LONGEST_RING: u32 = 120;

/// An application that places calls.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VonageConfig {
    /// The API server, for a region of one's own: `https://api-eu.vonage.com`.
    pub url: Option<String>,
    /// The application's id.
    pub application: String,
    /// The application's private key, PEM (PKCS #8), as Vonage hands it out.
    pub secret_file: PathBuf,
    /// What calls come from: a number of the account, in E.164.
    pub from: String,
    /// The authority of the other side's certificate, PEM; without it the public ones are trusted.
    pub ca_file: Option<PathBuf>,
}

pub struct VonageApi {
    client: Client,
    url: Url,
    key: RsaKeyPair,
    config: VonageConfig,
    clock: Arc<dyn Clock>,
    answer_at: AnswerAt,
}

impl VonageConfig {
    /// Everything that is wrong, all at once.
    pub fn faults(&self) -> Vec<Fault> {
        let url = self.calls().err().map(|why| Fault::at("url", why));
        let secret = key(&self.secret_file).err().map(|why| Fault::at("secret_file", why));
        let client = rest::client(self.ca_file.as_ref()).err().map(|why| Fault::at("ca_file", why));
        url.into_iter().chain(secret).chain(client).collect()
    }

    fn calls(&self) -> Result<Url, String> {
        let mut url = rest::base(self.url.as_deref().unwrap_or(URL))?;
        url.set_path("/v1/calls");
        Ok(url)
    }
}

impl VonageApi {
    /// # Errors
    /// The first fault of the section; `VonageConfig::faults` lists them all.
    pub fn new(config: &VonageConfig, clock: Arc<dyn Clock>, answer_at: AnswerAt) -> Result<Self, Fault> {
        Ok(Self {
            client: rest::client(config.ca_file.as_ref()).map_err(|why| Fault::at("ca_file", why))?,
            url: config.calls().map_err(|why| Fault::at("url", why))?,
            key: key(&config.secret_file).map_err(|why| Fault::at("secret_file", why))?,
            config: config.clone(),
            clock,
            answer_at,
        })
    }

    /// Whether the application is let in; it looks at past calls and changes nothing.
    pub async fn sign_in(&self) -> Result<(), SendError> {
        rest::send("vonage", self.client.get(self.url.clone()).bearer_auth(self.token()?)).await
    }

    /// RFC 7519 with RS256; `jti` is drawn, so no two are the same.
    fn token(&self) -> Result<String, SendError> {
        let failed = |_| SendError::Dead { why: "vonage: the private key signs nothing".to_owned() };
        let random = SystemRandom::new();
        let mut id = [0; 16];
        random.fill(&mut id).map_err(failed)?;
        let now = self.clock.now().unix_seconds();
        let claims = json!({
            "application_id": self.config.application,
            "iat": now,
            "exp": now + TOKEN_SECONDS,
            "jti": HEXLOWER.encode(&id),
        });
        let head = BASE64URL_NOPAD.encode(br#"{"alg":"RS256","typ":"JWT"}"#);
        let message = format!("{head}.{}", BASE64URL_NOPAD.encode(claims.to_string().as_bytes()));
        let mut signature = vec![0; self.key.public().modulus_len()];
        self.key.sign(&RSA_PKCS1_SHA256, &random, message.as_bytes(), &mut signature).map_err(failed)?;
        Ok(format!("{message}.{}", BASE64URL_NOPAD.encode(&signature)))
    }
}

#[async_trait]
impl Caller for VonageApi {
    async fn call(&self, call: &Call) -> Result<(), SendError> {
        let answer_at = (self.answer_at)(&call.leg);
        let bare = |number: &str| number.trim_start_matches('+').to_owned();
        let mut to = json!({ "type": "phone", "number": bare(call.to.e164()) });
        if let Some(extension) = &call.extension {
            // Half a second for each `p`: a switchboard picks up and listens first.
            to["dtmfAnswer"] = json!(format!("pppp{extension}"));
        }
        let document = json!({
            "to": [to],
            "from": { "type": "phone", "number": bare(&self.config.from) },
            "answer_url": [answer_at],
            "answer_method": "POST",
            "event_url": [format!("{answer_at}/status")],
            "event_method": "POST",
            "ringing_timer": call.ring.0.clamp(1, LONGEST_RING),
        });
        rest::send("vonage", self.client.post(self.url.clone()).bearer_auth(self.token()?).json(&document)).await
    }
}

/// An RSA key of 2048 bits at least, from PEM.
fn key(path: &Path) -> Result<RsaKeyPair, String> {
    const SHAPE: &str = "holds no private key as Vonage hands it out (PEM, BEGIN PRIVATE KEY)";
    let named = |why: &dyn std::fmt::Display| format!("`{}`: {why}", path.display());
    let text = rest::secret(path)?;
    let inside = text.split_once("-----BEGIN PRIVATE KEY-----").and_then(|(_, rest)| rest.split_once("-----END"));
    let (body, _) = inside.ok_or_else(|| named(&SHAPE))?;
    let body: zeroize::Zeroizing<String> = zeroize::Zeroizing::new(body.split_whitespace().collect());
    let der = zeroize::Zeroizing::new(BASE64.decode(body.as_bytes()).map_err(|_| named(&SHAPE))?);
    RsaKeyPair::from_pkcs8(&der).map_err(|error| named(&format!("is no RSA key that can be used: {error}")))
}
