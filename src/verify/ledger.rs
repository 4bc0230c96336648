//! Receipts of passed gates, and the only constructor of a `Proof`.

use std::marker::PhantomData;

use serde::{Deserialize, Serialize};

use crate::model::ids::{AccountId, GateId, RunId, TargetHash};
use crate::model::method::Method;
use crate::model::purpose::Purpose;
use crate::model::time::{Seconds, Timestamp};
use crate::policy::gates::{self, Passed, Requirement};
use crate::verify::keys::{Keys, Tag};

/// How long a receipt counts. A refused password keeps it (`docs/ARCHITECTURE.md`, "Limits").
pub const RECEIPT_LIFE: Seconds = Seconds::minutes(10);

/// Evidence that one gate passed, bound to all that it may be used for. Written by the engine's own checks only.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Receipt {
    pub run: RunId,
    pub gate: GateId,
    pub method: Method,
    pub target: TargetHash,
    pub subject: AccountId,
    pub purpose: Purpose,
    pub issued: Timestamp,
    /// Over all of the above: a forged or damaged record mints nothing.
    tag: Tag,
}

/// The receipts of one conversation.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Ledger {
    receipts: Vec<Receipt>,
}

/// What a receipt is written for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Claim {
    pub run: RunId,
    pub gate: GateId,
    pub method: Method,
    pub target: TargetHash,
    pub subject: AccountId,
    pub purpose: Purpose,
}

/// A privileged purpose as a type, so that a proof of one cannot be spent on another.
pub trait Privilege {
    const PURPOSE: Purpose;
}

/// Sets a new password.
pub enum ResetPassword {}

/// Lifts a lock and keeps the password.
pub enum UnlockAccount {}

impl Privilege for ResetPassword {
    const PURPOSE: Purpose = Purpose::ResetPassword;
}

impl Privilege for UnlockAccount {
    const PURPOSE: Purpose = Purpose::UnlockAccount;
}

/// That enough gates passed, for this account and purpose, just now. Spent by passing it by value.
///
/// Nothing but [`Ledger::prove`] makes one, and it can be neither copied nor stored:
///
/// ```compile_fail
/// use ringback::verify::ledger::{Proof, ResetPassword};
/// fn twice(proof: Proof<ResetPassword>) -> (Proof<ResetPassword>, Proof<ResetPassword>) {
///     (proof.clone(), proof)
/// }
/// ```
///
/// ```compile_fail
/// use ringback::verify::ledger::{Proof, ResetPassword};
/// let forged: Proof<ResetPassword> = Proof { account: todo!(), run: todo!(), privilege: Default::default() };
/// ```
pub struct Proof<P: Privilege> {
    account: AccountId,
    run: RunId,
    privilege: PhantomData<P>,
}

/// Gates that are still missing.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{gates} gate(s) missing")]
pub struct Missing {
    pub gates: u8,
}

impl<P: Privilege> Proof<P> {
    /// The account that may be touched, and no other.
    pub fn account(&self) -> &AccountId {
        &self.account
    }

    /// The case; with the purpose it makes the operation id of the directory call.
    pub fn run(&self) -> RunId {
        self.run
    }
}

impl Ledger {
    /// Keeps a receipt. A second one for the same gate replaces the first.
    pub fn write(&mut self, claim: Claim, now: Timestamp, keys: &Keys) {
        let tag = keys.receipt.tag(&parts(&claim, now).each_ref().map(Vec::as_slice));
        self.receipts.retain(|receipt| receipt.gate != claim.gate);
        self.receipts.push(Receipt {
            run: claim.run,
            gate: claim.gate,
            method: claim.method,
            target: claim.target,
            subject: claim.subject,
            purpose: claim.purpose,
            issued: now,
            tag,
        });
    }

    /// Forgets everything: a restarted conversation proves itself anew.
    pub fn burn(&mut self) {
        self.receipts.clear();
    }

    /// Gates that count now for this run, subject and purpose.
    pub fn passed(
        &self,
        run: RunId,
        subject: &AccountId,
        purpose: Purpose,
        now: Timestamp,
        keys: &Keys,
    ) -> Vec<Passed> {
        let counts = |receipt: &&Receipt| {
            receipt.run == run
                && receipt.subject == *subject
                && receipt.purpose == purpose
                && receipt.issued <= now
                && now < receipt.issued + RECEIPT_LIFE
                && receipt.genuine(keys)
        };
        let passed = |receipt: &Receipt| Passed { method: receipt.method, target: receipt.target };
        self.receipts.iter().filter(counts).map(passed).collect()
    }

    /// Makes the proof if policy is satisfied by receipts that are genuine, fresh and bound to this very case.
    pub fn prove<P: Privilege>(
        &self,
        run: RunId,
        subject: &AccountId,
        requirement: &Requirement,
        now: Timestamp,
        keys: &Keys,
    ) -> Result<Proof<P>, Missing> {
        let passed = self.passed(run, subject, P::PURPOSE, now, keys);
        let allowed: Vec<Passed> =
            passed.into_iter().filter(|gate| requirement.methods.contains(&gate.method)).collect();
        match gates::missing(requirement, &allowed) {
            0 => Ok(Proof { account: subject.clone(), run, privilege: PhantomData }),
            gates => Err(Missing { gates }),
        }
    }
}

