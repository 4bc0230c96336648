//! What a tenant demands: gates, methods, passwords, limits. Pure rules over values; no clock, no directory.

pub mod gates;
pub mod limits;
pub mod local_time;
pub mod opening;
pub mod password;
pub mod tenant;
