//! The shared web layer: accept loop, limits, headers, cookies, problem answers and the frame of every page.
//!
//! Pages and web hooks come as plain `axum::Router`s from their channels; `finish` puts the same guards around all of
//! them, so that no route can forget a header.

pub mod address;
pub mod assets;
pub mod colour;
pub mod cookie;
pub mod guard;
pub mod headers;
pub mod layout;
pub mod listen;
pub mod network;
pub mod problem;
pub mod serve;
pub mod site;
pub mod words;

use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn_with_state;

use crate::http::problem::Problem;
use crate::http::serve::Limits;
use crate::http::site::Site;

/// Puts the guards around the merged routes of all channels: headers outermost, so that refusals carry them too.
pub fn finish(routes: Router, site: Arc<Site>, limits: Limits) -> Router {
    routes
        .merge(assets::routes(Arc::clone(&site)))
        .fallback(|| async { Problem::NotFound })
        .method_not_allowed_fallback(|| async { Problem::MethodNotAllowed })
        .layer(from_fn_with_state(limits, guard::body))
        .layer(from_fn_with_state(Arc::clone(&site), guard::origin))
        .layer(from_fn_with_state(limits, guard::time))
        .layer(tower_http::catch_panic::CatchPanicLayer::custom(guard::broken))
        .layer(from_fn_with_state(Arc::clone(&site), problem::render))
        .layer(from_fn_with_state(site, headers::secure))
}
