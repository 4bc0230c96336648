//! Ringback: self-service password reset by chat and by phone, as a library; `main.rs` is a thin shell around `cli`.
//!
//! The modules stand in one order, and imports point down it only (`tests/it/architecture.rs` holds the table):
//! `cli` → `app` → `config` → adapters → `runtime` → `ports` → `engine`, `verify`, `policy`, `flow`, `text`, `audit` → `model`.

pub mod app;
pub mod audit;
pub mod audit_log;
pub mod channels;
pub mod cli;
pub mod config;
pub mod desk;
pub mod directory;
pub mod disk;
pub mod engine;
pub mod flow;
pub mod http;
pub mod metrics;
pub mod model;
pub mod policy;
pub mod ports;
pub mod registry;
pub mod runtime;
pub mod senders;
pub mod store;
pub mod text;
pub mod verify;
