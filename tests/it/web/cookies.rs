//! Session cookies: what the browser is told, and what is read back.

use axum::http::HeaderMap;
use ringback::http::cookie::{Kind, Token, clear};

use super::site;

fn sent(line: &str) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert("cookie", line.parse().unwrap());
    headers
}

#[test]
fn g24_over_tls_it_is_bound_to_the_host() {
    let site = site("https://reset.uni.example");
    let token = Token::new(&[7; 32]);
    let set = token.set(&site, Kind::Page, 2400);
    let expected =
        format!("__Host-ringback-page={}; Path=/; Max-Age=2400; HttpOnly; SameSite=Strict; Secure", "07".repeat(32));
    assert_eq!(set, expected.as_str());
    assert!(clear(&site, Kind::Page).to_str().unwrap().contains("Max-Age=0"));
}

#[test]
fn on_plain_http_every_browser_takes_it() {
    let site = site("http://localhost:8081");
    let set = Token::new(&[7; 32]).set(&site, Kind::Chat, 60);
    let set = set.to_str().unwrap();
    assert!(set.starts_with("ringback-chat-8081="), "two demos side by side share no session: {set}");
    assert!(!set.contains("Secure") && !set.contains("__Host-") && set.contains("HttpOnly; SameSite=Strict"), "{set}");
}

#[test]
fn the_widget_keeps_a_session_of_its_own_for_each_site_that_shows_it() {
    let set = Token::new(&[7; 32]).set(&site("https://reset.uni.example"), Kind::Widget, 60);
    assert!(set.to_str().unwrap().ends_with("HttpOnly; SameSite=None; Secure; Partitioned"));
}

#[test]
fn only_a_whole_token_under_its_own_name_is_read() {
    let site = site("https://reset.uni.example");
    let value = "0a".repeat(32);
    let read = |line: &str| Token::read(&site, Kind::Chat, &sent(line)).map(|token| token.as_str().to_owned());
    assert_eq!(read(&format!("a=b; __Host-ringback-chat={value}; c=d")), Some(value.clone()));
    for line in [
        format!("ringback-chat={value}"),
        format!("__Host-ringback-page={value}"),
        "__Host-ringback-chat=".to_owned(),
        "__Host-ringback-chat=short".to_owned(),
        format!("__Host-ringback-chat={value}<"),
        format!("__Host-ringback-chat={}", "a".repeat(129)),
    ] {
        assert_eq!(read(&line), None, "{line}");
    }
}

#[test]
fn hash_and_form_nonce_do_not_give_the_token_away() {
    let (one, other) = (Token::new(&[1; 32]), Token::new(&[2; 32]));
    assert_ne!(one.hash("chat"), one.hash("page"));
    assert_ne!(one.form_nonce(), other.form_nonce());
    assert!(one.holds_nonce(&one.form_nonce()) && !one.holds_nonce(&other.form_nonce()) && !one.holds_nonce(""));
    assert!(!one.hash("chat").contains(one.as_str()) && !one.form_nonce().contains(one.as_str()));
}
