//! Feeds `tenant_file` of `entries.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| ringback_fuzz::tenant_file(bytes));
