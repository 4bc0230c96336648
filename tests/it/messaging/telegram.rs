//! Telegram: a strict mock of the Bot API, and a person's client in front of it.

pub mod client;
pub mod description;
pub mod mock;
