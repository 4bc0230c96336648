//! Where a secret could be left behind: files of the stores, and a log in which nothing is left out.

use std::fmt::Debug;
use std::path::Path;
use std::sync::{Arc, Mutex};

use tracing::field::{Field, Visit};
use tracing::subscriber::{DefaultGuard, set_default};
use tracing::{Event, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::{Context, SubscriberExt};

/// Every file below a folder with its bytes.
pub fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if let Ok(bytes) = std::fs::read(&path) {
                found.push((path.file_name().unwrap().to_string_lossy().into_owned(), bytes));
            }
        }
    }
    found
}

/// Every event of the program's own log at every level, with all its fields: also those that the log's form would drop.
pub struct Log {
    text: Arc<Mutex<Vec<u8>>>,
    _guard: Option<DefaultGuard>,
}

impl Log {
    /// Listens on this thread, on which a test's tasks run.
    pub fn listen() -> Self {
        let text = Arc::default();
        let subscriber = tracing_subscriber::registry().with(Recorder(Arc::clone(&text)));
        Self { text, _guard: Some(set_default(subscriber)) }
    }

    pub fn none() -> Self {
        Self { text: Arc::default(), _guard: None }
    }

    /// What was logged since the last time.
    pub fn take(&self) -> Vec<u8> {
        std::mem::take(&mut self.text.lock().unwrap())
    }
}

struct Recorder(Arc<Mutex<Vec<u8>>>);

impl<S: Subscriber> Layer<S> for Recorder {
    fn enabled(&self, metadata: &tracing::Metadata<'_>, _: Context<'_, S>) -> bool {
        metadata.target().starts_with("ringback")
    }

    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        event.record(&mut Line(&mut self.0.lock().unwrap()));
    }

    fn on_new_span(&self, attributes: &tracing::span::Attributes<'_>, _: &tracing::Id, _: Context<'_, S>) {
        attributes.record(&mut Line(&mut self.0.lock().unwrap()));
    }

    fn on_record(&self, _: &tracing::Id, values: &tracing::span::Record<'_>, _: Context<'_, S>) {
        values.record(&mut Line(&mut self.0.lock().unwrap()));
    }
}

struct Line<'a>(&'a mut Vec<u8>);

impl Visit for Line<'_> {
    /// How long something took is left out: six digits may stand there by chance.
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        if field.name().starts_with("duration") {
            return;
        }
        self.0.extend(format!("{}={value:?}\n", field.name()).bytes());
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.extend(format!("{}={value}\n", field.name()).bytes());
    }
}
