//! `ringback keys`: the root keys of an installation.

use std::path::PathBuf;

use clap::Subcommand;

use crate::cli::fault::{Exit, Fault};
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
            println!("{} now seals with key {version}; restart or reload the service to use it.", file.display());
        }
    }
    Ok(Exit::Ok)
}
