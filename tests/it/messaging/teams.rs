//! Microsoft Teams: a strict mock of sign-in, signing keys and connector, and a person's client in front of it.

mod buttons;
pub mod cards;
mod checked;
pub mod client;
pub mod description;
pub mod mock;
mod packed;
mod peers;
mod playground;
mod refused;
pub mod rendered;
mod rollover;
mod scene;
mod sending;
pub mod signing;
