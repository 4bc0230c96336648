//! What Vonage posts: JSON, of another shape for an answered call, an entry, an event and a notice of our own.

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::channels::voice::report::{Dialled, Malformed, Report, digits_of, object};
use crate::runtime::calls::CallEnd;

#[derive(Deserialize)]
struct Posted {
    /// In every shape, where `uuid` is not.
    conversation_uuid: Option<String>,
    uuid: Option<String>,
    from: Option<String>,
    to: Option<String>,
    status: Option<String>,
    dtmf: Option<Map<String, Value>>,
}

pub fn read(body: &[u8]) -> Result<Report, Malformed> {
    let posted: Posted = object(body)?;
    let call = posted.conversation_uuid.or(posted.uuid);
    let digits = digits_of(posted.dtmf)?;
    let mut report = Report::new(call)?.between(posted.from.as_deref(), posted.to.as_deref()).keyed(digits)?;
    report.ended = match posted.status.as_deref() {
        Some("completed" | "disconnected") => Some(CallEnd::HungUp),
        Some("busy") => Some(CallEnd::Busy),
        Some("unanswered" | "timeout" | "cancelled") => Some(CallEnd::NoAnswer),
        Some("rejected") => Some(CallEnd::Declined),
        Some("machine") => Some(CallEnd::Machine),
        Some("failed") => Some(CallEnd::Failed),
        _ => None,
    };
    // Told of the other telephone, in the words that a call of its own has.
    report.dialled = match report.ended {
        Some(CallEnd::HungUp) => Dialled::Taken,
        Some(CallEnd::Busy | CallEnd::NoAnswer | CallEnd::Declined | CallEnd::Failed) => Dialled::Untaken,
        Some(CallEnd::Machine) | None => Dialled::Progress,
    };
    Ok(report)
}
