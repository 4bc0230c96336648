//! What is sent: as the description has it in every language, and as the golden files have it.

use std::path::PathBuf;

use ringback::channels::discord::answer;
use ringback::channels::discord::commands::{COMMANDS, commands};
use ringback::channels::discord::message::{LIMITS, body, words};
use ringback::channels::messaging::draw::{Addresses, draw, pieces};
use ringback::model::ids::PageId;
use ringback::model::names::{ArgName, MessageKey, OptionKey};
use ringback::model::peer::Language;
use ringback::model::prompt::{Arg, Choice, HumanChallenge, Input, PageLink, Prompt};
use ringback::model::time::Timestamp;
use serde_json::{Value, json};

use super::described;
use super::description::{faults, faults_of_answer, name_of_answer};
use crate::support::world::CATALOG;

/// Wherever a message may go.
const BODIES: [&str; 3] =
    ["MessageCreateRequest", "IncomingWebhookRequestPartial", "IncomingWebhookUpdateRequestPartial"];

/// The messages that one step becomes.
fn drawn(language: &Language, prompts: &[Prompt], group: bool) -> Vec<Value> {
    let challenge = prompts.iter().any(|prompt| prompt.challenge.is_some());
    let at = Addresses {
        page: &|_| "https://reset.example/page/0123456789abcdefghijklmnopqrstuvwxyzABCDEFG".to_owned(),
        challenge: challenge.then(|| format!("https://reset.example/human/{}", "x".repeat(80))),
        private_chat: group.then(|| "https://discord.com/users/1100000000000000001".to_owned()),
    };
    let messages = pieces(draw(&CATALOG, language, prompts, &at), LIMITS);
    messages.iter().map(|message| serde_json::to_value(body(&CATALOG, message)).unwrap()).collect()
}

/// The messages that a prompt becomes, as every body that they may be.
pub fn bodies_of(prompt: &Prompt, language: &Language) -> Vec<(&'static str, Value)> {
    let messages = drawn(language, std::slice::from_ref(prompt), false);
    messages.into_iter().flat_map(|message| BODIES.map(|name| (name, message.clone()))).collect()
}

/// What is wrong with the messages that a prompt becomes, if anything is.
pub fn faults_of(prompt: &Prompt, language: &Language) -> Vec<String> {
    let named = |why: String| format!("{} in {language}: {why}", prompt.message);
    let bodies = bodies_of(prompt, language);
    bodies.iter().flat_map(|(name, message)| faults(name, message)).map(named).collect()
}

fn choice(key: &str, label: &'static str) -> Choice {
    let key = OptionKey::parse(key).unwrap();
    let token = format!("{key}.AAAAAAAAAAAAAAAA");
    Choice { key, label: MessageKey::of(label), args: Vec::new(), voice_key: None, token }
}

fn shown() -> Vec<(&'static str, Vec<Prompt>, bool)> {
    let of = |key: &'static str| Prompt::of(MessageKey::of(key));
    let choices =
        vec![choice("reset", "intent-reset"), choice("unlock", "intent-unlock"), choice("human", "intent-human")];
    let menu = Prompt {
        choices: choices.clone(),
        input: Input::Choice,
        ..of("common-menu").with("tenant", Arg::Text("Asia *Pacific* University".to_owned()))
    };
    let many = (0..7).map(|n| choice(&format!("option-{n}"), "intent-human")).collect();
    let select = Prompt { choices: many, ..menu.clone() };
    let number = Prompt {
        args: vec![
            (ArgName::of("masked"), Arg::Text("••• ••• ••18".to_owned())),
            (ArgName::of("method"), Arg::Text("sms".to_owned())),
        ],
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
        ("select", vec![select], false),
        ("number", vec![number], false),
        ("page", vec![page], false),
        ("human", vec![human], false),
        ("group", vec![of("common-write-to-me-privately")], true),
    ]
}

/// `RINGBACK_REWRITE=1` writes it; read the difference.
fn golden(name: &str, value: &Value) {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/it/messaging/discord/golden");
    let (file, text) = (folder.join(format!("{name}.json")), serde_json::to_string_pretty(value).unwrap() + "\n");
    if std::env::var_os("RINGBACK_REWRITE").is_some() {
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(&file, &text).unwrap();
    }
    assert_eq!(std::fs::read_to_string(&file).unwrap_or_default(), text, "{}", file.display());
}

