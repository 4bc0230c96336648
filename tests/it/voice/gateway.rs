//! Codes through an institution's own gateway, which says what became of them: told at once, by it alone, and of one text.

use std::collections::{BTreeMap, HashSet};

use axum::body::Body;
use axum::http::Request;
use data_encoding::HEXLOWER;
use ringback::channels::text_told::{TOLERANCE, address, signature};
use ringback::engine::event::Act;
use ringback::model::ids::ChallengeId;
use ringback::model::prompt::Arg;
use ringback::ports::clock::Clock;
use ringback::ports::store::Store;

use super::house::{House, ORIGIN, SECRET};
use super::legs::Chat;
use super::texts::{code_of, waits};

const UNDELIVERED: &str = r#"{"version":1,"kind":"text_status","status":"undelivered"}"#;
/// As many distinct bad requests as are promised for every way in.
const PROMISED: usize = 200;

/// A request about a text, to be spoiled.
#[derive(Clone)]
struct Word {
    kind: &'static str,
    method: &'static str,
    url: String,
    headers: Vec<(&'static str, String)>,
    body: String,
    expected: u16,
}

fn word(house: &House, url: &str, body: &str) -> Word {
    let signed = signature(SECRET, house.clock.now().unix_seconds(), url, body.as_bytes());
    let headers = vec![("content-type", "application/json".to_owned()), ("ringback-signature", signed)];
    Word { kind: "genuine", method: "POST", url: url.to_owned(), headers, body: body.to_owned(), expected: 204 }
}

impl Word {
    async fn says(&self, house: &House) -> u16 {
        let path = self.url.strip_prefix(ORIGIN).unwrap();
        let mut request = Request::builder().method(self.method).uri(path);
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        house.ask(request.body(Body::from(self.body.clone())).unwrap()).await.status
    }

    fn bad(&self, kind: &'static str, expected: u16) -> Self {
        Self { kind, expected, ..self.clone() }
    }

