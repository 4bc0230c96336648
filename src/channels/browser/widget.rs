//! The widget: one script tag on another site's page opens the chat in a frame.
//!
//! `<script src="https://reset.uni.example/embed/uni.js" defer></script>`

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde::Deserialize;
use serde_json::json;

use crate::http::headers::Allow;
use crate::http::problem::Problem;
use crate::http::site::Site;
use crate::http::words::{Words, closest, direction, preferred};

/// The part that does not change; it finds its words in `settings`.
const SCRIPT: &str = include_str!("widget.js");

#[derive(Deserialize)]
struct Asked {
    lang: Option<String>,
}

pub fn routes(site: Arc<Site>) -> Router {
    Router::new().route("/embed/{file}", get(script)).with_state(site)
}

async fn script(
    State(site): State<Arc<Site>>,
    Path(file): Path<String>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Response {
    let Some(tenant) = file.strip_suffix(".js").and_then(|id| site.tenant(id)) else {
        return Problem::NotFound.into_response();
    };
    let language = asked.lang.as_deref().and_then(|tag| closest(tag, &tenant.languages));
    let language = language.unwrap_or_else(|| preferred(&headers, &tenant.languages));
    let words = Words::new(&site.catalog, &language);
    let settings = json!({
        "address": site.address(&format!("/widget/{}?lang={}", tenant.id, language.tag())),
        "open": words.say("chat-widget-open"),
        "close": words.say("chat-widget-close"),
        "direction": direction(&language),
        "accent": tenant.brand.accent,
    });
    let text = format!("(() => {{ const settings = {settings};\n{SCRIPT}\n}})();\n");
    let mut response = ([(CONTENT_TYPE, "text/javascript; charset=utf-8")], text).into_response();
    response.extensions_mut().insert(Allow { loaded_by_all: true, ..Allow::default() });
    response
}
