//! Which provider carries a call, and what differs between them.

use crate::channels::voice::document::{Document, Voice};
use crate::channels::voice::report::{self, Malformed, Report};
use crate::channels::voice::{jambonz, twiml, vonage};
use crate::model::peer::Language;

/// Those that we speak with.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Provider {
    Twilio,
    SignalWire,
    Telnyx,
    Jambonz,
    Vonage,
}

impl Provider {
    pub const ALL: [Provider; 5] =
        [Provider::Twilio, Provider::SignalWire, Provider::Telnyx, Provider::Jambonz, Provider::Vonage];

    /// As the configuration writes it.
    pub fn name(self) -> &'static str {
        match self {
            Provider::Twilio => "twilio",
            Provider::SignalWire => "signalwire",
            Provider::Telnyx => "telnyx",
            Provider::Jambonz => "jambonz",
            Provider::Vonage => "vonage",
        }
    }

    pub fn parse(text: &str) -> Result<Self, &'static str> {
        Self::ALL.into_iter().find(|provider| provider.name() == text).ok_or("not a provider that we speak with")
    }

    pub fn content_type(self) -> &'static str {
        match self {
            Provider::Twilio | Provider::SignalWire | Provider::Telnyx => twiml::CONTENT_TYPE,
            Provider::Jambonz => jambonz::CONTENT_TYPE,
            Provider::Vonage => vonage::CONTENT_TYPE,
        }
    }

    /// Who speaks a language where the configuration names nobody.
    pub fn usual_voice(self, language: &Language) -> Voice {
        let (region, name) = match (self, language.tag()) {
            (_, "en") => ("en-GB", None),
            // The basic voices of Twilio speak no Malay, and a voice that cannot say a language ends the call.
            (Provider::Twilio, "ms") => ("ms-MY", Some("Google.ms-MY-Standard-A")),
            (_, "ms") => ("ms-MY", None),
            (_, tag) => (tag, None),
        };
        Voice { language: region.to_owned(), name: name.map(str::to_owned), vendor: None }
    }

    pub fn render(self, document: &Document) -> String {
        match self {
            Provider::Twilio | Provider::SignalWire | Provider::Telnyx => twiml::render(document),
            Provider::Jambonz => jambonz::render(document),
            Provider::Vonage => vonage::render(document),
        }
    }

    /// Whether a body of this type is one of its own.
    pub fn takes(self, content_type: &str) -> bool {
        let name = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        let (form, json) = (name == "application/x-www-form-urlencoded", name == "application/json");
        match self {
            Provider::Twilio | Provider::SignalWire => form || json,
            Provider::Telnyx => form,
            Provider::Jambonz | Provider::Vonage => json,
        }
    }

    /// Whether the end of a call, told where a transfer is asked about, is that of the caller's own call.
    pub fn tells_own_end(self) -> bool {
        self != Provider::Vonage
    }

    /// A report of progress of no call: what changes nothing when it arrives, and its type.
    pub fn probe(self) -> (&'static str, &'static str) {
        match self {
            Provider::Twilio | Provider::SignalWire | Provider::Telnyx => {
                ("application/x-www-form-urlencoded", "CallSid=ringback-check&CallStatus=ringing")
            }
            Provider::Jambonz => ("application/json", r#"{"call_sid":"ringback-check","call_status":"ringing"}"#),
            Provider::Vonage => ("application/json", r#"{"conversation_uuid":"ringback-check","status":"ringing"}"#),
        }
    }

    /// Reads a request whose signature was checked.
    pub fn read(self, content_type: &str, body: &[u8]) -> Result<Report, Malformed> {
        match self {
            Provider::Twilio | Provider::SignalWire | Provider::Telnyx => report::twilio::read(content_type, body),
            Provider::Jambonz => report::jambonz::read(body),
            Provider::Vonage => report::vonage::read(body),
        }
    }
}
