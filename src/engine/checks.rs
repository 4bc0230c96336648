//! Checks: counted before, compared and consumed here, turned into a receipt once.

use crate::audit::AuditKind;
use crate::engine::conversation::{Gate, Slot};
use crate::engine::event::{EffectCall, Output};
use crate::engine::turn::Turn;
use crate::flow::effect::Outcome;
use crate::flow::set::Do;
use crate::policy::limits::guesses;
use crate::verify::challenge::{MAX_COMPARISONS, Verdict};
use crate::verify::ledger::Claim;

/// Digits of the human challenge.
pub const CHALLENGE_DIGITS: u8 = 5;

impl Turn<'_> {
    pub fn match_hint(&mut self, wish: &Do) -> Result<EffectCall, Outcome> {
        let gate = self.conv.gate.as_ref().ok_or(Outcome::Locked)?;
        if gate.confirmed {
            return Err(Outcome::Same);
        }
        let gate_id = gate.id;
        let target = gate.factor.target;
        match self.slot(wish) {
            Some(Slot::Target(_)) => {}
            // A mailbox, spelled on the keys: what it would be is known where addresses are.
            Some(Slot::Tag(typed)) => {
                let (account, limits) = (self.conv.account().cloned(), self.counted_for(guesses::contact));
                return Ok(EffectCall::MatchKeyed { account, gate: gate_id, target, typed, limits });
            }
            _ => return Err(Outcome::Different),
        }
        Ok(EffectCall::CountAttempt { limits: self.counted_for(guesses::contact) })
    }

    pub fn compare_target(&mut self, wish: &Do) -> Outcome {
        let typed = self.slot(wish);
        let known = self.conv.account().is_some();
        let Some(gate) = self.conv.gate.as_mut() else { return Outcome::Locked };
        if known && matches!(typed, Some(Slot::Target(target)) if target == gate.factor.target) {
            gate.confirmed = true;
            self.refund();
            return Outcome::Same;
        }
        self.different()
    }

    /// What was keyed is the registered address.
    pub fn confirmed_target(&mut self) -> Outcome {
        if self.conv.account().is_none() {
            return self.different();
        }
        let Some(gate) = self.conv.gate.as_mut() else { return Outcome::Locked };
        gate.confirmed = true;
        self.refund();
        Outcome::Same
    }

    pub fn different(&mut self) -> Outcome {
        let Some(gate) = self.conv.gate.as_ref() else { return Outcome::Locked };
        let method = gate.factor.method;
        self.audit(AuditKind::ContactMismatch { method });
        Outcome::Different
    }

    pub fn compare_code(&mut self, wish: &Do) -> Outcome {
        let now = self.env.now;
        let known = self.conv.account().is_some();
        let Some(Slot::Code(typed)) = self.slot(wish) else { return Outcome::Wrong };
        let Some(gate) = self.conv.gate.as_mut() else { return Outcome::Expired };
        let Some(challenge) = gate.challenge.as_mut() else { return Outcome::Expired };
        match challenge.redeem(&typed, now) {
            Verdict::Right if known => self.right(),
            Verdict::Right | Verdict::Wrong => self.wrong(),
            Verdict::Expired => Outcome::Expired,
        }
    }

    pub fn right(&mut self) -> Outcome {
        let Some(gate) = self.conv.gate.as_mut() else { return Outcome::Locked };
        gate.passed = true;
        let method = gate.factor.method;
        self.audit(AuditKind::CodeRight { method });
        self.refund();
        Outcome::Right
    }

    pub fn wrong(&mut self) -> Outcome {
        let Some(gate) = self.conv.gate.as_ref() else { return Outcome::Locked };
        let (method, spent) = (gate.factor.method, gate.comparisons >= MAX_COMPARISONS);
        self.audit(AuditKind::CodeWrong { method });
        if spent { Outcome::Locked } else { Outcome::Wrong }
    }

    /// Turns a passed check into a receipt for the purpose of the `gates` node, once. A decoy has nothing to turn.
    pub fn claim_receipt(&mut self) -> Outcome {
        let (Some(account), Some(purpose)) = (self.conv.account().cloned(), self.purpose()) else {
            return Outcome::Missing;
        };
        let run = self.conv.run;
        let Some(gate) = self.conv.gate.as_mut() else { return Outcome::Missing };
        if !std::mem::take(&mut gate.passed) {
            return Outcome::Missing;
        }
        let (method, target) = (gate.factor.method, gate.factor.target);
        let claim = Claim { run, gate: gate.id, method, target, subject: account, purpose };
        self.conv.ledger.write(claim, self.env.now, self.env.keys);
        self.audit(AuditKind::GatePassed { method });
        Outcome::Held
    }

    pub fn check_challenge(&mut self, wish: &Do) -> Outcome {
        let typed = self.slot(wish);
        let set = self.conv.last.challenge.take();
        if let (Some(Slot::Digits(typed)), Some(set)) = (typed, set)
            && typed == set
        {
            return Outcome::Passed;
        }
        // Another one, so that guessing does not add up.
        self.conv.last.challenge = Some(self.draw_digits(CHALLENGE_DIGITS));
        Outcome::Failed
    }

    /// What was right was counted before it was compared; only that one attempt is given back.
    fn refund(&mut self) {
        self.outputs.extend(self.settling.map(|effect| Output::Refund { effect }));
    }

    pub fn forgive(&mut self) {
        let limit_key = self.limit_key();
        self.outputs.push(Output::Forgive { limit_key });
    }
}

/// Counted before anything is compared, whatever comes of it; a new code does not lower it.
pub fn count_comparison(gate: &mut Gate) -> Result<(), Outcome> {
    if gate.comparisons >= MAX_COMPARISONS {
        return Err(Outcome::Locked);
    }
    gate.comparisons += 1;
    Ok(())
}
