//! Once is once, and five are five: under a thousand submissions at once, across resends, peers and restarts.

use std::sync::Arc;

use ringback::audit::AuditKind;
use ringback::engine::event::Act;
use ringback::model::ids::AccountId;
use ringback::model::time::{Seconds, Timestamp};
use ringback::policy::limits::{Limit, Limited, Scope, Who, guesses, starts};
use ringback::ports::clock::Clock;
use ringback::ports::registry::{Count, StepUse};
use ringback::runtime::pages::{Opened, Opener, token};

use super::{AISYAH, know, on_disk, registry};
use crate::runtime::house::House;
use crate::runtime::person::Person;
use crate::support::clock::MORNING;

const AT_ONCE: usize = 1_000;
const DAY: Seconds = Seconds::hours(24);

/// Hands in one act a thousand times at once, each as an event of its own; how many were taken.
async fn all_at_once(person: &mut Person<'_>, runtime: &ringback::runtime::start::Runtime, act: &Act) -> usize {
    let tasks: Vec<_> = (0..AT_ONCE)
        .map(|_| {
            let (inbox, inbound) = (runtime.inbox(), person.event(act.clone()));
            tokio::spawn(async move {
                let Ok(accepted) = inbox.submit(inbound).await else { return false };
                accepted.settled().await;
                true
            })
        })
        .collect();
    let mut taken = 0;
    for task in tasks {
        taken += usize::from(task.await.unwrap());
    }
    runtime.inbox().drained().await;
    taken
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn g02_of_a_thousand_right_codes_at_once_one_succeeds() {
    let folder = tempfile::tempdir().unwrap();
    let house = on_disk(folder.path());
    let runtime = house.open().await;
    let mut person = Person::new(&house, "browser-1", AISYAH);
    person.walk_to(&runtime, "code-ask").await;
    let code = house.post.code_for("aisyah.rahman@mail.example").unwrap();
    let taken = all_at_once(&mut person, &runtime, &Act::Text(code)).await;
    let right = house.count(|kind| matches!(kind, AuditKind::CodeRight { .. })).await;
    let passed = house.count(|kind| matches!(kind, AuditKind::GatePassed { .. })).await;
    println!("g02: {AT_ONCE} submissions of a right code at once, {taken} taken, {right} right, {passed} gate passed");
    assert_eq!((right, passed), (1, 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn g02_of_a_thousand_presses_of_a_button_at_once_one_moves_on() {
    let folder = tempfile::tempdir().unwrap();
    let house = on_disk(folder.path());
    let runtime = house.open().await;
    let mut person = Person::new(&house, "browser-1", AISYAH);
    person.walk_to(&runtime, "verify-choose-method").await;
    let menu = person.last().unwrap();
    let press = menu.choices.iter().find(|choice| choice.key.as_str() == "email").unwrap().token.clone();
    let taken = all_at_once(&mut person, &runtime, &Act::Pick(press)).await;
    let keys = house.screen.keys("browser-1");
    let after = keys.iter().skip_while(|key| *key != "verify-choose-method").skip(1);
    let (old, moved): (Vec<_>, Vec<_>) = after.partition(|key| *key == "common-old-button");
    println!("g02: {AT_ONCE} presses of a button at once, {taken} taken, {} called old", old.len());
    assert!(!moved.is_empty() && moved.iter().all(|key| *key == "code-confirm-target"), "{keys:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn g02_of_a_thousand_openings_of_a_link_at_once_one_succeeds() {
    let folder = tempfile::tempdir().unwrap();
    let house = on_disk(folder.path());
    let runtime = house.open().await;
    let mut person = Person::new(&house, "browser-1", AISYAH);
    person.walk_to(&runtime, "reset-open-private-page").await;
    let link = person.last().unwrap().page.unwrap();
    let (token, code) = (token(&house.keys, link.page), link.short_code.clone());
    let tasks: Vec<_> = (0..AT_ONCE)
        .map(|_| {
            let (pages, token, code) = (runtime.pages(), token.clone(), code.clone());
            tokio::spawn(
                async move { matches!(pages.open(&token, Opener::ShortCode(&code)).await, Ok(Opened::Session(_))) },
            )
        })
        .collect();
    let mut opened = 0;
    for task in tasks {
        opened += usize::from(task.await.unwrap());
    }
    println!("g02: {AT_ONCE} openings of a link at once, {opened} session");
    assert_eq!(opened, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn g02_of_a_thousand_uses_of_an_authenticator_step_one_succeeds() {
    let folder = tempfile::tempdir().unwrap();
    let (registry, house) = (registry(folder.path()), House::of("apu"));
    let tasks: Vec<_> = (0..AT_ONCE)
        .map(|n| {
            let (registry, tenant) = (Arc::clone(&registry), house.tenant.id.clone());
            let account = AccountId("a".to_owned());
            tokio::spawn(async move { registry.use_totp_step(&tenant, &account, 7, &format!("op{n}")).await.unwrap() })
        })
        .collect();
    let mut fresh = 0;
    for task in tasks {
        fresh += usize::from(task.await.unwrap() == StepUse::Fresh);
    }
    println!("g02: {AT_ONCE} uses of an authenticator's step at once, {fresh} fresh");
    assert_eq!(fresh, 1);
}

#[tokio::test]
async fn g03_new_codes_bring_no_new_tries() {
    let house = House::of("apu");
    let account = house.account(AISYAH).await.id;
    // Known, so that the account itself would allow ten.
    know(&house, &account, "browser-1").await;
    let runtime = house.open().await;
    let mut person = Person::new(&house, "browser-1", AISYAH);
    person.walk_to(&runtime, "code-ask").await;
    let mut compared = 0;
    for resend in [false, true, true] {
        if resend {
            house.clock.advance(Seconds(61));
            person.pick(&runtime, "resend").await;
        }
        for _ in 0..2 {
            if person.last().unwrap().message.as_str() == "code-ask" {
                person.say(&runtime, "00000000").await;
                compared += 1;
            }
        }
    }
    let wrong = house.count(|kind| matches!(kind, AuditKind::CodeWrong { .. })).await;
    println!(
        "g03: {wrong} comparisons in one gate with two resends, then: {}",
        person.last().unwrap().message.as_str()
    );
    assert_eq!((compared, wrong), (5, 5), "the fifth is the end of the gate");
    assert!(person.shows("verify-locked"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn g03_of_a_thousand_guesses_at_once_five_are_compared() {
    let folder = tempfile::tempdir().unwrap();
    let house = on_disk(folder.path());
    know(&house, &house.account(AISYAH).await.id, "browser-1").await;
    let runtime = house.open().await;
    let mut person = Person::new(&house, "browser-1", AISYAH);
    person.walk_to(&runtime, "code-ask").await;
    let taken = all_at_once(&mut person, &runtime, &Act::Text("00000000".to_owned())).await;
    let wrong = house.count(|kind| matches!(kind, AuditKind::CodeWrong { .. })).await;
    println!("g03: {AT_ONCE} guesses at once, {taken} taken, {wrong} compared");
    assert!(wrong <= 5, "{wrong}");
    assert_eq!(house.count(|kind| matches!(kind, AuditKind::CodeRight { .. })).await, 0);
}

#[tokio::test]
async fn g04_five_wrong_codes_close_an_account_to_strangers_for_a_day_across_peers_and_restarts() {
    let folder = tempfile::tempdir().unwrap();
    let house = House::of("apu");
    let limits = |peer: usize, case: usize| {
        let (peer, case) = (format!("peer-{peer}"), format!("case-{case}"));
        guesses::code(Who { account: "ada", peer: &peer, case: &case, tenant: &house.tenant })
    };
    let mut allowed = 0;
    for n in 0..40 {
        // A start anew for every attempt, from another peer each time.
        let registry = registry(folder.path());
        let counted = registry.count(&house.tenant.id, &format!("op{n}"), &limits(n, n), MORNING + Seconds(60)).await;
        allowed += usize::from(counted.unwrap() == Count::Allowed);
    }
    println!("g04: 40 wrong codes from 40 peers over 40 restarts, {allowed} compared in 24 h");
    assert_eq!(allowed, 5);
}

#[tokio::test]
async fn g04_a_hundred_wrong_codes_without_success_close_it_for_good() {
    let folder = tempfile::tempdir().unwrap();
    let house = House::of("apu");
    let tenant = &house.tenant;
    let mut allowed = 0;
    let mut registry = registry(folder.path());
    for day in 0..60u32 {
        if day % 10 == 0 {
            drop(registry);
            registry = super::registry(folder.path());
        }
        for n in 0..6 {
            let (peer, case) = (format!("p{day}-{n}"), format!("c{day}-{n}"));
            let limits = guesses::code(Who { account: "ada", peer: &peer, case: &case, tenant });
            let now = Timestamp(MORNING.0 + u64::from(day) * 25 * 3_600_000);
            let counted = registry.count(&tenant.id, &format!("op{day}-{n}"), &limits, now).await.unwrap();
            allowed += usize::from(counted == Count::Allowed);
        }
    }
    println!("g04: six wrong codes a day for 60 days, {allowed} compared without a success");
    assert_eq!(allowed, 100);
    // A known source is bound by the hundred, too; a success ends them.
    let limits = guesses::code(Who { account: "ada", peer: "p", case: "c", tenant });
    let later = Timestamp(MORNING.0 + 70 * u64::from(DAY.0) * 1000);
    let own = ringback::policy::limits::own(&limits, "source");
    assert_ne!(registry.count(&tenant.id, "own", &own, later).await.unwrap(), Count::Allowed);
    registry.forgive(&tenant.id, "ada").await.unwrap();
    assert_eq!(registry.count(&tenant.id, "after", &limits, later).await.unwrap(), Count::Allowed);
}

#[tokio::test]
async fn wrong_codes_slow_the_next_one_down() {
    let house = House::of("apu");
    let runtime = house.open().await;
    let mut person = Person::new(&house, "browser-1", AISYAH);
    person.walk_to(&runtime, "code-ask").await;
    let mut waits = Vec::new();
    for _ in 0..5 {
        let before = house.clock.now();
        person.say(&runtime, "00000000").await;
        waits.push((house.clock.now().0 - before.0) / 1000);
    }
    println!("wrong codes are answered after {waits:?} s");
    assert_eq!(waits, [0, 0, 2, 5, 15]);
}

#[tokio::test]
async fn what_is_limited_looks_wrong_until_something_is_proven() {
    let house = House::of("apu");
    let account = house.account(AISYAH).await.id;
    let day = |what, limit| Limit { what, scope: Scope::Account(account.0.clone()), limit, window: DAY };
    let runtime = house.open().await;
    let mut person = Person::new(&house, "browser-1", AISYAH);
    person.walk_to(&runtime, "code-ask").await;
    // Others use the account's tries up meanwhile.
    for n in 0..5 {
        let limits = [day(Limited::WrongCode, 5)];
        house.registry.count(&house.tenant.id, &format!("o{n}"), &limits, house.clock.now()).await.unwrap();
    }
    let code = house.post.code_for("aisyah.rahman@mail.example").unwrap();
    person.say(&runtime, &code).await;
    let keys = house.screen.keys("browser-1");
    assert_eq!(keys[keys.len() - 2..], ["code-wrong", "code-ask"], "{keys:?}");
    assert_eq!(house.count(|kind| matches!(kind, AuditKind::CodeRight { .. })).await, 0);
    assert_eq!(house.count(|kind| *kind == AuditKind::Throttled).await, 1);
}

#[tokio::test]
async fn a_case_counts_among_those_under_way_until_it_ends() {
    let house = House::of("apu");
    let live = || async {
        let levels = house.registry.levels(&house.tenant.id, &starts::live(), house.clock.now()).await.unwrap();
        levels[0].count
    };
    let runtime = house.open().await;
    for n in 1..=2 {
        let user = format!("browser-{n}");
        let mut person = Person::new(&house, &user, AISYAH);
        person.walk_to(&runtime, "verify-choose-method").await;
        assert_eq!(live().await, n);
    }
    let mut last = Person::new(&house, "browser-2", AISYAH);
    last.begin_at(100);
    last.walk(&runtime).await;
    runtime.inbox().drained().await;
    assert_eq!(live().await, 1, "the second one is done");
}
