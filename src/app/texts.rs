//! Wires `[sms]`: texts leave through the institution's own gateway, which says at addresses of ours what became of them.

use std::sync::Arc;

use axum::Router;
use zeroize::Zeroizing;

use crate::channels::text_told;
use crate::model::fault::Fault;
use crate::ports::clock::Clock;
use crate::ports::messenger::TextSender;
use crate::runtime::turn::Inbox;
use crate::senders::http_hook::{HookConfig, HttpHook};
use crate::senders::text_hook::TextHook;
use crate::verify::keys::Keys;

/// The gateway, opened.
pub struct Gateway {
    pub sender: Arc<dyn TextSender>,
    /// What it signs its word with.
    secret: Zeroizing<String>,
}

/// # Errors
/// The first fault of the section.
pub fn open(config: &HookConfig, origin: &str, keys: &Arc<Keys>, clock: &Arc<dyn Clock>) -> Result<Gateway, Fault> {
    let secret = config.secret().map_err(|why| Fault::at("secret_file", why))?;
    let (origin, keys) = (origin.to_owned(), Arc::clone(keys));
    let hook = TextHook::new(Arc::new(HttpHook::new(config, Arc::clone(clock))?));
    let sender = hook.telling(Arc::new(move |code| text_told::address(&keys, &origin, code)));
    Ok(Gateway { sender: Arc::new(sender), secret })
}

impl Gateway {
    /// Where it says what became of a text.
    pub fn routes(self, origin: &str, keys: &Arc<Keys>, clock: &Arc<dyn Clock>, inbox: Inbox) -> Router {
        let (keys, clock) = (Arc::clone(keys), Arc::clone(clock));
        text_told::routes(text_told::Parts { origin: origin.to_owned(), secret: self.secret, keys, clock, inbox })
    }
}
