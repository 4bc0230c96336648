//! The outbox: waits as it is told, never sends a text twice on its own, gives up aloud.

use std::sync::atomic::Ordering;

use ringback::audit::AuditKind;
use ringback::model::time::Seconds;
use ringback::ports::messenger::SendError;
use ringback::runtime::start::Runtime;

use super::house::House;
use super::person::{Move, Person};

const AISYAH: &str = "aisyah@mail.apu.edu.my";

async fn asked_for_a_text<'a>(house: &'a House, mood: SendError) -> (Runtime, Person<'a>) {
    house.clock.naps(Seconds(15));
    let runtime = house.open().await;
    let mut person = Person::new(house, "browser-1", AISYAH);
    person.method = "sms";
    house.post.moods.lock().unwrap().push(mood);
    person.walk_to(&runtime, "code-confirm-target").await;
    let Some(Move::Say(number)) = person.next().await else { panic!("no number") };
    person.act(&runtime, number).await;
    assert!(person.shows("code-sent"));
    (runtime, person)
}

fn tries(house: &House) -> usize {
    house.post.tries.load(Ordering::SeqCst)
}

#[tokio::test]
async fn a_provider_that_asks_to_wait_a_moment_is_obeyed() {
    let house = House::of("apu");
    let busy = SendError::Retry { why: "too many requests".to_owned(), after_seconds: Some(18) };
    let (runtime, person) = asked_for_a_text(&house, busy).await;
    assert_eq!((tries(&house), house.post.texts.lock().unwrap().len()), (1, 0));
    house.clock.advance(Seconds(17));
    rest(&runtime).await;
    assert_eq!(tries(&house), 1, "before the time that the provider named");
    house.clock.advance(Seconds(1));
    until(|| tries(&house) == 2).await;
    runtime.inbox().drained().await;
    assert_eq!(house.post.texts.lock().unwrap().len(), 1);
    assert!(!person.shows("code-undeliverable"));
}

#[tokio::test]
async fn a_text_of_unknown_fate_is_given_up_and_another_way_is_offered() {
    let house = House::of("apu");
    let unknown = SendError::Unknown { why: "connection reset".to_owned() };
    let (runtime, mut person) = asked_for_a_text(&house, unknown).await;
    runtime.inbox().quiet().await;
    assert!(person.shows("code-perhaps-lost"));
    assert_eq!(person.last().unwrap().message.as_str(), "verify-choose-method");
    for _ in 0..10 {
        house.clock.advance(Seconds(30));
        rest(&runtime).await;
    }
    assert_eq!(tries(&house), 1, "sent again without being asked");
    let letters = runtime.dead_letters().await.unwrap();
    assert_eq!(letters.len(), 1);
    assert_eq!(letters[0].template.as_str(), "mail-code");
    assert_eq!(house.count(|kind| matches!(kind, AuditKind::DeadLetter { .. })).await, 1);
    person.method = "email";
    let keys = person.walk(&runtime).await;
    assert_eq!(keys.last().map(String::as_str), Some("reset-done"), "{keys:?}");
}

#[tokio::test]
async fn an_address_that_does_not_exist_is_tried_once() {
    let house = House::of("apu");
    let (runtime, _person) = asked_for_a_text(&house, SendError::Dead { why: "no such number".to_owned() }).await;
    assert_eq!(tries(&house), 1);
    assert_eq!(runtime.dead_letters().await.unwrap().len(), 1);
    // Two weeks later it is forgotten.
    house.clock.advance(Seconds::hours(15 * 24));
    rest(&runtime).await;
    assert!(runtime.dead_letters().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_code_that_outlived_its_time_is_not_sent() {
    let house = House::of("apu");
    let busy = SendError::Retry { why: "maintenance".to_owned(), after_seconds: Some(400) };
    let (runtime, _person) = asked_for_a_text(&house, busy).await;
    house.clock.advance(Seconds(400));
    rest(&runtime).await;
    assert_eq!(tries(&house), 1);
    assert_eq!(house.store.outbox_len().await.unwrap(), 0, "the row is still there");
    assert!(house.post.texts.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_code_is_gone_with_a_restart_and_is_never_drawn_again_by_itself() {
    let house = House::of("apu");
    let busy = SendError::Retry { why: "maintenance".to_owned(), after_seconds: Some(19) };
    let (runtime, _person) = asked_for_a_text(&house, busy).await;
    drop(runtime);
    let runtime = house.open().await;
    house.clock.advance(Seconds(120));
    rest(&runtime).await;
    assert_eq!(tries(&house), 1);
    let mut person = Person::new(&house, "browser-1", AISYAH);
    person.begin_at(100);
    person.method = "sms";
    let keys = person.walk(&runtime).await;
    assert_eq!(keys.last().map(String::as_str), Some("reset-done"), "{keys:?}");
}

#[tokio::test]
async fn a_letter_says_the_same_in_html_and_plain_text_and_names_the_place() {
    let house = House::of("apu");
    let runtime = house.open().await;
    let mut person = Person::new(&house, "browser-1", AISYAH);
    person.walk(&runtime).await;
    let mails = house.post.mails.lock().unwrap();
    assert_eq!(mails.len(), 2);
    let (code, notice) = (&mails[0], &mails[1]);
    assert!(code.text.contains("Asia Pacific University") && code.subject.contains("Asia Pacific University"));
    for mail in mails.iter() {
        let shown = words(&mail.html);
        for line in mail.text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with("--")) {
            let linked = line.starts_with("https://");
            assert!(linked || shown.contains(line.trim()), "{line:?} is not in {shown:?}");
        }
        assert!(mail.html.starts_with("<!DOCTYPE html><html lang=\"en\""));
    }
    let link = notice.text.lines().find(|line| line.contains("/not-me/")).unwrap();
    assert!(notice.html.contains(link));
    assert!(!code.html.contains("http"), "a code mail carries no link that could be imitated");
}

/// Gives timers and outbox their turns.
async fn rest(runtime: &Runtime) {
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    runtime.inbox().drained().await;
}

async fn until(done: impl Fn() -> bool) {
    for _ in 0..100_000 {
        if done() {
            return;
        }
        tokio::task::yield_now().await;
    }
    panic!("it never happened");
}

/// What a reader of HTML sees.
fn words(html: &str) -> String {
    let parts = html.split('<').map(|part| part.split_once('>').map_or(part, |(_, text)| text));
    let text = parts.collect::<Vec<_>>().join(" ");
    let plain = text.replace("&quot;", "\"").replace("&#39;", "'").replace("&amp;", "&");
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}
