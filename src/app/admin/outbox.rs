//! `ringback outbox` on the side of the service: what waits, and "try again".

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{FromRequestParts, State};
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::app::admin::{Admin, gauges};
use crate::http::address::Socket;
use crate::http::problem::Problem;
use crate::ports::store::RowId;
use crate::runtime::operate::Again;
use crate::verify::keys::Key;

/// Rows that are listed at most.
const MOST_LISTED: usize = 1_000;
/// What the proof of the command line is made over.
const PURPOSE: &[&[u8]] = &[b"admin", b"outbox"];
/// Characters of a lane's name: enough to tell lanes apart, useless to find whose they are.
const LANE_SHOWN: usize = 8;

/// Everything that waits or was given up; what it says and to whom is not in it.
#[derive(Serialize, Deserialize)]
pub struct Listing {
    /// How many wait in all; the oldest are listed.
    pub n_waiting: usize,
    pub waiting: Vec<Waiting>,
    pub dead: Vec<Dead>,
}

/// Times in milliseconds since 1970.
#[derive(Serialize, Deserialize)]
pub struct Waiting {
    pub id: u64,
    pub kind: String,
    pub lane: String,
    pub since: u64,
    pub next: u64,
    pub attempts: u32,
    pub on_its_way: bool,
}

#[derive(Serialize, Deserialize)]
pub struct Dead {
    pub id: u64,
    pub at: u64,
    pub tenant: Option<String>,
    pub template: String,
}

/// `{}` means all of them.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wish {
    pub id: Option<u64>,
}

/// Somebody on this machine who can read the ring of root keys.
pub struct Trusted;

/// What the command line shows for it.
pub fn proof(key: &Key) -> String {
    HEXLOWER.encode(&key.tag(PURPOSE))
}

pub async fn list(_: Trusted, State(admin): State<Arc<Admin>>) -> Response {
    let operator = &admin.operator;
    let read = async {
        Ok((operator.n_waiting().await?, operator.waiting(MOST_LISTED).await?, operator.dead_letters().await?))
    };
    let (n_waiting, waiting, dead) = match read.await {
        Ok(read) => read,
        Err(error) => return away(&error),
    };
    let waiting = waiting.into_iter().map(|row| Waiting {
        id: row.id.0,
        kind: gauges::kind(&row.lane).to_owned(),
        lane: row.lane.split('/').nth(1).unwrap_or_default().chars().take(LANE_SHOWN).collect(),
        since: row.since.0,
        next: row.not_before.0,
        attempts: row.attempts,
        on_its_way: row.claimed,
    });
    let dead = dead.into_iter().map(|letter| Dead {
        id: letter.id.0,
        at: letter.at.0,
        tenant: letter.tenant.map(|tenant| tenant.0),
        template: letter.template.to_string(),
    });
    Json(Listing { n_waiting, waiting: waiting.collect(), dead: dead.collect() }).into_response()
}

pub async fn retry(_: Trusted, State(admin): State<Arc<Admin>>, wish: Result<Json<Wish>, JsonRejection>) -> Response {
    let Ok(Json(wish)) = wish else { return Problem::Malformed.into_response() };
    let which = wish.id.map_or(Again::All, |id| Again::One(RowId(id)));
    match admin.operator.again(which).await {
        Ok(n) => Json(json!({ "again": n })).into_response(),
        Err(error) => away(&error),
    }
}

fn away(error: &crate::ports::store::StoreError) -> Response {
    tracing::warn!(%error, "the outbox could not be shown");
    Problem::Unavailable.into_response()
}

impl FromRequestParts<Arc<Admin>> for Trusted {
    type Rejection = Problem;

    /// From this machine only, whatever the listener's address: the proof travels without TLS.
    async fn from_request_parts(parts: &mut Parts, admin: &Arc<Admin>) -> Result<Self, Problem> {
        let local = parts.extensions.get::<Socket>().is_some_and(|socket| socket.0.to_canonical().is_loopback());
        let shown = parts.headers.get(AUTHORIZATION).and_then(|header| header.to_str().ok()?.strip_prefix("Bearer "));
        let shown = shown.and_then(|shown| HEXLOWER.decode(shown.as_bytes()).ok()).unwrap_or_default();
        if local && admin.key.holds(PURPOSE, &shown) { Ok(Self) } else { Err(Problem::Unauthorized) }
    }
}
