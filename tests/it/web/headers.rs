//! Every answer carries the same headers, whatever went wrong.

use axum::body::Body;
use axum::http::Request;
use ringback::http::serve::Limits;

use super::{app, ask, get_request};

const FIXED: [(&str, &str); 7] = [
    (
        "content-security-policy",
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; media-src 'self'; \
         connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    ),
    ("referrer-policy", "no-referrer"),
    ("x-content-type-options", "nosniff"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("permissions-policy", "camera=(), geolocation=(), microphone=()"),
    ("cache-control", "no-store"),
];

#[tokio::test]
async fn every_answer_has_them() {
    let app = app("https://reset.uni.example", Limits::default());
    let huge = Request::post("/echo").header("content-length", "70000").body(Body::from(vec![b'a'; 70_000])).unwrap();
    let stranger = Request::post("/echo").header("origin", "https://evil.example").body(Body::empty()).unwrap();
    let requests = [
        (200, get_request("/page")),
        (404, get_request("/nowhere")),
        (405, Request::delete("/page").body(Body::empty()).unwrap()),
        (413, huge),
        (415, Request::post("/form").body(Body::from("a=b")).unwrap()),
        (403, stranger),
        (500, get_request("/break")),
    ];
    for (status, request) in requests {
        let (response, _) = ask(&app, request).await;
        assert_eq!(response.status(), status);
        for (name, value) in FIXED {
            assert_eq!(response.headers().get(name).map(|v| v.to_str().unwrap()), Some(value), "{name} of {status}");
        }
        let hsts = response.headers().get("strict-transport-security").unwrap();
        assert_eq!(hsts, "max-age=31536000; includeSubDomains");
    }
}

#[tokio::test]
async fn plain_http_promises_no_tls() {
    let (response, _) = ask(&app("http://localhost:8080", Limits::default()), get_request("/page")).await;
    assert!(response.headers().get("strict-transport-security").is_none());
}

#[tokio::test]
async fn pages_load_our_own_files_only() {
    let request = Request::get("/nowhere").header("accept", "text/html").body(Body::empty()).unwrap();
    let app = app("https://reset.uni.example", Limits::default());
    let (_, page) = ask(&app, request).await;
    let loads: Vec<&str> =
        page.split(['"', '\'']).filter(|part| part.starts_with("http") || part.starts_with("//")).collect();
    assert!(loads.is_empty(), "{loads:?}");
    assert!(!page.contains("<style") && !page.contains(" style=") && !page.contains(" on"), "nothing inline: {page}");
    for path in page.split('"').filter(|part| part.starts_with("/assets/")) {
        let (response, _) = ask(&app, get_request(path)).await;
        assert_eq!(response.status(), 200, "{path}");
        assert_eq!(response.headers()["cache-control"], "public, max-age=31536000, immutable");
    }
}
