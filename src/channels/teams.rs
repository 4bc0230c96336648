//! Microsoft Teams: activities of the Bot Framework become events, prompts become Adaptive Cards.
//!
//! `token` and `signing_keys` say who calls, `service` where we may answer, `activity` what was said; `connector` sends with
//! the `access` token of our own app. All of it by hand: the protocol is small, and stricter than its reference validator.

pub mod access;
pub mod activity;
pub mod bot;
pub mod card;
pub mod connector;
pub mod exchange;
pub mod package;
pub mod service;
pub mod signing_keys;
pub mod token;
pub mod webhook;
