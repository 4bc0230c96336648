//! The board and the manual of the metrics say what there is, no more and no less.

use std::collections::BTreeSet;

use ringback::metrics::catalog::{Kind, Metric};
use serde_json::Value;

const BOARD: &str = include_str!("../../../docs/grafana/ringback.json");
const MANUAL: &str = include_str!("../../../docs/metrics.md");

/// Every name of ours in a text; those of histograms without what is added to them.
fn named(text: &str) -> BTreeSet<String> {
    let part = |c: char| c.is_ascii_lowercase() || c == '_';
    let mut names = BTreeSet::new();
    for (at, _) in text.match_indices("ringback_") {
        let name: String = text[at..].chars().take_while(|c| part(*c)).collect();
        let base = ["_bucket", "_sum", "_count"].iter().find_map(|end| name.strip_suffix(end)).unwrap_or(&name);
        names.insert(base.to_owned());
    }
    names
}

fn known() -> BTreeSet<String> {
    Metric::ALL.iter().map(|metric| metric.describe().name.to_owned()).collect()
}

#[test]
fn every_metric_of_the_board_exists_and_every_metric_is_on_the_board() {
    let board: Value = serde_json::from_str(BOARD).unwrap();
    let mut shown = BTreeSet::new();
    for panel in board["panels"].as_array().unwrap() {
        assert!(panel["title"].as_str().is_some_and(|title| !title.is_empty()), "{panel}");
        let targets = panel["targets"].as_array().map(Vec::as_slice).unwrap_or_default();
        for target in targets {
            shown.extend(named(target["expr"].as_str().unwrap()));
        }
    }
    assert_eq!(shown, known());
}

#[test]
fn the_manual_lists_every_metric_with_its_kind_labels_and_meaning() {
    assert_eq!(named(MANUAL), known());
    for metric in Metric::ALL {
        let about = metric.describe();
        let kind = match about.kind {
            Kind::Counter => "counter",
            Kind::Gauge => "gauge",
            Kind::Histogram(_) => "histogram",
        };
        let row = format!("| `{}` | {kind} | {} | {} |", about.name, about.labels.join(", "), about.help);
        assert!(MANUAL.contains(&row), "docs/metrics.md should say:\n{row}");
    }
}
