//! What a provider says of a text that left through it: it did not arrive, or anything else.

use serde::Deserialize;

use crate::channels::voice::provider::Provider;
use crate::channels::voice::report::{Malformed, object, twilio};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TextFate {
    /// The network gave it up.
    Lost,
    /// On its way, there, or nobody knows.
    Other,
}

/// Telnyx: an event around the message. A number is one of several in its form; ours is alone.
#[derive(Deserialize)]
struct Told {
    data: Data,
}

#[derive(Deserialize)]
struct Data {
    event_type: Option<String>,
    payload: Payload,
}

#[derive(Deserialize)]
struct Payload {
    #[serde(default)]
    to: Vec<Addressee>,
}

#[derive(Deserialize)]
struct Addressee {
    status: Option<String>,
}

/// Whether a provider tells this with a body of this type.
pub fn takes(provider: Provider, content_type: &str) -> bool {
    match provider {
        // Calls are told by form there, texts are not.
        Provider::Telnyx => content_type.split(';').next().unwrap_or_default().trim() == "application/json",
        Provider::Twilio | Provider::SignalWire => provider.takes(content_type),
        Provider::Jambonz | Provider::Vonage => false,
    }
}

/// # Errors
/// When it is no such report.
pub fn read(provider: Provider, content_type: &str, body: &[u8]) -> Result<TextFate, Malformed> {
    let lost = match provider {
        Provider::Twilio | Provider::SignalWire => {
            let status = twilio::message_status(content_type, body)?;
            matches!(&*status, "undelivered" | "failed")
        }
        Provider::Telnyx => {
            let Told { data } = object(body)?;
            let gone = |to: &Addressee| matches!(to.status.as_deref(), Some("delivery_failed" | "sending_failed"));
            data.event_type.as_deref() == Some("message.finalized") && data.payload.to.iter().any(gone)
        }
        Provider::Jambonz | Provider::Vonage => return Err(Malformed),
    };
    Ok(if lost { TextFate::Lost } else { TextFate::Other })
}
