//! The outside of the simulated service: every port works, fails, or loses an answer as the seed wants it, shows what it
//! does to the oracle, and is where faults are planted.

pub mod directory;
pub mod disk;
pub mod outside;
pub mod record;
pub mod registry;
pub mod store;
