//! People in a real browser: the chat, the private page, the demo; with and without scripts, by keyboard, on a phone.

mod access;
mod demo;
mod looks;
mod people;
mod phone;
mod program;
mod real;
pub mod stage;
pub mod steps;
