//! Messaging platforms: their real routes on one side, strict mocks written from published descriptions on the other.

pub mod app;
mod demo;
pub mod discord;
mod pace;
pub mod teams;
pub mod telegram;
