//! The demo's Discord: takes what the application sends as Discord's API does, and delivers what a person does, signed, to
//! the real endpoint.
//!
//! Nothing of the service knows that there is no Discord behind it.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, anyhow};
use async_trait::async_trait;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use axum::{Json, Router};
use data_encoding::HEXLOWER;
use ring::signature::{Ed25519KeyPair, KeyPair};
use serde_json::{Value, json};
use zeroize::Zeroizing;

use crate::app::demo::screens::{Screens, bubble, list, now, text};
use crate::channels::demo::messenger::{Bubble, Does, Doing, Handset, Key};
use crate::channels::discord::commands::{ANSWER, ANSWER_TEXT};
use crate::channels::discord::signature::{SIGNATURE_HEADER, TIME_HEADER};
use crate::channels::discord::webhook::ROOT;
use crate::config::discord::DiscordConfig;
use crate::model::ids::TenantId;
use crate::model::peer::Language;

/// Where the demo's API is, below its own address.
const API: &str = "/demo/discord/api";
/// Ids of nobody's.
const PERSON: &str = "5550001";
const CHANNEL: &str = "775550001";
/// Between the id of a select and the value of its option, in what the page's button carries.
const SELECTED: char = '\u{1f}';

pub struct Platform {
    origin: String,
    key: Ed25519KeyPair,
    public_key: [u8; 32],
    /// By the application's number.
    tenants: HashMap<String, TenantId>,
    client: reqwest::Client,
    screens: Screens,
    /// Forms that are open, by their own ids.
    forms: Mutex<HashMap<TenantId, String>>,
    /// Interactions and messages so far.
    count: AtomicU64,
}

impl Platform {
    /// `seed` makes the key that Discord would sign with.
    ///
    /// # Errors
    /// No key can be made of it.
    pub fn new(origin: &str, seed: &[u8; 32], tenants: &[TenantId]) -> anyhow::Result<Arc<Self>> {
        let number = |(n, tenant): (usize, &TenantId)| ((1_100_001 + n).to_string(), tenant.clone());
        let key = Ed25519KeyPair::from_seed_unchecked(seed).map_err(|_| anyhow!("no key can be made"))?;
        let public_key = key.public_key().as_ref().try_into().context("the demo's public key")?;
        Ok(Arc::new(Self {
            origin: origin.to_owned(),
            key,
            public_key,
            tenants: tenants.iter().enumerate().map(number).collect(),
            client: reqwest::Client::new(),
            screens: Screens::default(),
            forms: Mutex::default(),
            count: AtomicU64::new(0),
        }))
    }

    /// An application for every institution, named after it.
    pub fn apps(&self) -> Vec<DiscordConfig> {
        let app = |(id, tenant): (&String, &TenantId)| DiscordConfig {
            name: tenant.0.clone(),
            tenant: tenant.clone(),
            application: id.clone(),
            public_key: self.public_key,
            token: Zeroizing::new(format!("{id}.demo.{}", "demo-".repeat(7))),
            api: format!("{}{API}", self.origin),
        };
        self.tenants.iter().map(app).collect()
    }

    fn next(&self) -> String {
        (self.count.fetch_add(1, Ordering::Relaxed) + 1).to_string()
    }

    /// The form that is open, and from now on this one.
    fn form(&self, tenant: &TenantId, opened: Option<String>) -> Option<String> {
        let mut forms = self.forms.lock().unwrap_or_else(PoisonError::into_inner);
        match opened {
            Some(form) => forms.insert(tenant.clone(), form),
            None => forms.remove(tenant),
        }
    }

    /// What the service answered an interaction with at once.
    fn take(&self, tenant: &TenantId, answer: &Value) {
        let data = &answer["data"];
        match answer["type"].as_u64() {
            Some(4) => self.screens.show(tenant, message(data)),
            Some(9) => {
                self.form(tenant, Some(text(&data["custom_id"])));
                let words = format!("{}\n{}", text(&data["title"]), text(&data["components"][0]["description"]));
                self.screens.show(tenant, bubble(words, Vec::new(), answer));
            }
            _ => {}
        }
    }
}

/// The calls that the application makes.
pub fn routes(platform: Arc<Platform>) -> Router {
    Router::new().route(&format!("{API}/{{*path}}"), any(call)).with_state(platform)
}

