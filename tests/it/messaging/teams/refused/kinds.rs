//! Genuine activities that are nothing of ours: taken, so that they do not come again, and nothing follows.

use serde_json::{Value, json};

use super::{Bad, Genuine};

pub fn requests(genuine: &Genuine<'_>) -> Vec<Bad> {
    let mut all = Vec::new();
    let mut nothing = |kind: &'static str, what: String, parts: Value| {
        let mut activity = genuine.activity.clone();
        for (name, value) in parts.as_object().unwrap() {
            activity[name] = value.clone();
        }
        all.push(genuine.bad(kind, what, 200).body(activity.to_string()));
    };
    for kind in [
        "messageUpdate",
        "messageDelete",
        "messageReaction",
        "typing",
        "event",
        "endOfConversation",
        "conversationUpdate",
        "contactRelationUpdate",
        "handoff",
        "trace",
        "suggestion",
        "command",
        "commandResult",
        "deleteUserData",
        "invokeResponse",
        "Message",
        "MESSAGE",
        "",
        "installationupdate",
        "somethingNew",
    ] {
        nothing("kind", kind.to_owned(), json!({ "type": kind }));
    }
    for action in [Value::Null, json!("upgrade"), json!(""), json!("ADD")] {
        nothing("installation", action.to_string(), json!({ "type": "installationUpdate", "action": action }));
    }
    let from = |parts: Value| {
        let mut from =
            json!({ "id": "29:1user", "name": "Ada", "aadObjectId": "00000001-0000-4000-8000-00000000beef" });
        for (name, value) in parts.as_object().unwrap() {
            from[name] = value.clone();
        }
        json!({ "from": from })
    };
    for parts in [
        json!({ "aadObjectId": null }),
        json!({ "aadObjectId": "" }),
        json!({ "aadObjectId": "short" }),
        json!({ "aadObjectId": "x".repeat(65) }),
        json!({ "aadObjectId": "00000001/0000:4000" }),
        json!({ "aadObjectId": "group:19-team-thread" }),
        json!({ "aadObjectId": 7 }),
        json!({ "id": "" }),
        json!({ "id": null }),
        json!({ "id": "28:8f14e45f-ceea-467f-a1d6-0c1d2e3f4a5b" }),
        json!({ "id": "29:1 user" }),
        json!({ "id": "2".repeat(500) }),
        json!({ "role": "bot" }),
    ] {
        nothing("sender", parts.to_string().chars().take(60).collect(), from(parts));
    }
    nothing("sender", "none".to_owned(), json!({ "from": null }));
    for id in [Value::Null, json!(""), json!("a b"), json!("i".repeat(500)), json!(7)] {
        nothing("id", id.to_string().chars().take(20).collect(), json!({ "id": id }));
    }
    let conversation = genuine.activity["conversation"].clone();
    for kind in [Value::Null, json!(""), json!("Personal"), json!("meeting")] {
        let mut place = conversation.clone();
        place["conversationType"] = kind.clone();
        nothing("place", kind.to_string(), json!({ "conversation": place }));
    }
    for text in [json!(7), json!(["x"]), json!({ "x": 1 })] {
        nothing("text", text.to_string(), json!({ "text": text }));
    }
    for token in [json!(7), json!(""), json!("x".repeat(65)), Value::Null, json!(["a"])] {
        nothing(
            "button in a message",
            token.to_string().chars().take(20).collect(),
            json!({ "value": { "pick": token } }),
        );
    }
    for name in
        ["task/fetch", "task/submit", "signin/verifyState", "composeExtension/query", "fileConsent/invoke", "", "x"]
    {
        nothing("invoke", name.to_owned(), json!({ "type": "invoke", "name": name }));
    }
    for value in [
        Value::Null,
        json!({}),
        json!([]),
        json!("pick"),
        json!({ "action": null }),
        json!({ "action": { "verb": "pick" } }),
        json!({ "action": { "verb": "pick", "data": {} } }),
        json!({ "action": { "verb": "pick", "data": { "pick": "" } } }),
        json!({ "action": { "verb": "pick", "data": { "pick": "x".repeat(65) } } }),
        json!({ "action": { "verb": "pick", "data": { "pick": 7 } } }),
        json!({ "action": { "verb": "push", "data": { "pick": "a.b" } } }),
        json!({ "action": { "data": { "pick": "a.b" } } }),
        json!({ "action": [{ "verb": "pick", "data": { "pick": "a.b" } }] }),
        json!({ "verb": "pick", "data": { "pick": "a.b" } }),
    ] {
        let what = value.to_string().chars().take(60).collect();
        nothing("button", what, json!({ "type": "invoke", "name": "adaptiveCard/action", "value": value }));
    }
    all
}
