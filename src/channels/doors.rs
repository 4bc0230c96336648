//! The first page of a host: the institutions that it serves, each with the way to its chat. One alone is forwarded to.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Query, State};
use axum::http::header::LOCATION;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use maud::{Markup, html};
use serde::Deserialize;

use crate::http::layout::{Frame, frame, mark};
use crate::http::problem::Problem;
use crate::http::site::Site;
use crate::http::words::{Words, closest, direction, own_name, preferred};
use crate::model::ids::TenantId;
use crate::model::peer::Language;
use crate::policy::tenant::Tenant;

/// What the page is made of.
#[derive(Clone)]
pub struct Parts {
    pub site: Arc<Site>,
    /// Those with a chat, in the order in which they are listed.
    pub tenants: Arc<[TenantId]>,
}

#[derive(Deserialize)]
struct Asked {
    lang: Option<String>,
}

pub fn routes(parts: Parts) -> Router {
    Router::new().route("/", get(list)).with_state(parts)
}

async fn list(State(parts): State<Parts>, Query(asked): Query<Asked>, headers: HeaderMap) -> Response {
    let tenants: Vec<Arc<Tenant>> = parts.tenants.iter().filter_map(|id| parts.site.tenant(&id.0)).collect();
    let offered = parts.site.catalog.languages();
    let wished = asked.lang.as_deref().and_then(|tag| closest(tag, offered));
    match tenants.as_slice() {
        [] => Problem::NotFound.into_response(),
        [only] => forward(&chat(only, wished.as_ref())),
        several => {
            let language = wished.unwrap_or_else(|| preferred(&headers, offered));
            page(&Words::new(&parts.site.catalog, &language), offered, several)
        }
    }
}

fn page(words: &Words<'_>, offered: &[Language], tenants: &[Arc<Tenant>]) -> Response {
    let title = words.say("page-doors-title");
    let content = html! {
        div class="card" {
            h1 { (title) }
            p { (words.say("page-doors")) }
            ul class="doors" {
                @for tenant in tenants {
                    li { a href=(chat(tenant, Some(words.language()))) { (mark(words, tenant)) span { (tenant.name) } } }
                }
            }
        }
    };
    let aside = Some(languages(words, offered));
    frame(words, Frame { title: &title, aside, ..Frame::default() }, &content).into_response()
}

fn languages(words: &Words<'_>, offered: &[Language]) -> Markup {
    html! {
        nav class="languages" aria-label=(words.say("chat-language")) {
            @for language in offered {
                @if language == words.language() {
                    span aria-current="true" lang=(language.tag()) { (own_name(language)) }
                } @else {
                    a href={ "/?lang=" (language.tag()) } lang=(language.tag()) dir=(direction(language)) {
                        (own_name(language))
                    }
                }
            }
        }
    }
}

/// The chat goes on in the language that was chosen here, if the institution speaks it.
fn chat(tenant: &Tenant, language: Option<&Language>) -> String {
    match language.filter(|language| tenant.languages.contains(language)) {
        Some(language) => format!("/chat/{}?lang={}", tenant.id, language.tag()),
        None => format!("/chat/{}", tenant.id),
    }
}

fn forward(path: &str) -> Response {
    let Ok(location) = HeaderValue::from_str(path) else { return Problem::NotFound.into_response() };
    (StatusCode::SEE_OTHER, [(LOCATION, location)]).into_response()
}
