//! Names for an operator's acts in the audit record.

use crate::model::time::Timestamp;

/// Every call is an act of its own, so every name is new.
pub fn name(act: &str, now: Timestamp) -> anyhow::Result<String> {
    let mut random = [0; 8];
    getrandom::fill(&mut random).map_err(|error| anyhow::anyhow!("no random bytes: {error}"))?;
    Ok(format!("{act}-{}-{}", now.0, data_encoding::HEXLOWER.encode(&random)))
}
