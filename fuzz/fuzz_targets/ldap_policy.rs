//! Feeds `ldap_policy` of `entries.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| ringback_fuzz::ldap_policy(bytes));
