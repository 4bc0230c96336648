//! Hundreds of updates that are not quite right: each is refused or passed over, and nothing is written or sent.

use std::collections::{BTreeMap, HashSet};
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::http::Request;
use http_body_util::BodyExt;
use ringback::app::messaging::telegram_secret;
use ringback::channels::telegram::webhook::SECRET_HEADER;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tower::ServiceExt;

use super::scene::{HER, Scene};

/// As many distinct ones as are promised for every way in.
const PROMISED: usize = 200;
const PATH: &str = "/hooks/telegram/main";

struct Bad {
    kind: &'static str,
    what: String,
    method: &'static str,
    path: String,
    headers: Vec<(&'static str, Vec<u8>)>,
    body: Vec<u8>,
    expected: u16,
}

struct Maker {
    secret: String,
    /// Genuine updates: a text, a button.
    genuine: [Value; 2],
}

impl Maker {
    fn bad(&self, kind: &'static str, what: impl Into<String>, body: impl Into<Vec<u8>>, expected: u16) -> Bad {
        let headers =
            vec![("content-type", b"application/json".to_vec()), (SECRET_HEADER, self.secret.clone().into_bytes())];
        Bad { kind, what: what.into(), method: "POST", path: PATH.to_owned(), headers, body: body.into(), expected }
    }

    /// Without the secret, with others, with two.
    fn secrets(&self) -> Vec<Bad> {
        let right = &self.secret;
        let flipped = |at: usize| {
            let mut bytes = right.clone().into_bytes();
            bytes[at] ^= 1;
            bytes
        };
        let values: Vec<(String, Vec<Vec<u8>>)> = vec![
            ("none".into(), vec![]),
            ("empty".into(), vec![vec![]]),
            ("upper case".into(), vec![right.to_uppercase().into_bytes()]),
            ("one character short".into(), vec![right.as_bytes()[..right.len() - 1].to_vec()]),
            ("half".into(), vec![right.as_bytes()[..right.len() / 2].to_vec()]),
            ("one character more".into(), vec![format!("{right}0").into_bytes()]),
            ("twice in one".into(), vec![format!("{right}{right}").into_bytes()]),
            ("with a comma".into(), vec![format!("{right},{right}").into_bytes()]),
            ("two headers, both right".into(), vec![right.clone().into_bytes(); 2]),
            ("two headers, the first right".into(), vec![right.clone().into_bytes(), b"x".to_vec()]),
            ("two headers, the second right".into(), vec![b"x".to_vec(), right.clone().into_bytes()]),
            ("another bot's".into(), vec!["0".repeat(64).into_bytes()]),
            ("the token".into(), vec![super::mock::TOKEN.as_bytes().to_vec()]),
            ("no text".into(), vec![vec![0xff, 0xfe, 0x80]]),
            ("a space inside".into(), vec![right.replacen('a', " ", 1).into_bytes()]),
            ("backwards".into(), vec![right.bytes().rev().collect()]),
        ];
        let flips = [0, 1, 31, 32, 62, 63].map(|at| (format!("bit {at}"), vec![flipped(at)]));
        let mut all = Vec::new();
        for (what, given) in values.into_iter().chain(flips) {
            for (n, update) in self.genuine.iter().enumerate() {
                let mut bad = self.bad("secret", format!("{what}, {n}"), update.to_string(), 401);
                bad.headers.pop();
                bad.headers.extend(given.iter().map(|value| (SECRET_HEADER, value.clone())));
                all.push(bad);
            }
        }
        for name in ["authorization", "x-telegram-bot-api-secret", "cookie", "x-hub-signature"] {
            let mut bad = self.bad("secret", format!("in {name}"), self.genuine[0].to_string(), 401);
            bad.headers[1].0 = name;
            all.push(bad);
        }
        all
    }

