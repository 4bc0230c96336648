//! Password rules at their exact boundaries, for each tenant that ships.

use proptest::prelude::*;
use ringback::model::prompt::Arg;
use ringback::model::secrets::Password;
use ringback::policy::password::characters::{first_not_ascii, shown};
use ringback::policy::password::common;
use ringback::policy::password::{CharacterClass, PasswordRules, Verdict};

use super::tenant;

const SAMPLE: &str = "What a wonderful day!";

fn rules(id: &str) -> PasswordRules {
    tenant(id).password
}

fn judge(id: &str, typed: &str) -> Vec<Verdict> {
    judge_named(id, typed, &[])
}

fn judge_named(id: &str, typed: &str, names: &[&str]) -> Vec<Verdict> {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    rules(id).judge(&Password::new(typed.to_owned()), &names)
}

/// Names of the rules that the password breaks.
fn broken(id: &str, typed: &str) -> Vec<&'static str> {
    judge(id, typed).into_iter().filter(|verdict| !verdict.kept).map(|verdict| verdict.rule).collect()
}

fn broken_named(id: &str, typed: &str, names: &[&str]) -> Vec<&'static str> {
    judge_named(id, typed, names).into_iter().filter(|verdict| !verdict.kept).map(|verdict| verdict.rule).collect()
}

#[test]
fn every_rule_gets_a_verdict_at_once_and_in_page_order() {
    let order = |id: &str| -> Vec<&str> { judge(id, "").iter().map(|verdict| verdict.rule).collect() };
    assert_eq!(order("apu"), ["min", "max", "classes", "ascii", "common"]);
    assert_eq!(order("imu"), ["min", "max", "upper", "lower", "digit", "symbol", "names", "common"]);
    assert_eq!(order("office365"), ["min", "max", "upper", "lower", "digit", "common"]);
    assert_eq!(order("aps"), ["min", "max", "classes", "example", "common"]);
    assert_eq!(broken("imu", ""), ["min", "upper", "lower", "digit", "symbol"]);
}

#[test]
fn the_description_lists_the_same_rules_and_what_only_the_directory_knows() {
    for id in ["apu", "imu", "office365", "aps"] {
        let judged: Vec<_> = rules(id).describe().into_iter().filter(|rule| rule.judged).collect();
        let verdicts = judge(id, "x");
        let named: Vec<_> = verdicts.iter().map(|v| (v.rule, v.message.clone(), v.args.clone())).collect();
        assert_eq!(judged.into_iter().map(|r| (r.rule, r.message, r.args)).collect::<Vec<_>>(), named, "{id}");
    }
    let last = |id: &str| rules(id).describe().pop().map(|rule| (rule.message.as_str().to_owned(), rule.judged));
    assert_eq!(last("apu"), Some(("rule-may-be-previous".to_owned(), false)));
    assert_eq!(last("imu"), Some(("rule-not-previous".to_owned(), false)));
    assert_eq!(last("aps"), Some(("rule-common".to_owned(), true)));
}

#[test]
fn the_guide_s_sample_sentence_passes_where_the_guides_say_so() {
    assert_eq!(broken("apu", SAMPLE), [""; 0]);
    assert_eq!(broken("office365", SAMPLE), ["digit"]);
    assert_eq!(broken("imu", SAMPLE), ["digit"]);
    // Of its own school it breaks no rule but the one that forbids the example itself.
    assert_eq!(broken("aps", SAMPLE), ["example"]);
    for disguised in ["what a wonderful day!!", "WHAT A WONDERFUL DAY?", "Whatawonderfulday!...."] {
        assert!(broken("aps", disguised).contains(&"example"), "{disguised}");
    }
    assert_eq!(broken("aps", "What a sunny morning!"), [""; 0]);
}

#[test]
fn lengths_count_code_points_and_end_exactly_where_they_say() {
    let of = |length: usize| -> String { "Kx7!".chars().cycle().take(length).collect() };
    for (id, min) in [("apu", 8), ("imu", 8), ("office365", 14), ("aps", 15)] {
        assert!(broken(id, &of(min - 1)).contains(&"min"), "{id}");
        assert!(!broken(id, &of(min)).contains(&"min"), "{id}");
        assert!(!broken(id, &of(256)).contains(&"max"), "{id}");
        assert!(broken(id, &of(257)).contains(&"max"), "{id}");
    }
    // Eight code points in 29 bytes.
    assert!(!broken("imu", "Kx7!😀😀😀é").contains(&"min"));
    assert!(broken("imu", "Kx7!😀😀😀").contains(&"min"));
}

