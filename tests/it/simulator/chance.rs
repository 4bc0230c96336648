//! Chance of a seed: every roll of a simulation, and the random bytes of the product in it, come from here.

use std::sync::atomic::{AtomicU64, Ordering};

use ringback::ports::clock::Entropy;
use sha2::{Digest, Sha256};

/// SplitMix64: small, and the same on every machine.
#[derive(Clone)]
pub struct Chance(u64);

impl Chance {
    /// A stream of its own for one use of a seed, so that a roll more here moves nothing there.
    pub fn of(seed: u64, use_of_it: &str) -> Self {
        // FNV-1a
        let hash = use_of_it
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3));
        let mut chance = Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ hash);
        chance.roll();
        chance
    }

    pub fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number that hangs on `n` as well.
    pub fn below_after(&mut self, n: u64) -> u64 {
        self.0 ^= n.wrapping_mul(0xd6e8_feb8_6659_fd93);
        self.roll()
    }

    /// 0 to `n` - 1.
    pub fn below(&mut self, n: u64) -> u64 {
        self.roll() % n.max(1)
    }

    pub fn between(&mut self, least: u64, most: u64) -> u64 {
        least + self.below(most - least + 1)
    }

    pub fn one_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }

    pub fn pick<'a, T>(&mut self, of: &'a [T]) -> Option<&'a T> {
        if of.is_empty() { None } else { of.get(self.below(of.len() as u64) as usize) }
    }
}

/// Random bytes of the product: different at every draw, the same in every run of a seed.
pub struct Dice {
    seed: u64,
    n: AtomicU64,
}

impl Dice {
    pub fn of(seed: u64) -> Self {
        Self { seed, n: AtomicU64::new(0) }
    }
}

impl Entropy for Dice {
    fn draw(&self) -> [u8; 32] {
        let n = self.n.fetch_add(1, Ordering::SeqCst);
        Sha256::new().chain_update(self.seed.to_be_bytes()).chain_update(n.to_be_bytes()).finalize().into()
    }
}
