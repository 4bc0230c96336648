//! Microsoft's side on a port of this machine: sign-in, description and list of signing keys, connector. What is unknown,
//! missing or too long is refused, and whatever a test wants to go wrong goes wrong.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router};
use ringback::channels::teams::bot::Identity;
use ringback::channels::teams::service::Host;
use ringback::config::teams::TeamsConfig;
use ringback::model::ids::TenantId;
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::description::faults;
use super::signing::Which;

pub const APP: &str = "8f14e45f-ceea-467f-a1d6-0c1d2e3f4a5b";
pub const ORGANISATION: &str = "c4ca4238-a0b9-4382-8dcc-509a6f75849b";
pub const ISSUER: &str = "https://api.botframework.com";
pub const SECRET: &str = "example~client.secret_of-the-app";
/// The name of the app in the configuration.
pub const NAME: &str = "main";

/// What goes wrong with the next message.
#[derive(Clone, Debug)]
pub enum Fault {
    /// 429, with so many seconds to wait.
    TooMany(u32),
    /// The message is taken, and the answer is an error of the server.
    ErrorAfterTaking,
    /// The message is not taken.
    Error(u16),
    /// The message is taken, and the answer has no body.
    Empty,
}

/// A message that took effect.
#[derive(Clone, Debug)]
pub struct Shown {
    pub conversation: String,
    pub id: String,
    pub activity: Value,
    /// It stands in the place of an older one.
    pub replaces: bool,
}

#[derive(Default)]
struct Inside {
    shown: Vec<Shown>,
    /// Calls of the connector, whatever became of them: method and path.
    calls: Vec<String>,
    opened: Vec<Value>,
    answers: Vec<Value>,
    refused: Vec<String>,
    faults: VecDeque<Fault>,
    gone: Vec<String>,
    keys: Vec<Value>,
    keys_down: bool,
    keys_hang: Option<tokio::sync::watch::Receiver<bool>>,
    asked_for_keys: usize,
    hanging: usize,
    granted: usize,
    wrong_secret: bool,
    /// Microsoft's own number for why no token is given.
    refused_with: Option<u32>,
    refusing: bool,
}

/// A running mock; it ends with its runtime.
pub struct Mock {
    pub base: String,
    inside: Arc<Mutex<Inside>>,
}

impl Mock {
    pub async fn start() -> Arc<Self> {
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let base = format!("http://127.0.0.1:{}", listener.local_addr().unwrap().port());
        let keys = vec![Which::First.listed(&["msteams", "skype"])];
        let inside = Arc::new(Mutex::new(Inside { keys, ..Inside::default() }));
        let router = Router::new().fallback(call).with_state((base.clone(), Arc::clone(&inside)));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Arc::new(Self { base, inside })
    }

    /// As an operator would configure the app.
    pub fn config(&self, tenant: &TenantId) -> TeamsConfig {
        TeamsConfig {
            identity: Identity {
                name: NAME.to_owned(),
                tenant: tenant.clone(),
                app: APP.to_owned(),
                issuer: ISSUER.to_owned(),
                organisations: vec![ORGANISATION.to_owned()],
                hosts: vec![Host::Exactly("127.0.0.1".to_owned())],
                service: self.service().trim_end_matches('/').to_owned(),
            },
            login: self.base.clone(),
            token_tenant: ORGANISATION.to_owned(),
            secret: Zeroizing::new(SECRET.to_owned()),
            openid: format!("{}/v1/.well-known/openidconfiguration", self.base),
        }
    }

    /// Where the connector is, as activities name it.
    pub fn service(&self) -> String {
        format!("{}/apac/", self.base)
    }

    pub fn shown(&self) -> Vec<Shown> {
        self.lock().shown.clone()
    }

    pub fn calls(&self) -> Vec<String> {
        self.lock().calls.clone()
    }

    /// Wishes for new private chats.
    pub fn opened(&self) -> Vec<Value> {
        self.lock().opened.clone()
    }

    /// What was not as the description has it.
    pub fn refused(&self) -> Vec<String> {
        self.lock().refused.clone()
    }

    /// Answers to buttons.
    pub fn answers(&self) -> Vec<Value> {
        self.lock().answers.clone()
    }

    pub fn answered(&self, answer: Value) {
        self.lock().answers.push(answer);
    }

