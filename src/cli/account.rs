//! `ringback account`: what the service desk may do for one account. It neither sees codes nor chooses passwords.

use crate::audit::{AuditEvent, AuditKind};
use crate::cli::fault::{Exit, Fault};
use crate::cli::operation;
use crate::model::ids::TenantId;
use crate::model::time::Timestamp;
use crate::ports::audit_log::AuditLog;
use crate::ports::directory::Directory;
use crate::ports::registry::Registry;

/// Where a release is looked up, done and put on record.
pub struct Ports<'a> {
    pub directory: &'a dyn Directory,
    pub registry: &'a dyn Registry,
    pub audit: &'a dyn AuditLog,
}

/// Lifts a freeze ("this was not me") and all counters of an account, once the desk has made sure who is asking.
pub async fn release(ports: Ports<'_>, tenant: &TenantId, name: &str, now: Timestamp) -> anyhow::Result<Exit> {
    let found = ports.directory.find(name).await.map_err(|error| {
        Fault::new(Exit::Unavailable, error.to_string(), "try again when the directory answers; nothing was changed")
    })?;
    let Some(account) = found else {
        let what = format!("`{name}` is not in the directory of {tenant}, or there more than once");
        return Err(Fault::new(Exit::Usage, what, "write the user name in full, with its domain").into());
    };
    // On record before it is done: a release that nobody can find later would be worse than one that failed.
    let event = AuditEvent {
        at: now,
        tenant: tenant.clone(),
        run: None,
        channel: None,
        subject: Some(account.id.clone()),
        kind: AuditKind::Released,
    };
    ports.audit.append(&operation::name("release", now)?, &[event]).await?;
    let was_frozen = ports.registry.release(tenant, &account.id).await?;
    match was_frozen {
        true => println!("{name} may use self-service again; all its counters are cleared."),
        false => println!("{name} was not frozen; all its counters are cleared."),
    }
    Ok(Exit::Ok)
}
