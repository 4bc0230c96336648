//! Ways in: each channel turns what its platform delivers into events, and prompts into what its platform shows.
//!
//! Private pages and notices are no channels of a conversation, but stand here because people reach them likewise.

pub mod browser;
pub mod challenge;
pub mod console;
pub mod demo;
pub mod discord;
pub mod doors;
pub mod messaging;
pub mod notice;
pub mod page;
pub mod teams;
pub mod telegram;
pub mod text_told;
pub mod voice;
