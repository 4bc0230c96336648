//! The one integration-test binary: a module an area, helpers in `support`.
#![allow(clippy::unwrap_used, reason = "a test may stop where it stands")]

mod architecture;
mod browser;
mod damage;
mod directory;
mod engine;
mod explorer;
mod flows;
mod guarantees;
mod killing;
mod messaging;
mod operations;
mod operator;
mod packaging;
mod parsers;
mod policy;
mod runtime;
mod senders;
mod simulator;
mod stores;
mod support;
mod talks;
mod text;
mod voice;
mod web;
