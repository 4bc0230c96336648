//! What Vonage posts: JSON, of another shape for an answered call, an entry, an event and a notice of our own.

use serde::Deserialize;

use crate::channels::voice::report::{Malformed, Report};
use crate::runtime::calls::CallEnd;

#[derive(Deserialize)]
struct Posted {
    /// In every shape, where `uuid` is not.
    conversation_uuid: Option<String>,
    uuid: Option<String>,
    from: Option<String>,
    to: Option<String>,
    status: Option<String>,
    dtmf: Option<Keys>,
}

#[derive(Deserialize)]
struct Keys {
    digits: Option<String>,
}

pub fn read(body: &[u8]) -> Result<Report, Malformed> {
    let posted: Posted = serde_json::from_slice(body).map_err(|_| Malformed)?;
    let call = posted.conversation_uuid.or(posted.uuid);
    let digits = posted.dtmf.and_then(|keys| keys.digits);
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
    Ok(report)
}
