//! What `ports::registry::Registry` promises, written once for every kind.

use std::sync::Arc;

use ringback::model::ids::{AccountId, TenantId};
use ringback::model::names::OptionKey;
use ringback::model::secrets::Answer;
use ringback::model::time::{Seconds, Timestamp};
use ringback::policy::limits::{Limit, Limited, Scope};
use ringback::ports::registry::{Count, Enrol, Registry, StepUse};
use ringback::verify::totp::TotpSecret;
use zeroize::Zeroizing;

use crate::stores::fixtures::{ada, mail, phone, uni};
use crate::support::clock::MORNING;

/// Runs every promise over one kind of registry, each in a test of its own.
macro_rules! run {
    ($kind:ident, $make:expr) => {
        $crate::stores::registry::contract::run!(@ $kind, $make,
            an_enrolment_comes_back_and_is_nobody_elses
            enrolling_replaces_only_what_is_given
            answers_are_right_together_or_not_at_all
            a_limit_lets_so_many_through_and_slides
            two_windows_of_one_scope_share_their_attempts
            all_limits_are_counted_or_none
            an_operation_counts_once_and_keeps_its_answer
            a_thousand_attempts_at_once_stay_within_the_limit
            a_limit_of_nothing_lets_nothing_through
            tenants_and_kinds_are_counted_apart
            refunds_take_one_attempt_back_and_forgiving_those_of_the_account
            a_step_is_used_once_and_no_earlier_one_after_it
            of_a_thousand_uses_of_one_step_one_is_fresh
            a_freeze_lasts_until_the_release_and_lifts_the_counters
        );
    };
    (@ $kind:ident, $make:expr, $($promise:ident)+) => {
        mod $kind {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
                async fn $promise() {
                    $crate::stores::registry::contract::$promise(&$make.registry).await;
                }
            )+
        }
    };
}
pub(super) use run;

type Reg = Arc<dyn Registry>;

fn question(id: &'static str) -> OptionKey {
    OptionKey::of(id)
}

fn answer(text: &str) -> Answer {
    Answer::new(text.to_owned())
}

fn nothing() -> Enrol {
    Enrol { contacts: None, totp: None, answers: None }
}

fn wrong_code(scope: Scope, limit: u32, window: Seconds) -> Limit {
    Limit { what: Limited::WrongCode, scope, limit, window }
}

fn on_ada(limit: u32, window: Seconds) -> Limit {
    wrong_code(Scope::Account(ada().0), limit, window)
}

fn by_peer(name: &str, limit: u32) -> Limit {
    wrong_code(Scope::Peer(name.to_owned()), limit, Seconds::hours(24))
}

async fn count(registry: &Reg, operation: &str, limits: &[Limit], now: Timestamp) -> Count {
    registry.count(&uni(), operation, limits, now).await.unwrap()
}

pub async fn an_enrolment_comes_back_and_is_nobody_elses(registry: &Reg) {
    let contacts = vec![phone("+447700900123"), mail("Ada.L@uni.example")];
    let enrol = Enrol {
        contacts: Some(contacts.clone()),
        totp: Some(TotpSecret(Zeroizing::new(b"twenty bytes of seed".to_vec()))),
        answers: Some(vec![(question("pet"), answer("Rex")), (question("city"), answer("Ipoh"))]),
    };
    registry.enrol(&uni(), &ada(), enrol, MORNING).await.unwrap();
    let found = registry.enrolment(&uni(), &ada()).await.unwrap();
    assert_eq!(found.contacts, contacts);
    assert_eq!(found.totp.unwrap().0.as_slice(), b"twenty bytes of seed");
    assert_eq!(found.questions, vec![question("city"), question("pet")]);
    let elsewhere = TenantId(String::from("other"));
    for (tenant, account) in [(elsewhere, ada()), (uni(), AccountId(String::from("ben")))] {
        let found = registry.enrolment(&tenant, &account).await.unwrap();
        assert!(found.contacts.is_empty() && found.totp.is_none() && found.questions.is_empty());
    }
}

