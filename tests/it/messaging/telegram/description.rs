//! The published description of the Bot API, as far as our calls reach: `api.txt`, which `cut.py` writes, and the limits
//! that stand in prose.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde_json::Value;

/// One part of a method or a type.
struct Part {
    required: bool,
    types: Vec<String>,
}

/// A method or a type: its parts, or the types that it may be.
#[derive(Default)]
struct Known {
    parts: BTreeMap<String, Part>,
    any_of: Vec<String>,
}

type Table = BTreeMap<String, Known>;

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
                let types = types.split(" | ").map(str::to_owned).collect();
                let known = table.get_mut(&name).unwrap();
                match part {
                    "=" => known.any_of = types,
                    part => {
                        let required = part.ends_with('!');
                        known.parts.insert(part.trim_end_matches('!').to_owned(), Part { required, types });
                    }
                }
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
    let Known { parts: table, any_of } = &TABLE[name];
    if !any_of.is_empty() {
        if !any_of.iter().any(|kind| fits(place, kind, value, &mut Vec::new())) {
            faults.push(format!("{place} is none of {any_of:?}"));
        }
        return;
    }
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
    if let Some(bounds) = kind.strip_prefix("String{") {
        let Some(text) = value.as_str() else { return false };
        // What counts as a character is not said; units of UTF-16 are never fewer.
        let (n, unit) = if bounds.contains("bytes") { (text.len(), "bytes") } else { (units(text), "units") };
        let (least, most) = bounds.trim_end_matches([' ', '}', 'b', 'y', 't', 'e', 's']).split_once("..").unwrap();
        let within = (least.parse().unwrap()..=most.parse().unwrap()).contains(&n);
        if !within {
            why.push(format!("{place} is {n} {unit} long, not {least} to {most}"));
        }
        return within;
    }
    if let Some(constant) = kind.strip_prefix('"') {
        return value.as_str() == Some(constant.trim_end_matches('"'));
    }
    match kind {
        "Integer" => value.is_i64() || value.is_u64(),
        "Float" => value.is_number(),
        "String" => value.is_string(),
        "Boolean" | "True" => value.is_boolean(),
        kind if TABLE.contains_key(kind) => {
            let mut inner = Vec::new();
            object(place, kind, value, &mut inner);
            why.extend(inner.iter().cloned());
            inner.is_empty()
        }
        // A file, of which none is ever sent.
        "InputFile" => false,
        kind => unreachable!("{kind} is not in api.txt"),
    }
}

fn units(text: &str) -> usize {
    text.encode_utf16().count()
}

/// Limits that the description has in words only.
fn limits(method: &str, call: &Value, faults: &mut Vec<String>) {
    let mut within = |what: &str, n: usize, least: usize, most: usize| {
        if !(least..=most).contains(&n) {
            faults.push(format!("{method}: {what}: {n}, not {least} to {most}"));
        }
    };
    let rows = call["reply_markup"]["inline_keyboard"].as_array().into_iter().flatten();
    let buttons: Vec<&Value> = rows.flat_map(|row| row.as_array().into_iter().flatten()).collect();
    within("buttons", buttons.len(), 0, 100);
    for button in &buttons {
        within("words of a button", units(button["text"].as_str().unwrap_or_default()), 1, 64);
        let looks = ["text", "icon_custom_emoji_id", "style"];
        let does = button.as_object().into_iter().flatten().filter(|(part, _)| !looks.contains(&part.as_str())).count();
        within("what a button does", does, 1, 1);
    }
}

#[test]
fn the_mock_refuses_what_the_description_does_not_have() {
    use serde_json::json;
    let good = json!({ "chat_id": 1, "protect_content": true, "link_preview_options": { "is_disabled": true }, "text": "x", "reply_markup": { "inline_keyboard": [[{ "text": "a", "callback_data": "b" }]] } });
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
        ("/reply_markup/inline_keyboard/0/0", json!({ "text": "a", "callback_data": "b", "colour": "red" })),
        ("/reply_markup/inline_keyboard/0/0", json!({ "text": "a", "callback_data": 7 })),
        ("/reply_markup/inline_keyboard/0/0/text", json!("x".repeat(65))),
        ("/reply_markup", json!({ "keyboard": [], "input_field_placeholder": "x".repeat(65) })),
        ("/reply_markup", json!({ "keyboard": [[{ "text": "a", "request_contact": "yes" }]] })),
        ("/link_preview_options", json!({ "is_disabled": "true" })),
        ("/link_preview_options", json!({ "off": true })),
        ("/protect_content", json!("true")),
    ] {
        let mut call = good.clone();
        *call.pointer_mut(path).unwrap() = value.clone();
        bad.push((format!("{path} {value}"), faults("sendMessage", &call).len()));
    }
    let mut more = good.clone();
    more["colour"] = json!("red");
    for (method, call) in [
        ("sendMessage", more),
        ("sendMessage", json!({ "text": "x" })),
        ("setMyCommands", json!({ "commands": [{ "command": "x".repeat(33), "description": "a" }] })),
        ("setMyCommands", json!({ "commands": [{ "command": "x" }] })),
        ("setMyCommands", json!({ "commands": [], "scope": { "type": "chat" } })),
        ("setWebhook", json!({ "url": "https://a.example", "secret_token": "" })),
        ("answerCallbackQuery", json!({ "callback_query_id": "1", "text": "x".repeat(201) })),
        ("deleteMessage", json!({ "chat_id": 1, "message_id": "7" })),
    ] {
        bad.push((format!("{method} {call}"), faults(method, &call).len()));
    }
    let scope = json!({ "commands": [], "scope": { "type": "all_private_chats" }, "language_code": "ms" });
    assert_eq!(faults("setMyCommands", &scope), Vec::<String>::new());
    println!("{} calls that the description does not have are refused", bad.len());
    let let_through: Vec<_> = bad.iter().filter(|(_, n)| *n == 0).collect();
    assert!(let_through.is_empty(), "{let_through:?}");
}
