//! Hundreds of interactions that are not quite right: each is refused or answered in passing, and nothing is written or sent.

use std::collections::{BTreeMap, HashSet};
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::http::Request;
use data_encoding::{HEXLOWER, HEXUPPER};
use ring::signature::Ed25519KeyPair;
use ringback::channels::discord::signature::{SIGNATURE_HEADER, TIME_HEADER};
use ringback::ports::clock::Clock;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::client::send;
use super::mock::key;
use super::scene::Scene;

/// As many distinct ones as are promised for every way in.
const PROMISED: usize = 200;
const PATH: &str = "/hooks/discord/main";

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
    now: u64,
    /// Genuine interactions: a command, a button, a form.
    genuine: [Value; 3],
}

fn sign(key: &Ed25519KeyPair, time: &str, body: &[u8]) -> String {
    HEXLOWER.encode(key.sign(&[time.as_bytes(), body].concat()).as_ref())
}

impl Maker {
    /// Rightly signed.
    fn bad(&self, kind: &'static str, what: impl Into<String>, body: impl Into<Vec<u8>>, expected: u16) -> Bad {
        let (time, body) = (self.now.to_string(), body.into());
        let headers = vec![
            ("content-type", b"application/json".to_vec()),
            (SIGNATURE_HEADER, sign(&key(), &time, &body).into_bytes()),
            (TIME_HEADER, time.into_bytes()),
        ];
        Bad { kind, what: what.into(), method: "POST", path: PATH.to_owned(), headers, body, expected }
    }

    /// Missing, wrong, cut off, in other forms, twice; by other keys; over other bytes.
    fn signatures(&self) -> Vec<Bad> {
        let mut all = Vec::new();
        for (n, interaction) in self.genuine.iter().enumerate() {
            let (body, time) = (interaction.to_string(), self.now.to_string());
            let right = sign(&key(), &time, body.as_bytes());
            let flipped = |at: usize| {
                let mut bytes = HEXLOWER.decode(right.as_bytes()).unwrap();
                bytes[at] ^= 1;
                HEXLOWER.encode(&bytes)
            };
            let stranger = Ed25519KeyPair::from_seed_unchecked(&[8; 32]).unwrap();
            let over = |bytes: &[u8]| HEXLOWER.encode(key().sign(bytes).as_ref());
            let again = serde_json::to_string_pretty(interaction).unwrap();
            let values: Vec<(&str, Vec<String>)> = vec![
                ("none", vec![]),
                ("empty", vec![String::new()]),
                ("one digit short", vec![right[..127].to_owned()]),
                ("one byte short", vec![right[..126].to_owned()]),
                ("half", vec![right[..64].to_owned()]),
                ("one byte more", vec![format!("{right}00")]),
                ("twice in one", vec![format!("{right}{right}")]),
                ("with a comma", vec![format!("{right},{right}")]),
                ("two headers, both right", vec![right.clone(), right.clone()]),
                ("two headers, the first right", vec![right.clone(), "x".to_owned()]),
                ("two headers, the second right", vec!["x".to_owned(), right.clone()]),
                ("zeros", vec!["0".repeat(128)]),
                ("no digits", vec!["g".repeat(128)]),
                ("with 0x", vec![format!("0x{right}")]),
                ("with its algorithm", vec![format!("ed25519={right}")]),
                ("a space inside", vec![right.replacen(&right[4..5], " ", 1)]),
                ("backwards", vec![right.chars().rev().collect()]),
                ("by another key", vec![sign(&stranger, &time, body.as_bytes())]),
                ("over the body alone", vec![over(body.as_bytes())]),
                ("over body and time", vec![over(format!("{body}{time}").as_bytes())]),
                ("with a dot between", vec![over(format!("{time}.{body}").as_bytes())]),
                ("over the body written anew", vec![sign(&key(), &time, again.as_bytes())]),
                ("over another time", vec![sign(&key(), "1", body.as_bytes())]),
                ("over nothing", vec![over(b"")]),
                ("bit 0", vec![flipped(0)]),
                ("bit 31", vec![flipped(31)]),
                ("bit 32", vec![flipped(32)]),
                ("bit 63", vec![flipped(63)]),
            ];
            for (what, given) in values {
                let mut bad = self.bad("signature", format!("{what}, {n}"), body.clone(), 401);
                bad.headers.retain(|(name, _)| *name != SIGNATURE_HEADER);
                bad.headers.extend(given.into_iter().map(|value| (SIGNATURE_HEADER, value.into_bytes())));
                all.push(bad);
            }
        }
        let body = self.genuine[0].to_string();
        for name in ["authorization", "x-signature", "x-signature-ed25519-2", "cookie", "x-hub-signature-256"] {
            let mut bad = self.bad("signature", format!("in {name}"), body.clone(), 401);
            bad.headers[1].0 = name;
            all.push(bad);
        }
        // What Discord would have signed before somebody changed it on the way.
        for (from, to) in [("\"help\"", "\"reset\""), ("5550001", "5550002"), ("en-US", "en-GB"), ("{", " {")] {
            let mut bad = self.bad("signature", format!("{from} became {to}"), body.clone(), 401);
            bad.body = body.replacen(from, to, 1).into_bytes();
            all.push(bad);
        }
        all
    }

