//! Every trait for the outside world: small, object-safe, each with an error whose variants are the caller's choices.

pub mod audit_log;
pub mod caller;
pub mod clock;
pub mod desk;
pub mod directory;
pub mod former;
pub mod hook;
pub mod messenger;
pub mod registry;
pub mod store;
