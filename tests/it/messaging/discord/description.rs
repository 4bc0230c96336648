//! The published description of Discord's API, as far as the mock needs it: `api.txt`, and the rules that stand in prose.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use serde_json::Value;

/// One part of a body: whether it must be there, and what it may be.
struct Part {
    required: bool,
    types: Vec<String>,
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
                let part = part.trim_end_matches('!').to_owned();
                table.get_mut(&name).unwrap().insert(part, Part { required, types });
            }
        }
    }
    table
});

/// What is wrong with a body of this name, if anything is.
pub fn faults(name: &str, body: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    object(name, name, body, &mut faults);
    if faults.is_empty() {
        prose(body, &mut faults);
    }
    faults
}

/// What is wrong with the answer to an interaction.
pub fn faults_of_answer(answer: &Value) -> Vec<String> {
    name_of_answer(answer).map_or_else(|| vec![format!("{answer} is no answer")], |name| faults(name, answer))
}

/// What the description calls such an answer to an interaction.
pub fn name_of_answer(answer: &Value) -> Option<&'static str> {
    match answer["type"].as_u64()? {
        1 => Some("PongInteractionCallbackRequest"),
        4 | 5 => Some("CreateMessageInteractionCallbackRequest"),
        6 | 7 => Some("UpdateMessageInteractionCallbackRequest"),
        8 => Some("ApplicationCommandAutocompleteCallbackRequest"),
        9 => Some("ModalInteractionCallbackRequest"),
        _ => None,
    }
}

fn object(place: &str, name: &str, value: &Value, faults: &mut Vec<String>) {
    let Some(parts) = value.as_object() else { return faults.push(format!("{place} is no object")) };
    let table = &TABLE[name];
    for (part, inner) in parts {
        let Some(known) = table.get(part) else {
            faults.push(format!("{place}.{part} is not in the description"));
            continue;
        };
        let place = format!("{place}.{part}");
        let mut why = Vec::new();
        if !known.types.iter().any(|kind| fits(&place, kind, inner, &mut why)) {
            faults.push(format!("{place} is none of {:?}: {inner} {why:?}", known.types));
        }
    }
    for (part, _) in table.iter().filter(|(part, known)| known.required && !parts.contains_key(*part)) {
        faults.push(format!("{place}.{part} is missing"));
    }
}

fn fits(place: &str, kind: &str, value: &Value, why: &mut Vec<String>) -> bool {
    if let Some(rest) = kind.strip_prefix("array") {
        let (bounds, inner) = rest.split_once(" of ").unwrap();
        let one = |value: &Value, why: &mut Vec<String>| inner.split('/').any(|kind| fits(place, kind, value, why));
        return value
            .as_array()
            .is_some_and(|all| within(bounds, all.len() as i128) && all.iter().all(|v| one(v, why)));
    }
    if let Some(inner) = kind.strip_prefix("map of ") {
        return value.as_object().is_some_and(|all| all.values().all(|value| fits(place, inner, value, why)));
    }
    if let Some(constants) = kind.strip_prefix("one{") {
        let own = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        return constants.trim_end_matches('}').split(',').any(|constant| constant == own);
    }
    let (base, bounds) = kind.split_at(kind.find('{').unwrap_or(kind.len()));
    match base {
        "null" => value.is_null(),
        "nothing" => false,
        "bool" => value.is_boolean(),
        "int" => value.as_i64().is_some_and(|n| within(bounds, n.into())),
        "id" => value.as_str().is_some_and(|id| id.parse::<u64>().is_ok_and(|n| n.to_string() == id)),
        "uri" => value.as_str().is_some_and(|uri| uri.starts_with("http") && within(bounds, uri.len() as i128)),
        "text" => value.as_str().is_some_and(|text| within(bounds, text.encode_utf16().count() as i128)),
        name => {
            let mut inner = Vec::new();
            object(place, name, value, &mut inner);
            why.extend(inner.iter().cloned());
            inner.is_empty()
        }
    }
}

/// `{1..100}`, either side open.
fn within(bounds: &str, n: i128) -> bool {
    let Some((least, most)) = bounds.trim_matches(['{', '}']).split_once("..") else { return true };
    least.parse().is_ok_and(|least: i128| n < least).eq(&false)
        && most.parse().is_ok_and(|most: i128| n > most).eq(&false)
}

