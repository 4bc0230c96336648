//! What only a real OpenLDAP server shows.

mod configuration;
mod connections;
mod lookup;
mod trouble;
mod writes;
