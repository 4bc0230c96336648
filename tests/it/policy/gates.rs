//! Which gates count as two, and what is still on offer.

use proptest::prelude::*;
use ringback::model::ids::TargetHash;
use ringback::model::method::Family;
use ringback::model::method::Method::{self, *};
use ringback::policy::gates::{
    Distinct, Factor, Passed, Requirement, Source, TargetMethod, missing, offer, reachable, requirement,
};

use super::tenant;

const MOBILE: u8 = 1;
const OFFICE: u8 = 2;
const MAILBOX: u8 = 3;

fn need(needed: u8, distinct: Distinct) -> Requirement {
    Requirement { needed, distinct, methods: Method::ALL.to_vec(), source: Source::Unknown }
}

fn passed(method: Method, target: u8) -> Passed {
    Passed { method, target: TargetHash([target; 32]) }
}

fn factor(method: Method, target: u8) -> Factor {
    Factor { method, target: TargetHash([target; 32]), hint: String::new() }
}

fn methods(offered: &[Factor]) -> Vec<Method> {
    offered.iter().map(|factor| factor.method).collect()
}

#[test]
fn g29_telephones_alone_are_never_two_gates_of_different_families() {
    let telephones = [Sms, CallMobile, CallOffice];
    for (i, first) in telephones.into_iter().enumerate() {
        for second in telephones {
            for third in telephones {
                let gates = [passed(first, 1), passed(second, 2), passed(third, u8::try_from(i).unwrap() + 3)];
                assert_eq!(missing(&need(2, Distinct::Family), &gates), 1, "{gates:?}");
            }
        }
    }
}

#[test]
fn after_a_text_imu_still_offers_the_office_and_nothing_to_the_same_mobile() {
    let imu = requirement(&tenant("imu"), Source::Unknown);
    assert_eq!((imu.needed, imu.distinct), (2, Distinct::Target));
    let all = [
        factor(Email, MAILBOX),
        factor(Sms, MOBILE),
        factor(CallMobile, MOBILE),
        factor(CallOffice, OFFICE),
        factor(Push, 4),
        factor(Totp, 5),
    ];
    let text = [passed(Sms, MOBILE)];
    assert_eq!(methods(&offer(&imu, &all, &text, &[])), [Email, CallOffice, Push, Totp]);
    assert_eq!(missing(&imu, &[passed(Sms, MOBILE), passed(CallMobile, MOBILE)]), 1);
    assert_eq!(missing(&imu, &[passed(Sms, MOBILE), passed(CallOffice, OFFICE)]), 0);
}

#[test]
fn after_a_mail_aps_offers_the_mobile_and_after_the_mobile_only_mail() {
    let aps = requirement(&tenant("aps"), Source::Unknown);
    let all = [factor(Email, MAILBOX), factor(Sms, MOBILE), factor(CallMobile, MOBILE)];
    assert_eq!(methods(&offer(&aps, &all, &[passed(Email, MAILBOX)], &[])), [Sms, CallMobile]);
    assert_eq!(methods(&offer(&aps, &all, &[passed(Sms, MOBILE)], &[])), [Email]);
}

#[test]
fn one_gate_passes_apu_and_an_answer_asks_for_one_more() {
    let apu = requirement(&tenant("apu"), Source::Unknown);
    assert_eq!(missing(&apu, &[]), 1);
    for method in [Email, Sms, CallMobile] {
        assert_eq!(missing(&apu, &[passed(method, 1)]), 0, "{method}");
    }
    assert_eq!(missing(&apu, &[passed(Questions, 9)]), 1);
    assert_eq!(missing(&apu, &[passed(Questions, 9), passed(Questions, 8)]), 1);
    assert_eq!(missing(&apu, &[passed(Questions, 9), passed(Email, MAILBOX)]), 0);
}

#[test]
fn an_authenticator_s_code_suffices_alone_where_the_account_knows_the_source() {
    let stranger = requirement(&tenant("apu"), Source::Unknown);
    let known = requirement(&tenant("apu"), Source::Known);
    assert_eq!((missing(&stranger, &[passed(Totp, 5)]), missing(&known, &[passed(Totp, 5)])), (1, 0));
    for second in [Email, Sms, CallMobile, Questions] {
        assert_eq!(missing(&stranger, &[passed(Totp, 5), passed(second, 1)]), 0, "{second}");
        assert_eq!(missing(&stranger, &[passed(second, 1), passed(Totp, 5)]), 0, "{second}");
    }
    assert!(!reachable(&stranger, &[factor(Totp, 5)]), "whoever has nothing else is a stranger to self-service");
    assert!(reachable(&known, &[factor(Totp, 5)]));
    // Where two gates are needed it counts as one of them, as ever.
    let two = requirement(&tenant("imu"), Source::Unknown);
    assert_eq!(missing(&two, &[passed(Totp, 5), passed(Sms, MOBILE)]), 0);
    // A question is no evidence from anywhere.
    assert_eq!(missing(&known, &[passed(Questions, 9)]), 1);
}

