//! Long-lived facts in SQLite: enrolled methods, counters, used authenticator steps, freezes.

mod answers;
pub mod cooling;
mod counters;
mod enrolments;
mod former;
pub mod import;
pub mod keys;
mod schema;
pub mod sqlite;
mod sums;
