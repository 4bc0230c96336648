//! Security answers: Argon2id of a normal form, so that capitals and spaces do not decide.

use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

use crate::model::secrets::Answer;

/// 19 MiB, two passes, one lane (OWASP): 30 ms a hash on a small server.
const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;

/// Where an account has no answer the work is done on this one, so that time tells nothing. It is the hash of 32 random
/// bytes that were thrown away.
pub const NOBODYS: &str = "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5cy1hbnN3ZXI$\
                           q3F8cR0bR1s0d2mE3o1nH7d0m2cJxk1m0aV6uY4Z8aQ";

pub fn hash(answer: &Answer) -> Result<String, String> {
    let mut salt = [0; 16];
    getrandom::fill(&mut salt).map_err(|error| format!("no random bytes: {error}"))?;
    let salt = SaltString::encode_b64(&salt).map_err(|error| error.to_string())?;
    let hashed = stretcher().hash_password(normal_form(answer).as_bytes(), &salt);
    Ok(hashed.map_err(|error| error.to_string())?.to_string())
}

/// A hash that does not parse is never right.
pub fn right(answer: &Answer, hash: &str) -> bool {
    PasswordHash::new(hash).is_ok_and(|hash| stretcher().verify_password(normal_form(answer).as_bytes(), &hash).is_ok())
}

/// NFKC, trimmed, without case, every run of white space one space.
fn normal_form(answer: &Answer) -> Zeroizing<String> {
    let folded: Zeroizing<String> =
        Zeroizing::new(answer.reveal().nfkc().flat_map(char::to_lowercase).nfkc().collect());
    let mut plain = Zeroizing::new(String::with_capacity(folded.len()));
    for word in folded.split_whitespace() {
        if !plain.is_empty() {
            plain.push(' ');
        }
        plain.push_str(word);
    }
    plain
}

fn stretcher() -> Argon2<'static> {
    let params = Params::new(MEMORY_KIB, PASSES, 1, None).expect("the numbers above are within Argon2's ranges");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(text: &str) -> Answer {
        Answer::new(text.to_owned())
    }

    #[test]
    fn capitals_spaces_and_widths_do_not_decide() {
        let kept = hash(&answer("  Kuala   Lumpur ")).unwrap();
        for same in ["kuala lumpur", "KUALA LUMPUR", "Ｋｕａｌａ\u{3000}Lumpur", "\tKuala\nlumpur"] {
            assert!(right(&answer(same), &kept), "{same}");
        }
        for other in ["kualalumpur", "kuala lumpu", "kuala lumpur x", ""] {
            assert!(!right(&answer(other), &kept), "{other}");
        }
    }

    #[test]
    fn one_answer_has_another_hash_every_time() {
        assert_ne!(hash(&answer("x")).unwrap(), hash(&answer("x")).unwrap());
    }

    #[test]
    fn work_for_nobody_is_real_work() {
        let hash = PasswordHash::new(NOBODYS).unwrap();
        assert_eq!(hash.params.get_decimal("m"), Some(MEMORY_KIB));
        assert_eq!(hash.params.get_decimal("t"), Some(PASSES));
        assert!(!right(&answer(""), NOBODYS));
    }
}
