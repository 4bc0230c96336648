//! Words that work at every question.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A global command. The words for it live in `locales/<tag>/words.ftl`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Command {
    Help,
    Repeat,
    Language,
    Human,
    Cancel,
    Restart,
}
