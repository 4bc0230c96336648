//! What goes wrong in a seed. Every roll hangs on what is being done, not on how often something was asked before it,
//! so that a trace stays the same when something else changes.

use std::collections::BTreeMap;

use super::chance::Chance;

/// Every kind of fault, with how often it strikes: once in so many chances, in seeds that have it.
pub const KINDS: [(&str, u64); 32] = [
    ("store: a write fails", 140),
    ("store: a write is done, its answer is lost", 160),
    ("store: a read fails", 700),
    ("registry: a call fails", 60),
    ("registry: a call is done, its answer is lost", 60),
    ("audit: a call fails", 60),
    ("audit: a call is done, its answer is lost", 60),
    ("directory: a question fails", 25),
    ("directory: a question takes long", 12),
    ("directory: a set is refused", 5),
    ("directory: a set never arrives", 5),
    ("directory: a set times out, done", 4),
    ("directory: a set times out, done later", 5),
    ("directory: a set times out, not done", 5),
    ("directory: a set takes long", 4),
    ("directory: a look is unclear", 3),
    ("directory: an unlock fails", 4),
    ("directory: disabled half-way", 5),
    ("sender: try again", 8),
    ("sender: lost", 14),
    ("sender: doubled", 8),
    ("sender: late", 8),
    ("sender: delivered, answer lost", 8),
    ("sender: not delivered, answer lost", 12),
    ("screen: try again", 30),
    ("screen: shown, answer lost", 30),
    ("event: doubled", 12),
    ("event: late", 14),
    ("event: comes again, edited", 14),
    ("event: comes again much later", 20),
    ("crash", 1_500),
    ("clock: jumps", 1),
];

pub struct Faults {
    seed: u64,
    /// Off while honest people are asked whether they get through.
    pub storm: bool,
    chances: BTreeMap<(&'static str, String), u64>,
    /// How often each kind struck.
    pub struck: BTreeMap<&'static str, u64>,
}

impl Faults {
    pub fn of(seed: u64) -> Self {
        Self { seed, storm: true, chances: BTreeMap::new(), struck: BTreeMap::new() }
    }

    /// Whether this seed has that kind of fault at all: about every second does.
    pub fn has(&self, kind: &'static str) -> bool {
        self.hash(kind, "", 0).is_multiple_of(2)
    }

    /// Whether it strikes now. `at` names what is being done.
    pub fn strikes(&mut self, kind: &'static str, at: &str) -> bool {
        let one_in = KINDS.iter().find(|(known, _)| *known == kind).map_or(u64::MAX, |(_, one_in)| *one_in);
        if !self.storm || !self.has(kind) {
            return false;
        }
        let n = self.chances.entry((kind, at.to_owned())).or_default();
        *n += 1;
        let n = *n;
        let strikes = self.hash(kind, at, n).is_multiple_of(one_in);
        if strikes {
            *self.struck.entry(kind).or_default() += 1;
        }
        strikes
    }

    fn hash(&self, kind: &str, at: &str, n: u64) -> u64 {
        // FNV-1a: thousands of rolls a second in a build that is not optimised.
        let bytes = kind.bytes().chain([0]).chain(at.bytes());
        let begin = (0xcbf2_9ce4_8422_2325u64 ^ self.seed).wrapping_mul(0x100_0000_01b3);
        let hash = bytes.fold(begin, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3));
        Chance::of(hash ^ self.seed.rotate_left(32), "fault").below_after(n)
    }
}
