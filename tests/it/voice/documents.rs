//! One document, three ways of writing it: golden files, and everything reads back as it was meant.

use std::path::PathBuf;

use proptest::prelude::*;
use ringback::channels::voice::document::{Document, End, Gather, Speech, Step, Transfer, Voice};
use ringback::channels::voice::{jambonz, twiml, vonage};
use ringback::model::contacts::PhoneNumber;
use ringback::model::time::Seconds;

use super::reader::{self, Heard, joined, say};

const TURN: &str = "https://reset.example/hooks/voice/main/0a1b/3/77";

fn voice(language: &str, name: Option<&str>) -> Voice {
    Voice { language: language.to_owned(), name: name.map(str::to_owned), vendor: None }
}

fn speech(text: &str) -> Step {
    Step::Say(Speech { text: text.to_owned(), voice: voice("en-GB", Some("Polly.Amy")), slow: false })
}

fn gather(prompt: Vec<Step>, most: u8, ends: bool) -> End {
    End::Gather(Gather {
        prompt,
        most,
        ends,
        first: Seconds(8),
        between: Seconds(4),
        keyed: TURN.to_owned(),
        silent: format!("{TURN}?empty=1"),
    })
}

fn desk() -> Transfer {
    Transfer {
        to: PhoneNumber::parse("+44 20 7946 0018 ext. 42", "GB").unwrap(),
        shown: PhoneNumber::parse("+44 20 7946 0000", "GB").ok(),
        ring: Seconds(30),
        note: Some("https://reset.example/hooks/voice/main/0a1b/note/77".to_owned()),
        through: "https://reset.example/hooks/voice/main/0a1b/3/77/through".to_owned(),
    }
}

pub fn shown() -> Vec<(&'static str, Document)> {
    let menu = vec![
        speech("Welcome to the university's account service."),
        speech("To unlock your account, press 1. For a new password, press 2."),
    ];
    let languages = vec![
        speech("For English, press 1."),
        Step::Say(Speech {
            text: "Untuk Bahasa Melayu, tekan 2.".to_owned(),
            voice: voice("ms-MY", None),
            slow: false,
        }),
    ];
    let warning = "If you did not ask for this call, hang up & tell the \"service desk\" <today>.";
    vec![
        ("menu", Document { steps: vec![], end: gather(menu, 1, false) }),
        ("languages", Document { steps: vec![], end: gather(languages, 1, false) }),
        ("code", Document { steps: vec![speech(warning)], end: gather(vec![speech("Key in the code.")], 8, true) }),
        (
            "poll",
            Document {
                steps: vec![speech("One moment, please.")],
                end: End::Redirect { after: Seconds(2), to: TURN.to_owned() },
            },
        ),
        (
            "recording",
            Document {
                steps: vec![Step::Pause(Seconds(1))],
                end: gather(vec![Step::Play("https://media.example/en/menu.mp3?v=1&k=2".to_owned())], 1, false),
            },
        ),
        ("transfer", Document { steps: vec![speech("I am putting you through.")], end: End::Transfer(desk()) }),
        ("end", Document { steps: vec![speech("Your account is unlocked. Goodbye.")], end: End::HangUp }),
        ("note", Document { steps: vec![speech("Case 4711, nothing is verified.")], end: End::Done }),
    ]
}

#[test]
fn documents_are_written_as_the_golden_files_have_them() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/it/voice/golden");
    let mut differing = Vec::new();
    for (name, document) in shown() {
        let json = |text: String| {
            let value: serde_json::Value = serde_json::from_str(&text).unwrap();
            format!("{}\n", serde_json::to_string_pretty(&value).unwrap())
        };
        let files = [
            (format!("{name}.twiml.xml"), format!("{}\n", twiml::render(&document).replace("><", ">\n<"))),
            (format!("{name}.jambonz.json"), json(jambonz::render(&document))),
            (format!("{name}.vonage.json"), json(vonage::render(&document))),
        ];
        for (file, text) in files {
            if std::env::var_os("RINGBACK_REWRITE").is_some() {
                std::fs::write(folder.join(&file), &text).unwrap();
            } else if std::fs::read_to_string(folder.join(&file)).unwrap_or_default() != text {
                differing.push(format!("{file}:\n{text}"));
            }
        }
    }
    assert!(differing.is_empty(), "RINGBACK_REWRITE=1 writes these; read the difference:\n{}", differing.join("\n"));
}

