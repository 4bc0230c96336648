//! `ringback serve`: the service itself.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use clap::Args;
use tokio::signal::unix::{SignalKind, signal};

use crate::app::serve::Service;
use crate::cli::fault::{Exit, Fault};
use crate::cli::signal as process;
use crate::config::{Config, LogFormat};

/// Serve people from a configuration. SIGHUP reads the flows anew; SIGTERM and Ctrl-C finish what runs and stop.
#[derive(Args)]
pub struct Serve {
    /// The configuration; `examples/ringback.toml` is a start and describes every key.
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
}

pub fn run(wish: &Serve) -> anyhow::Result<Exit> {
    let config = load(&wish.config)?;
    log(config.log);
    for warning in &config.warnings {
        tracing::warn!(key = %warning.key, "{}", warning.what);
    }
    process::runtime()?.block_on(serve(config))
}

async fn serve(config: Config) -> anyhow::Result<Exit> {
    let mut hang_ups = signal(SignalKind::hangup())?;
    let service = Service::prepare(config).await.map_err(|error| {
        Fault::new(Exit::Unavailable, format!("the service does not start: {error:#}"), "mend that and start it again")
    })?;
    tracing::info!("serving {}", service.public_url());
    service.serve(process::stop(), async || hang_ups.recv().await).await;
    tracing::info!("stopped");
    Ok(Exit::Ok)
}

/// Reads a configuration; its first fault, and where the others are listed.
pub fn load(file: &Path) -> anyhow::Result<Config> {
    Config::load(file).map_err(|faults| {
        let n = faults.len();
        let remedy = format!("run `ringback config check {}`: it lists all {n} fault(s)", file.display());
        let (what, place) = faults.into_iter().next().map_or_else(Default::default, |fault| {
            let line = fault.line.map_or(String::new(), |line| format!(":{line}"));
            (format!("`{}` {}", fault.key, fault.what), format!("{}{line}", fault.file.display()))
        });
        Fault::new(Exit::Findings, what, remedy).at(place).into()
    })
}

/// Log lines go to standard error; `RUST_LOG` may ask for more or less of them.
fn log(format: LogFormat) {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env();
    let filter = filter.unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("ringback=info"));
    let colour = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_ansi(colour).with_writer(std::io::stderr);
    match format {
        LogFormat::Plain => lines.init(),
        LogFormat::Json => lines.json().init(),
    }
}
