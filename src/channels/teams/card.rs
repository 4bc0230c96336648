//! A message as Teams has it: an Adaptive Card of version 1.5, whose every button can also be typed.
//!
//! Words stand in rich text, which has no markup: nothing in a name or a hint can be taken for some.

use serde_json::{Value, json};

use crate::channels::messaging::draw::Drawn;
use crate::channels::messaging::platform::Limits;
use crate::channels::teams::activity::VERB;

/// A card may have about 28 KB. Its words stand in it twice (once as fallback), in up to three bytes a unit.
pub const LIMITS: Limits = Limits { text: 3_000, label: 60, token: 64, choices: 24 };
/// Buttons of one row of actions; more would hide behind a menu.
const ROW: usize = 4;
/// Characters of what a notification shows.
const SUMMARY: usize = 120;
pub const CARD: &str = "application/vnd.microsoft.card.adaptive";

/// The activity that shows a message.
pub fn activity(drawn: &Drawn) -> Value {
    json!({
        "type": "message",
        "locale": drawn.language.tag(),
        "summary": summary(&drawn.text),
        "attachments": [{ "contentType": CARD, "content": card(drawn) }],
    })
}

/// The card alone, as it also answers a button.
pub fn card(drawn: &Drawn) -> Value {
    let mut body: Vec<Value> =
        drawn.text.split('\n').scan(true, |gap, line| Some(paragraph(gap, line))).flatten().collect();
    let links =
        drawn.links.iter().map(|link| json!({ "type": "Action.OpenUrl", "title": link.label, "url": link.url }));
    let picks = drawn.choices.iter().map(|button| {
        let (title, data) = (button.words(LIMITS), json!({ VERB: button.token }));
        json!({
            "type": "Action.Execute", "title": title, "verb": VERB, "data": data,
            "fallback": { "type": "Action.Submit", "title": title, "data": data },
        })
    });
    let actions: Vec<Value> = links.chain(picks).collect();
    body.extend(actions.chunks(ROW).map(|row| json!({ "type": "ActionSet", "actions": row })));
    json!({
        "type": "AdaptiveCard",
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "version": "1.5",
        "lang": drawn.language.tag(),
        "body": body,
        "fallbackText": fallback(drawn),
    })
}

/// One line; after an empty one there is more room above.
fn paragraph(gap: &mut bool, line: &str) -> Option<Value> {
    let line = line.trim_end();
    if line.is_empty() {
        *gap = true;
        return None;
    }
    let spacing = if std::mem::take(gap) { "medium" } else { "none" };
    Some(json!({ "type": "RichTextBlock", "spacing": spacing, "inlines": [{ "type": "TextRun", "text": line }] }))
}

/// Everything as plain words, for a program that shows no cards.
fn fallback(drawn: &Drawn) -> String {
    let choices = drawn.choices.iter().map(|button| button.words(LIMITS));
    let links = drawn.links.iter().map(|link| format!("{}: {}", link.label, link.url));
    let rest: Vec<String> = choices.chain(links).collect();
    if rest.is_empty() { drawn.text.clone() } else { format!("{}\n\n{}", drawn.text, rest.join("\n")) }
}

fn summary(text: &str) -> String {
    let line = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    if line.chars().count() <= SUMMARY {
        return line.to_owned();
    }
    line.chars().take(SUMMARY - 1).chain(['…']).collect()
}