#[test]
fn a_bare_hash_is_a_key_where_one_key_is_asked_for() {
    let document = Document { steps: vec![], end: gather(vec![], 1, false) };
    assert!(twiml::render(&document).contains("finishOnKey=\"\""));
    assert!(!jambonz::render(&document).contains("finishOnKey"));
    assert!(vonage::render(&document).contains("\"submitOnHash\":false"));
}

/// What people could call themselves, and whatever else ends up in a text.
const PAYLOADS: &[&str] = &[
    "</Say><Dial><Number>+15005550006</Number></Dial><Say>",
    "]]><Hangup/>",
    "<!-- -->",
    "<![CDATA[x]]>",
    "&amp;&lt;&#60;Hangup/&#62;",
    "\" action=\"https://evil.example/",
    "' or '1'='1",
    "\"},{\"verb\":\"dial\",\"target\":[]},{\"x\":\"",
    "\"],\"eventUrl\":[\"https://evil.example",
    "<speak><audio src=\"https://evil.example/a.mp3\"/></speak>",
    "\u{0}\u{1}\u{8}\u{b}\u{c}\u{1f}\u{7f}\u{85}",
    "\u{fffe}\u{ffff}\u{feff}",
    "a\r\nb\tc",
    "\\u0022\\\\\"",
    "学生 Zoë Müller \u{202e}abc",
];

fn text() -> impl Strategy<Value = String> {
    let odd = prop::sample::select(PAYLOADS).prop_map(str::to_owned);
    prop_oneof![odd, "\\PC{0,200}", "[a-z .,?]{900,2500}", any::<String>().prop_map(|s| s.chars().take(300).collect())]
}

fn step() -> impl Strategy<Value = Step> {
    let voices = prop_oneof![
        Just(voice("en-GB", None)),
        Just(voice("ms-MY", Some("3"))),
        Just(Voice { vendor: Some("google".to_owned()), ..voice("zh-CN", Some("a\"<b")) }),
    ];
    prop_oneof![
        6 => (text(), voices).prop_map(|(text, voice)| Step::Say(Speech { text, voice, slow: false })),
        1 => "https://media\\.example/[a-z&=?]{1,20}".prop_map(Step::Play),
        1 => (1u32..9).prop_map(|seconds| Step::Pause(Seconds(seconds))),
        1 => "[0-9*#w]{1,8}".prop_map(Step::Press),
    ]
}

fn document() -> impl Strategy<Value = Document> {
    let steps = || prop::collection::vec(step(), 0..4);
    let address = || "https://reset\\.example/hooks/[a-z0-9/]{1,30}(\\?empty=1)?";
    let gathers = (steps(), 1u8..=20, any::<bool>(), 1u32..30, 1u32..20, address(), address()).prop_map(
        |(prompt, most, ends, first, between, keyed, silent)| {
            End::Gather(Gather { prompt, most, ends, first: Seconds(first), between: Seconds(between), keyed, silent })
        },
    );
    let redirects = (0u32..9, address()).prop_map(|(after, to)| End::Redirect { after: Seconds(after), to });
    let end = prop_oneof![4 => gathers, 2 => redirects, 1 => Just(End::Transfer(desk())), 1 => Just(End::HangUp)];
    (steps(), end).prop_map(|(steps, end)| Document { steps, end })
}

