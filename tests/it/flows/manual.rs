//! `docs/flows.md` holds what it promises: its example loads, and its tables name everything there is.

use ringback::flow::effect::EffectName;
use ringback::flow::finding::Finding;
use ringback::flow::load::shipped;
use ringback::flow::schema::schema;
use ringback::flow::set::FlowSet;
use ringback::text::catalog::{Catalog, shipped_files};
use serde::Serialize;
use serde_json::Value;

const MANUAL: &str = include_str!("../../../docs/flows.md");

#[test]
fn the_worked_example_loads() {
    let (files, locales) = example();
    assert_eq!(files.iter().filter(|(name, _)| name == "urgent.yaml").count(), 1);
    assert_eq!(check(&files, &locales), []);
}

#[test]
fn without_its_malay_words_it_says_what_the_manual_says() {
    let (files, mut locales) = example();
    locales.retain(|(name, _)| name != "ms/urgent.ftl");
    let findings = check(&files, &locales);
    let first = findings.iter().find(|finding| finding.file == "urgent.yaml").unwrap().to_string();
    let promised = block("text").lines().map(str::trim).collect::<Vec<_>>().join("\n");
    let said: Vec<&str> = first.lines().take(2).map(str::trim).collect();
    assert_eq!(said.join("\n"), promised);
}

#[test]
fn every_effect_stands_in_the_table_with_its_outcomes() {
    for effect in EffectName::ALL {
        let outcomes: Vec<String> = effect.outcomes().iter().map(|outcome| format!("`{}`", written(outcome))).collect();
        let row = format!("| `{}` | {} |", written(&effect), outcomes.join(" "));
        assert!(MANUAL.contains(&row), "{row}");
    }
}

#[test]
fn every_word_of_the_schema_stands_in_the_manual() {
    let schema: Value = serde_json::from_str(&schema()).unwrap();
    for list in ["ArgSource", "When", "SlotKind", "Form", "Purpose", "Kind"] {
        let words = words(&schema["definitions"][list]);
        assert!(words.len() > 1, "{list}");
        for word in words.iter().map(|word| word.trim_start_matches("not ")) {
            assert!(MANUAL.contains(&format!("`{word}`")), "{list}: `{word}`");
        }
    }
    let nodes = schema["definitions"]["NodeScript"]["oneOf"].as_array().unwrap();
    assert_eq!(nodes.len(), 9);
    for node in nodes {
        let (name, content) = node["properties"].as_object().unwrap().iter().next().unwrap();
        let content = content["$ref"].as_str().and_then(|path| path.rsplit('/').next());
        let Some(content) = content.filter(|_| name != "end") else { continue };
        let row = MANUAL.lines().find(|line| line.starts_with(&format!("| `{name}` |"))).unwrap();
        for field in schema["definitions"][content]["properties"].as_object().unwrap().keys() {
            assert!(row.split([' ', '`', '[', ']']).any(|word| word == field), "{name}: {field}");
        }
    }
}

/// Files of the example and the shipped ones, with the one line changed that the manual changes.
fn example() -> (Vec<(String, String)>, Vec<(String, String)>) {
    let (mut files, mut locales) = (shipped(), shipped_files());
    for part in MANUAL.split("\n```").filter(|part| part.contains(" file=")) {
        let (heading, text) = part.split_once('\n').unwrap();
        let name = heading.rsplit_once("file=").unwrap().1.to_owned();
        let to = if name.ends_with(".ftl") { &mut locales } else { &mut files };
        to.push((name, format!("{text}\n")));
    }
    let (heading, new) = MANUAL.split_once("instead-of=\"").unwrap().1.split_once("\"\n").unwrap();
    let new = new.split("\n```").next().unwrap();
    let (_, reset) = files.iter_mut().find(|(name, _)| name == "reset.yaml").unwrap();
    assert!(reset.contains(heading), "{heading}");
    *reset = reset.replace(heading, new);
    (files, locales)
}

fn check(files: &[(String, String)], locales: &[(String, String)]) -> Vec<Finding> {
    let catalog = Catalog::load(locales).unwrap_or_else(|faults| panic!("{faults:#?}"));
    FlowSet::check(files, Some(&catalog))
}

fn block(kind: &str) -> &'static str {
    let text = MANUAL.split_once(&format!("\n```{kind}\n")).unwrap().1;
    text.split("\n```").next().unwrap()
}

fn words(definition: &Value) -> Vec<String> {
    let one = |value: &Value| -> Vec<String> {
        let listed = value["enum"].as_array().into_iter().flatten();
        listed.chain(std::iter::once(&value["const"])).filter_map(|word| Some(word.as_str()?.to_owned())).collect()
    };
    let mut words = one(definition);
    words.extend(definition["oneOf"].as_array().into_iter().flatten().flat_map(one));
    words
}

fn written(word: &impl Serialize) -> String {
    serde_json::to_value(word).unwrap().as_str().unwrap().to_owned()
}
