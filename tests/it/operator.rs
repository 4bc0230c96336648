//! The program as its operator runs it: the real binary, a configuration in files, a live OpenLDAP, a mail server.

mod commands;
pub mod installation;
mod serving;
