//! `ringback demo`: everything in memory, in a browser, with nothing to set up.

use std::io::Write;

use clap::{Args, ValueEnum};

use crate::app::demo::{Demo as Prepared, PORT};
use crate::cli::fault::{Exit, Fault};
use crate::cli::signal;
use crate::model::peer::Channel;

/// Try everything out: a chat, the messages it sends, and a sign-in page, with fictional people.
#[derive(Args)]
pub struct Demo {
    /// The port on this machine; when it is taken, the next free one.
    #[arg(long, default_value_t = PORT)]
    port: u16,
    /// A messaging platform with a stand-in of its own, on a page that shows what goes over the wire. May be given again.
    #[arg(long, value_enum)]
    channel: Vec<Platform>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Platform {
    Telegram,
    Discord,
    Teams,
}

impl Platform {
    fn channel(self) -> Channel {
        match self {
            Platform::Telegram => Channel::Telegram,
            Platform::Discord => Channel::Discord,
            Platform::Teams => Channel::Teams,
        }
    }
}

pub fn run(demo: &Demo) -> anyhow::Result<Exit> {
    signal::runtime()?.block_on(serve(demo))
}

async fn serve(demo: &Demo) -> anyhow::Result<Exit> {
    let port = demo.port;
    let platforms: Vec<Channel> = demo.channel.iter().map(|platform| platform.channel()).collect();
    let prepared = Prepared::prepare(port, None, &platforms).await.map_err(|error| unavailable(&error))?;
    // Whoever started it may have stopped reading; that is no reason to stop.
    let say = |line: String| drop(writeln!(std::io::stdout(), "{line}"));
    if prepared.port != port {
        say(format!("Port {port} is in use by another program; the demo takes {} instead.", prepared.port));
    }
    say(format!("Ringback demo: open {} in a browser. Stop with Ctrl-C.", prepared.origin));
    for platform in &platforms {
        say(format!("As on {}: {}/demo/{}", platform.name(), prepared.origin, platform.name()));
    }
    say("Its people, texts and mails are made up, and everything is forgotten when it stops.".to_owned());
    prepared.serve(signal::stop()).await;
    Ok(Exit::Ok)
}

/// The demo could not be put together.
pub fn unavailable(error: &anyhow::Error) -> Fault {
    Fault::new(Exit::Unavailable, format!("the demo does not start: {error:#}"), "free a port, or name one with --port")
}
