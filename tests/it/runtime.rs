//! Tests of the shell: a whole reset through it, and everything that can go wrong around one.

mod addresses;
mod crashes;
mod effects;
pub mod house;
mod outbox;
mod pages;
pub mod person;
mod records;
mod stores;
mod turns;
