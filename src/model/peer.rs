//! Where a conversation happens: a channel address, never a person.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::ids::TenantId;

/// A way in. The same flows run on all of them.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub enum Channel {
    Terminal,
    Browser,
    /// A telephone call; call legs arrive here.
    Voice,
    Telegram,
    Discord,
    Teams,
}

impl Channel {
    pub fn name(self) -> &'static str {
        match self {
            Channel::Terminal => "terminal",
            Channel::Browser => "browser",
            Channel::Voice => "voice",
            Channel::Telegram => "telegram",
            Channel::Discord => "discord",
            Channel::Teams => "teams",
        }
    }

    /// A platform of somebody else's: every message is a request over the network, their number is limited, and one that
    /// may have arrived is not sent again.
    pub fn is_remote(self) -> bool {
        match self {
            Channel::Telegram | Channel::Discord | Channel::Teams => true,
            Channel::Terminal | Channel::Browser | Channel::Voice => false,
        }
    }
}

/// A channel address. The same user id on another channel, bot or tenant is another peer (ASVS 6.8.1).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Peer {
    pub tenant: TenantId,
    pub channel: Channel,
    /// Bot id, dialled number or host.
    pub bot: String,
    pub user: String,
}

impl fmt::Debug for Peer {
    /// Without the user id: `Debug` ends up in logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Peer({}/{}/..)", self.tenant, self.channel.name())
    }
}

/// What a channel can carry. A private page is not a surface: it carries one form and never runs a flow.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Surface {
    Chat,
    Voice,
    /// A place that others read: one public sentence, then a private chat.
    Group,
}

/// A language we ship, by its BCP 47 tag (`en`, `ms`, `zh-Hans`).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct Language(pub String);

impl Language {
    pub fn tag(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
