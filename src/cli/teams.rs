//! `ringback teams manifest`: the app package that an administrator gives to Teams.

use std::path::PathBuf;

use anyhow::Context;
use clap::{Args, Subcommand};

use crate::app::open;
use crate::channels::teams::package::{Wish, package};
use crate::cli::fault::{Exit, Fault};
use crate::cli::serve::load;

#[derive(Subcommand)]
pub enum Teams {
    Manifest(Manifest),
}

/// Write the app package of a [teams.<name>]: a zip with a manifest and two pictures.
#[derive(Args)]
pub struct Manifest {
    /// The configuration of `serve`.
    file: PathBuf,
    /// Which app, where the configuration has several.
    #[arg(long)]
    name: Option<String>,
    /// Where to write.
    #[arg(short, long, default_value = "teams.zip")]
    output: PathBuf,
    /// Let it be put into teams and group chats too, where it says one sentence and points to a private chat.
    #[arg(long)]
    groups: bool,
}

pub fn run(command: &Teams) -> anyhow::Result<Exit> {
    let Teams::Manifest(manifest) = command;
    let config = load(&manifest.file)?;
    let wanted: Vec<_> = config
        .teams
        .iter()
        .filter(|app| manifest.name.as_ref().is_none_or(|name| *name == app.identity.name))
        .collect();
    let [app] = wanted[..] else {
        let names: Vec<&str> = config.teams.iter().map(|app| app.identity.name.as_str()).collect();
        let what = match names.is_empty() {
            true => "the configuration has no section [teams.<name>]".to_owned(),
            false => format!("which app is meant is not clear; there are {}", names.join(", ")),
        };
        let remedy = "add one as docs/channels/teams.md says, or name one with --name";
        return Err(Fault::new(Exit::Usage, what, remedy).into());
    };
    let tenant = config.tenants.iter().find(|tenant| tenant.tenant.id == app.identity.tenant);
    let tenant = &tenant.context("an app of no institution")?.tenant;
    let catalog = open::catalog(&config)?;
    let bytes = package(
        &catalog,
        &Wish {
            app: &app.identity.app,
            name: &tenant.name,
            accent: &tenant.brand.accent,
            public_url: &config.public_url,
            language: tenant.languages.first().context("an institution without a language")?,
            groups: manifest.groups,
        },
    );
    std::fs::write(&manifest.output, bytes).with_context(|| format!("writing {}", manifest.output.display()))?;
    println!(
        "{} is the app package of {}; upload it in the Teams admin center.",
        manifest.output.display(),
        tenant.name
    );
    Ok(Exit::Ok)
}
