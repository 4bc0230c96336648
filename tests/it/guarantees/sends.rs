//! Messages: how many leave, and only to whom.

use std::sync::Arc;

use ringback::model::account::RegisteredContact;
use ringback::model::contacts::{Contact, PhoneNumber};
use ringback::model::ids::TargetHash;
use ringback::model::method::Method;
use ringback::model::time::{Seconds, Timestamp};
use ringback::policy::limits::{Limited, Who, sends};
use ringback::ports::clock::Clock;
use ringback::ports::registry::{Count, Enrol};

use super::{AISYAH, registry};
use crate::runtime::house::{House, mobile_of};
use crate::runtime::person::Person;
use crate::support::clock::MORNING;

#[tokio::test]
async fn g17_a_flood_of_requests_stays_below_every_cap_and_a_restart_forgets_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut tenant = (*House::of("apu").tenant).clone();
    tenant.caps.messages_a_day = 60;
    let mut kept = registry(folder.path());
    let mut sent = [0usize; 2];
    for n in 0..600usize {
        if n % 200 == 199 {
            drop(kept);
            kept = registry(folder.path());
        }
        // First one number that everybody asks for, then two hundred accounts with numbers of their own.
        let one_number = n < 100;
        let (account, peer, case) = (format!("a{}", n % 200), format!("p{n}"), format!("c{n}"));
        let who = Who { account: &account, peer: &peer, case: &case, tenant: &tenant };
        let target = TargetHash([if one_number { 1 } else { 2 + (n % 200) as u8 % 200 }; 32]);
        let mut limits = sends::send(who, Method::Sms, Some(&target));
        let number = PhoneNumber::parse(&format!("+6012{:07}", 10_000 * n % 9_999_999), "MY").unwrap();
        limits.push(sends::to(&number, &tenant));
        let now = MORNING + Seconds(n as u32);
        let counted = kept.count(&tenant.id, &format!("op{n}"), &limits, now).await.unwrap();
        sent[usize::from(!one_number)] += usize::from(counted == Count::Allowed);
    }
    println!(
        "g17: 100 requests for one number: {} sent; 500 more against a cap of 60: {} sent in all",
        sent[0],
        sent[0] + sent[1]
    );
    assert_eq!((sent[0], sent[0] + sent[1]), (5, 60));
}

#[tokio::test]
async fn g17_a_country_abroad_gets_fifty_texts_an_hour_and_an_account_ten_a_day() {
    let folder = tempfile::tempdir().unwrap();
    let tenant = House::of("apu").tenant;
    let kept = registry(folder.path());
    let mut abroad = 0;
    for n in 0..80u32 {
        let number = PhoneNumber::parse(&format!("+4477009{n:05}"), "MY").unwrap();
        let limits = [sends::to(&number, &tenant)];
        let counted = kept.count(&tenant.id, &format!("abroad{n}"), &limits, MORNING + Seconds(n)).await.unwrap();
        abroad += usize::from(counted == Count::Allowed);
    }
    let mut account = 0;
    for n in 0..48u32 {
        let (peer, case) = (format!("p{n}"), format!("c{n}"));
        let who = Who { account: "ada", peer: &peer, case: &case, tenant: &tenant };
        let limits = sends::send(who, Method::Email, None);
        let now = Timestamp(MORNING.0 + u64::from(n) * 1_700_000);
        account += usize::from(kept.count(&tenant.id, &format!("a{n}"), &limits, now).await.unwrap() == Count::Allowed);
    }
    println!(
        "g17: 80 texts to one country in an hour: {abroad} sent; 48 requests of an account in a day: {account} sent"
    );
    assert_eq!((abroad, account), (50, 10));
}

#[tokio::test]
async fn g17_half_of_a_cap_raises_an_alarm_once() {
    let mut house = House::of("apu");
    Arc::make_mut(&mut house.tenant).caps.messages_a_day = 4;
    let runtime = house.open().await;
    let mut person = Person::new(&house, "browser-1", AISYAH);
    person.method = "sms";
    person.walk_to(&runtime, "code-ask").await;
    let fill = || {
        let all = runtime.caps();
        let own = |cap: &ringback::runtime::caps::Cap| cap.what == Limited::Send && cap.tenant.is_some();
        all.into_iter().find(|(cap, _)| own(cap)).map(|(_, fill)| (fill.count, fill.percent, fill.halves, fill.fulls))
    };
    assert_eq!(fill(), Some((1, 0, 0, 0)));
    for (count, percent) in [(2, 50), (3, 50)] {
        house.clock.advance(Seconds(61));
        person.pick(&runtime, "resend").await;
        assert_eq!(fill(), Some((count, percent, 1, 0)));
    }
    println!("g17: the alarm of a cap of 4 came once, with the second message");
}

#[tokio::test]
async fn g18_nothing_leaves_before_the_whole_number_is_typed() {
    let house = House::of("apu");
    let runtime = house.open().await;
    let mut person = Person::new(&house, "browser-1", AISYAH);
    person.method = "sms";
    person.walk_to(&runtime, "code-confirm-target").await;
    let hint = format!("{:?}", person.last().unwrap().args);
    let digits = hint.chars().filter(char::is_ascii_digit).count();
    assert!(digits <= 2, "{hint}");
    let number = mobile_of(&house.account(AISYAH).await);
    let tail = &number[number.len() - 2..];
    for wrong in [&*format!("+4477009002{tail}"), tail] {
        if person.last().unwrap().message.as_str() == "code-confirm-target" {
            person.say(&runtime, wrong).await;
        }
    }
    let before = (house.post.texts.lock().unwrap().len(), house.post.mails.lock().unwrap().len());
    person.say(&runtime, &number).await;
    let after = house.post.texts.lock().unwrap().len();
    println!(
        "g18: the hint shows {digits} digits; {before:?} messages before the whole number was typed, {after} after"
    );
    assert_eq!((before, after), ((0, 0), 1));
    assert_eq!(house.post.texts.lock().unwrap()[0].to.e164(), number);
}

#[tokio::test]
async fn g28_a_contact_younger_than_a_day_is_not_offered() {
    let house = House::of("apu");
    let account = house.account(AISYAH).await.id;
    let number = PhoneNumber::parse("+447700900999", "MY").unwrap();
    for (age, offered) in [(Seconds(86_399), 2), (Seconds(86_400), 3)] {
        let since = Timestamp(house.clock.now().0 - u64::from(age.0) * 1000);
        let contact = RegisteredContact {
            contact: Contact::Phone(number.clone()),
            methods: vec![Method::Sms],
            // Some seconds of the walk to the menu come on top.
            since: Some(if offered == 2 { since + Seconds(10) } else { since }),
        };
        let enrol = Enrol { contacts: Some(vec![contact]), totp: None, answers: None };
        house.registry.enrol(&house.tenant.id, &account, enrol, house.clock.now()).await.unwrap();
        let runtime = house.open().await;
        let user = format!("browser-{offered}");
        let mut person = Person::new(&house, &user, AISYAH);
        person.walk_to(&runtime, "verify-choose-method").await;
        let ways = person.last().unwrap().choices.len();
        println!("g28: a number registered {} s ago: {ways} ways to verify on offer", age.0);
        assert_eq!(ways, offered);
    }
}
