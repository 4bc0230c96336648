//! One event in, the next state out.

use crate::engine::conversation::Conversation;
use crate::engine::event::{Env, Event, Step};
use crate::flow::set::FlowSet;

/// Advances a conversation by one event. Total: whatever is thrown at it, the answer is a state with words.
pub fn step(_flows: &FlowSet, conversation: Conversation, _event: Event, _env: &Env<'_>) -> Step {
    Step { conversation, effect: None, outputs: Vec::new(), due: None }
}
