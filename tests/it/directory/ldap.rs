//! What only a real OpenLDAP server shows.
