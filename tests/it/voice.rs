//! Telephone calls: documents as every provider reads them, signatures, and whole calls through the real routes.

mod calls;
mod documents;
mod everything;
mod gateway;
pub mod handset;
pub mod house;
mod legs;
mod looks;
mod peers;
pub mod reader;
mod refused;
mod signatures;
pub mod signing;
mod spoken;
mod texts;
mod transfers;
mod walker;
