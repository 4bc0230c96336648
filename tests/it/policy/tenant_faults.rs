//! A faulty tenant file is refused with every fault at once, each at its line with a remedy.

use std::path::Path;

use ringback::config::fault::ConfigFault;
use ringback::config::tenant::{TenantFile, parse};

use super::languages;

const GOOD: &str = include_str!("../../../examples/tenants/apu.toml");

fn read(text: &str) -> Result<TenantFile, Vec<ConfigFault>> {
    parse("apu", Path::new("examples/tenants/apu.toml"), text, &languages())
}

/// Line and key of each fault after one change of the good file.
fn faults(from: &str, to: &str) -> Vec<(Option<usize>, String)> {
    assert!(GOOD.contains(from), "the file has no `{from}`");
    let faults = read(&GOOD.replacen(from, to, 1)).err().unwrap_or_default();
    assert!(faults.iter().all(|fault| !fault.remedy.is_empty()));
    faults.into_iter().map(|fault| (fault.line, fault.key)).collect()
}

fn line_of(text: &str) -> Option<usize> {
    GOOD.lines().position(|line| line.starts_with(text)).map(|line| line + 1)
}

#[test]
fn each_kind_of_fault_is_found_at_its_place() {
    let cases = [
        ("name = \"Asia Pacific University\"", "name = 5", "name"),
        ("name = \"Asia Pacific University\"", "name = \"\"", "name"),
        ("name = \"Asia Pacific University\"", "name = \"Evil \\u202e name\"", "name"),
        ("languages = [\"en\", \"ms\"]", "languages = [\"en\", \"ms\", \"xx\"]", "languages"),
        ("region = \"MY\"", "region = \"Malaysia\"", "region"),
        ("time_zone = \"+08:00\"", "time_zone = \"8\"", "time_zone"),
        ("time_zone = \"+08:00\"", "time_zone = \"+15:00\"", "time_zone"),
        ("time_zone = \"+08:00\"", "time_zone = \"+08:00\"\nsummer_time = \"au\"", "summer_time"),
        ("unlock = true", "hint_letters = 3", "hint_letters"),
        ("sign_in = \"https", "sign_in = \"http", "sign_in"),
        ("sign_in = \"https://portal.office.com\"", "sign_in = \"https://\"", "sign_in"),
        ("sign_in = \"https://portal.office.com\"", "sign_in = 'https://a.example/\"onclick'", "sign_in"),
        ("human_check = \"on_suspicion\"", "human_check = \"never\"", "human_check"),
        ("asks_reason = false", "asks_reason = \"no\"", "asks_reason"),
        ("accent = \"#0b5394\"", "accent = \"blue\"", "brand.accent"),
        ("suffix = \"mail.apu.edu.my\"", "suffix = \"@mail.apu.edu.my\"", "populations[1].suffix"),
        ("suffix = \"mail.apu.edu.my\"", "suffix = \"mail apu\"", "populations[1].suffix"),
        ("needed = 1", "needed = 3", "gates.needed"),
        ("needed = 1", "needed = 0", "gates.needed"),
        ("methods = [\"email\",", "methods = [\"fax\",", "gates.methods"),
        ("methods = [\"email\",", "methods = [\"sms\",", "gates.methods"),
        ("asked = 3", "asked = 0", "questions.asked"),
        ("min = 8", "min = 7", "password.min"),
        ("max = 256", "max = 257", "password.max"),
        ("classes_of_four = 3", "classes_of_four = 5", "password.classes_of_four"),
        ("reuse = \"allowed\"", "reuse = \"yes\"", "password.reuse"),
        ("url = \"https://assist.apu.edu.my\"", "url = \"assist.apu.edu.my\"", "desk.url"),
    ];
    for (from, to, key) in cases {
        let line = if key == "summer_time" { line_of(from).map(|line| line + 1) } else { line_of(from) };
        assert_eq!(faults(from, to), [(line, key.to_owned())], "{to}");
    }
}

#[test]
fn an_unknown_key_is_refused_and_the_near_one_named() {
    let faults = read(&GOOD.replacen("region =", "regoin =", 1)).err().unwrap();
    let said: Vec<String> = faults.iter().map(ToString::to_string).collect();
    assert_eq!(
        said,
        [
            "examples/tenants/apu.toml: region: is missing\n    Write the ISO 3166 code of the country, such as MY or US.",
            "examples/tenants/apu.toml:4: regoin: is not a key\n    Did you mean `region`? Otherwise delete it.",
        ]
    );
}