    /// Other addresses, methods, media types and encodings.
    fn wrappings(&self) -> Vec<Bad> {
        let mut all = Vec::new();
        let text = self.genuine[0].to_string();
        for path in [
            "/hooks/telegram/other",
            "/hooks/telegram/",
            "/hooks/telegram",
            "/hooks/telegram/main/",
            "/hooks/telegram/main/x",
            "/hooks/telegram/MAIN",
            "/hooks/telegram/..%2fmain",
            "/hooks/telegram/%6Dain%00",
            "/hooks/Telegram/main",
            "/hooks/telegram/main'--",
            "/hooks/telegram/%F0%9F%92%A9",
        ] {
            let mut bad = self.bad("address", path, text.clone(), 404);
            bad.path = path.to_owned();
            all.push(bad);
        }
        for method in ["GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS"] {
            let mut bad = self.bad("method", method, text.clone(), 405);
            bad.method = method;
            all.push(bad);
        }
        for kind in [
            "",
            "text/plain",
            "text/json",
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=x",
            "application/jsonp",
            "application/json5",
            "application",
            "json",
            "application/xml",
            "application/cbor",
            "application/json, text/plain",
            "*/*",
        ] {
            let mut bad = self.bad("media type", kind, text.clone(), 415);
            bad.headers[0].1 = kind.as_bytes().to_vec();
            all.push(bad);
        }
        for encoding in ["gzip", "br", "deflate", "identity", "gzip, gzip", "x"] {
            let mut bad = self.bad("encoding", encoding, text.clone(), 415);
            bad.headers.push(("content-encoding", encoding.as_bytes().to_vec()));
            all.push(bad);
        }
        all.push(self.bad(
            "size",
            "a text of 10 MB",
            json!({ "update_id": 1, "message": "x".repeat(10_000_000) }).to_string(),
            413,
        ));
        all.push(self.bad("size", "one byte too many", vec![b' '; 64 * 1024 + 1], 413));
        all
    }

    /// Bytes that are no JSON, or not what an update is.
    fn bodies(&self) -> Vec<Bad> {
        let text = self.genuine[0].to_string();
        let texts: Vec<(&str, Vec<u8>)> = vec![
            ("empty", vec![]),
            ("a space", b" ".to_vec()),
            ("null", b"null".to_vec()),
            ("a list", b"[]".to_vec()),
            ("a list of updates", format!("[{text}]").into_bytes()),
            ("a text", b"\"update\"".to_vec()),
            ("a number", b"7".to_vec()),
            ("an empty object", b"{}".to_vec()),
            ("cut off", text.as_bytes()[..text.len() / 2].to_vec()),
            ("one brace more", format!("{text}}}").into_bytes()),
            ("two updates", format!("{text}{text}").into_bytes()),
            ("a mark before it", [b"\xef\xbb\xbf".as_slice(), text.as_bytes()].concat()),
            ("UTF-16", text.encode_utf16().flat_map(u16::to_be_bytes).collect()),
            (
                "no UTF-8",
                text.replace("help", "\u{1}")
                    .replace("\\u0001", "X")
                    .into_bytes()
                    .iter()
                    .map(|b| if *b == b'X' { 0xff } else { *b })
                    .collect(),
            ),
            ("depth of 10,000", [vec![b'['; 10_000], vec![b']'; 10_000]].concat()),
            ("depth within", [b"{\"update_id\":".as_slice(), &vec![b'['; 10_000]].concat()),
            ("objects in objects", "{\"a\":".repeat(5_000).into_bytes()),
            ("not a number", b"{\"update_id\":NaN}".to_vec()),
            ("without end", b"{\"update_id\":Infinity}".to_vec()),
            ("one quote", b"{'update_id':1}".to_vec()),
            ("a comment", b"{\"update_id\":1/*x*/}".to_vec()),
            ("a comma too many", b"{\"update_id\":1,}".to_vec()),
            ("without its number", text.replace("update_id", "updateid").into_bytes()),
            ("a number of text", b"{\"update_id\":\"1\"}".to_vec()),
            ("a number with a fraction", b"{\"update_id\":1.5}".to_vec()),
            ("a number beyond 64 bits", b"{\"update_id\":99999999999999999999}".to_vec()),
            ("its number twice", b"{\"update_id\":1,\"update_id\":2}".to_vec()),
            ("its number is null", b"{\"update_id\":null}".to_vec()),
            ("a form", b"update_id=1&message=help".to_vec()),
            ("XML", b"<update><id>1</id></update>".to_vec()),
            ("zero bytes", vec![0; 100]),
        ];
        texts.into_iter().map(|(what, body)| self.bad("body", what, body, 400)).collect()
    }

