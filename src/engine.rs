//! The heart: `step` turns a conversation and an event into the next conversation, wishes and words. Total, no I/O.

pub mod conversation;
pub mod event;
pub mod page_link;
pub mod step;
