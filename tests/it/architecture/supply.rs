//! What is built into the program: licences, banned crates, sources, as `deny.toml` says.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde_json::Value as Json;
use toml::Value as Toml;

use super::source::top;

/// Packages that a build for Linux takes, tests included.
fn packages() -> Vec<Json> {
    let out = Command::new(env!("CARGO"))
        .current_dir(top())
        .args(["metadata", "--locked", "--offline", "--format-version", "1"])
        .args(["--filter-platform", "x86_64-unknown-linux-gnu"])
        .output()
        .unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    let all: Json = serde_json::from_slice(&out.stdout).unwrap();
    all["packages"].as_array().unwrap().iter().filter(|package| !package["source"].is_null()).cloned().collect()
}

fn text<'a>(package: &'a Json, key: &str) -> &'a str {
    package[key].as_str().unwrap_or_default()
}

fn deny() -> (String, Toml) {
    let text = std::fs::read_to_string(top().join("deny.toml")).unwrap();
    let tables = toml::from_str(&text).unwrap();
    (text, tables)
}

fn strings(list: &Toml) -> BTreeSet<String> {
    list.as_array().unwrap().iter().map(|item| item.as_str().unwrap().to_owned()).collect()
}

/// Whether an SPDX expression can be met with the allowed licences. `AND` binds closer than `OR`.
fn met(expression: &str, allowed: &BTreeSet<String>) -> bool {
    fn any(tokens: &mut std::iter::Peekable<std::vec::IntoIter<String>>, allowed: &BTreeSet<String>) -> bool {
        let mut met = all(tokens, allowed);
        while tokens.next_if(|token| token == "OR").is_some() {
            met |= all(tokens, allowed);
        }
        met
    }
    fn all(tokens: &mut std::iter::Peekable<std::vec::IntoIter<String>>, allowed: &BTreeSet<String>) -> bool {
        let mut met = one(tokens, allowed);
        while tokens.next_if(|token| token == "AND").is_some() {
            met &= one(tokens, allowed);
        }
        met
    }
    fn one(tokens: &mut std::iter::Peekable<std::vec::IntoIter<String>>, allowed: &BTreeSet<String>) -> bool {
        match tokens.next().as_deref() {
            Some("(") => {
                let met = any(tokens, allowed);
                assert_eq!(tokens.next().as_deref(), Some(")"));
                met
            }
            Some(licence) => {
                // A licence with an exception grants more, so the plain one is enough.
                if tokens.next_if(|token| token == "WITH").is_some() {
                    tokens.next();
                }
                allowed.contains(licence)
            }
            None => false,
        }
    }
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let words: Vec<String> = spaced.split_whitespace().map(str::to_owned).collect();
    any(&mut words.into_iter().peekable(), allowed)
}

#[test]
fn expressions_are_read_as_they_are_meant() {
    let allowed = BTreeSet::from(["MIT".to_owned(), "ISC".to_owned()]);
    for (expression, verdict) in [
        ("MIT", true),
        ("GPL-3.0", false),
        ("GPL-3.0 OR MIT", true),
        ("GPL-3.0/MIT", true),
        ("GPL-3.0 AND MIT", false),
        ("GPL-3.0 OR MIT AND ISC", true),
        ("(GPL-3.0 OR MIT) AND ISC", true),
        ("(GPL-3.0 OR MIT) AND BSD", false),
        ("MIT WITH LLVM-exception", true),
        ("", false),
    ] {
        assert_eq!(met(expression, &allowed), verdict, "{expression}");
    }
}

#[test]
fn every_licence_is_allowed() {
    let (_, deny) = deny();
    let allowed = strings(&deny["licenses"]["allow"]);
    let exceptions: BTreeMap<&str, BTreeSet<String>> = deny["licenses"]["exceptions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|exception| (exception["crate"].as_str().unwrap(), strings(&exception["allow"])))
        .collect();
    let packages = packages();
    let refused: Vec<String> = packages
        .iter()
        .filter(|package| {
            let mut allowed = allowed.clone();
            allowed.extend(exceptions.get(text(package, "name")).into_iter().flatten().cloned());
            !met(text(package, "license"), &allowed)
        })
        .map(|package| format!("{} {}: {}", text(package, "name"), text(package, "version"), text(package, "license")))
        .collect();
    println!("{} packages, {} licences allowed", packages.len(), allowed.len());
    assert!(refused.is_empty(), "not in `licenses.allow` of deny.toml: {refused:#?}");
    for name in exceptions.keys() {
        assert!(packages.iter().any(|package| text(package, "name") == *name), "`{name}` needs no exception any more");
    }
}

#[test]
fn banned_crates_and_second_versions_are_not_there() {
    let (_, deny) = deny();
    let mut versions: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for package in packages() {
        versions.entry(text(&package, "name").to_owned()).or_default().insert(text(&package, "version").to_owned());
    }
    for ban in deny["bans"]["deny"].as_array().unwrap() {
        let name = ban["crate"].as_str().unwrap();
        let there = versions.get(name).map_or(0, BTreeSet::len);
        if ban.get("deny-multiple-versions").is_some() {
            assert_eq!(there, 1, "{name}: {:?}", versions.get(name));
        } else {
            assert_eq!(there, 0, "{name}: {}", ban["reason"]);
        }
    }
}

#[test]
fn everything_comes_from_the_registry() {
    let (_, deny) = deny();
    let registries = strings(&deny["sources"]["allow-registry"]);
    for package in packages() {
        let source = text(&package, "source").trim_start_matches("registry+");
        assert!(registries.contains(source), "{} comes from {source}", text(&package, "name"));
    }
}

#[test]
fn every_exception_has_a_date_and_a_reason() {
    let (text, _) = deny();
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let mut seen = 0;
    for (at, line) in lines.iter().enumerate() {
        if !(line.starts_with("{ id = ") || line.starts_with("{ crate = ") && line.contains("allow = ")) {
            continue;
        }
        seen += 1;
        let reason: Vec<&str> = lines[..at].iter().rev().take_while(|line| line.starts_with('#')).copied().collect();
        let first = reason.last().unwrap_or_else(|| panic!("no reason above: {line}"));
        let date = first.trim_start_matches("# ").split(':').next().unwrap();
        let format = time::macros::format_description!("[year]-[month]-[day]");
        assert!(time::Date::parse(date, format).is_ok(), "the reason begins with no date: {first}");
    }
    assert!(seen >= 3, "{seen} exceptions");
}
