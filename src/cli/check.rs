//! `ringback check`: every fault of flows, messages and institutions, all in one run.

use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Args;
use serde::Serialize;

use crate::cli::fault::{Exit, Fault};
use crate::config::fault::ConfigFault;
use crate::config::{Config, files, tenant};
use crate::flow::finding::{Finding, Level, Lint, excerpt};
use crate::flow::lint::wording;
use crate::flow::read::Scripts;
use crate::flow::script::place::Place;
use crate::flow::set::FlowSet;
use crate::model::peer::Language;
use crate::text::catalog::Catalog;

/// Check flow scripts, messages and institutions without starting anything.
#[derive(Args)]
pub struct Check {
    /// Take the folders, and the institutions, of this configuration.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Folder of flow scripts, instead of those in the program.
    #[arg(long, value_name = "FOLDER")]
    flows: Option<PathBuf>,
    /// Folder of messages, instead of those in the program.
    #[arg(long, value_name = "FOLDER")]
    locales: Option<PathBuf>,
    /// Folder of institutions, instead of those in the program.
    #[arg(long, value_name = "FOLDER")]
    tenants: Option<PathBuf>,
    /// Print the findings as JSON.
    #[arg(long)]
    json: bool,
}

/// What `--json` prints.
#[derive(Serialize)]
struct Report<'a> {
    errors: usize,
    warnings: usize,
    findings: &'a [Finding],
}

pub fn run(check: &Check) -> anyhow::Result<Exit> {
    let findings = find(check)?;
    let errors = findings.iter().filter(|finding| finding.level == Level::Error).count();
    let warnings = findings.len() - errors;
    if check.json {
        let report = Report { errors, warnings, findings: &findings };
        println!("{}", serde_json::to_string_pretty(&report).context("findings as JSON")?);
    } else {
        for finding in &findings {
            println!("{finding}");
        }
        println!("{}", summary(errors, warnings));
    }
    Ok(if errors == 0 { Exit::Ok } else { Exit::Findings })
}

/// All findings in the order of files and lines.
fn find(check: &Check) -> anyhow::Result<Vec<Finding>> {
    let mut findings = Vec::new();
    let mut folders = (check.flows.clone(), check.locales.clone(), check.tenants.clone());
    let configured = check.config.is_some();
    if let Some(file) = &check.config {
        match Config::load(file) {
            Ok(config) => {
                folders.0 = folders.0.or(config.folders.flows);
                folders.1 = folders.1.or(config.folders.locales);
                findings.extend(config.warnings.into_iter().map(|fault| tenant_finding(fault, Level::Warning)));
            }
            Err(faults) => findings.extend(faults.into_iter().map(|fault| tenant_finding(fault, Level::Error))),
        }
    }
    let (flows, locales, tenants) = folders;
    let scripts = files::flows(flows.as_deref()).map_err(|error| unreadable(flows.as_deref(), &error))?;
    let messages = files::locales(locales.as_deref()).map_err(|error| unreadable(locales.as_deref(), &error))?;
    let catalog = match Catalog::load(&messages) {
        Ok(catalog) => Some(catalog),
        Err(faults) => {
            findings.extend(faults.into_iter().map(wording::fault));
            None
        }
    };
    findings.extend(FlowSet::check(&scripts, catalog.as_ref()));
    if let Some(catalog) = &catalog {
        if flows.is_some() || locales.is_some() {
            findings.extend(unused(&scripts, catalog)?);
        }
        if !configured || tenants.is_some() {
            findings.extend(tenants_of(tenants.as_deref(), catalog.languages())?);
        }
    }
    for finding in findings.iter_mut().filter(|finding| finding.excerpt.is_empty()) {
        let text = messages.iter().find(|(name, _)| *name == finding.file).map(|(_, text)| text.clone());
        let text = text.or_else(|| std::fs::read_to_string(&finding.file).ok());
        if let Some(text) = text {
            finding.excerpt = excerpt(&text, Place { line: finding.line, column: finding.column });
        }
    }
    findings.sort_by(|a, b| a.order().cmp(&b.order()));
    Ok(findings)
}

/// Messages that only these files know and that nothing says.
fn unused(scripts: &[(String, String)], catalog: &Catalog) -> anyhow::Result<Vec<Finding>> {
    let shipped = Catalog::shipped().map_err(|_| anyhow::anyhow!("the messages in the program do not load"))?;
    let languages = shipped.languages().to_vec();
    let by_program = languages.iter().flat_map(|language| shipped.messages(language)).map(|m| m.key.clone()).collect();
    let mut ignored = Vec::new();
    Ok(wording::unused(&Scripts::read(scripts, &mut ignored), catalog, &by_program))
}

fn tenants_of(folder: Option<&Path>, languages: &[Language]) -> anyhow::Result<Vec<Finding>> {
    let mut findings = Vec::new();
    let mut add = |read: Result<tenant::TenantFile, Vec<ConfigFault>>| match read {
        Ok(file) => findings.extend(file.findings.warnings.into_iter().map(|f| tenant_finding(f, Level::Warning))),
        Err(faults) => findings.extend(faults.into_iter().map(|fault| tenant_finding(fault, Level::Error))),
    };
    match folder {
        Some(folder) => {
            for (name, text) in files::texts(folder, "", &["toml"]).map_err(|error| unreadable(Some(folder), &error))? {
                add(tenant::parse(name.trim_end_matches(".toml"), &folder.join(&name), &text, languages));
            }
        }
        None => tenant::shipped_files(languages).for_each(add),
    }
    Ok(findings)
}

fn tenant_finding(fault: ConfigFault, level: Level) -> Finding {
    let message = if fault.key.is_empty() { fault.what } else { format!("`{}` {}", fault.key, fault.what) };
    Finding {
        lint: Lint::Tenant,
        level,
        file: fault.file.display().to_string(),
        line: fault.line.unwrap_or(0),
        column: usize::from(fault.line.is_some()),
        excerpt: String::new(),
        message,
        advice: fault.remedy,
    }
}

fn unreadable(folder: Option<&Path>, error: &std::io::Error) -> Fault {
    let shown = folder.map_or(String::new(), |folder| folder.display().to_string());
    Fault::new(Exit::Unavailable, format!("cannot be read: {error}"), "name a folder that is there").at(shown)
}

fn summary(errors: usize, warnings: usize) -> String {
    match (errors, warnings) {
        (0, 0) => "No faults: flows, messages and institutions fit together.".to_owned(),
        (0, warnings) => format!("No errors, {warnings} warning(s)."),
        (errors, 0) => format!("{errors} error(s): this set would not load."),
        (errors, warnings) => format!("{errors} error(s), {warnings} warning(s): this set would not load."),
    }
}
