//! Telephone calls: documents as every provider reads them, signatures, and whole calls through the real routes.

mod calls;
mod documents;
mod handset;
mod house;
mod legs;
mod looks;
mod peers;
mod reader;
mod refused;
mod signatures;
mod signing;
