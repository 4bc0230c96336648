//! What messaging platforms share: prompts as their messages, a pace that they allow, events on disk before they are told so.
//!
//! A platform's own folder verifies and reads what comes in, and hands an [`intake::Arrival`] to the [`intake::Intake`];
//! what goes out is drawn by [`draw`], waits for its turn in [`pace`] and is posted by the platform's [`platform::Account`].
//! `References` keeps what a platform needs to be answered later.

pub mod challenge;
pub mod channel;
pub mod draw;
pub mod human;
pub mod intake;
pub mod pace;
pub mod platform;
pub mod reference;
