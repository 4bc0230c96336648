//! "This was not me": one sentence and one button. Looking changes nothing; pressing twice does no more than once.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use maud::{Markup, html};

use crate::http::layout::{Frame, frame};
use crate::http::problem::Problem;
use crate::http::site::Site;
use crate::http::words::{Words, preferred};
use crate::model::peer::Language;
use crate::policy::tenant::Tenant;
use crate::runtime::notices::{self, Notices};

/// What the page is made of.
#[derive(Clone)]
pub struct Parts {
    pub site: Arc<Site>,
    pub notices: Notices,
}

pub fn routes(parts: Parts) -> Router {
    Router::new().route(&format!("{}{{token}}", notices::PATH), get(look).post(report)).with_state(parts)
}

async fn look(State(parts): State<Parts>, Path(token): Path<String>, headers: HeaderMap) -> Response {
    match parts.notices.view(&token).await {
        Ok(Some(notice)) => {
            let Some(tenant) = parts.site.tenant(&notice.tenant.0) else { return parts.expired(&headers) };
            let offset = tenant.local_time.minutes_ahead(notice.done);
            let done = parts.site.catalog.time(&notice.language, notice.done, offset);
            parts.page(&tenant, &notice.language, "page-notice-title", |words| {
                html! {
                    p { (words.with("page-notice", &[("time", &done)])) }
                    form method="post" action={ (notices::PATH) (token) } class="actions" {
                        button { (words.say("page-notice-button")) }
                    }
                }
            })
        }
        Ok(None) => parts.expired(&headers),
        Err(_) => Problem::Unavailable.into_response(),
    }
}

async fn report(State(parts): State<Parts>, Path(token): Path<String>, headers: HeaderMap) -> Response {
    let notice = match parts.notices.view(&token).await {
        Ok(Some(notice)) => notice,
        Ok(None) => return parts.expired(&headers),
        Err(_) => return Problem::Unavailable.into_response(),
    };
    match parts.notices.report(&token).await {
        Ok(true) => {
            let Some(tenant) = parts.site.tenant(&notice.tenant.0) else { return parts.expired(&headers) };
            parts.page(&tenant, &notice.language, "page-notice-done-title", |words| {
                html! { p { (words.say("page-notice-done")) } }
            })
        }
        Ok(false) => parts.expired(&headers),
        Err(_) => Problem::Unavailable.into_response(),
    }
}

impl Parts {
    fn page(
        &self,
        tenant: &Tenant,
        language: &Language,
        title: &'static str,
        content: impl FnOnce(&Words<'_>) -> Markup,
    ) -> Response {
        let words = Words::new(&self.site.catalog, language);
        let title = words.say(title);
        let content = html! { div class="card" { h1 { (title) } (content(&words)) } };
        let outside = Frame { title: &title, tenant: Some(tenant), desk: true, ..Frame::default() };
        frame(&words, outside, &content).into_response()
    }

    fn expired(&self, headers: &HeaderMap) -> Response {
        let language = preferred(headers, self.site.catalog.languages());
        let words = Words::new(&self.site.catalog, &language);
        let title = words.say("page-notice-expired-title");
        let content = html! { div class="card" { h1 { (title) } p { (words.say("page-notice-expired")) } } };
        (StatusCode::GONE, frame(&words, Frame { title: &title, ..Frame::default() }, &content)).into_response()
    }
}
