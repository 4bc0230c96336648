//! Judges every change in the directory and everything that is said about it: I1, I7, I8, I12.

use ringback::audit::{AuditEvent, AuditKind};
use ringback::model::account::AccountState;
use ringback::model::ids::{AccountId, ConversationId, RunId};
use ringback::model::method::Method;
use ringback::model::purpose::Purpose;
use ringback::policy::gates::Distinct;
use ringback::verify::ledger::RECEIPT_LIFE;

use super::{Invariant, Now, Oracle, Passed, Set};
use crate::simulator::cast::{Cast, Member};

impl Oracle {
    /// The directory is asked to change an account.
    pub fn asked_to_change(
        &mut self,
        purpose: Purpose,
        account: &AccountId,
        run: RunId,
        member: &Member,
        now: &Now<'_>,
    ) {
        let passed = self.passed.get(&run).cloned().unwrap_or_default();
        let fresh: Vec<Passed> =
            passed.into_iter().filter(|gate| gate.account == *account && now.mark < gate.at + RECEIPT_LIFE).collect();
        let enough = enough(&fresh, now);
        self.hold(Invariant::I1, enough, || {
            let had: Vec<&str> = fresh.iter().map(|gate| gate.method.name()).collect();
            format!("{} asked of the directory after {had:?}", purpose.name())
        });
        let conversation = self.conversation_of_run.get(&run).and_then(|id| self.conversations.get(id));
        let own = conversation.and_then(|conversation| conversation.account()) == Some(account);
        self.hold(Invariant::I1, own, || "the case is about another account".to_owned());
        self.hold(Invariant::I1, !member.account.privileged && member.account.state == AccountState::Active, || {
            "an account that must not be served was to be changed".to_owned()
        });
        let closed = self.closed.contains(account);
        self.hold(Invariant::I1, !closed, || "a closed account was to be changed".to_owned());
        let intended =
            self.recorded(run, |kind| matches!(kind, AuditKind::EffectIntended { purpose: p } if *p == purpose));
        self.hold(Invariant::I7, intended, || "the directory is asked before that is on record".to_owned());
    }

    /// A password was set.
    pub fn was_set(&mut self, account: &AccountId, run: RunId, now: &Now<'_>) {
        let conversation = self.conversation_of_run.get(&run).copied();
        let again = self.sets.iter().any(|set| set.run == run);
        self.hold(Invariant::I7, !again, || "one case has set two passwords".to_owned());
        let began = |id: ConversationId| self.conversations.get(&id).map(|conversation| conversation.started);
        let began = conversation.and_then(began);
        let raced = self.sets.iter().any(|set| {
            set.account == *account && set.conversation != conversation && began.is_some_and(|began| set.at >= began)
        });
        self.hold(Invariant::I1, !raced, || "two cases that ran side by side have both set a password".to_owned());
        self.sets.push(Set { account: account.clone(), run, conversation, at: now.mark });
    }

    pub fn was_unlocked(&mut self, account: &AccountId, run: RunId, now: &Now<'_>) {
        let conversation = self.conversation_of_run.get(&run).copied();
        self.unlocks.push(Set { account: account.clone(), run, conversation, at: now.mark });
    }

    /// Something is on record.
    pub fn recorded_now(&mut self, operation: &str, events: &[AuditEvent]) {
        let fresh = self.operations.insert(operation.to_owned());
        self.hold(Invariant::I12, fresh, || format!("operation {operation} stands on record twice"));
        for event in events {
            self.secrets.look(format!("{:?}", event.kind).as_bytes());
            let Some(run) = event.run else { continue };
            let set = self.sets.iter().any(|set| set.run == run);
            let what = match event.kind {
                AuditKind::PasswordSet => (set, "a set is on record that was none"),
                AuditKind::AccountUnlocked => {
                    (self.unlocks.iter().any(|set| set.run == run), "an unlock is on record that was none")
                }
                AuditKind::EffectFailed { purpose: Purpose::ResetPassword } => {
                    (!set, "a set is on record as failed that was done")
                }
                _ => continue,
            };
            self.hold(Invariant::I7, what.0, || what.1.to_owned());
        }
        self.record.extend_from_slice(events);
    }

