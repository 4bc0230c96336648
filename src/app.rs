//! Plugs everything together: the one place that names every concrete adapter. Nothing but `cli` imports it.

pub mod admin;
pub mod chat;
pub mod demo;
pub mod discord_check;
pub mod front;
pub mod messaging;
pub mod open;
pub mod serve;
pub mod teams_check;
pub mod telegram_check;
mod texts;
pub mod voice;
pub mod voice_check;
