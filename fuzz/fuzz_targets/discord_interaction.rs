//! Feeds `discord_interaction` of `entries.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| ringback_fuzz::discord_interaction(bytes));
