//! The Bot API as its published description has it, on a port of this machine: what is unknown, missing or too long is
//! refused, and whatever a test wants to go wrong goes wrong.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use axum::{Json, Router};
use serde_json::{Value, json};

use super::description::{faults, knows};

pub const TOKEN: &str = "123456789:AAE0-example_token_of_35_characters";
pub const USERNAME: &str = "example_reset_bot";

/// What goes wrong with the next call.
#[derive(Clone, Debug)]
pub enum Fault {
    /// 429, with so many seconds to wait.
    TooMany(u32),
    /// The message is taken, and the answer is an error of the server.
    ErrorAfterTaking,
    /// The message is not taken.
    Error(u16),
    /// The message is taken, and the answer comes late.
    Slow(Duration),
    /// The message is taken, and the answer has no body.
    Empty,
}

/// One call of a method.
#[derive(Clone, Debug)]
pub struct Call {
    pub method: String,
    pub body: Value,
    /// It took effect.
    pub taken: bool,
}

#[derive(Default)]
struct Inside {
    calls: Vec<Call>,
    refused: Vec<String>,
    faults: VecDeque<Fault>,
    down: bool,
    wrong_token: bool,
    /// For long polling: what was not confirmed yet.
    updates: Vec<Value>,
    webhook: Value,
    failed_at: Option<u64>,
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
        let inside: Arc<Mutex<Inside>> = Arc::default();
        let router = Router::new().route("/{bot}/{method}", any(call)).with_state(Arc::clone(&inside));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Arc::new(Self { base, inside })
    }

    /// Messages that took effect, oldest first.
    pub fn messages(&self) -> Vec<Value> {
        let calls = self.calls();
        calls.into_iter().filter(|call| call.method == "sendMessage" && call.taken).map(|call| call.body).collect()
    }

    pub fn calls(&self) -> Vec<Call> {
        self.inside.lock().unwrap().calls.clone()
    }

    /// What was not as the description has it.
    pub fn refused(&self) -> Vec<String> {
        self.inside.lock().unwrap().refused.clone()
    }

    pub fn next(&self, fault: Fault) {
        self.inside.lock().unwrap().faults.push_back(fault);
    }

    /// Every call is answered 503 until it is up again.
    pub fn set_down(&self, down: bool) {
        self.inside.lock().unwrap().down = down;
    }

    /// Telegram could not deliver at this moment, in seconds since 1970.
    pub fn failed_at(&self, at: u64) {
        self.inside.lock().unwrap().failed_at = Some(at);
    }

    /// The token was revoked.
    pub fn set_wrong_token(&self, wrong: bool) {
        self.inside.lock().unwrap().wrong_token = wrong;
    }

    pub fn offer(&self, update: Value) {
        self.inside.lock().unwrap().updates.push(update);
    }

    /// How many updates were not confirmed.
    pub fn unconfirmed(&self) -> usize {
        self.inside.lock().unwrap().updates.len()
    }

    /// A call that came in the answer to an update.
    pub fn replied(&self, mut call: Value) {
        let method = call["method"].as_str().expect("a reply names its method").to_owned();
        call.as_object_mut().unwrap().remove("method");
        let wrong = faults(&method, &call);
        let mut inside = self.inside.lock().unwrap();
        inside.refused.extend(wrong.iter().cloned());
        inside.calls.push(Call { method, body: call, taken: wrong.is_empty() });
    }
}

async fn call(
    State(inside): State<Arc<Mutex<Inside>>>,
    Path((bot, method)): Path<(String, String)>,
    body: Bytes,
) -> Response {
    let (answer, slow) = inside.lock().unwrap().answer(&bot, &method, &body);
    if let Some(slow) = slow {
        tokio::time::sleep(slow).await;
    }
    answer
}

impl Inside {
    fn answer(&mut self, bot: &str, method: &str, body: &[u8]) -> (Response, Option<Duration>) {
        let failed = |status: u16, description: &str, more: Value| {
            let mut answer = json!({ "ok": false, "error_code": status, "description": description });
            if !more.is_null() {
                answer["parameters"] = more;
            }
            (StatusCode::from_u16(status).unwrap(), Json(answer)).into_response()
        };
        if self.down {
            return (StatusCode::SERVICE_UNAVAILABLE.into_response(), None);
        }
        if self.wrong_token || bot != format!("bot{TOKEN}") {
            return (failed(401, "Unauthorized", Value::Null), None);
        }
        if !knows(method) {
            self.refused.push(format!("{method} is no method"));
            return (failed(404, "Not Found", Value::Null), None);
        }
        let parsed = if body.is_empty() { Ok(json!({})) } else { serde_json::from_slice::<Value>(body) };
        let Ok(parsed) = parsed else {
            self.refused.push(format!("{method}: no JSON"));
            return (failed(400, "Bad Request", Value::Null), None);
        };
        let wrong = faults(method, &parsed);
        let counts = method == "sendMessage";
        let fault = if counts { self.faults.pop_front() } else { None };
        let taken = wrong.is_empty() && !matches!(fault, Some(Fault::TooMany(_) | Fault::Error(_)));
        self.calls.push(Call { method: method.to_owned(), body: parsed.clone(), taken });
        if !wrong.is_empty() {
            self.refused.extend(wrong);
            return (failed(400, "Bad Request", Value::Null), None);
        }
        let result = self.result(method, &parsed);
        let good = Json(json!({ "ok": true, "result": result })).into_response();
        match fault {
            None => (good, None),
            Some(Fault::TooMany(seconds)) => {
                (failed(429, "Too Many Requests", json!({ "retry_after": seconds })), None)
            }
            Some(Fault::Error(status)) => (failed(status, "error", Value::Null), None),
            Some(Fault::ErrorAfterTaking) => (StatusCode::BAD_GATEWAY.into_response(), None),
            Some(Fault::Slow(time)) => (good, Some(time)),
            Some(Fault::Empty) => (StatusCode::OK.into_response(), None),
        }
    }

    fn result(&mut self, method: &str, call: &Value) -> Value {
        match method {
            "getMe" => json!({
                "id": 123_456_789, "is_bot": true, "first_name": "Reset", "username": USERNAME,
                "can_join_groups": true, "can_read_all_group_messages": false, "supports_inline_queries": false,
            }),
            "getWebhookInfo" => {
                let mut info = json!({
                    "url": self.webhook["url"].as_str().unwrap_or_default(),
                    "has_custom_certificate": false,
                    "pending_update_count": self.updates.len(),
                });
                if let Some(at) = self.failed_at {
                    info["last_error_date"] = json!(at);
                    info["last_error_message"] = json!("Connection refused");
                }
                info
            }
            "setWebhook" => {
                self.webhook = call.clone();
                json!(true)
            }
            "deleteWebhook" => {
                self.webhook = Value::Null;
                json!(true)
            }
            "getUpdates" => {
                if let Some(offset) = call["offset"].as_i64() {
                    self.updates.retain(|update| update["update_id"].as_i64().unwrap() >= offset);
                }
                json!(self.updates)
            }
            "sendMessage" => json!({
                "message_id": 1_000 + self.calls.len(), "date": 1_767_574_800, "text": call["text"],
                "chat": { "id": call["chat_id"], "type": "private", "first_name": "Ada" },
                "from": { "id": 123_456_789, "is_bot": true, "first_name": "Reset", "username": USERNAME },
            }),
            _ => json!(true),
        }
    }
}
