//! Ways in: each channel turns what its platform delivers into events, and prompts into what its platform shows.

pub mod browser;
pub mod demo;
pub mod notice;
pub mod page;
