//! What people type leads where it should: nothing ever starts the wrong thing, and no table entry goes untested.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use proptest::prelude::*;
use ringback::model::command::Command;
use ringback::model::names::{MessageKey, OptionKey};
use ringback::model::peer::Language;
use ringback::model::purpose::Purpose;
use ringback::text::catalog::Catalog;
use ringback::text::understand::{Candidates, Meaning, Reading, normal};

/// Lines that may lead to a menu instead of where they should; a wrong start is never allowed.
const MENUS_ALLOWED: usize = 3;

/// One line of the file, in its situation.
struct Line {
    at: usize,
    situation: Situation,
    said: String,
    expected: Meaning,
}

#[derive(Clone, Default)]
struct Situation {
    choices: Vec<(OptionKey, MessageKey)>,
    exact: bool,
    yes_no: bool,
    intents: bool,
}

impl Situation {
    /// From a heading such as `[methods] email | sms, exact: how to verify?`.
    fn read(heading: &str) -> Self {
        let (name, rest) = heading.trim_start_matches('[').split_once(']').unwrap();
        let offer = rest.split_once(':').unwrap().0;
        let (options, exact) = offer.strip_suffix(", exact").map_or((offer, false), |options| (options, true));
        let choices = match name {
            "start" | "answer" => Vec::new(),
            name => options.split('|').map(|key| choice(name, key.trim())).collect(),
        };
        Self { choices, exact, yes_no: name == "confirm", intents: name == "start" }
    }

    fn reading(&self, catalog: &Catalog, said: &str) -> Reading {
        let Self { choices, exact, yes_no, intents } = self;
        let candidates = Candidates { choices, exact: *exact, yes_no: *yes_no, intents: *intents };
        catalog.reading(&english(), &candidates, said)
    }

    fn meaning(&self, word: &str) -> Meaning {
        let choice = self.choices.iter().find(|(key, _)| key.as_str() == word);
        match word {
            "yes" => Meaning::Yes,
            "no" => Meaning::No,
            "doubt" => Meaning::Doubt,
            "nothing" => Meaning::Nothing,
            _ if choice.is_some() => Meaning::Choice(OptionKey::parse(word).unwrap()),
            "reset" => Meaning::Intent(Purpose::ResetPassword),
            "unlock" => Meaning::Intent(Purpose::UnlockAccount),
            "help" => Meaning::Command(Command::Help),
            "repeat" => Meaning::Command(Command::Repeat),
            "language" => Meaning::Command(Command::Language),
            "human" => Meaning::Command(Command::Human),
            "cancel" => Meaning::Command(Command::Cancel),
            "restart" => Meaning::Command(Command::Restart),
            "en" | "ms" => Meaning::Language(Language(word.to_owned())),
            other => panic!("no such meaning: {other}"),
        }
    }
}

fn choice(situation: &str, key: &str) -> (OptionKey, MessageKey) {
    let label = match (situation, key) {
        ("why", key) => format!("reset-opt-{key}"),
        ("methods", key) => format!("verify-method-{}", key.replace('_', "-")),
        ("code", "resend") => "code-opt-resend".to_owned(),
        ("challenge", _) => "identify-opt-another-challenge".to_owned(),
        ("desk", "live") => "desk-opt-connect".to_owned(),
        ("desk", key) => format!("desk-opt-{key}"),
        ("again", "again") => "call-opt-again".to_owned(),
        ("confirm", key) => format!("common-{key}"),
        (_, "other") => "verify-other-way".to_owned(),
        other => panic!("no label for {other:?}"),
    };
    (OptionKey::parse(key).unwrap(), MessageKey::parse(&label).unwrap())
}

fn english() -> Language {
    Language("en".to_owned())
}

