//! Somebody resets a password at the real program, and an operator looks on.

use std::time::{Duration, Instant};

use serde_json::Value;

use super::house::{House, SOON, mobile, user};
use super::person::Person;

const PASSWORD: &str = "Willow-Tractor-88-moon";

/// The value of a line of `/metrics`.
fn value(metrics: &str, line: &str) -> f64 {
    let found = metrics.lines().find_map(|text| text.strip_prefix(line)?.strip_prefix(' ')?.parse().ok());
    found.unwrap_or_else(|| panic!("no `{line}` in:\n{metrics}"))
}

/// The outbox as an operator sees it, once `wanted` finds in it what it looks for; that, and the whole list.
async fn listed<T>(house: &House, wanted: impl Fn(&[Value]) -> Option<T>) -> (T, Value) {
    let end = Instant::now() + SOON;
    loop {
        let listed: Value = serde_json::from_str(&house.says(&["outbox", "list", "--json"])).unwrap();
        if let Some(found) = wanted(listed["waiting"].as_array().unwrap()) {
            return (found, listed);
        }
        assert!(Instant::now() < end, "the outbox stays so: {listed}\n{}", house.log());
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// The number of the letter that the gateway has refused, when it waits for its next try.
fn put_off(waiting: &[Value]) -> Option<u64> {
    let waits = |row: &&Value| row["kind"] == "letters" && row["attempts"] == 1 && row["on_its_way"] == false;
    waiting.iter().find(waits)?["id"].as_u64()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_sees_what_happens_and_nothing_of_whom() {
    let house = House::build(2).await;
    let running = house.start().await;
    let mut person = Person::new(&house, 0);
    let form = person.up_to_the_form().await;
    let code = house.code_to(&mobile(0), None).await;
    let done = person.choose(&form, PASSWORD).await.unwrap();
    assert!(done.body.contains("Your password has been changed"), "{}", done.body);
    house.text_to(&mobile(0), "/not-me/").await;

    // Health, readiness and metrics: on their own port, and health alone on the public one.
    assert_eq!(house.seen("/health").await.0, 200);
    let (status, ready) = house.seen("/ready").await;
    assert!(status == 200 && ready.contains("directory:uni"), "{ready}");
    for (path, expected) in [("/health", 200), ("/metrics", 404), ("/ready", 404), ("/outbox", 404)] {
        assert_eq!(person.get(path).await.status, expected, "{path} on the public port");
    }
    let (_, metrics) = house.seen("/metrics").await;
    assert!(value(&metrics, "ringback_turns_total{channel=\"browser\",outcome=\"taken\"}") >= 4.0);
    assert_eq!(value(&metrics, "ringback_sets_total{tenant=\"uni\",outcome=\"done\"}"), 1.0);
    assert_eq!(value(&metrics, "ringback_sends_total{method=\"text\",outcome=\"sent\"}"), 2.0);
    assert_eq!(value(&metrics, "ringback_audit_events_total{tenant=\"uni\",kind=\"password_set\"}"), 1.0);
    assert_eq!(value(&metrics, "ringback_part_state{part=\"directory:uni\"}"), 0.0);
    assert_eq!(value(&metrics, "ringback_dead_letters"), 0.0);
    assert!(value(&metrics, "ringback_audit_seq") >= 8.0);
    assert!(value(&metrics, "ringback_floor_seconds_count") >= 1.0);
    assert!(value(&metrics, "ringback_store_seconds_count{operation=\"commit\"}") >= 8.0);
    assert!(value(&metrics, "ringback_resident_bytes") > 1e6);
    for stage in ["wait", "load", "step", "commit", "effects"] {
        value(&metrics, &format!("ringback_turn_stage_seconds_count{{stage=\"{stage}\"}}"));
    }

    // The record: whole, exported, told.
    assert!(house.says(&["audit", "verify"]).contains("whole"));
    let export = house.says(&["audit", "export", "--tenant", "uni"]);
    let rows: Vec<Value> = export.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let case = rows.iter().find_map(|row| row["case"].as_str()).unwrap().to_owned();
    let story = house.says(&["audit", "explain", &case[..12]]);
    assert!(story.contains("In short: 1 check(s) passed; the password was changed."), "{story}");
    assert!(house.says(&["audit", "export", "--format", "csv"]).starts_with("seq,time,tenant,case,"));
    assert_eq!(house.command(&["audit", "export", "--from", "yesterday"]).status.code(), Some(2));

    // The outbox: word of a change that the gateway does not take waits as long as the gateway asks for, and leaves when
    // an operator says so. Not a code: those are given up after two tries, for somebody sits and waits.
    let mut other = Person::new(&house, 1);
    let form = other.up_to_the_form().await;
    listed(&house, |waiting| waiting.is_empty().then_some(())).await;
    assert!(house.says(&["outbox", "list"]).contains("0 message(s) wait, 0 given up"));
    house.gateway_takes(false);
    assert!(other.choose(&form, PASSWORD).await.unwrap().body.contains("Your password has been changed"));
    let (id, listed) = listed(&house, put_off).await;
    assert!(!listed.to_string().contains(&mobile(1)), "{listed}");
    house.gateway_takes(true);
    assert!(house.says(&["outbox", "retry", &id.to_string()]).starts_with("1 message(s) are tried again"), "{listed}");
    house.text_to(&mobile(1), "/not-me/").await;
    assert_eq!(house.command(&["outbox", "retry", "1"]).status.code(), Some(2), "there is no such message");

    // After the end there is nobody to ask, and that is said.
    running.terminate();
    drop(running);
    let asked = house.command(&["outbox", "list"]);
    let said = String::from_utf8_lossy(&asked.stderr).into_owned();
    assert!(asked.status.code() == Some(3) && said.contains("does not answer at 127.0.0.1"), "{said}");

    // The log, with everything asked for: JSON, allowed fields, nothing of a person.
    let log = house.log();
    let mut turns = 0;
    for line in log.lines() {
        let line: Value = serde_json::from_str(line).unwrap_or_else(|_| panic!("not JSON: {line}"));
        turns +=
            usize::from(line["message"] == "turn" && line["commit_us"].is_u64() && line["conversation"].is_string());
    }
    println!(
        "{} log lines at level trace, {turns} of them turns; {} bytes of metrics",
        log.lines().count(),
        metrics.len()
    );
    assert!(turns >= 4, "{log}");
    let number = mobile(0);
    let national = number.trim_start_matches("+44");
    for secret in [user(0).as_str(), PASSWORD, &code, national, "Willow", "uid="] {
        for (place, text) in
            [("the log", &log), ("the metrics", &metrics), ("the export", &export), ("the story", &story)]
        {
            assert!(!text.contains(secret), "`{secret}` is in {place}");
        }
    }
}
