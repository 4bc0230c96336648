//! What is sent: as the description has it in every language, and as the golden files have it.

use std::path::PathBuf;

use ringback::channels::messaging::draw::{Addresses, draw, pieces};
use ringback::channels::telegram::message::{LIMITS, send_message};
use ringback::model::ids::PageId;
use ringback::model::names::{ArgName, MessageKey, OptionKey};
use ringback::model::peer::Language;
use ringback::model::prompt::{Arg, Choice, HumanChallenge, Input, PageLink, Prompt};
use ringback::model::time::Timestamp;
use serde_json::Value;

use super::description::faults;
use crate::support::world::CATALOG;
use crate::talks::run::Run;

/// The messages that one step becomes.
pub fn drawn(language: &Language, prompts: &[Prompt], group: bool) -> Vec<Value> {
    let challenge = prompts.iter().any(|prompt| prompt.challenge.is_some());
    let at = Addresses {
        page: &|_| "https://reset.example/page/0123456789abcdefghijklmnopqrstuvwxyzABCDEFG".to_owned(),
        challenge: challenge.then(|| format!("https://reset.example/human/{}", "x".repeat(80))),
        private_chat: group.then(|| "https://t.me/example_reset_bot?start=menu".to_owned()),
    };
    let messages = pieces(draw(&CATALOG, language, prompts, &at), LIMITS);
    messages.iter().map(|message| serde_json::to_value(send_message(5_550_001, message)).unwrap()).collect()
}

/// Everything that a talk said, in every language: what the Bot API would refuse.
pub fn unsendable(run: &Run) -> Vec<String> {
    let mut wrong = Vec::new();
    for said in run.world.heard.all() {
        for language in CATALOG.languages() {
            for message in drawn(language, std::slice::from_ref(&said.prompt), false) {
                let why = faults("sendMessage", &message);
                wrong.extend(why.iter().map(|why| format!("{} in {language}: {why}", said.prompt.message)));
                for choice in &said.prompt.choices {
                    if choice.token.len() > 64 {
                        wrong.push(format!("{}: a button of {} bytes", said.prompt.message, choice.token.len()));
                    }
                }
            }
        }
    }
    wrong
}

fn choice(key: &str, label: &'static str) -> Choice {
    let key = OptionKey::parse(key).unwrap();
    let token = format!("{key}.AAAAAAAAAAAAAAAA");
    Choice { key, label: MessageKey::of(label), args: Vec::new(), voice_key: None, token }
}

fn shown() -> Vec<(&'static str, Vec<Prompt>, bool)> {
    let of = |key: &'static str| Prompt::of(MessageKey::of(key));
    let menu = Prompt {
        choices: vec![
            choice("reset", "intent-reset"),
            choice("unlock", "intent-unlock"),
            choice("human", "intent-human"),
        ],
        input: Input::Choice,
        ..of("common-menu").with("tenant", Arg::Text("Asia Pacific University".to_owned()))
    };
    let masked = (ArgName::of("masked"), Arg::Text("••• ••• ••18".to_owned()));
    let method = (ArgName::of("method"), Arg::Text("sms".to_owned()));
    let number = Prompt {
        args: vec![masked, method],
        choices: vec![choice("other", "intent-human")],
        input: Input::Phone,
        ..of("code-confirm-target")
    };
    let link = PageLink { page: PageId([7; 16]), expires: Timestamp(1_767_575_400_000), short_code: "4815".to_owned() };
    let page = Prompt { page: Some(link), ..of("reset-open-private-page").with("minutes", Arg::Number(10)) };
    let human = Prompt {
        challenge: Some(HumanChallenge { digits: "48151".to_owned() }),
        input: Input::Text,
        ..of("identify-human-challenge")
    };
    vec![
        ("menu", vec![of("common-interrupted"), menu], false),
        ("number", vec![number], false),
        ("page", vec![page], false),
        ("human", vec![human], false),
        ("group", vec![of("common-write-to-me-privately")], true),
    ]
}

/// `RINGBACK_REWRITE=1` writes them; read the difference.
#[test]
fn messages_are_as_the_golden_files_have_them() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/it/messaging/telegram/golden");
    for (name, prompts, group) in shown() {
        for language in CATALOG.languages() {
            let messages = drawn(language, &prompts, group);
            for message in &messages {
                assert_eq!(faults("sendMessage", message), Vec::<String>::new(), "{name} in {language}");
            }
            let text = serde_json::to_string_pretty(&messages).unwrap() + "\n";
            let file = folder.join(format!("{name}.{language}.json"));
            if std::env::var_os("RINGBACK_REWRITE").is_some() {
                std::fs::create_dir_all(&folder).unwrap();
                std::fs::write(&file, &text).unwrap();
            }
            assert_eq!(std::fs::read_to_string(&file).unwrap_or_default(), text, "{}", file.display());
        }
    }
}

/// Every message of the catalogue fits, with arguments longer than any that occurs.
#[test]
fn every_message_in_every_language_keeps_the_limits() {
    let mut n = 0;
    for language in CATALOG.languages() {
        for message in CATALOG.messages(language) {
            let Ok(key) = MessageKey::parse(&message.key) else { continue };
            let long = |name: &String| Some((ArgName::parse(name).ok()?, Arg::Text("W".repeat(60))));
            let args = message.args.iter().filter_map(long).collect();
            let label = |n: usize| Choice { label: key.clone(), ..choice(&format!("option-{n}"), "intent-human") };
            let prompt =
                Prompt { args, choices: (0..8).map(label).collect(), input: Input::Choice, ..Prompt::of(key.clone()) };
            for sent in drawn(language, &[prompt.clone(), prompt], false) {
                assert_eq!(faults("sendMessage", &sent), Vec::<String>::new(), "{key} in {language}");
                n += 1;
            }
        }
    }
    println!("{n} messages");
    assert!(n > 200);
}