fn lines() -> Vec<Line> {
    let mut situation = Situation::default();
    let mut lines = Vec::new();
    for (at, line) in include_str!("utterances.txt").lines().enumerate() {
        if line.starts_with('[') {
            situation = Situation::read(line);
        } else if let Some((said, expected)) = line.split_once(" => ") {
            // A yes or no may come as the choice of that key; both mean the same to the engine.
            let expected = situation.meaning(expected);
            lines.push(Line { at: at + 1, situation: situation.clone(), said: said.to_owned(), expected });
        }
    }
    lines
}

fn shipped() -> &'static Catalog {
    static SHIPPED: LazyLock<Catalog> = LazyLock::new(|| Catalog::shipped().ok().unwrap());
    &SHIPPED
}

/// A number picks the choice of yes or no; words mean yes or no.
fn same(got: &Meaning, expected: &Meaning) -> bool {
    match (got, expected) {
        (Meaning::Choice(key), Meaning::Yes) => key.as_str() == "yes",
        (Meaning::Choice(key), Meaning::No) => key.as_str() == "no",
        (got, expected) => got == expected,
    }
}

#[test]
fn nothing_said_starts_the_wrong_thing() {
    let catalog = shipped();
    let (mut wrong, mut menus) = (Vec::new(), Vec::new());
    let lines = lines();
    assert!(lines.len() > 300);
    for line in &lines {
        let got = line.situation.reading(catalog, &line.said).meaning;
        if same(&got, &line.expected) {
            continue;
        }
        let report = format!("{}: {} => {:?}, expected {:?}", line.at, line.said, got, line.expected);
        match got {
            Meaning::Doubt | Meaning::Nothing => menus.push(report),
            _ => wrong.push(report),
        }
    }
    assert!(wrong.is_empty(), "wrong:\n{}\nmenus:\n{}", wrong.join("\n"), menus.join("\n"));
    assert!(menus.len() <= MENUS_ALLOWED, "too many menus:\n{}", menus.join("\n"));
}

#[test]
fn every_phrase_decides_an_utterance() {
    let catalog = shipped();
    let mut seen = BTreeSet::new();
    let mut tokens = BTreeSet::new();
    for line in lines() {
        tokens.extend(normal::tokens(&line.said));
        if let Some((table, words)) = line.situation.reading(catalog, &line.said).evidence {
            seen.insert((table, words));
        }
    }
    let mut untested = Vec::new();
    for (table, phrases) in catalog.synonyms() {
        for phrase in phrases {
            let single = [
                "like-", "particle", "negator", "suffix", "number", "ordinal-", "other", "digit-", "times-", "behalf",
                "own",
            ];
            if single.iter().any(|class| table.starts_with(class)) {
                let lacking = !table.starts_with("digit-")
                    && !table.starts_with("times-")
                    && table != "suffix"
                    && !normal::tokens(&phrase.text).iter().all(|word| tokens.contains(word));
                untested.extend(lacking.then(|| format!("{table}: {}", phrase.text)));
                continue;
            }
            for (nth, stem) in phrase.stems.iter().enumerate() {
                for alternative in stem {
                    let used = |(of, words): &(String, Vec<String>)| {
                        of == table
                            && words.len() == phrase.stems.len()
                            && words[nth] == *alternative
                            && words.iter().zip(&phrase.stems).all(|(word, stem)| stem.contains(word))
                    };
                    untested
                        .extend((!seen.iter().any(used)).then(|| format!("{table}: {} ({alternative})", phrase.text)));
                }
            }
        }
    }
    assert!(untested.is_empty(), "no utterance is decided by\n{}", untested.join("\n"));
}