#[test]
fn messages_are_as_the_golden_files_have_them() {
    for (name, prompts, group) in shown() {
        for language in CATALOG.languages() {
            let messages = drawn(language, &prompts, group);
            for message in &messages {
                for body in BODIES {
                    assert_eq!(faults(body, message), Vec::<String>::new(), "{name} in {language}");
                }
            }
            golden(&format!("{name}.{language}"), &json!(messages));
        }
    }
}

/// Every kind of answer to an interaction.
fn answers(language: &Language) -> Value {
    let link = Some((words(&CATALOG, language, "messaging-private-chat"), "https://discord.com/users/1".to_owned()));
    json!([
        answer::pong(),
        answer::later(),
        answer::taken(),
        answer::no_suggestions(),
        answer::form(&CATALOG, language),
        answer::aside(&CATALOG, language, "messaging-unknown", None),
        answer::aside(&CATALOG, language, "messaging-try-again", None),
        answer::aside(&CATALOG, language, "common-write-to-me-privately", link),
    ])
}

#[test]
fn answers_in_every_language_are_as_the_description_and_the_golden_files_have_them() {
    for language in CATALOG.languages() {
        let answers = answers(language);
        for answer in answers.as_array().unwrap() {
            assert_eq!(faults_of_answer(answer), Vec::<String>::new(), "{answer} in {language}");
        }
        golden(&format!("answers.{language}"), &answers);
    }
}

#[test]
fn commands_are_described_in_every_language_and_nothing_is_cut_off() {
    let all = serde_json::to_value(commands(&CATALOG)).unwrap();
    golden("commands", &all);
    for (command, (_, key)) in all.as_array().unwrap().iter().zip(COMMANDS) {
        assert_eq!(faults("ApplicationCommandUpdateRequest", command), Vec::<String>::new(), "{command}");
        let mut described = vec![(command, key)];
        for option in command["options"].as_array().into_iter().flatten() {
            assert_eq!(faults("ApplicationCommandStringOption", option), Vec::<String>::new(), "{option}");
            described.push((option, "messaging-command-answer-text"));
        }
        for (part, key) in described {
            let all_words = part.to_string();
            for language in CATALOG.languages() {
                let words = words(&CATALOG, language, key);
                assert!(all_words.contains(&words), "`{words}` is not in {all_words}");
            }
        }
    }
}

/// Every message of the catalogue fits, with arguments longer than any that occurs. The whole description judges them too,
/// and every answer, and the commands.
#[test]
fn every_message_in_every_language_keeps_the_limits() {
    let mut all = Vec::new();
    for language in CATALOG.languages() {
        for message in CATALOG.messages(language) {
            let Ok(key) = MessageKey::parse(&message.key) else { continue };
            let long = |name: &String| Some((ArgName::parse(name).ok()?, Arg::Text("*".repeat(60))));
            let args = message.args.iter().filter_map(long).collect();
            let label = |n: usize| Choice { label: key.clone(), ..choice(&format!("option-{n}"), "intent-human") };
            for choices in [5, 75] {
                let prompt = Prompt {
                    args: Clone::clone(&args),
                    choices: (0..choices).map(label).collect(),
                    input: Input::Phone,
                    ..Prompt::of(key.clone())
                };
                for sent in drawn(language, &[prompt.clone(), prompt], true) {
                    for body in BODIES {
                        assert_eq!(faults(body, &sent), Vec::<String>::new(), "{key} in {language}");
                        all.push((body, sent.clone()));
                    }
                }
            }
        }
        let answers = answers(language);
        all.extend(answers.as_array().unwrap().iter().map(|answer| (name_of_answer(answer).unwrap(), answer.clone())));
    }
    let commands = serde_json::to_value(commands(&CATALOG)).unwrap();
    all.extend(commands.as_array().unwrap().iter().map(|command| ("ApplicationCommandUpdateRequest", command.clone())));
    println!("{} bodies", all.len());
    assert!(all.len() > 600);
    assert_eq!(described::faults(&all), Vec::<String>::new());
}
