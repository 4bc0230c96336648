//! Sending: a code to a registered target, a call to a registered telephone; both counted, neither to an address typed in.

use crate::audit::AuditKind;
use crate::engine::event::{EffectCall, Output};
use crate::engine::slots::POUND;
use crate::engine::turn::Turn;
use crate::flow::effect::Outcome;
use crate::flow::set::Do;
use crate::model::ids::{ChallengeId, LegId};
use crate::model::time::Seconds;
use crate::policy::limits::{Limit, sends};
use crate::policy::tenant::CallConfirm;
use crate::verify::challenge::Challenge;

/// Codes per gate, and the pause between them (`docs/ARCHITECTURE.md`, "Limits").
pub const MAX_SENDS: u8 = 3;
const SEND_PAUSE: Seconds = Seconds(60);

impl Turn<'_> {
    pub fn send_code(&mut self) -> Result<EffectCall, Outcome> {
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

    pub fn deliver_code(&mut self) -> Outcome {
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

    pub fn place_call(&mut self, wish: &Do) -> Result<EffectCall, Outcome> {
        let flow = wish.leg.clone().ok_or(Outcome::Refused)?;
        let leg = LegId(self.draw());
        let pair = match self.env.tenant.call_confirm {
            CallConfirm::Pair => self.draw_digits(2),
            CallConfirm::Pound => POUND.to_owned(),
        };
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

    pub fn send_limits(&self) -> Vec<Limit> {
        let Some(gate) = &self.conv.gate else { return Vec::new() };
        self.counted_for(|who| sends::send(who, gate.factor.method, Some(&gate.factor.target)))
    }
}
