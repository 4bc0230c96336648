//! Every answer carries the same headers, whatever went wrong.

use axum::body::Body;
use axum::http::Request;
use ringback::http::serve::Limits;

use super::visitor::Visitor;
use super::{app, ask, get_request};
use crate::browser::stage::Stage;

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
async fn g23_every_answer_has_them_refusals_included() {
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
async fn g23_pages_load_our_own_files_only() {
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

/// Every address that there is, with what it says to somebody who just looks: the same headers, and nothing from others.
#[tokio::test]
async fn g23_every_address_of_the_service_has_them_and_loads_nothing_from_others() {
    let stage = Stage::demo().await;
    let mut visitor = Visitor::of(&stage);
    let chat = visitor.begin("apu").await;
    let page = super::pages::opened_page(&stage).await;
    let mut holder = Visitor::of(&stage);
    holder.cookies.extend(page);
    let mut n = 0;
    for (who, path, status) in [
        (&visitor, "/", 200),
        (&visitor, "/?tenant=imu&lang=ms", 200),
        (&visitor, "/demo/feed", 200),
        (&visitor, "/chat/apu", 200),
        (&visitor, "/chat/apu?lang=ms", 200),
        (&visitor, "/chat/imu", 200),
        (&visitor, "/chat/nobody", 404),
        (&visitor, "/chat/apu/challenge/00-1.png", 404),
        (&visitor, "/widget/apu", 200),
        (&visitor, "/embed/apu.js", 200),
        (&visitor, "/page", 410),
        (&visitor, "/page?at=apu", 410),
        (&holder, "/page?at=apu", 200),
        (&visitor, "/page/AAAA", 410),
        (&visitor, "/not-me/AAAA", 410),
        (&visitor, "/assets/brand/apu.css", 200),
        (&visitor, "/assets/nothing.css", 404),
        (&visitor, "/assets/logo/apu.svg", 404),
        (&visitor, "/favicon.ico", 200),
        (&visitor, "/page/judge", 405),
        (&visitor, "/nowhere", 404),
    ] {
        let response = who.request(reqwest::Method::GET, path).send().await.unwrap();
        assert_eq!(response.status().as_u16(), status, "{path}");
        let header = |name: &str| response.headers()[name].to_str().unwrap().to_owned();
        let policy = header("content-security-policy");
        assert!(
            policy.starts_with("default-src 'none';") && !policy.contains("unsafe") && !policy.contains("http"),
            "{path}: {policy}"
        );
        let framed = if path.starts_with("/widget") { "frame-ancestors 'self'" } else { "frame-ancestors 'none'" };
        assert!(policy.ends_with(framed), "{path}: {policy}");
        for (name, value) in
            FIXED.iter().filter(|(name, _)| !["content-security-policy", "cache-control"].contains(name))
        {
            let shared = *name == "cross-origin-resource-policy" && path.starts_with("/embed/");
            assert!(shared || header(name) == *value, "{name} of {path}");
        }
        let html = response.headers().get("content-type").is_some_and(|kind| kind.to_str().unwrap().contains("html"));
        let body = response.text().await.unwrap();
        if html {
            let foreign = |tag: &str| {
                let loads = ["src=\"", "<link rel=\"stylesheet\" href=\""].iter().any(|sign| tag.contains(sign));
                loads && (tag.contains("=\"http") || tag.contains("=\"//"))
            };
            assert!(!body.split('>').any(foreign) && !body.contains("<style") && !body.contains(" style="), "{path}");
            // Whoever has no scripts has a form or a link for everything.
            assert!(!body.contains("javascript:") && !body.contains(" onclick="), "{path}");
        }
        n += 1;
    }
    assert!(chat.bot_turns() > 0);
    println!("{n} addresses: every header on each, 0 loads from others");
}

/// A picture from an institution runs nothing, even when it is opened by itself.
#[tokio::test]
async fn a_logo_is_served_as_what_it_is_and_can_do_nothing() {
    let stage = Stage::demo().await;
    let mut visitor = Visitor::of(&stage);
    let page = visitor.get("/chat/apu").await;
    assert!(page.body.contains("alt=\"Logo of Asia Pacific University\""), "{}", page.body);
    let path = page.body.split("src=\"").find(|part| part.starts_with("/assets/logo/")).unwrap();
    let path = path.split('"').next().unwrap().to_owned();
    let response = visitor.request(reqwest::Method::GET, &path).send().await.unwrap();
    assert_eq!(response.headers()["content-type"], "image/svg+xml");
    assert_eq!(response.headers()["x-content-type-options"], "nosniff");
    let policy = response.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.starts_with("default-src 'none'; style-src 'unsafe-inline'; sandbox;"), "{policy}");
    assert!(response.text().await.unwrap().starts_with("<svg"));
    // Its old name is gone with it, and who has none shows initials.
    assert_eq!(visitor.get("/assets/logo/apu.0000000000000000.svg").await.status, 404);
    assert_eq!(visitor.get("/assets/logo/imu.svg").await.status, 404);
    assert!(visitor.get("/chat/imu").await.body.contains("class=\"mark\""));
    for path in ["/", "/widget/apu", "/page?at=apu"] {
        assert!(visitor.get(path).await.body.contains("class=\"logo\""), "{path}");
    }
}
