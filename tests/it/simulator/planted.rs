//! Faults that somebody could build in one day, each planted into a store, a registry, a channel or another port around
//! the healthy service. The oracle has to notice every one of them.

use ringback::engine::conversation::Conversation;
use ringback::engine::event::Act;
use ringback::model::time::Seconds;
use ringback::ports::store::{Expect, Key, Op};
use ringback::runtime::record::{OutboxRow, decode, encode};

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Planted {
    /// A new code gives five new tries.
    ResendForgives,
    /// Attempts are counted after they were compared, so a crash forgets them.
    CountsTooLate,
    /// The last used step of an authenticator is forgotten.
    StepForgotten,
    /// The store says "on disk" before it is.
    AcknowledgesEarly,
    /// Looking at a link uses it up.
    GetConsumes,
    /// Buttons do not name their case.
    ButtonOfAnyCase,
    /// A redelivered event is handled again.
    EventForgotten,
    /// A code lives for an hour.
    CodeLivesLong,
    /// Nobody has to type the full number or address.
    ContactNotAsked,
    /// One gate is believed without its code.
    GateBelieved,
    /// A restart keeps its receipts.
    RestartKeepsReceipts,
    /// One right code forgives all wrong ones.
    RightForgivesAll,
    /// Nobody counts what is sent.
    SendsUncounted,
    /// A closed account is served on.
    FreezeIgnored,
    /// A disabled account is served on, from a copy read earlier.
    StaleAccount,
    /// The intent is said to be on record and is not.
    IntentNotWritten,
    /// The outcome is said to be on record and is not.
    OutcomeNotWritten,
    /// A look that cannot tell says "done".
    ResolverGuesses,
    /// A set whose answer was lost is sent again.
    SetsAgain,
    /// Nobody is told of a change by text.
    NoticesDropped,
    /// Two cases may change one account.
    LastSetForgotten,
    /// A channel notes down what was typed.
    ChannelKeepsWords,
    /// Peers of all channels are one.
    PeersCollide,
    /// Unknown names get another answer.
    UnknownNamesDiffer,
    /// Some prompts never leave.
    PromptsLost,
    /// Text messages are sent again although nobody knows whether the first was.
    TextsAgain,
    /// A row of the record is dropped now and then.
    RecordHasHoles,
}

impl Planted {
    /// Each of these is caught in a seed in which the healthy service does nothing wrong.
    pub const ALL: &[Planted] = &[
        Planted::ResendForgives,
        Planted::CountsTooLate,
        Planted::StepForgotten,
        Planted::AcknowledgesEarly,
        Planted::GetConsumes,
        Planted::ButtonOfAnyCase,
        Planted::EventForgotten,
        Planted::CodeLivesLong,
        Planted::ContactNotAsked,
    ];

    /// Planted, and not known to be caught by an ordinary run; `RINGBACK_SEEDS=50` looks for their seeds.
    pub const NOT_YET: &[Planted] = &[
        Planted::GateBelieved,
        Planted::RestartKeepsReceipts,
        Planted::RightForgivesAll,
        Planted::SendsUncounted,
        Planted::FreezeIgnored,
        Planted::StaleAccount,
        Planted::IntentNotWritten,
        Planted::OutcomeNotWritten,
        Planted::ResolverGuesses,
        Planted::SetsAgain,
        Planted::NoticesDropped,
        Planted::LastSetForgotten,
        Planted::ChannelKeepsWords,
        Planted::PeersCollide,
        Planted::UnknownNamesDiffer,
        Planted::PromptsLost,
        Planted::TextsAgain,
        Planted::RecordHasHoles,
    ];

    /// What the fault does to a batch on its way to disk. `before` is the conversation as it lies there.
    pub fn spoil(self, batch: &mut Vec<Op>, before: impl Fn(&Key) -> Option<Conversation>, typed: Option<&Act>) {
        for op in batch.iter_mut() {
            let Op::Put { key, value, .. } = op else { continue };
            if key.namespace != "conversation" {
                continue;
            }
            let Ok(mut after) = decode::<Conversation>(value) else { continue };
            self.spoil_conversation(before(key).as_ref(), &mut after);
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
            Planted::TextsAgain => {}
            Planted::ChannelKeepsWords => {
                if let Some(Act::Text(text)) = typed {
                    let key = Key { namespace: "debug", key: vec![1] };
                    let value = text.as_bytes().to_vec();
                    let expires = ringback::model::time::Timestamp(u64::MAX);
                    batch.push(Op::Put { key, value, expect: Expect::Anything, expires });
                }
            }
            _ => {}
        }
    }

    fn spoil_conversation(self, before: Option<&Conversation>, after: &mut Conversation) {
        match self {
            Planted::ResendForgives => {
                let sent_before = before.and_then(|before| before.gate.as_ref()).map_or(0, |gate| gate.sends);
                if let Some(gate) = after.gate.as_mut().filter(|gate| gate.sends > sent_before) {
                    gate.comparisons = 0;
                }
            }
            Planted::EventForgotten => after.seen.clear(),
            Planted::CodeLivesLong => {
                let known = before.and_then(|before| before.gate.as_ref()?.challenge.as_ref()).map(|known| known.id);
                if let Some(challenge) = after.gate.as_mut().and_then(|gate| gate.challenge.as_mut())
                    && known != Some(challenge.id)
                {
                    challenge.expires = challenge.expires + Seconds::hours(1);
                }
            }
            Planted::ContactNotAsked => {
                if let Some(gate) = after.gate.as_mut() {
                    gate.confirmed = true;
                }
            }
            Planted::GateBelieved => {
                if let Some(gate) = after.gate.as_mut().filter(|gate| gate.comparisons == 2) {
                    gate.passed = true;
                }
            }
            Planted::RestartKeepsReceipts => {
                if let Some(before) = before.filter(|before| before.run != after.run && after.ended.is_none()) {
                    after.run = before.run;
                    after.ledger = before.ledger.clone();
                }
            }
            Planted::ButtonOfAnyCase => {
                for choice in after.question.iter_mut().flat_map(|question| question.choices.iter_mut()) {
                    choice.token = choice.key.as_str().to_owned();
                }
            }
            _ => {}
        }
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
