//! Every message can be said on every surface, whatever its arguments hold.

use std::sync::LazyLock;

use proptest::prelude::*;
use ringback::model::ids::VaultKey;
use ringback::model::names::{ArgName, MessageKey};
use ringback::model::peer::{Language, Surface};
use ringback::model::prompt::{Arg, Prompt};
use ringback::model::time::Timestamp;
use ringback::text::catalog::Catalog;

/// A text message holds so many characters of the plain alphabet in one part.
const ONE_PART: usize = 160;
/// Two parts arrive as one message everywhere; more are cut by some networks.
const TWO_PARTS: usize = 2 * 153;

fn shipped() -> &'static Catalog {
    static SHIPPED: LazyLock<Catalog> = LazyLock::new(|| Catalog::shipped().ok().unwrap());
    &SHIPPED
}

fn everything() -> Vec<(Language, String, Vec<String>)> {
    let of = |language: &Language| {
        let messages = shipped().messages(language);
        messages.map(|m| (language.clone(), m.key.clone(), m.args.iter().cloned().collect())).collect::<Vec<_>>()
    };
    shipped().languages().iter().flat_map(of).collect()
}

fn prompt(key: &str, args: &[String], value: &Arg) -> Prompt {
    let args = args.iter().map(|name| (ArgName::parse(name).unwrap(), value.clone())).collect();
    Prompt { args, ..Prompt::of(MessageKey::parse(key).unwrap()) }
}

#[test]
fn every_message_speaks_on_every_surface() {
    for (language, key, args) in everything() {
        for surface in [Surface::Chat, Surface::Voice, Surface::Group] {
            for value in [Arg::Number(1), Arg::Number(0), Arg::Text("x".to_owned())] {
                let said = shipped().render(&language, surface, &prompt(&key, &args, &value), &|_| None).text;
                assert!(!said.trim().is_empty(), "{key} is silent in {language}");
                assert!(!said.contains('{') && !said.contains('$'), "{key} in {language}: {said}");
            }
        }
    }
}

#[test]
fn a_code_message_names_purpose_and_channel_and_says_that_nobody_asks_for_it() {
    let longest = |keys: &[&str], language: &Language| {
        let words = keys.iter().map(|key| shipped().text(language, key, &[]));
        words.max_by_key(String::len).unwrap()
    };
    for (tag, warning) in [("en", "staff never ask"), ("ms", "tidak pernah meminta")] {
        let language = Language(tag.to_owned());
        let purpose = longest(&["purpose-reset-password", "purpose-unlock-account"], &language);
        let channel = longest(
            &[
                "channel-terminal",
                "channel-browser",
                "channel-voice",
                "channel-telegram",
                "channel-discord",
                "channel-teams",
            ],
            &language,
        );
        let args = [
            ("code", "04821377"),
            ("tenant", "International Medical University"),
            ("purpose", &purpose),
            ("channel", &channel),
            ("minutes", "5"),
        ];
        for said in [shipped().text(&language, "mail-code", &args), shipped().short(&language, "mail-code", &args)] {
            for part in ["04821377", "International Medical University", &purpose, &channel, warning] {
                assert!(said.contains(part), "{part} in {said}");
            }
        }
        let short = shipped().short(&language, "mail-code", &args);
        assert!(short.chars().count() <= ONE_PART, "{}: {short}", short.chars().count());
    }
}

#[test]
fn text_messages_keep_to_the_plain_alphabet() {
    let plain = |c: char| c.is_ascii() && !"`[]{}\\^~|".contains(c);
    for language in shipped().languages() {
        for message in shipped().messages(language).filter(|message| message.short) {
            let values = [
                ("tenant", "International Medical University"),
                ("time", "30 September, 23:59 UTC"),
                ("link", "https://reset.university.example/n/0123456789abcdef0123456789abcdef0123456789abcdef"),
                ("code", "04821377"),
            ];
            let short = shipped().short(language, &message.key, &values);
            assert!(short.chars().all(|c| plain(c) || "{}$".contains(c)), "{} in {language}: {short}", message.key);
            assert!(short.chars().count() <= TWO_PARTS, "{} in {language}: {short}", message.key);
        }
    }
}

