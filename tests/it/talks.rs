//! Conversations as data, on every way in, through the real routes.

mod alike;
mod bites;
mod bless;
mod cancelled;
mod checklist;
mod run;
mod script;
mod told;
mod values;
