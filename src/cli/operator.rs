//! Commands of an operator beside the running service: audit record, accounts, enrolments.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::app::open;
use crate::cli::fault::{Exit, Fault};
use crate::cli::serve::load;
use crate::cli::{account, audit, registry, signal};
use crate::config::Config;
use crate::config::tenants::TenantConfig;
use crate::model::names::OptionKey;
use crate::ports::clock::Clock;
use crate::registry::import::Import;
use crate::runtime::system::SystemClock;

#[derive(Subcommand)]
pub enum Audit {
    /// Check that the audit record is the one that was written. The service may run meanwhile.
    Verify(Where),
}

#[derive(Subcommand)]
pub enum Account {
    /// Let an account use self-service again after "this was not me", and clear its counters.
    Release {
        #[command(flatten)]
        place: Whose,
        /// The user name in full, with its domain.
        user: String,
    },
}

#[derive(Subcommand)]
pub enum Registry {
    /// Enrol people from a CSV file. Bad rows are listed and left out; a second run doubles nothing.
    Import {
        #[command(flatten)]
        place: Whose,
        /// The file; its first row names the columns.
        file: PathBuf,
    },
}

#[derive(Args)]
pub struct Where {
    /// The configuration of this installation.
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
}

#[derive(Args)]
pub struct Whose {
    #[command(flatten)]
    place: Where,
    /// The institution's id, such as `apu`.
    #[arg(long)]
    tenant: String,
}

pub fn audit(command: &Audit) -> anyhow::Result<Exit> {
    let Audit::Verify(place) = command;
    let config = load(&place.config)?;
    audit::verify(&open::audit_path(&config), &config.keys.audit_macs())
}

pub fn account(command: &Account) -> anyhow::Result<Exit> {
    let Account::Release { place, user } = command;
    let config = load(&place.place.config)?;
    let tenant = tenant(&config, &place.tenant)?;
    signal::runtime()?.block_on(async {
        let clock: std::sync::Arc<dyn Clock> = std::sync::Arc::new(SystemClock::default());
        let directory = open::directory(tenant, &clock)?;
        let (registry, audit) = (open::registry(&config)?, open::audit(&config)?);
        let ports = account::Ports { directory: &*directory, registry: &*registry, audit: &*audit };
        account::release(ports, &tenant.tenant.id, user, clock.now()).await
    })
}

pub fn registry(command: &Registry) -> anyhow::Result<Exit> {
    let Registry::Import { place, file } = command;
    let config = load(&place.place.config)?;
    let tenant = tenant(&config, &place.tenant)?;
    let questions: Vec<OptionKey> =
        tenant.tenant.questions.iter().flat_map(|questions| questions.catalogue.keys().cloned()).collect();
    signal::runtime()?.block_on(async {
        let clock: std::sync::Arc<dyn Clock> = std::sync::Arc::new(SystemClock::default());
        let directory = open::directory(tenant, &clock)?;
        let (registry, audit) = (open::registry(&config)?, open::audit(&config)?);
        let into = Import {
            tenant: &tenant.tenant.id,
            region: &tenant.tenant.region,
            questions: &questions,
            directory: &*directory,
            registry: &*registry,
            now: clock.now(),
        };
        registry::import(file, into, &*audit).await
    })
}

fn tenant<'a>(config: &'a Config, id: &str) -> Result<&'a TenantConfig, Fault> {
    config.tenants.iter().find(|tenant| tenant.tenant.id.0 == id).ok_or_else(|| {
        let known: Vec<&str> = config.tenants.iter().map(|tenant| tenant.tenant.id.0.as_str()).collect();
        let what = format!("this installation does not serve `{id}`");
        Fault::new(Exit::Usage, what, format!("name one of {}", known.join(", ")))
    })
}
