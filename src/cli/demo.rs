//! `ringback demo`: everything in memory, in a browser, with nothing to set up.

use std::io::Write;

use clap::Args;

use crate::app::demo::{Demo as Prepared, PORT};
use crate::cli::fault::{Exit, Fault};
use crate::cli::signal;

/// Try everything out: a chat, the messages it sends, and a sign-in page, with fictional people.
#[derive(Args)]
pub struct Demo {
    /// The port on this machine; when it is taken, the next free one.
    #[arg(long, default_value_t = PORT)]
    port: u16,
}

pub fn run(demo: &Demo) -> anyhow::Result<Exit> {
    signal::runtime()?.block_on(serve(demo.port))
}

async fn serve(port: u16) -> anyhow::Result<Exit> {
    let prepared = Prepared::prepare(port, None).await.map_err(|error| unavailable(&error))?;
    // Whoever started it may have stopped reading; that is no reason to stop.
    let say = |line: String| drop(writeln!(std::io::stdout(), "{line}"));
    if prepared.port != port {
        say(format!("Port {port} is in use by another program; the demo takes {} instead.", prepared.port));
    }
    say(format!("Ringback demo: open {} in a browser. Stop with Ctrl-C.", prepared.origin));
    say("Its people, texts and mails are made up, and everything is forgotten when it stops.".to_owned());
    prepared.serve(signal::stop()).await;
    Ok(Exit::Ok)
}

/// The demo could not be put together.
pub fn unavailable(error: &anyhow::Error) -> Fault {
    Fault::new(Exit::Unavailable, format!("the demo does not start: {error:#}"), "free a port, or name one with --port")
}
