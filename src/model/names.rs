//! Names that scripts and locales use: one validated shape, so that stray prose in a script is an error.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize};

/// Longest accepted name; scripts read badly long before.
pub const MAX_NAME: usize = 64;

/// Declares a name type of the shape `[a-z0-9_-]+`, checked where it is parsed.
macro_rules! script_name {
    ($(#[$doc:meta] $name:ident),+ $(,)?) => {$(
        #[$doc]
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
        pub struct $name(String);

        impl $name {
            /// Takes a name of 1 to 64 characters of `[a-z0-9_-]`.
            pub fn parse(text: &str) -> Result<Self, BadName> {
                check(text)?;
                Ok(Self(text.to_owned()))
            }

            /// For names written in code; the shape is checked by tests, not at run time.
            pub fn of(text: &'static str) -> Self {
                debug_assert!(check(text).is_ok(), "{text} is not a name");
                Self(text.to_owned())
            }

            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                Self::parse(&text).map_err(serde::de::Error::custom)
            }
        }

        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({ "type": "string", "pattern": "^[a-z0-9_-]{1,64}$" })
            }
        }
    )+};
}

script_name! {
    /// A flow: `reset`, `gate_code`.
    FlowId,
    /// A named node of a flow.
    StateId,
    /// A way out of a flow, and of the node that called it.
    EndId,
    /// A message in `locales/`: `reset-intro`.
    MessageKey,
    /// What a person may pick in a menu; stable across languages.
    OptionKey,
    /// A typed place for one answer.
    SlotId,
    /// The name of an argument inside a message.
    ArgName,
}

/// Says which character or length a name may not have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a name: use 1 to {MAX_NAME} characters of a-z, 0-9, `_` and `-`")]
pub struct BadName {
    text: String,
}

fn check(text: &str) -> Result<(), BadName> {
    let fits = !text.is_empty() && text.len() <= MAX_NAME;
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == '-';
    if fits && text.chars().all(plain) {
        return Ok(());
    }
    let shown: String = text.chars().take(MAX_NAME).collect();
    Err(BadName { text: shown })
}
