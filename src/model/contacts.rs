//! Registered addresses: parsed once, masked for hints, compared in one normal form.

use std::fmt;

use rlibphonenumber::{NumberLengthType, PHONE_NUMBER_UTIL, PhoneNumberFormat, Region};
use unicode_normalization::UnicodeNormalization;

use crate::model::digits;
use crate::model::names::MessageKey;

/// Longer texts are not telephone numbers in any notation (bytes).
const MAX_PHONE: usize = 64;
/// RFC 5321, 4.5.3.1.3, without the angle brackets (bytes).
const MAX_EMAIL: usize = 254;
const SHOWN_DIGITS: usize = 2;
const MAX_LETTERS: usize = 2;
/// Characters of a mailbox that stay hidden.
const MIN_HIDDEN: usize = 2;

/// A telephone number in E.164 form, e.g. `+442079460018`, with an optional extension that is dialled after it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PhoneNumber {
    e164: String,
    extension: Option<String>,
}

/// A mail address: local part as written, domain lower-cased.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EmailAddress(String);

/// Where something can be delivered.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Contact {
    Phone(PhoneNumber),
    Email(EmailAddress),
}

/// Why a text is not an address; the message key asks again in the person's language.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadContact {
    #[error("not a telephone number")]
    Phone,
    #[error("not a mail address")]
    Email,
}

impl BadContact {
    pub fn message(&self) -> MessageKey {
        match self {
            BadContact::Phone => MessageKey::of("common-not-a-phone"),
            BadContact::Email => MessageKey::of("common-not-an-email"),
        }
    }
}

impl PhoneNumber {
    /// Reads what people type: local or international form, spaces, dots, brackets, other scripts' digits.
    /// `region` is the ISO 3166 code that a number without `+` belongs to (`MY`, `US`).
    ///
    /// A number must have a length that its country uses. Whether the range is in service is not asked: the tables of
    /// ranges age, and a typed number is only ever compared with a registered one.
    pub fn parse(text: &str, region: &str) -> Result<Self, BadContact> {
        let plain = plain(text);
        if plain.len() > MAX_PHONE || plain.contains('@') {
            return Err(BadContact::Phone);
        }
        let region = Region::try_from(region.to_ascii_uppercase().as_str()).ok();
        let number = PHONE_NUMBER_UTIL.parse(&plain, region).map_err(|_| BadContact::Phone)?;
        if number.is_possible_with_reason() != Ok(NumberLengthType::IsPossible) {
            return Err(BadContact::Phone);
        }
        let e164 = number.format_as(PhoneNumberFormat::E164).into_owned();
        let extension = number.extension.clone().filter(|extension| !extension.is_empty());
        Ok(Self { e164, extension })
    }

    /// Reads what people key on a telephone, which has no `+`: as at home, else with `00`, else with the country's code
    /// first.
    pub fn keyed(digits: &str, region: &str) -> Result<Self, BadContact> {
        let abroad = |digits: &str| Self::parse(&format!("+{digits}"), region);
        match digits.strip_prefix("00") {
            Some(rest) => abroad(rest),
            None => Self::parse(digits, region).or_else(|_| abroad(digits)),
        }
    }

    pub fn e164(&self) -> &str {
        &self.e164
    }

    /// As people read it: `+44 1632 960001`.
    pub fn grouped(&self) -> String {
        let number = PHONE_NUMBER_UTIL.parse(&self.e164, None);
        number.map_or_else(
            |_| self.e164.clone(),
            |number| number.format_as(PhoneNumberFormat::International).into_owned(),
        )
    }

    /// The country calling code (`60`); a few countries share one.
    pub fn country(&self) -> Option<i32> {
        PHONE_NUMBER_UTIL.parse(&self.e164, None).ok().map(|number| number.country_code)
    }

    /// The calling code of an ISO 3166 country.
    pub fn country_of(region: &str) -> Option<i32> {
        let region = Region::try_from(region).ok()?;
        PHONE_NUMBER_UTIL.get_country_code_for_region(region)
    }

    pub fn extension(&self) -> Option<&str> {
        self.extension.as_deref()
    }
}