    /// Rightly signed, at another time, or at none.
    fn times(&self) -> Vec<Bad> {
        let body = self.genuine[0].to_string();
        let mut all = Vec::new();
        let near = [301, 302, 600, 3_600, 86_400, 31_536_000];
        let mut times: Vec<String> =
            near.iter().flat_map(|by| [self.now - by, self.now + by]).map(|at| at.to_string()).collect();
        let odd = ["", "0", "-1", "1e9", "now", "0x6", "9999999999999", "18446744073709551616", " ", "१२३"];
        times.extend(odd.map(str::to_owned));
        times.push(format!("{}.0", self.now));
        times.push(format!("+{}", self.now));
        times.push(format!("{}000", self.now));
        for time in times {
            let mut bad = self.bad("time", format!("`{time}`"), body.clone(), 401);
            bad.headers[1].1 = sign(&key(), &time, body.as_bytes()).into_bytes();
            bad.headers[2].1 = time.into_bytes();
            all.push(bad);
        }
        let mut none = self.bad("time", "none", body.clone(), 401);
        none.headers.pop();
        all.push(none);
        let mut twice = self.bad("time", "twice", body, 401);
        twice.headers.push((TIME_HEADER, self.now.to_string().into_bytes()));
        all.push(twice);
        all
    }

