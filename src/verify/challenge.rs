//! A delivered code: drawn once, compared at most five times, consumed at most once.

use serde::{Deserialize, Serialize};

use crate::model::ids::ChallengeId;
use crate::model::secrets::Code;
use crate::model::time::{Seconds, Timestamp};
use crate::verify::keys::{Keys, Tag};

/// A delivered code lives five minutes (`DESIGN.md` 5; NIST and ASVS allow ten at most).
pub const CODE_LIFE: Seconds = Seconds::minutes(5);
/// Comparisons in one gate, whatever is resent.
pub const MAX_COMPARISONS: u8 = 5;

/// What is kept of a code: its MAC. The code itself is only in the message and in the person's hand.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Challenge {
    pub id: ChallengeId,
    pub digits: u8,
    pub expires: Timestamp,
    tag: Tag,
    consumed: bool,
}

/// A typed code as it may be kept between counting and comparing.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct TypedCode(Tag);

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verdict {
    Right,
    Wrong,
    Expired,
}

impl Challenge {
    /// Draws a code of `digits` digits from 16 random bytes. Modulo bias is below 2^-100.
    pub fn draw(id: ChallengeId, digits: u8, random: [u8; 16], now: Timestamp, keys: &Keys) -> (Self, Code) {
        let space = 10u128.pow(u32::from(digits));
        let number = u128::from_be_bytes(random) % space;
        let code = format!("{number:0width$}", width = usize::from(digits));
        let tag = keys.code.tag(&[&id.0, code.as_bytes()]);
        let challenge = Self { id, digits, expires: now + CODE_LIFE, tag, consumed: false };
        (challenge, Code::new(code))
    }

    /// The keyed form of what was typed, bound to this challenge: a code of another case never matches.
    pub fn typed(&self, digits: &str, keys: &Keys) -> TypedCode {
        TypedCode(keys.code.tag(&[&self.id.0, digits.as_bytes()]))
    }

    /// Compares once and consumes on success. The caller has counted before (`DESIGN.md` 2.5).
    pub fn redeem(&mut self, typed: &TypedCode, now: Timestamp) -> Verdict {
        use subtle::ConstantTimeEq;
        if self.consumed || now >= self.expires {
            return Verdict::Expired;
        }
        if bool::from(self.tag.ct_eq(&typed.0)) {
            self.consumed = true;
            return Verdict::Right;
        }
        Verdict::Wrong
    }
}
