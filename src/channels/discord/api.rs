//! Calls of Discord's API: where it is, and what its answer means for a message.

use std::time::Duration;

use reqwest::{Client, Method, StatusCode, Url};
use serde::Deserialize;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use zeroize::Zeroizing;

use crate::channels::discord::message::Body;
use crate::ports::messenger::SendError;

/// To connect, and for the whole exchange.
const CONNECT_LIMIT: Duration = Duration::from_secs(3);
const LIMIT: Duration = Duration::from_secs(10);
/// Seconds between two tries of an application whose token is refused: only a person can mend that.
const REFUSED_AGAIN: u32 = 60;

/// One application at one server of the API.
pub struct Api {
    client: Client,
    base: Url,
    application: String,
    token: Zeroizing<String>,
    /// The section of the configuration, for the log: `discord.main`.
    section: String,
}

/// What a refusal says beside its status: an interaction has been answered as often as Discord allows.
const NO_MORE_FOLLOW_UPS: u64 = 40_094;

/// Why an interaction was not answered.
#[derive(Debug, PartialEq, Eq)]
pub enum NotAnswered {
    /// Its token does not work, or not yet.
    Gone,
    /// It was answered as often as it may be.
    Full,
    Failed(SendError),
}

/// What `applications/@me` says, as far as it is looked at.
#[derive(Deserialize)]
pub struct Me {
    pub id: String,
    pub name: String,
    pub verify_key: String,
    pub interactions_endpoint_url: Option<String>,
}

/// A registered command, as far as it is looked at.
#[derive(Deserialize)]
pub struct Known {
    pub name: String,
}

/// A message of its own, by whose nonce Discord knows doubles.
#[derive(Serialize)]
struct Created<'a> {
    #[serde(flatten)]
    body: &'a Body,
    nonce: &'a str,
    enforce_nonce: bool,
}

#[derive(Deserialize)]
struct Refusal {
    code: u64,
}

#[derive(Deserialize)]
struct Waits {
    retry_after: f64,
}

impl Api {
    /// # Errors
    /// The address is none, or would carry the token in the clear.
    pub fn new(base: &str, application: String, token: Zeroizing<String>, section: String) -> Result<Self, String> {
        let base = address(base)?;
        // A kept connection may be dead; on a new one it is certain what left. No redirect: the token goes where the
        // configuration says, or nowhere.
        let client = Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .user_agent(concat!("DiscordBot (ringback, ", env!("CARGO_PKG_VERSION"), ")"))
            .connect_timeout(CONNECT_LIMIT)
            .pool_max_idle_per_host(0);
        let client = client.build().map_err(|error| error.to_string())?;
        Ok(Self { client, base, application, token, section })
    }

    pub fn application(&self) -> &str {
        &self.application
    }

    /// Puts words in the place of an interaction's own answer. May be repeated.
    pub async fn edit_answer(&self, token: &str, body: &Body) -> Result<(), NotAnswered> {
        let path = ["webhooks", &self.application, token, "messages", "@original"];
        match self.by_token(Method::PATCH, &path, body).await {
            // The same words in the same place: nobody sees that they came twice.
            Err(NotAnswered::Failed(SendError::Unknown { why })) => {
                Err(NotAnswered::Failed(SendError::Retry { why, after_seconds: None }))
            }
            answered => answered,
        }
    }

    /// A further message below an interaction.
    pub async fn follow_up(&self, token: &str, body: &Body) -> Result<(), NotAnswered> {
        self.by_token(Method::POST, &["webhooks", &self.application, token], body).await
    }

    /// The direct messages with a person; they are opened if they are not.
    pub async fn direct_messages(&self, user: &str) -> Result<String, SendError> {
        let opened: Value =
            self.ask(Method::POST, &["users", "@me", "channels"], &json!({ "recipient_id": user })).await?;
        let unread = || SendError::Unknown { why: "discord: a channel was answered without its id".to_owned() };
        opened["id"].as_str().map(str::to_owned).ok_or_else(unread)
    }

    /// A message in a channel. Sent again within a few minutes with the same nonce it is shown once.
    pub async fn post(&self, channel: &str, body: &Body, nonce: &str) -> Result<(), SendError> {
        let created = Created { body, nonce, enforce_nonce: true };
        self.call(Method::POST, &["channels", channel, "messages"], Some(&created), true).await?;
        Ok(())
    }

