//! Ways to verify, and which of them share a fate.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A way to verify a person.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    Email,
    Sms,
    CallMobile,
    CallOffice,
    Push,
    Totp,
    Questions,
}

/// What falls together when it falls: one SIM swap takes texts and calls alike.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub enum Family {
    Telephone,
    Mail,
    App,
    Knowledge,
}

impl Method {
    pub const ALL: [Method; 7] = [
        Method::Email,
        Method::Sms,
        Method::CallMobile,
        Method::CallOffice,
        Method::Push,
        Method::Totp,
        Method::Questions,
    ];

    pub fn family(self) -> Family {
        match self {
            Method::Email => Family::Mail,
            Method::Sms | Method::CallMobile | Method::CallOffice => Family::Telephone,
            Method::Push | Method::Totp => Family::App,
            Method::Questions => Family::Knowledge,
        }
    }

    /// As written in files: `call_mobile`.
    pub fn name(self) -> &'static str {
        match self {
            Method::Email => "email",
            Method::Sms => "sms",
            Method::CallMobile => "call_mobile",
            Method::CallOffice => "call_office",
            Method::Push => "push",
            Method::Totp => "totp",
            Method::Questions => "questions",
        }
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
