//! Effects: who is told what about an account, the truth about the directory, and where secrets do not go.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use ringback::audit::AuditKind;
use ringback::engine::event::Act;
use ringback::model::ids::AccountId;
use ringback::model::prompt::Prompt;
use ringback::model::purpose::Purpose;
use ringback::model::time::Seconds;
use ringback::ports::clock::Clock;
use ringback::runtime::pages::PageAnswer;
use ringback::runtime::turn::InboxError;
use ringback::verify::totp;

use super::house::{House, Loss, Scribe};
use super::person::{Move, Person};
use super::stores::{Recording, Switched};

const AISYAH: &str = "aisyah@mail.apu.edu.my";
const OLD: &str = "Rain-over-KL-12";

/// What everybody sees who is not shown a way in: unknown, disabled, privileged, frozen.
#[tokio::test]
async fn unknown_disabled_privileged_and_frozen_names_look_alike() {
    let house = House::of("apu");
    let frozen = house.account("weijie@mail.apu.edu.my").await;
    house.registry.freeze(&house.tenant.id, &frozen.id, house.clock.now()).await.unwrap();
    let names = [
        "aisyah@mail.apu.edu.my",
        "nobody@mail.apu.edu.my",
        "mei@mail.apu.edu.my",
        "rootwan@apu.edu.my",
        "weijie@mail.apu.edu.my",
    ];
    let mut seen = Vec::new();
    for (number, name) in names.into_iter().enumerate() {
        let runtime = house.open().await;
        let user = format!("browser-{number}");
        let mut person = Person::new(&house, &user, name);
        person.walk_to(&runtime, "identify-ask-account").await;
        let before = house.clock.now();
        person.say(&runtime, name).await;
        assert_eq!(house.clock.now().0 - before.0, 2_000, "{name} took another time than everybody");
        let menu = person.last().unwrap();
        assert_eq!(menu.message.as_str(), "verify-choose-method", "{name}");
        assert!(menu.choices.iter().all(|choice| hinted_like_everybody(choice.args.first())), "{name}: {menu:?}");
        seen.push(house.screen.keys(&user));
        // Asked again, a name gives the same.
        let again = format!("again-{number}");
        let mut person = Person::new(&house, &again, name);
        person.walk_to(&runtime, "identify-ask-account").await;
        person.say(&runtime, name).await;
        assert_eq!(hints(&person.last().unwrap()), hints(&menu), "{name}");
    }
    assert!(seen.windows(2).all(|pair| pair[0] == pair[1]), "{seen:#?}");
}

fn hinted_like_everybody(arg: Option<&(ringback::model::names::ArgName, ringback::model::prompt::Arg)>) -> bool {
    let Some((_, ringback::model::prompt::Arg::Text(hint))) = arg else { return false };
    let phone = hint.starts_with("••••••") && hint.chars().count() == 8;
    let mail = hint.contains("•••••@");
    hint.is_empty() || phone || mail
}

fn hints(prompt: &Prompt) -> Vec<String> {
    prompt.choices.iter().map(|choice| format!("{} {:?}", choice.key, choice.args)).collect()
}

#[tokio::test]
async fn a_set_whose_answer_was_lost_is_looked_up_and_never_repeated() {
    for (loss, answer, last, new_works) in [
        (Loss::Answer, PageAnswer::Done, "reset-done", true),
        (Loss::Request, PageAnswer::Unavailable, "reset-directory-away", false),
        (Loss::Both, PageAnswer::Uncertain, "desk-offer", true),
    ] {
        let house = House::of("apu");
        // Not the half minute until what nobody could tell is looked at again.
        house.clock.naps(Seconds(15));
        let runtime = house.open().await;
        let mut person = Person::new(&house, "browser-1", AISYAH);
        person.walk_to(&runtime, "reset-open-private-page").await;
        house.directory.lose(loss);
        let page = person.last().unwrap();
        assert_eq!(person.choose_password(&runtime, &page).await, answer, "{loss:?}");
        assert_eq!(person.last().unwrap().message.as_str(), last, "{loss:?}");
        assert_eq!(house.directory.n_sets(), 1, "{loss:?}");
        assert!(house.directory.looks.load(Ordering::SeqCst) <= 5, "{loss:?}");
        assert_eq!(house.signs_in(AISYAH, person.password).await, new_works, "{loss:?}");
        assert_eq!(house.signs_in(AISYAH, OLD).await, !new_works, "{loss:?}");
        let said_done = person.shows("reset-done");
        assert_eq!(said_done, answer == PageAnswer::Done, "{loss:?}: \"changed\" is said when it is so, and only then");
    }
}

