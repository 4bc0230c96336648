//! Everything that a call can say, in every language, in words and as documents.

use ringback::channels::voice::document::{Document, End, Gather, Speech, Step};
use ringback::channels::voice::provider::Provider;
use ringback::model::names::{ArgName, MessageKey};
use ringback::model::peer::{Language, Surface};
use ringback::model::prompt::{Arg, Prompt};
use ringback::model::time::Seconds;

use crate::support::clock::MORNING;
use crate::support::world::CATALOG;

/// Files whose messages calls may say, and those of them that only chats, mails and pages do.
const FILES: [&str; 8] = ["common", "desk", "gates", "identify", "reset", "unlock", "verify", "voice"];
const ELSEWHERE: [&str; 11] = [
    "common-write-to-me-privately",
    "common-old-button",
    "common-hello",
    "common-not-an-email",
    "channel-",
    "desk-mail-",
    "desk-fraud",
    "questions-expired",
    "questions-open-private-page",
    "push-",
    "reset-open-private-page",
];
const TURN: &str = "https://reset.example/hooks/voice/main/0a1b/3/77";

/// Language, message, words: with long but possible values, and with the values that choose other words.
pub fn words() -> Vec<(Language, String, String)> {
    let mut all: Vec<(Language, String, String)> = Vec::new();
    for language in CATALOG.languages() {
        for message in CATALOG.messages(language) {
            let file = message.file.rsplit('/').next().unwrap().trim_end_matches(".ftl");
            if !FILES.contains(&file) || ELSEWHERE.iter().any(|begins| message.key.starts_with(begins)) {
                continue;
            }
            for variant in 0..3 {
                let mut prompt = Prompt::of(MessageKey::parse(&message.key).unwrap());
                let args = message.args.iter().map(|name| (ArgName::parse(name).unwrap(), value(name, variant)));
                prompt.args.extend(args);
                let text = CATALOG.render(language, Surface::Voice, &prompt, &|_| None).text;
                if all.iter().all(|(_, _, known)| *known != text) {
                    all.push((language.clone(), message.key.clone(), text));
                }
            }
        }
    }
    all
}

pub fn value(name: &str, variant: usize) -> Arg {
    let text = |text: &str| Arg::Text(text.to_owned());
    match name {
        "method" => text(["sms", "email", "totp"][variant]),
        "mode" => text(["pair", "pound", "pair"][variant]),
        "shape" => text(["capital", "small", "small"][variant]),
        "count" | "left" | "minutes" | "done" | "needed" => Arg::Number(1 + variant as i64),
        "number" => text("RB-7K2M-49QX"),
        "digits" | "code" | "pair" => Arg::Digits("4839".to_owned()),
        "masked" | "hint" => text(["••••••45", "a•••@mail.example", "••••••45"][variant]),
        "phrase" => text("kernel; jacket; laundry; window; two, nine"),
        "word" => text("k for Kilo, e for Echo, r for Romeo, n for November, e for Echo, l for Lima"),
        "when" => Arg::Time(MORNING),
        "tenant" => text("International Medical University"),
        "desk" => text(["IT service desk, +60 3 2731 7000", "Assist, help.example.edu", "Desk, x1000"][variant]),
        "sign_in" => text("https://portal.office.com"),
        "key" => text("one"),
        _ => text("Office 365 and APSPACE"),
    }
}

/// A document for each of them, as a question with one key and as one with many, by turns.
pub fn documents(provider: Provider) -> Vec<(String, Document)> {
    let document = |(n, (language, key, text)): (usize, (Language, String, String))| {
        let said = vec![Step::Say(Speech { text, voice: provider.usual_voice(&language), slow: n % 5 == 0 })];
        let end = |prompt, most| {
            let (keyed, silent) = (TURN.to_owned(), format!("{TURN}?empty=1"));
            let (first, between) = (Seconds(7), Seconds(4));
            End::Gather(Gather { prompt, most, ends: most > 1, first, between, keyed, silent })
        };
        let document = match n % 4 {
            0 => Document { steps: vec![], end: end(said, 1) },
            1 => Document { steps: vec![], end: end(said, 18) },
            2 => Document { steps: said, end: end(vec![], 2) },
            _ => Document { steps: said, end: End::HangUp },
        };
        (format!("{key} in {language}"), document)
    };
    words().into_iter().enumerate().map(document).collect()
}
