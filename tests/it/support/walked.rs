//! Which ways through the flows this test process has walked, read from the engine's own traces.

use std::collections::BTreeSet;
use std::fmt::Debug;
use std::sync::{Mutex, Once};

use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::{Context, SubscriberExt};

static WALKED: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

/// Begins to record, for the whole process; called twice it does nothing more.
pub fn record() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let subscriber = tracing_subscriber::registry().with(Recorder);
        tracing::subscriber::set_global_default(subscriber).expect("no other test listens to traces");
    });
}

/// All ways so far, as `Way` prints them.
pub fn walked() -> BTreeSet<String> {
    WALKED.lock().unwrap().clone()
}

struct Recorder;

impl<S: Subscriber> Layer<S> for Recorder {
    fn enabled(&self, metadata: &tracing::Metadata<'_>, _: Context<'_, S>) -> bool {
        metadata.target() == "ringback.walk" && *metadata.level() == Level::TRACE
    }

    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        event.record(&mut Way);
    }
}

struct Way;

impl Visit for Way {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        if field.name() == "way" {
            WALKED.lock().unwrap().insert(format!("{value:?}"));
        }
    }
}
