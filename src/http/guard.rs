//! What every request passes before its handler: where it comes from, how big it is, how long it takes.

use std::any::Any;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{CONTENT_LENGTH, ORIGIN};
use axum::http::{HeaderMap, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::http::problem::Problem;
use crate::http::serve::Limits;
use crate::http::site::Site;

/// Largest accepted body; no form of ours comes near.
pub const BODY_BYTES: usize = 64 * 1024;

/// Web hooks are called by machines without an origin and prove themselves by a signature.
pub const HOOKS: &str = "/hooks/";

/// Reads the body up to its limits, so that no handler waits on a slow sender.
pub async fn body(State(limits): State<Limits>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let announced = parts.headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|length| length > BODY_BYTES) {
        return Problem::TooLarge.into_response();
    }
    match tokio::time::timeout(limits.body, axum::body::to_bytes(body, BODY_BYTES)).await {
        Ok(Ok(bytes)) => next.run(Request::from_parts(parts, Body::from(bytes))).await,
        Ok(Err(error)) if is_too_long(&error) => Problem::TooLarge.into_response(),
        Ok(Err(_)) => Problem::Malformed.into_response(),
        Err(_) => Problem::TooSlow.into_response(),
    }
}

/// Refuses a request that changes something and was made by another site's page.
///
/// `Sec-Fetch-Site` decides where the browser sends it. Our pages send no referrer, which makes browsers write
/// `Origin: null` on plain forms; such a request still needs the form's own nonce (`cookie::form_nonce`).
pub async fn origin(State(site): State<Arc<Site>>, request: Request, next: Next) -> Response {
    let changes = !matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if changes && !request.uri().path().starts_with(HOOKS) && !is_ours(&site, request.headers()) {
        return Problem::WrongOrigin.into_response();
    }
    next.run(request).await
}

/// Gives up on a handler that does not answer.
pub async fn time(State(limits): State<Limits>, request: Request, next: Next) -> Response {
    match tokio::time::timeout(limits.answer, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Problem::Unavailable.into_response(),
    }
}

/// The answer to a panic in a handler: the visitor learns nothing about it.
pub fn broken(_: Box<dyn Any + Send + 'static>) -> Response {
    tracing::error!(outcome = "panic", "a request handler stopped");
    Problem::Broken.into_response()
}

fn is_ours(site: &Site, headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    let origin = text(ORIGIN.as_str());
    match (text("sec-fetch-site"), origin) {
        (Some("same-origin" | "none"), _) => true,
        (Some(_), _) => false,
        (None, None | Some("null")) => true,
        (None, Some(origin)) => site.owns(origin),
    }
}

fn is_too_long(error: &axum::Error) -> bool {
    use std::error::Error;
    let mut cause: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(error) = cause {
        if error.to_string().contains("length limit exceeded") {
            return true;
        }
        cause = error.source();
    }
    false
}
