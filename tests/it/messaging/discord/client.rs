//! Somebody with Discord's app: what they do becomes interactions at our endpoint, what the application sends is on their
//! screen. Answers are typed into the form that a question's button opens, else behind `/answer`.

use std::sync::Arc;

use async_trait::async_trait;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use data_encoding::HEXLOWER;
use http_body_util::BodyExt;
use ringback::channels::discord::message::ASK;
use ringback::channels::discord::signature::{SIGNATURE_HEADER, TIME_HEADER};
use ringback::model::peer::{Channel, Peer};
use ringback::model::purpose::Purpose;
use ringback::ports::clock::Clock;
use serde_json::{Value, json};
use tower::ServiceExt;

use super::mock::{APPLICATION, GUILD_CHANNEL, Mock, direct_messages, key};
use crate::messaging::app::App;
use crate::support::world::World;

/// The name of the application in the configuration.
pub const APP: &str = "main";

pub struct Client {
    mock: Arc<Mock>,
    user: u64,
    locale: String,
    interactions: u64,
}

impl Client {
    pub fn new(mock: Arc<Mock>, user: u64) -> Self {
        Self { mock, user, locale: "en-US".to_owned(), interactions: 1_200_000_000_000_000_000 + user * 1_000 }
    }

    /// An interaction in the person's direct messages.
    pub fn interaction(&mut self, kind: u64, data: Value) -> Value {
        self.interactions += 1;
        let channel = direct_messages(&self.user.to_string());
        json!({
            "id": self.interactions.to_string(), "application_id": APPLICATION, "type": kind, "version": 1,
            "token": format!("aW50ZXJhY3Rpb246_{}-x", self.interactions), "data": data, "context": 1,
            "channel_id": channel, "channel": { "id": channel, "type": 1, "flags": 0 }, "user": self.person(),
            "locale": self.locale, "app_permissions": "180224", "attachment_size_limit": 524_288,
            "authorizing_integration_owners": { "1": self.user.to_string() }, "entitlements": [],
        })
    }

    fn person(&self) -> Value {
        json!({
            "id": self.user.to_string(), "username": "ada", "global_name": "Ada", "discriminator": "0",
            "avatar": null, "public_flags": 0,
        })
    }

    pub fn command(&mut self, name: &str, options: &[(&str, &str)]) -> Value {
        let options: Vec<Value> =
            options.iter().map(|(name, value)| json!({ "type": 3, "name": name, "value": value })).collect();
        let mut data = json!({ "id": "6600000000000000001", "name": name, "type": 1 });
        if !options.is_empty() {
            data["options"] = json!(options);
        }
        self.interaction(2, data)
    }

    /// A button, or an option of a select.
    pub fn pressed(&mut self, custom_id: &str, value: Option<&str>) -> Value {
        let mut data = json!({ "custom_id": custom_id, "component_type": 2, "id": 3 });
        if let Some(value) = value {
            data["component_type"] = json!(3);
            data["values"] = json!([value]);
        }
        let mut interaction = self.interaction(3, data);
        interaction["message"] = json!({ "id": "9900000000000000001", "type": 0, "content": "?", "flags": 4 });
        interaction
    }

    /// A form as it is sent: every second one as older clients do.
    pub fn form(&mut self, custom_id: &str, text: &str) -> Value {
        let field = json!({ "type": 4, "id": 2, "custom_id": "text", "value": text });
        let line = match self.interactions % 2 {
            0 => json!({ "type": 18, "id": 1, "component": field }),
            _ => json!({ "type": 1, "id": 1, "components": [field] }),
        };
        self.interaction(5, json!({ "custom_id": custom_id, "components": [line] }))
    }

    /// The same by somebody in a guild.
    pub fn in_guild(&self, mut interaction: Value) -> Value {
        interaction["member"] = json!({ "user": self.person(), "roles": [], "permissions": "0", "nick": null });
        interaction["guild_id"] = json!("5500000000000000001");
        interaction["guild_locale"] = json!("en-US");
        interaction["context"] = json!(0);
        interaction["channel_id"] = json!(GUILD_CHANNEL);
        interaction["channel"] = json!({ "id": GUILD_CHANNEL, "type": 0, "name": "general" });
        interaction.as_object_mut().unwrap().remove("user");
        interaction
    }

    /// Delivers an interaction as Discord does, and lets what follows happen.
    pub async fn deliver(&self, world: &World, interaction: &Value, times: usize) -> Value {
        let token = interaction["token"].as_str().unwrap();
        let mut last = Value::Null;
        for _ in 0..times {
            self.mock.issued(token, interaction["channel_id"].as_str().unwrap_or_default());
            let posted = post(world, interaction.to_string().into_bytes());
            let (status, answer) = world.clock.pass_while(posted).await;
            assert_eq!(status, StatusCode::OK, "{interaction} was refused");
            last = serde_json::from_slice(&answer).unwrap();
            self.mock.answered(token, &last);
            world.settle().await;
        }
        last
    }

