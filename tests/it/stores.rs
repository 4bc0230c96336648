//! One contract for each port, run over memory and over the real files; and what only files can do wrong.

mod audit_log;
pub(crate) mod fixtures;
mod import;
mod keyring;
mod operator;
mod people;
mod registry;
mod store;
