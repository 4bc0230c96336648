//! Conversation state on disk and in memory, and the ring of keys that everything at rest is sealed with.

pub mod index;
pub mod keyring;
pub mod layout;
pub mod memory;
pub mod seal;
pub mod sled_store;
pub mod table;
