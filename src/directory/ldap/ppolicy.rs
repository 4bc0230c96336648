//! The password policy control (draft-behera-ldap-password-policy): sent empty, read by our own parser, because the
//! library's one panics when a server leaves the value out.

use ldap3::LdapResult;
use ldap3::controls::RawControl;

/// Object identifier of the request and of the response.
const OID: &str = "1.3.6.1.4.1.42.2.27.8.5.1";

/// The `error` of a response.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PolicyError {
    PasswordExpired,
    AccountLocked,
    ChangeAfterReset,
    ModificationNotAllowed,
    MustSupplyOld,
    InsufficientQuality,
    TooShort,
    TooYoung,
    InHistory,
    TooLong,
    /// A number that the draft does not define.
    Other,
}

/// To be attached to binds, password modifications and modifications; servers without it ignore it.
pub fn request() -> Vec<RawControl> {
    vec![RawControl { ctype: OID.to_owned(), crit: false, val: None }]
}

/// What the server's control says is wrong, if it sent one that says so.
pub fn error_of(result: &LdapResult) -> Option<PolicyError> {
    let control = result.ctrls.iter().map(|control| &control.1).find(|control| control.ctype == OID)?;
    error_in(control.val.as_deref()?)
}

/// `SEQUENCE { warning [0] CHOICE OPTIONAL, error [1] ENUMERATED OPTIONAL }`. Broken bytes say nothing.
pub fn error_in(value: &[u8]) -> Option<PolicyError> {
    let (0x30, mut body, _) = element(value)? else { return None };
    while let Some((tag, content, rest)) = element(body) {
        if tag == 0x81 {
            return (content.len() == 1).then(|| PolicyError::numbered(content[0]));
        }
        body = rest;
    }
    None
}

/// Tag, content and what follows of one BER element with a one-byte tag and a definite length; lengths may be in the
/// long form even where the short one would do, as 389 Directory Server writes them.
fn element(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&tag, rest) = bytes.split_first()?;
    let (&first, rest) = rest.split_first()?;
    let (length, rest) = match first {
        0..=0x7f => (usize::from(first), rest),
        0x81..=0x84 => {
            let (digits, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
            (digits.iter().try_fold(0_usize, |sum, &digit| Some(sum.checked_mul(256)? + usize::from(digit)))?, rest)
        }
        _ => return None,
    };
    let (content, rest) = rest.split_at_checked(length)?;
    Some((tag, content, rest))
}

impl PolicyError {
    fn numbered(number: u8) -> Self {
        match number {
            0 => Self::PasswordExpired,
            1 => Self::AccountLocked,
            2 => Self::ChangeAfterReset,
            3 => Self::ModificationNotAllowed,
            4 => Self::MustSupplyOld,
            5 => Self::InsufficientQuality,
            6 => Self::TooShort,
            7 => Self::TooYoung,
            8 => Self::InHistory,
            9 => Self::TooLong,
            _ => Self::Other,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_what_real_servers_sent() {
        // OpenLDAP 2.5: too short; nothing to say. 389: too young, with long-form lengths.
        assert_eq!(error_in(&[0x30, 0x03, 0x81, 0x01, 0x06]), Some(PolicyError::TooShort));
        assert_eq!(error_in(&[0x30, 0x00]), None);
        assert_eq!(error_in(&[0x30, 0x84, 0, 0, 0, 3, 0x81, 0x01, 0x07]), Some(PolicyError::TooYoung));
    }

    #[test]
    fn a_warning_before_the_error_is_passed_over() {
        let value = [0x30, 0x08, 0xa0, 0x03, 0x80, 0x01, 0x05, 0x81, 0x01, 0x02];
        assert_eq!(error_in(&value), Some(PolicyError::ChangeAfterReset));
    }

    #[test]
    fn broken_bytes_say_nothing() {
        let broken: [&[u8]; 7] = [
            &[],
            &[0x30],
            &[0x30, 0x80],
            &[0x30, 0x05, 0x81],
            &[0x30, 0x84, 0xff],
            &[0x30, 0x02, 0x81, 0x00],
            &[0x31, 0x00],
        ];
        for value in broken {
            assert_eq!(error_in(value), None, "{value:?}");
        }
        assert_eq!(error_in(&[0x30, 0x84, 0xff, 0xff, 0xff, 0xff, 0x81, 0x01, 0x01]), None);
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(value in proptest::collection::vec(any::<u8>(), 0..40)) {
            let _ = error_in(&value);
        }
    }
}
