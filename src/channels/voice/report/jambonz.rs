//! What jambonz posts: JSON, the same attributes of the call each time.

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::channels::voice::report::{Dialled, Malformed, Report, digits_of, object};
use crate::runtime::calls::CallEnd;

#[derive(Deserialize)]
struct Posted {
    call_sid: Option<String>,
    from: Option<String>,
    to: Option<String>,
    call_status: Option<String>,
    sip_status: Option<u16>,
    dial_call_status: Option<String>,
    digits: Option<String>,
    dtmf: Option<Map<String, Value>>,
    #[serde(alias = "customerData")]
    /// The `tag` of a call that we placed.
    customer_data: Option<Map<String, Value>>,
}

pub fn read(body: &[u8]) -> Result<Report, Malformed> {
    let posted: Posted = object(body)?;
    let digits = posted.digits.or(digits_of(posted.dtmf)?);
    let mut report =
        Report::new(posted.call_sid)?.between(posted.from.as_deref(), posted.to.as_deref()).keyed(digits)?;
    let digits = |text: &String| text.len() <= 11 && text.bytes().all(|byte| byte.is_ascii_digit());
    let extension = posted.customer_data.as_ref().and_then(|data| data.get("extension")).and_then(Value::as_str);
    report.extension = extension.map(str::to_owned).filter(digits);
    report.ended = match (posted.call_status.as_deref(), posted.sip_status) {
        (Some("completed"), _) => Some(CallEnd::HungUp),
        (Some("busy" | "failed" | "no-answer"), Some(603 | 607)) => Some(CallEnd::Declined),
        (Some("busy"), _) | (Some("failed"), Some(486 | 600)) => Some(CallEnd::Busy),
        (Some("no-answer"), _) | (Some("failed"), Some(408 | 480 | 487)) => Some(CallEnd::NoAnswer),
        (Some("failed"), _) => Some(CallEnd::Failed),
        _ => None,
    };
    report.dialled = match posted.dial_call_status.as_deref() {
        Some("completed") => Dialled::Taken,
        Some("busy" | "no-answer" | "failed" | "canceled" | "cancelled") => Dialled::Untaken,
        _ => Dialled::Progress,
    };
    Ok(report)
}
