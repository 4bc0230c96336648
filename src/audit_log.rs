//! The record of what happened, in SQLite: each row carries a MAC over itself and the row before it.

mod chain;
pub mod reading;
pub mod sqlite;
pub mod verdict;
