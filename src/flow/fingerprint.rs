//! L19: a flow that changed has a new version. What each version looked like is kept in `flows/versions.txt`.

use std::collections::BTreeMap;

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use crate::flow::compile::normal;
use crate::flow::finding::{Finding, Lint};
use crate::flow::read::{PlacedFlow, Scripts};

/// One line a flow: name, version, SHA-256 of its normal form.
pub fn lines(scripts: &Scripts) -> String {
    let line = |placed: &PlacedFlow| {
        let script = &placed.script;
        format!("{} {} {}\n", *script.flow, script.version, fingerprint(placed))
    };
    scripts.flows.iter().map(line).collect()
}

/// Flows that differ from the known lines and still carry the same version, or an older one.
pub fn unraised(scripts: &Scripts, known: &str) -> Vec<Finding> {
    let known: BTreeMap<&str, (u32, &str)> = known.lines().filter_map(read).collect();
    let mut findings = Vec::new();
    for placed in &scripts.flows {
        let script = &placed.script;
        let Some((version, was)) = known.get(script.flow.as_str()) else { continue };
        if *was != fingerprint(placed) && script.version <= *version {
            let message = format!("`{}` changed and is still version {}", *script.flow, script.version);
            let advice = format!("Write `version: {}`.", version + 1);
            findings.push(scripts.finding(placed, Lint::L19, script.flow.place, message, advice));
        }
    }
    findings
}

fn read(line: &str) -> Option<(&str, (u32, &str))> {
    let mut words = line.split_whitespace();
    let (flow, version, hash) = (words.next()?, words.next()?, words.next()?);
    Some((flow, (version.parse().ok()?, hash)))
}

/// Over everything but the version, so that raising it alone is no change.
fn fingerprint(placed: &PlacedFlow) -> String {
    let mut script = placed.script.clone();
    script.version = 0;
    HEXLOWER.encode(&Sha256::digest(normal(&script)))
}
