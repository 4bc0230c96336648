//! What may be sent to the connector: its published description, and version 1.5 of the form of Adaptive Cards, as far as
//! messages of ours need them. Whatever is not here is refused.

use serde_json::Value;

/// One part of a type: its name, with `!` where it must be there, and its kind.
type Part = (&'static str, &'static str);

/// Parts that every element of a card, and every action, may have.
const ELEMENT: &[Part] = &[("id", "text"), ("isVisible", "flag"), ("separator", "flag"), ("spacing", "spacing")];
const ACTION: &[Part] = &[
    ("id", "text"),
    ("title", "label"),
    ("iconUrl", "address"),
    ("style", "style"),
    ("tooltip", "text"),
    ("isEnabled", "flag"),
    ("mode", "mode"),
    ("fallback", "action"),
];

/// Types by their `type`, with the parts of their own and those they share.
const TYPES: &[(&str, &[Part], &[Part])] = &[
    (
        "AdaptiveCard",
        &[
            ("$schema", "address"),
            ("version!", "version"),
            ("body", "elements"),
            ("actions", "actions"),
            ("fallbackText", "text"),
            ("speak", "text"),
            ("lang", "language"),
            ("rtl", "flag"),
        ],
        &[],
    ),
    ("RichTextBlock", &[("inlines!", "runs"), ("horizontalAlignment", "text")], ELEMENT),
    (
        "TextRun",
        &[("text!", "line"), ("weight", "weight"), ("isSubtle", "flag"), ("italic", "flag"), ("size", "text")],
        &[],
    ),
    ("ActionSet", &[("actions!", "actions")], ELEMENT),
    ("Action.Execute", &[("verb", "text"), ("data", "data"), ("associatedInputs", "inputs")], ACTION),
    ("Action.Submit", &[("data", "data"), ("associatedInputs", "inputs")], ACTION),
    ("Action.OpenUrl", &[("url!", "address")], ACTION),
    // The connector's own.
    (
        "message",
        &[
            ("locale", "language"),
            ("summary!", "summary"),
            ("attachments!", "attachments"),
            ("text", "text"),
            ("inputHint", "text"),
        ],
        &[],
    ),
];

/// Bytes of a message: what Teams takes, less what it adds.
const MOST: usize = 25 * 1024;

/// What is wrong with an activity, if anything is.
pub fn faults(activity: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    object("activity", activity, &["message"], &mut faults);
    let size = activity.to_string().len();
    if size > MOST {
        faults.push(format!("{size} bytes are too many"));
    }
    faults
}

/// What is wrong with a card that stands alone.
pub fn card_faults(card: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    object("card", card, &["AdaptiveCard"], &mut faults);
    faults
}

fn object(place: &str, value: &Value, types: &[&str], faults: &mut Vec<String>) {
    let Some(parts) = value.as_object() else { return faults.push(format!("{place} is no object")) };
    let name = parts.get("type").and_then(Value::as_str).unwrap_or_default();
    let known = TYPES.iter().find(|(known, ..)| *known == name && types.contains(known));
    let Some((_, own, shared)) = known else { return faults.push(format!("{place}: `{name}` is none of {types:?}")) };
    let table = || own.iter().chain(*shared);
    for (part, inner) in parts.iter().filter(|(part, _)| *part != "type") {
        match table().find(|(known, _)| known.trim_end_matches('!') == part) {
            Some((_, kind)) => self::part(&format!("{place}.{part}"), kind, inner, faults),
            None => faults.push(format!("{place}.{part} is not in the description")),
        }
    }
    for (part, _) in table().filter(|(part, _)| part.ends_with('!')) {
        if !parts.contains_key(part.trim_end_matches('!')) {
            faults.push(format!("{place}.{part} is missing"));
        }
    }
}