    pub fn next(&self, fault: Fault) {
        self.lock().faults.push_back(fault);
    }

    /// The conversation is not there any more.
    pub fn forget(&self, conversation: &str) {
        self.lock().gone.push(conversation.to_owned());
    }

    /// From now on these keys are listed.
    pub fn list(&self, keys: Vec<Value>) {
        self.lock().keys = keys;
    }

    pub fn set_keys_down(&self, down: bool) {
        self.lock().keys_down = down;
    }

    /// Whoever asks for keys waits until this says so.
    pub fn let_keys_hang(&self) -> tokio::sync::watch::Sender<bool> {
        let (go_on, hang) = tokio::sync::watch::channel(false);
        self.lock().keys_hang = Some(hang);
        go_on
    }

    pub fn asked_for_keys(&self) -> usize {
        self.lock().asked_for_keys
    }

    /// Questions for keys that were made to wait.
    pub fn hanging(&self) -> usize {
        self.lock().hanging
    }

    /// How many tokens the app got.
    pub fn granted(&self) -> usize {
        self.lock().granted
    }

    pub fn set_wrong_secret(&self, wrong: bool) {
        self.lock().wrong_secret = wrong;
    }

    /// No token is given, for the reason with this number.
    pub fn refuse_with(&self, code: Option<u32>) {
        self.lock().refused_with = code;
    }

    /// The connector takes no token of this app.
    pub fn set_refusing(&self, refusing: bool) {
        self.lock().refusing = refusing;
    }

    /// Tokens that were given out hold no more.
    pub fn revoke(&self) {
        self.lock().granted += 1;
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Inside> {
        self.inside.lock().unwrap()
    }
}

async fn call(
    State((base, inside)): State<(String, Arc<Mutex<Inside>>)>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let path: Vec<String> = uri.path().split('/').skip(1).map(decoded).collect();
    let path: Vec<&str> = path.iter().map(String::as_str).collect();
    let hang = inside.lock().unwrap().keys_hang.clone();
    if let (["v1", ..], Some(mut hang)) = (&path[..], hang) {
        inside.lock().unwrap().hanging += 1;
        let _ = hang.wait_for(|go_on| *go_on).await;
    }
    let mut inside = inside.lock().unwrap();
    match (method.as_str(), &path[..]) {
        ("POST", [ORGANISATION, "oauth2", "v2.0", "token"]) => inside.token(&body),
        ("GET", ["v1", ".well-known", rest]) => inside.keys(&base, rest),
        (method, ["apac", "v3", "conversations", rest @ ..]) => inside.connector(method, rest, &headers, &body),
        _ => {
            inside.refused.push(format!("{method} {} is nothing", uri.path()));
            StatusCode::NOT_FOUND.into_response()
        }
    }
}

impl Inside {
    fn token(&mut self, body: &[u8]) -> Response {
        let form: Vec<(String, String)> = form_urlencoded::parse(body).into_owned().collect();
        let secret = if self.wrong_secret { "another" } else { SECRET };
        let wanted = [
            ("grant_type", "client_credentials"),
            ("client_id", APP),
            ("client_secret", secret),
            ("scope", "https://api.botframework.com/.default"),
        ];
        if form.len() != wanted.len()
            || !wanted.iter().all(|(key, value)| form.contains(&((*key).into(), (*value).into())))
        {
            return (StatusCode::UNAUTHORIZED, Json(json!({ "error": "invalid_client" }))).into_response();
        }
        if let Some(code) = self.refused_with {
            let answer = json!({
                "error": "invalid_client", "error_codes": [code], "trace_id": "0", "correlation_id": "0",
                "error_description": format!("AADSTS{code}: something about '{APP}' in '{ORGANISATION}'."),
            });
            return (StatusCode::UNAUTHORIZED, Json(answer)).into_response();
        }
        self.granted += 1;
        let token = format!("access-{}", self.granted);
        Json(json!({ "token_type": "Bearer", "expires_in": 3599, "ext_expires_in": 3599, "access_token": token }))
            .into_response()
    }

