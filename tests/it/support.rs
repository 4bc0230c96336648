//! Helpers that several areas share.

pub mod clock;
