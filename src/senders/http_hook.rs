//! Signed JSON over HTTP, as `docs/hooks.md` describes it.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use data_encoding::HEXLOWER;
use hmac::{Hmac, Mac};
use reqwest::header::{CONTENT_TYPE, RETRY_AFTER};
use reqwest::{Certificate, Client, Response, StatusCode, Url};
use serde::Deserialize;
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::model::fault::Fault;
use crate::ports::clock::Clock;
use crate::ports::hook::Hook;
use crate::ports::messenger::SendError;

/// `t=<Unix seconds>,v1=<hex>`.
pub const SIGNATURE: &str = "ringback-signature";
pub const IDEMPOTENCY_KEY: &str = "idempotency-key";

/// To connect, and for the whole exchange.
const CONNECT_LIMIT: Duration = Duration::from_secs(2);
const LIMIT: Duration = Duration::from_secs(5);
/// Bytes of an answer that are read.
const LONGEST_ANSWER: usize = 64 * 1024;
/// Characters of a secret: 256 bits as hex digits are 64, as Base64 44.
const SHORTEST_SECRET: usize = 32;

/// Where a hook is and how it is trusted.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HookConfig {
    /// `https://..`; plain `http://` on this machine only.
    pub url: String,
    /// The secret of the signature, known to both sides.
    pub secret_file: PathBuf,
    /// The authority of the other side's certificate, PEM; without it the public ones are trusted.
    pub ca_file: Option<PathBuf>,
}

/// One hook. Follows no redirect and uses no proxy: a message goes where the configuration says, or nowhere.
pub struct HttpHook {
    client: Client,
    url: Url,
    secret: Zeroizing<String>,
    clock: Arc<dyn Clock>,
}

impl HookConfig {
    /// Everything that is wrong, all at once.
    pub fn faults(&self) -> Vec<Fault> {
        let url = self.checked_url().err().map(|why| Fault::at("url", why));
        let secret = self.secret().err().map(|why| Fault::at("secret_file", why));
        let authority = self.authority().err().map(|why| Fault::at("ca_file", why));
        url.into_iter().chain(secret).chain(authority).collect()
    }

    fn checked_url(&self) -> Result<Url, String> {
        let url = Url::parse(&self.url).map_err(|error| format!("`{}` is not an address: {error}", self.url))?;
        let here = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
        match url.scheme() {
            _ if !url.username().is_empty() || url.password().is_some() => {
                Err("holds a user name or password; the signature is what the other side checks".to_owned())
            }
            "https" => Ok(url),
            "http" if here => Ok(url),
            _ => Err(format!("`{}` would send codes in the clear; use `https://`", self.url)),
        }
    }

    /// # Errors
    /// When the file cannot be read, or holds too little to be a secret.
    pub fn secret(&self) -> Result<Zeroizing<String>, String> {
        let path = self.secret_file.display();
        let text = std::fs::read_to_string(&self.secret_file).map_err(|error| format!("`{path}`: {error}"))?;
        let text = Zeroizing::new(text);
        let secret = text.trim();
        if secret.len() < SHORTEST_SECRET {
            let remedy = "`openssl rand -hex 32` makes one";
            return Err(format!("`{path}` holds fewer than {SHORTEST_SECRET} characters; {remedy}"));
        }
        Ok(Zeroizing::new(secret.to_owned()))
    }

    fn authority(&self) -> Result<Option<Vec<Certificate>>, String> {
        let Some(file) = &self.ca_file else { return Ok(None) };
        let named = |why: &dyn std::fmt::Display| format!("`{}`: {why}", file.display());
        let pem = std::fs::read(file).map_err(|error| named(&error))?;
        let certificates = Certificate::from_pem_bundle(&pem).map_err(|error| named(&error))?;
        if certificates.is_empty() {
            return Err(named(&"holds no certificate (PEM)"));
        }
        Ok(Some(certificates))
    }
}

impl HttpHook {
    /// # Errors
    /// The first fault of the section; `HookConfig::faults` lists them all.
    pub fn new(config: &HookConfig, clock: Arc<dyn Clock>) -> Result<Self, Fault> {
        let mut client = Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(CONNECT_LIMIT)
            .timeout(LIMIT)
            // A kept connection may be dead; on a new one it is certain what left.
            .pool_max_idle_per_host(0);
        if let Some(certificates) = config.authority().map_err(|why| Fault::at("ca_file", why))? {
            client = client.tls_built_in_root_certs(false);
            client = certificates.into_iter().fold(client, reqwest::ClientBuilder::add_root_certificate);
        }
        Ok(Self {
            client: client.build().map_err(|error| Fault::at("url", error.to_string()))?,
            url: config.checked_url().map_err(|why| Fault::at("url", why))?,
            secret: config.secret().map_err(|why| Fault::at("secret_file", why))?,
            clock,
        })
    }

    fn tag(&self, parts: &[&str]) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.secret.as_bytes()).expect("HMAC takes a key of any length");
        mac.update(parts.join(".").as_bytes());
        HEXLOWER.encode(&mac.finalize().into_bytes())
    }
}

#[async_trait]
impl Hook for HttpHook {
    async fn call(&self, json: String) -> Result<String, SendError> {
        // Made of the document under the secret: the same when it is tried again, and not to be guessed from it.
        let key = self.tag(&["key", &json])[..32].to_owned();
        let now = self.clock.now().unix_seconds().to_string();
        let signature = format!("t={now},v1={}", self.tag(&[&now, &key, &json]));
        let request = self
            .client
            .post(self.url.clone())
            .header(CONTENT_TYPE, "application/json")
            .header(IDEMPOTENCY_KEY, key)
            .header(SIGNATURE, signature)
            .body(json);
        match request.send().await {
            Ok(answer) => read(answer).await,
            // Without the address in the text: it may hold a path that is a secret of its own.
            Err(error) if error.is_connect() => {
                Err(SendError::Retry { why: format!("hook: {}", error.without_url()), after_seconds: None })
            }
            Err(error) => Err(SendError::Unknown { why: format!("hook: {}", error.without_url()) }),
        }
    }
}

async fn read(answer: Response) -> Result<String, SendError> {
    let status = answer.status();
    let why = format!("hook: answer {}", status.as_u16());
    match status {
        status if status.is_success() => Ok(body(answer).await),
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => {
            let seconds = answer.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok());
            Err(SendError::Retry { why, after_seconds: seconds.and_then(|value| value.trim().parse().ok()) })
        }
        // The other side gave up waiting for the rest: it may have had enough to act on.
        StatusCode::REQUEST_TIMEOUT => Err(SendError::Unknown { why }),
        // Refused (409, 422), or addressed wrongly: trying again will not help.
        status if status.is_client_error() || status.is_redirection() => Err(SendError::Dead { why }),
        _ => Err(SendError::Unknown { why }),
    }
}

/// The beginning of the body. It was accepted whatever becomes of the rest.
async fn body(mut answer: Response) -> String {
    let mut bytes = Vec::new();
    while let Ok(Some(chunk)) = answer.chunk().await {
        bytes.extend_from_slice(&chunk);
        if bytes.len() >= LONGEST_ANSWER {
            break;
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
