//! The telephone of the start page: a keypad, what is heard as text, and calls that ring.
//!
//! The page plays what a network hands it and sends back keys; it knows no provider and no address of the service.

use std::sync::Arc;

use async_trait::async_trait;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Form, Json, Router};
use serde::{Deserialize, Serialize};

use crate::channels::demo::feed::{one_by_one, readable};
use crate::channels::demo::{Chosen, Parts};
use crate::http::problem::Problem;
use crate::model::ids::TenantId;

/// A telephone network of the demo's own.
#[async_trait]
pub trait Network: Send + Sync {
    /// The number of an institution, as a person would dial it.
    fn number(&self, tenant: &TenantId) -> Option<String>;

    /// Calls an institution. `None` when nobody can be reached there.
    async fn dial(&self, tenant: &TenantId, from: Option<&str>) -> Option<Heard>;

    /// What rings at one of these numbers, in E.164.
    fn ringing(&self, numbers: &[String]) -> Option<Ringing>;

    async fn answer(&self, line: &str) -> Option<Heard>;

    /// Keys, or silence (`None`). An unknown line, or one that is over, hears nothing.
    async fn keyed(&self, line: &str, keys: Option<&str>) -> Option<Heard>;

    async fn leave(&self, line: &str, how: Leaving);
}

/// What a person hears next, and what is waited for then.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Heard {
    pub line: String,
    pub steps: Vec<HeardStep>,
    pub end: HeardEnd,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum HeardStep {
    Say {
        text: String,
        language: String,
    },
    /// Seconds.
    Pause(u32),
    /// Keys that the other side sends along the line.
    Tones(String),
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum HeardEnd {
    /// Keys are waited for; `prompt` is cut short by the first.
    Keys {
        prompt: Vec<HeardStep>,
        most: u32,
        ends: bool,
        seconds: u32,
    },
    /// More follows by itself.
    More,
    /// Somebody else takes over.
    Connected(String),
    Over,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Ringing {
    pub line: String,
    pub from: String,
    pub to: String,
}

impl Ringing {
    /// As the page shows and says it.
    pub(super) fn told(&self) -> serde_json::Value {
        let shown = readable(&self.from);
        serde_json::json!({ "line": self.line, "said": one_by_one(&shown), "shown": shown })
    }
}

/// How a person ends a call, or refuses one.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Leaving {
    HangUp,
    Decline,
    /// A mailbox picks up, listens, and keys nothing.
    Mailbox,
}

#[derive(Deserialize)]
struct DialForm {
    tenant: String,
    #[serde(default)]
    person: String,
}

#[derive(Deserialize)]
struct LineForm {
    line: String,
}

#[derive(Deserialize)]
struct KeysForm {
    line: String,
    keys: Option<String>,
}

#[derive(Deserialize)]
struct LeaveForm {
    line: String,
    how: Leaving,
}

pub fn routes() -> Router<Parts> {
    Router::new()
        .route("/demo/phone/dial", post(dial))
        .route("/demo/phone/answer", post(answer))
        .route("/demo/phone/keys", post(keyed))
        .route("/demo/phone/leave", post(leave))
}

async fn dial(State(parts): State<Parts>, Form(form): Form<DialForm>) -> Response {
    let Some(network) = &parts.network else { return Problem::NotFound.into_response() };
    let chosen = Chosen { tenant: Some(form.tenant), person: Some(form.person), lang: None };
    let Some((tenant, actor)) = parts.actor(&chosen) else { return Problem::NotFound.into_response() };
    heard(network.dial(&tenant.id, actor.mobile.as_deref()).await)
}

async fn answer(State(parts): State<Parts>, Form(form): Form<LineForm>) -> Response {
    let Some(network) = &parts.network else { return Problem::NotFound.into_response() };
    heard(network.answer(&form.line).await)
}

async fn keyed(State(parts): State<Parts>, Form(form): Form<KeysForm>) -> Response {
    let Some(network) = &parts.network else { return Problem::NotFound.into_response() };
    let keys = form.keys.filter(|keys| !keys.is_empty());
    heard(network.keyed(&form.line, keys.as_deref()).await)
}

async fn leave(State(parts): State<Parts>, Form(form): Form<LeaveForm>) -> Response {
    let Some(network) = &parts.network else { return Problem::NotFound.into_response() };
    network.leave(&form.line, form.how).await;
    Json(serde_json::json!({})).into_response()
}

fn heard(heard: Option<Heard>) -> Response {
    match heard {
        Some(heard) => Json(heard).into_response(),
        None => Problem::NotFound.into_response(),
    }
}

impl Parts {
    /// What rings at the chosen person's telephones.
    pub(super) fn ringing(&self, chosen: &Chosen) -> Option<Ringing> {
        let (_, actor) = self.actor(chosen)?;
        let numbers: Vec<String> = [&actor.mobile, &actor.office].into_iter().flatten().cloned().collect();
        self.network.as_ref()?.ringing(&numbers)
    }
}

/// The same value for the start page and for whoever places calls.
pub type SharedNetwork = Arc<dyn Network>;
