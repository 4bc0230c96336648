//! The end of the real program, with the limits it ships: half-open connections hold nothing up, and no set is lost.

use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::house::{House, SOON, dn};
use super::person::Person;

const HALVES: usize = 200;
/// People whose new password is on its way to the directory when the end is asked for.
const IN_FLIGHT: usize = 4;
const PASSWORD: &str = "Willow-Tractor-88-moon";

/// Connections that hold a part of a header; every fourth says nothing at all.
async fn halves(port: u16) -> Vec<TcpStream> {
    let mut halves = Vec::new();
    for n in 0..HALVES {
        let mut half = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
        if n % 4 > 0 {
            half.write_all(b"GET /health HTTP/1.1\r\nHost: x\r\nX-Half").await.unwrap();
        }
        halves.push(half);
    }
    halves
}

#[tokio::test(flavor = "multi_thread")]
async fn g35_asked_to_stop_among_half_open_connections_it_ends_in_time_and_loses_no_set() {
    let house = House::build(IN_FLIGHT).await;
    let mut running = house.start().await;
    assert_eq!(house.told(), "READY=1");
    let mut people: Vec<(Person<'_>, String)> = Vec::new();
    for n in 0..IN_FLIGHT {
        let mut person = Person::new(&house, n);
        let form = person.up_to_the_form().await;
        people.push((person, form));
    }
    let halves = halves(house.port).await;
    let before = house.slapd.writes();
    house.line.slow(Duration::from_millis(900));
    let sent = people.iter_mut().map(|(person, form)| person.choose(form, PASSWORD));
    let sent = futures_util::future::join_all(sent);
    let ended = async {
        // Every set has reached the directory, and no answer has come back yet.
        let end = Instant::now() + SOON;
        while house.slapd.writes() < before + IN_FLIGHT {
            let n = house.slapd.writes() - before;
            assert!(Instant::now() < end, "{n} of {IN_FLIGHT} sets reached the directory\n{}", house.log());
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        running.terminate();
        let asked = Instant::now();
        // From now on whoever comes is told to come again.
        let late = loop {
            let answer = reqwest::get(format!("http://127.0.0.1:{}/chat/uni", house.port)).await;
            match answer {
                Ok(answer) if answer.status() == 503 => break answer,
                Ok(answer) => {
                    let status = answer.status();
                    assert!(asked.elapsed() < SOON, "still answered with {status}\n{}", house.log());
                    tokio::time::sleep(Duration::from_millis(5)).await;
                }
                Err(error) => panic!("it hung up instead of answering 503: {error}\n{}", house.log()),
            }
        };
        let turned_away = asked.elapsed();
        assert_eq!(late.headers()["retry-after"], "5");
        assert_eq!(late.headers()["content-type"], "application/problem+json");
        let (ready, said) = house.seen("/ready").await;
        assert!(ready == 503 && said.contains("urn:ringback:problem:stopping"), "{ready} {said}");
        let status = tokio::task::block_in_place(|| running.0.wait().unwrap());
        assert!(status.success(), "{status}:\n{}", house.log());
        (asked.elapsed(), turned_away)
    };
    let (answers, (took, turned_away)) = tokio::join!(sent, ended);
    let changed = |answer: &&Option<super::person::Answer>| {
        answer.as_ref().is_some_and(|answer| answer.body.contains("Your password has been changed"))
    };
    let told = answers.iter().filter(changed).count();
    let record = house.says(&["audit", "export"]);
    let kinds: Vec<Value> =
        record.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()["kind"].clone()).collect();
    let count = |kind: &str| kinds.iter().filter(|found| *found == kind).count();
    let opened = (0..IN_FLIGHT).filter(|n| house.slapd.lets_in(&dn(*n), PASSWORD)).count();
    println!(
        "end: {took:?} with {HALVES} half-open connections (new requests turned away after {turned_away:?}); \
         {IN_FLIGHT} sets in flight, {opened} in the directory, {} on record, {told} people told",
        count("password_set")
    );
    assert!(took <= Duration::from_secs(25), "{took:?}");
    assert_eq!(
        (opened, count("effect_intended"), count("password_set")),
        (IN_FLIGHT, IN_FLIGHT, IN_FLIGHT),
        "{record}"
    );
    assert_eq!(house.told(), "STOPPING=1");
    assert_eq!(told, IN_FLIGHT, "everybody hears the truth before the end");
    drop(halves);

    // The next start finds nothing to do again.
    house.line.slow(Duration::ZERO);
    let _again = house.start().await;
    assert_eq!(house.slapd.writes(), before + IN_FLIGHT, "no set was done twice");
}

#[tokio::test(flavor = "multi_thread")]
async fn g35_half_open_headers_are_closed_in_time_and_the_others_are_served() {
    let house = House::build(0).await;
    let _running = house.start().await;
    let began = Instant::now();
    let mut kept = TcpStream::connect(("127.0.0.1", house.port)).await.unwrap();
    kept.write_all(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
    let mut answer = [0; 2048];
    assert!(kept.read(&mut answer).await.unwrap() > 0);
    let halves = halves(house.port).await;
    // The service is as quick as ever meanwhile.
    let (mut slowest, mut n) = (Duration::ZERO, 0);
    while n < 20 {
        let asked = Instant::now();
        let answer = reqwest::get(format!("http://127.0.0.1:{}/health", house.port)).await.unwrap();
        assert_eq!(answer.status(), 200);
        (slowest, n) = (slowest.max(asked.elapsed()), n + 1);
    }
    let closed = futures_util::future::join_all(halves.into_iter().chain([kept]).map(|mut half| async move {
        let mut rest = Vec::new();
        let ended = tokio::time::timeout(Duration::from_secs(60), half.read_to_end(&mut rest)).await;
        ended.expect("the server hangs up").ok();
        began.elapsed()
    }));
    let closed = closed.await;
    let (first, last) = (closed.iter().min().unwrap(), closed.iter().max().unwrap());
    println!(
        "{HALVES} half-open connections and an idle one: closed after {first:?} to {last:?}; slowest answer meanwhile {slowest:?}"
    );
    assert!(*last <= Duration::from_secs(12), "{last:?}");
    assert!(*first >= Duration::from_secs(9), "nobody is hurried: {first:?}");
}
