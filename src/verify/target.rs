//! Registered targets as keyed hashes, and whether a typed contact is the registered one.

use crate::model::contacts::Contact;
use crate::model::ids::{AccountId, TargetHash, TenantId};
use crate::model::method::Method;
use crate::verify::keys::Keys;

/// The hash of an address. The same address gives the same target whatever the method, so text and call to one mobile
/// are one target.
pub fn of_contact(tenant: &TenantId, contact: &Contact, keys: &Keys) -> TargetHash {
    TargetHash(keys.target.tag(&[b"contact", tenant.0.as_bytes(), contact.normal_form().as_bytes()]))
}

/// The hash of something enrolled that has no address: an authenticator app, a set of questions.
pub fn of_enrolment(tenant: &TenantId, account: &AccountId, method: Method, keys: &Keys) -> TargetHash {
    let parts = [b"enrolment".as_slice(), tenant.0.as_bytes(), account.0.as_bytes(), method.name().as_bytes()];
    TargetHash(keys.target.tag(&parts))
}
