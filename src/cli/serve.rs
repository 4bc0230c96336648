//! `ringback serve`: the service itself.

use std::path::{Path, PathBuf};

use clap::Args;
use tokio::signal::unix::{SignalKind, signal};

use crate::app::serve::Service;
use crate::cli::fault::{Exit, Fault};
use crate::cli::service_manager::Notice;
use crate::cli::{log, service_manager, signal as process};
use crate::config::Config;

/// Serve people from a configuration. SIGHUP reads the flows anew; SIGTERM and Ctrl-C finish what runs and stop.
#[derive(Args)]
pub struct Serve {
    /// The configuration; `examples/ringback.toml` is a start and describes every key.
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
}

pub fn run(wish: &Serve) -> anyhow::Result<Exit> {
    let config = load(&wish.config)?;
    log::start(config.log);
    for warning in &config.warnings {
        tracing::warn!(key = %warning.key, why = %warning.what, "the configuration should not stay as it is");
    }
    process::runtime()?.block_on(serve(config))
}

async fn serve(config: Config) -> anyhow::Result<Exit> {
    let mut hang_ups = signal(SignalKind::hangup())?;
    let stopped = process::stop();
    let service = Service::prepare(config).await.map_err(|error| {
        Fault::new(Exit::Unavailable, format!("the service does not start: {error:#}"), "mend that and start it again")
    })?;
    tracing::info!(url = service.public_url(), "serving");
    service_manager::tell(Notice::Ready);
    let stop = async {
        stopped.await;
        service_manager::tell(Notice::Stopping);
    };
    service.serve(stop, async || hang_ups.recv().await).await;
    tracing::info!("stopped");
    Ok(Exit::Ok)
}

/// Reads a configuration; its first fault with its remedy, and where the others are listed.
pub fn load(file: &Path) -> anyhow::Result<Config> {
    Config::load(file).map_err(|faults| {
        let n = faults.len();
        let (what, place, mut remedy) = faults.into_iter().next().map_or_else(Default::default, |fault| {
            let line = fault.line.map_or(String::new(), |line| format!(":{line}"));
            (format!("`{}` {}", fault.key, fault.what), format!("{}{line}", fault.file.display()), fault.remedy)
        });
        if n > 1 {
            remedy += &format!(" `ringback config check {}` lists all {n} faults.", file.display());
        }
        Fault::new(Exit::Findings, what, remedy).at(place).into()
    })
}
