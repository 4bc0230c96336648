//! `ringback registry`: enrolling many people from a CSV file.

use std::fs::File;
use std::path::Path;

use crate::audit::{AuditEvent, AuditKind};
use crate::cli::fault::{Exit, Fault};
use crate::cli::operation;
use crate::ports::audit_log::AuditLog;
use crate::registry::import::{Import, ImportError, Refused, Report};

/// Imports a file and prints every refused row; ends with `Findings` when there was one.
pub async fn import(file: &Path, into: Import<'_>, audit: &dyn AuditLog) -> anyhow::Result<Exit> {
    let opened = File::open(file).map_err(|error| {
        Fault::new(Exit::Usage, error.to_string(), "name a CSV file that you can read").at(file.display())
    })?;
    let report = into.run(opened).await.map_err(|error| {
        let (exit, remedy) = match &error {
            ImportError::File(_) | ImportError::Header(_) => (Exit::Usage, "mend the file; nothing more was imported"),
            ImportError::Directory { .. } | ImportError::Registry { .. } => {
                (Exit::Unavailable, "run it again when that answers; rows that are in already are not doubled")
            }
        };
        Fault::new(exit, error.to_string(), remedy).at(file.display())
    })?;
    let kind = AuditKind::Imported { accepted: report.accepted, refused: report.refused };
    let event = AuditEvent { at: into.now, tenant: into.tenant.clone(), run: None, channel: None, subject: None, kind };
    audit.append(&operation::name("import", into.now)?, &[event]).await?;
    println!("{}", words(&report));
    Ok(if report.refused == 0 { Exit::Ok } else { Exit::Findings })
}

/// The report as it is printed: no cell of the file is in it.
pub fn words(report: &Report) -> String {
    let line = |fault: &Refused| match &fault.column {
        Some(column) => format!("line {}, {column}: {}\n", fault.line, fault.reason),
        None => format!("line {}: {}\n", fault.line, fault.reason),
    };
    let lines: String = report.faults.iter().map(line).collect();
    format!("{lines}{} imported, {} refused.", report.accepted, report.refused)
}
