//! `do` nodes: what an effect asks of the outside, and what its result means here.
//!
//! Checks are counted first (the effect), then compared and consumed in the step that takes the result, all under the
//! conversation's compare-and-swap.

use crate::audit::AuditKind;
use crate::engine::checks::{CHALLENGE_DIGITS, count_comparison};
use crate::engine::conversation::Slot;
use crate::engine::event::{EffectCall, EffectResult};
use crate::engine::turn::{Move, Turn};
use crate::flow::effect::{EffectName, Outcome};
use crate::flow::set::{Do, Node};
use crate::policy::limits::{Limit, Who, guesses, starts};
use crate::policy::tenant::HumanCheck;

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
                soft: starts::soft(&peer, tenant),
                hard: starts::hard(&peer, tenant),
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
                let requirement = self.requirement();
                let verified = self.passed(&requirement).iter().map(|gate| gate.method).collect();
                Ok(EffectCall::OpenTicket { template, verified, account: self.conv.account().cloned() })
            }
            EffectName::Transfer => Ok(EffectCall::Transfer),
        }
    }

    /// The result of an open effect: the outcome, what it changes here, and on.
    pub fn effect_done(&mut self, call: EffectCall, result: EffectResult) {
        if let Some(Node::Page(page)) = self.node().cloned() {
            return self.page_effect(&page, call, result);
        }
        let Some(Node::Do(wish)) = self.node().cloned() else { return self.give_up() };
        let is_name = matches!(result, EffectResult::Identified { is_name: true, .. });
        let outcome = self.settle(&wish, result);
        // A code is gone from the record as soon as it was compared, and so is what was typed for a name and is none.
        if let Some(slot) = &wish.from
            && !is_name
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
                self.audit(AuditKind::Throttled);
                match effect {
                    // Whoever has proven nothing yet is not told that guessing is over, nor for how long.
                    EffectName::CheckCode | EffectName::CheckTotp | EffectName::CheckAnswers if self.stranger() => {
                        self.wrong()
                    }
                    EffectName::MatchHint if self.stranger() => self.different(),
                    _ => {
                        self.conv.last.retry_at = Some(until);
                        throttled(effect)
                    }
                }
            }
            (EffectName::CheckHuman, EffectResult::Plain(Outcome::Challenge)) => {
                self.conv.last.challenge = Some(self.draw_digits(CHALLENGE_DIGITS));
                Outcome::Challenge
            }
            (EffectName::Identify, EffectResult::Identified { subject, .. }) => {
                self.conv.subject = Some(subject);
                self.audit(AuditKind::Identified);
                Outcome::Continue
            }
            (EffectName::MatchHint, EffectResult::Plain(Outcome::Continue)) => self.compare_target(wish),
            (EffectName::MatchHint, EffectResult::Plain(Outcome::Same)) => self.confirmed_target(),
            (EffectName::MatchHint, EffectResult::Plain(Outcome::Different)) => self.different(),
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
            (EffectName::Transfer, EffectResult::Plain(outcome)) => {
                if self.on_call() && outcome == Outcome::Connected {
                    self.call().connected = true;
                }
                outcome
            }
            (_, EffectResult::Plain(outcome)) => outcome,
            (_, EffectResult::Identified { .. } | EffectResult::Phrase { .. } | EffectResult::Questions { .. }) => {
                Outcome::Unavailable
            }
        }
    }

    /// Nothing has been proven in this case.
    fn stranger(&self) -> bool {
        self.passed(&self.requirement()).is_empty()
    }

    fn identify(&mut self, wish: &Do) -> Result<EffectCall, Outcome> {
        let tenant = self.env.tenant;
        let name = match self.slot(wish) {
            Some(Slot::Name(name)) => name,
            Some(Slot::Keyed { keys, what, end }) => {
                let limits = starts::identify(&self.name_key(&keys));
                return Ok(EffectCall::IdentifyKeyed { keys, what, end, limits });
            }
            _ => return Err(Outcome::Unavailable),
        };
        let names = if name.contains('@') || tenant.populations.is_empty() {
            vec![name]
        } else {
            tenant.populations.iter().map(|group| format!("{name}@{}", group.suffix)).collect()
        };
        let first = names.first().map_or("", String::as_str);
        let limits = starts::identify(&self.name_key(first));
        Ok(EffectCall::Identify { names, limits })
    }

    /// A name, known or not, under a pseudonym.
    fn name_key(&self, name: &str) -> String {
        let key = self.env.keys.pseudonym.tag(&[b"name", self.env.tenant.id.0.as_bytes(), name.as_bytes()]);
        data_encoding::HEXLOWER.encode(&key[..16])
    }

    pub fn slot(&self, wish: &Do) -> Option<Slot> {
        self.conv.slots.get(wish.from.as_ref()?).cloned()
    }

    pub fn wrong_code(&self) -> Vec<Limit> {
        self.counted_for(guesses::code)
    }

    /// The limits of an attempt in this case.
    pub fn counted_for(&self, limits: impl Fn(Who<'_>) -> Vec<Limit>) -> Vec<Limit> {
        let (account, peer, case) = (self.limit_key(), self.peer_key(), self.conv.id.to_string());
        limits(Who { account: &account, peer: &peer, case: &case, tenant: self.env.tenant })
    }

    pub fn limit_key(&self) -> String {
        self.conv.subject.as_ref().map_or(String::new(), |subject| subject.limit_key.clone())
    }

    /// The peer under a pseudonym: limits are kept for longer than conversations.
    pub fn peer_key(&self) -> String {
        let peer = &self.conv.peer;
        let parts =
            [peer.tenant.0.as_bytes(), peer.channel.name().as_bytes(), peer.bot.as_bytes(), peer.user.as_bytes()];
        data_encoding::HEXLOWER.encode(&self.env.keys.pseudonym.tag(&parts)[..16])
    }
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
