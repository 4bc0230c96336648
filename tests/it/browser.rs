//! People in a real browser: the chat, the private page, the demo; with and without scripts, by keyboard, on a phone.

mod looks;
pub mod stage;
mod steps;
