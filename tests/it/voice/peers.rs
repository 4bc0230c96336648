//! The providers' own libraries as peers (`tests/setup/peers.sh`): what they sign we accept, what we sign they accept.

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use axum::http::Method;
use data_encoding::{BASE64, HEXLOWER};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use ringback::channels::voice::provider::Provider;
use ringback::channels::voice::signature::{Hash, Received, Secret, Verifier};
use ringback::model::time::Timestamp;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::signing::{self, FORM, JSON, headers};

const NOW: Timestamp = Timestamp(1_767_574_800_000);
const CASES: usize = 120;

/// Answers of the libraries, one a case.
fn ask(cases: &[Value]) -> Vec<Value> {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| top().join("target"), PathBuf::from);
    let python = target.join("peers/bin/python");
    assert!(python.exists(), "{} is not there: run tests/setup/peers.sh", python.display());
    let script = top().join("tests/it/voice/peers.py");
    answers(Command::new(python).arg(script), cases)
}

/// Answers of the libraries for Node.
fn ask_node(cases: &[Value]) -> Vec<Value> {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| top().join("target"), PathBuf::from);
    let modules = target.join("peers/node/node_modules");
    assert!(modules.exists(), "{} is not there: run tests/setup/peers.sh", modules.display());
    answers(Command::new("node").arg(top().join("tests/it/voice/peers.js")).arg(modules), cases)
}

