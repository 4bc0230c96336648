//! The rows of the table that a reset in a chat does not meet: sources that an account knows, security questions, and
//! telephones, called and calling.

use ringback::model::contacts::PhoneNumber;
use ringback::model::ids::EventId;
use ringback::model::names::OptionKey;
use ringback::model::peer::{Channel, Peer};
use ringback::model::secrets::Answer;
use ringback::model::time::Seconds;
use ringback::policy::limits::{Limit, Limited, Scope};
use ringback::ports::clock::Clock;
use ringback::ports::registry::Enrol;
use ringback::runtime::calls::CallEnd;
use ringback::runtime::pages::Fields;
use ringback::runtime::start::Runtime;

use super::limits::{CODE, CONTACT, SEND, TEXT, THE_DAY_BEFORE};
use super::tally::{Tally, table};
use super::{AISYAH, know};
use crate::runtime::house::{Exchange, House, mobile_of};
use crate::runtime::person::Person;

/// Strangers have used up what the account allows; each act of a source that it knows counts for that source then.
#[tokio::test]
async fn what_a_known_source_does_counts_for_itself_when_strangers_used_the_account_up() {
    let mut house = House::of("apu");
    let account = house.account(AISYAH).await.id;
    know(&house, &account, "browser-1").await;
    for (what, n) in [(Limited::Send, 5), (Limited::WrongCode, 5), (Limited::WrongContact, 5)] {
        for n in 0..n {
            let limit = Limit { what, scope: Scope::Account(account.0.clone()), limit: 9, window: Seconds::hours(24) };
            let now = house.clock.now();
            house.registry.count(&house.tenant.id, &format!("{what:?}{n}"), &[limit], now).await.unwrap();
        }
    }
    let tally = Tally::before(&mut house);
    let runtime = house.open().await;
    let mut person = Person::new(&house, "browser-1", AISYAH);
    person.walk_to(&runtime, "code-confirm-target").await;
    tally.since();
    person.say(&runtime, "somebody.else@mail.example").await;
    assert_eq!(tally.since(), table(&[&CONTACT, &["WrongContact Source 3/86400"]]), "a wrong address");
    person.walk_to(&runtime, "code-ask").await;
    let sent = ["WrongContact Source 3/86400", "Send Source 5/86400"];
    assert_eq!(tally.since(), table(&[&CONTACT, &SEND, &sent]), "an address, and a mail to it");
    person.say(&runtime, "00000000").await;
    let mut code = table(&[&CODE, &["WrongCode Source 5/86400"]]);
    code.remove("WrongCode Address 30/3600");
    assert_eq!(tally.since(), code, "a wrong code");
}

#[tokio::test]
async fn answers_to_questions_are_counted_like_codes() {
    let mut house = House::of("apu");
    let account = house.account(AISYAH).await.id;
    let questions = ["first-school", "childhood-friend", "first-job-town"];
    let answers = || questions.map(|key| (OptionKey::of(key), Answer::new("Ipoh".to_owned()))).into_iter().collect();
    let enrol = Enrol { contacts: None, totp: None, answers: Some(answers()) };
    house.registry.enrol(&house.tenant.id, &account, enrol, THE_DAY_BEFORE).await.unwrap();
    let tally = Tally::before(&mut house);
    let runtime = house.open().await;
    let mut person = Person::new(&house, "browser-1", AISYAH);
    person.walk_to(&runtime, "verify-choose-method").await;
    person.pick(&runtime, "questions").await;
    let page = person.last().unwrap();
    let session = person.open_page(&runtime, &page).await.unwrap();
    tally.since();
    let wrong = questions.map(|_| Answer::new("Penang".to_owned())).into_iter().collect();
    runtime.pages().submit(&session, Fields::Answers(wrong)).await.unwrap();
    runtime.inbox().drained().await;
    let mut code = table(&[&CODE]);
    code.remove("WrongCode Address 30/3600");
    assert_eq!(tally.since(), code);
}

#[tokio::test]
async fn a_call_to_somebody_counts_like_a_text_to_them() {
    let mut house = House::of("apu");
    house.calls = Some(std::sync::Arc::new(Exchange::default()));
    let tally = Tally::before(&mut house);
    let runtime = house.open().await;
    let mut person = Person::new(&house, "browser-1", AISYAH);
    person.walk_to(&runtime, "verify-choose-method").await;
    person.pick(&runtime, "call_mobile").await;
    tally.since();
    let mobile = mobile_of(&house.account(AISYAH).await);
    person.say(&runtime, &mobile).await;
    assert_eq!(tally.since(), table(&[&CONTACT, &SEND, &TEXT]));
    assert_eq!(house.calls.as_ref().unwrap().placed.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn a_number_calls_ten_times_an_hour_and_three_times_at_once() {
    let house = House::of("apu");
    let runtime = house.open().await;
    let number = PhoneNumber::parse("+447700900123", "GB").unwrap();
    let mut admitted = Vec::new();
    // Four at once, then one after another.
    for n in 0..4 {
        admitted.push(calls(&house, &runtime, n, Some(&number)).await);
    }
    for n in 0..3 {
        over(&house, &runtime, n).await;
    }
    for n in 4..12 {
        admitted.push(calls(&house, &runtime, n, Some(&number)).await);
        over(&house, &runtime, n).await;
    }
    println!("12 calls of a number in an hour, four of them at once: {admitted:?}");
    assert_eq!(admitted, [true, true, true, false, true, true, true, true, true, true, false, false]);
    // Another number may, and an hour later the same one.
    let other = PhoneNumber::parse("+447700900124", "GB").unwrap();
    assert!(calls(&house, &runtime, 20, Some(&other)).await);
    house.clock.advance(Seconds(3_601));
    assert!(calls(&house, &runtime, 21, Some(&number)).await);
}

#[tokio::test]
async fn withheld_numbers_of_a_line_share_sixty_calls_an_hour_and_eighteen_at_once() {
    let house = House::of("apu");
    let runtime = house.open().await;
    let mut at_once = 0;
    for n in 0..20 {
        at_once += usize::from(calls(&house, &runtime, n, None).await);
    }
    for n in 0..20 {
        over(&house, &runtime, n).await;
    }
    let mut an_hour = 20;
    for n in 20..70 {
        an_hour += usize::from(calls(&house, &runtime, n, None).await);
        over(&house, &runtime, n).await;
    }
    println!("withheld numbers: {at_once} of 20 at once, {an_hour} counted in an hour");
    assert_eq!((at_once, an_hour), (18, 60));
}

/// A call comes in; whether it may go on.
async fn calls(house: &House, runtime: &Runtime, n: u32, number: Option<&PhoneNumber>) -> bool {
    let event = EventId(format!("call-{n}/0"));
    runtime.inbox().admit_call(&line(house, n), number, &event).await.unwrap()
}

async fn over(house: &House, runtime: &Runtime, n: u32) {
    let event = EventId(format!("call-{n}/over"));
    runtime.inbox().call_ended(&line(house, n), event, CallEnd::HungUp).await.unwrap();
}

fn line(house: &House, n: u32) -> Peer {
    let (tenant, bot) = (house.tenant.id.clone(), "+442079460001".to_owned());
    Peer { tenant, channel: Channel::Voice, bot, user: format!("test/call-{n}") }
}
