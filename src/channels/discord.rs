//! Discord: interactions at an endpoint of ours become events, prompts become messages with buttons and selects.
//!
//! `interaction` reads what comes in, with structs of our own: the published crates lose answers of newer forms and stop at
//! unknown kinds. Buttons, selects and commands that go out have the types of `serenity`; they are sent by our own client
//! (`api`), because its client brings a second TLS stack and does not tell a message that may have arrived from one that
//! did not. Without a connection of its own to Discord the service hears commands, buttons and forms, and no free text.

pub mod answer;
pub mod api;
pub mod app;
pub mod commands;
pub mod handles;
pub mod interaction;
pub mod message;
pub mod nonce;
pub mod signature;
pub mod webhook;
