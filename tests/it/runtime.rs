//! Tests of the shell: a whole reset through it, and everything that can go wrong around one.

mod addresses;
mod calls;
pub mod crashes;
mod effects;
mod halfway;
pub mod house;
mod outbox;
mod pages;
pub mod person;
mod records;
pub mod stores;
mod turns;
