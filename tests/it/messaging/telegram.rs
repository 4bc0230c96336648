//! Telegram: a strict mock of the Bot API, and a person's client in front of it.

mod checked;
pub mod client;
pub mod description;
mod faults;
mod human;
pub mod mock;
mod order;
mod peers;
mod polling;
mod private;
mod refused;
pub mod scene;
pub mod sent;
