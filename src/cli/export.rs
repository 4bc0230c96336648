//! `ringback audit export`: the record as JSON lines or CSV, for whoever keeps or reads it elsewhere.

use std::io::Write;
use std::path::Path;

use anyhow::Context;
use clap::ValueEnum;
use serde_json::{Map, Value, json};

use crate::audit_log::reading::{self, Recorded};
use crate::cli::fault::Exit;
use crate::cli::moment;
use crate::model::time::Timestamp;

/// How rows are written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Format {
    /// One JSON object a line.
    Jsonl,
    /// For spreadsheets; no cell is a formula.
    Csv,
}

/// Which rows are meant.
#[derive(Default)]
pub struct Wanted {
    /// From this moment on.
    pub from: Option<Timestamp>,
    /// Up to this moment, which is not meant any more.
    pub until: Option<Timestamp>,
    pub tenant: Option<String>,
}

const COLUMNS: [&str; 8] = ["seq", "time", "tenant", "case", "channel", "subject", "kind", "details"];

/// Writes the rows to `out`, oldest first.
pub fn export(record: &Path, wanted: &Wanted, format: Format, out: impl Write) -> anyhow::Result<Exit> {
    let mut out = std::io::BufWriter::new(out);
    match format {
        Format::Jsonl => reading::read(record, |row| -> anyhow::Result<()> {
            if wanted.means(&row) {
                writeln!(out, "{}", Value::Object(cells(&row))).context("standard output")?;
            }
            Ok(())
        })?,
        Format::Csv => {
            let mut table = csv::Writer::from_writer(&mut out);
            table.write_record(COLUMNS).context("standard output")?;
            reading::read(record, |row| -> anyhow::Result<()> {
                if wanted.means(&row) {
                    let cells = cells(&row);
                    table.write_record(COLUMNS.map(|column| cell(&cells[column]))).context("standard output")?;
                }
                Ok(())
            })?;
            table.flush().context("standard output")?;
        }
    }
    out.flush().context("standard output")?;
    Ok(Exit::Ok)
}

impl Wanted {
    fn means(&self, row: &Recorded) -> bool {
        let at = row.event.at;
        self.from.is_none_or(|from| from <= at)
            && self.until.is_none_or(|until| at < until)
            && self.tenant.as_ref().is_none_or(|tenant| *tenant == row.event.tenant.0)
    }
}

fn cells(row: &Recorded) -> Map<String, Value> {
    let event = &row.event;
    let (kind, details) = kind(&json!(event.kind));
    let values: [Value; 8] = [
        row.seq.into(),
        moment::written(event.at).into(),
        event.tenant.0.as_str().into(),
        event.run.map(|run| run.to_string()).into(),
        event.channel.map(|channel| channel.name()).into(),
        event.subject.as_ref().map(|subject| subject.0.as_str()).into(),
        kind.into(),
        details,
    ];
    COLUMNS.map(str::to_owned).into_iter().zip(values).collect()
}

/// The name of an event, and what it says beside it.
pub fn kind(stored: &Value) -> (String, Value) {
    match stored {
        Value::String(name) => (name.clone(), Value::Null),
        Value::Object(fields) => match fields.iter().next() {
            Some((name, details)) => (name.clone(), details.clone()),
            None => (String::new(), Value::Null),
        },
        _ => (String::new(), Value::Null),
    }
}

/// A cell that a spreadsheet takes for text: what would begin a formula is put behind an apostrophe.
fn cell(value: &Value) -> String {
    let text = match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '\0']);
    if formula { format!("'{text}") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        for text in ["=cmd|' /C calc'!A0", "+1", "-1", "@sum(1)", "\tx", "\rx", "\0x", "\nx"] {
            assert!(cell(&text.into()).starts_with('\''), "{text:?}");
        }
        assert_eq!(cell(&"apu".into()), "apu");
        assert_eq!(cell(&Value::Null), "");
        assert_eq!(cell(&json!({ "method": "sms" })), "{\"method\":\"sms\"}");
    }
}
