//! Refusals: a fixed catalogue, as `application/problem+json` (RFC 9457) or as a page for a browser.
//!
//! Nothing in an answer comes from the request or from a backend.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Request, State};
use axum::http::header::{ACCEPT, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use maud::html;
use serde::Serialize;

use crate::http::layout::{Frame, frame};
use crate::http::site::Site;
use crate::http::words::{Words, preferred};

/// Every way in which the web layer says no.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Problem {
    Malformed,
    Unauthorized,
    WrongOrigin,
    NotFound,
    MethodNotAllowed,
    TooSlow,
    TooLarge,
    WrongMediaType,
    TooMany,
    Broken,
    Unavailable,
    Stopping,
}

/// The body of RFC 9457.
#[derive(Serialize)]
struct Body {
    r#type: String,
    title: &'static str,
    status: u16,
    detail: &'static str,
}

impl Problem {
    pub const ALL: [Problem; 12] = [
        Problem::Malformed,
        Problem::Unauthorized,
        Problem::WrongOrigin,
        Problem::NotFound,
        Problem::MethodNotAllowed,
        Problem::TooSlow,
        Problem::TooLarge,
        Problem::WrongMediaType,
        Problem::TooMany,
        Problem::Broken,
        Problem::Unavailable,
        Problem::Stopping,
    ];

    pub fn status(self) -> StatusCode {
        match self {
            Problem::Malformed => StatusCode::BAD_REQUEST,
            Problem::Unauthorized => StatusCode::UNAUTHORIZED,
            Problem::WrongOrigin => StatusCode::FORBIDDEN,
            Problem::NotFound => StatusCode::NOT_FOUND,
            Problem::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Problem::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Problem::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Problem::WrongMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Problem::TooMany => StatusCode::TOO_MANY_REQUESTS,
            Problem::Broken => StatusCode::INTERNAL_SERVER_ERROR,
            Problem::Unavailable | Problem::Stopping => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// The last part of its type and of its message keys.
    pub fn name(self) -> &'static str {
        match self {
            Problem::Malformed => "malformed",
            Problem::Unauthorized => "unauthorized",
            Problem::WrongOrigin => "wrong-origin",
            Problem::NotFound => "not-found",
            Problem::MethodNotAllowed => "method-not-allowed",
            Problem::TooSlow => "too-slow",
            Problem::TooLarge => "too-large",
            Problem::WrongMediaType => "wrong-media-type",
            Problem::TooMany => "too-many",
            Problem::Broken => "broken",
            Problem::Unavailable => "unavailable",
            Problem::Stopping => "stopping",
        }
    }

    /// Title and detail for machines, in English.
    fn words(self) -> (&'static str, &'static str) {
        match self {
            Problem::Malformed => ("Malformed request", "The request could not be read. Nothing was changed."),
            Problem::Unauthorized => ("Not authorized", "This address wants a proof that did not come."),
            Problem::WrongOrigin => ("Wrong origin", "The request came from another site's page. Nothing was changed."),
            Problem::NotFound => ("Not found", "There is nothing at this address."),
            Problem::MethodNotAllowed => ("Method not allowed", "This address does not take this method."),
            Problem::TooSlow => ("Request too slow", "The request did not arrive in time. Nothing was changed."),
            Problem::TooLarge => ("Request too large", "The request is larger than 64 KiB. Nothing was changed."),
            Problem::WrongMediaType => ("Wrong media type", "This address takes forms. Nothing was changed."),
            Problem::TooMany => ("Too many requests", "Wait a moment and try again."),
            Problem::Broken => ("Internal error", "Something went wrong here. It was recorded."),
            Problem::Unavailable => ("Unavailable", "The service cannot answer now. Try again in a minute."),
            Problem::Stopping => ("Starting anew", "The service is being started anew. Try again in a few seconds."),
        }
    }

    /// The entry for a status that the router or an extractor chose by itself.
    fn of_status(status: StatusCode) -> Self {
        let known = Problem::ALL.into_iter().find(|problem| problem.status() == status);
        match known {
            Some(problem) => problem,
            None if status.is_server_error() => Problem::Broken,
            None => Problem::Malformed,
        }
    }

    fn json(self) -> Response {
        let mut response = Json(self.body()).into_response();
        *response.status_mut() = self.status();
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(seconds) = self.retry_after() {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static(seconds));
        }
        response
    }

    /// The same with one member more, for machines that we know.
    pub fn with(self, member: &str, value: serde_json::Value) -> Response {
        let mut response = self.json();
        let mut body = serde_json::json!(self.body());
        body[member] = value;
        *response.body_mut() = axum::body::Body::from(body.to_string());
        response.headers_mut().remove(axum::http::header::CONTENT_LENGTH);
        response
    }

    /// Seconds after which it may be tried again.
    fn retry_after(self) -> Option<&'static str> {
        match self {
            Problem::TooMany | Problem::Unavailable => Some("60"),
            Problem::Stopping => Some("5"),
            _ => None,
        }
    }

    fn body(self) -> Body {
        let (title, detail) = self.words();
        let r#type = format!("urn:ringback:problem:{}", self.name());
        Body { r#type, title, status: self.status().as_u16(), detail }
    }

    fn page(self, site: &Site, headers: &HeaderMap) -> Response {
        let language = preferred(headers, site.catalog.languages());
        let words = Words::new(&site.catalog, &language);
        let title = words.key(&format!("page-problem-{}", self.name()));
        let content = html! {
            h1 { (title) }
            p { (words.key(&format!("page-problem-{}-advice", self.name()))) }
        };
        let mut response = frame(&words, Frame { title: &title, ..Frame::default() }, &content).into_response();
        *response.status_mut() = self.status();
        response
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.json();
        response.extensions_mut().insert(self);
        response
    }
}

/// Gives every bare refusal its catalogue entry, as a page where a browser asked. Pages that a handler made itself,
/// such as a form with its errors, pass unchanged.
pub async fn render(State(site): State<Arc<Site>>, request: Request, next: Next) -> Response {
    let headers = request.headers().clone();
    let response = next.run(request).await;
    let status = response.status();
    if !status.is_client_error() && !status.is_server_error() {
        return response;
    }
    let named = response.extensions().get::<Problem>().copied();
    let is_page = response.headers().get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    if named.is_none() && is_page {
        return response;
    }
    let problem = named.unwrap_or_else(|| Problem::of_status(status));
    let accepts = headers.get(ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or_default();
    let mut answer = if accepts.contains("text/html") { problem.page(&site, &headers) } else { problem.json() };
    if let Some(allowed) = response.headers().get(axum::http::header::ALLOW) {
        answer.headers_mut().insert(axum::http::header::ALLOW, allowed.clone());
    }
    answer
}
