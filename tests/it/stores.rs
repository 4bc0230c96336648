//! One contract for each port, run over memory and over the real files; and what only files can do wrong.

mod audit_log;
mod fixtures;
mod keyring;
mod registry;
mod store;
