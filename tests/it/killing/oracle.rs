//! Judges what a house's people saw against what its stores and its directory hold.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;
use std::time::Duration;

use serde_json::Value as Json;

use crate::killing::client::Life;
use crate::killing::house::{House, dn, user};

/// What came of one house.
#[derive(Default)]
pub struct Told {
    pub rounds: usize,
    pub turns: usize,
    pub cut: usize,
    pub sets: usize,
    unclear: usize,
    tired: usize,
    texts: usize,
    changed: Vec<(usize, String)>,
    told_unclear: Vec<(usize, String)>,
    chose: Vec<(usize, String)>,
    ended_otherwise: Vec<String>,
}

impl Told {
    pub fn add(&mut self, life: Life) {
        self.turns += life.turns;
        self.cut += life.cut;
        self.changed.extend(life.changed);
        self.told_unclear.extend(life.unclear);
        self.chose.extend(life.chose);
        self.tired += life.tired;
        self.ended_otherwise.extend(life.ended_otherwise);
    }
}

pub fn print(told: &[Told], took: Duration) {
    let sum = |of: fn(&Told) -> usize| told.iter().map(of).sum::<usize>();
    println!(
        "{} rounds in {took:.0?}: {} answers, {} cut off, {} texts, {} passwords set, {} told as unclear, {} tired; nothing lost, \
         nothing twice",
        sum(|told| told.rounds),
        sum(|told| told.turns),
        sum(|told| told.cut),
        sum(|told| told.texts),
        sum(|told| told.sets),
        sum(|told| told.unclear),
        sum(|told| told.tired),
    );
}

pub fn judge(house: &House, told: &mut Told) {
    assert!(told.ended_otherwise.is_empty(), "{:#?}", told.ended_otherwise);
    let log = house.log();
    assert!(!log.contains("panicked"), "{log}");
    whole_chain(house);
    let cases = cases(house);
    for (run, kinds) in &cases {
        let at = |kind: &str| kinds.iter().position(|found| found == kind);
        let times = |kind: &str| kinds.iter().filter(|found| *found == kind).count();
        for once in ["password_set", "code_right", "gate_passed"] {
            assert!(times(once) <= 1, "case {run}: {once} {} times: {kinds:?}", times(once));
        }
        if let Some(set) = at("password_set") {
            assert!(at("effect_intended").is_some_and(|intent| intent < set), "case {run}: {kinds:?}");
            assert!(at("gate_passed").is_some_and(|gate| gate < set), "case {run}: {kinds:?}");
        }
        if at("effect_intended").is_some() {
            let outcomes = ["password_set", "password_refused", "effect_uncertain", "effect_failed"];
            assert!(outcomes.iter().any(|outcome| at(outcome).is_some()), "case {run} has no outcome: {kinds:?}");
        }
    }
    let recorded = cases.values().filter(|kinds| kinds.iter().any(|kind| kind == "password_set")).count();
    let works: Vec<&(usize, String)> =
        told.chose.iter().filter(|(n, password)| house.slapd.lets_in(&dn(*n), password)).collect();
    for (n, password) in &told.changed {
        assert!(house.slapd.lets_in(&dn(*n), password), "{} was told of a change that is not there", user(*n));
    }
    assert!(recorded >= told.changed.len(), "{recorded} sets on record, {} people were told", told.changed.len());
    assert!(works.len() >= told.changed.len() && works.len() <= told.changed.len() + told.told_unclear.len());
    set_once(house);
    sent_once(house);
    told.texts = house.texts().len();
    told.sets = told.changed.len();
    told.unclear = told.told_unclear.len();
}

fn whole_chain(house: &House) {
    let verified = Command::new(env!("CARGO_BIN_EXE_ringback"))
        .args(["audit", "verify", "--config"])
        .arg(house.folder.path().join("ringback.toml"))
        .env_remove("RINGBACK_KEYS")
        .output()
        .unwrap();
    assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stdout));
}

/// Kinds of events of each case, in the order of the record.
fn cases(house: &House) -> BTreeMap<String, Vec<String>> {
    let record = rusqlite::Connection::open(house.data().join("audit.sqlite")).unwrap();
    let mut rows = record.prepare("SELECT payload FROM audit ORDER BY seq").unwrap();
    let rows = rows.query_map((), |row| row.get::<_, String>(0)).unwrap();
    let mut cases: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for row in rows {
        let event: Json = serde_json::from_str(&row.unwrap()).unwrap();
        let Some(run) = event.get("run").filter(|run| !run.is_null()) else { continue };
        let kind = match &event["kind"] {
            Json::String(name) => name.clone(),
            other => other.as_object().unwrap().keys().next().unwrap().clone(),
        };
        cases.entry(run.to_string()).or_default().push(kind);
    }
    cases
}

/// The server's own log: of each person's password changes at most one succeeded.
fn set_once(house: &House) {
    let log = house.slapd.log();
    let mut asked: BTreeMap<(String, String), String> = BTreeMap::new();
    let mut done: BTreeMap<String, usize> = BTreeMap::new();
    let key = |line: &str| {
        let word = |name: &str| line.split_whitespace().find_map(|word| word.strip_prefix(name)).map(str::to_owned);
        Some((word("conn=")?, word("op=")?))
    };
    for line in log.lines() {
        let Some(key) = key(line) else { continue };
        if line.contains(" PASSMOD ") || line.contains(" MOD dn=") {
            let who = line.split('"').nth(1).unwrap_or_default().to_owned();
            asked.insert(key, who);
        } else if line.contains("RESULT ")
            && line.contains("err=0 ")
            && let Some(who) = asked.remove(&key)
        {
            *done.entry(who).or_default() += 1;
        }
    }
    let twice: Vec<_> = done.iter().filter(|(_, times)| **times > 1).collect();
    assert!(twice.is_empty(), "set more than once: {twice:?}");
}

/// A text is never sent again by itself: an unknown result stays one.
fn sent_once(house: &House) {
    let texts = house.texts();
    let mut keys = BTreeSet::new();
    for text in &texts {
        assert!(keys.insert(&text.key), "sent twice: {}", text.key);
    }
}
