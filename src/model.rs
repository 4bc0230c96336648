//! The words of the domain as types: ground that every other module stands on. Pure, no I/O.

pub mod account;
pub mod command;
pub mod contacts;
pub mod digits;
pub mod fault;
pub mod ids;
pub mod keypad;
pub mod method;
pub mod names;
pub mod peer;
pub mod prompt;
pub mod purpose;
pub mod secrets;
pub mod time;
