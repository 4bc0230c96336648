//! The heart: `step` turns a conversation and an event into the next conversation, wishes and words. Total, no I/O.
//!
//! `step` takes the event, `walk` moves through nodes, `gates` owns the verification loop, `effects` counts and compares,
//! `inbound` and `slots` read people, `commands` holds what works everywhere, `words` builds prompts.

mod commands;
pub mod conversation;
mod effects;
pub mod event;
mod gates;
mod inbound;
mod legs;
pub mod page_link;
mod slots;
pub mod step;
mod timer;
mod turn;
mod walk;
mod words;
