//! What the demo's messaging platforms share: the screen of one person at every institution, and news of it.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::Value;
use tokio::sync::watch;

use crate::channels::demo::messenger::{Bubble, Key};
use crate::model::ids::TenantId;

/// How long the page waits for an answer.
const PATIENCE: Duration = Duration::from_millis(2_500);

pub struct Screens {
    shown: Mutex<HashMap<TenantId, Vec<Bubble>>>,
    news: watch::Sender<u64>,
}

impl Default for Screens {
    fn default() -> Self {
        Self { shown: Mutex::default(), news: watch::Sender::new(0) }
    }
}

impl Screens {
    /// What is on the person's screen, oldest first.
    pub fn of(&self, tenant: &TenantId) -> Vec<Bubble> {
        self.lock().get(tenant).cloned().unwrap_or_default()
    }

    pub fn show(&self, tenant: &TenantId, bubble: Bubble) {
        self.lock().entry(tenant.clone()).or_default().push(bubble);
        self.news.send_modify(|n| *n += 1);
    }

    /// Something else stands where the newest one was for which this holds.
    pub fn replace(&self, tenant: &TenantId, bubble: Bubble, holds: impl Fn(&Bubble) -> bool) {
        let mut shown = self.lock();
        let old = shown.get_mut(tenant).and_then(|shown| shown.iter_mut().rev().find(|bubble| holds(bubble)));
        if let Some(old) = old {
            *old = bubble;
        }
        drop(shown);
        self.news.send_modify(|n| *n += 1);
    }

    /// What the person does, and what follows: `delivered` says whether the service took it.
    pub async fn answered(&self, tenant: &TenantId, text: String, what: &Value, delivered: impl Future<Output = bool>) {
        self.show(tenant, Bubble { mine: true, text, buttons: Vec::new(), payload: pretty(what) });
        let mut news = self.news.subscribe();
        news.borrow_and_update();
        if delivered.await {
            // An answer comes, or the page comes back without it.
            let _ = tokio::time::timeout(PATIENCE, news.changed()).await;
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<TenantId, Vec<Bubble>>> {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A message of the service.
pub fn bubble(text: String, buttons: Vec<Key>, payload: &Value) -> Bubble {
    Bubble { mine: false, text, buttons, payload: pretty(payload) }
}

/// A part that is a text; nothing otherwise.
pub fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// The parts of a list; none otherwise.
pub fn list(value: &Value) -> Vec<Value> {
    value.as_array().cloned().unwrap_or_default()
}

/// Seconds since 1970.
pub fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}
