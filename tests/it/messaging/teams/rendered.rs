//! Every card of every talk in Microsoft's own renderer (`tests/setup/peers.sh`), in a browser: its schema of version 1.5 finds
//! nothing wrong, every word is shown, and every button is reached and pressed by keyboard alone.

use std::path::PathBuf;

use axum::Router;
use axum::response::Html;
use axum::routing::get;
use ringback::http::listen;
use serde_json::{Value, json};

use crate::support::chromium::Chromium;

/// Cards at a time: more would only make a longer page.
const AT_ONCE: usize = 60;
const TAB: &str = "\u{e004}";
const ENTER: &str = "\u{e007}";

/// What is wrong with these cards, and how many buttons were pressed.
pub async fn judged(cards: &[Value]) -> (Vec<String>, usize) {
    let address = served().await;
    let browser = Chromium::start().await;
    let (mut faults, mut pressed) = (Vec::new(), 0);
    for cards in cards.chunks(AT_ONCE) {
        browser.open(&address).await;
        browser.until("window.AdaptiveCards").await;
        browser.eval(&format!("show({})", json!(cards))).await;
        let seen = browser.eval("faults").await;
        faults.extend(seen.as_array().unwrap().iter().map(|fault| fault.as_str().unwrap().to_owned()));
        let wanted: Vec<Value> = cards.iter().enumerate().flat_map(|(n, card)| buttons(n, card)).collect();
        // A card has the focus before its buttons have; to press it does nothing.
        browser.type_through(&format!("{TAB}{ENTER}").repeat(cards.len() + wanted.len())).await;
        browser.until(&format!("pressed.length >= {}", wanted.len())).await;
        let found = browser.eval("pressed").await;
        if found != json!(wanted) {
            faults.push(format!("pressed {found}, not {}", json!(wanted)));
        }
        pressed += wanted.len();
    }
    browser.close().await;
    (faults, pressed)
}

/// What pressing each button of a card must lead to, in their order.
fn buttons(n: usize, card: &Value) -> Vec<Value> {
    let rows = card["body"].as_array().unwrap().iter().filter_map(|part| part["actions"].as_array());
    let carries =
        |action: &Value| if action["url"].is_null() { action["data"]["pick"].clone() } else { action["url"].clone() };
    rows.flatten().map(|action| json!([n, action["type"], action["title"], carries(action)])).collect()
}

/// The renderer and a page for it, on a port of this machine.
async fn served() -> String {
    let top = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| top.join("target"), PathBuf::from);
    let script = target.join("peers/node/node_modules/adaptivecards/dist/adaptivecards.min.js");
    let script = std::fs::read_to_string(&script)
        .unwrap_or_else(|_| panic!("{} is not there: run tests/setup/peers.sh", script.display()));
    let page = include_str!("rendered.html");
    let routes = Router::new().route("/", get(move || async move { Html(page) })).route(
        "/adaptivecards.js",
        get(|| async move { ([("content-type", "text/javascript; charset=utf-8")], script) }),
    );
    let (listener, port) = listen::or_next(std::net::Ipv4Addr::LOCALHOST.into(), 0).await.unwrap();
    tokio::spawn(async move { axum::serve(listener, routes).await });
    format!("http://127.0.0.1:{port}/")
}

/// What the page reports when something is wrong; else it might report nothing at all.
#[tokio::test]
async fn the_renderer_finds_what_is_wrong_with_a_card() {
    let text = |text: &str| json!({ "type": "RichTextBlock", "inlines": [{ "type": "TextRun", "text": text }] });
    let button = |kind: &str| json!({ "type": kind, "title": "1. a", "verb": "pick", "data": { "pick": "t" } });
    let card = |body: Value| json!({ "type": "AdaptiveCard", "version": "1.5", "body": body });
    let good = card(json!([text("x"), { "type": "ActionSet", "actions": [button("Action.Execute")] }]));
    assert_eq!(judged(&[good]).await, (Vec::new(), 1));
    let address = served().await;
    let browser = Chromium::start().await;
    for bad in [
        card(json!([{ "type": "Carousel2", "inlines": [] }, text("x")])),
        card(json!([text("x"), { "type": "ActionSet", "actions": [{ "type": "Action.OpenUrl", "title": "a" }] }])),
        card(json!([{ "type": "RichTextBlock", "spacing": "huge", "inlines": [{ "type": "TextRun", "text": "x" }] }])),
    ] {
        browser.open(&address).await;
        browser.until("window.AdaptiveCards").await;
        let faults = browser.eval(&format!("show([{bad}])")).await;
        assert!(faults.as_u64().unwrap() > 0, "{bad}");
    }
    browser.close().await;
}
