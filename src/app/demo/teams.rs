//! The demo's Teams: sign-in, signing keys and connector as Microsoft has them, and what a person does, with a token, at the
//! real web hook.
//!
//! Nothing of the service knows that there is no Teams behind it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::anyhow;
use async_trait::async_trait;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};
use axum::{Json, Router};
use data_encoding::BASE64URL_NOPAD;
use ring::rand::SystemRandom;
use ring::rsa::{KeyPair, PublicKeyComponents};
use ring::signature::RSA_PKCS1_SHA256;
use serde_json::{Value, json};
use zeroize::Zeroizing;

use crate::app::demo::screens::{Screens, bubble, list, now, text};
use crate::channels::demo::messenger::{Bubble, Does, Doing, Handset, Key};
use crate::channels::teams::activity::VERB;
use crate::channels::teams::bot::Identity;
use crate::channels::teams::service::Host;
use crate::channels::teams::webhook::ROOT;
use crate::config::teams::TeamsConfig;
use crate::model::ids::TenantId;
use crate::model::peer::Language;

/// Where the demo's Microsoft is, below its own address.
const HERE: &str = "/demo/teams/microsoft";
/// Ids of nobody's.
const ORGANISATION: &str = "de300000-0000-4000-8000-0000000000ff";
const PERSON: &str = "de300000-0000-4000-8000-000000000001";
const ISSUER: &str = "https://api.botframework.com";
/// Made for the demo, and no secret: it opens nothing but the demo, which anybody on this machine may talk to as well. To make
/// one at every start would take a library for primes.
const KEY: &[u8] = include_bytes!("teams.der");
const KEY_ID: &str = "demo";

pub struct Platform {
    origin: String,
    key: KeyPair,
    /// With the ids of their apps.
    tenants: Vec<(String, TenantId)>,
    client: reqwest::Client,
    screens: Screens,
    /// Activities and messages so far.
    count: AtomicU64,
}

impl Platform {
    /// # Errors
    /// The demo's key cannot be read.
    pub fn new(origin: &str, tenants: &[TenantId]) -> anyhow::Result<Arc<Self>> {
        let app =
            |(n, tenant): (usize, &TenantId)| (format!("de300000-0000-4000-8000-{:012}", 100 + n), tenant.clone());
        Ok(Arc::new(Self {
            origin: origin.to_owned(),
            key: KeyPair::from_der(KEY).map_err(|error| anyhow!("the demo's key: {error}"))?,
            tenants: tenants.iter().enumerate().map(app).collect(),
            client: reqwest::Client::new(),
            screens: Screens::default(),
            count: AtomicU64::new(0),
        }))
    }

    /// An app for every institution, named after it.
    pub fn apps(&self) -> Vec<TeamsConfig> {
        let app = |(app, tenant): &(String, TenantId)| TeamsConfig {
            identity: Identity {
                name: tenant.0.clone(),
                tenant: tenant.clone(),
                app: app.clone(),
                issuer: ISSUER.to_owned(),
                organisations: vec![ORGANISATION.to_owned()],
                hosts: vec![Host::Exactly("127.0.0.1".to_owned())],
                service: self.service(tenant),
            },
            login: format!("{}{HERE}", self.origin),
            token_tenant: ORGANISATION.to_owned(),
            secret: Zeroizing::new("demo-".repeat(7)),
            openid: format!("{}{HERE}/openid", self.origin),
        };
        self.tenants.iter().map(app).collect()
    }

    fn service(&self, tenant: &TenantId) -> String {
        format!("{}{HERE}/{tenant}", self.origin)
    }

    fn known(&self, tenant: &str) -> Option<&TenantId> {
        self.tenants.iter().map(|(_, known)| known).find(|known| known.0 == tenant)
    }

    fn next(&self) -> String {
        (self.count.fetch_add(1, Ordering::Relaxed) + 1).to_string()
    }

    /// The token that Microsoft sends with an activity.
    fn token(&self, app: &str, service: &str) -> Option<String> {
        let encode = |part: &Value| BASE64URL_NOPAD.encode(part.to_string().as_bytes());
        let now = now();
        let message = format!(
            "{}.{}",
            encode(&json!({ "typ": "JWT", "alg": "RS256", "kid": KEY_ID })),
            encode(&json!({
                "iss": ISSUER, "aud": app, "nbf": now - 60, "exp": now + 3_540, "serviceurl": service,
            })),
        );
        let mut signature = vec![0; self.key.public().modulus_len()];
        self.key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message.as_bytes(), &mut signature).ok()?;
        Some(format!("{message}.{}", BASE64URL_NOPAD.encode(&signature)))
    }

    /// What the service answered a button with.
    fn take(&self, tenant: &TenantId, pressed: &str, answer: &Value) {
        let value = &answer["value"];
        if value.is_string() {
            self.screens.show(tenant, bubble(text(value), Vec::new(), answer));
        } else if value.is_object() {
            let own = |key: &Key| key.does == Does::Press(pressed.to_owned());
            let (words, keys) = card(value);
            self.screens.replace(tenant, bubble(words, keys, answer), |bubble| bubble.buttons.iter().any(own));
        }
    }
}