#[tokio::test]
async fn nothing_is_set_for_an_account_that_was_closed_meanwhile() {
    let house = House::of("apu");
    let runtime = house.open().await;
    let mut person = Person::new(&house, "browser-1", AISYAH);
    person.walk_to(&runtime, "reset-open-private-page").await;
    let account = house.account(AISYAH).await;
    house.registry.freeze(&house.tenant.id, &account.id, house.clock.now()).await.unwrap();
    let page = person.last().unwrap();
    assert_eq!(person.choose_password(&runtime, &page).await, PageAnswer::Stale);
    assert_eq!(house.directory.n_sets(), 0);
    assert!(house.signs_in(AISYAH, OLD).await);
}

#[tokio::test]
async fn proofs_that_are_too_old_set_nothing() {
    let house = House::of("imu");
    let runtime = house.open().await;
    let mut person = Person::new(&house, "browser-1", "farah@student.imu.edu.my");
    person.walk_to(&runtime, "code-ask").await;
    let Some(Move::Say(code)) = person.next().await else { panic!("no code came") };
    person.act(&runtime, code).await;
    // The first proof is four minutes old when the second one is given, and dies before the page does.
    house.clock.advance(Seconds::minutes(4));
    person.walk_to(&runtime, "reset-open-private-page").await;
    let page = person.last().unwrap();
    let session = person.open_page(&runtime, &page).await.unwrap();
    house.clock.advance(Seconds(390));
    assert_eq!(person.hand_in(&runtime, &session, person.password).await, PageAnswer::Stale);
    assert_eq!(house.directory.n_sets(), 0);
    assert_eq!(house.count(|kind| matches!(kind, AuditKind::EffectIntended { .. })).await, 0);
}

#[tokio::test]
async fn nothing_is_set_that_cannot_be_put_on_record_first() {
    let mut house = House::of("apu");
    let scribe = Arc::new(Scribe::over(Arc::clone(&house.audit)));
    house.audit = Arc::clone(&scribe) as _;
    let runtime = house.open().await;
    let mut person = Person::new(&house, "browser-1", AISYAH);
    person.walk_to(&runtime, "reset-open-private-page").await;
    let page = person.last().unwrap();
    let session = person.open_page(&runtime, &page).await.unwrap();
    scribe.off.store(true, Ordering::SeqCst);
    assert_eq!(person.hand_in(&runtime, &session, person.password).await, PageAnswer::Unavailable);
    assert_eq!(house.directory.n_sets(), 0);
    assert!(house.signs_in(AISYAH, OLD).await);
}

#[tokio::test]
async fn of_two_cases_for_one_account_one_gets_through() {
    let house = House::of("apu");
    let runtime = house.open().await;
    let mut first = Person::new(&house, "browser-1", AISYAH);
    first.walk_to(&runtime, "reset-open-private-page").await;
    house.clock.advance(Seconds(61));
    let mut second = Person::new(&house, "browser-2", AISYAH);
    second.password = "Other+Kites+Entirely+5";
    second.walk_to(&runtime, "reset-open-private-page").await;
    let (one, two) = (first.last().unwrap(), second.last().unwrap());
    let answers = [first.choose_password(&runtime, &one).await, second.choose_password(&runtime, &two).await];
    assert_eq!(answers, [PageAnswer::Done, PageAnswer::Stale]);
    assert_eq!(house.directory.n_sets(), 1);
    assert!(house.signs_in(AISYAH, first.password).await);
}

#[tokio::test]
async fn no_secret_reaches_the_store() {
    let mut house = House::of("apu");
    let recording = Arc::new(Recording::over(Arc::clone(&house.store)));
    house.store = Arc::clone(&recording) as _;
    let runtime = house.open().await;
    let mut person = Person::new(&house, "browser-1", AISYAH);
    person.walk_to(&runtime, "code-ask").await;
    person.say(&runtime, "Canary+Password+123").await;
    let code = house.post.code_for("aisyah.rahman@mail.example").unwrap();
    let keys = person.walk(&runtime).await;
    assert_eq!(keys.last().map(String::as_str), Some("reset-done"), "{keys:?}");
    assert!(recording.holds("aisyah@mail.apu.edu.my"), "the recording sees nothing at all");
    for secret in [person.password, "Canary+Password+123", &code, "aisyah.rahman@mail.example", "447700900100"] {
        assert!(!recording.holds(secret), "{secret} was handed to the store");
    }
}

#[tokio::test]
async fn nothing_is_taken_or_shown_while_the_store_is_away() {
    let mut house = House::of("apu");
    let switched = Arc::new(Switched::over(Arc::clone(&house.store)));
    house.store = Arc::clone(&switched) as _;
    let runtime = house.open().await;
    let mut person = Person::new(&house, "browser-1", AISYAH);
    person.walk_to(&runtime, "identify-ask-account").await;
    let shown = house.screen.of("browser-1").len();
    switched.off.store(true, Ordering::SeqCst);
    let inbound = person.event(Act::Text(AISYAH.to_owned()));
    let refused = runtime.inbox().submit(inbound.clone()).await.map(|_| ());
    assert!(matches!(refused, Err(InboxError::Unavailable(_))), "{refused:?}");
    assert_eq!(house.screen.of("browser-1").len(), shown);
    switched.off.store(false, Ordering::SeqCst);
    // The platform delivers the event again, and it counts for the first time.
    person.send(&runtime, inbound).await.unwrap();
    assert_eq!(person.last().unwrap().message.as_str(), "verify-choose-method");
}