pub async fn enrolling_replaces_only_what_is_given(registry: &Reg) {
    let first = Enrol {
        contacts: Some(vec![phone("+447700900123")]),
        totp: None,
        answers: Some(vec![(question("pet"), answer("Rex")), (question("city"), answer("Ipoh"))]),
    };
    registry.enrol(&uni(), &ada(), first, MORNING).await.unwrap();
    let second = Enrol { answers: Some(vec![(question("pet"), answer("Tom"))]), ..nothing() };
    registry.enrol(&uni(), &ada(), second, MORNING).await.unwrap();
    let found = registry.enrolment(&uni(), &ada()).await.unwrap();
    assert_eq!(found.contacts, vec![phone("+447700900123")]);
    assert_eq!(found.questions, vec![question("pet")]);
    assert!(!registry.answers_right(&uni(), &ada(), &[(question("pet"), answer("Rex"))]).await.unwrap());
    assert!(registry.answers_right(&uni(), &ada(), &[(question("pet"), answer("tom"))]).await.unwrap());
}

pub async fn answers_are_right_together_or_not_at_all(registry: &Reg) {
    let answers = vec![(question("pet"), answer("Rex")), (question("city"), answer("Kuala Lumpur"))];
    let enrol = Enrol { answers: Some(answers), ..nothing() };
    registry.enrol(&uni(), &ada(), enrol, MORNING).await.unwrap();
    let judged = |given: Vec<(&'static str, &'static str)>| {
        let given: Vec<_> = given.into_iter().map(|(id, text)| (question(id), answer(text))).collect();
        async move { registry.answers_right(&uni(), &ada(), &given).await.unwrap() }
    };
    assert!(judged(vec![("pet", " REX "), ("city", "kuala  lumpur")]).await);
    assert!(!judged(vec![("pet", "Rex"), ("city", "Ipoh")]).await);
    assert!(!judged(vec![("pet", "Rex"), ("pet", "Rex")]).await, "one answer counted for two questions");
    assert!(!judged(vec![("pet", "Rex"), ("school", "Rex")]).await);
    assert!(!judged(vec![]).await);
    let stranger = AccountId(String::from("nobody"));
    assert!(!registry.answers_right(&uni(), &stranger, &[(question("pet"), answer("Rex"))]).await.unwrap());
}

pub async fn a_limit_lets_so_many_through_and_slides(registry: &Reg) {
    let limits = [on_ada(3, Seconds::hours(1))];
    let minute = |n: u32| MORNING + Seconds::minutes(n);
    for n in 0..3 {
        assert_eq!(count(registry, &format!("op{n}"), &limits, minute(n * 10)).await, Count::Allowed);
    }
    let until = minute(60);
    assert_eq!(count(registry, "fourth", &limits, minute(30)).await, Count::Refused { until });
    let almost = Timestamp(until.0 - 1);
    assert_eq!(count(registry, "fifth", &limits, almost).await, Count::Refused { until });
    assert_eq!(count(registry, "sixth", &limits, until).await, Count::Allowed);
    assert_eq!(count(registry, "seventh", &limits, until).await, Count::Refused { until: minute(70) });
}

pub async fn two_windows_of_one_scope_share_their_attempts(registry: &Reg) {
    let limits = [on_ada(2, Seconds::hours(1)), on_ada(3, Seconds::hours(24))];
    let hour = |n: u32| MORNING + Seconds::hours(n);
    assert_eq!(count(registry, "1", &limits, MORNING).await, Count::Allowed);
    assert_eq!(count(registry, "2", &limits, MORNING).await, Count::Allowed);
    assert_eq!(count(registry, "3", &limits, MORNING).await, Count::Refused { until: hour(1) });
    assert_eq!(count(registry, "4", &limits, hour(1)).await, Count::Allowed);
    assert_eq!(count(registry, "5", &limits, hour(2)).await, Count::Refused { until: hour(24) });
}

