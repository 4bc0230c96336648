//! The platform's connector: new messages, edits, private chats; and what its answers mean for a message.

use reqwest::header::RETRY_AFTER;
use reqwest::{Client, Method, StatusCode, Url};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::channels::teams::access::Access;
use crate::channels::teams::exchange::{body, client};
use crate::ports::messenger::SendError;

/// Seconds between two tries of an app whose token is refused.
const REFUSED_AGAIN: u32 = 60;

pub struct Connector {
    client: Client,
    access: Access,
    section: String,
}

/// Why a call did not go well.
#[derive(Debug, PartialEq, Eq)]
pub enum Trouble {
    /// The conversation or the message is not there any more.
    Gone,
    /// The person removed or blocked the app.
    Blocked,
    Send(SendError),
}

#[derive(Deserialize)]
struct Made {
    id: String,
}

impl Connector {
    /// # Errors
    /// The system's part of TLS cannot be set up.
    pub fn new(access: Access, section: String) -> Result<Self, String> {
        Ok(Self { client: client()?, access, section })
    }

    /// Sends a message; its id, where the platform tells it. Not to be sent twice.
    pub async fn post(&self, service: &str, conversation: &str, activity: &Value) -> Result<Option<String>, Trouble> {
        let url = url(service, &["v3", "conversations", conversation, "activities"])?;
        Ok(made(&self.call(Method::POST, url, activity).await?))
    }

    /// Puts another message in the place of one of ours. Harmless when it is done twice.
    pub async fn replace(&self, service: &str, conversation: &str, id: &str, activity: &Value) -> Result<(), Trouble> {
        let url = url(service, &["v3", "conversations", conversation, "activities", id])?;
        self.call(Method::PUT, url, activity).await.map(drop)
    }

    /// Opens the private chat with a person; its id.
    pub async fn open(&self, service: &str, app: &str, person: &str, tenant: &str) -> Result<String, Trouble> {
        let url = url(service, &["v3", "conversations"])?;
        let wish = json!({
            "bot": { "id": format!("28:{app}") },
            "members": [{ "id": person }],
            "isGroup": false,
            "tenantId": tenant,
            "channelData": { "tenant": { "id": tenant } },
        });
        let answer = self.call(Method::POST, url, &wish).await?;
        let why = || SendError::Dead { why: "teams: a private chat was opened and not named".to_owned() };
        made(&answer).ok_or_else(|| Trouble::Send(why()))
    }

    /// Whether the app gets a token.
    pub async fn signs_in(&self) -> Result<(), SendError> {
        self.access.token().await.map(drop)
    }

    async fn call(&self, method: Method, url: Url, payload: &Value) -> Result<Vec<u8>, Trouble> {
        let again =
            |why: &str, after_seconds| Trouble::Send(SendError::Retry { why: format!("teams: {why}"), after_seconds });
        let unknown = |why: String| Trouble::Send(SendError::Unknown { why: format!("teams: {why}") });
        // A token may end while it is on its way: one more try with a new one, for a refused call did nothing.
        for last in [false, true] {
            let token = self.access.token().await.map_err(Trouble::Send)?;
            let call = self.client.request(method.clone(), url.clone()).bearer_auth(token.as_str()).json(payload);
            let answer = match call.send().await {
                Ok(answer) => answer,
                Err(error) if error.is_connect() => return Err(again("the connector cannot be reached", None)),
                // Without the address in the text: it names the conversation.
                Err(error) => return Err(unknown(error.without_url().to_string())),
            };
            let status = answer.status();
            let why = format!("the connector answered {}", status.as_u16());
            match status {
                // An empty body is as good as any.
                status if status.is_success() => return Ok(body(answer).await.unwrap_or_default()),
                StatusCode::UNAUTHORIZED if !last => self.access.spoil(&token).await,
                StatusCode::UNAUTHORIZED => {
                    let key = format!("{}.app_id", self.section);
                    tracing::error!(channel = "teams", %key, outcome = "refused", "the connector refuses this app");
                    return Err(again(&why, Some(REFUSED_AGAIN)));
                }
                StatusCode::FORBIDDEN => return Err(Trouble::Blocked),
                StatusCode::NOT_FOUND | StatusCode::GONE => return Err(Trouble::Gone),
                StatusCode::TOO_MANY_REQUESTS | StatusCode::PRECONDITION_FAILED => {
                    let asked = answer.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok());
                    let asked = asked.and_then(|value| value.trim().parse::<u32>().ok());
                    return Err(again(&why, Some(asked.unwrap_or(1).clamp(1, 3600))));
                }
                StatusCode::SERVICE_UNAVAILABLE => return Err(again(&why, None)),
                StatusCode::REQUEST_TIMEOUT => return Err(unknown(why)),
                status if status.is_client_error() || status.is_redirection() => {
                    return Err(Trouble::Send(SendError::Dead { why: format!("teams: {why}") }));
                }
                // It may have been taken before the error.
                _ => return Err(unknown(why)),
            }
        }
        Err(again("the connector refuses this app", Some(REFUSED_AGAIN)))
    }
}

/// The address below a service, each part escaped: ids hold `:`, `;`, `@` and `/`.
fn url(service: &str, parts: &[&str]) -> Result<Url, Trouble> {
    let bad = || Trouble::Send(SendError::Dead { why: "teams: no address of a service".to_owned() });
    let mut url = Url::parse(service).map_err(|_| bad())?;
    url.path_segments_mut().map_err(|()| bad())?.pop_if_empty().extend(parts);
    Ok(url)
}

fn made(body: &[u8]) -> Option<String> {
    serde_json::from_slice::<Made>(body).ok().map(|made| made.id).filter(|id| !id.is_empty())
}
