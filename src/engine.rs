//! The heart: `step` turns a conversation and an event into the next conversation, wishes and words. Total, no I/O.
//!
//! `step` takes the event, `walk` moves through nodes, `gates` owns the verification loop, `effects` asks and settles,
//! `checks` and `sending` count and compare, `inbound` and `slots` read people, `commands` holds what works everywhere, `words` builds prompts,
//! `telephone` is what differs on a call, `spoken` how a password is had there, `keyed_answers` how questions are
//! answered there.

mod checks;
mod commands;
pub mod conversation;
mod effects;
pub mod event;
mod gates;
pub mod inbound;
mod keyed_answers;
mod legs;
mod lost_code;
pub mod page_link;
mod sending;
mod slots;
pub mod spoken;
pub mod step;
pub mod telephone;
mod timer;
mod turn;
mod walk;
mod words;
