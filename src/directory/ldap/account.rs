//! From an entry to an account: state, lock, addresses.

use crate::directory::ldap::config::{LdapConfig, NameForm};
use crate::directory::ldap::entry::Entry;
use crate::directory::ldap::protected::has_one_of;
use crate::model::account::{Account, AccountState, LockState, RegisteredContact};
use crate::model::contacts::{Contact, EmailAddress, PhoneNumber};
use crate::model::ids::AccountId;
use crate::model::method::{Family, Method};
use crate::model::time::Timestamp;
use crate::policy::tenant::Population;

/// Attributes of the password policy (draft-behera-ldap-password-policy, 5.3).
pub const CHANGED: &str = "pwdChangedTime";
pub const LOCKED: &str = "pwdAccountLockedTime";
pub const RESET: &str = "pwdReset";
const START: &str = "pwdStartTime";
const END: &str = "pwdEndTime";
/// `pwdAccountLockedTime` of an account that a person locked.
const BY_ADMINISTRATOR: &str = "000001010000Z";

/// Everything that is asked for about a person, and nothing else.
pub fn attributes(config: &LdapConfig) -> Vec<String> {
    let fixed = [CHANGED, LOCKED, RESET, START, END].map(str::to_owned);
    let mut all: Vec<String> = fixed.into_iter().chain([config.id.clone(), config.user_name.clone()]).collect();
    all.extend(config.names.iter().cloned());
    all.extend(config.contacts.keys().cloned());
    all.extend(config.disabled.keys().cloned());
    all.extend(config.protected.attributes.keys().cloned());
    all.sort_unstable();
    all.dedup();
    all
}

/// How an entry is read: the tenant's configuration, its region and the time.
pub struct Reader<'a> {
    pub config: &'a LdapConfig,
    pub region: &'a str,
    pub now: Timestamp,
}

impl Reader<'_> {
    /// The account, but for `privileged`; `None` when the entry lacks its id or its name.
    pub fn account(&self, entry: &Entry, population: &Population) -> Option<Account> {
        let name = entry.first(&self.config.user_name)?;
        let user_name = match self.config.user_name_holds {
            NameForm::LocalPart => format!("{name}@{}", population.suffix),
            NameForm::Whole => name.to_owned(),
        };
        Some(Account {
            id: AccountId(entry.first(&self.config.id)?.to_owned()),
            user_name,
            names: self.config.names.iter().flat_map(|name| entry.all(name)).cloned().collect(),
            population: population.id.to_string(),
            state: self.state(entry),
            privileged: false,
            lock: lock(entry),
            contacts: self.contacts(entry),
            password_changed: entry.time(CHANGED),
        })
    }

    fn state(&self, entry: &Entry) -> AccountState {
        let ended = entry.time(END).is_some_and(|end| end <= self.now);
        let not_begun = entry.time(START).is_some_and(|start| start > self.now);
        if has_one_of(entry, &self.config.disabled) {
            AccountState::Disabled
        } else if ended || not_begun {
            AccountState::Expired
        } else {
            AccountState::Active
        }
    }

    fn contacts(&self, entry: &Entry) -> Vec<RegisteredContact> {
        let mut contacts: Vec<RegisteredContact> = Vec::new();
        for (attribute, methods) in &self.config.contacts {
            // A value that is no address serves nobody; it must not keep the person from the other ones.
            for contact in entry.all(attribute).iter().filter_map(|value| self.contact(value, methods)) {
                match contacts.iter_mut().find(|known| known.contact == contact) {
                    Some(known) => known.methods.extend(methods),
                    None => contacts.push(RegisteredContact { contact, methods: methods.clone(), since: None }),
                }
            }
        }
        for contact in &mut contacts {
            contact.methods.sort_unstable();
            contact.methods.dedup();
        }
        contacts
    }

    fn contact(&self, value: &str, methods: &[Method]) -> Option<Contact> {
        match methods.first()?.family() {
            Family::Telephone => PhoneNumber::parse(value, self.region).ok().map(Contact::Phone),
            Family::Mail => EmailAddress::parse(value).ok().map(Contact::Email),
            Family::App | Family::Knowledge => None,
        }
    }
}

fn lock(entry: &Entry) -> LockState {
    match entry.first(LOCKED) {
        None => LockState::Open,
        Some(BY_ADMINISTRATOR) => LockState::ByAdministrator,
        // It may have run out meanwhile: the server clears it at the next bind only. Lifting it again does no harm.
        Some(_) => LockState::ByFailures,
    }
}
