//! `ringback keys`: the root keys of an installation.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::Subcommand;

use crate::app::open;
use crate::audit_log::verdict;
use crate::cli::fault::{Exit, Fault};
use crate::cli::serve::load;
use crate::cli::signal;
use crate::config::Config;
use crate::runtime::system::SystemEntropy;
use crate::store::keyring::KeyRing;

#[derive(Subcommand)]
pub enum Keys {
    /// Write a new key ring to a file that only you can read.
    New {
        /// Where to; an existing file is never overwritten.
        file: PathBuf,
    },
    /// Add a key to a ring and use it from now on; older records stay readable.
    Rotate { file: PathBuf },
    /// Tell what is sealed with which key, and which key may leave the ring. The service may run meanwhile.
    Status {
        /// The configuration of this installation.
        #[arg(long, value_name = "FILE")]
        config: PathBuf,
    },
}

pub fn run(keys: Keys) -> anyhow::Result<Exit> {
    match keys {
        Keys::New { file } => {
            KeyRing::create(&file, &SystemEntropy).map_err(|error| {
                Fault::new(Exit::Unavailable, error.to_string(), "name a file that does not exist yet")
            })?;
            println!(
                "New keys are in {}. Keep a copy: without them nothing that is stored can be read.",
                file.display()
            );
        }
        Keys::Rotate { file } => {
            let version = KeyRing::rotate(&file, &SystemEntropy).map_err(|error| {
                Fault::new(Exit::Unavailable, error.to_string(), "name the key ring of this installation")
            })?;
            println!("{} now seals with key {version}; restart the service to use it.", file.display());
            println!("It then seals anew what it keeps; `ringback keys status` tells when an older key may leave.");
        }
        Keys::Status { config } => return status(&load(&config)?),
    }
    Ok(Exit::Ok)
}

fn status(config: &Config) -> anyhow::Result<Exit> {
    let (ids, active) = config.keys.versions_of_keys();
    let (registry, audit) = signal::runtime()?.block_on(async {
        let registry = open::registry(config)?.by_key().await?;
        anyhow::Ok((registry, verdict::by_key(&open::audit_path(config))?))
    })?;
    let of = |rows: &BTreeMap<u32, u64>, id| rows.get(&id).copied().unwrap_or(0);
    for id in ids {
        let (enrolments, rows) = (of(&registry, id), of(&audit, id));
        let advice = match (id == active, enrolments, rows) {
            (true, ..) => "seals now",
            (false, 0, 0) => "may leave the ring once the service was restarted with the new key",
            (false, 0, _) => "is needed to verify the audit record",
            (false, ..) => "is needed: the running service seals these enrolments anew",
        };
        println!("key {id}: {enrolments} enrolments, {rows} audit rows; {advice}");
    }
    println!("Conversations are sealed anew whenever the service starts.");
    let lost: Vec<u32> = registry.keys().chain(audit.keys()).copied().filter(|id| !of_ring(config, *id)).collect();
    match lost.first() {
        None => Ok(Exit::Ok),
        Some(id) => {
            println!("key {id} is not in the ring, and something is sealed with it: bring it back.");
            Ok(Exit::Findings)
        }
    }
}

fn of_ring(config: &Config, id: u32) -> bool {
    config.keys.versions_of_keys().0.contains(&id)
}
