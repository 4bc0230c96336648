//! Conversations as data, on every way in, through the real routes.

mod alike;
mod bites;
mod bless;
mod cancelled;
mod checklist;
mod disturb;
pub mod reading;
pub mod run;
pub mod script;
pub mod setting;
mod told;
pub mod values;
mod wire;
