//! Every message that a script names, with what it is for.

use std::collections::BTreeMap;

use crate::flow::read::{PlacedFlow, Scripts};
use crate::flow::script::place::{At, Place};
use crate::flow::script::{Args, NodeScript, OptionScript, VoiceText};
use crate::model::method::Method;
use crate::model::names::MessageKey;

/// What a message is for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Use {
    /// Shown or spoken.
    Prompt,
    /// Spoken only.
    Voice,
    /// The label of an option.
    Label,
    /// The text around the link to a private page.
    Page,
    /// A mail or a ticket; its arguments are not the script's.
    Template,
}

/// A message as a script uses it.
pub struct Used<'a> {
    pub key: MessageKey,
    pub place: Place,
    pub args: &'a Args,
    pub purpose: Use,
    /// Another message is spoken instead.
    pub spoken_elsewhere: bool,
}

static NO_ARGS: Args = BTreeMap::new();

/// The messages of a flow in the order of its states.
pub fn of_flow(placed: &PlacedFlow) -> Vec<Used<'_>> {
    let mut texts = Vec::new();
    for node in placed.script.states.values() {
        of_node(node, &mut texts);
    }
    texts
}

/// The messages of the globals.
pub fn of_globals(scripts: &Scripts) -> Vec<Used<'_>> {
    let Some((_, globals)) = &scripts.globals else { return Vec::new() };
    let mut texts = vec![bare(&globals.group, Use::Prompt)];
    let retry = &globals.defaults.retry;
    texts.extend(retry.no_match.iter().chain(&retry.no_input).map(|key| bare(key, Use::Prompt)));
    for rule in globals.commands.values() {
        texts.extend(rule.say.iter().chain(&rule.confirm).map(|key| bare(key, Use::Prompt)));
    }
    texts
}

fn of_node<'a>(node: &'a NodeScript, texts: &mut Vec<Used<'a>>) {
    match node {
        NodeScript::Say(say) => both(texts, &say.text, &say.args, say.voice.as_ref(), Use::Prompt),
        NodeScript::Ask(ask) => {
            let spoken = ask.voice.as_ref().and_then(|voice| voice.prompt.as_ref());
            pair(texts, &ask.prompt, &ask.args, spoken, Use::Prompt);
            labels(texts, &ask.options);
        }
        NodeScript::Choose(choose) => {
            both(texts, &choose.prompt, &choose.args, choose.voice.as_ref(), Use::Prompt);
            labels(texts, &choose.options);
        }
        NodeScript::Do(wish) => {
            let template = wish.with.as_ref().and_then(|with| with.template.as_ref());
            texts.extend(template.map(|key| bare(key, Use::Template)));
        }
        NodeScript::Gates(gates) => {
            both(texts, &gates.prompt, &gates.args, gates.voice.as_ref(), Use::Prompt);
            pair(texts, &gates.progress.text, &gates.progress.args, None, Use::Prompt);
            for method in gates.each.keys().filter_map(|method| method.value) {
                texts.extend(method_label(&gates.label, method));
            }
        }
        NodeScript::Page(page) => both(texts, &page.text, &page.args, page.voice.as_ref(), Use::Page),
        NodeScript::Wait(wait) => both(texts, &wait.text, &wait.args, wait.voice.as_ref(), Use::Prompt),
        NodeScript::Call(_) | NodeScript::End(_) => {}
    }
}

/// The label that the engine puts together for a method.
pub fn method_label<'a>(prefix: &At<MessageKey>, method: Method) -> Option<Used<'a>> {
    let key = MessageKey::parse(&format!("{}{}", prefix.as_str(), method.name().replace('_', "-"))).ok()?;
    Some(Used { key, place: prefix.place, args: &NO_ARGS, purpose: Use::Label, spoken_elsewhere: false })
}

fn labels<'a>(texts: &mut Vec<Used<'a>>, options: &'a [OptionScript]) {
    texts.extend(options.iter().map(|option| bare(&option.label, Use::Label)));
}

fn both<'a>(
    texts: &mut Vec<Used<'a>>,
    key: &'a At<MessageKey>,
    args: &'a Args,
    voice: Option<&'a VoiceText>,
    purpose: Use,
) {
    pair(texts, key, args, voice.map(|voice| &voice.text), purpose);
}

fn pair<'a>(
    texts: &mut Vec<Used<'a>>,
    key: &'a At<MessageKey>,
    args: &'a Args,
    voice: Option<&'a At<MessageKey>>,
    purpose: Use,
) {
    let spoken_elsewhere = voice.is_some();
    texts.push(Used { key: key.value.clone(), place: key.place, args, purpose, spoken_elsewhere });
    texts.extend(voice.map(|key| Used { args, ..bare(key, Use::Voice) }));
}

fn bare<'a>(key: &At<MessageKey>, purpose: Use) -> Used<'a> {
    Used { key: key.value.clone(), place: key.place, args: &NO_ARGS, purpose, spoken_elsewhere: false }
}