pub async fn all_limits_are_counted_or_none(registry: &Reg) {
    let day = Seconds::hours(24);
    let (account, full) = (on_ada(2, day), by_peer("full", 1));
    assert_eq!(count(registry, "fill", std::slice::from_ref(&full), MORNING).await, Count::Allowed);
    for n in 0..5 {
        let refused = count(registry, &format!("try{n}"), &[account.clone(), full.clone()], MORNING).await;
        assert_eq!(refused, Count::Refused { until: MORNING + day });
    }
    // None of the refused attempts was counted on the account.
    assert_eq!(count(registry, "a", std::slice::from_ref(&account), MORNING).await, Count::Allowed);
    assert_eq!(count(registry, "b", std::slice::from_ref(&account), MORNING).await, Count::Allowed);
    assert_ne!(count(registry, "c", &[account], MORNING).await, Count::Allowed);
}

pub async fn an_operation_counts_once_and_keeps_its_answer(registry: &Reg) {
    let limits = [on_ada(1, Seconds::hours(1))];
    for _ in 0..5 {
        assert_eq!(count(registry, "same", &limits, MORNING).await, Count::Allowed);
    }
    let until = MORNING + Seconds::hours(1);
    assert_eq!(count(registry, "other", &limits, MORNING).await, Count::Refused { until });
    // Delivered again after the window: it is still the attempt that was refused.
    assert_eq!(count(registry, "other", &limits, until).await, Count::Refused { until });
    let elsewhere = TenantId(String::from("elsewhere"));
    assert_eq!(registry.count(&elsewhere, "other", &limits, MORNING).await.unwrap(), Count::Allowed);
}

pub async fn a_thousand_attempts_at_once_stay_within_the_limit(registry: &Reg) {
    let attempts: Vec<_> = (0..1000)
        .map(|n| {
            let registry = Arc::clone(registry);
            let limits = [on_ada(5, Seconds::hours(24)), by_peer(&format!("p{}", n % 40), 100)];
            tokio::spawn(async move { count(&registry, &format!("op{n}"), &limits, MORNING).await })
        })
        .collect();
    let mut allowed = 0;
    for attempt in attempts {
        allowed += usize::from(attempt.await.unwrap() == Count::Allowed);
    }
    assert_eq!(allowed, 5);
}

pub async fn a_limit_of_nothing_lets_nothing_through(registry: &Reg) {
    let refused = count(registry, "op", &[on_ada(0, Seconds(10))], MORNING).await;
    assert_eq!(refused, Count::Refused { until: MORNING + Seconds(10) });
}

pub async fn tenants_and_kinds_are_counted_apart(registry: &Reg) {
    let day = Seconds::hours(24);
    let limits = [on_ada(1, day)];
    assert_eq!(count(registry, "1", &limits, MORNING).await, Count::Allowed);
    let send = Limit { what: Limited::Send, ..on_ada(1, day) };
    assert_eq!(count(registry, "2", &[send], MORNING).await, Count::Allowed);
    let peer = wrong_code(Scope::Peer(ada().0), 1, day);
    assert_eq!(count(registry, "3", &[peer], MORNING).await, Count::Allowed);
    let elsewhere = TenantId(String::from("elsewhere"));
    assert_eq!(registry.count(&elsewhere, "4", &limits, MORNING).await.unwrap(), Count::Allowed);
    assert_ne!(count(registry, "5", &limits, MORNING).await, Count::Allowed);
}