/// What costs more than a glance at every character looks at the first 256 of them: a name, the guide's sentence or a
/// common password behind them is not seen.
#[test]
fn a_huge_password_is_refused_without_being_searched_to_its_end() {
    let huge = "Kx7! ".repeat(2_000_000);
    assert!(broken("imu", &huge).contains(&"max"));
    let sees_the_name_after = |n: usize| broken_named("imu", &("+".repeat(n) + "Siti"), &["Siti"]).contains(&"names");
    assert!(sees_the_name_after(252));
    assert!(!sees_the_name_after(253));
    assert!(!broken_named("imu", &(huge + "Siti"), &["Siti"]).contains(&"names"));
}

#[test]
fn apu_takes_three_of_four_classes() {
    assert!(broken("apu", "kite-lamp-moon").contains(&"classes"));
    assert!(broken("apu", "Kitelampmoon").contains(&"classes"));
    assert_eq!(broken("apu", "Kite-lamp-moon"), [""; 0]);
    assert_eq!(broken("apu", "Kitelampmoon5"), [""; 0]);
    // Space is allowed and is no class.
    assert!(broken("apu", "Kite lamp moon").contains(&"classes"));
}

#[test]
fn apu_allows_exactly_the_32_marks_of_its_guide_letters_digits_and_space() {
    let guide = r#"@#$%^&*-_!+=[]{}|\:',.?/`~"();<>"#;
    assert_eq!(guide.chars().count(), 32);
    let symbols: Vec<char> = ('\0'..='\u{7f}').filter(|c| CharacterClass::Symbol.holds(*c)).collect();
    assert_eq!(symbols.len(), 32);
    assert!(symbols.iter().all(|c| guide.contains(*c)));
    for c in '\0'..='\u{2ff}' {
        let allowed = c.is_ascii_alphanumeric() || c == ' ' || guide.contains(c);
        assert_eq!(first_not_ascii(&format!("Kitelamp5{c}")).is_none(), allowed, "{c:?}");
    }
}

#[test]
fn apu_names_the_first_character_it_cannot_take() {
    let named = |typed: &str| -> (String, Vec<Arg>) {
        let verdict = judge("apu", typed).into_iter().find(|verdict| verdict.rule == "ascii").unwrap();
        (verdict.message.as_str().to_owned(), verdict.args.into_iter().map(|(_, arg)| arg).collect())
    };
    let marks = Arg::Text(r##"! " # $ % & ' ( ) * + , - . / : ; < = > ? @ [ \ ] ^ _ ` { | } ~"##.to_owned());
    let found = |c: &str| ("rule-ascii-found".to_owned(), vec![Arg::Text(c.to_owned()), marks.clone()]);
    assert_eq!(named("Kité-lamp-5ü"), found("é"));
    assert_eq!(named("Kite\tlamp-5"), found("U+0009"));
    assert_eq!(named("Kite-lamp-5"), ("rule-ascii".to_owned(), vec![marks.clone()]));
    assert_eq!(shown('\u{202e}'), "U+202E");
    assert_eq!(shown('😀'), "😀");
}

#[test]
fn imu_wants_all_four_classes() {
    assert_eq!(broken("imu", "Kite-lamp5"), [""; 0]);
    assert_eq!(broken("imu", "kite-lamp5"), ["upper"]);
    assert_eq!(broken("imu", "KITE-LAMP5"), ["lower"]);
    assert_eq!(broken("imu", "Kite-lampx"), ["digit"]);
    assert_eq!(broken("imu", "Kitelamp55"), ["symbol"]);
    assert_eq!(broken("imu", "Kitelamp5£"), [""; 0]);
    // Neither a letter with an accent nor a mark put above one counts as a symbol.
    assert_eq!(broken("imu", "Kitelamp5é\u{301}"), ["symbol"]);
}

#[test]
fn imu_refuses_parts_of_the_name_from_four_letters() {
    let names = ["Nurul", "Hassan", "Nurul Ain Hassan", "nurul.hassan@student.imu.edu.my"];
    assert_eq!(broken_named("imu", "7-xNURULx", &names), ["names"]);
    assert_eq!(broken_named("imu", "Hassan-lamp5", &names), ["names"]);
    // "Ain" has three letters; the domain of the address is no part of a name.
    assert_eq!(broken_named("imu", "Kite-ain-lamp5", &names), [""; 0]);
    assert_eq!(broken_named("imu", "Kite-student-5", &names), [""; 0]);
    // Full-width letters look like the name and are it.
    assert_eq!(broken_named("imu", "Kite-lamp5ｎｕｒｕｌ", &names), ["names"]);
}

#[test]
fn office365_asks_for_no_symbol() {
    assert_eq!(broken("office365", "KiteLampMoon55"), [""; 0]);
    assert_eq!(broken("office365", "KiteLampMoon5"), ["min"]);
    assert_eq!(broken("office365", "kitelampmoon55"), ["upper"]);
}

#[test]
fn what_everybody_uses_is_refused_as_a_whole_and_not_as_a_part() {
    for common in ["Password1", "P@ssw0rd", "Qwerty123", "password", "aaaaaaaaaaaa", "12345678"] {
        assert!(broken("apu", common).contains(&"common"), "{common}");
    }
    for fine in ["Password1 in my kitchen", "Kite-password-lamp"] {
        assert_eq!(broken("apu", fine), [""; 0], "{fine}");
    }
    assert!(broken_named("apu", "Tp012345", &["tp012345@mail.apu.edu.my"]).contains(&"common"));
}

#[test]
fn g26_at_least_a_hundred_thousand_common_passwords_are_refused_as_a_whole_with_the_reason() {
    let listed = common::passwords();
    let with_endings = |entry: &'static str| {
        // Four of the endings take a second to go through, all of them half a minute.
        let endings = common::ENDINGS[common::ENDINGS.len() - 4..].iter().filter(|_| entry.chars().count() >= 4);
        [entry.to_owned()].into_iter().chain(endings.map(move |ending| format!("{entry}{ending}")))
    };
    let entries: std::collections::HashSet<String> = listed.flat_map(with_endings).collect();
    let missed: Vec<_> = entries.iter().filter(|entry| !common::is_listed(entry)).collect();
    assert!(missed.is_empty(), "{} of them, {:?}", missed.len(), &missed[..missed.len().min(5)]);
    let (n_listed, n_endings) = (common::passwords().count(), common::ENDINGS.len());
    println!("{} of {n_listed} listed passwords with {n_endings} endings each were tried: all refused", entries.len());
    assert!(entries.len() >= 100_000, "{}", entries.len());
    // The page says why, in the case that people type and in every tenant's rules.
    for id in ["apu", "imu", "office365", "aps"] {
        for entry in ["Dragon2024", "SUNSHINE123!", "Qwerty12345", "P@ssw0rd2025", "iloveyou!!"] {
            let verdict = judge(id, entry).into_iter().find(|verdict| verdict.rule == "common").unwrap();
            assert_eq!((verdict.kept, verdict.message.as_str()), (false, "rule-common"), "{id} {entry}");
            let within = format!("{entry} in my garden");
            let verdict = judge(id, &within).into_iter().find(|verdict| verdict.rule == "common").unwrap();
            assert!(verdict.kept, "{id} {within}");
        }
    }
}

