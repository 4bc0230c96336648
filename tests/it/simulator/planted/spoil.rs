//! What planted faults do to a batch on its way to disk.

use ringback::engine::conversation::{Conversation, Slot};
use ringback::engine::event::Act;
use ringback::model::ids::{ConversationId, GateId};
use ringback::model::time::{Seconds, Timestamp};
use ringback::ports::store::{Expect, Key, Op};
use ringback::runtime::record::{OutboxRow, decode, encode};
use ringback::verify::keys::Keys;
use ringback::verify::ledger::Claim;

use super::Planted;
use crate::simulator::oracle::Oracle;

/// What a fault may draw on.
pub struct Known<'a> {
    pub oracle: &'a Oracle,
    pub keys: &'a Keys,
    /// What the batch answers.
    pub act: Option<Act>,
    pub now: Timestamp,
}

impl Known<'_> {
    fn before(&self, key: &Key) -> Option<&Conversation> {
        let id = key.key.as_slice().try_into().ok().map(ConversationId)?;
        self.oracle.conversations.get(&id)
    }
}

impl Planted {
    pub fn spoil(self, batch: &mut Vec<Op>, known: &Known<'_>) {
        for op in batch.iter_mut() {
            let Op::Put { key, value, .. } = op else { continue };
            if key.namespace != "conversation" {
                continue;
            }
            let Ok(mut after) = decode::<Conversation>(value) else { continue };
            self.spoil_conversation(known.before(key), &mut after, known);
            *value = encode(&after);
        }
        match self {
            Planted::EventForgotten => batch.retain(|op| !matches!(op, Op::Put { key, .. } if key.namespace == "seen")),
            Planted::LastSetForgotten => {
                batch.retain(|op| !matches!(op, Op::Put { key, .. } if key.namespace == "set"));
            }
            Planted::NoticesDropped => batch.retain(|op| match row(op) {
                Some(OutboxRow::Notice { target, .. }) => target.0[0] % 2 == 0,
                _ => true,
            }),
            Planted::PromptsLost => batch.retain(|op| match row(op) {
                Some(OutboxRow::Say { prompt, .. }) => prompt.page.is_none(),
                _ => true,
            }),
            Planted::ButtonOfAnyCase => batch.iter_mut().for_each(bare_buttons),
            Planted::ChannelKeepsWords => {
                if let Some(Act::Text(text)) = &known.act {
                    let key = Key { namespace: "debug", key: vec![1] };
                    let value = text.as_bytes().to_vec();
                    batch.push(Op::Put { key, value, expect: Expect::Anything, expires: Timestamp(u64::MAX) });
                }
            }
            _ => {}
        }
    }

    fn spoil_conversation(self, before: Option<&Conversation>, after: &mut Conversation, known: &Known<'_>) {
        let gate_before = before.and_then(|before| before.gate.as_ref());
        match self {
            Planted::ResendForgives => {
                let sent_before = gate_before.map_or(0, |gate| gate.sends);
                if let Some(gate) = after.gate.as_mut().filter(|gate| gate.sends > sent_before) {
                    gate.comparisons = 0;
                }
            }
            Planted::EventForgotten => after.seen.clear(),
            Planted::CodeLivesLong => {
                let challenge_before =
                    gate_before.and_then(|gate| gate.challenge.as_ref()).map(|challenge| challenge.id);
                if let Some(challenge) = after.gate.as_mut().and_then(|gate| gate.challenge.as_mut())
                    && challenge_before != Some(challenge.id)
                {
                    challenge.expires = challenge.expires + Seconds::hours(1);
                }
            }
            Planted::ContactNotAsked => {
                if let Some(gate) = after.gate.as_mut() {
                    gate.confirmed = true;
                }
            }
            Planted::GateBelieved if after.gate.as_ref().is_some_and(|gate| gate.comparisons == 3) => {
                believe_code(after, known, None);
            }
            Planted::CodeOfAnyCase => believe_code(after, known, Some(&known.oracle.code_sent)),
            Planted::ReceiptOfAnyCase => believe_receipts(after, known),
            Planted::ButtonOfAnyCase => {
                for choice in after.question.iter_mut().flat_map(|question| question.choices.iter_mut()) {
                    choice.token = choice.key.as_str().to_owned();
                }
            }
            _ => {}
        }
    }
}

/// Puts the right code in place of the one that was typed; with `among`, only if that was right for another challenge.
fn believe_code(
    after: &mut Conversation,
    known: &Known<'_>,
    among: Option<&std::collections::BTreeMap<ringback::model::ids::ChallengeId, String>>,
) {
    let Some(challenge) = after.gate.as_ref().and_then(|gate| gate.challenge.as_ref()) else { return };
    let Some(right) = known.oracle.code_sent.get(&challenge.id) else { return };
    for slot in after.slots.values_mut() {
        let Slot::Code(typed) = slot else { continue };
        let is_one = |code: &String| challenge.typed(code, known.keys) == *typed;
        if among.is_none_or(|codes| codes.values().any(is_one)) {
            *typed = challenge.typed(right, known.keys);
        }
    }
}

/// Writes receipts for gates that passed in other cases of the same account.
fn believe_receipts(after: &mut Conversation, known: &Known<'_>) {
    let (Some(account), Some(purpose)) = (after.account().cloned(), after.purpose) else { return };
    let others = known.oracle.passed.iter().filter(|(run, _)| **run != after.run);
    for (nth, gate) in others.flat_map(|(_, gates)| gates).filter(|gate| gate.account == account).enumerate() {
        let claim = Claim {
            run: after.run,
            gate: GateId([nth as u8; 16]),
            method: gate.method,
            target: gate.target,
            subject: account.clone(),
            purpose,
        };
        after.ledger.write(claim, known.now, known.keys);
    }
}

fn row(op: &Op) -> Option<OutboxRow> {
    match op {
        Op::Enqueue(row) => decode(&row.value).ok(),
        _ => None,
    }
}

fn bare_buttons(op: &mut Op) {
    let Op::Enqueue(row) = op else { return };
    let Ok(mut said) = decode::<OutboxRow>(&row.value) else { return };
    if let OutboxRow::Say { prompt, .. } = &mut said {
        prompt.choices.iter_mut().for_each(|choice| choice.token = choice.key.as_str().to_owned());
        row.value = encode(&said);
    }
}