pub async fn refunds_take_one_attempt_back_and_forgiving_those_of_the_account(registry: &Reg) {
    let day = Seconds::hours(24);
    let limits = |peer: &str| [on_ada(3, day), by_peer(peer, 2)];
    // Mallory guesses twice, then Ada gets it right at her second attempt.
    assert_eq!(count(registry, "m1", &limits("mallory"), MORNING).await, Count::Allowed);
    assert_eq!(count(registry, "m2", &limits("mallory"), MORNING + Seconds(1)).await, Count::Allowed);
    assert_eq!(count(registry, "a1", &limits("ada"), MORNING + Seconds(2)).await, Count::Allowed);
    registry.refund(&uni(), "a1").await.unwrap();
    let later = MORNING + Seconds(3);
    // The right attempt is as if it had not been made; Mallory's wrong ones still stand, and so the account has one left.
    assert_eq!(count(registry, "a1", &limits("ada"), later).await, Count::Allowed, "counted before, never again");
    assert_eq!(count(registry, "b1", &[on_ada(3, day)], later).await, Count::Allowed);
    assert_ne!(count(registry, "b2", &[on_ada(3, day)], later).await, Count::Allowed);
    registry.forgive(&uni(), &ada().0).await.unwrap();
    // The account starts anew, Ada's right attempt does not count against her chat, Mallory's wrong ones do.
    assert_eq!(count(registry, "a2", &limits("ada"), later).await, Count::Allowed);
    assert_eq!(count(registry, "a3", &limits("ada"), later).await, Count::Allowed);
    assert_ne!(count(registry, "a4", &[by_peer("ada", 2)], later).await, Count::Allowed);
    assert_ne!(count(registry, "m3", &limits("mallory"), later).await, Count::Allowed);
    assert_eq!(count(registry, "a5", &[on_ada(3, day)], later).await, Count::Allowed);
    // Sends are money and stay counted.
    let send = [Limit { what: Limited::Send, ..on_ada(1, day) }];
    assert_eq!(count(registry, "s1", &send, later).await, Count::Allowed);
    registry.forgive(&uni(), &ada().0).await.unwrap();
    assert_ne!(count(registry, "s2", &send, later).await, Count::Allowed);
}

pub async fn a_step_is_used_once_and_no_earlier_one_after_it(registry: &Reg) {
    let used = |step: u64, operation: &'static str| async move {
        registry.use_totp_step(&uni(), &ada(), step, operation).await.unwrap()
    };
    assert_eq!(used(100, "a").await, StepUse::Fresh);
    assert_eq!(used(100, "a").await, StepUse::Fresh, "a redelivered event gets the same answer");
    assert_eq!(used(100, "b").await, StepUse::Replayed);
    assert_eq!(used(99, "c").await, StepUse::Replayed);
    assert_eq!(used(101, "b").await, StepUse::Replayed, "an operation keeps its answer");
    assert_eq!(used(101, "d").await, StepUse::Fresh);
    let ben = AccountId(String::from("ben"));
    assert_eq!(registry.use_totp_step(&uni(), &ben, 100, "e").await.unwrap(), StepUse::Fresh);
}

pub async fn of_a_thousand_uses_of_one_step_one_is_fresh(registry: &Reg) {
    let uses: Vec<_> = (0..1000)
        .map(|n| {
            let registry = Arc::clone(registry);
            tokio::spawn(
                async move { registry.use_totp_step(&uni(), &ada(), 58_919_160, &format!("op{n}")).await.unwrap() },
            )
        })
        .collect();
    let mut fresh = 0;
    for used in uses {
        fresh += usize::from(used.await.unwrap() == StepUse::Fresh);
    }
    assert_eq!(fresh, 1);
}

pub async fn a_freeze_lasts_until_the_release_and_lifts_the_counters(registry: &Reg) {
    let limits = [on_ada(1, Seconds::hours(24))];
    assert!(!registry.frozen(&uni(), &ada()).await.unwrap());
    registry.freeze(&uni(), &ada(), MORNING).await.unwrap();
    registry.freeze(&uni(), &ada(), MORNING + Seconds(1)).await.unwrap();
    assert!(registry.frozen(&uni(), &ada()).await.unwrap());
    assert!(!registry.frozen(&uni(), &AccountId(String::from("ben"))).await.unwrap());
    count(registry, "1", &limits, MORNING).await;
    assert_ne!(count(registry, "2", &limits, MORNING).await, Count::Allowed);
    assert!(registry.release(&uni(), &ada()).await.unwrap());
    assert!(!registry.frozen(&uni(), &ada()).await.unwrap());
    assert_eq!(count(registry, "3", &limits, MORNING).await, Count::Allowed);
    assert!(!registry.release(&uni(), &ada()).await.unwrap(), "it was not frozen any more");
}
