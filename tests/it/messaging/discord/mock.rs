//! Discord's API as its published description has it, on a port of this machine: what is unknown, missing or too long is
//! refused, tokens of interactions end, and whatever a test wants to go wrong goes wrong.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router};
use ring::signature::{Ed25519KeyPair, KeyPair};
use ringback::model::time::{Seconds, Timestamp};
use ringback::ports::clock::Clock;
use serde_json::{Value, json};

use super::description::{faults, faults_of_answer, name_of_answer};

pub const APPLICATION: &str = "1100000000000000001";
pub const TOKEN: &str = "MTEwMDAwMDAwMDAwMDAwMDAwMQ.Gexmpl.a-token_that_is_of_an_example_and_opens";
/// Where a guild's people read along.
pub const GUILD_CHANNEL: &str = "8800000000000000001";

/// Milliseconds; Discord says "the past few minutes".
const NONCES_LAST: u64 = 120_000;

/// What goes wrong with the next message.
#[derive(Clone, Debug)]
pub enum Fault {
    /// 429, with so many seconds to wait.
    TooMany(f64),
    /// The message is taken, and the answer is an error of the server.
    ErrorAfterTaking,
    /// The message is not taken; with Discord's own number for it.
    Error(u16, u64),
    /// The message is taken, and the answer comes late.
    Slow(Duration),
    /// The message is taken, and the answer has no body.
    Empty,
}

/// A message on somebody's screen.
#[derive(Clone, Debug)]
pub struct Shown {
    pub body: Value,
    /// Seen by one person alone.
    pub aside: bool,
    /// `answer`, `edit`, `follow-up`, or the channel that it was posted to.
    pub by: String,
}

/// What Discord knows of an interaction.
struct Known {
    came: Timestamp,
    answer: Option<Value>,
    edited: bool,
    /// What stands in its place.
    words: Option<Value>,
}

#[derive(Default)]
struct Inside {
    shown: Vec<Shown>,
    calls: Vec<String>,
    sent: Vec<(&'static str, Value)>,
    refused: Vec<String>,
    faults: VecDeque<Fault>,
    down: bool,
    wrong_token: bool,
    tokens: BTreeMap<String, Known>,
    channels: BTreeSet<String>,
    /// Messages that were created, by what tells doubles, and when.
    nonces: BTreeMap<String, Timestamp>,
    commands: Value,
    endpoint: Option<String>,
}

/// A running mock; it ends with its runtime.
pub struct Mock {
    pub base: String,
    state: Shared,
}

#[derive(Clone)]
struct Shared {
    inside: Arc<Mutex<Inside>>,
    clock: Arc<dyn Clock>,
}

/// With which the mock signs.
pub fn key() -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(&[9; 32]).unwrap()
}

pub fn public_key() -> [u8; 32] {
    key().public_key().as_ref().try_into().unwrap()
}

/// The direct messages of a person with the application.
pub fn direct_messages(user: &str) -> String {
    format!("77{user}")
}

