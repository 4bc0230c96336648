//! What tenants demand: passwords, gates, limits, and the exact values of the four that ship.

mod command_line;
mod config;
mod decoys;
mod gates;
mod limits;
mod password;
mod tenant_faults;
mod tenants;

use ringback::config::tenant::shipped;
use ringback::model::peer::Language;
use ringback::policy::tenant::Tenant;

/// The languages that have locales.
pub fn languages() -> Vec<Language> {
    ["en", "ms"].map(|tag| Language(tag.to_owned())).to_vec()
}

/// One of the tenants that ship.
pub fn tenant(id: &str) -> Tenant {
    shipped(&languages()).into_iter().find(|tenant| tenant.id.0 == id).expect("the tenant ships")
}
