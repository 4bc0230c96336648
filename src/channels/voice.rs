//! Telephone calls: what a provider tells us becomes events, prompts become what it plays and asks.
//!
//! `document` is the one form of what is said; `twiml`, `jambonz` and `vonage` write it, `signature` knows who asks.
//! Nothing outside these knows a provider.

pub mod document;
pub mod jambonz;
pub mod signature;
pub mod twiml;
pub mod vonage;
