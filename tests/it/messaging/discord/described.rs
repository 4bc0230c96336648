//! Discord's whole published description as a peer (`tests/setup/peers.sh`): what the compact table of the mock lets through
//! is judged by all of it.

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

/// What is wrong with bodies, by the names that the description has for them.
pub fn faults(bodies: &[(&'static str, Value)]) -> Vec<String> {
    let verdicts = judged(bodies);
    bodies
        .iter()
        .zip(verdicts)
        .flat_map(|((_, body), wrong)| wrong.into_iter().map(move |why| format!("{why}: {body}")))
        .collect()
}

/// What is wrong with each body.
fn judged(bodies: &[(&'static str, Value)]) -> Vec<Vec<String>> {
    let top = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| top.join("target"), PathBuf::from);
    let schemas = target.join("peers/node/node_modules/discord-api-spec/build/discord-api-spec.zod.mjs");
    assert!(schemas.exists(), "{} is not there: run tests/setup/peers.sh", schemas.display());
    let script = top.join("tests/it/messaging/discord/described.mjs");
    let mut node = Command::new("node");
    node.arg(script).arg(schemas).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = node.spawn().expect("node is installed; `make test` does it");
    child.stdin.take().unwrap().write_all(json!(bodies).to_string().as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    let verdicts: Vec<Vec<String>> = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(verdicts.len(), bodies.len());
    verdicts
}

/// A description that refuses nothing would prove nothing.
#[test]
fn the_whole_description_refuses_what_it_does_not_have() {
    let message = json!({
        "content": "x", "flags": 4, "allowed_mentions": { "parse": [] },
        "components": [{ "type": 1, "components": [{ "type": 2, "style": 2, "label": "a", "custom_id": "b" }] }],
    });
    let form = json!({
        "type": 9, "data": { "custom_id": "b", "title": "c", "components": [
            { "type": 18, "label": "a", "component": { "type": 4, "custom_id": "text", "style": 1 } }] },
    });
    let command = json!({
        "name": "answer", "description": "d", "description_localizations": { "id": "e" }, "contexts": [0, 1],
        "options": [{ "type": 3, "name": "text", "description": "f", "required": true }],
    });
    let good = [
        ("MessageCreateRequest", message.clone()),
        ("IncomingWebhookRequestPartial", message.clone()),
        ("IncomingWebhookUpdateRequestPartial", message.clone()),
        ("ModalInteractionCallbackRequest", form.clone()),
        ("ApplicationCommandUpdateRequest", command.clone()),
    ];
    assert_eq!(faults(&good), Vec::<String>::new());
    let long = |n: usize| json!("x".repeat(n));
    let parts = [
        (0, "/colour", json!("red")),
        (0, "/components/0/components/0/colour", json!("red")),
        (0, "/content", json!(7)),
        (0, "/content", long(4001)),
        (1, "/content", long(2001)),
        (2, "/content", long(2001)),
        (0, "/flags", json!("4")),
        (0, "/allowed_mentions/parse", json!(["everybody"])),
        (0, "/components", json!({})),
        (0, "/components/0/components", json!([])),
        (0, "/components/0/components/0/label", long(81)),
        (0, "/components/0/components/0/custom_id", long(101)),
        (0, "/components/0/components/0/style", json!(7)),
        (0, "/components/0/components/0", json!({ "type": 3, "custom_id": "b", "options": [] })),
        (3, "/data/title", long(46)),
        (3, "/data/custom_id", json!("")),
        (3, "/data/components/0/label", long(46)),
        (3, "/data/components/0/component/style", json!(3)),
        (3, "/data/colour", json!("red")),
        (3, "/type", json!(3)),
        (4, "/name", long(33)),
        (4, "/description", long(101)),
        (4, "/contexts", json!([9])),
        (4, "/options/0/required", json!("yes")),
        (4, "/options/0/colour", json!("red")),
    ];
    let bad: Vec<_> = parts
        .iter()
        .map(|(n, path, value)| {
            let (name, mut body) = good[*n].clone();
            let (parent, part) = path.rsplit_once('/').unwrap();
            let parent = body.pointer_mut(parent).unwrap();
            match parent.as_array_mut() {
                Some(all) => all[part.parse::<usize>().unwrap()] = value.clone(),
                None => parent[part] = value.clone(),
            }
            (name, body)
        })
        .collect();
    let let_through: Vec<_> =
        judged(&bad).into_iter().zip(&parts).filter(|(wrong, _)| wrong.is_empty()).map(|(_, part)| part).collect();
    println!("{} bodies that the description does not have are refused", bad.len());
    assert!(let_through.is_empty(), "{let_through:?}");
    assert!(!judged(&[("NoSuchBody", json!({}))])[0].is_empty());
}
