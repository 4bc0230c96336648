//! One bot: whose it is, how it sends, what it is called.

use std::sync::OnceLock;

use async_trait::async_trait;

use crate::channels::messaging::draw::Drawn;
use crate::channels::messaging::pace::{Rate, Rates};
use crate::channels::messaging::platform::{Account, Limits, Name, Place};
use crate::channels::telegram::api::Api;
use crate::channels::telegram::message::{LIMITS, send_message};
use crate::model::ids::TenantId;
use crate::ports::messenger::SendError;

/// How fast, by Telegram's own advice: one message a second to a chat, thirty a second to all, short bursts aside.
const RATES: Rates = Rates { chat: Rate { every: 1_000, burst: 4 }, account: Rate { every: 34, burst: 10 } };

pub struct Bot {
    /// As the configuration and the address of its web hook call it.
    pub name: String,
    pub tenant: TenantId,
    pub api: Api,
    /// What Telegram sends with every update: `A-Za-z0-9_-`.
    pub secret: zeroize::Zeroizing<String>,
    username: OnceLock<String>,
}

impl Bot {
    pub fn new(name: String, tenant: TenantId, api: Api, secret: zeroize::Zeroizing<String>) -> Self {
        Self { name, tenant, api, secret, username: OnceLock::new() }
    }

    /// Without the `@`; known once Telegram was asked.
    pub fn username(&self) -> Option<&str> {
        self.username.get().map(String::as_str)
    }

    /// As Telegram says; the first word counts, for a name changes while the service stands still.
    pub fn is_called(&self, username: String) {
        let _ = self.username.set(username);
    }
}

#[async_trait]
impl Account for Bot {
    fn limits(&self) -> Limits {
        LIMITS
    }

    fn rates(&self) -> Rates {
        RATES
    }

    fn private_chat(&self) -> Option<String> {
        self.username().map(|name| format!("https://t.me/{name}?start=menu"))
    }

    async fn post(&self, to: Place<'_>, message: &Drawn, _: Name) -> Result<(), SendError> {
        let (Place::Private(chat) | Place::Group(chat)) = to;
        let Ok(chat) = chat.parse::<i64>() else {
            return Err(SendError::Dead { why: "telegram: no id of a chat".to_owned() });
        };
        self.api.send(&send_message(chat, message)).await
    }
}
