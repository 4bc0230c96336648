//! What an interaction is answered at once, within the three seconds that Discord waits.

use serde_json::{Value, json};

use crate::channels::discord::commands::ANSWER_TEXT;
use crate::channels::discord::message::{ASK, plain, words};
use crate::model::peer::Language;
use crate::text::catalog::Catalog;

/// Seen by nobody else.
const EPHEMERAL: u32 = 64;
/// No address in it is looked up.
const NO_PREVIEWS: u32 = 4;
/// Characters of an answer that is typed.
const LONGEST: u32 = 320;

/// We are there.
pub fn pong() -> Value {
    json!({ "type": 1 })
}

/// The words follow, in the place of this answer.
pub fn later() -> Value {
    json!({ "type": 5 })
}

/// The button was taken; what follows is a message of its own.
pub fn taken() -> Value {
    json!({ "type": 6 })
}

/// There is nothing to choose from.
pub fn no_suggestions() -> Value {
    json!({ "type": 8, "data": { "choices": [] } })
}

/// Words of the catalog that only this person sees, perhaps with an address.
pub fn aside(catalog: &Catalog, language: &Language, key: &'static str, link: Option<(String, String)>) -> Value {
    let components = link.map(
        |(label, url)| json!([{ "type": 1, "components": [{ "type": 2, "style": 5, "label": label, "url": url }] }]),
    );
    json!({ "type": 4, "data": {
        "content": plain(&words(catalog, language, key)),
        "flags": EPHEMERAL | NO_PREVIEWS,
        "allowed_mentions": { "parse": [] },
        "components": components.unwrap_or_else(|| json!([])),
    } })
}

/// A form with one line. Secrets are never asked for by one: they have a page of ours.
pub fn form(catalog: &Catalog, language: &Language) -> Value {
    let say = |key| words(catalog, language, key);
    json!({ "type": 9, "data": {
        "custom_id": format!("{ASK}{}", language.tag()),
        "title": say("messaging-answer-title"),
        "components": [{
            "type": 18,
            "label": say("messaging-answer-label"),
            "description": say("messaging-answer-hint"),
            "component": {
                "type": 4, "custom_id": ANSWER_TEXT, "style": 1, "required": true, "min_length": 1,
                "max_length": LONGEST,
            },
        }],
    } })
}