fn answers(command: &mut Command, cases: &[Value]) -> Vec<Value> {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(json!(cases).to_string().as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    serde_json::from_slice(&output.stdout).unwrap()
}

fn top() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// An address, a secret and fields with keys that repeat, values that are empty and every script.
type Drawn = (String, String, Vec<(String, String)>, String);

fn drawn() -> Vec<Drawn> {
    let url = "https?://h\\.example(:443|:80|:8443)?/hooks/[a-zA-Z0-9/._~-]{0,20}(\\?[a-z]=[a-zA-Z0-9'%&=+:,-]{0,20})?";
    let field = ("[A-Za-z_]{1,8}|Digits|CallSid", "\\PC{0,30}|[0-9*#]{0,12}");
    let case = (url, "[!-~]{1,40}", proptest::collection::vec(field, 0..8), "\\PC{0,80}");
    let mut runner = TestRunner::deterministic();
    (0..CASES).map(|_| case.new_tree(&mut runner).unwrap().current()).collect()
}

#[test]
fn twilios_library_and_we_sign_alike() {
    let drawn = drawn();
    let mut cases = Vec::new();
    for (n, (url, secret, fields, text)) in drawn.iter().enumerate() {
        let algorithm = if n % 2 == 0 { "HMAC_SHA1" } else { "HMAC_SHA256" };
        let tag = |text: &str| match n % 2 {
            0 => BASE64.encode(&signing::sha1(secret, text.as_bytes())),
            _ => BASE64.encode(&signing::sha256(secret, text.as_bytes())),
        };
        let pairs: Vec<(&str, &str)> = fields.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
        let mut case = json!({ "library": "twilio", "url": url, "secret": secret, "algorithm": algorithm });
        if n % 3 == 0 {
            let body = json!({ "CallSid": "CA1", "Digits": text }).to_string();
            let join = if url.contains('?') { '&' } else { '?' };
            let url = format!("{url}{join}bodySHA256={}", HEXLOWER.encode(&Sha256::digest(&body)));
            case["ours"] = tag(&url).into();
            case["url"] = url.into();
            case["body"] = body.into();
        } else {
            case["fields"] = json!(pairs);
            case["ours"] = tag(&signing::twilio_text(url, &pairs)).into();
        }
        cases.push(case);
    }
    // The library for Node knows the older hash alone, and sorts what stands under one key twice by half characters.
    let repeats = |case: &Value| {
        let keys: Vec<&Value> = case["fields"].as_array().into_iter().flatten().map(|field| &field[0]).collect();
        keys.iter().enumerate().any(|(at, key)| keys[..at].contains(key))
    };
    let both = |case: &Value| case["algorithm"] == "HMAC_SHA1" && !repeats(case);
    let node: Vec<Value> = ask_node(&cases.iter().filter(|case| both(case)).cloned().collect::<Vec<_>>());
    assert!(node.len() > CASES / 3);
    let mut python = Vec::new();
    for ((case, answer), (_, secret, fields, _)) in cases.iter().zip(ask(&cases)).zip(&drawn) {
        if both(case) {
            python.push(json!({ "signature": answer["signature"], "accepts": answer["accepts"] }));
        }
        let hash = if case["algorithm"] == "HMAC_SHA1" { Hash::Sha1 } else { Hash::Sha256 };
        let verifier = Verifier::Twilio { secret: Secret::new(secret).unwrap(), hash };
        let (kind, body) = match case["body"].as_str() {
            Some(body) => (JSON, body.to_owned()),
            None => (FORM, form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()),
        };
        let theirs = answer["signature"].as_str().unwrap();
        let signed = headers(&[("content-type", kind), ("x-twilio-signature", theirs)]);
        let url = case["url"].as_str().unwrap();
        let received = Received { method: &Method::POST, url, headers: &signed, body: body.as_bytes() };
        assert_eq!(verifier.verify(&received, NOW), Ok(()), "{case}");
        // Ports apart, where both of us try more than one address.
        assert_eq!(answer["accepts"], true, "{case}");
    }
    let other: Vec<_> = node.iter().zip(&python).filter(|(node, python)| node != python).collect();
    assert!(other.is_empty(), "the library for Node signs and judges otherwise than the one for Python: {other:?}");
    println!("{CASES} requests: twilio 9.13.0 for Python accepts ours, and we accept what it signs");
    println!("{} of them: twilio 6.2.0 for Node says the same", node.len());
}

#[test]
fn vonages_library_and_we_sign_alike() {
    let mut cases = Vec::new();
    let mut bodies = Vec::new();
    for (url, secret, _, text) in drawn() {
        let body = json!({ "uuid": url, "dtmf": { "digits": text } }).to_string();
        let claims = signing::vonage_claims(NOW.unix_seconds(), body.as_bytes());
        let ours = signing::token(&secret, signing::HEAD, &claims.to_string());
        cases.push(json!({ "library": "vonage", "secret": secret, "claims": claims, "ours": ours }));
        bodies.push((secret, body));
    }
    for (answer, (secret, body)) in ask(&cases).iter().zip(&bodies) {
        assert_eq!(answer["accepts"], true);
        let verifier = Verifier::Vonage { secret: Secret::new(secret).unwrap(), api_key: None, application: None };
        let signed = headers(&[("authorization", &format!("Bearer {}", answer["signature"].as_str().unwrap()))]);
        let url = "https://h.example/v";
        let received = Received { method: &Method::POST, url, headers: &signed, body: body.as_bytes() };
        assert_eq!(verifier.verify(&received, NOW), Ok(()));
    }
    println!("{CASES} tokens: vonage-jwt 1.1.5 accepts ours, and we accept what PyJWT signs");
}

/// Every prompt of every language, and one document of every kind.
fn every_document(provider: Provider) -> Vec<(String, Value)> {
    let shown = super::documents::shown().into_iter().map(|(name, document)| (name.to_owned(), document));
    let all = super::everything::documents(provider).into_iter().chain(shown);
    all.map(|(name, document)| (name, serde_json::from_str(&provider.render(&document)).unwrap())).collect()
}

#[test]
fn jambonz_schema_takes_every_document() {
    let documents = every_document(Provider::Jambonz);
    let case = |document: &Value| json!({ "library": "jambonz", "document": document });
    let mut cases: Vec<Value> = documents.iter().map(|(_, document)| case(document)).collect();
    // It can say no.
    cases.push(case(&json!([{ "verb": "say", "text": "Goodbye.", "synthesizer": { "language": "en-GB" } }])));
    let mut answers = ask_node(&cases);
    assert_eq!(answers.pop().unwrap()["valid"], false);
    for ((name, document), answer) in documents.iter().zip(&answers) {
        assert_eq!(answer["valid"], true, "{name}: {answer} for {document}");
    }
    println!("@jambonz/schema 0.4.15 takes {} documents", answers.len());
}

#[test]
fn vonages_models_take_every_document() {
    let documents = every_document(Provider::Vonage);
    let case = |document: &Value| json!({ "library": "ncco", "document": document });
    let mut cases: Vec<Value> = documents.iter().map(|(_, document)| case(document)).collect();
    cases.push(case(&json!([{ "action": "talk", "text": "Goodbye.", "speed": 2 }])));
    cases.push(case(&json!([{ "action": "input", "type": ["dtmf"], "dtmf": { "maxDigits": 21 } }])));
    let mut answers = ask(&cases);
    for _ in 0..2 {
        assert_ne!(answers.pop().unwrap()["faults"], json!([]));
    }
    for ((name, _), answer) in documents.iter().zip(&answers) {
        assert_eq!(answer["faults"], json!([]), "{name}");
    }
    println!("vonage-voice 1.5.1 takes {} documents", answers.len());
}
