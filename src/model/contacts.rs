//! Registered addresses: parsed once, masked for hints, compared in one normal form.

use std::fmt;

use crate::model::names::MessageKey;

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
    pub fn parse(_text: &str, _region: &str) -> Result<Self, BadContact> {
        // Filled in with `rlibphonenumber` by the same change set that adds its tests.
        Err(BadContact::Phone)
    }

    pub fn e164(&self) -> &str {
        &self.e164
    }

    pub fn extension(&self) -> Option<&str> {
        self.extension.as_deref()
    }
}

impl EmailAddress {
    /// Takes one address of at most 254 bytes without display name; the domain is compared without case.
    pub fn parse(_text: &str) -> Result<Self, BadContact> {
        Err(BadContact::Email)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn domain(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(_, domain)| domain)
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
    /// (`security.md` T4 allows no more).
    pub fn masked(&self) -> String {
        match self {
            Contact::Phone(phone) => {
                let tail: String = phone.e164.chars().skip(phone.e164.len().saturating_sub(2)).collect();
                format!("••••••{tail}")
            }
            Contact::Email(mail) => {
                let first = mail.0.chars().next().unwrap_or('•');
                format!("{first}•••••@{}", mail.domain())
            }
        }
    }
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
