//! Strangers can lock nobody out: a known source has its own allowance, and a tenant under attack stays open.

use std::sync::Arc;

use ringback::model::account::LockState;
use ringback::model::time::Seconds;
use ringback::policy::limits::{Limit, Limited, Scope};
use ringback::ports::clock::Clock;
use ringback::ports::registry::Enrol;
use ringback::verify::totp;

use super::{AISYAH, know, peer_key};
use crate::runtime::house::House;
use crate::runtime::person::{Move, Person};

/// Uses everything up that an account allows to strangers in a day.
async fn flood(house: &House, account: &str) {
    for what in [Limited::Start, Limited::Send, Limited::WrongCode, Limited::WrongContact] {
        for n in 0..10 {
            let scope = Scope::Account(account.to_owned());
            let limits = [Limit { what, scope, limit: 10, window: Seconds::hours(24) }];
            let operation = format!("{what:?}{account}{n}");
            house.registry.count(&house.tenant.id, &operation, &limits, house.clock.now()).await.unwrap();
        }
    }
}

#[tokio::test]
async fn g19_a_known_person_gets_through_while_strangers_flood_and_the_directory_s_lock_stays_open() {
    let house = House::of("apu");
    let account = house.account(AISYAH).await;
    know(&house, &account.id, "browser-1").await;
    flood(&house, &account.id.0).await;
    // The name itself is tried too often as well.
    let name = house.keys.pseudonym.tag(&[b"name", house.tenant.id.0.as_bytes(), AISYAH.as_bytes()]);
    flood(&house, &data_encoding::HEXLOWER.encode(&name[..16])).await;
    let runtime = house.open().await;
    let mut stranger = Person::new(&house, "browser-2", AISYAH);
    stranger.walk_to(&runtime, "identify-ask-account").await;
    stranger.say(&runtime, AISYAH).await;
    assert!(stranger.shows("common-too-many"), "{:?}", house.screen.keys("browser-2"));

    let began = house.clock.now();
    let mut person = Person::new(&house, "browser-1", AISYAH);
    let keys = person.walk(&runtime).await;
    let took = (house.clock.now().0 - began.0) / 1000;
    println!("g19: with every limit of the account used up, a known source was done after {took} s of waits");
    assert_eq!(keys.last().map(String::as_str), Some("reset-done"), "{keys:?}");
    assert!(took <= 60);
    assert_eq!(house.account(AISYAH).await.lock, LockState::Open);
}

#[tokio::test]
async fn a_reset_makes_its_chat_known_and_not_me_makes_all_unknown() {
    let house = House::of("apu");
    let runtime = house.open().await;
    let account = house.account(AISYAH).await.id;
    let knows = |user: &'static str| {
        let (house, account) = (&house, &account);
        async move {
            let since = ringback::model::time::Timestamp(0);
            house.registry.knows_source(&house.tenant.id, account, &peer_key(house, user), since).await.unwrap()
        }
    };
    assert!(!knows("browser-1").await);
    let mut person = Person::new(&house, "browser-1", AISYAH);
    person.walk(&runtime).await;
    assert!(knows("browser-1").await && !knows("browser-2").await);
    house.registry.freeze(&house.tenant.id, &account, house.clock.now()).await.unwrap();
    assert!(!knows("browser-1").await);
}

#[tokio::test]
async fn an_authenticator_alone_is_enough_for_a_known_chat_and_not_for_another() {
    for (known, shown) in [(true, "reset-open-private-page"), (false, "verify-choose-method")] {
        let house = House::of("apu");
        let account = house.account(AISYAH).await.id;
        let secret = || totp::TotpSecret(zeroize::Zeroizing::new(b"12345678901234567890".to_vec()));
        let enrol = Enrol { contacts: None, totp: Some(secret()), answers: None };
        house.registry.enrol(&house.tenant.id, &account, enrol, house.clock.now()).await.unwrap();
        if known {
            know(&house, &account, "browser-1").await;
        }
        let runtime = house.open().await;
        let mut person = Person::new(&house, "browser-1", AISYAH);
        person.method = "totp";
        person.walk_to(&runtime, "totp-ask").await;
        let (_, code) = totp::right_codes(&secret(), house.clock.now()).remove(0);
        person.say(&runtime, &code).await;
        assert_eq!(person.last().unwrap().message.as_str(), shown, "known: {known}");
    }
}

#[tokio::test]
async fn a_spent_budget_of_wrong_codes_asks_for_two_gates_and_a_person_also_after_a_restart() {
    let mut house = House::of("apu");
    Arc::make_mut(&mut house.tenant).caps.wrong_codes_a_day = 2;
    let runtime = house.open().await;
    let mut guesser = Person::new(&house, "browser-1", AISYAH);
    guesser.walk_to(&runtime, "code-ask").await;
    guesser.say(&runtime, "00000000").await;
    let steps = |runtime: &ringback::runtime::start::Runtime| {
        let all = runtime.caps();
        let (_, fill) = all.into_iter().find(|(cap, _)| cap.what == Limited::WrongCode).unwrap();
        (fill.percent, fill.halves, fill.fulls)
    };
    assert_eq!(steps(&runtime), (50, 1, 0));
    guesser.say(&runtime, "00000000").await;
    assert_eq!(steps(&runtime), (100, 1, 1));
    drop(runtime);

    let runtime = house.open().await;
    let mut person = Person::new(&house, "browser-2", AISYAH);
    person.walk_to(&runtime, "verify-choose-method").await;
    assert!(person.shows("identify-human-challenge"));
    person.walk_to(&runtime, "code-ask").await;
    let Some(Move::Say(code)) = person.next().await else { panic!("no code came") };
    person.act(&runtime, code).await;
    assert!(person.shows("verify-progress"));
    assert_ne!(person.last().unwrap().message.as_str(), "reset-open-private-page", "one gate was enough");
    drop(runtime);

    // A day later all is as it was.
    house.clock.advance(Seconds::hours(25));
    let runtime = house.open().await;
    let mut person = Person::new(&house, "browser-3", AISYAH);
    person.walk_to(&runtime, "reset-open-private-page").await;
    assert!(!person.shows("identify-human-challenge"));
}
