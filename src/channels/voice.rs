//! Telephone calls: what a provider tells us becomes events, prompts become what it plays and asks.
//!
//! `document` is the one form of what is said; `twiml`, `jambonz` and `vonage` write it, `signature` knows who asks and
//! `report` what they say. `webhook` takes requests, `talk` answers them from the `record` of the call. Nothing outside
//! `provider` and what it names knows one provider from another.

pub mod address;
pub mod binding;
pub mod channel;
pub mod compose;
pub mod document;
pub mod jambonz;
pub mod provider;
pub mod report;
pub mod signature;
pub mod twiml;
pub mod vonage;
pub mod webhook;

mod book;
mod record;
mod talk;
