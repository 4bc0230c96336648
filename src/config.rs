//! The whole configuration as a value: read once, checked completely, all faults at once, passed down.

pub mod colour;
pub mod fault;
pub mod reader;
pub mod tenant;
