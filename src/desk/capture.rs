//! Keeps tickets in memory: the demo's service desk.

use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;

use crate::desk::reference;
use crate::ports::desk::{Desk, Ticket};
use crate::ports::messenger::SendError;

#[derive(Default)]
pub struct CaptureDesk {
    tickets: Mutex<Vec<(String, Ticket)>>,
}

impl CaptureDesk {
    /// Number and ticket, oldest first.
    pub fn all(&self) -> Vec<(String, Ticket)> {
        self.tickets.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[async_trait]
impl Desk for CaptureDesk {
    async fn open(&self, ticket: &Ticket) -> Result<String, SendError> {
        let number = reference(ticket.case);
        let mut tickets = self.tickets.lock().unwrap_or_else(PoisonError::into_inner);
        if !tickets.iter().any(|(known, _)| *known == number) {
            tickets.push((number.clone(), ticket.clone()));
        }
        Ok(number)
    }

    fn open_now(&self) -> bool {
        false
    }
}