/// Rules that the reference has in words.
fn prose(body: &Value, faults: &mut Vec<String>) {
    let message = if body.get("data").is_some_and(Value::is_object) { &body["data"] } else { body };
    let rows = message["components"].as_array().cloned().unwrap_or_default();
    let mut ids = BTreeSet::new();
    let form = message.get("title").is_some();
    if !form && rows.len() > 5 {
        faults.push(format!("{} rows in a message", rows.len()));
    }
    if body.get("name").is_none() && !form && message.get("content").is_some() {
        let said = message["content"].as_str().unwrap_or_default();
        if said.trim().is_empty() || said.encode_utf16().count() > 2000 {
            faults.push("a message of no words, or of too many".to_owned());
        }
        if message["allowed_mentions"]["parse"].as_array().is_none_or(|all| !all.is_empty()) {
            faults.push("somebody could be mentioned".to_owned());
        }
    }
    for part in rows.iter().flat_map(|row| row["components"].as_array().cloned().unwrap_or_default()) {
        if let Some(id) = part["custom_id"].as_str()
            && !ids.insert(id.to_owned())
        {
            faults.push(format!("{id} is there twice"));
        }
        let (link, does) = (part["style"] == 5, part.get("custom_id").is_some());
        if part["type"] == 2 && (link == does || part.get("url").is_some() != link) {
            faults.push(format!("{part} does not do one thing"));
        }
        if part["type"] == 3
            && rows.iter().any(|row| {
                let parts = row["components"].as_array().unwrap();
                parts.len() > 1 && parts.contains(&part)
            })
        {
            faults.push("a select beside something else".to_owned());
        }
        let values: Vec<&Value> =
            part["options"].as_array().into_iter().flatten().map(|option| &option["value"]).collect();
        if values.iter().map(|value| value.as_str()).collect::<BTreeSet<_>>().len() != values.len() {
            faults.push("two options of a select carry the same".to_owned());
        }
    }
    if let Some(name) = body["name"].as_str()
        && !name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_'))
    {
        faults.push(format!("{name} is no name of a command"));
    }
}

#[test]
fn the_mock_refuses_what_the_description_does_not_have() {
    use serde_json::json;
    let button = json!({ "type": 2, "style": 2, "label": "a", "custom_id": "b" });
    let row = json!({ "type": 1, "components": [button] });
    let good = json!({ "content": "x", "flags": 4, "allowed_mentions": { "parse": [] }, "components": [row] });
    for name in ["MessageCreateRequest", "IncomingWebhookRequestPartial", "IncomingWebhookUpdateRequestPartial"] {
        assert_eq!(faults(name, &good), Vec::<String>::new());
    }
    let mut bad = Vec::new();
    for (path, value) in [
        ("/content", json!("")),
        ("/content", json!("x".repeat(2001))),
        ("/content", json!(7)),
        ("/flags", json!("4")),
        ("/allowed_mentions", json!({})),
        ("/allowed_mentions/parse", json!(["everyone"])),
        ("/components", json!(vec![row.clone(); 41])),
        ("/components", json!([row, row])),
        ("/components/0/type", json!(2)),
        ("/components/0/components", json!([])),
        ("/components/0/components", json!(vec![button.clone(); 6])),
        ("/components/0/components/0/label", json!("x".repeat(81))),
        ("/components/0/components/0/style", json!(7)),
        ("/components/0/components/0/custom_id", json!("x".repeat(101))),
        ("/components/0/components/0/custom_id", json!("")),
        ("/components/0/components/0", json!({ "type": 2, "style": 5, "label": "a", "custom_id": "b" })),
        ("/components/0/components/0", json!({ "type": 2, "style": 2, "label": "a" })),
        ("/components/0/components/0", json!({ "type": 4, "style": 1, "custom_id": "b", "label": "a" })),
        ("/components/0/components/0", json!({ "type": 3, "custom_id": "b", "options": [] })),
        ("/components/0/components/0", json!({ "type": 3, "custom_id": "b", "options": [{ "label": "a" }] })),
    ] {
        let mut call = good.clone();
        *call.pointer_mut(path).unwrap() = value;
        bad.push((path, faults("MessageCreateRequest", &call).len()));
    }
    let mut more = good.clone();
    more["colour"] = json!("red");
    bad.push(("more", faults("MessageCreateRequest", &more).len()));
    let field = json!({ "type": 4, "custom_id": "text", "style": 1 });
    let line = json!({ "type": 18, "label": "a", "component": field });
    let form = json!({ "type": 9, "data": { "custom_id": "b", "title": "c", "components": [line] } });
    assert_eq!(faults_of_answer(&form), Vec::<String>::new());
    for (path, value) in [
        ("/data/title", json!("x".repeat(46))),
        ("/data/title", json!("")),
        ("/data/custom_id", json!("")),
        ("/data/components", json!([])),
        ("/data/components/0/label", json!("x".repeat(46))),
        ("/data/components/0/component/style", json!(3)),
        ("/data/components/0/component/max_length", json!(0)),
        ("/data/components/0/description", json!("x".repeat(101))),
        ("/type", json!(3)),
    ] {
        let mut call = form.clone();
        match call.pointer_mut(path) {
            Some(part) => *part = value,
            None => {
                let (parent, part) = path.rsplit_once('/').unwrap();
                call.pointer_mut(parent).unwrap()[part] = value;
            }
        }
        bad.push((path, faults_of_answer(&call).len()));
    }
    let let_through: Vec<_> = bad.iter().filter(|(_, n)| *n == 0).collect();
    println!("{} bodies that the description does not have are refused", bad.len());
    assert!(let_through.is_empty(), "{let_through:?}");
}
