//! Feeds `web_form` of `entries.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| ringback_fuzz::web_form(bytes));
