//! Tickets through the institution's ticket system.

use std::sync::Arc;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use crate::desk::reference;
use crate::model::method::Method;
use crate::ports::desk::{Desk, Ticket};
use crate::ports::hook::Hook;
use crate::ports::messenger::SendError;

/// Longest ticket number that is passed on to a person.
const LONGEST_NUMBER: usize = 40;

pub struct HookDesk {
    hook: Arc<dyn Hook>,
}

/// The document; `docs/hooks.md` shows one.
#[derive(Serialize)]
struct Document<'a> {
    version: u8,
    kind: &'static str,
    case: String,
    tenant: &'a str,
    user_name: Option<&'a str>,
    verified: &'a [Method],
    summary: &'a str,
}

#[derive(Deserialize)]
struct Answer {
    number: String,
}

impl HookDesk {
    pub fn new(hook: Arc<dyn Hook>) -> Self {
        Self { hook }
    }
}

#[async_trait]
impl Desk for HookDesk {
    async fn open(&self, ticket: &Ticket) -> Result<String, SendError> {
        let document = Document {
            version: 1,
            kind: "ticket",
            case: ticket.case.to_string(),
            tenant: &ticket.tenant.0,
            user_name: ticket.user_name.as_deref(),
            verified: &ticket.verified,
            summary: &ticket.summary,
        };
        let json = serde_json::to_string(&document).expect("numbers and strings always serialise");
        let answer = self.hook.call(json).await?;
        // A system that names no number took the case all the same.
        Ok(number(&answer).unwrap_or_else(|| reference(ticket.case)))
    }

    fn open_now(&self) -> bool {
        false
    }
}

/// The number in the answer, if a person can quote it.
fn number(answer: &str) -> Option<String> {
    let Answer { number } = serde_json::from_str(answer).ok()?;
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '#' | '/' | '.' | ' ');
    let number = number.trim();
    let fits = !number.is_empty() && number.chars().count() <= LONGEST_NUMBER && number.chars().all(plain);
    fits.then(|| number.to_owned())
}
