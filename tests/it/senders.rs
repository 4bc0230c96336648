//! Tests of senders.
