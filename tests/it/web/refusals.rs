//! Refusals come from a fixed catalogue, and other sites' pages change nothing.

use axum::body::Body;
use axum::http::{Method, Request};
use ringback::http::problem::Problem;
use ringback::http::serve::Limits;
use serde_json::Value;

use super::{app, ask, get_request};

/// Path, headers and expected status.
type Case<'a> = (&'a str, &'a [(&'a str, &'a str)], u16);

#[tokio::test]
async fn machines_get_problem_json_and_nothing_of_what_they_sent() {
    let app = app("https://reset.uni.example", Limits::default());
    let (response, body) = ask(&app, get_request("/nowhere/%3Cscript%3Ecanary?canary=1")).await;
    assert_eq!(response.headers()["content-type"], "application/problem+json");
    let problem: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(problem["type"], "urn:ringback:problem:not-found");
    assert_eq!(problem["status"], 404);
    assert!(!body.contains("canary"), "{body}");
}

#[tokio::test]
async fn people_get_a_page_in_their_language() {
    let app = app("https://reset.uni.example", Limits::default());
    let ask_in = |language: &str| {
        Request::get("/nowhere")
            .header("accept", "text/html")
            .header("accept-language", language)
            .body(Body::empty())
            .unwrap()
    };
    let (response, english) = ask(&app, ask_in("fr, en;q=0.5")).await;
    assert_eq!(response.status(), 404);
    assert!(english.contains("lang=\"en\"") && english.contains("There is nothing here"), "{english}");
    let (_, malay) = ask(&app, ask_in("ms-MY,en")).await;
    assert!(malay.contains("lang=\"ms\"") && !malay.contains("There is nothing here"), "{malay}");
}

#[test]
fn every_refusal_has_words_in_every_language() {
    let site = super::site("https://reset.uni.example");
    for language in site.catalog.languages() {
        for problem in Problem::ALL {
            for key in [format!("page-problem-{}", problem.name()), format!("page-problem-{}-advice", problem.name())] {
                assert!(site.catalog.has(language, &key), "{key} in {language}");
            }
        }
    }
}

#[tokio::test]
async fn a_panic_is_a_refusal_like_others() {
    let (response, body) = ask(&app("https://reset.uni.example", Limits::default()), get_request("/break")).await;
    assert_eq!(response.status(), 500);
    assert!(body.contains("urn:ringback:problem:broken") && !body.contains("handler stops"), "{body}");
}

#[tokio::test]
async fn only_our_own_pages_change_anything() {
    let app = app("https://reset.uni.example", Limits::default());
    let cases: [Case; 10] = [
        ("/echo", &[], 200),
        ("/echo", &[("origin", "https://reset.uni.example")], 200),
        ("/echo", &[("origin", "https://reset.uni.example.evil.example")], 403),
        ("/echo", &[("origin", "http://reset.uni.example")], 403),
        // Our pages send no referrer, so a form's origin is `null`; the browser's own header then decides.
        ("/echo", &[("origin", "null"), ("sec-fetch-site", "same-origin")], 200),
        ("/echo", &[("origin", "null"), ("sec-fetch-site", "cross-site")], 403),
        ("/echo", &[("origin", "null"), ("sec-fetch-site", "same-site")], 403),
        ("/echo", &[("origin", "https://reset.uni.example"), ("sec-fetch-site", "cross-site")], 403),
        (
            "/echo",
            &[("host", "evil.example"), ("origin", "http://evil.example"), ("x-forwarded-host", "evil.example")],
            403,
        ),
        // Machines that call a web hook have no origin of ours; they sign.
        ("/hooks/test", &[("origin", "https://provider.example")], 200),
    ];
    for (path, headers, status) in cases {
        let mut request = Request::post(path).body(Body::from("x")).unwrap();
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().unwrap());
        }
        let (response, _) = ask(&app, request).await;
        assert_eq!(response.status(), status, "{path} {headers:?}");
    }
}

#[tokio::test]
async fn looking_is_allowed_from_everywhere() {
    let app = app("https://reset.uni.example", Limits::default());
    for method in [Method::GET, Method::HEAD] {
        let request = Request::builder().method(method).uri("/page").header("sec-fetch-site", "cross-site");
        let (response, _) = ask(&app, request.body(Body::empty()).unwrap()).await;
        assert_eq!(response.status(), 200);
    }
}
