//! Loads a flow set: reads, proves, compiles. A set with a single error does not load.

use rust_embed::RustEmbed;

use crate::flow::compile::compile;
use crate::flow::finding::{Finding, Level};
use crate::flow::lint;
use crate::flow::read::Scripts;
use crate::flow::set::FlowSet;
use crate::text::catalog::Catalog;

#[derive(RustEmbed)]
#[folder = "flows/"]
struct Shipped;

/// The scripts that are part of the program, by file name.
pub fn shipped() -> Vec<(String, String)> {
    let mut files: Vec<(String, String)> = Shipped::iter()
        .filter(|name| name.ends_with(".yaml"))
        .filter_map(|name| {
            let file = Shipped::get(&name)?;
            Some((name.to_string(), String::from_utf8_lossy(&file.data).into_owned()))
        })
        .collect();
    files.sort();
    files
}

impl FlowSet {
    /// Compiles scripts, given as file name and text. With a catalog, their wording is checked too.
    ///
    /// # Errors
    /// Every finding, if one of them is an error; none of the scripts can then be used.
    pub fn load(files: &[(String, String)], catalog: Option<&Catalog>) -> Result<FlowSet, Vec<Finding>> {
        let mut findings = Vec::new();
        let scripts = Scripts::read(files, &mut findings);
        lint::all(&scripts, catalog, &mut findings);
        findings.sort_by(|a, b| a.order().cmp(&b.order()));
        if findings.iter().any(|finding| finding.level == Level::Error) {
            return Err(findings);
        }
        let set = compile(&scripts).expect("lints resolve every name and demand every field");
        Ok(FlowSet { files: files.to_vec(), ..set })
    }

    /// All findings, for a report that also shows warnings.
    pub fn check(files: &[(String, String)], catalog: Option<&Catalog>) -> Vec<Finding> {
        let mut findings = Vec::new();
        let scripts = Scripts::read(files, &mut findings);
        lint::all(&scripts, catalog, &mut findings);
        findings.sort_by(|a, b| a.order().cmp(&b.order()));
        findings
    }
}