/// What a document means, for a format with or without redirects behind gathers and an explicit end.
fn meant(document: &Document, redirects: bool, hangs_up: bool, unsaid: fn(char) -> bool) -> Vec<Heard> {
    let passing = |steps: &[Step]| -> Vec<Heard> {
        let one = |step: &Step| match step {
            Step::Say(speech) => say(&speech.text.chars().filter(|c| !unsaid(*c)).collect::<String>()),
            Step::Play(address) => Heard::Play(address.clone()),
            Step::Pause(length) => Heard::Pause(u64::from(length.0)),
            Step::Press(keys) => Heard::Press(keys.clone()),
        };
        // Vonage has no such action: it is told the keys when a call is placed.
        let steps = steps.iter().filter(|step| hangs_up || !matches!(step, Step::Press(_)));
        steps.map(one).collect()
    };
    let mut heard = passing(&document.steps);
    match &document.end {
        End::Gather(gather) => {
            heard.extend(passing(&gather.prompt));
            let (most, ends) = (u64::from(gather.most), gather.ends && gather.most > 1);
            heard.push(Heard::Gather { most, ends, keyed: gather.keyed.clone() });
            heard.extend(redirects.then(|| Heard::Redirect(gather.silent.clone())));
        }
        End::Redirect { after, to } => {
            heard.extend((after.0 > 0).then_some(Heard::Pause(u64::from(after.0))));
            heard.push(Heard::Redirect(to.clone()));
        }
        End::Transfer(transfer) => heard.push(Heard::Transfer {
            to: transfer.to.e164().to_owned(),
            digits: transfer.to.extension().map(str::to_owned),
            note: transfer.note.clone(),
            through: transfer.through.clone(),
        }),
        End::HangUp => heard.extend(hangs_up.then_some(Heard::HangUp)),
        End::Done => {}
    }
    joined(heard)
}

/// One gather at most, and nothing to hear after it.
fn gather_is_last(heard: &[Heard]) -> bool {
    let is_gather = |one: &Heard| matches!(one, Heard::Gather { .. });
    match heard.iter().position(is_gather) {
        None => true,
        Some(at) => heard[at + 1..].iter().all(|one| matches!(one, Heard::Redirect(_))) && heard.len() <= at + 2,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn every_document_reads_back_as_it_was_meant(document in document()) {
        let nothing = |c: char| matches!(c, '\u{fffe}' | '\u{ffff}');
        let markup = |c: char| matches!(c, '<' | '>' | '\u{fffe}' | '\u{ffff}');
        let in_twiml = joined(reader::twiml(&twiml::render(&document)));
        prop_assert_eq!(&in_twiml, &meant(&document, true, true, nothing));
        let in_jambonz = joined(reader::jambonz(&jambonz::render(&document)));
        prop_assert_eq!(&in_jambonz, &meant(&document, false, true, markup));
        let in_vonage = joined(reader::vonage(&vonage::render(&document)));
        prop_assert_eq!(&in_vonage, &meant(&document, false, false, markup));
        for heard in [&in_twiml, &in_jambonz, &in_vonage] {
            prop_assert!(gather_is_last(heard));
        }
    }
}

#[test]
fn whoever_wants_more_time_is_spoken_to_slowly_or_with_pauses() {
    let said = |name: Option<&str>, vendor: Option<&str>| {
        let voice = Voice { vendor: vendor.map(str::to_owned), ..voice("en-GB", name) };
        let text = "One & all. Press 1.".to_owned();
        Document { steps: vec![], end: gather(vec![Step::Say(Speech { text, voice, slow: true })], 1, false) }
    };
    let basic = twiml::render(&said(None, None));
    assert!(basic.contains("One &amp; all.</Say><Pause length=\"1\"/><Say"), "a basic voice reads no markup: {basic}");
    let polly = twiml::render(&said(Some("Polly.Amy"), None));
    assert!(
        polly.contains("<prosody rate=\"slow\">One &amp; all.</prosody></Say>") && !polly.contains("<Pause"),
        "{polly}"
    );
    let slow = "<speak><prosody rate=\\\"slow\\\">One &amp; all. Press 1.</prosody></speak>";
    assert!(vonage::render(&said(None, None)).contains(slow));
    assert!(jambonz::render(&said(None, Some("google"))).contains(slow));
    let unknown = jambonz::render(&said(None, None));
    assert!(unknown.contains("[\"One & all.\",\"Press 1.\"]"), "sentence by sentence: {unknown}");
    for document in [said(None, None), said(Some("Polly.Amy"), Some("google"))] {
        let read = [
            reader::twiml(&twiml::render(&document)),
            reader::jambonz(&jambonz::render(&document)),
            reader::vonage(&vonage::render(&document)),
        ];
        for heard in read {
            let said = |one: &Heard| if let Heard::Say(text) = one { Some(text.clone()) } else { None };
            assert_eq!(heard.iter().filter_map(said).collect::<String>(), "One&all.Press1.");
        }
    }
}
