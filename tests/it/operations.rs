//! What an operator sees of a running service: its log, its metrics, its health, its commands, its end.

mod admin;
mod audit;
mod board;
mod drain;
mod flood;
mod house;
mod links;
mod log_lines;
mod logs;
mod metrics;
mod person;
mod problems;
mod seen;
