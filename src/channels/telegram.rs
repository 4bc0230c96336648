//! Telegram: updates by web hook or long polling become events, prompts become messages with buttons.
//!
//! `update` reads what comes in, with structs of our own: a new kind of update must not stop the others. What goes out has
//! the types of `teloxide-core`; it is sent by our own client (`api`), because that crate's waits ten seconds on an error
//! of the server and does not tell a message that may have arrived from one that did not.

pub mod api;
pub mod bot;
pub mod message;
pub mod poll;
pub mod setup;
pub mod update;
pub mod webhook;
