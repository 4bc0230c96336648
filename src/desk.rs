//! The service desk: tickets by mail (`mail`), by HTTP hook (`hook`), or kept for the demo (`capture`).

pub mod capture;
pub mod hook;
pub mod mail;

use crate::model::ids::RunId;

/// The number of a case where no ticket system gives one: short enough to be read out, the same for the same case.
fn reference(case: RunId) -> String {
    let hex = case.to_string().to_uppercase();
    format!("RB-{}-{}", &hex[..4], &hex[4..8])
}
