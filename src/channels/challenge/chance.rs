//! Repeatable randomness for looks and sound; nothing secret is drawn from it.

/// SplitMix64: every seed, 0 included, gives a different and even sequence.
pub struct Chance(u64);

impl Chance {
    /// `what` keeps picture and sound of one seed apart.
    pub fn new(seed: u64, what: u64) -> Self {
        Self(seed ^ what.wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Evenly from `low` up to `high`.
    pub fn between(&mut self, low: f32, high: f32) -> f32 {
        let share = u16::try_from(self.next() >> 48).unwrap_or(0);
        low + (high - low) * f32::from(share) / f32::from(u16::MAX)
    }

    /// One of the first `n`.
    pub fn below(&mut self, n: usize) -> usize {
        let n = u64::try_from(n.max(1)).unwrap_or(1);
        usize::try_from(self.next() % n).unwrap_or(0)
    }
}
