//! Reading the record beside the service that writes it: all rows in order, or the number of the last one.

use std::path::Path;

use rusqlite::{Connection, OpenFlags};

use crate::audit::AuditEvent;
use crate::audit_log::chain;
use crate::ports::audit_log::AuditError;

/// One row of the record.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Recorded {
    pub seq: i64,
    /// Its subject is a pseudonym.
    pub event: AuditEvent,
}

/// Hands every row to `take`, oldest first, until that fails. Nothing is changed, and the chain is not checked: that is
/// `verdict::verify`.
pub fn read<E: From<AuditError>>(path: &Path, mut take: impl FnMut(Recorded) -> Result<(), E>) -> Result<(), E> {
    let named = |error: String| E::from(AuditError::Unavailable(format!("{}: {error}", path.display())));
    let sql = |error: rusqlite::Error| named(error.to_string());
    let connection = open(path).map_err(sql)?;
    let mut find = connection.prepare("SELECT seq, payload FROM audit ORDER BY seq").map_err(sql)?;
    let mut rows = find.query([]).map_err(sql)?;
    while let Some(row) = rows.next().map_err(sql)? {
        let (seq, payload): (i64, String) = (row.get(0).map_err(sql)?, row.get(1).map_err(sql)?);
        let event = chain::read(&payload).map_err(|error| named(format!("row {seq}: {error}")))?;
        take(Recorded { seq, event })?;
    }
    Ok(())
}

/// The number of the last row; zero when there is none.
pub fn last_seq(path: &Path) -> Result<i64, AuditError> {
    let named = |error: rusqlite::Error| AuditError::Unavailable(format!("{}: {error}", path.display()));
    let find = "SELECT COALESCE(MAX(seq), 0) FROM audit";
    open(path).map_err(named)?.query_row(find, [], |row| row.get(0)).map_err(named)
}

fn open(path: &Path) -> rusqlite::Result<Connection> {
    Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)
}