    /// Other addresses, methods, media types and encodings.
    fn wrappings(&self) -> Vec<Bad> {
        let mut all = Vec::new();
        let text = self.genuine[0].to_string();
        for path in [
            "/hooks/discord/other",
            "/hooks/discord/",
            "/hooks/discord",
            "/hooks/discord/main/",
            "/hooks/discord/main/x",
            "/hooks/discord/MAIN",
            "/hooks/discord/..%2fmain",
            "/hooks/discord/%6Dain%00",
            "/hooks/Discord/main",
            "/hooks/discord/main'--",
            "/hooks/discord/%F0%9F%92%A9",
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
        all.push(self.bad("size", "a text of 10 MB", json!({ "id": "x".repeat(10_000_000) }).to_string(), 413));
        all.push(self.bad("size", "one byte too many", vec![b' '; 64 * 1024 + 1], 413));
        all
    }

    /// Bytes that are no JSON, or not what an interaction is.
    fn bodies(&self) -> Vec<Bad> {
        let text = self.genuine[0].to_string();
        let swap = |pointer: &str, value: Value| {
            let mut odd = self.genuine[0].clone();
            *odd.pointer_mut(pointer).unwrap() = value;
            odd.to_string().into_bytes()
        };
        let without = |part: &str| {
            let mut odd = self.genuine[0].clone();
            odd.as_object_mut().unwrap().remove(part);
            odd.to_string().into_bytes()
        };
        let texts: Vec<(&str, Vec<u8>)> = vec![
            ("empty", vec![]),
            ("a space", b" ".to_vec()),
            ("null", b"null".to_vec()),
            ("a list", b"[]".to_vec()),
            ("a list of interactions", format!("[{text}]").into_bytes()),
            ("a text", b"\"interaction\"".to_vec()),
            ("a number", b"7".to_vec()),
            ("an empty object", b"{}".to_vec()),
            ("cut off", text.as_bytes()[..text.len() / 2].to_vec()),
            ("one brace more", format!("{text}}}").into_bytes()),
            ("two interactions", format!("{text}{text}").into_bytes()),
            ("a mark before it", [b"\xef\xbb\xbf".as_slice(), text.as_bytes()].concat()),
            ("UTF-16", text.encode_utf16().flat_map(u16::to_be_bytes).collect()),
            ("no UTF-8", [text.replace("\"token\":\"", "\"token\":\"\u{1}").into_bytes(), vec![0xff]].concat()),
            ("depth of 10,000", [vec![b'['; 10_000], vec![b']'; 10_000]].concat()),
            ("depth within", [b"{\"type\":".as_slice(), &vec![b'['; 10_000]].concat()),
            ("objects in objects", "{\"a\":".repeat(5_000).into_bytes()),
            ("not a number", b"{\"type\":NaN}".to_vec()),
            ("without end", b"{\"type\":Infinity}".to_vec()),
            ("one quote", b"{'type':1}".to_vec()),
            ("a comment", b"{\"type\":1/*x*/}".to_vec()),
            ("a comma too many", b"{\"type\":1,}".to_vec()),
            ("a form", b"type=1&id=1".to_vec()),
            ("XML", b"<interaction><id>1</id></interaction>".to_vec()),
            ("zero bytes", vec![0; 100]),
            ("a lone surrogate", text.replace("\"help\"", "\"\\ud800\"").into_bytes()),
            ("its type twice", text.replace("\"type\":2,\"user\"", "\"type\":2,\"type\":3,\"user\"").into_bytes()),
            ("its id twice", format!("{{\"id\":\"1\",{}", &text[1..]).into_bytes()),
            ("without its id", without("id")),
            ("without its type", without("type")),
            ("without its token", without("token")),
            ("without its application", without("application_id")),
            ("an id of letters", swap("/id", json!("abc"))),
            ("an empty id", swap("/id", json!(""))),
            ("a negative id", swap("/id", json!("-1"))),
            ("an id with a plus", swap("/id", json!("+1"))),
            ("an id beyond 64 bits", swap("/id", json!("18446744073709551616"))),
            ("a long id", swap("/id", json!("1".repeat(21)))),
            ("an id of a number", swap("/id", json!(7))),
            ("an id of null", swap("/id", Value::Null)),
            ("another application", swap("/application_id", json!("1100000000000000002"))),
            ("an application of letters", swap("/application_id", json!("x"))),
            ("an empty token", swap("/token", json!(""))),
            ("a token of a number", swap("/token", json!(7))),
            ("a token of 513 bytes", swap("/token", json!("x".repeat(513)))),
            ("a type of text", swap("/type", json!("2"))),
            ("a type of a fraction", swap("/type", json!(2.5))),
            ("a negative type", swap("/type", json!(-2))),
            (
                "a type beyond 64 bits",
                text.replace("\"type\":2,\"user\"", "\"type\":99999999999999999999,\"user\"").into_bytes(),
            ),
        ];
        let unlike = |(_, body): &(&str, Vec<u8>)| *body != text.as_bytes();
        // A body that a lone surrogate stands in is read as far as its outside: answered in passing.
        let expected = |what: &str| if what == "a lone surrogate" { 200 } else { 400 };
        texts.into_iter().filter(unlike).map(|(what, body)| self.bad("body", what, body, expected(what))).collect()
    }

    /// Kinds and shapes that we do not know: answered, or the person sees a failure.
    fn shapes(&self) -> Vec<Bad> {
        let mut all = Vec::new();
        for (n, interaction) in self.genuine.iter().enumerate() {
            for pointer in READ {
                for (what, value) in [
                    ("null", Value::Null),
                    ("a list", json!([])),
                    ("an object", json!({})),
                    ("a huge number", json!(1e300)),
                    ("empty", json!("")),
                    ("true", json!(true)),
                ] {
                    let mut odd = interaction.clone();
                    let Some(part) = odd.pointer_mut(pointer) else { continue };
                    if *part == value {
                        continue;
                    }
                    *part = value;
                    all.push(self.bad("shape", format!("{n}: {pointer} is {what}"), odd.to_string(), 200));
                }
            }
        }
        for kind in [0, 4, 6, 7, 8, 9, 12, 13, 99, 255, 256, 65_536] {
            let mut odd = self.genuine[0].clone();
            odd["type"] = json!(kind);
            all.push(self.bad("kind", format!("type {kind}"), odd.to_string(), 200));
        }
        for name in ["", "Reset", "reset ", "/reset", "something", "admin", "ответ", "reset\u{0}", "start;reset"] {
            let mut odd = self.genuine[0].clone();
            odd["data"]["name"] = json!(name);
            all.push(self.bad("kind", format!("the command `{}`", name.escape_default()), odd.to_string(), 200));
        }
        all
    }

    /// Others than the person in their direct messages, and buttons and forms that are none of ours.
    fn senders(&self) -> Vec<Bad> {
        let mut all = Vec::new();
        let mut change = |kind: &'static str, n: usize, what: String, changes: &[(&str, Value)]| {
            let mut odd = self.genuine[n].clone();
            for (pointer, value) in changes {
                match odd.pointer_mut(pointer) {
                    Some(part) => *part = value.clone(),
                    None => {
                        let (parent, part) = pointer.rsplit_once('/').unwrap();
                        odd.pointer_mut(parent).unwrap()[part] = value.clone();
                    }
                }
            }
            all.push(self.bad(kind, what, odd.to_string(), 200));
        };
        change("sender", 0, "a bot".into(), &[("/user/bot", json!(true))]);
        change("sender", 0, "nobody".into(), &[("/user", Value::Null)]);
        for id in ["", "0x1", "-1", "ada", "1 2", "18446744073709551616"] {
            change("sender", 0, format!("the id `{id}`"), &[("/user/id", json!(id))]);
            change("sender", 0, format!("in the channel `{id}`"), &[("/channel_id", json!(id))]);
        }
        for context in [2, 3, 4, 99] {
            change("sender", 0, format!("in the context {context}"), &[("/context", json!(context))]);
        }
        for length in [0, 65, 66, 100, 1_000, 50_000] {
            change("button", 1, format!("of {length} bytes"), &[("/data/custom_id", json!("x".repeat(length)))]);
        }
        change("button", 1, "of 33 letters with 66 bytes".into(), &[("/data/custom_id", json!("é".repeat(33)))]);
        for kind in [0, 1, 4, 5, 6, 7, 8, 18, 99] {
            change("button", 1, format!("a part of type {kind}"), &[("/data/component_type", json!(kind))]);
        }
        change("button", 1, "with values".into(), &[("/data/values", json!(["x"]))]);
        for values in [json!([]), json!(["a", "b"]), json!(["x".repeat(65)]), json!([""])] {
            let select =
                [("/data/component_type", json!(3)), ("/data/custom_id", json!("/pick:0")), ("/data/values", values)];
            change("button", 1, format!("a select of {}", select[2].1.to_string().len()), &select);
        }
        let foreign = [("/data/component_type", json!(3)), ("/data/values", json!(["reset.AAAAAAAAAAAAAAAA"]))];
        change("button", 1, "a select of somebody else's".into(), &foreign);
        for id in ["", "x", "/pick:0", "answer", "/answer"] {
            change("form", 2, format!("`{id}`"), &[("/data/custom_id", json!(id))]);
        }
        let field = |id: &str| json!({ "type": 4, "custom_id": id, "value": "x" });
        for (what, rows) in [
            ("without lines", json!([])),
            ("with an empty line", json!([{ "type": 18 }])),
            ("with another line", json!([{ "type": 18, "component": field("other") }])),
            ("with two answers", json!([{ "type": 1, "components": [field("text"), field("text")] }])),
            (
                "with the answer in both ways",
                json!([{ "type": 18, "component": field("text"), "components": [field("text")] }]),
            ),
            ("without a value", json!([{ "type": 18, "component": { "type": 4, "custom_id": "text" } }])),
            (
                "with a number for a value",
                json!([{ "type": 18, "component": { "type": 4, "custom_id": "text", "value": 7 } }]),
            ),
            ("with a file", json!([{ "type": 18, "component": { "type": 19, "custom_id": "text", "values": ["1"] } }])),
        ] {
            change("form", 2, what.into(), &[("/data/components", rows)]);
        }
        for (what, options) in [
            ("without options", json!([])),
            ("with another option", json!([{ "type": 3, "name": "other", "value": "x" }])),
            ("with a number", json!([{ "type": 4, "name": "text", "value": 7 }])),
            ("with null", json!([{ "type": 3, "name": "text", "value": null }])),
            ("with a list", json!([{ "type": 3, "name": "text", "value": ["x"] }])),
        ] {
            change(
                "form",
                0,
                format!("/answer {what}"),
                &[("/data/name", json!("answer")), ("/data/options", options)],
            );
        }
        all
    }
}

