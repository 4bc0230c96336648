//! Where accounts live: LDAP servers (`ldap`), and people in memory for the demo (`embedded`).

pub mod embedded;
pub mod ldap;
