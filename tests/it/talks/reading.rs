//! What a run compares: words as they stand on a screen, kinds as they stand in the record.

use ringback::audit::AuditKind;
use ringback::model::peer::{Channel, Surface};
use ringback::model::prompt::{Input, Prompt};

use crate::support::world::World;
use crate::support::world::mailroom::Said;

/// The name of a kind, as it stands in the record.
pub fn kind(kind: &AuditKind) -> String {
    match serde_json::to_value(kind).unwrap() {
        serde_json::Value::Object(fields) => fields.keys().next().cloned().unwrap_or_default(),
        name => name.as_str().unwrap_or_default().to_owned(),
    }
}

/// Text as far as it matters where it stands: a page shows addresses without their scheme, and breaks lines elsewhere.
pub fn bare(text: &str) -> String {
    let marks = |c: &char| !c.is_whitespace() && !('\u{2066}'..='\u{2069}').contains(c);
    text.replace("https://", "").chars().filter(marks).collect()
}

/// The words of a prompt and of its choices, as they stand on a screen.
pub fn rendered(world: &World, said: &Said) -> Vec<String> {
    let inbox = world.running().runtime.inbox();
    let surface = if said.peer.channel == Channel::Voice { Surface::Voice } else { Surface::Chat };
    let rendered = world.catalog.render(&said.language, surface, &said.prompt, &|key| inbox.secret(key));
    std::iter::once(rendered.text).chain(rendered.choices).collect()
}

/// The question that is open, as far as a person can see.
pub fn question(heard: &[Said]) -> Option<&Prompt> {
    let asks = |prompt: &&Prompt| prompt.input != Input::Nothing || !prompt.choices.is_empty() || prompt.page.is_some();
    heard.iter().rev().map(|said| &said.prompt).find(asks)
}

pub fn choices(prompt: &Prompt) -> Vec<&str> {
    prompt.choices.iter().map(|choice| choice.key.as_str()).collect()
}
