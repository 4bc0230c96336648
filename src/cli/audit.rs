//! `ringback audit`: whether the record of what happened is the one that was written.

use std::path::Path;

use data_encoding::HEXLOWER;

use crate::audit_log::verdict::{self, Verdict};
use crate::cli::fault::{Exit, Fault};
use crate::verify::keys::{Key, Versions};

/// Checks the chain of the record in a file, also while the service is writing to it.
pub fn verify(record: &Path, macs: &Versions<Key>) -> anyhow::Result<Exit> {
    let verdict = verdict::verify(record, macs).map_err(|error| {
        let remedy = "name the configuration of this installation, whose `data` folder holds the record";
        Fault::new(Exit::Unavailable, error.to_string(), remedy)
    })?;
    let (words, exit) = words(&verdict);
    println!("{words}");
    Ok(exit)
}

fn words(verdict: &Verdict) -> (String, Exit) {
    let rows = verdict.rows;
    match verdict.first_bad {
        None => {
            let (last, hash) = (verdict.head.0, HEXLOWER.encode(&verdict.head.1[..16]));
            let noted = "Note the last row elsewhere: a chain whose end was cut off is whole too.";
            (format!("The audit record is whole: {rows} rows, last row {last}, hash {hash}.\n{noted}"), Exit::Ok)
        }
        Some(bad) => {
            let trusted = bad.seq.saturating_sub(1).max(0);
            let found = format!("The audit record was changed: row {} of {rows}: {}.", bad.seq, bad.why);
            let remedy = "Keep the file as it is and compare it with a copy";
            (format!("{found}\n{remedy}; what stands before row {} is as it was written.", trusted + 1), Exit::Findings)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit_log::verdict::{BadRow, Why};

    #[test]
    fn a_whole_record_is_told_with_its_head() {
        let verdict = Verdict { rows: 3, first_bad: None, head: (3, [0xab; 32]) };
        let (words, exit) = words(&verdict);
        assert!(words.contains("3 rows") && words.contains(&"ab".repeat(16)), "{words}");
        assert_eq!(exit, Exit::Ok);
    }

    #[test]
    fn a_changed_record_is_told_with_its_first_bad_row() {
        let bad = BadRow { seq: 7, why: Why::Gap };
        let (words, exit) = words(&Verdict { rows: 9, first_bad: Some(bad), head: (5, [0; 32]) });
        assert!(words.contains("row 7 of 9: rows before it are missing"), "{words}");
        assert_eq!(exit, Exit::Findings);
    }
}
