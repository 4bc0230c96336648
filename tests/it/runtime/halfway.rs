//! Calls that are done and whose answers are lost: nobody finds half of a change later and tells of it as of a whole one.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use ringback::audit::AuditKind;
use ringback::engine::event::Act;
use ringback::model::purpose::Purpose;
use ringback::runtime::pages::PageAnswer;

use super::crashes::until_done;
use super::house::{House, Scribe};
use super::person::Person;
use super::stores::Mumbling;

const AISYAH: &str = "aisyah@mail.apu.edu.my";
/// Locked by wrong passwords.
const WEIJIE: &str = "weijie@mail.apu.edu.my";

#[tokio::test]
async fn an_intent_whose_write_had_no_answer_is_not_told_of_behind_the_next_try() {
    let mut house = House::of("apu");
    let store = Arc::new(Mumbling::over(Arc::clone(&house.store), "intent"));
    house.store = Arc::clone(&store) as _;
    let runtime = house.open().await;
    let mut person = Person::new(&house, "browser-1", AISYAH);
    person.walk_to(&runtime, "reset-open-private-page").await;
    store.next.store(true, Ordering::SeqCst);
    let page = person.last().unwrap();
    assert_eq!(person.choose_password(&runtime, &page).await, PageAnswer::Unavailable);
    assert!(!store.next.load(Ordering::SeqCst), "an intent was written");
    // The timers would look after it, and say of the next try's password that it is unchanged.
    assert_eq!(house.store.due_in("intent", 10).await.unwrap(), Vec::new());
    person.pick(&runtime, "again").await;
    let page = person.last().unwrap();
    assert_eq!(person.choose_password(&runtime, &page).await, PageAnswer::Done);

    assert_eq!(house.directory.n_sets(), 1);
    assert!(house.signs_in(AISYAH, person.password).await);
}

#[tokio::test]
async fn an_intent_to_unlock_that_is_on_record_has_an_outcome_though_its_call_failed() {
    let mut house = House::of("apu");
    let scribe = Arc::new(Scribe::over(Arc::clone(&house.audit)));
    house.audit = Arc::clone(&scribe) as _;
    scribe.mumbles_at_intents.store(true, Ordering::SeqCst);
    let runtime = house.open().await;
    let mut person = Person::new(&house, "browser-1", WEIJIE);
    person.act(&runtime, Act::Start(Some(Purpose::UnlockAccount))).await;
    until_done(&mut person, &runtime).await;
    assert!(person.shows("unlock-directory-away"), "{:?}", house.screen.keys("browser-1"));
    runtime.inbox().drained().await;
    let purpose = Purpose::UnlockAccount;
    assert_eq!(house.count(|kind| *kind == AuditKind::EffectIntended { purpose }).await, 1);
    assert_eq!(house.count(|kind| *kind == AuditKind::EffectFailed { purpose }).await, 1, "{:?}", house.kinds().await);
}
