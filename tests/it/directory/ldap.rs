//! What only a real OpenLDAP server shows.

mod configuration;
mod connections;
mod lookup;
mod nesting;
mod secrets;
mod trouble;
mod writes;
