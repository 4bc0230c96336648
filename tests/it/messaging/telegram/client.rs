//! Somebody with Telegram's app: what they do becomes updates at our web hook, what the bot sends is on their screen.

use std::sync::Arc;

use async_trait::async_trait;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use http_body_util::BodyExt;
use ringback::app::messaging::telegram_secret;
use ringback::channels::telegram::webhook::SECRET_HEADER;
use ringback::model::peer::{Channel, Peer};
use ringback::model::purpose::Purpose;
use serde_json::{Value, json};
use tower::ServiceExt;

use super::mock::{Mock, TOKEN, USERNAME};
use crate::messaging::app::App;
use crate::support::world::World;

/// The name of the bot in the configuration.
pub const BOT: &str = "main";

pub struct Client {
    mock: Arc<Mock>,
    user: i64,
    language: String,
    updates: i64,
}

impl Client {
    pub fn new(mock: Arc<Mock>, user: i64) -> Self {
        Self { mock, user, language: "en".to_owned(), updates: user * 1_000 }
    }

    pub fn user(&self) -> Value {
        json!({ "id": self.user, "is_bot": false, "first_name": "Ada", "language_code": self.language })
    }

    /// A message in the private chat, with these parts.
    pub fn message(&mut self, parts: Value) -> Value {
        self.updates += 1;
        let mut message = json!({
            "message_id": self.updates, "date": 1_767_574_800, "from": self.user(),
            "chat": { "id": self.user, "type": "private", "first_name": "Ada" },
        });
        message.as_object_mut().unwrap().extend(parts.as_object().unwrap().clone());
        json!({ "update_id": self.updates, "message": message })
    }

    /// A button of a message of the bot's.
    pub fn pressed(&mut self, data: &str) -> Value {
        self.updates += 1;
        json!({ "update_id": self.updates, "callback_query": {
            "id": format!("{}", 4_000_000 + self.updates), "from": self.user(), "chat_instance": "-1234567890",
            "data": data,
            "message": {
                "message_id": 77, "date": 1_767_574_800, "text": "?",
                "chat": { "id": self.user, "type": "private", "first_name": "Ada" },
                "from": { "id": 123_456_789, "is_bot": true, "first_name": "Reset", "username": USERNAME },
            },
        } })
    }

    /// Delivers an update as Telegram does, and lets what follows happen. The answer may carry a call.
    pub async fn deliver(&self, world: &World, update: &Value, times: usize) {
        for _ in 0..times {
            let (status, reply) = world.clock.pass_while(post(world, update.to_string().into_bytes())).await;
            assert_eq!(status, StatusCode::OK, "{update} was refused");
            if !reply.is_empty() {
                self.mock.replied(serde_json::from_slice(&reply).unwrap());
            }
            world.settle().await;
        }
    }
}

/// Posts bytes with the right secret.
pub async fn post(world: &World, body: Vec<u8>) -> (StatusCode, Vec<u8>) {
    let secret = telegram_secret(world.keys(), BOT);
    let request = Request::post(format!("/hooks/telegram/{BOT}"))
        .header("host", "127.0.0.1:8080")
        .header("content-type", "application/json")
        .header(SECRET_HEADER, secret.as_str())
        .body(Body::from(body))
        .unwrap();
    let response = world.running().router.clone().oneshot(request).await.unwrap();
    let status = response.status();
    (status, response.into_body().collect().await.unwrap().to_bytes().to_vec())
}

#[async_trait]
impl App for Client {
    fn peer(&self, world: &World) -> Peer {
        let bot = TOKEN.split(':').next().unwrap().to_owned();
        Peer { tenant: world.tenant.id.clone(), channel: Channel::Telegram, bot, user: self.user.to_string() }
    }

    async fn start(&mut self, world: &World, purpose: Option<Purpose>, language: &str) {
        self.language = language.to_owned();
        let text = match purpose {
            Some(Purpose::ResetPassword) => "/start reset",
            Some(Purpose::UnlockAccount) => "/start unlock",
            _ => "/start",
        };
        self.say(world, text, 1).await;
    }

    async fn say(&mut self, world: &World, text: &str, times: usize) {
        let update = self.message(json!({ "text": text }));
        self.deliver(world, &update, times).await;
    }

    async fn press(&mut self, world: &World, token: &str, label: &str, times: usize) {
        let messages = self.mock.messages();
        let newest = |pointer: &str, holds: &dyn Fn(&Value) -> bool| {
            messages
                .iter()
                .rev()
                .flat_map(|message| rows(&message["reply_markup"][pointer]))
                .find(|button| holds(button))
        };
        if let Some(button) = newest("inline_keyboard", &|button| button["callback_data"] == token) {
            let update = self.pressed(button["callback_data"].as_str().unwrap());
            return self.deliver(world, &update, times).await;
        }
        // A keyboard's button says its words.
        let ends = |button: &Value| button["text"].as_str().unwrap_or_default().ends_with(label);
        let button = newest("keyboard", &ends).unwrap_or_else(|| panic!("no button `{label}` is on the screen"));
        self.say(world, button["text"].as_str().unwrap(), times).await;
    }

    async fn switch_language(&mut self, world: &World, tag: &str) {
        self.say(world, "/language", 1).await;
        let messages = self.mock.messages();
        let token = messages.iter().rev().flat_map(|message| rows(&message["reply_markup"]["inline_keyboard"]));
        let token = token.filter_map(|button| button["callback_data"].as_str().map(str::to_owned));
        let token =
            token.into_iter().find(|token| token.starts_with(&format!("{tag}."))).expect("languages are on offer");
        self.press(world, &token, "", 1).await;
    }

    async fn write_in_group(&mut self, world: &World, text: &str) {
        self.updates += 1;
        let update = json!({ "update_id": self.updates, "message": {
            "message_id": self.updates, "date": 1_767_574_800, "from": self.user(), "text": format!("/{text}"),
            "chat": { "id": -100_200_300, "type": "supergroup", "title": "Team" },
        } });
        self.deliver(world, &update, 1).await;
    }

    fn screen(&self, _: &World) -> Vec<String> {
        assert_eq!(self.mock.refused(), Vec::<String>::new(), "the Bot API refuses this");
        let shown = |message: &Value| {
            let mut lines = vec![message["text"].as_str().unwrap().to_owned()];
            for keyboard in ["inline_keyboard", "keyboard"] {
                for button in rows(&message["reply_markup"][keyboard]) {
                    lines.push(button["text"].as_str().unwrap().to_owned());
                    lines.extend(button["url"].as_str().map(str::to_owned));
                }
            }
            lines.join("\n")
        };
        self.mock.messages().iter().map(shown).collect()
    }
}

fn rows(keyboard: &Value) -> Vec<Value> {
    let rows = keyboard.as_array().cloned().unwrap_or_default();
    rows.iter().flat_map(|row| row.as_array().cloned().unwrap_or_default()).collect()
}