impl Mock {
    pub async fn start(clock: Arc<dyn Clock>) -> Arc<Self> {
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let base = format!("http://127.0.0.1:{}/api/v10", listener.local_addr().unwrap().port());
        let state = Shared { inside: Arc::default(), clock };
        state.inside.lock().unwrap().channels.insert(GUILD_CHANNEL.to_owned());
        let router = Router::new().fallback(call).with_state(state.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Arc::new(Self { base, state })
    }

    /// An interaction leaves for the service.
    pub fn issued(&self, token: &str, channel: &str) {
        let came = self.state.clock.now();
        let mut inside = self.state.inside.lock().unwrap();
        inside.tokens.entry(token.to_owned()).or_insert(Known { came, answer: None, edited: false, words: None });
        if channel.starts_with("77") {
            inside.channels.insert(channel.to_owned());
        }
    }

    /// The service answered it. A second answer to the same is not listened to, but must be the same.
    pub fn answered(&self, token: &str, answer: &Value) {
        let wrong = faults_of_answer(answer);
        let mut inside = self.state.inside.lock().unwrap();
        inside.refused.extend(wrong);
        inside.sent.extend(name_of_answer(answer).map(|name| (name, answer.clone())));
        let known = inside.tokens.get_mut(token).expect("it was issued");
        if let Some(first) = &known.answer {
            assert_eq!(first, answer, "the same interaction was answered in two ways");
            return;
        }
        known.answer = Some(answer.clone());
        if answer["type"] == 4 {
            let body = answer["data"].clone();
            let aside = body["flags"].as_u64().unwrap_or_default() & 64 != 0;
            inside.shown.push(Shown { body, aside, by: "answer".to_owned() });
        }
    }

    /// All that is on the person's screen, oldest first.
    pub fn shown(&self) -> Vec<Shown> {
        self.state.inside.lock().unwrap().shown.clone()
    }

    /// Methods and paths, without tokens.
    pub fn calls(&self) -> Vec<String> {
        self.state.inside.lock().unwrap().calls.clone()
    }

    /// Every body and every answer, by the name that the description has for it.
    pub fn sent(&self) -> Vec<(&'static str, Value)> {
        self.state.inside.lock().unwrap().sent.clone()
    }

    /// What was not as the description has it.
    pub fn refused(&self) -> Vec<String> {
        self.state.inside.lock().unwrap().refused.clone()
    }

    /// The words that stand where this interaction promised some.
    pub fn words_of(&self, token: &str) -> Option<Value> {
        self.state.inside.lock().unwrap().tokens.get(token)?.words.clone()
    }

    /// Interactions whose promised words never came.
    pub fn promised(&self) -> usize {
        let inside = self.state.inside.lock().unwrap();
        let open = |known: &&Known| !known.edited && known.answer.as_ref().is_some_and(|answer| answer["type"] == 5);
        inside.tokens.values().filter(open).count()
    }

    pub fn next(&self, fault: Fault) {
        self.state.inside.lock().unwrap().faults.push_back(fault);
    }

    /// No interaction can be answered any more.
    pub fn forget_tokens(&self) {
        self.state.inside.lock().unwrap().tokens.clear();
    }

    /// Every call is answered 503 until it is up again.
    pub fn set_down(&self, down: bool) {
        self.state.inside.lock().unwrap().down = down;
    }

    /// The token was revoked.
    pub fn set_wrong_token(&self, wrong: bool) {
        self.state.inside.lock().unwrap().wrong_token = wrong;
    }

    /// What is entered as the endpoint of interactions.
    pub fn set_endpoint(&self, endpoint: &str) {
        self.state.inside.lock().unwrap().endpoint = Some(endpoint.to_owned());
    }

    pub fn commands(&self) -> Value {
        self.state.inside.lock().unwrap().commands.clone()
    }
}

async fn call(State(state): State<Shared>, method: Method, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let now = state.clock.now();
    let (answer, slow) = state.inside.lock().unwrap().answer(&method, uri.path(), &headers, &body, now);
    if let Some(slow) = slow {
        tokio::time::sleep(slow).await;
    }
    answer
}

fn failed(status: u16, code: u64, message: &str) -> (Response, Option<Duration>) {
    let answer = Json(json!({ "message": message, "code": code }));
    ((StatusCode::from_u16(status).unwrap(), answer).into_response(), None)
}

fn good(body: Value) -> (Response, Option<Duration>) {
    (Json(body).into_response(), None)
}

impl Inside {
    fn answer(
        &mut self,
        method: &Method,
        path: &str,
        headers: &HeaderMap,
        body: &[u8],
        now: Timestamp,
    ) -> (Response, Option<Duration>) {
        if self.down {
            return failed(503, 0, "unavailable");
        }
        let path: Vec<&str> = path.trim_start_matches("/api/v10/").split('/').collect();
        let by_token = path[0] == "webhooks";
        let shape = if by_token { vec![path[0]] } else { path.clone() };
        self.calls.push(format!("{method} {}", shape.join("/")));
        let agent = headers.get("user-agent").and_then(|agent| agent.to_str().ok()).unwrap_or_default();
        if !agent.starts_with("DiscordBot (") {
            self.refused.push(format!("{agent} is no name of a client"));
            return failed(403, 0, "forbidden");
        }
        let authorized = headers.get("authorization").is_some_and(|value| value == &format!("Bot {TOKEN}"));
        if !by_token && (self.wrong_token || !authorized) {
            return failed(401, 0, "401: Unauthorized");
        }
        let parsed = if body.is_empty() { Ok(Value::Null) } else { serde_json::from_slice::<Value>(body) };
        let Ok(parsed) = parsed else {
            self.refused.push("no JSON".to_owned());
            return failed(400, 50_109, "The request body contains invalid JSON.");
        };
        match (method.as_str(), path.as_slice()) {
            ("PATCH", ["webhooks", APPLICATION, token, "messages", "@original"]) => {
                self.with_token(token, true, &parsed, now)
            }
            ("POST", ["webhooks", APPLICATION, token]) => self.with_token(token, false, &parsed, now),
            ("POST", ["users", "@me", "channels"]) => {
                if let Some(wrong) = self.wrong("CreatePrivateChannelRequest", &parsed) {
                    return wrong;
                }
                let channel = direct_messages(parsed["recipient_id"].as_str().unwrap());
                self.channels.insert(channel.clone());
                good(json!({ "id": channel, "type": 1, "last_message_id": null, "flags": 0, "recipients": [] }))
            }
            ("POST", ["channels", channel, "messages"]) if self.channels.contains(*channel) => {
                let by = (*channel).to_owned();
                self.create(parsed, by, now)
            }
            ("POST", ["channels", _, "messages"]) => failed(404, 10_003, "Unknown Channel"),
            ("PUT", ["applications", APPLICATION, "commands"]) => {
                for command in parsed.as_array().cloned().unwrap_or_default() {
                    if let Some(wrong) = self.wrong("ApplicationCommandUpdateRequest", &command) {
                        return wrong;
                    }
                    for option in command["options"].as_array().cloned().unwrap_or_default() {
                        if let Some(wrong) = self.wrong("ApplicationCommandStringOption", &option) {
                            return wrong;
                        }
                    }
                }
                self.commands = parsed;
                good(self.commands.clone())
            }
            ("GET", ["applications", APPLICATION, "commands"]) => {
                good(if self.commands.is_null() { json!([]) } else { self.commands.clone() })
            }
            ("GET", ["applications", "@me"]) => {
                let key: String = public_key().iter().map(|byte| format!("{byte:02x}")).collect();
                good(json!({
                    "id": APPLICATION, "name": "Reset", "verify_key": key, "description": "", "flags": 0,
                    "interactions_endpoint_url": self.endpoint, "bot_public": false,
                }))
            }
            _ => {
                self.refused.push(format!("{method} {} is no call", shape.join("/")));
                failed(404, 0, "404: Not Found")
            }
        }
    }

