//! The table "Counted for" of `docs/ARCHITECTURE.md`, cell by cell: everything a person does is counted against every one
//! of its limits, and what holds for a network address or a peer is refused where it says so.

use std::net::IpAddr;
use std::sync::Arc;

use ringback::audit::AuditKind;
use ringback::engine::event::Act;
use ringback::model::ids::EventId;
use ringback::model::purpose::Purpose;
use ringback::model::time::{Seconds, Timestamp};
use ringback::ports::registry::Enrol;
use ringback::runtime::pages::PageAnswer;
use ringback::runtime::start::Runtime;
use ringback::verify::totp;

use super::tally::{Tally, table};
use super::{AISYAH, know};
use crate::runtime::house::House;
use crate::runtime::person::{Move, Person};
use crate::support::clock::MORNING;

const HERE: &str = "203.0.113.9";
const ELSEWHERE: &str = "203.0.113.10";
/// More than a day before the houses' morning: what is registered then counts alone.
pub const THE_DAY_BEFORE: Timestamp = Timestamp(MORNING.0 - 25 * 3_600_000);

/// What each act is counted against: `what scope limit/seconds`, as the table says.
pub const STARTS: [&str; 9] = [
    "Start Address 2000/3600",
    "Start Peer 5/3600",
    "Start Peer 20/86400",
    "Start Tenant 200/10",
    "Live Everybody 2000/2400",
    "Suspicion Peer 3/3600",
    "Suspicion Peer 10/86400",
    "Suspicion Tenant 100/10",
    "Suspicion Address 30/3600",
];
pub const NAME: [&str; 3] = ["Start Account 5/3600", "Start Account 10/86400", "Name Peer 3/86400"];
pub const CONTACT: [&str; 3] =
    ["WrongContact Account 5/86400", "WrongContact Peer 5/86400", "WrongContact Case 5/3600"];
pub const SEND: [&str; 5] = [
    "Send Account 5/3600",
    "Send Account 10/86400",
    "Send Peer 10/86400",
    "Send Case 6/3600",
    "Send Destination 5/86400",
];
pub const TEXT: [&str; 3] = ["Send Tenant 500/86400", "Send Everybody 5000/86400", "Send Prefix 50/3600"];
pub const CODE: [&str; 6] = [
    "WrongCode Account 5/86400",
    "WrongCode Account 100/630720000",
    "WrongCode Peer 10/86400",
    "WrongCode Case 10/3600",
    "WrongCode Tenant 2500/86400",
    "WrongCode Address 30/3600",
];
const PASSWORD: [&str; 7] = [
    "Set Account 6/600",
    "Set Case 6/3600",
    "Set Tenant 50/10",
    "Set Everybody 200/10",
    "Change Account 1/600",
    "Change Peer 3/86400",
    "Change Address 10/3600",
];

#[tokio::test]
async fn everything_is_counted_against_every_limit_of_the_table() {
    let mut house = House::of("apu");
    let tally = Tally::before(&mut house);
    let runtime = house.open().await;
    let mut person = Person::new(&house, "browser-1", AISYAH);
    person.method = "sms";

    assert!(from(&runtime, &person, HERE).await);
    person.act(&runtime, Act::Start(Some(Purpose::ResetPassword))).await;
    person.say(&runtime, AISYAH).await;
    assert_eq!(tally.since(), table(&[&STARTS, &NAME]), "a start and a name");
    person.walk_to(&runtime, "code-confirm-target").await;
    let Some(Move::Say(number)) = person.next().await else { panic!("no number") };
    person.act(&runtime, number).await;
    assert_eq!(tally.since(), table(&[&CONTACT, &SEND, &TEXT]), "a number, and a text to it");
    person.say(&runtime, "00000000").await;
    assert_eq!(tally.since(), table(&[&CODE]), "a wrong code");
    house.clock.advance(Seconds(61));
    person.pick(&runtime, "resend").await;
    assert_eq!(tally.since(), table(&[&SEND, &TEXT]), "another text");
    person.walk_to(&runtime, "reset-open-private-page").await;
    assert_eq!(tally.since(), table(&[&CODE]), "a right code");
    let page = person.last().unwrap();
    assert_eq!(person.choose_password(&runtime, &page).await, PageAnswer::Done);
    assert_eq!(tally.since(), table(&[&PASSWORD]), "a password");

    // By mail, which costs nothing; to a wrong address first.
    house.clock.advance(Seconds::hours(1));
    let mut person = Person::new(&house, "browser-2", AISYAH);
    person.walk_to(&runtime, "code-confirm-target").await;
    tally.since();
    person.say(&runtime, "somebody.else@mail.example").await;
    assert_eq!(tally.since(), table(&[&CONTACT]), "a wrong address");
    person.walk_to(&runtime, "code-ask").await;
    assert_eq!(tally.since(), table(&[&CONTACT, &SEND]), "an address, and a mail to it");
}

