//! The service desk: where a person goes when self-service ends.

use async_trait::async_trait;

use crate::model::ids::{RunId, TenantId};
use crate::model::method::Method;
use crate::ports::messenger::SendError;

/// What an agent gets to see: what was verified, never a code, a password or an answer.
#[derive(Clone, PartialEq, Eq)]
pub struct Ticket {
    /// The case; the same for a repeated call, so that one case opens one ticket.
    pub case: RunId,
    pub tenant: TenantId,
    /// The claimed user name; it is not proven unless `verified` says so.
    pub user_name: Option<String>,
    pub verified: Vec<Method>,
    pub summary: String,
}

#[async_trait]
pub trait Desk: Send + Sync {
    /// Opens a ticket and returns its number as the person may quote it.
    async fn open(&self, ticket: &Ticket) -> Result<String, SendError>;

    /// Whether agents take live conversations now.
    fn open_now(&self) -> bool;
}
