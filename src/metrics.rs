//! What is counted about the service: numbers under fixed names, as text for Prometheus.
//!
//! Labels come from closed sets of ours (channels, methods, outcomes) and from the configuration (tenants); nothing of
//! a person is ever one. Written by hand: a counter, a gauge and a histogram need no crate.

pub mod catalog;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::metrics::catalog::{Description, Kind, Metric};

/// The media type of [`Metrics::text`].
pub const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Label combinations of one metric at most; whatever comes beyond is added up under `other`.
pub const MOST_SERIES: usize = 512;

/// All metrics of one running service.
pub struct Metrics {
    /// In the order of [`Metric::ALL`].
    families: Vec<Mutex<Family>>,
}

/// By labels as they are printed: `channel="browser",outcome="taken"`.
type Family = BTreeMap<String, Value>;

enum Value {
    Number(f64),
    Histogram { counts: Vec<u64>, sum: f64 },
}

impl Default for Metrics {
    fn default() -> Self {
        Self { families: Metric::ALL.iter().map(|_| Mutex::default()).collect() }
    }
}

impl Metrics {
    /// One more of a counter.
    pub fn count(&self, metric: Metric, labels: &[&str]) {
        self.add(metric, labels, 1.0);
    }

    /// Adds to a counter or a gauge.
    pub fn add(&self, metric: Metric, labels: &[&str], n: f64) {
        self.change(metric, labels, |value| match value {
            Value::Number(number) => *number += n,
            Value::Histogram { .. } => {}
        });
    }

    /// Says what a gauge stands at.
    pub fn set(&self, metric: Metric, labels: &[&str], to: f64) {
        self.change(metric, labels, |value| *value = Value::Number(to));
    }

    /// Forgets all series of a gauge, before those that are left are set anew.
    pub fn clear(&self, metric: Metric) {
        self.family(metric, BTreeMap::clear);
    }

    /// A duration for a histogram of seconds.
    pub fn took(&self, metric: Metric, labels: &[&str], duration: Duration) {
        self.observe(metric, labels, duration.as_secs_f64());
    }

    /// A value for a histogram.
    pub fn observe(&self, metric: Metric, labels: &[&str], seen: f64) {
        let bounds = metric.describe().kind.bounds();
        self.change(metric, labels, |value| match value {
            Value::Histogram { counts, sum } => {
                *sum += seen;
                let place = bounds.iter().position(|bound| seen <= *bound).unwrap_or(bounds.len());
                counts[place] += 1;
            }
            Value::Number(_) => {}
        });
    }

    /// What a counter or gauge stands at; of a histogram, how many values it has seen.
    pub fn value(&self, metric: Metric, labels: &[&str]) -> f64 {
        let key = printed(&metric.describe(), labels);
        self.family(metric, |family| match family.get(&key) {
            None => 0.0,
            Some(Value::Number(number)) => *number,
            Some(Value::Histogram { counts, .. }) => counts.iter().map(|n| *n as f64).sum(),
        })
    }

    /// Everything in the text format of Prometheus.
    pub fn text(&self) -> String {
        let mut text = String::new();
        for metric in Metric::ALL {
            let about = metric.describe();
            let kind = match about.kind {
                Kind::Counter => "counter",
                Kind::Gauge => "gauge",
                Kind::Histogram(_) => "histogram",
            };
            // Writing to a string does not fail.
            let _ = write!(text, "# HELP {0} {1}\n# TYPE {0} {kind}\n", about.name, about.help);
            self.family(metric, |family| {
                if family.is_empty() && about.labels.is_empty() {
                    family.insert(String::new(), empty(about.kind));
                }
                for (labels, value) in family.iter() {
                    print(&mut text, &about, labels, value);
                }
            });
        }
        text
    }

    fn change(&self, metric: Metric, labels: &[&str], change: impl FnOnce(&mut Value)) {
        let about = metric.describe();
        let key = printed(&about, labels);
        self.family(metric, |family| {
            let full = family.len() >= MOST_SERIES && !family.contains_key(&key);
            let key = if full { printed(&about, &vec!["other"; about.labels.len()]) } else { key };
            change(family.entry(key).or_insert_with(|| empty(about.kind)));
        });
    }

