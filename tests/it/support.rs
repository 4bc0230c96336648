//! Helpers that several areas share.

pub mod certs;
pub mod chromium;
pub mod clock;
pub mod mailserver;
pub mod slapd;
pub mod walked;
pub mod world;