    fn with(&self, kind: &'static str, name: &'static str, value: &str, expected: u16) -> Self {
        let mut bad = self.bad(kind, expected);
        bad.headers.retain(|(known, _)| *known != name);
        bad.headers.push((name, value.to_owned()));
        bad
    }
}

#[tokio::test]
async fn what_did_not_arrive_is_told_at_once_and_once_also_after_a_restart() {
    let house = House::open().await;
    let code = waits(&house).await;
    let house = house.restart().await;
    let url = address(&house.keys, ORIGIN, &code);
    let changes = house.store.changes();
    for status in ["queued", "sent", "delivered"] {
        let body = UNDELIVERED.replace("undelivered", status);
        assert_eq!(word(&house, &url, &body).says(&house).await, 204);
    }
    assert_eq!(house.store.changes(), changes, "nothing is wrong yet");

    let before = house.chat.all().len();
    let more = r#"{ "version": 1, "kind": "text_status", "status": "undelivered", "reason": "no such number" }"#;
    assert_eq!(word(&house, &url, more).says(&house).await, 204);
    house.settle().await;
    let shown = house.chat.all().split_off(before);
    let said: Vec<&str> = shown.iter().map(|prompt| prompt.message.as_str()).collect();
    assert_eq!(said, ["code-undeliverable", "verify-choose-method"]);
    let number = shown.iter().flat_map(|prompt| &prompt.args).any(|(_, arg)| match arg {
        Arg::Text(text) => text.chars().filter(char::is_ascii_digit).count() > 2,
        _ => false,
    });
    assert!(!number, "the number is given away: {shown:#?}");

    let changes = house.store.changes();
    for _ in 0..3 {
        assert_eq!(word(&house, &url, UNDELIVERED).says(&house).await, 204);
    }
    house.settle().await;
    assert_eq!(house.store.changes(), changes, "told again, it changed something");
}

#[tokio::test]
async fn a_code_that_was_right_meanwhile_is_not_lost() {
    let house = House::open().await;
    let code = waits(&house).await;
    Chat::sits(&house, 10).does(Act::Text(code_of(&house))).await;
    let before = house.chat.all().len();
    assert_eq!(word(&house, &address(&house.keys, ORIGIN, &code), UNDELIVERED).says(&house).await, 204);
    house.settle().await;
    assert_eq!(house.chat.all().len(), before);
}

#[tokio::test]
async fn g10_bad_words_about_texts_change_nothing() {
    let house = House::open().await;
    let code = waits(&house).await;
    house.settle().await;
    let url = address(&house.keys, ORIGIN, &code);
    let good = word(&house, &url, UNDELIVERED);
    let all: Vec<Word> = [signatures(&house, &good), addresses(&house, &good, &code), shapes(&house, &good)]
        .into_iter()
        .flatten()
        .collect();

    let (changes, rows) = (house.store.changes(), house.store.outbox_len().await.unwrap());
    let (mut distinct, mut kinds) = (HashSet::new(), BTreeMap::<&str, usize>::new());
    for bad in &all {
        if !distinct.insert(format!("{} {} {:?} {}", bad.method, bad.url, bad.headers, bad.body)) {
            continue;
        }
        let status = bad.says(&house).await;
        let named = format!("{}: {} {} {:?} {:.80}", bad.kind, bad.method, bad.url, bad.headers, bad.body);
        assert_eq!(status, bad.expected, "{named}");
        assert_eq!(house.store.changes(), changes, "{named}: it wrote something");
        assert_eq!(house.store.outbox_len().await.unwrap(), rows, "{named}: something is to be sent");
        *kinds.entry(bad.kind).or_default() += 1;
    }
    println!("{} bad words about texts refused: {kinds:?}", distinct.len());
    assert!(distinct.len() >= PROMISED, "{} of {PROMISED}", distinct.len());
    // What they were made from is taken: it was the spoiling that was refused.
    assert_eq!(good.says(&house).await, 204);
    assert_ne!(house.store.changes(), changes);
}

/// Not signed, not by it, not now, or not this.
fn signatures(house: &House, good: &Word) -> Vec<Word> {
    const NAME: &str = "ringback-signature";
    let now = house.clock.now().unix_seconds();
    let right = good.headers[1].1.clone();
    let (time, tag) = right.split_once(',').unwrap();
    let mut all = Vec::new();
    let mut unsigned = good.bad("unsigned", 401);
    unsigned.headers.pop();
    all.push(unsigned);
    let mut twice = good.bad("unsigned", 401);
    twice.headers.push((NAME, right.clone()));
    all.push(twice);
    let digits = &tag["v1=".len()..];
    for n in 0..digits.len() {
        let other = if digits[n..].starts_with('0') { "1" } else { "0" };
        let changed = format!("{time},v1={}{other}{}", &digits[..n], &digits[n + 1..]);
        all.push(good.with("one digit", NAME, &changed, 401));
    }
    let shapes = [
        String::new(),
        tag.to_owned(),
        time.to_owned(),
        digits.to_owned(),
        format!("{tag},{time}"),
        format!("{time}, {tag}"),
        format!("{time},{tag},{tag}"),
        format!("{time},{tag},v0=00"),
        format!("{time},v1="),
        format!("{time},v1={}", &digits[..32]),
        format!("{time},v1={digits}00"),
        format!("{time},v1={}", digits.to_uppercase()),
        format!("{time},v1={}", "0".repeat(64)),
        format!("{time},v2={digits}"),
        format!("t=,{tag}"),
        format!("t=-{now},{tag}"),
        format!("t=+{now},{tag}"),
        format!("t={now}.0,{tag}"),
        format!("t=00{now},{tag}"),
        format!("t={now}{now},{tag}"),
        format!("T={now},{tag}"),
        format!("hmac {right}"),
        "a".repeat(4_000),
    ];
    all.extend(shapes.iter().map(|value| good.with("its form", NAME, value, 401)));
    let window = i64::from(TOLERANCE.0);
    let seconds = [window + 1, 600, 3_600, 86_400, 1_000_000_000];
    for offset in seconds.iter().flat_map(|seconds| [-seconds, *seconds]) {
        let at = now.saturating_add_signed(offset);
        let signed = signature(SECRET, at, &good.url, good.body.as_bytes());
        all.push(good.with("another time", NAME, &signed, 401));
    }
    for secret in ["", "another secret", &SECRET[1..], &format!("{SECRET} ")] {
        let signed = signature(secret, now, &good.url, good.body.as_bytes());
        all.push(good.with("another secret", NAME, &signed, 401));
    }
    let urls = [
        good.url.replace("https", "http"),
        good.url.replace(ORIGIN, ""),
        good.url.replace("reset", "evil"),
        format!("{}/", good.url),
        format!("{}?a=1", good.url),
        String::new(),
    ];
    for url in urls {
        all.push(good.with("another address", NAME, &signature(SECRET, now, &url, good.body.as_bytes()), 401));
    }
    for body in ["", "{}", " ", "null", &format!("{} ", good.body), &good.body.replace("undelivered", "delivered")] {
        all.push(good.with("another body", NAME, &signature(SECRET, now, &good.url, body.as_bytes()), 401));
    }
    all
}

/// Signed rightly, for an address that was never given out.
fn addresses(house: &House, good: &Word, code: &ChallengeId) -> Vec<Word> {
    let mut all = Vec::new();
    let mut at = |url: String, expected: u16| {
        all.push(Word { kind: "an address of nobody", expected, ..word(house, &url, UNDELIVERED) });
    };
    let (front, mac) = good.url.rsplit_once('/').unwrap();
    for n in 0..mac.len() {
        let other = if mac[n..].starts_with('0') { "1" } else { "0" };
        at(format!("{front}/{}{other}{}", &mac[..n], &mac[n + 1..]), 401);
    }
    for n in 0..code.0.len() {
        let mut other = *code;
        other.0[n] ^= 1;
        at(format!("{ORIGIN}/hooks/text/{}/{mac}", HEXLOWER.encode(&other.0)), 401);
    }
    for (code, mac) in [("", mac), ("0", mac), ("zz", mac), ("..", mac), (&"0".repeat(64), mac)] {
        at(format!("{ORIGIN}/hooks/text/{code}/{mac}"), 401);
    }
    let code = HEXLOWER.encode(&code.0);
    for mac in ["0", &mac[..16], &format!("{mac}00"), &mac.to_uppercase(), &HEXLOWER.encode(&[0; 16])] {
        at(format!("{ORIGIN}/hooks/text/{code}/{mac}"), 401);
    }
    at(format!("{ORIGIN}/hooks/text/{code}"), 404);
    at(format!("{ORIGIN}/hooks/text/{code}/{mac}/more"), 404);
    all
}

/// Signed rightly, and no word about a text.
fn shapes(house: &House, good: &Word) -> Vec<Word> {
    let mut all = Vec::new();
    for method in ["GET", "PUT", "PATCH", "DELETE"] {
        all.push(Word { method, ..good.bad("another method", 405) });
    }
    for kind in
        ["", "text/plain", "text/json", "application/x-www-form-urlencoded", "application/jsonp", "multipart/form-data"]
    {
        all.push(good.with("another type", "content-type", kind, 415));
    }
    for encoding in ["gzip", "br", "identity"] {
        all.push(good.with("an encoding", "content-encoding", encoding, 415));
    }
    let long = format!("{{\"version\":1,\"kind\":\"text_status\",\"status\":\"{}\"}}", "u".repeat(5_000));
    let deep = "[".repeat(5_000);
    let bodies = [
        "",
        " ",
        "null",
        "1",
        "[]",
        "{}",
        "\"undelivered\"",
        "undelivered",
        "status=undelivered",
        "[{\"version\":1,\"kind\":\"text_status\",\"status\":\"undelivered\"}]",
        r#"{"version":1,"kind":"text_status"}"#,
        r#"{"version":1,"status":"undelivered"}"#,
        r#"{"kind":"text_status","status":"undelivered"}"#,
        r#"{"version":2,"kind":"text_status","status":"undelivered"}"#,
        r#"{"version":0,"kind":"text_status","status":"undelivered"}"#,
        r#"{"version":-1,"kind":"text_status","status":"undelivered"}"#,
        r#"{"version":1.0,"kind":"text_status","status":"undelivered"}"#,
        r#"{"version":257,"kind":"text_status","status":"undelivered"}"#,
        r#"{"version":"1","kind":"text_status","status":"undelivered"}"#,
        r#"{"version":1,"kind":"text","status":"undelivered"}"#,
        r#"{"version":1,"kind":"call_status","status":"undelivered"}"#,
        r#"{"version":1,"kind":null,"status":"undelivered"}"#,
        r#"{"version":1,"kind":"text_status","status":"failed"}"#,
        r#"{"version":1,"kind":"text_status","status":"Undelivered"}"#,
        r#"{"version":1,"kind":"text_status","status":" undelivered"}"#,
        r#"{"version":1,"kind":"text_status","status":["undelivered"]}"#,
        r#"{"version":1,"kind":"text_status","status":null}"#,
        r#"{"version":1,"kind":"text_status","status":"sent","status":"undelivered"}"#,
        r#"{"version":1,"kind":"text_status","status":"undelivered"} x"#,
        r#"{"version":1,"kind":"text_status","status":"undelivered""#,
        r#"{"version":1,"kind":"text_status","status":"undelivered",}"#,
        "{\"version\":1,\"kind\":\"text_status\",\"status\":\"undelivered\u{0}\"}",
        &long,
        &deep,
    ];
    all.extend(bodies.iter().map(|body| Word { kind: "no such word", expected: 400, ..word(house, &good.url, body) }));
    let huge = format!("{}{}", UNDELIVERED, " ".repeat(65 * 1024));
    all.push(Word { kind: "too much", expected: 413, ..word(house, &good.url, &huge) });
    all
}
