//! Judges what a house's people saw against what its stores and its directory hold.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::Value as Json;

use crate::killing::client::Life;
use crate::killing::house::{House, dn, user};
use crate::killing::secrets::{self, Searched};

/// What came of one house.
#[derive(Default)]
pub struct Told {
    pub rounds: usize,
    pub sets: usize,
    pub texts: usize,
    pub searched: Searched,
    pub life: Life,
}

/// What is on record about one case.
#[derive(Default)]
struct Case {
    /// Kinds of events, in the order of the record.
    kinds: Vec<String>,
}

impl Told {
    pub fn add(&mut self, life: Life) {
        let all = &mut self.life;
        all.turns += life.turns;
        all.cut += life.cut;
        all.turned_away += life.turned_away;
        all.left += life.left;
        all.typed += life.typed;
        all.handed_over += life.handed_over;
        all.changed.extend(life.changed);
        all.unclear.extend(life.unclear);
        all.chose.extend(life.chose);
        all.over.extend(life.over);
        all.stuck.extend(life.stuck);
    }
}

impl Case {
    fn at(&self, kind: &str) -> Option<usize> {
        self.kinds.iter().position(|found| found == kind)
    }

    fn times(&self, kind: &str) -> usize {
        self.kinds.iter().filter(|found| *found == kind).count()
    }
}

pub fn print(told: &[Told], took: Duration) {
    let sum = |of: fn(&Told) -> usize| told.iter().map(of).sum::<usize>();
    println!(
        "g06: {} rounds in {took:.0?}: {} answers, {} cut off, {} turned away, {} texts, {} passwords set, {} people not told \
         what became of theirs, {} whose conversation had ended, {} without a code; 0 acknowledged turns lost, 0 codes \
         accepted twice, 0 silent losses",
        sum(|told| told.rounds),
        sum(|told| told.life.turns),
        sum(|told| told.life.cut),
        sum(|told| told.life.turned_away),
        sum(|told| told.texts),
        sum(|told| told.sets),
        sum(|told| told.life.unclear.len()),
        sum(|told| told.life.over.len()),
        sum(|told| told.life.left),
    );
}

pub fn judge(house: &House, told: &mut Told) {
    let life = &told.life;
    assert!(life.stuck.is_empty(), "{}", life.stuck.join("\n"));
    let log = house.log();
    assert!(!log.contains("panicked"), "{log}");
    whole_chain(house);
    let cases = cases(house);
    for (run, case) in &cases {
        let kinds = &case.kinds;
        for once in ["password_set", "code_right", "gate_passed", "case_ended"] {
            assert!(case.times(once) <= 1, "case {run}: {once} {} times: {kinds:?}", case.times(once));
        }
        if let Some(set) = case.at("password_set") {
            assert!(case.at("effect_intended").is_some_and(|intent| intent < set), "case {run}: {kinds:?}");
            assert!(case.at("gate_passed").is_some_and(|gate| gate < set), "case {run}: {kinds:?}");
        }
        if case.at("effect_intended").is_some() {
            let outcomes = ["password_set", "password_refused", "effect_uncertain", "effect_failed"];
            assert!(outcomes.iter().any(|outcome| case.at(outcome).is_some()), "case {run} has no outcome: {kinds:?}");
        }
    }
    ended(house, life, &cases);
    let judged = compared(&cases);
    assert!(judged >= life.typed, "{} codes were acknowledged and {judged} compared: a turn is lost", life.typed);
    let recorded = cases.values().filter(|case| case.at("password_set").is_some()).count();
    let works: Vec<&(usize, String)> =
        life.chose.iter().filter(|(n, password)| house.slapd.lets_in(&dn(*n), password)).collect();
    for (n, password) in &life.changed {
        assert!(house.slapd.lets_in(&dn(*n), password), "{} was told of a change that is not there", user(*n));
    }
    assert!(recorded >= life.changed.len(), "{recorded} sets on record, {} people were told", life.changed.len());
    assert!(works.len() >= life.changed.len() && works.len() <= life.changed.len() + life.unclear.len());
    set_once(house);
    sent_once(house);
    told.searched = secrets::nowhere(house, life);
    told.texts = house.texts().len();
    told.sets = told.life.changed.len();
}

/// Returns when the ends that people saw are on record, while the program still runs: a row of the outbox that was under
/// way when its process died waits for the end of its lease, and the rows behind it wait with it.
pub async fn recorded(house: &House, told: &Told) {
    let end = Instant::now() + Duration::from_secs(90);
    loop {
        let cases = cases(house);
        let whole = ends(&cases) >= seen(&told.life) && compared(&cases) >= told.life.typed;
        if whole || Instant::now() > end {
            return;
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}

/// Codes that were judged, or turned away at a limit.
fn compared(cases: &BTreeMap<String, Case>) -> usize {
    let times = |case: &Case| case.times("code_right") + case.times("code_wrong") + case.times("throttled");
    cases.values().map(times).sum()
}

/// Conversations whose end is on record.
fn ends(cases: &BTreeMap<String, Case>) -> usize {
    cases.values().filter(|case| case.at("case_ended").is_some()).count()
}

/// People who saw the end of their conversation, or were greeted anew.
fn seen(life: &Life) -> usize {
    life.changed.len() + life.handed_over + life.over.len()
}

/// Whoever was greeted anew had a conversation that came to an end of its own, and the record says so: one that is just
/// gone is lost. The record names accounts by pseudonyms, so ends are counted: everybody has one case that can end.
fn ended(house: &House, life: &Life, cases: &BTreeMap<String, Case>) {
    let (on_record, seen) = (ends(cases), seen(life));
    let open: Vec<_> = cases.values().filter(|case| case.at("case_ended").is_none()).map(|case| &case.kinds).collect();
    let log = house.log();
    let trouble: Vec<&str> = log.lines().filter(|line| !line.contains("\"level\":\"info\"")).collect();
    assert!(
        on_record >= seen,
        "{seen} people saw the end of their conversation, {on_record} ends are on record: a conversation is lost.\n\
         greeted anew: {:#?}\nwithout an end: {open:?}\n{}",
        life.over,
        trouble.join("\n")
    );
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

/// Every case on record.
fn cases(house: &House) -> BTreeMap<String, Case> {
    let record = rusqlite::Connection::open(house.data().join("audit.sqlite")).unwrap();
    let mut rows = record.prepare("SELECT payload FROM audit ORDER BY seq").unwrap();
    let rows = rows.query_map((), |row| row.get::<_, String>(0)).unwrap();
    let mut cases: BTreeMap<String, Case> = BTreeMap::new();
    for row in rows {
        let event: Json = serde_json::from_str(&row.unwrap()).unwrap();
        let Some(run) = event.get("run").filter(|run| !run.is_null()) else { continue };
        let kind = match &event["kind"] {
            Json::String(name) => name.clone(),
            other => other.as_object().unwrap().keys().next().unwrap().clone(),
        };
        cases.entry(run.to_string()).or_default().kinds.push(kind);
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

/// A code is never sent again by itself: an unknown result stays one. Word of a change is, under the same key, by which
/// gateways know it again; whoever was not told of a change might be the one who has to know.
fn sent_once(house: &House) {
    let mut keys = BTreeSet::new();
    for text in house.texts() {
        let may_come_again = text.text.contains("/not-me/");
        assert!(keys.insert(text.key.clone()) || may_come_again, "sent twice, {}: {}", text.key, text.text);
    }
}
