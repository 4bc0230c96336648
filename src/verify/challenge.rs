//! A delivered code: drawn once, compared at most five times, consumed at most once.

use serde::{Deserialize, Serialize};

use crate::model::ids::ChallengeId;
use crate::model::secrets::Code;
use crate::model::time::{Seconds, Timestamp};
use crate::verify::chance;
use crate::verify::keys::{Keys, Tag};

/// A delivered code lives five minutes (`docs/ARCHITECTURE.md`, "Limits"; NIST and ASVS allow ten at most).
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
    /// Draws a code of `digits` digits from 16 random bytes.
    pub fn draw(id: ChallengeId, digits: u8, random: [u8; 16], now: Timestamp, keys: &Keys) -> (Self, Code) {
        let code = chance::digits(digits, random);
        let tag = keys.code.tag(&[&id.0, code.as_bytes()]);
        let challenge = Self { id, digits, expires: now + CODE_LIFE, tag, consumed: false };
        (challenge, Code::new(code))
    }

    /// The keyed form of what was typed, bound to this challenge: a code of another case never matches.
    pub fn typed(&self, digits: &str, keys: &Keys) -> TypedCode {
        TypedCode(keys.code.tag(&[&self.id.0, digits.as_bytes()]))
    }

    /// Compares once and consumes on success. The caller has counted before (`docs/ARCHITECTURE.md`, "What always holds" 5).
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verify::keys::Root;

    const NOW: Timestamp = Timestamp(1_700_000_000_000);

    fn keys() -> Keys {
        Keys::derive(&Root::new([1; 32]), &Root::new([2; 32]))
    }

    fn drawn(random: u8) -> (Challenge, Code) {
        Challenge::draw(ChallengeId([random; 16]), 6, [random; 16], NOW, &keys())
    }

    #[test]
    fn a_code_is_right_once() {
        let keys = keys();
        let (mut challenge, code) = drawn(1);
        let typed = challenge.typed(code.reveal(), &keys);
        assert_eq!(challenge.redeem(&typed, NOW), Verdict::Right);
        assert_eq!(challenge.redeem(&typed, NOW), Verdict::Expired);
    }

    #[test]
    fn a_code_lives_five_minutes_by_the_second() {
        let keys = keys();
        let (challenge, code) = drawn(1);
        let typed = challenge.typed(code.reveal(), &keys);
        let at = |seconds: u32| challenge.clone().redeem(&typed, NOW + Seconds(seconds));
        assert_eq!(at(299), Verdict::Right);
        assert_eq!(at(300), Verdict::Expired);
    }

    #[test]
    fn a_code_of_one_challenge_is_wrong_in_another() {
        let keys = keys();
        let (ours, code) = drawn(1);
        let (mut theirs, _) = drawn(2);
        assert_eq!(theirs.redeem(&ours.typed(code.reveal(), &keys), NOW), Verdict::Wrong);
    }

    #[test]
    fn leading_zeros_are_kept() {
        let (_, code) = Challenge::draw(ChallengeId([1; 16]), 8, [0; 16], NOW, &keys());
        assert_eq!(code.reveal(), "00000000");
    }
}
