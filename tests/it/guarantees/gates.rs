//! What one gate allows, whatever its account and its case would: three codes a minute apart, three wrong contacts, five
//! wrong codes.

use ringback::audit::AuditKind;
use ringback::model::time::Seconds;

use super::{AISYAH, know};
use crate::runtime::house::House;
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