/// What is looked at, in one of the three. Whatever else stands in a part that must be there leads nowhere.
const READ: [&str; 6] =
    ["/data", "/data/custom_id", "/data/component_type", "/data/components", "/user/id", "/channel_id"];

async fn ask(scene: &Scene, bad: &Bad) -> u16 {
    let mut request = Request::builder().method(bad.method).uri(&bad.path).header("host", "127.0.0.1:8080");
    for (name, value) in &bad.headers {
        request = request.header(*name, value.as_slice());
    }
    let request = request.body(Body::from(bad.body.clone())).unwrap_or_else(|error| panic!("{}: {error}", bad.what));
    send(&scene.world, request).await.0.as_u16()
}

#[tokio::test]
async fn g10_bad_interactions_of_discord_change_nothing() {
    let mut scene = Scene::open().await;
    scene.command("start").await;
    let token = scene.first_choice();
    let genuine = [scene.her.command("help", &[]), scene.her.pressed(&token, None), scene.her.form("/answer:en", "1")];
    let maker = Maker { now: scene.world.clock.now().unix_seconds(), genuine };
    let mut all = maker.signatures();
    all.extend(maker.times());
    all.extend(maker.wrappings());
    all.extend(maker.bodies());
    all.extend(maker.shapes());
    all.extend(maker.senders());

    let (commits, calls) = (scene.commits(), scene.mock.calls().len());
    let (mut distinct, mut kinds) = (HashSet::new(), BTreeMap::<&str, usize>::new());
    let mut took: Vec<Duration> = Vec::new();
    for bad in &all {
        let mut whole = Sha256::new().chain_update(bad.method).chain_update(&bad.path);
        for (name, value) in &bad.headers {
            whole = whole.chain_update(name).chain_update(b":").chain_update(value).chain_update(b"\n");
        }
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
    println!("discord: {} bad requests, 99 of 100 within {slow:?}: {kinds:?}", distinct.len());
    assert!(distinct.len() >= PROMISED, "{} of {PROMISED}", distinct.len());
    assert_eq!(scene.mock.calls().len(), calls, "something was sent");

    // What they were made from is taken: it was the spoiling that was refused. Also with a signature in upper case, and at
    // the edges of the time.
    for (n, interaction) in maker.genuine.iter().enumerate() {
        let before = scene.commits();
        let mut good = maker.bad("good", "", interaction.to_string(), 200);
        let at = [maker.now - 300, maker.now + 300, maker.now][n].to_string();
        let signature = key().sign(&[at.as_bytes(), &good.body].concat());
        good.headers[1].1 = HEXUPPER.encode(signature.as_ref()).into_bytes();
        good.headers[2].1 = at.into_bytes();
        let token = interaction["token"].as_str().unwrap();
        scene.mock.issued(token, interaction["channel_id"].as_str().unwrap());
        assert_eq!(ask(&scene, &good).await, 200);
        scene.world.settle().await;
        assert_ne!(scene.commits(), before, "{interaction}");
    }
}
