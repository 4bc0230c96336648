//! How long a caller has to listen: every message and every menu of every language, spoken by espeak-ng at 150 words a
//! minute.

use std::process::Command;

use ringback::flow::load;
use ringback::flow::set::{FlowSet, MenuOption, Node, Predicate, Text};
use ringback::model::method::Method;
use ringback::model::names::{ArgName, MessageKey, OptionKey};
use ringback::model::peer::Surface;
use ringback::model::prompt::{Arg, Choice, Prompt};

use super::everything::{value, words};
use crate::support::world::CATALOG;

/// Seconds that anybody listens to one message, and to a question with all its options.
const LONGEST: f64 = 20.0;
const LONGEST_MENU: f64 = 30.0;
/// Menus that may last longer, and why.
const LONGER: [(&str, &str); 0] = [];
/// Bytes of a second of its sound: 22,050 samples of two.
const SECOND: f64 = 22_050.0 * 2.0;
const HEAD: usize = 44;
/// What is offered at most where somebody chooses how to verify; a menu has five keys.
const METHODS: [Method; 5] = [Method::Email, Method::Sms, Method::CallMobile, Method::CallOffice, Method::Totp];

fn seconds(language: &str, text: &str) -> f64 {
    let spoken = Command::new("espeak-ng").args(["-v", language, "-s", "150", "--stdout", "--", text]).output();
    let spoken = spoken.unwrap_or_else(|error| panic!("espeak-ng (tests/setup/debian.sh): {error}"));
    assert!(spoken.status.success(), "{}", String::from_utf8_lossy(&spoken.stderr));
    spoken.stdout.len().saturating_sub(HEAD) as f64 / SECOND
}

/// The longest first; the ten of them are printed.
fn longest(kind: &str, mut lasting: Vec<(f64, String)>) -> Vec<(f64, String)> {
    lasting.sort_by(|one, other| other.0.total_cmp(&one.0));
    println!("{} {kind} were spoken; the longest ten:", lasting.len());
    for (seconds, what) in lasting.iter().take(10) {
        println!("  {seconds:.1} s {what}");
    }
    assert!(lasting.iter().all(|(seconds, _)| *seconds > 0.1), "silence: {:?}", lasting.last());
    lasting
}

#[test]
fn nothing_that_is_said_lasts_longer_than_twenty_seconds() {
    let lasting = words()
        .into_iter()
        .map(|(language, key, text)| (seconds(language.tag(), &text), format!("{key} in {language}: {text}")));
    let lasting = longest("messages", lasting.collect());
    let long: Vec<_> = lasting.iter().filter(|(seconds, _)| *seconds > LONGEST).collect();
    assert!(lasting.len() > 300 && long.is_empty(), "nobody listens to these: {long:#?}");
}

/// A question by ear, with long but possible values.
fn asked(text: &Text) -> Prompt {
    named(text.voice.as_ref().unwrap_or(&text.key))
}

fn named(key: &MessageKey) -> Prompt {
    let mut prompt = Prompt::of(key.clone());
    let known = CATALOG.messages(&CATALOG.languages()[0]).find(|message| message.key == key.as_str());
    let args = known.map(|message| message.args.clone()).unwrap_or_default();
    prompt.args.extend(args.iter().map(|name| (ArgName::parse(name).unwrap(), value(name, 0))));
    prompt
}

fn choice(key: &str, label: &MessageKey, voice_key: Option<char>) -> Choice {
    let args = named(label).args;
    Choice { key: OptionKey::parse(key).unwrap(), label: label.clone(), args, voice_key, token: String::new() }
}

/// Every question of the shipped flows that offers options by ear, with all of them at once.
fn menus() -> Vec<(String, Prompt)> {
    let flows = FlowSet::load(&load::shipped(), Some(&CATALOG)).unwrap_or_else(|findings| panic!("{findings:?}"));
    let seen_only = |option: &&MenuOption| {
        !option.when.iter().any(|when| when.negated && when.predicate == Predicate::SurfaceVoice)
    };
    let mut all = Vec::new();
    for (id, flow) in &flows.flows {
        for (state, node) in &flow.states {
            let (mut prompt, options) = match node {
                Node::Ask(ask) => (asked(&ask.prompt), &ask.options[..]),
                Node::Choose(choose) => (asked(&choose.prompt), &choose.options[..]),
                Node::Gates(gates) => {
                    // The first of two checks: nothing is done yet, and every way is open.
                    let two = |name: &str| Arg::Number(if name == "done" { 0 } else { 2 });
                    let mut prompt = asked(&gates.prompt);
                    prompt.args = prompt.args.into_iter().map(|(name, _)| (name.clone(), two(name.as_str()))).collect();
                    for (n, method) in METHODS.into_iter().enumerate() {
                        let name = method.name().replace('_', "-");
                        let label = MessageKey::parse(&format!("{}{name}", gates.label)).unwrap();
                        let mut offered = choice(&name, &label, char::from_digit(n as u32 + 1, 10));
                        if method == Method::Email {
                            let mailbox = |(name, _)| (name, value("masked", 1));
                            offered.args = offered.args.into_iter().map(mailbox).collect();
                        }
                        prompt.choices.push(offered);
                    }
                    (prompt, &[][..])
                }
                _ => continue,
            };
            let options = options.iter().filter(seen_only);
            prompt.choices.extend(options.map(|it| choice(it.key.as_str(), &it.label, it.voice_key)));
            if !prompt.choices.is_empty() {
                all.push((format!("{id}/{state}"), prompt));
            }
        }
    }
    let mut first = named(&MessageKey::of("common-menu"));
    for (key, label) in [('1', "intent-unlock"), ('2', "intent-reset"), ('0', "intent-human")] {
        first.choices.push(choice(&label[7..], &MessageKey::of(label), Some(key)));
    }
    all.push(("the first menu".to_owned(), first));
    all
}

#[test]
fn no_menu_lasts_longer_than_half_a_minute_unless_it_says_why() {
    let menus = menus();
    let mut lasting = Vec::new();
    for language in CATALOG.languages() {
        for (name, prompt) in &menus {
            let rendered = CATALOG.render(language, Surface::Voice, prompt, &|_| None);
            let text = std::iter::once(rendered.text).chain(rendered.choices).collect::<Vec<_>>().join(" ");
            lasting.push((seconds(language.tag(), &text), format!("{name} in {language}: {text}")));
        }
    }
    let lasting = longest("menus", lasting);
    let excused = |what: &str| LONGER.iter().any(|(name, _)| what.starts_with(name));
    let long: Vec<_> = lasting.iter().filter(|(length, what)| *length > LONGEST_MENU && !excused(what)).collect();
    assert!(lasting.len() >= 20 && long.is_empty(), "nobody remembers the first option of these: {long:#?}");
}
