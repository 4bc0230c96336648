//! The demo's Telegram: takes what the bot sends as the Bot API does, and delivers what a person does to the real web hook.
//!
//! Nothing of the service knows that there is no Telegram behind it.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use async_trait::async_trait;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use serde_json::{Value, json};
use zeroize::Zeroizing;

use crate::app::demo::screens::{Screens, bubble, list, text};
use crate::app::messaging::telegram_secret;
use crate::channels::demo::messenger::{Bubble, Does, Doing, Handset, Key};
use crate::channels::telegram::webhook::{ROOT, SECRET_HEADER};
use crate::config::telegram::{Receive, TelegramConfig};
use crate::model::ids::TenantId;
use crate::model::peer::Language;
use crate::verify::keys::Keys;

/// Where the demo's Bot API is, below its own address.
const API: &str = "/demo/telegram/api";
/// Of a range that is nobody's.
const PERSON: i64 = 5_550_001;

pub struct Platform {
    origin: String,
    keys: Arc<Keys>,
    /// By the number in the token.
    tenants: HashMap<String, TenantId>,
    client: reqwest::Client,
    screens: Screens,
    /// Updates and messages so far.
    count: AtomicI64,
}

impl Platform {
    pub fn new(origin: &str, keys: &Arc<Keys>, tenants: &[TenantId]) -> Arc<Self> {
        let number = |(n, tenant): (usize, &TenantId)| ((1_000_001 + n).to_string(), tenant.clone());
        Arc::new(Self {
            origin: origin.to_owned(),
            keys: Arc::clone(keys),
            tenants: tenants.iter().enumerate().map(number).collect(),
            client: reqwest::Client::new(),
            screens: Screens::default(),
            count: AtomicI64::new(0),
        })
    }

    /// A bot for every institution, named after it.
    pub fn bots(&self) -> Vec<TelegramConfig> {
        let bot = |(id, tenant): (&String, &TenantId)| TelegramConfig {
            name: tenant.0.clone(),
            tenant: tenant.clone(),
            token: Zeroizing::new(format!("{id}:{}", "demo-".repeat(7))),
            receive: Receive::Webhook,
            api: format!("{}{API}", self.origin),
        };
        self.tenants.iter().map(bot).collect()
    }

    fn next(&self) -> i64 {
        self.count.fetch_add(1, Ordering::Relaxed) + 1
    }
}

/// The methods that the bot calls.
pub fn routes(platform: Arc<Platform>) -> Router {
    Router::new().route(&format!("{API}/{{bot}}/{{method}}"), post(call)).with_state(platform)
}

async fn call(
    State(platform): State<Arc<Platform>>,
    Path((bot, method)): Path<(String, String)>,
    body: Bytes,
) -> Response {
    let id = bot.strip_prefix("bot").and_then(|token| token.split(':').next()).unwrap_or_default();
    let (Some(tenant), Ok(call)) = (platform.tenants.get(id), serde_json::from_slice::<Value>(&body)) else {
        let refused = json!({ "ok": false, "error_code": 401, "description": "Unauthorized" });
        return (StatusCode::UNAUTHORIZED, Json(refused)).into_response();
    };
    let result = match method.as_str() {
        "sendMessage" => {
            platform.screens.show(tenant, message(&call));
            json!({ "message_id": platform.next(), "date": 0, "chat": { "id": call["chat_id"], "type": "private" } })
        }
        _ => json!(true),
    };
    Json(json!({ "ok": true, "result": result })).into_response()
}

fn message(call: &Value) -> Bubble {
    let rows = |name: &str| list(&call["reply_markup"][name]).into_iter().flat_map(|row| list(&row));
    let inline = rows("inline_keyboard").map(|button| {
        let does = match button["url"].as_str() {
            Some(url) => Does::Open(url.to_owned()),
            None => Does::Press(text(&button["callback_data"])),
        };
        Key { label: text(&button["text"]), does }
    });
    // The button for one's own number needs a telephone; the others say their words.
    let typed = rows("keyboard").filter(|button| button["request_contact"].is_null());
    let typed = typed.map(|button| Key { label: text(&button["text"]), does: Does::Type(text(&button["text"])) });
    bubble(text(&call["text"]), inline.chain(typed).collect(), call)
}

#[async_trait]
impl Handset for Platform {
    fn name(&self) -> &'static str {
        "telegram"
    }

    fn screen(&self, tenant: &TenantId) -> Vec<Bubble> {
        self.screens.of(tenant)
    }

    async fn send(&self, tenant: &TenantId, language: &Language, what: Doing) {
        let id = self.next();
        let from = json!({ "id": PERSON, "is_bot": false, "first_name": "You", "language_code": language.tag() });
        let chat = json!({ "id": PERSON, "type": "private", "first_name": "You" });
        let (said, update) = match what {
            Doing::Typed(said) => {
                let message = json!({ "message_id": id, "date": 0, "from": from, "chat": chat, "text": said });
                (said, json!({ "update_id": id, "message": message }))
            }
            Doing::Pressed(data) => {
                let below = json!({ "message_id": 0, "date": 0, "chat": chat });
                let query = json!({ "id": id.to_string(), "from": from, "chat_instance": "0", "data": data,
                                    "message": below });
                (data, json!({ "update_id": id, "callback_query": query }))
            }
        };
        let secret = telegram_secret(&self.keys, &tenant.0);
        let url = format!("{}{ROOT}/{tenant}", self.origin);
        let sent = self.client.post(url).header(SECRET_HEADER, secret.as_str()).json(&update).send();
        self.screens.answered(tenant, said, &update, async { sent.await.is_ok() }).await;
    }
}
