//! Discord: a strict mock of its API, and a person's client in front of it.

pub mod client;
pub mod description;
pub mod mock;
pub mod payloads;