    fn wrong(&mut self, name: &'static str, body: &Value) -> Option<(Response, Option<Duration>)> {
        self.sent.push((name, body.clone()));
        let wrong = faults(name, body);
        let any = !wrong.is_empty();
        self.refused.extend(wrong);
        any.then(|| failed(400, 50_035, "Invalid Form Body"))
    }

    fn with_token(
        &mut self,
        token: &str,
        original: bool,
        body: &Value,
        now: Timestamp,
    ) -> (Response, Option<Duration>) {
        let Some(known) = self.tokens.get(token) else { return failed(404, 10_015, "Unknown Webhook") };
        if now.0 >= known.came.0 + u64::from(Seconds::minutes(15).0) * 1000 {
            return failed(401, 50_027, "Invalid Webhook Token");
        }
        // Discord may be asked before our answer has arrived there.
        let Some(answer) = &known.answer else { return failed(404, 10_015, "Unknown Webhook") };
        if original && answer["type"] != 5 {
            self.refused.push("an answer is edited that promised nothing".to_owned());
        }
        let (name, by) = match original {
            true => ("IncomingWebhookUpdateRequestPartial", "edit"),
            false => ("IncomingWebhookRequestPartial", "follow-up"),
        };
        let again = original && self.tokens[token].edited;
        let before = self.shown.len();
        let response = self.message(name, body.clone(), by.to_owned());
        if original && self.shown.len() > before {
            let words = self.shown.last().map(|shown| shown.body.clone());
            let known = self.tokens.get_mut(token).unwrap();
            (known.edited, known.words) = (true, words);
            if again {
                // The same place: the screen shows what was last.
                let new = self.shown.pop().unwrap();
                match self.shown.iter().rposition(|shown| shown.by == "edit") {
                    Some(at) if self.shown[at].body == new.body => {}
                    _ => self.refused.push("words that were shown are replaced".to_owned()),
                }
            }
        }
        response
    }

    /// A message of its own: within a few minutes a nonce makes one message, however often it comes.
    fn create(&mut self, body: Value, by: String, now: Timestamp) -> (Response, Option<Duration>) {
        let nonce = body["nonce"].as_str().filter(|_| body["enforce_nonce"] == true).map(str::to_owned);
        let Some(nonce) = nonce else {
            self.refused.push("a message without a nonce may be shown twice".to_owned());
            return failed(400, 50_035, "Invalid Form Body");
        };
        if self.nonces.get(&nonce).is_some_and(|at| now.0 < at.0 + NONCES_LAST) {
            if let Some(Fault::Error(status, code)) = self.faults.pop_front() {
                return failed(status, code, "error");
            }
            return match self.wrong("MessageCreateRequest", &body) {
                Some(wrong) => wrong,
                None => good(json!({ "id": "9900000000000000000", "type": 0, "content": body["content"] })),
            };
        }
        let before = self.shown.len();
        let answer = self.message("MessageCreateRequest", body, by);
        if self.shown.len() > before {
            self.nonces.insert(nonce, now);
        }
        answer
    }

    fn message(&mut self, name: &'static str, body: Value, by: String) -> (Response, Option<Duration>) {
        if let Some(wrong) = self.wrong(name, &body) {
            return wrong;
        }
        let fault = self.faults.pop_front();
        if !matches!(fault, Some(Fault::TooMany(_) | Fault::Error(..))) {
            self.shown.push(Shown { body: body.clone(), aside: false, by });
        }
        let id = 9_900_000_000_000_000_000_u64 + self.shown.len() as u64;
        let taken = good(json!({ "id": id.to_string(), "type": 0, "content": body["content"], "components": [] }));
        match fault {
            None => taken,
            Some(Fault::TooMany(seconds)) => {
                let answer =
                    Json(json!({ "message": "You are being rate limited.", "retry_after": seconds, "global": false }));
                ((StatusCode::TOO_MANY_REQUESTS, answer).into_response(), None)
            }
            Some(Fault::Error(status, code)) => failed(status, code, "error"),
            Some(Fault::ErrorAfterTaking) => (StatusCode::BAD_GATEWAY.into_response(), None),
            Some(Fault::Slow(time)) => (taken.0, Some(time)),
            Some(Fault::Empty) => (StatusCode::OK.into_response(), None),
        }
    }
}