async fn call(
    State(platform): State<Arc<Platform>>,
    Path(path): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let path: Vec<&str> = path.split('/').collect();
    let token = headers.get("authorization").and_then(|value| value.to_str().ok()?.strip_prefix("Bot "));
    let application = match path.as_slice() {
        ["webhooks", application, ..] => application,
        _ => token.and_then(|token| token.split('.').next()).unwrap_or_default(),
    };
    let (Some(tenant), Ok(sent)) = (platform.tenants.get(application), serde_json::from_slice::<Value>(&body)) else {
        return (StatusCode::UNAUTHORIZED, Json(json!({ "message": "401: Unauthorized", "code": 0 }))).into_response();
    };
    if path == ["users", "@me", "channels"] {
        return Json(json!({ "id": CHANNEL, "type": 1 })).into_response();
    }
    platform.screens.show(tenant, message(&sent));
    Json(json!({ "id": platform.next(), "type": 0 })).into_response()
}

fn message(sent: &Value) -> Bubble {
    let keys = list(&sent["components"]).into_iter().flat_map(|row| list(&row["components"])).flat_map(|part| {
        let id = text(&part["custom_id"]);
        let options = list(&part["options"])
            .into_iter()
            .map(|option| (text(&option["label"]), Does::Press(format!("{id}{SELECTED}{}", text(&option["value"])))));
        let button = (part["type"] == 2).then(|| {
            let does = part["url"].as_str().map_or(Does::Press(id.clone()), |url| Does::Open(url.to_owned()));
            (text(&part["label"]), does)
        });
        options.chain(button).map(|(label, does)| Key { label, does }).collect::<Vec<_>>()
    });
    bubble(unmarked(&text(&sent["content"])), keys.collect(), sent)
}

/// As Discord shows it: a backslash says that what follows is no mark.
fn unmarked(text: &str) -> String {
    let mut words = String::new();
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        words.extend(if character == '\\' { characters.next() } else { Some(character) });
    }
    words
}

/// Type and data of the interaction that a person makes, and what they see of it.
fn interaction(form: Option<String>, what: Doing) -> (u64, Value, String) {
    match what {
        Doing::Pressed(id) => match id.split_once(SELECTED) {
            Some((menu, value)) => {
                (3, json!({ "custom_id": menu, "component_type": 3, "values": [value] }), value.to_owned())
            }
            None => (3, json!({ "custom_id": id, "component_type": 2 }), id),
        },
        Doing::Typed(text) => match (text.strip_prefix('/'), form) {
            (Some(name), _) => (2, json!({ "name": name.trim(), "type": 1 }), text),
            (None, Some(form)) => {
                let field = json!({ "type": 4, "custom_id": ANSWER_TEXT, "value": text });
                (5, json!({ "custom_id": form, "components": [{ "type": 18, "component": field }] }), text)
            }
            (None, None) => {
                let option = json!({ "type": 3, "name": ANSWER_TEXT, "value": text });
                (2, json!({ "name": ANSWER, "type": 1, "options": [option] }), text)
            }
        },
    }
}

#[async_trait]
impl Handset for Platform {
    fn name(&self) -> &'static str {
        "discord"
    }

    fn screen(&self, tenant: &TenantId) -> Vec<Bubble> {
        self.screens.of(tenant)
    }

    async fn send(&self, tenant: &TenantId, language: &Language, what: Doing) {
        let Some((application, _)) = self.tenants.iter().find(|(_, known)| *known == tenant) else { return };
        let id = self.next();
        let (kind, data, said) = interaction(self.form(tenant, None), what);
        let interaction = json!({
            "id": id, "application_id": application, "type": kind, "version": 1, "token": format!("demo-{id}"),
            "data": data, "context": 1, "channel_id": CHANNEL, "locale": language.tag(),
            "user": { "id": PERSON, "username": "you", "global_name": "You" },
        });
        let (body, time) = (interaction.to_string(), now().to_string());
        let signature = self.key.sign(&[time.as_bytes(), body.as_bytes()].concat());
        let sent = self
            .client
            .post(format!("{}{ROOT}/{tenant}", self.origin))
            .header("content-type", "application/json")
            .header(SIGNATURE_HEADER, HEXLOWER.encode(signature.as_ref()))
            .header(TIME_HEADER, time)
            .body(body)
            .send();
        let delivered = async {
            let Ok(answer) = sent.await else { return false };
            if let Ok(answer) = answer.json::<Value>().await {
                self.take(tenant, &answer);
            }
            true
        };
        self.screens.answered(tenant, said, &interaction, delivered).await;
    }
}
