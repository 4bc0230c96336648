//! What a run may do at most; proofs are made for one purpose and serve no other.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The privileged end of a service flow.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    ResetPassword,
    UnlockAccount,
}

impl Purpose {
    pub fn name(self) -> &'static str {
        match self {
            Purpose::ResetPassword => "reset_password",
            Purpose::UnlockAccount => "unlock_account",
        }
    }
}

impl fmt::Display for Purpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
