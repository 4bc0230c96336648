//! The published description of the Bot API, as far as the mock needs it: `api.txt`, and the limits that stand in prose.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde_json::Value;

/// One part of a method or a type.
pub struct Part {
    pub required: bool,
    pub types: Vec<String>,
}

type Table = BTreeMap<String, BTreeMap<String, Part>>;

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let mut table = Table::new();
    let mut name = String::new();
    for line in include_str!("api.txt").lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
        match line.strip_prefix("  ") {
            None => {
                name = line.to_owned();
                table.entry(name.clone()).or_default();
            }
            Some(part) => {
                let (part, types) = part.split_once(' ').unwrap();
                let required = part.ends_with('!');
                let types = types.split(" | ").map(str::to_owned).collect();
                let parts = table.get_mut(&name).unwrap();
                parts.insert(part.trim_end_matches('!').to_owned(), Part { required, types });
            }
        }
    }
    table
});

/// Whether there is such a method.
pub fn knows(method: &str) -> bool {
    method.starts_with(|c: char| c.is_ascii_lowercase()) && TABLE.contains_key(method)
}

/// What is wrong with a call, if anything is.
pub fn faults(method: &str, call: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    object(method, method, call, &mut faults);
    limits(method, call, &mut faults);
    faults
}

fn object(place: &str, name: &str, value: &Value, faults: &mut Vec<String>) {
    let Some(parts) = value.as_object() else { return faults.push(format!("{place} is no object")) };
    let table = &TABLE[name];
    for (part, inner) in parts {
        match table.get(part) {
            None => faults.push(format!("{place}.{part} is not in the description")),
            Some(known) => {
                let place = format!("{place}.{part}");
                if !known.types.iter().any(|kind| fits(&place, kind, inner, &mut Vec::new())) {
                    let mut why = Vec::new();
                    known.types.iter().for_each(|kind| {
                        fits(&place, kind, inner, &mut why);
                    });
                    faults.push(format!("{place} is none of {:?}: {why:?}", known.types));
                }
            }
        }
    }
    for (part, _) in table.iter().filter(|(part, known)| known.required && !parts.contains_key(*part)) {
        faults.push(format!("{place}.{part} is missing"));
    }
}

fn fits(place: &str, kind: &str, value: &Value, why: &mut Vec<String>) -> bool {
    if let Some(inner) = kind.strip_prefix("Array of ") {
        return value.as_array().is_some_and(|all| all.iter().all(|one| fits(place, inner, one, why)));
    }
    match kind {
        "Integer" => value.is_i64() || value.is_u64(),
        "String" => value.is_string(),
        "Boolean" | "True" => value.is_boolean(),
        kind if TABLE.contains_key(kind) => {
            let mut inner = Vec::new();
            object(place, kind, value, &mut inner);
            why.extend(inner.iter().cloned());
            inner.is_empty()
        }
        // A type of which nothing is ever sent.
        _ => false,
    }
}

/// Limits that the description has in words.
fn limits(method: &str, call: &Value, faults: &mut Vec<String>) {
    let mut within = |what: &str, n: usize, least: usize, most: usize| {
        if !(least..=most).contains(&n) {
            faults.push(format!("{what} is {n} long, not {least} to {most}"));
        }
    };
    let units = |value: &Value| value.as_str().unwrap_or_default().encode_utf16().count();
    match method {
        "sendMessage" => within("text", units(&call["text"]), 1, 4096),
        "answerCallbackQuery" => within("text", units(&call["text"]), 0, 200),
        "setWebhook" => within("secret_token", units(&call["secret_token"]), 1, 256),
        "setMyCommands" => {
            for command in call["commands"].as_array().into_iter().flatten() {
                within("command", units(&command["command"]), 1, 32);
                within("description", units(&command["description"]), 1, 256);
            }
        }
        _ => {}
    }
    let buttons: Vec<&Value> = call["reply_markup"]["inline_keyboard"]
        .as_array()
        .into_iter()
        .flatten()
        .flat_map(|row| row.as_array().unwrap())
        .collect();
    within("keyboard", buttons.len(), 0, 100);
    for button in &buttons {
        within("button", units(&button["text"]), 1, 64);
        if let Some(data) = button["callback_data"].as_str() {
            within("callback_data", data.len(), 1, 64);
        }
        let does = ["url", "callback_data"].iter().filter(|key| button.get(**key).is_some()).count();
        within("what a button does", does, 1, 1);
    }
}

#[test]
fn the_mock_refuses_what_the_description_does_not_have() {
    use serde_json::json;
    let good = json!({ "chat_id": 1, "text": "x", "reply_markup": { "inline_keyboard": [[{ "text": "a", "callback_data": "b" }]] } });
    assert_eq!(faults("sendMessage", &good), Vec::<String>::new());
    let mut bad = Vec::new();
    for (path, value) in [
        ("/text", json!("")),
        ("/text", json!("x".repeat(4097))),
        ("/text", json!(7)),
        ("/chat_id", json!(true)),
        ("/reply_markup/inline_keyboard/0/0/callback_data", json!("é".repeat(33))),
        ("/reply_markup/inline_keyboard/0/0/text", json!("")),
        (
            "/reply_markup/inline_keyboard/0/0",
            json!({ "text": "a", "callback_data": "b", "url": "https://example.org" }),
        ),
        ("/reply_markup", json!({ "keyboard": "x" })),
    ] {
        let mut call = good.clone();
        *call.pointer_mut(path).unwrap() = value;
        bad.push(faults("sendMessage", &call).len());
    }
    let mut more = good.clone();
    more["colour"] = json!("red");
    bad.push(faults("sendMessage", &more).len());
    bad.push(faults("sendMessage", &json!({ "text": "x" })).len());
    assert!(bad.iter().all(|n| *n > 0), "{bad:?}");
}