    fn family<T>(&self, metric: Metric, work: impl FnOnce(&mut Family) -> T) -> T {
        let place = Metric::ALL.iter().position(|known| *known == metric).unwrap_or_default();
        // Numbers are whole at any moment, so a panic elsewhere leaves nothing half written.
        work(&mut self.families[place].lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn empty(kind: Kind) -> Value {
    match kind {
        Kind::Counter | Kind::Gauge => Value::Number(0.0),
        Kind::Histogram(bounds) => Value::Histogram { counts: vec![0; bounds.len() + 1], sum: 0.0 },
    }
}

fn printed(about: &Description, labels: &[&str]) -> String {
    debug_assert_eq!(about.labels.len(), labels.len(), "labels of {}", about.name);
    let mut text = String::with_capacity(48);
    for (name, value) in about.labels.iter().zip(labels) {
        let comma = if text.is_empty() { "" } else { "," };
        let _ = write!(text, "{comma}{name}=\"");
        for c in value.chars() {
            match c {
                '\\' => text.push_str("\\\\"),
                '"' => text.push_str("\\\""),
                '\n' => text.push_str("\\n"),
                c => text.push(c),
            }
        }
        text.push('"');
    }
    text
}

fn print(text: &mut String, about: &Description, labels: &str, value: &Value) {
    let name = about.name;
    let braced = |more: &str| match (labels, more) {
        ("", "") => String::new(),
        ("", more) => format!("{{{more}}}"),
        (labels, "") => format!("{{{labels}}}"),
        (labels, more) => format!("{{{labels},{more}}}"),
    };
    match value {
        Value::Number(number) => {
            let _ = writeln!(text, "{name}{} {number}", braced(""));
        }
        Value::Histogram { counts, sum } => {
            let mut total = 0;
            let bounds = about.kind.bounds().iter().map(f64::to_string).chain(["+Inf".to_owned()]);
            for (bound, n) in bounds.zip(counts) {
                total += n;
                let _ = writeln!(text, "{name}_bucket{} {total}", braced(&format!("le=\"{bound}\"")));
            }
            let _ = writeln!(text, "{name}_sum{0} {sum}\n{name}_count{0} {total}", braced(""));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_printed_with_their_labels_escaped() {
        let metrics = Metrics::default();
        metrics.count(Metric::Turns, &["browser", "taken"]);
        metrics.count(Metric::Turns, &["browser", "taken"]);
        metrics.count(Metric::Turns, &["a\"b\\c\nd", "busy"]);
        let text = metrics.text();
        assert!(text.contains("# TYPE ringback_turns_total counter\n"), "{text}");
        assert!(text.contains("ringback_turns_total{channel=\"browser\",outcome=\"taken\"} 2\n"), "{text}");
        assert!(text.contains("{channel=\"a\\\"b\\\\c\\nd\",outcome=\"busy\"} 1\n"), "{text}");
        assert_eq!(metrics.value(Metric::Turns, &["browser", "taken"]), 2.0);
    }

    #[test]
    fn buckets_add_up() {
        let metrics = Metrics::default();
        for seconds in [0.0004, 0.004, 0.004, 40.0] {
            metrics.observe(Metric::StoreSeconds, &["commit"], seconds);
        }
        let text = metrics.text();
        let line = |le: &str, n: u32| {
            let line = format!("ringback_store_seconds_bucket{{operation=\"commit\",le=\"{le}\"}} {n}\n");
            assert!(text.contains(&line), "no {line} in {text}");
        };
        line("0.0005", 1);
        line("0.005", 3);
        line("30", 3);
        line("+Inf", 4);
        assert!(text.contains("ringback_store_seconds_count{operation=\"commit\"} 4\n"));
    }

    #[test]
    fn labels_without_end_are_added_up_under_other() {
        let metrics = Metrics::default();
        for n in 0..MOST_SERIES + 100 {
            metrics.count(Metric::Turns, &[&format!("channel {n}"), "taken"]);
        }
        assert_eq!(metrics.value(Metric::Turns, &["other", "other"]), 100.0);
        assert_eq!(metrics.value(Metric::Turns, &["channel 7", "taken"]), 1.0);
    }

    #[test]
    fn a_gauge_can_be_emptied() {
        let metrics = Metrics::default();
        metrics.set(Metric::OutboxRows, &["letters"], 7.0);
        metrics.clear(Metric::OutboxRows);
        assert!(!metrics.text().contains("lane=\"letters\""));
    }
}
