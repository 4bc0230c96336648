//! Addresses that accounts had and lost, kept until whoever reads them was told. Durable when a call returns.

use async_trait::async_trait;

use crate::model::contacts::Contact;
use crate::model::ids::{AccountId, FormerId, TenantId};
use crate::model::time::{Seconds, Timestamp};
use crate::ports::registry::RegistryError;

/// How long a word that could not be given is tried: news of last month helps nobody.
pub const KEPT: Seconds = Seconds::hours(24 * 30);

/// What carries the word.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Carrier {
    Mail,
    Text,
}

/// An address that was replaced or taken away.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FormerAddress {
    pub id: FormerId,
    pub tenant: TenantId,
    pub account: AccountId,
    pub contact: Contact,
    /// When the account lost it.
    pub at: Timestamp,
}

/// Filled by [`crate::ports::registry::Registry::enrol`], in the change that takes an address away.
#[async_trait]
pub trait FormerAddresses: Send + Sync {
    /// Those that nobody has taken up yet, oldest first.
    async fn waiting(&self, by: Carrier, at_most: u32) -> Result<Vec<FormerAddress>, RegistryError>;

    /// The address, as long as it was not told.
    async fn address(&self, id: FormerId) -> Result<Option<Contact>, RegistryError>;

    /// A message to it is on disk. It waits no longer, and is kept for that message for [`KEPT`] at most.
    async fn taken_up(&self, id: FormerId, now: Timestamp) -> Result<(), RegistryError>;

    /// It was told, or need not be.
    async fn forget(&self, id: FormerId) -> Result<(), RegistryError>;
}
