//! Feeds `csv_import` of `entries.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| ringback_fuzz::csv_import(bytes));
