//! Discord: a strict mock of its API, and a person's client in front of it.

pub mod checked;
pub mod client;
pub mod described;
pub mod description;
pub mod faults;
pub mod handles;
pub mod mock;
pub mod order;
pub mod payloads;
pub mod peers;
pub mod private;
pub mod refused;
pub mod scene;
