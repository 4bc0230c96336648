//! An account's registered addresses, from directory and registry, read afresh every time.

use crate::model::account::{Account, AccountState, RegisteredContact};
use crate::model::contacts::Contact;
use crate::model::ids::{AccountId, TargetHash, TenantId};
use crate::model::method::Method;
use crate::model::time::{Seconds, Timestamp};
use crate::policy::gates::Factor;
use crate::policy::tenant::Tenant;
use crate::ports::registry::Enrolment;
use crate::runtime::parts::TenantParts;
use crate::runtime::shell::Shell;
use crate::verify::keys::Keys;
use crate::verify::target;

/// An address younger than this may be a thief's.
const SETTLED: Seconds = Seconds::hours(24);

/// Something that must be asked is away. What it said is in the log.
#[derive(Debug)]
pub struct Away;

/// What looking for a contact came to.
pub enum Lookup {
    Found(Contact),
    /// Not registered any more.
    Gone,
    Away,
}

/// Whether self-service may touch the account at all.
pub fn may_be_served(account: &Account) -> bool {
    account.state == AccountState::Active && !account.privileged
}

/// Everything that is registered for an account now.
pub async fn contacts(
    shell: &Shell,
    parts: &TenantParts,
    account: &AccountId,
) -> Result<Option<Vec<RegisteredContact>>, Away> {
    let found = parts.directory.read(account).await.map_err(|error| away(&parts.tenant.id, &error))?;
    let Some(found) = found else { return Ok(None) };
    let enrolment = shell.parts.registry.enrolment(&parts.tenant.id, account).await;
    let enrolment = enrolment.map_err(|error| away(&parts.tenant.id, &error))?;
    let mut contacts = found.contacts;
    contacts.extend(enrolment.contacts);
    Ok(Some(contacts))
}

/// The address behind a target, if it still serves this method.
pub async fn contact_behind(
    shell: &Shell,
    parts: &TenantParts,
    account: &AccountId,
    target: &TargetHash,
    method: Option<Method>,
) -> Lookup {
    let contacts = match contacts(shell, parts, account).await {
        Ok(Some(contacts)) => contacts,
        Ok(None) => return Lookup::Gone,
        Err(Away) => return Lookup::Away,
    };
    let serves = |contact: &RegisteredContact| method.is_none_or(|method| contact.methods.contains(&method));
    let is_it = |contact: &RegisteredContact| {
        serves(contact) && target::of_contact(&parts.tenant.id, &contact.contact, &shell.parts.keys) == *target
    };
    contacts.into_iter().find(is_it).map_or(Lookup::Gone, |found| Lookup::Found(found.contact))
}

/// Ways to verify an account, from what is registered and may be used now.
pub fn factors(
    tenant: &Tenant,
    account: &Account,
    enrolment: &Enrolment,
    available: &[Method],
    keys: &Keys,
    now: Timestamp,
) -> Vec<Factor> {
    let mut factors: Vec<Factor> = Vec::new();
    let registered = || account.contacts.iter().chain(&enrolment.contacts);
    for method in tenant.methods.iter().filter(|method| available.contains(method)) {
        match method {
            Method::Email | Method::Sms | Method::CallMobile | Method::CallOffice => {
                let usable = |contact: &&RegisteredContact| {
                    contact.methods.contains(method) && settled(contact, now) && reached(tenant, contact)
                };
                for contact in registered().filter(usable) {
                    let target = target::of_contact(&tenant.id, &contact.contact, keys);
                    let hint = contact.contact.masked_with(usize::from(tenant.hint_letters));
                    if !factors.iter().any(|factor| factor.method == *method && factor.target == target) {
                        factors.push(Factor { method: *method, target, hint });
                    }
                }
            }
            Method::Totp if enrolment.totp.is_some() => factors.push(enrolled(tenant, account, *method, keys)),
            Method::Questions if answers_enough(tenant, enrolment) => {
                factors.push(enrolled(tenant, account, *method, keys));
            }
            Method::Totp | Method::Questions | Method::Push => {}
        }
    }
    factors
}

pub fn away(tenant: &TenantId, error: &dyn std::fmt::Display) -> Away {
    tracing::warn!(%tenant, %error, "an account cannot be read");
    Away
}

/// Whether messages go where this address is.
fn reached(tenant: &Tenant, contact: &RegisteredContact) -> bool {
    match &contact.contact {
        Contact::Phone(number) => tenant.rings(number),
        Contact::Email(_) => true,
    }
}

fn settled(contact: &RegisteredContact, now: Timestamp) -> bool {
    contact.since.is_none_or(|since| since + SETTLED <= now)
}

fn enrolled(tenant: &Tenant, account: &Account, method: Method, keys: &Keys) -> Factor {
    let target = target::of_enrolment(&tenant.id, &account.id, method, keys);
    Factor { method, target, hint: String::new() }
}

fn answers_enough(tenant: &Tenant, enrolment: &Enrolment) -> bool {
    let Some(questions) = &tenant.questions else { return false };
    let asked = enrolment.questions.iter().filter(|key| questions.catalogue.contains_key(*key)).count();
    asked >= usize::from(questions.asked)
}