#[tokio::test]
async fn a_code_of_an_authenticator_is_counted_like_one_that_was_sent() {
    let mut house = House::of("apu");
    let account = house.account(AISYAH).await.id;
    let secret = || totp::TotpSecret(zeroize::Zeroizing::new(vec![7; 20]));
    let enrol = Enrol { contacts: None, totp: Some(secret()), answers: None };
    house.registry.enrol(&house.tenant.id, &account, enrol, THE_DAY_BEFORE).await.unwrap();
    know(&house, &account, "browser-1").await;
    let tally = Tally::before(&mut house);
    let runtime = house.open().await;
    let mut person = Person::new(&house, "browser-1", AISYAH);
    person.walk_to(&runtime, "verify-choose-method").await;
    assert!(from(&runtime, &person, HERE).await);
    person.pick(&runtime, "totp").await;
    tally.since();
    person.say(&runtime, "000000").await;
    assert_eq!(tally.since(), table(&[&CODE]));
}

#[tokio::test]
async fn wrong_codes_from_one_address_close_it_for_an_hour_whoever_sits_there() {
    let mut house = House::of("apu");
    Arc::make_mut(&mut house.tenant).caps.wrong_codes_an_hour_an_address = 2;
    let runtime = house.open().await;
    let mut one = at_the_code(&house, &runtime, "browser-1", AISYAH, HERE).await;
    one.say(&runtime, "00000000").await;
    one.say(&runtime, "00000001").await;
    assert_eq!(house.count(|kind| matches!(kind, AuditKind::CodeWrong { .. })).await, 2);
    let throttled = async || house.count(|kind| *kind == AuditKind::Throttled).await;
    assert_eq!(throttled().await, 0);
    // Another person there: even the right code is not compared any more, and looks wrong.
    let mut two = at_the_code(&house, &runtime, "browser-2", "hafiz@mail.apu.edu.my", HERE).await;
    let Some(Move::Say(code)) = two.next().await else { panic!("no code came") };
    two.act(&runtime, code).await;
    assert!(two.shows("code-wrong"), "{:?}", house.screen.keys("browser-2"));
    assert_eq!(throttled().await, 1);
    // From elsewhere, and an hour later, it is.
    house.clock.advance(Seconds(61));
    runtime.inbox().locate(&two.peer, ELSEWHERE.parse::<IpAddr>().unwrap());
    two.walk_to(&runtime, "reset-open-private-page").await;
    assert_eq!(throttled().await, 1);
}

#[tokio::test]
async fn passwords_changed_from_one_address_are_limited_whoever_sits_there() {
    let mut house = House::of("apu");
    Arc::make_mut(&mut house.tenant).caps.changes_an_hour_an_address = 1;
    let runtime = house.open().await;
    let mut one = at_the_code(&house, &runtime, "browser-1", AISYAH, HERE).await;
    assert_eq!(changed(&mut one, &runtime, "Marmalade+Kites+77").await, PageAnswer::Done);
    let mut two = at_the_code(&house, &runtime, "browser-2", "hafiz@mail.apu.edu.my", HERE).await;
    let refused = changed(&mut two, &runtime, "Marmalade+Kites+78").await;
    assert!(format!("{refused:?}").contains("rule-not-so-soon"), "{refused:?}");
    assert_eq!(house.directory.n_sets(), 1);
    let mut three = at_the_code(&house, &runtime, "browser-3", "devi@apu.edu.my", ELSEWHERE).await;
    assert_eq!(changed(&mut three, &runtime, "Marmalade+Kites+79").await, PageAnswer::Done);
    assert_eq!(house.directory.n_sets(), 2);
}

#[tokio::test]
async fn a_peer_changes_three_passwords_a_day() {
    let house = House::of("apu");
    let runtime = house.open().await;
    let mut outcomes = Vec::new();
    for n in 0..5 {
        let mut person = Person::new(&house, "browser-1", AISYAH);
        person.begin_at(1_000 * n);
        person.act(&runtime, Act::Start(Some(Purpose::ResetPassword))).await;
        let password: &'static str = Box::leak(format!("Marmalade+Kites+{n}{n}").into_boxed_str());
        outcomes.push(changed(&mut person, &runtime, password).await);
        // Far enough apart for every other limit, and for the end of what was refused.
        house.clock.advance(Seconds::hours(if n == 3 { 24 } else { 3 }));
    }
    assert_eq!(outcomes[..3], [PageAnswer::Done, PageAnswer::Done, PageAnswer::Done]);
    assert!(format!("{:?}", outcomes[3]).contains("rule-not-so-soon"), "{outcomes:?}");
    assert_eq!((&outcomes[4], house.directory.n_sets()), (&PageAnswer::Done, 4), "the next day it may again");
}

/// Opens a conversation of this peer from an address; whether it may.
async fn from(runtime: &Runtime, person: &Person<'_>, address: &str) -> bool {
    let event = EventId(format!("open-{}", person.peer.user));
    runtime.inbox().admit(&person.peer, address.parse::<IpAddr>().unwrap(), &event).await.unwrap()
}

async fn at_the_code<'a>(
    house: &'a House,
    runtime: &Runtime,
    user: &str,
    name: &'static str,
    address: &str,
) -> Person<'a> {
    let mut person = Person::new(house, user, name);
    assert!(from(runtime, &person, address).await);
    person.walk_to(runtime, "code-ask").await;
    person
}

/// Goes on to the page and hands this password in.
async fn changed(person: &mut Person<'_>, runtime: &Runtime, password: &'static str) -> PageAnswer {
    person.password = password;
    person.walk_to(runtime, "reset-open-private-page").await;
    let page = person.last().unwrap();
    person.choose_password(runtime, &page).await
}
