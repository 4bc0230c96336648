//! Feeds `telegram_update` of `entries.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| ringback_fuzz::telegram_update(bytes));
