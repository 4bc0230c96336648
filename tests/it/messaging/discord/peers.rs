//! Discord's own library as a peer (`tests/setup/peers.sh`): what is signed with it we accept, what we sign it accepts, and
//! what it refuses we refuse.

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use axum::http::{HeaderMap, HeaderValue};
use data_encoding::HEXLOWER;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use ring::signature::{Ed25519KeyPair, KeyPair};
use ringback::channels::discord::signature::{SIGNATURE_HEADER, TIME_HEADER, signed};
use ringback::model::time::Timestamp;
use serde_json::{Value, json};

const NOW: Timestamp = Timestamp(1_767_574_800_000);
const CASES: usize = 120;

/// Answers of the library, one a case.
fn ask(cases: &[Value]) -> Vec<Value> {
    let top = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| top.join("target"), PathBuf::from);
    let python = target.join("peers/bin/python");
    assert!(python.exists(), "{} is not there: run tests/setup/peers.sh", python.display());
    let script = top.join("tests/it/messaging/discord/peers.py");
    let mut child = Command::new(python).arg(script).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(json!(cases).to_string().as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    serde_json::from_slice(&output.stdout).unwrap()
}

fn ours(public: &[u8; 32], signature: &str, time: &str, body: &[u8]) -> bool {
    let mut headers = HeaderMap::new();
    headers.insert(SIGNATURE_HEADER, HeaderValue::from_str(signature).unwrap());
    headers.insert(TIME_HEADER, HeaderValue::from_str(time).unwrap());
    signed(public, &headers, body, NOW)
}

#[test]
fn discords_library_and_we_agree_about_signatures() {
    let case = (proptest::array::uniform32(0_u8..), proptest::collection::vec(0_u8.., 0..400), 0_u64..600);
    let mut runner = TestRunner::deterministic();
    let drawn: Vec<_> = (0..CASES).map(|_| case.new_tree(&mut runner).unwrap().current()).collect();
    let mut cases = Vec::new();
    for (seed, body, past) in &drawn {
        let time = (NOW.unix_seconds() + 300 - past).to_string();
        let key = Ed25519KeyPair::from_seed_unchecked(seed).unwrap();
        let good = key.sign(&[time.as_bytes(), body].concat());
        let mut flipped = good.as_ref().to_vec();
        flipped[usize::try_from(*past).unwrap() % 64] ^= 1;
        let other = key.sign(&[b"1", time.as_bytes(), body].concat());
        let signatures = [good.as_ref(), &flipped, other.as_ref(), &good.as_ref()[..63], &[0; 64]];
        let signatures = signatures.map(|bytes| HEXLOWER.encode(bytes));
        cases.push(json!({
            "seed": HEXLOWER.encode(seed), "body": HEXLOWER.encode(body), "time": time, "ours": signatures,
        }));
    }
    let mut refused = 0;
    for ((case, answer), (seed, body, _)) in cases.iter().zip(ask(&cases)).zip(&drawn) {
        let key = Ed25519KeyPair::from_seed_unchecked(seed).unwrap();
        let public: [u8; 32] = key.public_key().as_ref().try_into().unwrap();
        assert_eq!(answer["public"], json!(HEXLOWER.encode(&public)));
        let time = case["time"].as_str().unwrap();
        assert!(ours(&public, answer["signature"].as_str().unwrap(), time, body), "{case}");
        for (signature, theirs) in case["ours"].as_array().unwrap().iter().zip(answer["accepts"].as_array().unwrap()) {
            let own = ours(&public, signature.as_str().unwrap(), time, body);
            assert_eq!(json!(own), *theirs, "{signature} of {case}");
            refused += usize::from(!own);
        }
    }
    println!("{CASES} requests: discord-interactions 0.4.0 accepts ours, we accept its; {refused} refused by both");
    assert_eq!(refused, CASES * 4);
}
