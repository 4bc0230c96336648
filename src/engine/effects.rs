//! `do` nodes: what an effect asks of the outside, and what its result means here.
//!
//! Checks are counted first (the effect), then compared and consumed in the step that takes the result, all under the
//! conversation's compare-and-swap.

use crate::audit::AuditKind;
use crate::engine::conversation::{Gate, Slot};
use crate::engine::event::{EffectCall, EffectResult, Output};
use crate::engine::turn::{Move, Turn};
use crate::flow::effect::{EffectName, Outcome};
use crate::flow::set::{Do, Node};
use crate::model::ids::{ChallengeId, LegId};
use crate::model::time::Seconds;
use crate::policy::limits;
use crate::policy::tenant::HumanCheck;
use crate::verify::challenge::{Challenge, MAX_COMPARISONS, Verdict};
use crate::verify::ledger::Claim;

/// Codes per gate, and the pause between them (`DESIGN.md` 5).
const MAX_SENDS: u8 = 3;
const SEND_PAUSE: Seconds = Seconds(60);
const CHALLENGE_DIGITS: usize = 5;

impl Turn<'_> {
    pub fn visit_do(&mut self, wish: &Do) -> Move {
        match self.wish(wish) {
            Ok(call) => self.request(call),
            Err(outcome) => self.outcome(wish, outcome),
        }
    }

    /// The call to make, or the outcome that needs none.
    fn wish(&mut self, wish: &Do) -> Result<EffectCall, Outcome> {
        let peer = self.peer_key();
        let tenant = self.env.tenant;
        match wish.effect {
            EffectName::CheckHuman => Ok(EffectCall::StartCase {
                soft: limits::start_soft(&peer, tenant),
                hard: limits::start_hard(&peer, tenant),
                always: tenant.human_check == HumanCheck::Always,
            }),
            EffectName::CheckChallenge => Err(self.check_challenge(wish)),
            EffectName::Identify => self.identify(wish),
            EffectName::MatchHint => self.match_hint(wish),
            EffectName::SendCode => self.send_code(),
            EffectName::CheckCode => {
                let gate = self.conv.gate.as_mut().ok_or(Outcome::Expired)?;
                let dead = gate.challenge.as_ref().is_none_or(|challenge| self.env.now >= challenge.expires);
                if dead {
                    return Err(Outcome::Expired);
                }
                count_comparison(gate)?;
                Ok(EffectCall::CountAttempt { limits: self.wrong_code() })
            }
            EffectName::CheckTotp => {
                let Some(Slot::Tag(typed)) = self.slot(wish) else { return Err(Outcome::Wrong) };
                let gate = self.conv.gate.as_mut().ok_or(Outcome::Locked)?;
                count_comparison(gate)?;
                let gate = gate.id;
                let account = self.conv.account().cloned();
                Ok(EffectCall::CheckTotp { account, gate, typed, limits: self.wrong_code() })
            }
            EffectName::CheckAnswers => {
                let secret = self.conv.last.secret.take().ok_or(Outcome::Wrong)?;
                let gate = self.conv.gate.as_mut().ok_or(Outcome::Locked)?;
                count_comparison(gate)?;
                let account = self.conv.account().cloned();
                Ok(EffectCall::CheckAnswers { account, secret, limits: self.wrong_code() })
            }
            EffectName::ClaimReceipt => Err(self.claim_receipt()),
            EffectName::PlaceCall => self.place_call(wish),
            EffectName::SendPush => {
                let gate = self.conv.gate.as_ref().ok_or(Outcome::Unavailable)?.id;
                let account = self.conv.account().cloned();
                Ok(EffectCall::SendPush { account, gate, limits: self.send_limits() })
            }
            EffectName::GateAnswer => Err(self.gate_answer(wish)),
            EffectName::GateDeny => Err(self.gate_deny()),
            EffectName::ReportFraud => Ok(EffectCall::ReportFraud),
            EffectName::SetPassword => {
                let secret = self.conv.last.secret.take().ok_or(Outcome::Stale)?;
                Ok(EffectCall::SetPassword { secret })
            }
            EffectName::UnlockAccount => Ok(EffectCall::UnlockAccount),
            EffectName::NotifyOwner => {
                let template = wish.template.clone().ok_or(Outcome::Unavailable)?;
                Ok(EffectCall::NotifyOwner { template })
            }
            EffectName::OpenTicket => {
                let template = wish.template.clone().ok_or(Outcome::Unavailable)?;
                let requirement = crate::policy::gates::requirement(self.env.tenant);
                let verified = self.passed(&requirement).iter().map(|gate| gate.method).collect();
                Ok(EffectCall::OpenTicket { template, verified, account: self.conv.account().cloned() })
            }
            EffectName::Transfer => Ok(EffectCall::Transfer),
        }
    }

    /// The result of an open effect: the outcome, what it changes here, and on.
    pub fn effect_done(&mut self, _call: EffectCall, result: EffectResult) {
        let Some(Node::Do(wish)) = self.node().cloned() else { return self.give_up() };
        let outcome = self.settle(&wish, result);
        // A code is gone from the record as soon as it was compared.
        if let Some(slot) = &wish.from
            && wish.effect != EffectName::Identify
        {
            self.conv.slots.remove(slot);
        }
        let next = self.outcome(&wish, outcome);
        self.run(next);
    }

    fn outcome(&mut self, wish: &Do, outcome: Outcome) -> Move {
        match wish.on.get(&outcome) {
            Some(next) => Move::Goto(next.clone()),
            None => Move::GiveUp,
        }
    }

    fn settle(&mut self, wish: &Do, result: EffectResult) -> Outcome {
        match (wish.effect, result) {
            (effect, EffectResult::Throttled { until }) => {
                self.conv.last.retry_at = Some(until);
                self.audit(AuditKind::Throttled);
                throttled(effect)
            }
            (EffectName::CheckHuman, EffectResult::Plain(Outcome::Challenge)) => {
                self.conv.last.challenge = Some(self.draw_digits(CHALLENGE_DIGITS));
                Outcome::Challenge
            }
            (EffectName::Identify, EffectResult::Identified(subject)) => {
                self.conv.subject = Some(subject);
                self.audit(AuditKind::Identified);
                Outcome::Continue
            }
            (EffectName::MatchHint, EffectResult::Plain(Outcome::Continue)) => self.compare_target(wish),
            (EffectName::SendCode, EffectResult::Plain(Outcome::Continue)) => self.deliver_code(),
            (EffectName::CheckCode, EffectResult::Plain(Outcome::Continue)) => self.compare_code(wish),
            (EffectName::CheckTotp | EffectName::CheckAnswers, EffectResult::Plain(Outcome::Right)) => self.right(),
            (EffectName::CheckTotp | EffectName::CheckAnswers, EffectResult::Plain(Outcome::Wrong)) => self.wrong(),
            (_, EffectResult::Refused { reasons }) => {
                self.conv.last.reasons = reasons;
                Outcome::Policy
            }
            (_, EffectResult::Ticket { number }) => {
                self.conv.last.number = Some(number);
                self.audit(AuditKind::TicketOpened);
                Outcome::Opened
            }
            (_, EffectResult::Notified { messages }) => {
                self.audit(AuditKind::OwnerNotified { messages });
                Outcome::Queued
            }
            (EffectName::SetPassword | EffectName::UnlockAccount, EffectResult::Plain(outcome)) => {
                // Done, or done as far as anybody can tell: the proof is spent either way.
                if matches!(outcome, Outcome::Ok | Outcome::NotLocked | Outcome::Uncertain) {
                    self.conv.ledger.burn();
                    self.conv.page = None;
                    self.forgive();
                }
                outcome
            }
            (_, EffectResult::Plain(outcome)) => outcome,
            (_, EffectResult::Identified(_)) => Outcome::Unavailable,
        }
    }

    fn identify(&mut self, wish: &Do) -> Result<EffectCall, Outcome> {
        let Some(Slot::Name(name)) = self.slot(wish) else { return Err(Outcome::Unavailable) };
        let tenant = self.env.tenant;
        let names = if name.contains('@') || tenant.populations.is_empty() {
            vec![name]
        } else {
            tenant.populations.iter().map(|group| format!("{name}@{}", group.suffix)).collect()
        };
        let first = names.first().map_or("", String::as_str);
        let key = self.env.keys.pseudonym.tag(&[b"name", tenant.id.0.as_bytes(), first.as_bytes()]);
        let limits = limits::identify(&data_encoding::HEXLOWER.encode(&key[..16]));
        Ok(EffectCall::Identify { names, limits })
    }

    fn match_hint(&mut self, wish: &Do) -> Result<EffectCall, Outcome> {
        let gate = self.conv.gate.as_ref().ok_or(Outcome::Locked)?;
        if gate.confirmed {
            return Err(Outcome::Same);
        }
        if !matches!(self.slot(wish), Some(Slot::Target(_))) {
            return Err(Outcome::Different);
        }
        Ok(EffectCall::CountAttempt { limits: limits::wrong_contact(&self.limit_key(), &self.peer_key()) })
    }

    fn compare_target(&mut self, wish: &Do) -> Outcome {
        let typed = self.slot(wish);
        let known = self.conv.account().is_some();
        let Some(gate) = self.conv.gate.as_mut() else { return Outcome::Locked };
        if known && matches!(typed, Some(Slot::Target(target)) if target == gate.factor.target) {
            gate.confirmed = true;
            return Outcome::Same;
        }
        let method = gate.factor.method;
        self.audit(AuditKind::ContactMismatch { method });
        Outcome::Different
    }

    fn send_code(&mut self) -> Result<EffectCall, Outcome> {
        let now = self.env.now;
        let gate = self.conv.gate.as_mut().ok_or(Outcome::Undeliverable)?;
        if !gate.confirmed {
            return Err(Outcome::Undeliverable);
        }
        let alive = gate.challenge.as_ref().is_some_and(|challenge| now < challenge.expires);
        if std::mem::take(&mut gate.resumed) && alive {
            return Err(Outcome::Sent);
        }
        let next = gate.last_sent.map(|sent| sent + SEND_PAUSE).filter(|next| now < *next);
        if next.is_some() || gate.sends >= MAX_SENDS {
            self.conv.last.retry_at = next;
            return Err(Outcome::Throttled);
        }
        let (method, target) = (gate.factor.method, gate.factor.target);
        let account = self.conv.account().cloned();
        Ok(EffectCall::PrepareSend { account, method, target, limits: self.send_limits() })
    }

    fn deliver_code(&mut self) -> Outcome {
        let id = ChallengeId(self.draw());
        let random = self.draw();
        let account = self.conv.account().cloned();
        let language = self.conv.language.clone();
        let Some(gate) = self.conv.gate.as_mut() else { return Outcome::Undeliverable };
        let (challenge, code) = Challenge::draw(id, gate.code_digits, random, self.env.now, self.env.keys);
        let (method, target, expires) = (gate.factor.method, gate.factor.target, challenge.expires);
        gate.sends += 1;
        gate.last_sent = Some(self.env.now);
        gate.challenge = Some(challenge);
        self.outputs.push(Output::DeliverCode { challenge: id, account, method, target, code, expires, language });
        self.audit(AuditKind::CodeSent { method });
        Outcome::Sent
    }

    fn compare_code(&mut self, wish: &Do) -> Outcome {
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

    fn right(&mut self) -> Outcome {
        let Some(gate) = self.conv.gate.as_mut() else { return Outcome::Locked };
        gate.passed = true;
        let method = gate.factor.method;
        self.audit(AuditKind::CodeRight { method });
        self.forgive();
        Outcome::Right
    }

    fn wrong(&mut self) -> Outcome {
        let Some(gate) = self.conv.gate.as_ref() else { return Outcome::Locked };
        let (method, spent) = (gate.factor.method, gate.comparisons >= MAX_COMPARISONS);
        self.audit(AuditKind::CodeWrong { method });
        if spent { Outcome::Locked } else { Outcome::Wrong }
    }

    /// Turns a passed check into a receipt, once. A decoy has nothing to turn.
    fn claim_receipt(&mut self) -> Outcome {
        let (Some(account), Some(purpose)) = (self.conv.account().cloned(), self.gate_purpose()) else {
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

    /// The purpose of the `gates` node that called this gate; a gate flow has none of its own.
    fn gate_purpose(&self) -> Option<crate::model::purpose::Purpose> {
        self.purpose()
    }

    fn check_challenge(&mut self, wish: &Do) -> Outcome {
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

    fn place_call(&mut self, wish: &Do) -> Result<EffectCall, Outcome> {
        let flow = wish.leg.clone().ok_or(Outcome::Refused)?;
        let leg = LegId(self.draw());
        let pair = self.draw_digits(2);
        let tag = self.env.keys.code.tag(&[&leg.0, pair.as_bytes()]);
        let account = self.conv.account().cloned();
        let limits = self.send_limits();
        let gate = self.conv.gate.as_mut().ok_or(Outcome::Refused)?;
        if gate.sends >= MAX_SENDS {
            return Err(Outcome::Throttled);
        }
        gate.sends += 1;
        gate.pair = Some(pair);
        gate.leg = Some(leg);
        let (method, target) = (gate.factor.method, gate.factor.target);
        Ok(EffectCall::PlaceCall { leg, flow, pair: tag, account, method, target, limits })
    }

    pub fn slot(&self, wish: &Do) -> Option<Slot> {
        self.conv.slots.get(wish.from.as_ref()?).cloned()
    }

    pub fn forgive(&mut self) {
        let limit_key = self.limit_key();
        self.outputs.push(Output::Forgive { limit_key });
    }

    fn wrong_code(&self) -> Vec<limits::Limit> {
        limits::wrong_code(&self.limit_key(), &self.peer_key(), self.env.tenant)
    }

    fn send_limits(&self) -> Vec<limits::Limit> {
        let Some(gate) = &self.conv.gate else { return Vec::new() };
        let target = Some(&gate.factor.target);
        limits::send(&self.limit_key(), &self.peer_key(), gate.factor.method, target, self.env.tenant)
    }

    fn limit_key(&self) -> String {
        self.conv.subject.as_ref().map_or(String::new(), |subject| subject.limit_key.clone())
    }

    /// The peer under a pseudonym: limits are kept for longer than conversations.
    fn peer_key(&self) -> String {
        let peer = &self.conv.peer;
        let parts =
            [peer.tenant.0.as_bytes(), peer.channel.name().as_bytes(), peer.bot.as_bytes(), peer.user.as_bytes()];
        data_encoding::HEXLOWER.encode(&self.env.keys.pseudonym.tag(&parts)[..16])
    }
}

/// Counted before anything is compared, whatever comes of it; a new code does not lower it.
fn count_comparison(gate: &mut Gate) -> Result<(), Outcome> {
    if gate.comparisons >= MAX_COMPARISONS {
        return Err(Outcome::Locked);
    }
    gate.comparisons += 1;
    Ok(())
}

fn throttled(effect: EffectName) -> Outcome {
    match effect {
        EffectName::MatchHint | EffectName::CheckCode | EffectName::CheckTotp | EffectName::CheckAnswers => {
            Outcome::Locked
        }
        EffectName::CheckHuman => Outcome::Refused,
        EffectName::SetPassword | EffectName::UnlockAccount | EffectName::NotifyOwner | EffectName::OpenTicket => {
            Outcome::Unavailable
        }
        EffectName::Identify | EffectName::SendCode | EffectName::PlaceCall | EffectName::SendPush => {
            Outcome::Throttled
        }
        EffectName::CheckChallenge
        | EffectName::ClaimReceipt
        | EffectName::GateAnswer
        | EffectName::GateDeny
        | EffectName::ReportFraud
        | EffectName::Transfer => Outcome::Failed,
    }
}
