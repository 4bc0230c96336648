//! Conversations as data, on every way in, through the real routes.

mod alike;
mod bites;
mod bless;
mod cancelled;
mod checklist;
mod reading;
pub mod run;
pub mod script;
mod told;
pub mod values;
