//! Puts a meter in front of every port: how long calls take and how they end. It changes nothing of what they do.

mod audit_log;
mod directory;
mod registry;
mod senders;
mod store;

use std::sync::Arc;
use std::time::Instant;

use crate::metrics::Metrics;
use crate::metrics::catalog::Metric;
use crate::runtime::observe::audit_log::ObservedAuditLog;
use crate::runtime::observe::directory::ObservedDirectory;
use crate::runtime::observe::registry::{ObservedFormer, ObservedRegistry};
use crate::runtime::observe::senders::{ObservedChannel, ObservedDesk, ObservedMail, ObservedTexts};
use crate::runtime::observe::store::ObservedStore;
use crate::runtime::parts::Parts;

/// The same parts, each behind its meter.
pub fn observed(mut parts: Parts, metrics: &Arc<Metrics>) -> Parts {
    let meter = || Meter(Arc::clone(metrics));
    parts.store = Arc::new(ObservedStore { inner: parts.store, meter: meter() });
    parts.registry = Arc::new(ObservedRegistry { inner: parts.registry, meter: meter() });
    parts.former = parts.former.map(|inner| Arc::new(ObservedFormer { inner, meter: meter() }) as _);
    parts.audit = Arc::new(ObservedAuditLog { inner: parts.audit, meter: meter() });
    for (id, tenant) in &mut parts.tenants {
        let inner = Arc::clone(&tenant.directory);
        tenant.directory = Arc::new(ObservedDirectory { inner, tenant: id.0.clone(), meter: meter() });
    }
    parts.mail = parts.mail.map(|inner| Arc::new(ObservedMail { inner, meter: meter() }) as _);
    parts.text_sender = parts.text_sender.map(|inner| Arc::new(ObservedTexts { inner, meter: meter() }) as _);
    parts.desk = parts.desk.map(|inner| Arc::new(ObservedDesk { inner, meter: meter() }) as _);
    for (channel, inner) in &mut parts.channels {
        let method = channel.name();
        *inner = Arc::new(ObservedChannel { inner: Arc::clone(inner), method, meter: meter() });
    }
    parts
}

/// Where the observers write.
pub(in crate::runtime) struct Meter(Arc<Metrics>);

impl Meter {
    /// Waits for a call and notes how long it took.
    pub async fn time<T>(&self, metric: Metric, labels: &[&str], call: impl Future<Output = T>) -> T {
        let began = Instant::now();
        let outcome = call.await;
        self.0.took(metric, labels, began.elapsed());
        outcome
    }
}

/// The name under which a variant of a closed set is stored.
fn word(variant: &impl serde::Serialize) -> String {
    match serde_json::to_value(variant) {
        Ok(serde_json::Value::String(name)) => name,
        Ok(serde_json::Value::Object(fields)) => fields.into_iter().next().map(|(name, _)| name).unwrap_or_default(),
        Ok(_) | Err(_) => String::new(),
    }
}
