//! Feeds `teams_activity` of `entries.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| ringback_fuzz::teams_activity(bytes));