impl EmailAddress {
    /// Takes one address of at most 254 bytes without display name; the domain is compared without case.
    pub fn parse(text: &str) -> Result<Self, BadContact> {
        let plain = plain(text);
        let address = plain.strip_prefix('<').and_then(|inner| inner.strip_suffix('>')).unwrap_or(&plain);
        let (local, domain) = address.rsplit_once('@').ok_or(BadContact::Email)?;
        let domain = domain.to_lowercase();
        if address.len() > MAX_EMAIL || !is_local_part(local) || !is_domain(&domain) {
            return Err(BadContact::Email);
        }
        Ok(Self(format!("{local}@{domain}")))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn domain(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(_, domain)| domain)
    }

    fn local_part(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(local, _)| local)
    }
}

impl Contact {
    /// The one form in which two addresses are compared: E.164 with extension, or the lower-cased address.
    pub fn normal_form(&self) -> String {
        match self {
            Contact::Phone(phone) => match &phone.extension {
                Some(extension) => format!("{};ext={extension}", phone.e164),
                None => phone.e164.clone(),
            },
            Contact::Email(mail) => mail.0.to_lowercase(),
        }
    }

    /// The text that [`Contact::restore`] reads back: a number in its normal form, a mail address as written.
    pub fn kept(&self) -> String {
        match self {
            Contact::Phone(_) => self.normal_form(),
            Contact::Email(mail) => mail.0.clone(),
        }
    }

    /// Reads what `kept` wrote into a record of our own; it was checked when it was written, so rules that changed
    /// meanwhile do not lose a registered address.
    pub fn restore(kept: &str) -> Option<Self> {
        if kept.starts_with('+') && !kept.contains('@') {
            let (e164, extension) = kept.split_once(";ext=").map_or((kept, None), |(e164, ext)| (e164, Some(ext)));
            let extension = extension.map(str::to_owned);
            return Some(Contact::Phone(PhoneNumber { e164: e164.to_owned(), extension }));
        }
        kept.contains('@').then(|| Contact::Email(EmailAddress(kept.to_owned())))
    }

    /// The hint a person sees: the last two digits of a number, the first letter of a mailbox and its domain
    /// (no more is ever shown). Its length says nothing about what is masked.
    pub fn masked(&self) -> String {
        self.masked_with(1)
    }

    /// As `masked`, with up to two letters of a mailbox; at least two characters of it stay hidden, or all of them.
    pub fn masked_with(&self, letters: usize) -> String {
        match self {
            Contact::Phone(phone) => {
                let tail: String = phone.e164.chars().skip(phone.e164.len().saturating_sub(SHOWN_DIGITS)).collect();
                format!("••••••{tail}")
            }
            Contact::Email(mail) => {
                let hidden = mail.local_part().chars().count().saturating_sub(MIN_HIDDEN);
                let head: String = mail.local_part().chars().take(letters.min(MAX_LETTERS).min(hidden)).collect();
                format!("{head}•••••@{}", mail.domain())
            }
        }
    }
}

/// One width, ASCII digits, no marks that cannot be seen.
fn plain(text: &str) -> String {
    let digits = text.nfkc().map(|c| digits::ascii(c).unwrap_or(c));
    let seen = digits.filter(|c| !digits::is_invisible(*c));
    seen.collect::<String>().trim().to_owned()
}

/// The unquoted form of RFC 5321; quoted mailboxes do not occur in practice and hide look-alikes.
fn is_local_part(local: &str) -> bool {
    let atom = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+/=?^_`{|}~-".contains(c);
    (1..=64).contains(&local.len()) && local.split('.').all(|part| !part.is_empty() && part.chars().all(atom))
}

fn is_domain(domain: &str) -> bool {
    let label = |label: &str| {
        let edges = label.starts_with('-') || label.ends_with('-');
        (1..=63).contains(&label.len()) && !edges && label.chars().all(|c| c.is_alphanumeric() || c == '-')
    };
    domain.contains('.') && domain.split('.').all(label)
}

impl fmt::Debug for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PhoneNumber(..)")
    }
}

impl fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EmailAddress(..)")
    }
}

impl fmt::Debug for Contact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Contact(..)")
    }
}
