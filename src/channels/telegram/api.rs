//! Calls of the Bot API: where it is, and what its answer means for a message.

use std::time::Duration;

use reqwest::{Client, StatusCode, Url};
use serde::Deserialize;
use serde::Serialize;
use serde::de::DeserializeOwned;
use teloxide_core::requests::Payload;
use zeroize::Zeroizing;

use crate::ports::messenger::SendError;

/// To connect, and for the whole exchange of a call that is not a poll.
const CONNECT_LIMIT: Duration = Duration::from_secs(3);
const LIMIT: Duration = Duration::from_secs(10);
/// Seconds between two tries of an account whose token is refused: only a person can mend that.
const REFUSED_AGAIN: u32 = 60;

/// One bot at one server of the Bot API.
pub struct Api {
    client: Client,
    base: Url,
    token: Zeroizing<String>,
    /// The section of the configuration, for the log: `telegram.main`.
    section: String,
}

/// What every method answers.
#[derive(Deserialize)]
struct Answer<T> {
    ok: bool,
    result: Option<T>,
    parameters: Option<Parameters>,
}

#[derive(Deserialize)]
struct Parameters {
    retry_after: Option<u32>,
}

impl Api {
    /// # Errors
    /// The address is none, or would carry the token in the clear.
    pub fn new(base: &str, token: Zeroizing<String>, section: String) -> Result<Self, String> {
        let base = address(base)?;
        // A kept connection may be dead; on a new one it is certain what left. No redirect: the token goes where the
        // configuration says, or nowhere.
        let client = Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(CONNECT_LIMIT)
            .pool_max_idle_per_host(0);
        Ok(Self { client: client.build().map_err(|error| error.to_string())?, base, token, section })
    }

    /// The bot's own id: what stands before the colon of its token.
    pub fn bot(&self) -> &str {
        self.token.split(':').next().unwrap_or_default()
    }

    pub fn section(&self) -> &str {
        &self.section
    }

    /// Sends something that must not be sent twice; what it returns is not looked at.
    pub async fn send<P: Payload + Serialize>(&self, payload: &P) -> Result<(), SendError> {
        self.exchange::<P, serde_json::Value>(payload, LIMIT).await.map(drop)
    }

    /// Asks for something.
    ///
    /// # Errors
    /// Also when the answer is not of the shape that is read.
    pub async fn ask<P: Payload + Serialize, T: DeserializeOwned>(&self, payload: &P) -> Result<T, SendError> {
        let unread = || SendError::Unknown { why: format!("telegram: {} was answered without a result", P::NAME) };
        self.exchange(payload, LIMIT).await?.ok_or_else(unread)
    }

    /// The same for a call that waits on the other side.
    pub async fn wait<P: Payload + Serialize, T: DeserializeOwned>(
        &self,
        payload: &P,
        limit: Duration,
    ) -> Result<T, SendError> {
        let unread = || SendError::Unknown { why: format!("telegram: {} was answered without a result", P::NAME) };
        self.exchange(payload, limit).await?.ok_or_else(unread)
    }

    async fn exchange<P: Payload + Serialize, T: DeserializeOwned>(
        &self,
        payload: &P,
        limit: Duration,
    ) -> Result<Option<T>, SendError> {
        let mut url = self.base.clone();
        let path = format!("{}/bot{}/{}", url.path().trim_end_matches('/'), self.token.as_str(), method(P::NAME));
        url.set_path(&path);
        let answer = match self.client.post(url).timeout(limit).json(payload).send().await {
            Ok(answer) => answer,
            // Without the address in the text: it holds the token.
            Err(error) if error.is_connect() => {
                tracing::warn!(channel = "telegram", key = %self.key("api"), "the Bot API cannot be reached");
                return Err(SendError::Retry {
                    why: format!("telegram: {}", error.without_url()),
                    after_seconds: None,
                });
            }
            Err(error) => return Err(SendError::Unknown { why: format!("telegram: {}", error.without_url()) }),
        };
        let status = answer.status();
        let body = answer.bytes().await.unwrap_or_default();
        let read = serde_json::from_slice::<Answer<T>>(&body).ok();
        let why = format!("telegram: {} was answered {}", P::NAME, status.as_u16());
        match status {
            // Taken, whatever came back with it.
            status if status.is_success() => match read {
                Some(Answer { ok: false, .. }) => Err(SendError::Dead { why }),
                read => Ok(read.and_then(|answer| answer.result)),
            },
            StatusCode::TOO_MANY_REQUESTS => {
                let asked = read.and_then(|answer| answer.parameters?.retry_after);
                Err(SendError::Retry { why, after_seconds: Some(asked.unwrap_or(1)) })
            }
            // An unknown token is `Unauthorized`, a misshapen one is not even found.
            StatusCode::UNAUTHORIZED | StatusCode::NOT_FOUND => {
                let key = self.key("token_file");
                tracing::error!(channel = "telegram", %key, outcome = "refused", "the Bot API does not know this token");
                Err(SendError::Retry { why, after_seconds: Some(REFUSED_AGAIN) })
            }
            // Two that ask, or one that asks while a web hook is set.
            StatusCode::CONFLICT => {
                let key = self.key("receive");
                tracing::error!(channel = "telegram", %key, "another program asks for this bot's updates");
                Err(SendError::Retry { why, after_seconds: None })
            }
            StatusCode::SERVICE_UNAVAILABLE => Err(SendError::Retry { why, after_seconds: None }),
            // Blocked by the person, a chat that is gone, or a message that is no good.
            status if status.is_client_error() || status.is_redirection() => Err(SendError::Dead { why }),
            _ => Err(SendError::Unknown { why }),
        }
    }

    fn key(&self, key: &str) -> String {
        format!("{}.{key}", self.section)
    }
}

/// An address over TLS, or on this machine.
pub fn address(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|error| format!("`{text}` is not an address: {error}"))?;
    let here = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
    match url.scheme() {
        _ if !url.username().is_empty() || url.password().is_some() || url.query().is_some() => {
            Err("holds a user name or a query; write the address alone".to_owned())
        }
        "https" => Ok(url),
        "http" if here => Ok(url),
        _ => Err(format!("`{text}` would send the token in the clear; use `https://`")),
    }
}

/// `SendMessage` as the documentation writes it.
fn method(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}
