//! The command line: what `ringback` can be told to do. Each command is a file below, with its `Args` and a `run`.

pub mod account;
pub mod audit;
pub mod backup;
pub mod channel;
pub mod chat;
pub mod check;
pub mod config_check;
pub mod demo;
pub mod discord;
pub mod explain;
pub mod export;
pub mod fault;
pub mod graph;
pub mod keys;
pub mod log;
pub mod manual;
mod moment;
mod operation;
pub mod operator;
pub mod outbox;
pub mod registry;
pub mod serve;
mod service_manager;
mod signal;
pub mod story;
pub mod teams;

use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};

use crate::cli::fault::Exit;

/// Self-service password reset by chat and by phone.
///
/// Exit codes: 0 done, 1 faults were found, 2 called wrongly, 3 something needed is not there or does not answer.
#[derive(Parser)]
#[command(name = "ringback", version, arg_required_else_help = true)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Demo(demo::Demo),
    Chat(chat::Chat),
    Serve(serve::Serve),
    Check(check::Check),
    /// Check the configuration of `serve`.
    #[command(subcommand)]
    Config(config_check::ConfigCommand),
    /// Look after the ways in.
    #[command(subcommand)]
    Channel(channel::Channel),
    /// Tell Discord what it has to know.
    #[command(subcommand)]
    Discord(discord::Discord),
    /// Look after apps in Microsoft Teams.
    #[command(subcommand)]
    Teams(teams::Teams),
    Explain(explain::Explain),
    Graph(graph::Graph),
    /// Make and rotate root keys.
    #[command(subcommand)]
    Keys(keys::Keys),
    /// Look after the audit record.
    #[command(subcommand)]
    Audit(operator::Audit),
    /// Look after single accounts.
    #[command(subcommand)]
    Account(operator::Account),
    /// See what waits to be sent by the running service, and let it be tried again.
    #[command(subcommand)]
    Outbox(operator::Outbox),
    Backup(backup::Backup),
    Restore(backup::Restore),
    /// Look after enrolments.
    #[command(subcommand)]
    Registry(operator::Registry),
    Completions(manual::Completions),
    Man(manual::Man),
}

/// Runs the command of the process's own arguments.
pub fn main() -> ExitCode {
    let exit = run(Cli::parse()).unwrap_or_else(|error| {
        let (words, exit) = fault::explain(&error);
        eprintln!("{words}");
        exit
    });
    ExitCode::from(exit as u8)
}

fn run(cli: Cli) -> anyhow::Result<Exit> {
    match cli.command {
        Command::Demo(demo) => demo::run(&demo),
        Command::Chat(chat) => chat::run(&chat),
        Command::Serve(serve) => serve::run(&serve),
        Command::Check(check) => check::run(&check),
        Command::Config(config) => config_check::run(&config),
        Command::Channel(channel) => channel::run(&channel),
        Command::Discord(discord) => discord::run(&discord),
        Command::Teams(teams) => teams::run(&teams),
        Command::Explain(explain) => explain::run(&explain),
        Command::Graph(graph) => graph::run(&graph),
        Command::Keys(keys) => keys::run(keys),
        Command::Backup(backup) => backup::backup(&backup),
        Command::Restore(restore) => backup::restore(&restore),
        Command::Audit(audit) => operator::audit(&audit),
        Command::Account(account) => operator::account(&account),
        Command::Outbox(outbox) => operator::outbox(&outbox),
        Command::Registry(registry) => operator::registry(&registry),
        Command::Completions(completions) => manual::completions(&completions, Cli::command()),
        Command::Man(man) => manual::man(&man, Cli::command()),
    }
}
