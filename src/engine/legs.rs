//! A telephone leg: it can write one thing, the answer of the gate it belongs to.

use subtle::ConstantTimeEq;

use crate::engine::conversation::Slot;
use crate::engine::event::{LegAct, Output};
use crate::engine::turn::Turn;
use crate::flow::effect::Outcome;
use crate::flow::set::Do;

impl Turn<'_> {
    pub fn gate_answer(&mut self, wish: &Do) -> Outcome {
        let Some(leg) = self.conv.leg_of.clone() else { return Outcome::Stale };
        let Some(Slot::Tag(typed)) = self.slot(wish) else { return Outcome::Wrong };
        if !bool::from(typed.ct_eq(&leg.pair)) {
            return Outcome::Wrong;
        }
        self.outputs.push(Output::ToParent { parent: leg.parent, leg: leg.leg, act: LegAct::Accepted });
        Outcome::Recorded
    }

    pub fn gate_deny(&mut self) -> Outcome {
        if let Some(leg) = self.conv.leg_of.clone() {
            self.outputs.push(Output::ToParent { parent: leg.parent, leg: leg.leg, act: LegAct::Denied });
        }
        Outcome::Recorded
    }
}
