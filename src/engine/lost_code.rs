//! A code that did not leave: the person hears of it at once and is offered another way, instead of waiting for nothing.

use crate::engine::conversation::{Role, Waiting};
use crate::engine::turn::Turn;
use crate::model::ids::ChallengeId;
use crate::model::names::{EndId, MessageKey};
use crate::model::prompt::{Arg, Prompt};

impl Turn<'_> {
    /// `surely`: it was certainly not delivered, so its method is given up and the sending counts for nothing. Otherwise
    /// it may still arrive, and the person may come back to it. Wrong codes that were counted stay counted.
    pub fn code_lost(&mut self, challenge: ChallengeId, surely: bool) {
        let Some(gate) = self.conv.gate.as_mut() else { return };
        if gate.challenge.as_ref().is_none_or(|open| open.id != challenge) {
            return;
        }
        if surely {
            gate.challenge = None;
            gate.sends = gate.sends.saturating_sub(1);
            gate.last_sent = None;
        }
        let (method, hint) = (gate.factor.method, gate.factor.hint.clone());
        // Somebody who is busy with something else on top of the gate hears when they come back and ask for a code.
        let asked = matches!(self.conv.waiting, Waiting::Answer { .. });
        if !asked || self.conv.frames.last().is_none_or(|frame| frame.role != Role::Gate) {
            return;
        }
        let words = if surely { "code-undeliverable" } else { "code-perhaps-lost" };
        let prompt = Prompt::of(MessageKey::of(words));
        self.say(prompt.with("method", Arg::Text(method.name().to_owned())).with("masked", Arg::Text(hint)));
        if !surely && !self.other_left() {
            return self.repeat_question();
        }
        // As if the gate had ended here; a code that may arrive leaves its method open.
        self.picked = !surely;
        self.conv.frames.pop();
        let next = self.gate_ended(&EndId::of(if surely { "failed" } else { "other" }));
        self.run(next);
    }
}
