//! A telephone leg: it can write one thing, the answer of the gate it belongs to.

use subtle::ConstantTimeEq;

use crate::engine::conversation::Slot;
use crate::engine::event::LegAct;
use crate::engine::turn::Turn;
use crate::flow::effect::Outcome;
use crate::flow::set::Do;

impl Turn<'_> {
    pub fn gate_answer(&mut self, wish: &Do) -> Outcome {
        let Some(leg) = self.conv.leg_of.clone() else { return Outcome::Stale };
        let Some(Slot::Tag(typed)) = self.slot(wish) else { return Outcome::Wrong };
        if !bool::from(typed.ct_eq(&leg.pair)) {
            self.call().wrong_pairs += 1;
            return Outcome::Wrong;
        }
        self.tell_parent(LegAct::Accepted);
        Outcome::Recorded
    }

    pub fn gate_deny(&mut self) -> Outcome {
        self.tell_parent(LegAct::Denied);
        Outcome::Recorded
    }
}
