//! Commands of an operator beside the running service: audit record, accounts, enrolments.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::app::open;
use crate::cli::export::{Format, Wanted};
use crate::cli::fault::{Exit, Fault};
use crate::cli::serve::load;
use crate::cli::{account, audit, export, moment, outbox, registry, signal, story};
use crate::config::Config;
use crate::config::tenants::TenantConfig;
use crate::model::names::OptionKey;
use crate::model::time::Timestamp;
use crate::ports::clock::Clock;
use crate::registry::import::Import;
use crate::runtime::system::SystemClock;

#[derive(Subcommand)]
pub enum Audit {
    /// Check that the audit record is the one that was written. The service may run meanwhile.
    Verify(Where),
    /// Write the audit record to standard output. Accounts stand in it under pseudonyms. The service may run meanwhile.
    Export {
        #[command(flatten)]
        place: Where,
        #[arg(long, value_enum, default_value = "jsonl")]
        format: Format,
        /// From this day or moment on, in UTC: 2026-11-21, or 2026-11-21T09:30:00Z.
        #[arg(long, value_name = "WHEN", value_parser = moment::read)]
        from: Option<Timestamp>,
        /// Up to this day or moment, which is left out.
        #[arg(long, value_name = "WHEN", value_parser = moment::read)]
        until: Option<Timestamp>,
        /// One institution only, such as `apu`.
        #[arg(long)]
        tenant: Option<String>,
    },
    /// Tell one case as a story: what was asked, which checks, why it was refused. The service may run meanwhile.
    Explain {
        #[command(flatten)]
        place: Where,
        /// The case's id or its beginning, as tickets and `audit export` show it.
        case: String,
    },
}

#[derive(Subcommand)]
pub enum Outbox {
    /// List what waits and what was given up: kinds, ages, tries; never what a message says.
    List {
        #[command(flatten)]
        place: Where,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Try a message again now, or all of them.
    Retry {
        #[command(flatten)]
        place: Where,
        /// Its number, as the list shows it.
        #[arg(required_unless_present = "all", conflicts_with = "all")]
        id: Option<u64>,
        /// Everything that waits for a later try or was given up.
        #[arg(long)]
        all: bool,
    },
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
    match command {
        Audit::Verify(place) => {
            let config = load(&place.config)?;
            audit::verify(&open::audit_path(&config), &config.keys.audit_macs())
        }
        Audit::Export { place, format, from, until, tenant } => {
            let config = load(&place.config)?;
            let wanted = Wanted { from: *from, until: *until, tenant: tenant.clone() };
            export::export(&open::audit_path(&config), &wanted, *format, std::io::stdout())
        }
        Audit::Explain { place, case } => {
            story::explain(&open::audit_path(&load(&place.config)?), case, std::io::stdout())
        }
    }
}

pub fn outbox(command: &Outbox) -> anyhow::Result<Exit> {
    let (Outbox::List { place, .. } | Outbox::Retry { place, .. }) = command;
    let config = load(&place.config)?;
    let service = outbox::Service(&config);
    signal::runtime()?.block_on(async {
        match command {
            Outbox::List { json, .. } => outbox::list(&service, SystemClock::default().now(), *json).await,
            Outbox::Retry { id, .. } => outbox::retry(&service, *id).await,
        }
    })
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
    let by_telephone =
        tenant.tenant.questions.as_ref().map(|questions| questions.by_telephone.clone()).unwrap_or_default();
    signal::runtime()?.block_on(async {
        let clock: std::sync::Arc<dyn Clock> = std::sync::Arc::new(SystemClock::default());
        let directory = open::directory(tenant, &clock)?;
        let (registry, audit) = (open::registry(&config)?, open::audit(&config)?);
        let into = Import {
            tenant: &tenant.tenant.id,
            region: &tenant.tenant.region,
            questions: &questions,
            by_telephone: &by_telephone,
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