#[test]
fn an_empty_file_names_all_that_must_be_there() {
    let keys: Vec<String> = read("").err().unwrap().into_iter().map(|fault| fault.key).collect();
    assert_eq!(
        keys,
        [
            "name",
            "languages",
            "region",
            "populations",
            "gates.methods",
            "password.min",
            "sign_in",
            "desk.name",
            "desk.phone"
        ]
    );
}

#[test]
fn faults_in_all_sections_come_together() {
    let text = GOOD
        .replacen("region = \"MY\"", "region = \"my\"", 1)
        .replacen("accent = \"#0b5394\"", "accent = \"#0b539\"", 1)
        .replacen("needed = 1", "needed = 9", 1)
        .replacen("min = 8", "min = true", 1)
        + "\n[extra]\nx = 1\n";
    let keys: Vec<String> = read(&text).err().unwrap().into_iter().map(|fault| fault.key).collect();
    assert_eq!(keys, ["region", "gates.needed", "password.min", "brand.accent", "extra"]);
}

#[test]
fn broken_toml_is_one_fault_at_its_line_and_does_not_hide_the_others() {
    let found = faults("asks_reason = false", "asks_reason = = false");
    assert!(found.contains(&(line_of("asks_reason"), String::new())), "{found:?}");
    let text = GOOD.replacen("asks_reason = false", "asks_reason = = false", 1).replacen("min = 8", "min = 1", 1);
    let keys: Vec<String> = read(&text).err().unwrap().into_iter().map(|fault| fault.key).collect();
    assert!(keys.contains(&"password.min".to_owned()), "{keys:?}");
}

#[test]
fn gates_that_nobody_could_pass_are_refused() {
    let two = |methods: &str, distinct: &str| {
        let gates = format!("needed = 2\ndistinct = \"{distinct}\"\nmethods = [{methods}, \"questions\"]\n#");
        let text = GOOD.replacen("needed = 1\nmethods", &gates, 1);
        read(&text).err().map(|faults| faults[0].key.clone())
    };
    let refused = Some("gates.methods".to_owned());
    // A telephone and a question are two families; telephones alone are not.
    assert_eq!(two("\"sms\"", "family"), None);
    let only = |methods: &str, needed: u8| {
        let start = GOOD.find("[gates]").unwrap();
        let end = GOOD.find("[password]").unwrap();
        let text = format!("{}[gates]\nneeded = {needed}\nmethods = [{methods}]\n{}", &GOOD[..start], &GOOD[end..]);
        read(&text).err().map(|faults| faults[0].key.clone())
    };
    assert_eq!(only("\"sms\", \"call_mobile\", \"call_office\"", 2), refused);
    assert_eq!(only("\"questions\"", 1), refused);
    assert_eq!(only("\"sms\", \"email\"", 2), None);
    assert_eq!(only("\"sms\"", 1), None);
}

#[test]
fn questions_must_be_worded_in_every_language_and_be_enough() {
    let text = GOOD.replacen("ms = \"Apakah nama sekolah pertama anda?\"\n", "", 1);
    let keys: Vec<String> = read(&text).err().unwrap().into_iter().map(|fault| fault.key).collect();
    assert_eq!(keys, ["questions.catalogue.first-school.ms"]);
    let text = GOOD.replacen("\"totp\", \"questions\"]", "\"totp\"]", 1);
    let keys: Vec<String> = read(&text).err().unwrap().into_iter().map(|fault| fault.key).collect();
    assert_eq!(keys, ["gates.methods"]);
    assert_eq!(faults("asked = 3", "asked = 5"), []);
}

#[test]
fn a_pale_colour_falls_back_with_a_warning() {
    let file = read(&GOOD.replacen("#0b5394", "#ffcc00", 1)).ok().unwrap();
    assert_eq!(file.tenant.brand.accent, "#1f4e8c");
    let warnings: Vec<(Option<usize>, &str)> =
        file.findings.warnings.iter().map(|warning| (warning.line, warning.key.as_str())).collect();
    assert_eq!(warnings, [(line_of("accent"), "brand.accent")]);
}

#[test]
fn two_populations_do_not_share_a_suffix() {
    let text = GOOD.replacen("suffix = \"apu.edu.my\"", "suffix = \"MAIL.apu.edu.my\"", 1);
    let keys: Vec<String> = read(&text).err().unwrap().into_iter().map(|fault| fault.key).collect();
    assert_eq!(keys, ["populations[2].suffix"]);
}

#[test]
fn the_file_s_name_is_the_id_and_must_be_one() {
    for id in ["APU", "a b", "", "a/b", &"a".repeat(33)] {
        assert!(parse(id, Path::new("x.toml"), GOOD, &languages()).is_err(), "{id}");
    }
}