impl Receipt {
    fn genuine(&self, keys: &Keys) -> bool {
        let claim = Claim {
            run: self.run,
            gate: self.gate,
            method: self.method,
            target: self.target,
            subject: self.subject.clone(),
            purpose: self.purpose,
        };
        keys.receipt.holds(&parts(&claim, self.issued).each_ref().map(Vec::as_slice), &self.tag)
    }
}

fn parts(claim: &Claim, issued: Timestamp) -> [Vec<u8>; 7] {
    [
        claim.run.0.to_vec(),
        claim.gate.0.to_vec(),
        claim.method.name().as_bytes().to_vec(),
        claim.target.0.to_vec(),
        claim.subject.0.as_bytes().to_vec(),
        claim.purpose.name().as_bytes().to_vec(),
        issued.0.to_be_bytes().to_vec(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::gates::{Distinct, Source};
    use crate::verify::keys::Root;

    const NOW: Timestamp = Timestamp(1_700_000_000_000);

    fn keys() -> Keys {
        Keys::derive(&Root::new([1; 32]), &Root::new([2; 32]))
    }
    const RUN: RunId = RunId([1; 16]);

    fn two_gates() -> Requirement {
        Requirement { needed: 2, distinct: Distinct::Family, methods: Method::ALL.to_vec(), source: Source::Unknown }
    }

    fn claim(method: Method, target: u8) -> Claim {
        Claim {
            run: RUN,
            gate: GateId([target; 16]),
            method,
            target: TargetHash([target; 32]),
            subject: AccountId("siti".to_owned()),
            purpose: Purpose::ResetPassword,
        }
    }

    /// A ledger with a mail and a text gate, each changed by `change` before it is written.
    fn ledger(change: impl Fn(&mut Claim)) -> Ledger {
        let mut ledger = Ledger::default();
        for mut claim in [claim(Method::Email, 1), claim(Method::Sms, 2)] {
            change(&mut claim);
            ledger.write(claim, NOW, &keys());
        }
        ledger
    }

    fn proves(ledger: &Ledger, now: Timestamp) -> bool {
        let subject = AccountId("siti".to_owned());
        ledger.prove::<ResetPassword>(RUN, &subject, &two_gates(), now, &keys()).is_ok()
    }

    #[test]
    fn two_gates_of_this_case_make_a_proof() {
        assert!(proves(&ledger(|_| {}), NOW));
    }

    #[test]
    fn receipts_of_another_run_person_or_purpose_make_none() {
        assert!(!proves(&ledger(|claim| claim.run = RunId([2; 16])), NOW));
        assert!(!proves(&ledger(|claim| claim.subject = AccountId("mallory".to_owned())), NOW));
        assert!(!proves(&ledger(|claim| claim.purpose = Purpose::UnlockAccount), NOW));
    }

    #[test]
    fn receipts_count_for_ten_minutes_and_not_before_their_time() {
        let ledger = ledger(|_| {});
        assert!(proves(&ledger, NOW + Seconds(599)));
        assert!(!proves(&ledger, NOW + Seconds(600)));
        assert!(!proves(&ledger, Timestamp(NOW.0 - 1)));
    }

    #[test]
    fn one_telephone_is_one_gate() {
        assert!(!proves(&ledger(|claim| claim.target = TargetHash([7; 32])), NOW), "same target");
        let mut phones = Ledger::default();
        for (method, target) in [(Method::Sms, 1), (Method::CallMobile, 2), (Method::CallOffice, 3)] {
            phones.write(claim(method, target), NOW, &keys());
        }
        assert!(!proves(&phones, NOW), "one family");
    }

    #[test]
    fn a_method_that_the_tenant_took_away_no_longer_counts() {
        let mut requirement = two_gates();
        requirement.methods.retain(|method| *method != Method::Email);
        let subject = AccountId("siti".to_owned());
        let keys = keys();
        assert!(ledger(|_| {}).prove::<ResetPassword>(RUN, &subject, &requirement, NOW, &keys).is_err());
    }

    #[test]
    fn a_receipt_that_was_touched_counts_for_nothing() {
        let mut touched = ledger(|_| {});
        touched.receipts[0].target = TargetHash([9; 32]);
        assert!(!proves(&touched, NOW));
        let mut aged = ledger(|_| {});
        aged.receipts[1].issued = NOW + Seconds(1);
        assert!(!proves(&aged, NOW + Seconds(2)));
    }

    #[test]
    fn burnt_receipts_are_gone() {
        let mut ledger = ledger(|_| {});
        ledger.burn();
        assert!(!proves(&ledger, NOW));
    }
}
