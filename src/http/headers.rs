//! The headers of every answer, refusals included.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::HeaderValue;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderName, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::middleware::Next;
use axum::response::Response;

use crate::http::site::Site;

/// What an answer may do beyond the rule; set by its handler as a response extension.
#[derive(Clone, Debug, Default)]
pub struct Allow {
    /// Origins whose pages may frame this one; nobody when empty. `'self'` is written as such.
    pub framed_by: Vec<String>,
    /// It frames our own pages itself.
    pub frames_own: bool,
    /// Other sites' pages may load it (the widget script).
    pub loaded_by_all: bool,
    /// It never changes under its address, so browsers may keep it.
    pub keep: bool,
    /// It is a picture from an institution: even opened by itself it runs nothing and loads nothing.
    pub picture: bool,
}

/// One year, as ASVS 3.4.1 asks.
const HSTS: HeaderValue = HeaderValue::from_static("max-age=31536000; includeSubDomains");
const COOP: HeaderName = HeaderName::from_static("cross-origin-opener-policy");
const CORP: HeaderName = HeaderName::from_static("cross-origin-resource-policy");
const PERMISSIONS: HeaderName = HeaderName::from_static("permissions-policy");

pub async fn secure(State(site): State<Arc<Site>>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let allow = response.extensions_mut().remove::<Allow>().unwrap_or_default();
    let headers = response.headers_mut();
    headers.insert(CONTENT_SECURITY_POLICY, policy(&allow));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(COOP, HeaderValue::from_static("same-origin"));
    headers.insert(CORP, HeaderValue::from_static(if allow.loaded_by_all { "cross-origin" } else { "same-origin" }));
    headers.insert(PERMISSIONS, HeaderValue::from_static("camera=(), geolocation=(), microphone=()"));
    let cache = if allow.keep { "public, max-age=31536000, immutable" } else { "no-store" };
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(cache));
    if site.secure() {
        headers.insert(STRICT_TRANSPORT_SECURITY, HSTS);
    }
    response
}

/// Nothing but our own files: no inline script or style, so an injected tag does nothing.
fn policy(allow: &Allow) -> HeaderValue {
    if allow.picture {
        return HeaderValue::from_static(
            "default-src 'none'; style-src 'unsafe-inline'; sandbox; base-uri 'none'; form-action 'none'; \
             frame-ancestors 'none'",
        );
    }
    let framed_by = if allow.framed_by.is_empty() { "'none'".to_owned() } else { allow.framed_by.join(" ") };
    let frames = if allow.frames_own { " frame-src 'self';" } else { "" };
    let text = format!(
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; media-src 'self'; \
         connect-src 'self'; form-action 'self'; base-uri 'none';{frames} frame-ancestors {framed_by}"
    );
    HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"))
}