    fn keys(&mut self, base: &str, what: &str) -> Response {
        if self.keys_down {
            return StatusCode::SERVICE_UNAVAILABLE.into_response();
        }
        match what {
            "openidconfiguration" => {
                self.asked_for_keys += 1;
                Json(json!({
                    "issuer": ISSUER, "authorization_endpoint": "https://invalid.botframework.com",
                    "jwks_uri": format!("{base}/v1/.well-known/keys"),
                    "id_token_signing_alg_values_supported": ["RS256"],
                    "token_endpoint_auth_methods_supported": ["private_key_jwt"],
                }))
                .into_response()
            }
            "keys" => Json(json!({ "keys": self.keys })).into_response(),
            _ => StatusCode::NOT_FOUND.into_response(),
        }
    }

    fn connector(&mut self, method: &str, path: &[&str], headers: &HeaderMap, body: &[u8]) -> Response {
        self.calls.push(format!("{method} {}", path.join("/")));
        let bad = |status: StatusCode, code: &str| {
            (status, Json(json!({ "error": { "code": code, "message": code } }))).into_response()
        };
        let bearer = headers.get("authorization").and_then(|value| value.to_str().ok()).unwrap_or_default();
        if self.refusing || self.granted == 0 || bearer != format!("Bearer access-{}", self.granted) {
            return bad(StatusCode::UNAUTHORIZED, "Unauthorized");
        }
        let Ok(parsed) = serde_json::from_slice::<Value>(body) else {
            self.refused.push(format!("{method}: no JSON"));
            return bad(StatusCode::BAD_REQUEST, "BadSyntax");
        };
        let (conversation, replaced) = match (method, path) {
            ("POST", []) => return self.open(parsed),
            ("POST", [conversation, "activities"]) => ((*conversation).to_owned(), None),
            ("PUT", [conversation, "activities", id]) => ((*conversation).to_owned(), Some((*id).to_owned())),
            _ => {
                self.refused.push(format!("{method} {path:?} is nothing"));
                return bad(StatusCode::NOT_FOUND, "ServiceError");
            }
        };
        let wrong = faults(&parsed);
        if !wrong.is_empty() {
            self.refused.extend(wrong);
            return bad(StatusCode::BAD_REQUEST, "BadSyntax");
        }
        let known = replaced.as_ref().is_none_or(|id| self.shown.iter().any(|shown| shown.id == *id));
        if self.gone.contains(&conversation) || !known {
            return bad(StatusCode::NOT_FOUND, "ConversationNotFound");
        }
        let fault = self.faults.pop_front();
        match fault {
            Some(Fault::TooMany(seconds)) => {
                let answer = bad(StatusCode::TOO_MANY_REQUESTS, "TooManyRequests");
                return ([("retry-after", seconds.to_string())], answer).into_response();
            }
            Some(Fault::Error(status)) => return bad(StatusCode::from_u16(status).unwrap(), "Error"),
            _ => {}
        }
        let id = replaced.clone().unwrap_or_else(|| format!("{}", 1_767_574_800_000 + self.shown.len()));
        self.shown.push(Shown { conversation, id: id.clone(), activity: parsed, replaces: replaced.is_some() });
        let good = (StatusCode::CREATED, Json(json!({ "id": id }))).into_response();
        match fault {
            Some(Fault::ErrorAfterTaking) => StatusCode::BAD_GATEWAY.into_response(),
            Some(Fault::Empty) => StatusCode::ACCEPTED.into_response(),
            _ => good,
        }
    }

    fn open(&mut self, wish: Value) -> Response {
        let person = wish["members"][0]["id"].as_str().unwrap_or_default();
        let whole = wish["bot"]["id"] == format!("28:{APP}")
            && wish["isGroup"] == false
            && wish["tenantId"] == ORGANISATION
            && wish["channelData"]["tenant"]["id"] == ORGANISATION
            && !person.is_empty()
            && wish.as_object().is_some_and(|parts| parts.len() == 5);
        if !whole {
            self.refused.push(format!("no private chat can be made of {wish}"));
            return StatusCode::BAD_REQUEST.into_response();
        }
        let id = format!("a:opened-{}", self.opened.len() + 1);
        self.opened.push(wish);
        (StatusCode::CREATED, Json(json!({ "id": id }))).into_response()
    }
}

/// A part of an address without its escapes.
fn decoded(part: &str) -> String {
    let key = format!("x={}", part.replace('+', "%2B"));
    form_urlencoded::parse(key.as_bytes()).next().map(|(_, value)| value.into_owned()).unwrap_or_default()
}
