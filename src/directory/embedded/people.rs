//! Reads the people of the demo from their file, `examples/demo/people.toml`.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::model::account::{AccountState, LockState, RegisteredContact};
use crate::model::contacts::{Contact, EmailAddress, PhoneNumber};
use crate::model::method::Method;

/// Everybody, by tenant.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct People {
    pub tenants: BTreeMap<String, TenantPeople>,
}

/// One tenant's people, and what its directory itself demands of passwords.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TenantPeople {
    /// Fewest code points of a password.
    pub min_length: usize,
    /// How many passwords, the present one included, may not be set again; 0 allows all.
    pub history: usize,
    /// Wrong passwords in a row until the account is locked.
    pub lock_after: u32,
    pub people: Vec<Person>,
}

/// One fictional person. The password is known to everybody who reads the file: it is the one to be forgotten.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// Immutable; a UUID as OpenLDAP would give.
    pub id: String,
    /// With its domain.
    pub user: String,
    pub given: String,
    pub family: String,
    pub population: String,
    /// What this person is there to show, for the demo's start page.
    pub note: String,
    pub password: String,
    #[serde(default)]
    pub state: State,
    #[serde(default)]
    pub lock: Lock,
    #[serde(default)]
    pub privileged: bool,
    pub mail: Option<String>,
    pub mobile: Option<String>,
    pub office: Option<String>,
    /// On the student or staff card; keyed in by whoever calls.
    pub number: Option<String>,
    /// Base32 secret of an authenticator; kept by the registry, not by the directory.
    pub totp: Option<String>,
    /// Answers to security questions by question id; kept by the registry, too.
    #[serde(default)]
    pub answers: BTreeMap<String, String>,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    #[default]
    Active,
    Disabled,
    Expired,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lock {
    #[default]
    Open,
    ByFailures,
    ByAdministrator,
}

impl People {
    /// The people that are in the binary.
    pub fn demo() -> Self {
        Self::parse(include_str!("../../../examples/demo/people.toml")).expect("the shipped file is tested")
    }

    /// # Errors
    /// The parser's own text, with line and column.
    pub fn parse(text: &str) -> Result<Self, String> {
        toml::from_str(text).map_err(|error| error.to_string())
    }
}

impl Person {
    /// # Errors
    /// Names the person and the key whose value is not an address.
    pub fn contacts(&self, region: &str) -> Result<Vec<RegisteredContact>, String> {
        let mut contacts = Vec::new();
        if let Some(mail) = &self.mail {
            let mail = EmailAddress::parse(mail).map_err(|bad| self.complaint("mail", &bad.to_string()))?;
            contacts.push(registered(Contact::Email(mail), &[Method::Email]));
        }
        let phones = [
            ("mobile", &self.mobile, [Method::Sms, Method::CallMobile].as_slice()),
            ("office", &self.office, [Method::CallOffice].as_slice()),
        ];
        for (key, number, methods) in phones {
            let Some(number) = number else { continue };
            let phone = PhoneNumber::parse(number, region).map_err(|bad| self.complaint(key, &bad.to_string()))?;
            contacts.push(registered(Contact::Phone(phone), methods));
        }
        Ok(contacts)
    }

    pub fn names(&self) -> Vec<String> {
        vec![self.given.clone(), self.family.clone(), format!("{} {}", self.given, self.family)]
    }

    fn complaint(&self, key: &str, what: &str) -> String {
        format!("person `{}`: key `{key}`: {what}", self.user)
    }
}

impl From<State> for AccountState {
    fn from(state: State) -> Self {
        match state {
            State::Active => AccountState::Active,
            State::Disabled => AccountState::Disabled,
            State::Expired => AccountState::Expired,
        }
    }
}

impl From<Lock> for LockState {
    fn from(lock: Lock) -> Self {
        match lock {
            Lock::Open => LockState::Open,
            Lock::ByFailures => LockState::ByFailures,
            Lock::ByAdministrator => LockState::ByAdministrator,
        }
    }
}

fn registered(contact: Contact, methods: &[Method]) -> RegisteredContact {
    RegisteredContact { contact, methods: methods.to_vec(), since: None }
}
