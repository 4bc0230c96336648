//! The listener for whoever looks after the service: health, readiness, metrics, the outbox. Never on the public port.

mod gauges;
pub mod outbox;

use std::path::PathBuf;
use std::sync::Arc;

use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};

use crate::http::problem::Problem;
use crate::metrics;
use crate::model::time::Timestamp;
use crate::runtime::health::State as Standing;
use crate::runtime::operate::Operator;
use crate::verify::keys::Key;

/// What the listener shows, and to whom.
pub struct Admin {
    pub operator: Operator,
    /// Where the audit record lies.
    pub audit: PathBuf,
    pub started: Timestamp,
    /// Commands prove by it that they may read the ring of root keys.
    pub key: Key,
}

/// Parts without which nobody can be helped; of the directories, one that answers is enough to go on.
const NEEDED: [&str; 3] = ["store", "registry", "audit"];
const DIRECTORY: &str = "directory:";

/// The routes; they need `http::serve`, which says where a request came from.
pub fn routes(admin: Admin) -> Router {
    Router::new()
        .route("/health", get(health))
        .route("/ready", get(ready))
        .route("/metrics", get(scraped))
        .route("/outbox", get(outbox::list))
        .route("/outbox/retry", post(outbox::retry))
        .fallback(|| async { Problem::NotFound })
        .method_not_allowed_fallback(|| async { Problem::MethodNotAllowed })
        .layer(axum::extract::DefaultBodyLimit::max(4096))
        .with_state(Arc::new(admin))
}

/// The process runs and answers; it says nothing else, so the public port has it too.
pub async fn health() -> Json<Value> {
    Json(json!({ "status": "alive" }))
}

async fn ready(State(admin): State<Arc<Admin>>) -> Response {
    let parts = admin.operator.probe().await;
    let stopping = admin.operator.stopping();
    let listed = parts.iter().map(|(part, state)| json!({ "part": part, "state": state.name() }));
    let listed = Value::Array(listed.collect());
    match (stopping, is_ready(&parts)) {
        (true, _) => Problem::Stopping.with("parts", listed),
        (false, false) => Problem::Unavailable.with("parts", listed),
        (false, true) => {
            let degraded = parts.iter().any(|(_, state)| *state != Standing::Up);
            let status = if degraded { "degraded" } else { "ready" };
            Json(json!({ "status": status, "parts": listed })).into_response()
        }
    }
}

fn is_ready(parts: &[(String, Standing)]) -> bool {
    let up = |state: &Standing| *state == Standing::Up;
    let needed = parts.iter().filter(|(part, _)| NEEDED.contains(&part.as_str())).all(|(_, state)| up(state));
    let mut directories = parts.iter().filter(|(part, _)| part.starts_with(DIRECTORY)).peekable();
    needed && (directories.peek().is_none() || directories.any(|(_, state)| up(state)))
}

async fn scraped(State(admin): State<Arc<Admin>>) -> Response {
    gauges::take(&admin).await;
    ([(CONTENT_TYPE, metrics::CONTENT_TYPE)], admin.operator.metrics().text()).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_directory_that_answers_is_enough_and_the_stores_are_all_needed() {
        let parts = |down: &[&str]| {
            let all = ["store", "registry", "audit", "directory:apu", "directory:imu", "mail", "sms"];
            let state = |part: &&str| if down.contains(part) { Standing::Down } else { Standing::Up };
            all.iter().map(|part| ((*part).to_owned(), state(part))).collect::<Vec<_>>()
        };
        assert!(is_ready(&parts(&[])));
        assert!(is_ready(&parts(&["directory:imu", "mail", "sms"])));
        assert!(!is_ready(&parts(&["directory:imu", "directory:apu"])));
        for needed in NEEDED {
            assert!(!is_ready(&parts(&[needed])), "{needed}");
        }
    }
}
