//! Writes events as lines: for people on a terminal, as JSON for collectors.

use std::fmt::Write as _;
use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Map, Value as Json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::LookupSpan;

use crate::cli::log::fields::{Collected, Value};

/// What a line looks like.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Form {
    /// Time, level, message, fields.
    Plain { colour: bool },
    /// One JSON object.
    Json,
}

/// Where lines are written to. A line is one write, so lines of two threads do not mix.
pub type Sink = Arc<Mutex<Box<dyn Write + Send>>>;

/// The layer that writes them.
pub struct Lines {
    form: Form,
    sink: Sink,
}

impl Lines {
    pub fn new(form: Form, sink: Sink) -> Self {
        Self { form, sink }
    }

    fn write(&self, level: Level, target: &str, collected: &Collected) {
        let now = OffsetDateTime::now_utc().format(&Rfc3339).unwrap_or_default();
        let line = match self.form {
            Form::Json => json(&now, level, target, collected),
            Form::Plain { colour } => plain(&now, level, collected, colour),
        };
        let mut sink = self.sink.lock().unwrap_or_else(PoisonError::into_inner);
        // A log that cannot be written must not stop the service.
        let _ = sink.write_all(line.as_bytes());
    }
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Lines {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let mut collected = Collected::default();
        attributes.record(&mut collected);
        if let Some(span) = context.span(id) {
            span.extensions_mut().insert(collected);
        }
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        if let Some(span) = context.span(id)
            && let Some(collected) = span.extensions_mut().get_mut::<Collected>()
        {
            values.record(collected);
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let about = event.metadata();
        let ours = about.target().split([':', '.']).next() == Some("ringback");
        // Other crates may name anything in what they trace, whatever RUST_LOG asks for.
        if !ours && *about.level() > Level::WARN {
            return;
        }
        let mut collected = Collected::default();
        event.record(&mut collected);
        for span in context.event_scope(event).into_iter().flatten() {
            if let Some(outer) = span.extensions().get::<Collected>() {
                let new = |(name, _): &&(&str, Value)| collected.fields.iter().all(|(known, _)| known != name);
                let more: Vec<_> = outer.fields.iter().filter(new).cloned().collect();
                collected.fields.extend(more);
            }
        }
        self.write(*about.level(), about.target(), &collected);
    }
}

fn json(now: &str, level: Level, target: &str, collected: &Collected) -> String {
    let mut line = Map::new();
    let mut put = |name: &str, value: Json| line.insert(name.to_owned(), value);
    put("time", now.into());
    put("level", level.as_str().to_ascii_lowercase().into());
    put("target", target.into());
    put("message", collected.message.as_str().into());
    for (name, value) in &collected.fields {
        let value = match value {
            Value::Number(number) => Json::Number(number.clone()),
            Value::Text(text) => text.as_str().into(),
        };
        put(name, value);
    }
    Json::Object(line).to_string() + "\n"
}

fn plain(now: &str, level: Level, collected: &Collected, colour: bool) -> String {
    let (on, off) = match level {
        _ if !colour => ("", ""),
        Level::ERROR => ("\u{1b}[31m", "\u{1b}[0m"),
        Level::WARN => ("\u{1b}[33m", "\u{1b}[0m"),
        _ => ("\u{1b}[2m", "\u{1b}[0m"),
    };
    let mut line = format!("{now} {on}{level:>5}{off} {}", collected.message);
    for (name, value) in &collected.fields {
        // Writing to a string does not fail.
        let _ = match value {
            Value::Number(number) => write!(line, " {name}={number}"),
            Value::Text(text) if text.contains(' ') => write!(line, " {name}=\"{text}\""),
            Value::Text(text) => write!(line, " {name}={text}"),
        };
    }
    line.push('\n');
    line
}