#[test]
fn a_secret_is_shown_while_it_is_there() {
    let files =
        [("en/a.ftl".to_owned(), "it = It is { $it }.\ncommon-secret-gone = gone\n    .voice = gone too".to_owned())];
    let catalog = Catalog::load(&files).ok().unwrap();
    let key = VaultKey([7; 16]);
    let prompt = Prompt::of(MessageKey::of("it")).with("it", Arg::Vault(key));
    let english = Language("en".to_owned());
    let open = |asked: VaultKey| (asked == key).then(|| "apple tree".to_owned());
    assert_eq!(catalog.render(&english, Surface::Chat, &prompt, &open).text, "It is apple tree.");
    assert_eq!(catalog.render(&english, Surface::Chat, &prompt, &|_| None).text, "It is gone.");
    assert_eq!(catalog.render(&english, Surface::Voice, &prompt, &|_| None).text, "It is gone too.");
}

#[test]
fn a_limit_ends_at_the_tenants_own_time() {
    let at = Arg::Time(Timestamp(1_795_226_700_000));
    let prompt = Prompt::of(MessageKey::of("verify-locked")).with("when", at);
    let say = |prompt: &Prompt| shipped().render(&Language("en".to_owned()), Surface::Chat, prompt, &|_| None).text;
    assert!(say(&prompt).ends_with("until 21 November, 02:05 UTC."), "{}", say(&prompt));
    let prompt = prompt.with("utc_offset", Arg::Number(480));
    assert!(say(&prompt).ends_with("until 21 November, 10:05."), "{}", say(&prompt));
}

fn any_arg() -> impl Strategy<Value = Arg> {
    let simple = prop_oneof![
        any::<i64>().prop_map(Arg::Number),
        ".{0,40}".prop_map(Arg::Text),
        "[•@.0-9a-z:/]{0,20}".prop_map(Arg::Text),
        ".{0,12}".prop_map(Arg::Digits),
        any::<u64>().prop_map(|at| Arg::Time(Timestamp(at))),
        Just(Arg::Vault(VaultKey([0; 16]))),
        "[a-z]{1,8}".prop_map(|key| Arg::Message(MessageKey::parse(&key).unwrap())),
    ];
    simple.prop_recursive(3, 8, 3, |inner| {
        let item = (Just(MessageKey::of("rule-min")), prop::collection::vec((Just(ArgName::of("count")), inner), 0..2));
        prop::collection::vec(item, 0..3).prop_map(Arg::List)
    })
}

proptest! {
    #[test]
    fn no_argument_makes_rendering_fall(nth in any::<prop::sample::Index>(), value in any_arg(), offset: i64) {
        static ALL: LazyLock<Vec<(Language, String, Vec<String>)>> = LazyLock::new(everything);
        let (language, key, args) = nth.get(&ALL);
        let prompt = prompt(key, args, &value).with("utc_offset", Arg::Number(offset));
        for surface in [Surface::Chat, Surface::Voice, Surface::Group] {
            shipped().render(language, surface, &prompt, &|_| None);
        }
    }

    #[test]
    fn nothing_loaded_makes_the_catalog_fall(source in "\\PC{0,200}", path in "(en/)?[a-z]{0,4}(.ftl)?") {
        let _ = Catalog::load(&[(path, source)]);
    }

    #[test]
    fn no_value_turns_the_line(value in ".{0,40}") {
        let said = shipped().text(&Language("en".to_owned()), "mail-desk", &[("desk", &value)]);
        let turns = |c: char| matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\r' | '\u{1B}');
        prop_assert!(!said.chars().any(turns));
    }
}

#[test]
fn every_message_is_set_cleanly() {
    for (language, key, args) in everything() {
        for value in ["email", "x"] {
            let said =
                shipped()
                    .render(&language, Surface::Chat, &prompt(&key, &args, &Arg::Text(value.to_owned())), &|_| None);
            let ragged = said.text.lines().any(|line| line != line.trim() || line.contains("  "));
            assert!(!ragged, "{key} in {language}: {:?}", said.text);
        }
    }
}
