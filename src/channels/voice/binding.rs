//! One account at one provider: how its requests are recognised, and which of its numbers is whose.

use std::collections::BTreeMap;

use crate::channels::voice::compose::Sound;
use crate::channels::voice::provider::Provider;
use crate::channels::voice::signature::Verifier;
use crate::model::ids::TenantId;

pub struct Binding {
    /// As the configuration and the addresses call it: `[a-z0-9-]`.
    pub name: String,
    pub provider: Provider,
    pub verifier: Verifier,
    /// Institutions by the digits of the number that is dialled. No number, no conversation.
    pub numbers: BTreeMap<String, TenantId>,
    pub sound: Sound,
}
