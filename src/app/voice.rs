//! Wires telephones: bindings for the routes, one channel for all of them, and whoever places calls.

use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;

use crate::channels::voice::address::Place;
use crate::channels::voice::binding::Binding;
use crate::config::voice::{CallsConfig, VoiceConfig};
use crate::model::fault::Fault;
use crate::model::ids::{ChallengeId, LegId, TenantId};
use crate::ports::caller::{Call, Caller};
use crate::ports::clock::Clock;
use crate::ports::messenger::{SendError, TextSender};
use crate::senders::call_hook::CallHook;
use crate::senders::http_hook::HttpHook;
use crate::senders::jambonz::JambonzApi;
use crate::senders::twilio::{AnswerAt, TextTold, TwilioApi};
use crate::senders::vonage::VonageApi;
use crate::verify::keys::Keys;

/// Everything that telephones need, opened.
pub struct Telephones {
    pub bindings: Vec<Binding>,
    /// `None` where no binding places calls.
    pub caller: Option<Arc<dyn Caller>>,
    /// The account that texts leave through, where one does.
    pub texts: Option<Arc<dyn TextSender>>,
}

/// # Errors
/// The binding and its first fault.
pub fn open(
    configs: Vec<VoiceConfig>,
    origin: &str,
    keys: &Arc<Keys>,
    clock: &Arc<dyn Clock>,
) -> Result<Telephones, (String, Fault)> {
    let mut callers: HashMap<TenantId, Arc<dyn Caller>> = HashMap::new();
    let mut texts: Option<Arc<dyn TextSender>> = None;
    let mut bindings = Vec::new();
    for config in configs {
        let (origin, held, name) = (origin.to_owned(), Arc::clone(keys), config.name.clone());
        let (at, of, by) = (origin.clone(), Arc::clone(keys), name.clone());
        let text_told: TextTold =
            Arc::new(move |challenge: &ChallengeId| Place::Text { challenge }.address(&of, &at, &by));
        let answer_at: AnswerAt = Arc::new(move |leg: &LegId| Place::Leg { leg }.address(&held, &origin, &name));
        let section = || format!("voice.{}.calls", config.name);
        let opened: Result<Option<Arc<dyn Caller>>, Fault> = match &config.calls {
            None => Ok(None),
            Some(CallsConfig::Account(dialect, account)) => TwilioApi::new(account, *dialect, answer_at).map(|api| {
                let api = Arc::new(api.telling(text_told));
                if account.texts_from.is_some() {
                    texts = Some(Arc::clone(&api) as _);
                }
                Some(api as _)
            }),
            Some(CallsConfig::Jambonz(account)) => {
                JambonzApi::new(account, answer_at).map(|api| Some(Arc::new(api) as _))
            }
            Some(CallsConfig::Vonage(account)) => {
                VonageApi::new(account, Arc::clone(clock), answer_at).map(|api| Some(Arc::new(api) as _))
            }
            Some(CallsConfig::Hook(hook)) => HttpHook::new(hook, Arc::clone(clock))
                .map(|hook| Some(Arc::new(CallHook::new(Arc::new(hook), answer_at)) as _)),
        };
        if let Some(caller) = opened.map_err(|fault| (section(), fault))? {
            for tenant in config.numbers.values() {
                callers.entry(tenant.clone()).or_insert_with(|| Arc::clone(&caller));
            }
        }
        let VoiceConfig { name, provider, verifier, numbers, calls: _, sound } = config;
        bindings.push(Binding { name, provider, verifier, numbers, sound });
    }
    let caller = (!callers.is_empty()).then(|| Arc::new(Callers(callers)) as _);
    Ok(Telephones { bindings, caller, texts })
}

/// Every institution is called from a number of its own.
struct Callers(HashMap<TenantId, Arc<dyn Caller>>);

#[async_trait]
impl Caller for Callers {
    async fn call(&self, call: &Call) -> Result<(), SendError> {
        match self.0.get(&call.tenant) {
            Some(caller) => caller.call(call).await,
            None => Err(SendError::Dead { why: "this institution places no calls".to_owned() }),
        }
    }
}
