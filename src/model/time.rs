//! Time as a value: milliseconds since 1970, handed in by `runtime`, never asked for below it.

use std::ops::Add;

use serde::{Deserialize, Serialize};

/// A moment, in milliseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct Timestamp(pub u64);

/// A length of time in whole seconds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct Seconds(pub u32);

impl Timestamp {
    /// Whole seconds since 1970, as RFC 6238 counts its steps.
    pub fn unix_seconds(self) -> u64 {
        self.0 / 1000
    }

    /// How long until `later`; zero when that moment has passed.
    pub fn until(self, later: Timestamp) -> Seconds {
        Seconds(u32::try_from(later.0.saturating_sub(self.0).div_ceil(1000)).unwrap_or(u32::MAX))
    }
}

impl Add<Seconds> for Timestamp {
    type Output = Timestamp;

    #[expect(clippy::suspicious_arithmetic_impl, reason = "seconds are turned into milliseconds")]
    fn add(self, length: Seconds) -> Timestamp {
        Timestamp(self.0.saturating_add(u64::from(length.0) * 1000))
    }
}

impl Seconds {
    pub const fn minutes(n: u32) -> Self {
        Self(n * 60)
    }

    pub const fn hours(n: u32) -> Self {
        Self(n * 3600)
    }
}
