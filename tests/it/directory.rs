//! Directories: one contract for the embedded one and a real OpenLDAP server, and what only a real server shows.

mod contract;
mod demo;
mod ldap;
pub mod proxy;
pub mod world;
