//! The web layer: headers, refusals, limits, cookies, and the end of a server.

mod chat;
mod cookies;
mod headers;
mod limits;
mod pages;
mod refusals;
mod visitor;

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, Response};
use axum::routing::{get, post};
use http_body_util::BodyExt;
use ringback::http::serve::Limits;
use ringback::http::site::Site;
use ringback::text::catalog::Catalog;
use tower::ServiceExt;

/// A site as `serve` has it behind TLS; `http://..` for the demo's.
pub fn site(origin: &str) -> Arc<Site> {
    let catalog = Catalog::shipped().map_err(|faults| format!("{faults:?}")).unwrap();
    Arc::new(Site {
        origin: origin.to_owned(),
        also: Vec::new(),
        catalog: Arc::new(catalog),
        tenants: Arc::new(|_| None),
    })
}

/// Guards around routes that answer, echo, break and hang.
fn app(origin: &str, limits: Limits) -> Router {
    let routes = Router::new()
        .route("/page", get(|| async { "fine" }))
        .route("/echo", post(|body: String| async move { body }))
        .route("/form", post(|_: axum::Form<Vec<(String, String)>>| async { "taken" }))
        .route("/hooks/test", post(|| async { "heard" }))
        .route("/break", get(broken))
        .route("/hang", get(|| async { std::future::pending::<String>().await }));
    ringback::http::finish(routes, site(origin), limits)
}

async fn broken() -> String {
    panic!("a handler stops");
}

async fn ask(app: &Router, request: Request<Body>) -> (Response<()>, String) {
    let response = app.clone().oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let bytes = body.collect().await.unwrap().to_bytes();
    (Response::from_parts(parts, ()), String::from_utf8(bytes.to_vec()).unwrap())
}

fn get_request(path: &str) -> Request<Body> {
    Request::get(path).body(Body::empty()).unwrap()
}