    /// Every button and every option on the screen, newest message first: id, value if it is an option, words.
    fn buttons(&self) -> Vec<(String, Option<String>, String)> {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let mut buttons = Vec::new();
        for shown in self.mock.shown().iter().rev() {
            for part in parts(&shown.body) {
                for option in part["options"].as_array().into_iter().flatten() {
                    buttons.push((text(&part["custom_id"]), Some(text(&option["value"])), text(&option["label"])));
                }
                if part["custom_id"].is_string() && part["type"] == 2 {
                    buttons.push((text(&part["custom_id"]), None, text(&part["label"])));
                }
            }
        }
        buttons
    }

    /// The button of the newest question that opens a form, if it has one.
    fn asks(&self) -> Option<String> {
        let newest = self.mock.shown().into_iter().rev().find(|shown| !parts(&shown.body).is_empty())?;
        let asks = |part: &Value| part["custom_id"].as_str().filter(|id| id.starts_with(ASK)).map(str::to_owned);
        parts(&newest.body).iter().find_map(asks)
    }
}

/// Posts bytes with a right signature.
pub async fn post(world: &World, body: Vec<u8>) -> (StatusCode, Vec<u8>) {
    let time = world.clock.now().unix_seconds().to_string();
    let signature = key().sign(&[time.as_bytes(), &body].concat());
    let request = Request::post(format!("/hooks/discord/{APP}"))
        .header("host", "127.0.0.1:8080")
        .header("content-type", "application/json")
        .header(SIGNATURE_HEADER, HEXLOWER.encode(signature.as_ref()))
        .header(TIME_HEADER, time)
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
        let bot = APPLICATION.to_owned();
        Peer { tenant: world.tenant.id.clone(), channel: Channel::Discord, bot, user: self.user.to_string() }
    }

    async fn start(&mut self, world: &World, purpose: Option<Purpose>, language: &str) {
        self.locale = if language == "en" { "en-US".to_owned() } else { language.to_owned() };
        let name = match purpose {
            Some(Purpose::ResetPassword) => "reset",
            Some(Purpose::UnlockAccount) => "unlock",
            _ => "start",
        };
        let interaction = self.command(name, &[]);
        self.deliver(world, &interaction, 1).await;
    }

    async fn say(&mut self, world: &World, text: &str, times: usize) {
        let typed = match self.asks() {
            Some(button) => {
                let pressed = self.pressed(&button, None);
                let form = self.deliver(world, &pressed, times).await;
                assert_eq!(form["type"], 9, "a form opens");
                let id = form["data"]["custom_id"].as_str().unwrap().to_owned();
                self.form(&id, text)
            }
            None => self.command("answer", &[("text", text)]),
        };
        self.deliver(world, &typed, times).await;
    }

    async fn press(&mut self, world: &World, token: &str, label: &str, times: usize) {
        let buttons = self.buttons();
        let found = buttons.iter().find(|(id, value, _)| value.as_ref().unwrap_or(id) == token);
        let (id, value, _) = found.unwrap_or_else(|| panic!("no button `{label}` is on the screen"));
        let pressed = self.pressed(id, value.as_deref());
        self.deliver(world, &pressed, times).await;
    }

    async fn switch_language(&mut self, world: &World, tag: &str) {
        let command = self.command("language", &[]);
        self.deliver(world, &command, 1).await;
        let token = self.buttons().into_iter().map(|(id, value, _)| value.unwrap_or(id));
        let token =
            token.into_iter().find(|token| token.starts_with(&format!("{tag}."))).expect("languages are on offer");
        self.press(world, &token, "", 1).await;
    }

    async fn write_in_group(&mut self, world: &World, text: &str) {
        let command = self.command(text, &[]);
        let command = self.in_guild(command);
        let answer = self.deliver(world, &command, 1).await;
        assert_eq!((&answer["type"], &answer["data"]["flags"]), (&json!(4), &json!(68)), "seen by one person alone");
    }

    fn screen(&self, _: &World) -> Vec<String> {
        assert_eq!(self.mock.refused(), Vec::<String>::new(), "Discord refuses this");
        assert_eq!(self.mock.promised(), 0, "words were promised and did not come");
        self.mock.shown().iter().map(|shown| read(&shown.body)).collect()
    }
}

/// A message as a person reads it: without the marks before marks.
pub fn read(body: &Value) -> String {
    let mut words = String::new();
    let mut marked = false;
    for c in body["content"].as_str().unwrap_or_default().chars() {
        if c == '\\' && !marked {
            marked = true;
            continue;
        }
        marked = false;
        words.push(c);
    }
    let mut lines = vec![words];
    for part in parts(body) {
        for named in [&part].into_iter().chain(part["options"].as_array().into_iter().flatten()) {
            lines.extend(named["label"].as_str().map(str::to_owned));
            lines.extend(named["url"].as_str().map(str::to_owned));
        }
    }
    lines.join("\n")
}

fn parts(body: &Value) -> Vec<Value> {
    let rows = body["components"].as_array().cloned().unwrap_or_default();
    rows.iter().flat_map(|row| row["components"].as_array().cloned().unwrap_or_default()).collect()
}