#[test]
fn g26_long_passwords_spaces_and_every_script_are_taken() {
    for id in ["imu", "office365", "aps"] {
        for typed in
            ["Kx7! ".repeat(13), "Pagi-yang-cerah-7 日本語 тест ñ".to_owned(), "😀 Kite lamp moon 5!".to_owned()]
        {
            assert!(typed.chars().count() >= 15);
            assert_eq!(broken(id, &typed), [""; 0], "{id} {typed}");
        }
    }
    // The guide of this one names the characters that its directory takes; length and spaces are free there too.
    assert_eq!(broken("apu", &"Kx7! ".repeat(13)), [""; 0]);
}

#[test]
fn spaces_at_the_edge_are_part_of_the_password() {
    assert_eq!(broken("apu", " Kite-lamp5 "), [""; 0]);
    assert_eq!(broken("apu", " Kite5  "), [""; 0]);
}

proptest! {
    // The estimator behind the list of common passwords is slow without optimisation.
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// A verdict never depends on the others, and none is lost, whatever is typed.
    #[test]
    fn any_text_gets_all_verdicts(typed in ".{0,40}", name in "[a-zA-Z]{0,8}") {
        for id in ["apu", "imu", "office365", "aps"] {
            let verdicts = judge_named(id, &typed, &[&name]);
            let expected = rules(id).describe().iter().filter(|rule| rule.judged).count();
            prop_assert_eq!(verdicts.len(), expected);
            let length = typed.chars().count();
            prop_assert_eq!(verdicts[0].kept, length >= usize::from(rules(id).min));
        }
    }

    /// What passes with three of four classes has three of them, counted another way.
    #[test]
    fn three_of_four_is_counted_rightly(typed in "[a-cA-C0-2!@ é]{0,12}") {
        let kinds = [
            typed.contains(['a', 'b', 'c']),
            typed.contains(['A', 'B', 'C']),
            typed.contains(['0', '1', '2']),
            typed.contains(['!', '@']),
        ];
        let expected = kinds.iter().filter(|kind| **kind).count() >= 3;
        let verdict = judge("apu", &typed).into_iter().find(|verdict| verdict.rule == "classes").unwrap();
        prop_assert_eq!(verdict.kept, expected);
    }

    /// A password made around a long part of a name is always refused by the rule about names.
    #[test]
    fn no_surroundings_hide_a_name(before in "[ -~]{0,6}", name in "[a-z]{4,9}", after in "[ -~]{0,6}") {
        let typed = format!("{before}{}{after}", name.to_uppercase());
        prop_assert!(broken_named("imu", &typed, &[&name]).contains(&"names"));
    }
}
