//! Somebody with Teams: what they do becomes activities at our web hook, what the app sends is on their screen.

use std::sync::Arc;

use async_trait::async_trait;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use http_body_util::BodyExt;
use ringback::model::peer::{Channel, Peer};
use ringback::model::purpose::Purpose;
use ringback::ports::clock::Clock;
use serde_json::{Value, json};
use tower::ServiceExt;

use super::description::{card_faults, read, tokens};
use super::mock::{APP, Mock, NAME, ORGANISATION};
use super::signing::{Token, Which};
use crate::messaging::app::App;
use crate::support::world::World;

pub struct Client {
    pub mock: Arc<Mock>,
    /// In the organisation's directory.
    object: String,
    language: String,
    activities: u32,
    number: u32,
    /// The key that the platform signs with now.
    pub key: Which,
}

impl Client {
    pub fn new(mock: Arc<Mock>, number: u32) -> Self {
        let object = format!("{number:08x}-0000-4000-8000-00000000beef");
        Self { mock, object, language: "en".to_owned(), activities: 0, number, key: Which::First }
    }

    /// The private chat, as the platform calls it.
    pub fn conversation(&self) -> String {
        format!("a:1private;chat@{}/x", self.number)
    }

    /// An activity of this kind in the private chat, with these parts.
    pub fn activity(&mut self, kind: &str, parts: Value) -> Value {
        self.activities += 1;
        let mut activity = json!({
            "type": kind, "id": format!("f:{}-{}", self.number, self.activities),
            "timestamp": "2026-01-05T01:00:00.000Z", "localTimestamp": "2026-01-05T09:00:00.000+08:00",
            "channelId": "msteams", "serviceUrl": self.mock.service(),
            "from": { "id": format!("29:1user-{}", self.number), "name": "Ada", "aadObjectId": self.object },
            "recipient": { "id": format!("28:{APP}"), "name": "Reset" },
            "conversation": { "conversationType": "personal", "tenantId": ORGANISATION, "id": self.conversation() },
            "channelData": { "tenant": { "id": ORGANISATION } },
            "locale": self.language,
            "entities": [{ "type": "clientInfo", "locale": self.language, "platform": "Windows" }],
        });
        activity.as_object_mut().unwrap().extend(parts.as_object().unwrap().clone());
        activity
    }

    pub fn message(&mut self, text: &str) -> Value {
        self.activity("message", json!({ "text": text, "textFormat": "plain" }))
    }

    /// A button of a card.
    pub fn pressed(&mut self, token: &str) -> Value {
        let action = json!({ "type": "Action.Execute", "verb": "pick", "data": { "pick": token } });
        let value = json!({ "action": action, "trigger": "manual" });
        self.activity("invoke", json!({ "name": "adaptiveCard/action", "value": value, "replyToId": "1767574800000" }))
    }

    /// The same as older programs send it.
    pub fn submitted(&mut self, token: &str) -> Value {
        self.activity("message", json!({ "value": { "pick": token }, "replyToId": "1767574800000" }))
    }

    /// Where others read along.
    pub fn in_group(&mut self, text: &str) -> Value {
        self.activity(
            "message",
            json!({
                "text": format!("<at>Reset</at> {text}"), "textFormat": "plain",
                "conversation": {
                    "conversationType": "channel", "tenantId": ORGANISATION, "isGroup": true,
                    "id": "19:team@thread.tacv2;messageid=1767574800000",
                },
            }),
        )
    }

    /// The token that the platform sends with it.
    pub fn bearer(&self, world: &World) -> String {
        Token::new(self.key, &self.mock.service(), world.clock.now()).bearer()
    }

    /// Delivers an activity as the platform does, and lets what follows happen.
    pub async fn deliver(&self, world: &World, activity: &Value, times: usize) {
        for _ in 0..times {
            let bearer = self.bearer(world);
            let posted = post(world, &bearer, activity.to_string().into_bytes());
            let (status, answer) = world.clock.pass_while(posted).await;
            let said = String::from_utf8_lossy(&answer).into_owned();
            assert_eq!(status, StatusCode::OK, "{activity} was refused: {said}");
            if activity["type"] == "invoke" {
                self.mock.answered(in_form(&answer));
            } else {
                assert_eq!(answer, b"", "only invokes have an answer");
            }
            world.settle().await;
        }
    }

