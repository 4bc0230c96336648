//! What a call says: every message that one can reach has words for the ear, in every language.

use ringback::model::names::{ArgName, MessageKey};
use ringback::model::peer::{Language, Surface};
use ringback::model::prompt::{Arg, Prompt};
use ringback::policy::tenant::ServiceDesk;
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

/// One text and digits as a call says them.
fn spoken(arg: Arg) -> String {
    let catalog = Catalog::shipped().unwrap_or_else(|faults| panic!("{faults:?}"));
    let prompt = match arg {
        Arg::Digits(_) => Prompt::of(MessageKey::of("voice-digits")).with("digits", arg),
        _ => Prompt::of(MessageKey::of("desk-contact")).with("desk", arg),
    };
    let english = Language("en".to_owned());
    let words = catalog.render(&english, Surface::Voice, &prompt, &|_| None).text;
    words.split_once(": ").unwrap().1.trim_end_matches('.').to_owned()
}

#[test]
fn digits_stand_in_groups_and_none_stands_alone() {
    let table = [
        ("42", "four, two"),
        ("0815", "zero, eight; one, five. Again: zero, eight; one, five"),
        ("12345", "one, two, three; four, five. Again: one, two, three; four, five"),
        ("1234567", "one, two, three; four, five; six, seven. Again: one, two, three; four, five; six, seven"),
    ];
    for (digits, expected) in table {
        assert_eq!(spoken(Arg::Digits(digits.to_owned())), expected);
    }
}

#[test]
fn the_way_to_the_service_desk_can_be_listened_to() {
    let table = [
        (
            "Desk, +44 20 7946 0958, weekdays 8 to 5",
            "Desk, four, four, two; zero, seven, nine; four, six, zero; nine, five, eight, weekdays 8 to 5",
        ),
        ("Desk, https://help.example.edu", "Desk, help dot example dot edu"),
        ("Desk, it.help@example.edu", "Desk, it dot help at example dot edu"),
        ("Desk, x1000", "Desk, extension one, zero; zero, zero"),
        ("Xaver's desk", "Xaver's desk"),
    ];
    for (desk, expected) in table {
        assert_eq!(spoken(Arg::Text(desk.to_owned())), expected);
    }
    let desk = |phone: Option<&str>, url: Option<&str>| {
        let own = |text: &str| text.to_owned();
        let mail = Some(own("desk@example.edu"));
        let desk =
            ServiceDesk { name: own("Desk"), phone: phone.map(own), mail, url: url.map(own), ..ServiceDesk::default() };
        desk.spoken()
    };
    let page = Some("https://help.example.edu/tickets/new?from=call");
    assert_eq!(desk(Some("+44 20 7946 0958"), page), "Desk, +44 20 7946 0958");
    assert_eq!(desk(None, page), "Desk, https://help.example.edu", "nobody listens to a path");
    assert_eq!(desk(None, None), "Desk, desk@example.edu");
}
