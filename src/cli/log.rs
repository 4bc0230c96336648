//! The log of the service: one line an event, with fields of a closed list and nothing else.
//!
//! Whoever adds a log line cannot leak by it: a field that is not on the list is dropped, a value that has not the shape
//! of its field is struck out, and what other crates say below a warning is not heard at all.

mod fields;
mod layer;

use std::io::{IsTerminal, Write};
use std::panic::PanicHookInfo;
use std::sync::{Arc, Mutex};

use tracing::level_filters::LevelFilter;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::config::LogFormat;

pub use fields::ALLOWED;
pub use layer::{Form, Lines};

/// Lines go to standard error; `RUST_LOG` may ask for more or less of them.
pub fn start(format: LogFormat) {
    let terminal = std::io::stderr().is_terminal();
    let colour = terminal && std::env::var_os("NO_COLOR").is_none();
    let form = match format {
        LogFormat::Plain => Form::Plain { colour },
        LogFormat::Json => Form::Json,
        LogFormat::Auto if terminal => Form::Plain { colour },
        LogFormat::Auto => Form::Json,
    };
    let write: Box<dyn Write + Send> = Box::new(std::io::stderr());
    let filter = EnvFilter::builder().with_default_directive(LevelFilter::WARN.into());
    let filter = match std::env::var(EnvFilter::DEFAULT_ENV) {
        Ok(wish) => filter.parse_lossy(wish),
        Err(_) => filter.parse_lossy("warn,ringback=info"),
    };
    let lines = Lines::new(form, Arc::new(Mutex::new(write)));
    // Only a second call fails, and then the first one's log goes on.
    let _ = tracing_subscriber::registry().with(filter).with(lines).try_init();
    std::panic::set_hook(Box::new(panicked));
}

/// A panic is one line like any other. Its message may quote a value, so only its place is told.
fn panicked(info: &PanicHookInfo<'_>) {
    let place = info.location().map(|at| format!("{}:{}", at.file(), at.line())).unwrap_or_default();
    tracing::error!(target: "ringback::panic", outcome = "panic", place, "a task stopped");
}
