//! What one gate allows, whatever its account and its case would: three codes a minute apart, three calls, three wrong
//! contacts, five wrong codes or answers.

use std::sync::Arc;

use ringback::audit::AuditKind;
use ringback::model::ids::EventId;
use ringback::model::names::OptionKey;
use ringback::model::secrets::Answer;
use ringback::model::time::Seconds;
use ringback::ports::registry::Enrol;
use ringback::runtime::calls::CallEnd;
use ringback::runtime::pages::Fields;

use super::limits::THE_DAY_BEFORE;
use super::{AISYAH, know};
use crate::runtime::house::{Exchange, House, mobile_of};
use crate::runtime::person::Person;

#[tokio::test]
async fn a_gate_sends_three_codes_a_minute_apart() {
    let house = House::of("apu");
    // Known, so that the account itself would allow ten in an hour.
    know(&house, &house.account(AISYAH).await.id, "browser-1").await;
    let runtime = house.open().await;
    let mut person = Person::new(&house, "browser-1", AISYAH);
    person.walk_to(&runtime, "code-ask").await;
    let sent = || house.post.mails.lock().unwrap().len();
    let mut after = vec![(0, sent())];
    // Too soon, soon enough, too soon, soon enough, and a fourth one never.
    for wait in [59, 1, 59, 1, 61, 120] {
        house.clock.advance(Seconds(wait));
        person.pick(&runtime, "resend").await;
        after.push((wait, sent()));
    }
    println!("a gate's mails, by seconds after the last wish: {after:?}");
    assert_eq!(after, [(0, 1), (59, 1), (1, 2), (59, 2), (1, 3), (61, 3), (120, 3)]);
    // The newest one still counts.
    person.walk_to(&runtime, "reset-open-private-page").await;
}

#[tokio::test]
async fn a_gate_ends_with_the_third_wrong_address() {
    let house = House::of("apu");
    know(&house, &house.account(AISYAH).await.id, "browser-1").await;
    let runtime = house.open().await;
    let mut person = Person::new(&house, "browser-1", AISYAH);
    person.walk_to(&runtime, "code-confirm-target").await;
    for n in 0..3 {
        assert_eq!(person.last().unwrap().message.as_str(), "code-confirm-target", "after {n} wrong ones");
        person.say(&runtime, "somebody.else@mail.example").await;
    }
    assert_eq!(house.count(|kind| matches!(kind, AuditKind::ContactMismatch { .. })).await, 3);
    let menu = person.last().unwrap();
    // That way is over: what is left is offered, and mail is not.
    assert!(format!("{:?}", menu.args).contains("\"sms\""), "{menu:?}");
    assert!(house.post.mails.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_gate_rings_three_times_whatever_way_leads_back_to_it() {
    let mut house = House::of("apu");
    let exchange = Arc::new(Exchange::default());
    house.calls = Some(Arc::clone(&exchange));
    let account = house.account(AISYAH).await;
    know(&house, &account.id, "browser-1").await;
    let runtime = house.open().await;
    let mut person = Person::new(&house, "browser-1", AISYAH);
    let mut rung = Vec::new();
    for n in 0..4 {
        person.walk_to(&runtime, "verify-choose-method").await;
        person.pick(&runtime, "call_mobile").await;
        if n == 0 {
            person.say(&runtime, &mobile_of(&account)).await;
        }
        runtime.inbox().quiet().await;
        rung.push(exchange.placed.lock().unwrap().len());
        if person.shows("call-too-many") {
            break;
        }
        let leg = exchange.placed.lock().unwrap().last().unwrap().leg;
        let line = runtime.inbox().leg_peer(leg).await.unwrap().unwrap();
        runtime.inbox().call_ended(&line, EventId(format!("over-{n}")), CallEnd::NoAnswer).await.unwrap();
        runtime.inbox().quiet().await;
        // Not "again", which the script itself bounds, but out and back in.
        person.pick(&runtime, "other").await;
    }
    println!("calls of a gate that is left and entered again: {rung:?}");
    assert_eq!(rung, [1, 2, 3, 3]);
    assert!(person.shows("call-too-many"), "{:?}", house.screen.keys("browser-1"));
}

#[tokio::test]
async fn a_gate_compares_answers_five_times() {
    let house = House::of("apu");
    let account = house.account(AISYAH).await.id;
    let questions = ["first-school", "childhood-friend", "first-job-town"];
    let answers = |text: &str| questions.map(|key| (OptionKey::of(key), Answer::new(text.to_owned()))).into();
    let enrol = Enrol { contacts: None, totp: None, answers: Some(answers("Ipoh")) };
    house.registry.enrol(&house.tenant.id, &account, enrol, THE_DAY_BEFORE).await.unwrap();
    // Known, so that the account and its source together would allow ten.
    know(&house, &account, "browser-1").await;
    let runtime = house.open().await;
    let mut person = Person::new(&house, "browser-1", AISYAH);
    person.walk_to(&runtime, "verify-choose-method").await;
    person.pick(&runtime, "questions").await;
    let mut tried = 0;
    while let Some(page) = person.last().filter(|prompt| prompt.page.is_some() && tried < 7) {
        let session = person.open_page(&runtime, &page).await.unwrap();
        let wrong = questions.map(|_| Answer::new("Penang".to_owned())).into_iter().collect();
        runtime.pages().submit(&session, Fields::Answers(wrong)).await.unwrap();
        runtime.inbox().drained().await;
        tried += 1;
    }
    println!("wrong answers in one gate: {tried} looked at, then it is over");
    assert_eq!((tried, house.count(|kind| matches!(kind, AuditKind::CodeWrong { .. })).await), (5, 5));
}
