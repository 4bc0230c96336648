//! Tests of talks.