#[test]
fn digits_are_read_in_figures_and_words() {
    let catalog = shipped();
    let read = [
        ("482913", "482913"),
        ("4 8 2 9 1 3", "482913"),
        ("482-913", "482913"),
        ("my code is 482913", "482913"),
        ("kod saya ialah 482913", "482913"),
        ("four eight two nine one three", "482913"),
        ("oh one zero nil o two", "010002"),
        ("double three 7", "337"),
        ("triple 5 one", "5551"),
        ("kosong satu dua tiga empat", "01234"),
        ("lima enam tujuh lapan sembilan sifar delapan", "5678908"),
        ("empat eight 2", "482"),
        ("４８２９１３", "482913"),
        ("٤٨٢٩١٣", "482913"),
        ("४८२ ௯௧௩", "482913"),
        ("the number was 0045 please", "0045"),
    ];
    for (said, digits) in read {
        assert_eq!(catalog.digits(said).as_deref(), Some(digits), "{said}");
    }
    for said in ["", "satu ratus", "hundred", "48a2", "double", "double 34", "code", "help", &"1".repeat(40)] {
        assert_eq!(catalog.digits(said), None, "{said}");
    }
}

#[test]
fn every_digit_word_counts_and_is_read_out() {
    let catalog = shipped();
    for n in 0..10 {
        for (table, phrases) in catalog.synonyms().filter(|(table, _)| *table == format!("digit-{n}")) {
            for phrase in phrases {
                assert_eq!(
                    catalog.digits(&phrase.text).as_deref(),
                    Some(n.to_string().as_str()),
                    "{table} {}",
                    phrase.text
                );
            }
        }
    }
}

proptest! {
    #[test]
    fn nothing_typed_makes_understanding_fall(said in "\\PC{0,120}", exact: bool, yes_no: bool, intents: bool) {
        let catalog = shipped();
        let choices = [choice("methods", "sms"), choice("methods", "call_mobile"), choice("code", "resend")];
        let candidates = Candidates { choices: &choices, exact, yes_no, intents };
        catalog.understand(&english(), &candidates, &said);
        if let Some(digits) = catalog.digits(&said) {
            prop_assert!(digits.bytes().all(|b| b.is_ascii_digit()));
        }
    }

    /// Where only exact words count, a typed code is an answer, never a command.
    #[test]
    fn a_code_is_never_a_word(code in "[0-9]{4,8}") {
        let candidates = Candidates { exact: true, ..Candidates::default() };
        prop_assert_eq!(shipped().understand(&english(), &candidates, &code), Meaning::Nothing);
    }
}

#[test]
fn a_code_with_zeros_before_it_picks_no_option() {
    let option = |key: &str, label: &'static str| (OptionKey::parse(key).unwrap(), MessageKey::of(label));
    let choices = [option("resend", "code-opt-resend"), option("other", "verify-other-way")];
    let candidates = Candidates { choices: &choices, exact: true, ..Candidates::default() };
    for code in ["000001", "000002", "00000001", "00000002", "01"] {
        assert_eq!(shipped().understand(&english(), &candidates, code), Meaning::Nothing, "{code}");
    }
    let second = Meaning::Choice(OptionKey::parse("other").unwrap());
    assert_eq!(shipped().understand(&english(), &candidates, "2"), second);
}

/// Words that a message offers in quotes must work when they are typed.
#[test]
fn what_messages_promise_is_understood() {
    let catalog = shipped();
    let mut promised = 0;
    for language in catalog.languages() {
        for message in catalog.messages(language).filter(|message| !is_page(&message.file)) {
            let text = catalog.text(language, &message.key, &[]);
            for quoted in text.split('“').skip(1).filter_map(|rest| rest.split('”').next()) {
                let candidates = Candidates { intents: true, ..Candidates::default() };
                let meaning = catalog.understand(language, &candidates, quoted);
                // A greeting opens the menu, as everything does that says nothing else; an argument is no promise.
                let greets = matches!(quoted, "hello" | "helo") || quoted.starts_with('{');
                assert!(greets || !matches!(meaning, Meaning::Nothing | Meaning::Doubt), "{}: {quoted}", message.key);
                promised += 1;
            }
        }
    }
    assert!(promised > 20, "only {promised} words are offered");
}

fn is_page(file: &str) -> bool {
    ["page.ftl", "demo.ftl", "chat.ftl"].iter().any(|name| file.ends_with(name))
}
