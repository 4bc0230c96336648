//! The form that Twilio posts, and those that do it like Twilio; the same fields as JSON where that is configured.

use serde::de::{self, Deserializer, MapAccess, Visitor};

use crate::channels::voice::report::{Dialled, Malformed, Report};
use crate::runtime::calls::CallEnd;

/// Fields of a form or of a flat JSON object; those that we know, each at most once.
#[derive(Default)]
struct Fields {
    known: [Option<String>; NAMES.len()],
}

const NAMES: [&str; 11] = [
    "CallSid",
    "From",
    "To",
    "Digits",
    "CallStatus",
    "AnsweredBy",
    "SipResponseCode",
    "DialCallStatus",
    "DialBridged",
    "MessageStatus",
    "SmsStatus",
];

pub fn read(content_type: &str, body: &[u8]) -> Result<Report, Malformed> {
    let fields = Fields::read(content_type, body)?;
    let [call, from, to, digits, status, answered_by, sip, dialled, bridged, _, _] = fields.known;
    let mut report = Report::new(call)?.between(from.as_deref(), to.as_deref()).keyed(digits)?;
    let machine = answered_by.is_some_and(|by| by.starts_with("machine") || by == "fax");
    // A call that was declined is `busy` or `failed`; the code behind it tells which.
    let declined = matches!(sip.as_deref(), Some("603" | "607"));
    report.ended = match status.as_deref() {
        Some("completed") if machine => Some(CallEnd::Machine),
        Some("completed") => Some(CallEnd::HungUp),
        Some("busy" | "failed") if declined => Some(CallEnd::Declined),
        Some("busy") => Some(CallEnd::Busy),
        Some("no-answer" | "canceled") => Some(CallEnd::NoAnswer),
        Some("failed") => Some(CallEnd::Failed),
        _ => None,
    };
    report.dialled = match dialled.as_deref() {
        // Hung up while they were told what it is about.
        Some("completed") if bridged.as_deref() == Some("false") => Dialled::Untaken,
        Some("completed" | "answered") => Dialled::Taken,
        Some("busy" | "no-answer" | "failed" | "canceled") => Dialled::Untaken,
        _ => Dialled::Progress,
    };
    Ok(report)
}

/// What became of a text. SignalWire and older accounts use the second name.
pub fn message_status(content_type: &str, body: &[u8]) -> Result<String, Malformed> {
    let [.., status, former] = Fields::read(content_type, body)?.known;
    status.or(former).ok_or(Malformed)
}

impl Fields {
    fn read(content_type: &str, body: &[u8]) -> Result<Self, Malformed> {
        let kind = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        if kind == "application/json" {
            return serde_json::from_slice(body).map_err(|_| Malformed);
        }
        std::str::from_utf8(body).map_err(|_| Malformed)?;
        let mut fields = Fields::default();
        for (name, value) in form_urlencoded::parse(body) {
            fields.put(&name, value.into_owned())?;
        }
        Ok(fields)
    }

    fn put(&mut self, name: &str, value: String) -> Result<(), Malformed> {
        let Some(at) = NAMES.iter().position(|known| *known == name) else { return Ok(()) };
        if self.known[at].replace(value).is_some() { Err(Malformed) } else { Ok(()) }
    }
}

impl<'de> de::Deserialize<'de> for Fields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Flat;
        impl<'de> Visitor<'de> for Flat {
            type Value = Fields;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields, A::Error> {
                let mut fields = Fields::default();
                while let Some(name) = map.next_key::<String>()? {
                    let value = map.next_value::<serde_json::Value>()?;
                    if let serde_json::Value::String(value) = value {
                        fields.put(&name, value).map_err(de::Error::custom)?;
                    }
                }
                Ok(fields)
            }
        }
        deserializer.deserialize_map(Flat)
    }
}
