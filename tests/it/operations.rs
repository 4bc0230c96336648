//! What an operator sees of a running service: its log, its metrics, its health, its commands, its end.

mod log_lines;
mod logs;
mod metrics;