    /// A person is told something by a conversation.
    pub fn said(&mut self, conversation: ConversationId, key: &str) {
        let Some(run) = self.conversations.get(&conversation).map(|conversation| conversation.run) else {
            return self.violated(Invariant::I7, "something is shown of a conversation that is not on disk");
        };
        match key {
            "reset-done" => self.done(run, "reset-done", |kind| matches!(kind, AuditKind::PasswordSet)),
            "unlock-done" => self.done(run, "unlock-done", |kind| matches!(kind, AuditKind::AccountUnlocked)),
            _ => {}
        }
    }

    fn done(&mut self, run: RunId, key: &str, outcome: impl Fn(&AuditKind) -> bool) {
        // A record that takes nothing at the moment gets it from the outbox, where it is on disk.
        let on_its_way = self.to_record.iter().any(|event| event.run == Some(run) && outcome(&event.kind));
        let recorded = self.recorded(run, outcome) || on_its_way;
        self.hold(Invariant::I7, recorded, || format!("`{key}` is said before that is on record"));
        let real = self.sets.iter().chain(&self.unlocks).any(|set| set.run == run);
        self.hold(Invariant::I7, real, || format!("`{key}` is said, and it is not so"));
    }

    fn recorded(&self, run: RunId, wanted: impl Fn(&AuditKind) -> bool) -> bool {
        self.record.iter().any(|event| event.run == Some(run) && wanted(&event.kind))
    }

    /// What must be true when the storm is long over.
    pub fn at_the_end(&mut self, cast: &Cast) {
        let sets: Vec<(AccountId, RunId)> =
            self.sets.iter().chain(&self.unlocks).map(|set| (set.account.clone(), set.run)).collect();
        for (account, run) in sets {
            let outcome = self.recorded(run, |kind| {
                matches!(kind, AuditKind::PasswordSet | AuditKind::AccountUnlocked | AuditKind::EffectUncertain { .. })
            });
            self.hold(Invariant::I7, outcome, || "a change has no outcome on record".to_owned());
            let Some(member) = cast.get(&account) else { continue };
            let told = self.told.get(&run).cloned().unwrap_or_default();
            for address in member.mail.iter().chain(&member.mobile) {
                self.hold(Invariant::I8, told.contains(address), || format!("{address} was not told of a change"));
            }
        }
        let missing = self.to_record.iter().filter(|event| !self.record.contains(event)).count();
        self.hold(Invariant::I12, missing == 0, || format!("{missing} events never came onto the record"));
        let intents = self.record.iter().filter(|event| matches!(event.kind, AuditKind::EffectIntended { .. }));
        let open = intents.filter(|event| !event.run.is_some_and(|run| self.has_outcome(run))).count();
        self.hold(Invariant::I7, open == 0, || format!("{open} intents have no outcome"));
    }

    fn has_outcome(&self, run: RunId) -> bool {
        self.recorded(run, |kind| {
            matches!(
                kind,
                AuditKind::PasswordSet
                    | AuditKind::PasswordRefused
                    | AuditKind::AccountUnlocked
                    | AuditKind::EffectUncertain { .. }
                    | AuditKind::EffectFailed { .. }
            )
        })
    }
}

/// Whether these gates are enough, by the words of the tenant's policy: written anew here, so that the product's own
/// counting is not asked about itself.
fn enough(passed: &[Passed], now: &Now<'_>) -> bool {
    let apart = |a: &Passed, b: &Passed| {
        let families = now.tenant.distinct == Distinct::Target || a.method.family() != b.method.family();
        a.target != b.target && families
    };
    let asks = |gate: &Passed| gate.method == Method::Questions;
    match now.tenant.gates_needed {
        0 | 1 => passed.iter().any(|gate| !asks(gate)),
        _ => passed.iter().any(|a| passed.iter().any(|b| apart(a, b) && !(asks(a) && asks(b)))),
    }
}