    /// Updates of shapes and kinds that we do not know: acknowledged, or they would come for ever.
    fn shapes(&self) -> Vec<Bad> {
        let mut all = Vec::new();
        // Every part of both genuine updates, as something else.
        for (n, update) in self.genuine.iter().enumerate() {
            for pointer in leaves(update) {
                if pointer == "/update_id" {
                    continue;
                }
                for (what, value) in [("null", Value::Null), ("a list", json!([])), ("beyond 2^63", json!(1e300))] {
                    let mut odd = update.clone();
                    *odd.pointer_mut(&pointer).unwrap() = value.clone();
                    // Parts that nobody reads may be anything.
                    if UNREAD.iter().any(|unread| pointer.ends_with(unread)) {
                        continue;
                    }
                    all.push(self.bad("shape", format!("{n}: {pointer} is {what}"), odd.to_string(), 200));
                }
            }
        }
        for kind in [
            "edited_message",
            "channel_post",
            "edited_channel_post",
            "business_connection",
            "business_message",
            "edited_business_message",
            "deleted_business_messages",
            "message_reaction",
            "message_reaction_count",
            "inline_query",
            "chosen_inline_result",
            "shipping_query",
            "pre_checkout_query",
            "purchased_paid_media",
            "poll",
            "poll_answer",
            "my_chat_member",
            "chat_member",
            "chat_join_request",
            "chat_boost",
            "removed_chat_boost",
            "something_new",
        ] {
            let mut update = self.genuine[0].clone();
            let message = update.as_object_mut().unwrap().remove("message").unwrap();
            update[kind] = message;
            all.push(self.bad("kind", kind, update.to_string(), 200));
        }
        all
    }