fn part(place: &str, kind: &str, value: &Value, faults: &mut Vec<String>) {
    let text = value.as_str();
    let one_of = |words: &[&str]| text.is_some_and(|text| words.iter().any(|word| word.eq_ignore_ascii_case(text)));
    let holds = match kind {
        "text" => text.is_some_and(|text| !text.is_empty()),
        "line" => text.is_some_and(|text| !text.is_empty() && !text.contains('\n')),
        "label" => text.is_some_and(|text| (1..=60).contains(&text.chars().count())),
        "summary" => text.is_some_and(|text| (1..=120).contains(&text.chars().count()) && !text.contains('\n')),
        "flag" => value.is_boolean(),
        "version" => text == Some("1.5"),
        "language" => text.is_some_and(|tag| tag.len() >= 2 && tag.chars().all(|c| c.is_alphanumeric() || c == '-')),
        "address" => text.is_some_and(|text| reqwest::Url::parse(text).is_ok()),
        "spacing" => one_of(&["default", "none", "small", "medium", "large", "extraLarge", "padding"]),
        "style" => one_of(&["default", "positive", "destructive"]),
        "weight" => one_of(&["default", "lighter", "bolder"]),
        "mode" => one_of(&["primary", "secondary"]),
        "inputs" => one_of(&["auto", "none"]),
        "data" => value.is_object() || value.is_string(),
        "elements" => return each(place, value, &["RichTextBlock", "ActionSet"], faults),
        "runs" => return each(place, value, &["TextRun"], faults),
        "actions" => return each(place, value, &["Action.Execute", "Action.Submit", "Action.OpenUrl"], faults),
        "action" => return object(place, value, &["Action.Execute", "Action.Submit", "Action.OpenUrl"], faults),
        "attachments" => {
            let [attachment] = value.as_array().map(Vec::as_slice).unwrap_or_default() else {
                return faults.push(format!("{place} is not one attachment"));
            };
            let parts = attachment.as_object().map(|parts| parts.keys().collect::<Vec<_>>()).unwrap_or_default();
            if parts != ["content", "contentType"]
                || attachment["contentType"] != "application/vnd.microsoft.card.adaptive"
            {
                faults.push(format!("{place} is no card"));
            }
            return object(place, &attachment["content"], &["AdaptiveCard"], faults);
        }
        _ => false,
    };
    if !holds {
        faults.push(format!("{place} is no {kind}: {value}"));
    }
}

fn each(place: &str, value: &Value, types: &[&str], faults: &mut Vec<String>) {
    match value.as_array() {
        Some(all) if !all.is_empty() => {
            for (n, one) in all.iter().enumerate() {
                object(&format!("{place}[{n}]"), one, types, faults);
            }
        }
        _ => faults.push(format!("{place} is no list with something in it")),
    }
}

/// What a person reads on a card, line by line: words, buttons, addresses.
pub fn read(activity: &Value) -> Vec<String> {
    let mut lines = Vec::new();
    for element in activity["attachments"][0]["content"]["body"].as_array().into_iter().flatten() {
        for run in element["inlines"].as_array().into_iter().flatten() {
            lines.push(run["text"].as_str().unwrap().to_owned());
        }
        for action in element["actions"].as_array().into_iter().flatten() {
            lines.push(action["title"].as_str().unwrap().to_owned());
            lines.extend(action["url"].as_str().map(str::to_owned));
        }
    }
    lines
}

/// What the card's buttons carry back, in their order.
pub fn tokens(activity: &Value) -> Vec<String> {
    let body = activity["attachments"][0]["content"]["body"].as_array().cloned().unwrap_or_default();
    let actions = body.iter().flat_map(|element| element["actions"].as_array().cloned().unwrap_or_default());
    actions.filter_map(|action| action["data"]["pick"].as_str().map(str::to_owned)).collect()
}

#[test]
fn the_mock_refuses_what_the_description_does_not_have() {
    use serde_json::json;
    let good = json!({
        "type": "message", "locale": "en", "summary": "x",
        "attachments": [{ "contentType": "application/vnd.microsoft.card.adaptive", "content": {
            "type": "AdaptiveCard", "version": "1.5", "fallbackText": "x", "body": [
                { "type": "RichTextBlock", "inlines": [{ "type": "TextRun", "text": "x" }] },
                { "type": "ActionSet", "actions": [{ "type": "Action.Execute", "title": "1. a", "data": { "pick": "t" },
                    "fallback": { "type": "Action.Submit", "title": "1. a" } }] },
            ],
        } }],
    });
    assert_eq!(faults(&good), Vec::<String>::new());
    let card = "/attachments/0/content";
    for (path, value) in [
        ("/type", json!("typing")),
        ("/summary", json!("")),
        ("/attachments", json!([])),
        (&format!("{card}/version"), json!("1.6")),
        (&format!("{card}/body"), json!([])),
        (&format!("{card}/body/0/type"), json!("TextBlock")),
        (&format!("{card}/body/0/inlines/0/text"), json!("a\nb")),
        (&format!("{card}/body/0/inlines/0/text"), json!(7)),
        (&format!("{card}/body/1/actions/0/title"), json!("x".repeat(61))),
        (&format!("{card}/body/1/actions/0/type"), json!("Action.Explode")),
        (&format!("{card}/body/1/actions/0/fallback/type"), json!("drop it")),
        (&format!("{card}/fallbackText"), json!("x".repeat(26_000))),
    ] {
        let mut bad = good.clone();
        *bad.pointer_mut(path).unwrap_or_else(|| panic!("{path}")) = value;
        assert!(!faults(&bad).is_empty(), "{path}");
    }
    let mut more = good.clone();
    more["attachments"][0]["content"]["colour"] = json!("red");
    assert!(!faults(&more).is_empty());
}