    /// Replaces all commands.
    pub async fn put_commands(&self, commands: &[Value]) -> Result<(), SendError> {
        let path = ["applications", &self.application, "commands"];
        self.call(Method::PUT, &path, Some(&commands), true).await?;
        Ok(())
    }

    /// The application as Discord knows it.
    pub async fn me(&self) -> Result<Me, SendError> {
        self.ask(Method::GET, &["applications", "@me"], &Value::Null).await
    }

    /// The commands that Discord knows.
    pub async fn commands(&self) -> Result<Vec<Known>, SendError> {
        self.ask(Method::GET, &["applications", &self.application, "commands"], &Value::Null).await
    }

    async fn by_token(&self, method: Method, path: &[&str], body: &Body) -> Result<(), NotAnswered> {
        match self.call(method, path, Some(body), false).await {
            Ok(_) => Ok(()),
            Err(Failure { code: Some(NO_MORE_FOLLOW_UPS), .. }) => Err(NotAnswered::Full),
            Err(Failure { status: Some(StatusCode::UNAUTHORIZED | StatusCode::NOT_FOUND), .. }) => {
                Err(NotAnswered::Gone)
            }
            Err(failure) => Err(NotAnswered::Failed(failure.error)),
        }
    }

    async fn ask<T: DeserializeOwned>(&self, method: Method, path: &[&str], body: &Value) -> Result<T, SendError> {
        let answer = self.call(method, path, (!body.is_null()).then_some(body), true).await?;
        let unread = |_| SendError::Unknown { why: format!("discord: {} was answered by something else", path[0]) };
        serde_json::from_slice(&answer).map_err(unread)
    }

    async fn call<B: Serialize + ?Sized>(
        &self,
        method: Method,
        path: &[&str],
        body: Option<&B>,
        authorized: bool,
    ) -> Result<Vec<u8>, Failure> {
        let mut url = self.base.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(path);
        }
        // Never the whole path: it may hold the token of an interaction.
        let what = format!("discord: {method} {}", path[0]);
        let mut request = self.client.request(method, url).timeout(LIMIT);
        if authorized {
            request = request.header("authorization", format!("Bot {}", self.token.as_str()));
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        let failed = |error| Err(Failure { status: None, code: None, error });
        let answer = match request.send().await {
            Ok(answer) => answer,
            Err(error) if error.is_connect() => {
                tracing::warn!(channel = "discord", key = %self.key("api"), "the API cannot be reached");
                return failed(SendError::Retry { why: format!("{what} did not connect"), after_seconds: None });
            }
            Err(_) => return failed(SendError::Unknown { why: format!("{what} got no answer") }),
        };
        let status = answer.status();
        let body = answer.bytes().await.unwrap_or_default();
        let why = format!("{what} was answered {}", status.as_u16());
        let error = match status {
            status if status.is_success() => return Ok(body.to_vec()),
            StatusCode::TOO_MANY_REQUESTS => {
                let asked = serde_json::from_slice::<Waits>(&body).map_or(1.0, |waits| waits.retry_after);
                // Seconds with fractions; a whole day is more than anybody is made to wait.
                let seconds = asked.ceil().clamp(1.0, 86_400.0) as u32;
                SendError::Retry { why, after_seconds: Some(seconds) }
            }
            StatusCode::UNAUTHORIZED if authorized => {
                let key = self.key("token_file");
                tracing::error!(channel = "discord", %key, outcome = "refused", "Discord does not know this token");
                SendError::Retry { why, after_seconds: Some(REFUSED_AGAIN) }
            }
            StatusCode::SERVICE_UNAVAILABLE => SendError::Retry { why, after_seconds: None },
            // Closed direct messages, a channel that is gone, or a message that is no good.
            status if status.is_client_error() || status.is_redirection() => SendError::Dead { why },
            _ => SendError::Unknown { why },
        };
        let code = serde_json::from_slice::<Refusal>(&body).ok().map(|refusal| refusal.code);
        Err(Failure { status: Some(status), code, error })
    }

    fn key(&self, key: &str) -> String {
        format!("{}.{key}", self.section)
    }
}

struct Failure {
    status: Option<StatusCode>,
    /// Discord's own number for it.
    code: Option<u64>,
    error: SendError,
}

impl From<Failure> for SendError {
    fn from(failure: Failure) -> Self {
        failure.error
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