#[tokio::test]
async fn a_totp_step_is_good_once_on_all_channels_together() {
    let house = House::of("apu");
    let account = house.account(AISYAH).await;
    let secret = || totp::TotpSecret(zeroize::Zeroizing::new(b"12345678901234567890".to_vec()));
    let enrol = ringback::ports::registry::Enrol { contacts: None, totp: Some(secret()), answers: None };
    house.registry.enrol(&house.tenant.id, &account.id, enrol, house.clock.now()).await.unwrap();
    let runtime = house.open().await;
    let mut first = Person::new(&house, "browser-1", AISYAH);
    let mut second = Person::new(&house, "browser-2", AISYAH);
    for person in [&mut first, &mut second] {
        person.method = "totp";
        person.walk_to(&runtime, "totp-ask").await;
    }
    let (_, code) = totp::right_codes(&secret(), house.clock.now()).remove(0);
    first.say(&runtime, &code).await;
    second.say(&runtime, &code).await;
    assert!(first.shows("verify-progress"), "{:?}", house.screen.keys("browser-1"));
    assert!(!second.shows("verify-progress"), "{:?}", house.screen.keys("browser-2"));
    assert_eq!(house.count(|kind| matches!(kind, AuditKind::CodeRight { .. })).await, 1);
}

#[tokio::test]
async fn a_pressed_not_me_closes_the_account_once_and_a_look_closes_nothing() {
    let house = House::of("apu");
    let runtime = house.open().await;
    let mut person = Person::new(&house, "browser-1", AISYAH);
    person.walk(&runtime).await;
    let token = house.post.mails.lock().unwrap().iter().find_map(|mail| {
        let line = mail.text.lines().find(|line| line.contains("/not-me/"))?;
        Some(line.rsplit('/').next()?.to_owned())
    });
    let token = token.unwrap();
    let account: AccountId = house.account(AISYAH).await.id;
    let notices = runtime.notices();
    for _ in 0..50 {
        assert_eq!(notices.view(&token).await.unwrap().unwrap().tenant, house.tenant.id);
    }
    assert!(!house.registry.frozen(&house.tenant.id, &account).await.unwrap());
    assert!(!notices.report("AAAA").await.unwrap());
    assert!(notices.report(&token).await.unwrap());
    assert!(notices.report(&token).await.unwrap());
    assert!(house.registry.frozen(&house.tenant.id, &account).await.unwrap());
    assert_eq!(house.count(|kind| *kind == AuditKind::Frozen).await, 1);
    // Eight days later nobody closes anything with an old mail.
    house.clock.advance(Seconds::hours(8 * 24));
    assert!(notices.view(&token).await.unwrap().is_none());
    assert!(!notices.report(&token).await.unwrap());
}

#[tokio::test]
async fn an_unlock_keeps_the_password_and_tells_the_owner() {
    let house = House::of("apu");
    let runtime = house.open().await;
    let locked = "weijie@mail.apu.edu.my";
    assert!(!house.signs_in(locked, "Rain-over-KL-19").await);
    let mut person = Person::new(&house, "browser-1", locked);
    person.act(&runtime, Act::Start(Some(Purpose::UnlockAccount))).await;
    let keys = person.walk(&runtime).await;
    assert_eq!(keys.last().map(String::as_str), Some("unlock-done"), "{keys:?}");
    assert!(house.signs_in(locked, "Rain-over-KL-19").await);
    assert_eq!(house.count(|kind| *kind == AuditKind::AccountUnlocked).await, 1);
    assert!(house.post.mails.lock().unwrap().iter().any(|mail| mail.text.contains("/not-me/")));
}

#[tokio::test]
async fn two_gates_are_two_targets() {
    let house = House::of("imu");
    let runtime = house.open().await;
    let mut person = Person::new(&house, "browser-1", "farah@student.imu.edu.my");
    person.walk_to(&runtime, "verify-choose-method").await;
    let Some(Move::Say(_)) = person.next().await else { panic!("no menu") };
    let keys = person.walk(&runtime).await;
    assert_eq!(keys.last().map(String::as_str), Some("reset-done"), "{keys:?}");
    assert_eq!(house.count(|kind| matches!(kind, AuditKind::GatePassed { .. })).await, 2);
    assert!(house.signs_in("farah@student.imu.edu.my", person.password).await);
}
