//! Evidence: challenges that are counted before they are compared, receipts, and proofs that only the ledger makes.

pub mod challenge;
pub mod chance;
pub mod decoy;
pub mod keys;
pub mod ledger;
pub mod seal;
pub mod target;
pub mod totp;
pub mod words;
