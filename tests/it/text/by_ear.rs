//! What a call says: every message that one can reach has words for the ear, in every language.

use ringback::model::names::{ArgName, MessageKey};
use ringback::model::peer::Surface;
use ringback::model::prompt::{Arg, Prompt};
use ringback::text::catalog::Catalog;

/// Files whose messages calls may say.
const FILES: [&str; 8] = ["common", "desk", "gates", "identify", "reset", "unlock", "verify", "voice"];
/// Said in chats, mails and pages only.
const ELSEWHERE: [&str; 10] = [
    "common-write-to-me-privately",
    "common-old-button",
    "common-hello",
    "common-not-an-email",
    "channel-",
    "desk-mail-",
    "desk-fraud",
    "questions-",
    "push-",
    "reset-open-private-page",
];
/// What somebody does who has a screen.
const SCREEN: [(&str, &[&str]); 2] = [
    ("en", &["type", "write", "click", "tap ", "button", "screen", "chat", "scroll"]),
    ("ms", &["taip", "tulis", "klik", "butang", "skrin", "sembang", "tatal"]),
];
/// A link is opened on a screen, and a password that is read out is written down.
const BESIDE: [&str; 3] = ["voice-link-sent", "voice-opt-ready", "reset-new-password-by-phone"];

#[test]
fn nothing_that_is_said_on_a_call_needs_a_screen() {
    let catalog = Catalog::shipped().unwrap_or_else(|faults| panic!("{faults:?}"));
    let (mut said, mut faults) = (0, Vec::new());
    for language in catalog.languages() {
        let words = SCREEN.iter().find(|(tag, _)| *tag == language.tag()).expect("every language has its words").1;
        for message in catalog.messages(language) {
            let file = message.file.rsplit('/').next().unwrap().trim_end_matches(".ftl");
            let elsewhere = ELSEWHERE.iter().any(|begins| message.key.starts_with(begins));
            if !FILES.contains(&file) || elsewhere || BESIDE.contains(&message.key.as_str()) {
                continue;
            }
            said += 1;
            for method in ["sms", "email"] {
                let mut prompt = Prompt::of(MessageKey::parse(&message.key).unwrap());
                prompt.args.extend(message.args.iter().map(|name| {
                    let value = match name.as_str() {
                        "method" => Arg::Text(method.to_owned()),
                        "mode" => Arg::Text("pair".to_owned()),
                        "count" | "left" | "digits" | "minutes" | "number" | "done" | "needed" => Arg::Number(6),
                        _ => Arg::Text("x".to_owned()),
                    };
                    (ArgName::parse(name).unwrap(), value)
                }));
                let text = catalog.render(language, Surface::Voice, &prompt, &|_| None).text.to_lowercase();
                if let Some(word) = words.iter().find(|word| text.contains(**word)) {
                    faults.push(format!("{} in {language} says `{word}`: {text}", message.key));
                }
            }
        }
    }
    println!("{said} messages were listened to");
    assert!(said > 200 && faults.is_empty(), "{said} messages, {} faults:\n{}", faults.len(), faults.join("\n"));
}
