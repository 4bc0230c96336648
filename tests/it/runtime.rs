//! Tests of the shell: a whole reset through it, and everything that can go wrong around one.

mod crashes;
mod house;
mod person;
mod stores;
mod turns;
