//! `ringback discord register`: tells Discord the slash commands.

use std::path::PathBuf;

use anyhow::Context;
use clap::{Args, Subcommand};

use crate::app::discord_check;
use crate::cli::fault::{Exit, Fault};
use crate::cli::serve::load;

#[derive(Subcommand)]
pub enum Discord {
    Register(Register),
}

/// Tell Discord the slash commands of every application of the configuration, described in every language. Commands that
/// were there before are replaced; the running service is not touched.
#[derive(Args)]
pub struct Register {
    /// The configuration of `serve`.
    file: PathBuf,
}

pub fn run(command: &Discord) -> anyhow::Result<Exit> {
    let Discord::Register(register) = command;
    let config = load(&register.file)?;
    if config.discord.is_empty() {
        let what = "the configuration has no section [discord.<name>]";
        return Err(Fault::new(Exit::Usage, what, "add it; docs/channels/discord.md begins there").into());
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().context("starting to register")?;
    for section in &config.discord {
        let registered = runtime.block_on(discord_check::register(&config, section));
        match registered? {
            Ok(n) => println!("discord.{}: {n} commands are registered.", section.name),
            Err(error) => {
                let what = format!("discord.{}: {error}", section.name);
                let remedy =
                    format!("compare discord.{}.token_file and application_id with Discord's pages", section.name);
                return Err(Fault::new(Exit::Unavailable, what, remedy).into());
            }
        }
    }
    Ok(Exit::Ok)
}