    /// Others than the person in a private chat, and buttons that are none of ours.
    fn senders(&self) -> Vec<Bad> {
        let mut all = Vec::new();
        let mut message = |what: &str, changes: &[(&str, Value)]| {
            let mut update = self.genuine[0].clone();
            for (pointer, value) in changes {
                *update.pointer_mut(pointer).unwrap() = value.clone();
            }
            all.push(self.bad("sender", what, update.to_string(), 200));
        };
        message("a bot", &[("/message/from/is_bot", json!(true))]);
        message("another person in her chat", &[("/message/from/id", json!(HER + 1))]);
        message("nobody", &[("/message/from", Value::Null)]);
        for kind in ["channel", "sender", "secret", "Private", "", "private ", "group", "supergroup"] {
            message(&format!("a chat of the kind `{kind}`"), &[("/message/chat/type", json!(kind))]);
        }
        message("a private chat of somebody else", &[("/message/chat/id", json!(-1))]);
        let mut press = |what: String, changes: &[(&str, Value)]| {
            let mut update = self.genuine[1].clone();
            for (pointer, value) in changes {
                *update.pointer_mut(pointer).unwrap() = value.clone();
            }
            all.push(self.bad("button", what, update.to_string(), 200));
        };
        press("pressed by another person".into(), &[("/callback_query/from/id", json!(HER + 1))]);
        press("pressed by a bot".into(), &[("/callback_query/from/is_bot", json!(true))]);
        press("below no message".into(), &[("/callback_query/message", Value::Null)]);
        press("without data".into(), &[("/callback_query/data", Value::Null)]);
        press("empty".into(), &[("/callback_query/data", json!(""))]);
        for length in [65, 66, 100, 1_000, 60_000] {
            press(format!("of {length} bytes"), &[("/callback_query/data", json!("x".repeat(length)))]);
        }
        press("of 33 letters with 66 bytes".into(), &[("/callback_query/data", json!("é".repeat(33)))]);
        for kind in ["group", "supergroup", "channel", "other"] {
            press(format!("in a {kind}"), &[("/callback_query/message/chat/type", json!(kind))]);
        }
        press("in another private chat".into(), &[("/callback_query/message/chat/id", json!(HER + 1))]);
        all
    }
}

/// What is not looked at.
const UNREAD: [&str; 11] = [
    "/date",
    "/first_name",
    "/chat_instance",
    "/message_id",
    "/language_code",
    "/username",
    "/is_bot",
    "/text",
    "/message/from/id",
    "/message/from",
    "/message/text",
];

fn leaves(value: &Value) -> Vec<String> {
    match value {
        Value::Object(parts) => {
            let inner = |(name, part): (&String, &Value)| {
                let mut all = vec![format!("/{name}")];
                all.extend(leaves(part).into_iter().map(|leaf| format!("/{name}{leaf}")));
                all
            };
            parts.iter().flat_map(inner).collect()
        }
        _ => Vec::new(),
    }
}

async fn ask(scene: &Scene, bad: &Bad) -> u16 {
    let mut request = Request::builder().method(bad.method).uri(&bad.path).header("host", "127.0.0.1:8080");
    for (name, value) in &bad.headers {
        request = request.header(*name, value.as_slice());
    }
    let request = request.body(Body::from(bad.body.clone())).unwrap_or_else(|error| panic!("{}: {error}", bad.what));
    let response = scene.world.running().router.clone().oneshot(request).await.unwrap();
    let status = response.status().as_u16();
    response.into_body().collect().await.unwrap();
    status
}

#[tokio::test]
async fn g10_bad_updates_of_telegram_change_nothing() {
    let mut scene = Scene::open().await;
    scene.say("/start").await;
    let token = scene.world.heard.all().last().unwrap().prompt.choices[0].token.clone();
    let genuine = [scene.her.message(json!({ "text": "help" })), scene.her.pressed(&token)];
    let maker = Maker { secret: telegram_secret(scene.world.keys(), "main").to_string(), genuine };
    let mut all = maker.secrets();
    all.extend(maker.wrappings());
    all.extend(maker.bodies());
    all.extend(maker.shapes());
    all.extend(maker.senders());

    let (commits, calls) = (scene.commits(), scene.mock.calls().len());
    let (mut distinct, mut kinds) = (HashSet::new(), BTreeMap::<&str, usize>::new());
    let mut took: Vec<Duration> = Vec::new();
    for bad in &all {
        let headers: Vec<u8> = bad.headers.iter().flat_map(|(name, value)| [name.as_bytes(), value].concat()).collect();
        let whole = Sha256::new().chain_update(bad.method).chain_update(&bad.path).chain_update(headers);
        if !distinct.insert(whole.chain_update(&bad.body).finalize()) {
            continue;
        }
        let began = Instant::now();
        let status = ask(&scene, bad).await;
        took.push(began.elapsed());
        assert_eq!(status, bad.expected, "{}: {}", bad.kind, bad.what);
        scene.world.settle().await;
        assert_eq!(scene.commits(), commits, "{}: {}: it wrote something", bad.kind, bad.what);
        *kinds.entry(bad.kind).or_default() += 1;
    }
    took.sort();
    let slow = took[took.len() * 99 / 100];
    println!("telegram: {} bad requests, 99 of 100 within {slow:?}: {kinds:?}", distinct.len());
    assert!(distinct.len() >= PROMISED, "{} of {PROMISED}", distinct.len());
    assert_eq!(scene.mock.calls().len(), calls, "something was sent");

    // What they were made from is taken: it was the spoiling that was refused.
    for update in &maker.genuine {
        let before = scene.commits();
        assert_eq!(scene.status(update).await, 200);
        scene.world.settle().await;
        assert_ne!(scene.commits(), before, "{update}");
    }
}
