//! The pure engine without a shell: whole conversations by function calls, and what no sequence of events can reach.

mod driver;
mod reset;
mod steps;
mod walks;