/// The calls that the app makes.
pub fn routes(platform: Arc<Platform>) -> Router {
    let conversations = format!("{HERE}/{{tenant}}/v3/conversations");
    Router::new()
        .route(&format!("{HERE}/openid"), get(openid))
        .route(&format!("{HERE}/keys"), get(keys))
        .route(&format!("{HERE}/{ORGANISATION}/oauth2/v2.0/token"), post(access))
        .route(&conversations, post(open))
        .route(&format!("{conversations}/{{conversation}}/activities"), post(say))
        .route(&format!("{conversations}/{{conversation}}/activities/{{id}}"), put(edit))
        .with_state(platform)
}

async fn openid(State(platform): State<Arc<Platform>>) -> Json<Value> {
    Json(json!({ "issuer": ISSUER, "jwks_uri": format!("{}{HERE}/keys", platform.origin) }))
}

async fn keys(State(platform): State<Arc<Platform>>) -> Json<Value> {
    let public = PublicKeyComponents::<Vec<u8>>::from(platform.key.public());
    let (n, e) = (BASE64URL_NOPAD.encode(&public.n), BASE64URL_NOPAD.encode(&public.e));
    Json(json!({ "keys": [{ "kty": "RSA", "kid": KEY_ID, "n": n, "e": e, "endorsements": ["msteams"] }] }))
}

async fn access() -> Json<Value> {
    Json(json!({ "token_type": "Bearer", "expires_in": 3_599, "access_token": "demo" }))
}

async fn open(State(platform): State<Arc<Platform>>) -> (StatusCode, Json<Value>) {
    (StatusCode::CREATED, Json(json!({ "id": format!("a:{}", platform.next()) })))
}

async fn say(
    State(platform): State<Arc<Platform>>,
    Path((tenant, _)): Path<(String, String)>,
    Json(activity): Json<Value>,
) -> Response {
    let Some(tenant) = platform.known(&tenant) else { return StatusCode::NOT_FOUND.into_response() };
    platform.screens.show(tenant, message(&activity));
    (StatusCode::CREATED, Json(json!({ "id": platform.next() }))).into_response()
}

/// Only words that ask for patience are replaced; the demo leaves them where they are.
async fn edit(
    platform: State<Arc<Platform>>,
    Path((tenant, conversation, _)): Path<(String, String, String)>,
    activity: Json<Value>,
) -> Response {
    say(platform, Path((tenant, conversation)), activity).await
}

fn message(activity: &Value) -> Bubble {
    let (words, keys) = card(&activity["attachments"][0]["content"]);
    bubble(words, keys, activity)
}

/// Words and buttons of a card.
fn card(card: &Value) -> (String, Vec<Key>) {
    let body = list(&card["body"]);
    let lines: Vec<String> =
        body.iter().flat_map(|part| list(&part["inlines"])).map(|run| text(&run["text"])).collect();
    let keys = body.iter().flat_map(|part| list(&part["actions"])).map(|action| {
        let does = match action["url"].as_str() {
            Some(url) => Does::Open(url.to_owned()),
            None => Does::Press(text(&action["data"][VERB])),
        };
        Key { label: text(&action["title"]), does }
    });
    (lines.join("\n"), keys.collect())
}

#[async_trait]
impl Handset for Platform {
    fn name(&self) -> &'static str {
        "teams"
    }

    fn screen(&self, tenant: &TenantId) -> Vec<Bubble> {
        self.screens.of(tenant)
    }

    async fn send(&self, tenant: &TenantId, language: &Language, what: Doing) {
        let Some((app, _)) = self.tenants.iter().find(|(_, known)| known == tenant) else { return };
        let service = self.service(tenant);
        let mut activity = json!({
            "id": format!("f:{}", self.next()), "channelId": "msteams", "serviceUrl": service, "locale": language.tag(),
            "from": { "id": "29:demo", "name": "You", "aadObjectId": PERSON },
            "recipient": { "id": format!("28:{app}"), "name": "Reset" },
            "conversation": { "id": "a:demo", "conversationType": "personal", "tenantId": ORGANISATION },
            "channelData": { "tenant": { "id": ORGANISATION } },
        });
        let (said, pressed) = match what {
            Doing::Typed(said) => {
                activity["type"] = json!("message");
                activity["text"] = json!(said);
                (said, None)
            }
            Doing::Pressed(token) => {
                activity["type"] = json!("invoke");
                activity["name"] = json!("adaptiveCard/action");
                let action = json!({ "type": "Action.Execute", "verb": VERB, "data": { VERB: token } });
                activity["value"] = json!({ "action": action, "trigger": "manual" });
                (token.clone(), Some(token))
            }
        };
        let Some(token) = self.token(app, &service) else { return };
        let url = format!("{}{ROOT}/{tenant}", self.origin);
        let sent = self.client.post(url).bearer_auth(token).json(&activity).send();
        let delivered = async {
            let Ok(answer) = sent.await else { return false };
            if let (Some(pressed), Ok(answer)) = (pressed, answer.json::<Value>().await) {
                self.take(tenant, &pressed, &answer);
            }
            true
        };
        self.screens.answered(tenant, said, &activity, delivered).await;
    }
}
