//! `ringback channel check`: whether a way in works from end to end, beside the running service.

use std::path::PathBuf;

use anyhow::Context;
use clap::{Args, Subcommand, ValueEnum};
use serde_json::json;

use crate::app::voice_check::{self, Look};
use crate::app::{discord_check, teams_check, telegram_check};
use crate::cli::fault::{Exit, Fault};
use crate::cli::serve::load;

#[derive(Subcommand)]
pub enum Channel {
    Check(Check),
}

/// Ask the running service what a provider would ask it, and the provider whether it lets us in. Changes nothing.
#[derive(Args)]
pub struct Check {
    /// Which way in.
    #[arg(value_enum)]
    channel: Way,
    /// The configuration of `serve`.
    file: PathBuf,
    /// Print what was found as JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Way {
    /// Telephone calls.
    Voice,
    /// Bots on Telegram.
    Telegram,
    /// Applications on Discord.
    Discord,
    /// Bots in Microsoft Teams.
    Teams,
}

pub fn run(command: &Channel) -> anyhow::Result<Exit> {
    let Channel::Check(check) = command;
    let config = load(&check.file)?;
    let (missing, section, manual, works) = match check.channel {
        Way::Voice => (config.voice.is_empty(), "voice", "telephone", "a call would be answered"),
        Way::Telegram => (config.telegram.is_empty(), "telegram", "telegram", "a message would be answered"),
        Way::Discord => (config.discord.is_empty(), "discord", "discord", "a command would be answered"),
        Way::Teams => (config.teams.is_empty(), "teams", "teams", "a message would be answered"),
    };
    if missing {
        let what = format!("the configuration has no section [{section}.<name>]");
        let remedy = format!("add it; docs/channels/{manual}.md begins there");
        return Err(Fault::new(Exit::Usage, what, remedy).into());
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().context("starting to look")?;
    let looks = runtime.block_on(async {
        match check.channel {
            Way::Voice => voice_check::check(&config).await,
            Way::Telegram => telegram_check::check(&config).await,
            Way::Discord => discord_check::check(&config).await,
            Way::Teams => teams_check::check(&config).await,
        }
    });
    let wrong = looks.iter().filter(|look| look.remedy.is_some()).count();
    if check.json {
        let all: Vec<_> = looks.iter().map(as_json).collect();
        println!("{}", serde_json::to_string_pretty(&all).context("what was found as JSON")?);
    } else {
        for look in &looks {
            println!("{}", words(look));
        }
        match wrong {
            0 => println!("No faults: {works}."),
            n => println!("{n} fault(s)."),
        }
    }
    Ok(if wrong == 0 { Exit::Ok } else { Exit::Findings })
}

fn words(look: &Look) -> String {
    match &look.remedy {
        None => format!("ok: {}: {}", look.section, look.what),
        Some(remedy) => format!("error: {}: {}\n  do {remedy}", look.section, look.what),
    }
}

fn as_json(look: &Look) -> serde_json::Value {
    json!({ "section": look.section, "what": look.what, "ok": look.remedy.is_none(), "remedy": look.remedy })
}
