//! `ringback explain`: which policy of an institution applies, and where each value comes from.

mod sheet;

use std::path::PathBuf;

use clap::Args;

use crate::cli::explain::sheet::Sheet;
use crate::cli::fault::{Exit, Fault};
use crate::config::fault::ConfigFault;
use crate::config::tenant::{TenantFile, shipped_file};
use crate::config::{Config, files};
use crate::text::catalog::Catalog;

/// Say which policy applies to an institution or to one user name, and why.
#[derive(Args)]
pub struct Explain {
    /// The institution's id, such as `apu`.
    #[arg(long)]
    tenant: String,
    /// A user name: says which population it belongs to. No directory is asked.
    #[arg(long)]
    user: Option<String>,
    /// Take the institution as this configuration has it; without, one that ships.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

pub fn run(explain: &Explain) -> anyhow::Result<Exit> {
    let (file, catalog) = match &explain.config {
        Some(path) => configured(path, &explain.tenant)?,
        None => shipped(&explain.tenant)?,
    };
    print!("{}", Sheet::of(&file, &catalog, explain.user.as_deref()));
    Ok(Exit::Ok)
}

fn shipped(id: &str) -> anyhow::Result<(TenantFile, Catalog)> {
    let catalog = Catalog::shipped().map_err(|faults| anyhow::anyhow!("messages in the program: {}", faults.len()))?;
    let file = shipped_file(id, catalog.languages()).ok_or_else(|| unknown(id))?;
    Ok((file.map_err(|faults| first(&faults))?, catalog))
}

fn configured(path: &std::path::Path, id: &str) -> anyhow::Result<(TenantFile, Catalog)> {
    let config = Config::load(path).map_err(|faults| first(&faults))?;
    let messages = files::locales(config.folders.locales.as_deref())?;
    let catalog = Catalog::load(&messages).map_err(|faults| {
        let remedy = "run `ringback check` with this configuration; it lists them";
        Fault::new(Exit::Findings, format!("the messages have {} fault(s)", faults.len()), remedy)
    })?;
    let found = config.tenants.into_iter().find(|tenant| tenant.tenant.id.0 == id).ok_or_else(|| unknown(id))?;
    Ok((TenantFile { file: found.file, tenant: found.tenant, findings: found.findings }, catalog))
}

fn unknown(id: &str) -> Fault {
    let remedy = "name one that ships (apu, imu, office365, aps) or give the configuration that has it";
    Fault::new(Exit::Usage, format!("there is no institution `{id}`"), remedy)
}

/// All of them are what `ringback config check` is for.
fn first(faults: &[ConfigFault]) -> Fault {
    let what = faults.first().map_or_else(String::new, |fault| format!("`{}` {}", fault.key, fault.what));
    let remedy = format!("run `ringback config check`: {} fault(s) in all", faults.len());
    let place = faults.first().map_or_else(String::new, |fault| fault.file.display().to_string());
    Fault::new(Exit::Findings, what, remedy).at(place)
}
