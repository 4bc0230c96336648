//! Opens what lies on disk: conversations, enrolments, the audit record. For `serve` and for the commands beside it.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, anyhow};

use crate::audit_log::sqlite::{AuditKeys, SqliteAuditLog};
use crate::config::tenants::{DirectoryConfig, TenantConfig};
use crate::config::{Config, files};
use crate::directory::ldap::LdapDirectory;
use crate::disk::later::LARGE;
use crate::flow::set::FlowSet;
use crate::model::time::Timestamp;
use crate::ports::clock::Clock;
use crate::ports::directory::Directory;
use crate::registry::sqlite::{RegistryKeys, SqliteRegistry};
use crate::store::keyring::Keeper;
use crate::store::sled_store::{self, SledStore};
use crate::text::catalog::Catalog;

/// The long-lived files of an installation, in its `data` folder.
const REGISTRY: &str = "registry.sqlite";
const AUDIT: &str = "audit.sqlite";

/// Where the registry of a configuration lies.
pub fn registry_path(config: &Config) -> PathBuf {
    config.data.join(REGISTRY)
}

/// Where the audit record of a configuration lies.
pub fn audit_path(config: &Config) -> PathBuf {
    config.data.join(AUDIT)
}

pub fn registry(config: &Config) -> anyhow::Result<Arc<SqliteRegistry>> {
    folder(config)?;
    let path = registry_path(config);
    Ok(Arc::new(SqliteRegistry::open(&path, registry_keys(config)).with_context(|| path.display().to_string())?))
}

pub fn audit(config: &Config) -> anyhow::Result<Arc<SqliteAuditLog>> {
    folder(config)?;
    Ok(Arc::new(SqliteAuditLog::open(&audit_path(config), audit_keys(config))?))
}

fn registry_keys(config: &Config) -> RegistryKeys {
    RegistryKeys { sealer: config.keys.sealer(Keeper::Registry), lookup: config.keys.lookup(Keeper::Registry) }
}

fn audit_keys(config: &Config) -> AuditKeys {
    AuditKeys { macs: config.keys.audit_macs(), lookup: config.keys.lookup(Keeper::Audit) }
}

/// The registry for a service, which should answer soon: a large one is looked through while it serves.
pub fn serving_registry(config: &Config) -> anyhow::Result<Arc<SqliteRegistry>> {
    folder(config)?;
    let path = registry_path(config);
    let registry = SqliteRegistry::open_looking(&path, registry_keys(config), LARGE);
    Ok(Arc::new(registry.with_context(|| path.display().to_string())?))
}

/// The audit record for a service, in the same way.
pub fn serving_audit(config: &Config) -> anyhow::Result<Arc<SqliteAuditLog>> {
    folder(config)?;
    Ok(Arc::new(SqliteAuditLog::open_looking(&audit_path(config), audit_keys(config), LARGE)?))
}

/// Conversations, and the latest time that was seen when they were written. A damaged folder was moved aside, and that
/// is said.
pub fn store(config: &Config, clock: &Arc<dyn Clock>) -> anyhow::Result<(Arc<SledStore>, Timestamp)> {
    folder(config)?;
    let path = config.data.join(sled_store::FOLDER);
    let (store, opened) = SledStore::open(&path, config.keys.sealer(Keeper::Store), Arc::clone(clock))
        .with_context(|| format!("conversations in {}", path.display()))?;
    if let Some(damage) = opened.quarantined {
        tracing::error!(moved_to = %damage.moved_to.display(), why = %damage.why, "damaged conversations were moved aside");
    }
    Ok((Arc::new(store), opened.seen))
}

pub fn directory(tenant: &TenantConfig, clock: &Arc<dyn Clock>) -> anyhow::Result<Arc<dyn Directory>> {
    let DirectoryConfig::Ldap(ldap) = &tenant.directory;
    let directory = LdapDirectory::new(ldap.clone(), &tenant.tenant, Arc::clone(clock));
    Ok(Arc::new(directory.with_context(|| format!("tenant {}", tenant.tenant.id))?))
}

/// Messages of the configured folder, or those of the program.
pub fn catalog(config: &Config) -> anyhow::Result<Catalog> {
    let messages = files::locales(config.folders.locales.as_deref()).context("the folder of messages")?;
    Catalog::load(&messages)
        .map_err(|faults| anyhow!("the messages have {} fault(s); `ringback check` lists them", faults.len()))
}

/// Scripts of the configured folder, or those of the program; every lint has passed.
pub fn flows(config: &Config, catalog: &Catalog) -> anyhow::Result<FlowSet> {
    let scripts = files::flows(config.folders.flows.as_deref()).context("the folder of flows")?;
    FlowSet::load(&scripts, Some(catalog))
        .map_err(|findings| anyhow!("the flows have {} finding(s); `ringback check` lists them", findings.len()))
}

fn folder(config: &Config) -> anyhow::Result<()> {
    std::fs::create_dir_all(&config.data).with_context(|| format!("the data folder {}", config.data.display()))
}
