//! What tests and benches share: certificates, and a real OpenLDAP.

#[path = "../../tests/it/support/certs.rs"]
#[allow(dead_code, clippy::unwrap_used)]
pub mod certs;
#[path = "../../tests/it/support/slapd.rs"]
#[allow(dead_code, clippy::unwrap_used)]
pub mod slapd;
