//! Tests of runtime.
