//! `ringback config check`: every fault of a configuration and of the files it names, all in one run.

use std::path::PathBuf;

use anyhow::Context;
use clap::{Args, Subcommand};
use serde_json::json;

use crate::cli::fault::Exit;
use crate::config::Config;
use crate::config::fault::ConfigFault;

#[derive(Subcommand)]
pub enum ConfigCommand {
    Check(Check),
}

/// Read a configuration as `serve` would, and start nothing.
#[derive(Args)]
pub struct Check {
    /// The file; `examples/ringback.toml` is a start and describes every key.
    file: PathBuf,
    /// Print the findings as JSON.
    #[arg(long)]
    json: bool,
}

pub fn run(command: &ConfigCommand) -> anyhow::Result<Exit> {
    let ConfigCommand::Check(check) = command;
    let (faults, warnings, tenants) = match Config::load(&check.file) {
        Ok(config) => {
            let tenants = config.tenants.iter().map(|tenant| tenant.tenant.id.to_string()).collect::<Vec<_>>();
            (Vec::new(), config.warnings, tenants)
        }
        Err(faults) => (faults, Vec::new(), Vec::new()),
    };
    if check.json {
        let all = |list: &[ConfigFault]| list.iter().map(as_json).collect::<Vec<_>>();
        let report = json!({ "errors": all(&faults), "warnings": all(&warnings), "tenants": tenants });
        println!("{}", serde_json::to_string_pretty(&report).context("findings as JSON")?);
    } else {
        for fault in &faults {
            println!("{}\n", words("error", fault));
        }
        for warning in &warnings {
            println!("{}\n", words("warning", warning));
        }
        println!("{}", summary(faults.len(), warnings.len(), &tenants));
    }
    Ok(if faults.is_empty() { Exit::Ok } else { Exit::Findings })
}

/// What, where, what to do. The line itself is not shown: somebody may have written a secret there.
fn words(kind: &str, fault: &ConfigFault) -> String {
    let what = if fault.key.is_empty() { fault.what.clone() } else { format!("`{}` {}", fault.key, fault.what) };
    let line = fault.line.map_or(String::new(), |line| format!(":{line}"));
    format!("{kind}: {what}\n  at {}{line}\n  do {}", fault.file.display(), fault.remedy)
}

fn summary(faults: usize, warnings: usize, tenants: &[String]) -> String {
    match (faults, warnings) {
        (0, 0) => format!("No faults. Serves {}.", tenants.join(", ")),
        (0, warnings) => format!("No errors, {warnings} warning(s). Serves {}.", tenants.join(", ")),
        (faults, _) => format!("{faults} error(s): `serve` would not start."),
    }
}

fn as_json(fault: &ConfigFault) -> serde_json::Value {
    json!({
        "file": fault.file.display().to_string(),
        "line": fault.line,
        "key": fault.key,
        "what": fault.what,
        "remedy": fault.remedy,
    })
}
