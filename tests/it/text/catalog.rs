//! Locales: complete, even between languages, with faults named by file and line.

use ringback::model::names::{ArgName, MessageKey, OptionKey};
use ringback::model::peer::{Language, Surface};
use ringback::model::prompt::{Arg, Choice, Prompt};
use ringback::model::time::Timestamp;
use ringback::text::catalog::Catalog;

fn shipped() -> Catalog {
    Catalog::shipped().unwrap_or_else(|faults| panic!("{faults:#?}"))
}

fn language(tag: &str) -> Language {
    Language(tag.to_owned())
}

fn file(path: &str, text: &str) -> (String, String) {
    (path.to_owned(), text.to_owned())
}

#[test]
fn every_language_says_the_same_with_the_same_arguments() {
    let catalog = shipped();
    let tags: Vec<_> = catalog.languages().iter().map(Language::tag).collect();
    assert_eq!(tags, ["en", "ms"]);
    assert_eq!(catalog.uneven(), []);
    assert!(catalog.messages(&language("en")).count() > 100);
}

#[test]
fn a_lacking_key_and_a_lacking_argument_are_found() {
    let files =
        [file("en/a.ftl", "one = { $x }\ntwo = 2\n    .short = 2"), file("ms/a.ftl", "one = satu\nthree = tiga")];
    let catalog = Catalog::load(&files).ok().unwrap();
    let said: Vec<_> = catalog.uneven().into_iter().map(|f| format!("{}:{} {}", f.file, f.line, f.message)).collect();
    assert_eq!(
        said,
        [
            "en/a.ftl:1 `one` has no $x in `ms`",
            "en/a.ftl:2 `two` is missing in `ms`",
            "ms/a.ftl:2 `three` is missing in `en`"
        ]
    );
}

#[test]
fn all_faults_of_all_files_come_at_once_with_their_places() {
    let files = [
        file("en/a.ftl", "fine = yes\nbroken = { $x\n\nBad_Name = x\n"),
        file("en/b.ftl", "\nfine = again\nodd = x\n    .title = y\n"),
        file("not a tag/c.ftl", "x = y"),
        file("nowhere.ftl", "x = y"),
    ];
    let faults = Catalog::load(&files).err().unwrap();
    let places: Vec<_> = faults.iter().map(|fault| (fault.file.as_str(), fault.line)).collect();
    let expected = [
        ("en/a.ftl", 2),
        ("en/a.ftl", 4),
        ("en/b.ftl", 2),
        ("en/b.ftl", 3),
        ("not a tag/c.ftl", 1),
        ("nowhere.ftl", 1),
    ];
    assert_eq!(places, expected, "{faults:#?}");
}

#[test]
fn a_telephone_hears_words_where_a_chat_shows_figures() {
    let catalog = shipped();
    let mut prompt = Prompt::of(MessageKey::of("code-confirm-target")).with("masked", Arg::Text("••••••45".to_owned()));
    prompt.choices.push(Choice {
        key: OptionKey::of("sms"),
        label: MessageKey::of("verify-method-sms"),
        args: vec![(ArgName::of("masked"), Arg::Text("a•••••@mail.example".to_owned()))],
        voice_key: Some('1'),
        token: String::new(),
    });
    let chat = catalog.render(&language("en"), Surface::Chat, &prompt, &|_| None);
    assert!(chat.text.contains("••••••45"), "{}", chat.text);
    assert!(!chat.text.contains('\u{2068}'), "marks without use break links");
    let voice = catalog.render(&language("en"), Surface::Voice, &prompt, &|_| None);
    assert!(voice.text.contains("the number ending in four, five"), "{}", voice.text);
    assert!(voice.choices[0].ends_with("your address at mail dot example, press one."), "{}", voice.choices[0]);
    let malay = catalog.render(&language("ms"), Surface::Voice, &prompt, &|_| None);
    assert!(malay.text.contains("nombor berakhir empat, lima"), "{}", malay.text);
}

#[test]
fn a_code_is_said_in_groups_of_three_and_twice() {
    let prompt = Prompt::of(MessageKey::of("push-waiting")).with("pair", Arg::Digits("048213".to_owned()));
    let voice = shipped().render(&language("ms"), Surface::Voice, &prompt, &|_| None);
    let once = "kosong, empat, lapan; dua, satu, tiga";
    assert!(voice.text.ends_with(&format!("{once}. Sekali lagi: {once}.")), "{}", voice.text);
}

#[test]
fn counting_words_follow_the_count() {
    let left = |n| Prompt::of(MessageKey::of("code-wrong")).with("left", Arg::Number(n));
    let say = |n| shipped().render(&language("en"), Surface::Chat, &left(n), &|_| None).text;
    assert_eq!(say(1), "That code didn't match. You have 1 try left.");
    assert_eq!(say(3), "That code didn't match. You have 3 tries left.");
    assert_eq!(shipped().text(&language("en"), "code-wrong", &[("left", "1")]), say(1));
}

#[test]
fn times_are_local_where_the_tenant_says_how_late_it_is() {
    let moment = Timestamp(1_795_226_700_000);
    assert_eq!(shipped().time(&language("en"), moment, 0), "21 November, 02:05 UTC");
    assert_eq!(shipped().time(&language("ms"), moment, 480), "21 November, 10:05");
}

#[test]
fn text_messages_use_short_words_and_lists_one_line_each() {
    let catalog = shipped();
    let args = [
        ("code", "04821377"),
        ("tenant", "Atlanta"),
        ("purpose", "a new password"),
        ("channel", "the web chat"),
        ("minutes", "5"),
    ];
    let short = catalog.short(&language("en"), "mail-code", &args);
    assert!(short.starts_with("04821377 is your Atlanta code"), "{short}");
    let reasons = vec![
        (MessageKey::of("rule-min"), vec![(ArgName::of("count"), Arg::Number(14))]),
        (MessageKey::of("rule-digit"), vec![]),
    ];
    let prompt = Prompt::of(MessageKey::of("reset-policy-rejected")).with("reasons", Arg::List(reasons));
    let text = catalog.render(&language("en"), Surface::Chat, &prompt, &|_| None).text;
    assert!(text.contains("\n• At least 14 characters.\n• A digit.\n"), "{text}");
}

#[test]
fn a_language_written_right_to_left_keeps_addresses_readable() {
    let files = [file("en/a.ftl", "to = to { $masked }"), file("ar/a.ftl", "to = إلى { $masked }")];
    let catalog = Catalog::load(&files).ok().unwrap();
    let prompt = Prompt::of(MessageKey::of("to")).with("masked", Arg::Text("••••••45".to_owned()));
    let text = catalog.render(&language("ar"), Surface::Chat, &prompt, &|_| None).text;
    assert_eq!(text, "إلى \u{2068}\u{2066}••••••45\u{2069}\u{2069}");
}

#[test]
fn an_unknown_key_or_language_falls_back_and_a_value_cannot_turn_the_line() {
    let catalog = shipped();
    assert_eq!(catalog.text(&language("xx"), "common-yes", &[]), "Yes");
    assert_eq!(catalog.text(&language("ms-MY"), "common-yes", &[]), "Ya");
    assert_eq!(catalog.text(&language("en"), "no-such-key", &[]), "no-such-key");
    let turned = catalog.text(&language("en"), "mail-desk", &[("desk", "a\u{202E}b\u{7}")]);
    assert_eq!(turned, "Service desk: ab");
}