    /// The newest button that this holds for.
    pub fn newest(&self, holds: impl Fn(&str) -> bool) -> Option<String> {
        let shown = self.mock.shown();
        shown.iter().rev().flat_map(|shown| tokens(&shown.activity)).find(|token| holds(token))
    }
}

/// An answer to an invoke, which the platform takes in two forms only.
fn in_form(answer: &[u8]) -> Value {
    let answer: Value = serde_json::from_slice(answer).unwrap();
    let parts: Vec<&String> = answer.as_object().unwrap().keys().collect();
    assert_eq!(parts, ["statusCode", "type", "value"], "{answer}");
    assert_eq!(answer["statusCode"], 200, "{answer}");
    match answer["type"].as_str().unwrap() {
        "application/vnd.microsoft.activity.message" => assert!(answer["value"].is_string(), "{answer}"),
        "application/vnd.microsoft.card.adaptive" => {
            assert_eq!(card_faults(&answer["value"]), Vec::<String>::new(), "{answer}");
        }
        other => panic!("`{other}` is no form of an answer"),
    }
    answer
}

/// Posts bytes with this token.
pub async fn post(world: &World, bearer: &str, body: Vec<u8>) -> (StatusCode, Vec<u8>) {
    let request = Request::post(format!("/hooks/teams/{NAME}"))
        .header("host", "127.0.0.1:8080")
        .header("content-type", "application/json; charset=utf-8")
        .header("authorization", bearer)
        .body(Body::from(body))
        .unwrap();
    send(world, request).await
}

pub async fn send(world: &World, request: Request<Body>) -> (StatusCode, Vec<u8>) {
    let response = world.running().router.clone().oneshot(request).await.unwrap();
    let status = response.status();
    (status, response.into_body().collect().await.unwrap().to_bytes().to_vec())
}

#[async_trait]
impl App for Client {
    fn peer(&self, world: &World) -> Peer {
        let (tenant, user) = (world.tenant.id.clone(), self.object.clone());
        Peer { tenant, channel: Channel::Teams, bot: APP.to_owned(), user }
    }

    async fn start(&mut self, world: &World, purpose: Option<Purpose>, language: &str) {
        self.language = language.to_owned();
        match purpose {
            Some(Purpose::ResetPassword) => self.say(world, "/reset", 1).await,
            Some(Purpose::UnlockAccount) => self.say(world, "/unlock", 1).await,
            None => {
                let added = self.activity("installationUpdate", json!({ "action": "add" }));
                self.deliver(world, &added, 1).await;
            }
        }
    }

    async fn say(&mut self, world: &World, text: &str, times: usize) {
        let message = self.message(text);
        self.deliver(world, &message, times).await;
    }

    async fn press(&mut self, world: &World, token: &str, label: &str, times: usize) {
        let token = self.newest(|known| known == token);
        let token = token.unwrap_or_else(|| panic!("no button `{label}` is on the screen"));
        let pressed = self.pressed(&token);
        self.deliver(world, &pressed, times).await;
    }

    async fn switch_language(&mut self, world: &World, tag: &str) {
        self.say(world, "/language", 1).await;
        let token = self.newest(|token| token.starts_with(&format!("{tag}."))).expect("languages are on offer");
        self.press(world, &token, "", 1).await;
    }

    async fn write_in_group(&mut self, world: &World, text: &str) {
        let message = self.in_group(text);
        self.deliver(world, &message, 1).await;
    }

    /// What takes another message's place counts as a new one: the person reads it then.
    fn screen(&self, _: &World) -> Vec<String> {
        assert_eq!(self.mock.refused(), Vec::<String>::new(), "the platform refuses this");
        self.mock.shown().iter().map(|shown| read(&shown.activity).join("\n")).collect()
    }
}