#[test]
fn what_was_given_up_is_not_offered_again_and_its_target_still_is_by_another_method() {
    let apu = requirement(&tenant("apu"), Source::Unknown);
    let all = [factor(Sms, MOBILE), factor(CallMobile, MOBILE)];
    let given_up = [TargetMethod { method: Sms, target: TargetHash([MOBILE; 32]) }];
    assert_eq!(methods(&offer(&apu, &all, &[], &given_up)), [CallMobile]);
}

#[test]
fn a_method_that_the_tenant_dropped_is_not_offered() {
    let office = requirement(&tenant("office365"), Source::Unknown);
    assert_eq!(methods(&offer(&office, &[factor(Email, MAILBOX), factor(Sms, MOBILE)], &[], &[])), [Sms]);
}

#[test]
fn codes_are_longer_where_one_gate_suffices() {
    assert_eq!(
        ["apu", "imu", "office365", "aps"].map(|id| requirement(&tenant(id), Source::Unknown).code_digits()),
        [8, 6, 8, 6]
    );
}

fn any_gates() -> impl Strategy<Value = Vec<Passed>> {
    let gate = (0..Method::ALL.len(), 0u8..5).prop_map(|(method, target)| passed(Method::ALL[method], target));
    proptest::collection::vec(gate, 0..6)
}

proptest! {
    /// Satisfied by family means two families, not only knowledge; satisfied by target means two targets.
    #[test]
    fn satisfied_means_enough_different_gates(gates in any_gates(), needed in 1u8..=2) {
        for distinct in [Distinct::Family, Distinct::Target] {
            if missing(&need(needed, distinct), &gates) > 0 {
                continue;
            }
            let targets: std::collections::BTreeSet<_> = gates.iter().map(|gate| gate.target).collect();
            let families: std::collections::BTreeSet<Family> = gates.iter().map(|gate| gate.method.family()).collect();
            prop_assert!(targets.len() >= usize::from(needed));
            prop_assert!(families.iter().any(|family| *family != Family::Knowledge));
            if distinct == Distinct::Family {
                prop_assert!(families.len() >= usize::from(needed));
            }
        }
    }

    /// One more gate never makes more gates missing.
    #[test]
    fn a_further_gate_never_takes_away(gates in any_gates(), method in 0..Method::ALL.len(), target in 0u8..5) {
        for distinct in [Distinct::Family, Distinct::Target] {
            for needed in [1, 2] {
                let before = missing(&need(needed, distinct), &gates);
                let mut more = gates.clone();
                more.push(passed(Method::ALL[method], target));
                prop_assert!(missing(&need(needed, distinct), &more) <= before);
            }
        }
    }

    /// The order in which gates passed decides nothing.
    #[test]
    fn order_does_not_matter(gates in any_gates()) {
        let mut turned = gates.clone();
        turned.reverse();
        for distinct in [Distinct::Family, Distinct::Target] {
            for needed in [1, 2] {
                prop_assert_eq!(missing(&need(needed, distinct), &gates), missing(&need(needed, distinct), &turned));
            }
        }
    }

    /// Whatever is on offer brings the person forward: passing it lowers what is missing, unless a question alone
    /// already asks for one more.
    #[test]
    fn what_is_offered_helps(gates in any_gates(), pool in any_gates()) {
        let pool: Vec<Factor> =
            pool.iter().map(|gate| Factor { method: gate.method, target: gate.target, hint: String::new() }).collect();
        for distinct in [Distinct::Family, Distinct::Target] {
            let need = need(2, distinct);
            let before = missing(&need, &gates);
            if before == 0 {
                continue;
            }
            for factor in offer(&need, &pool, &gates, &[]) {
                let mut more = gates.clone();
                more.push(Passed { method: factor.method, target: factor.target });
                let after = missing(&need, &more);
                let knowledge = more.iter().all(|gate| gate.method.family() == Family::Knowledge);
                prop_assert!(after < before || knowledge, "{factor:?} after {gates:?}");
            }
        }
    }

    /// An account is let in exactly when some of its factors, all passed, would be enough.
    #[test]
    fn reachable_means_that_passing_everything_is_enough(pool in any_gates(), needed in 1u8..=2) {
        for distinct in [Distinct::Family, Distinct::Target] {
            let need = need(needed, distinct);
            let factors: Vec<Factor> =
                pool.iter().map(|gate| Factor { method: gate.method, target: gate.target, hint: String::new() }).collect();
            prop_assert_eq!(reachable(&need, &factors), missing(&need, &pool) == 0);
        }
    }
}
