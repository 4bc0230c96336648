//! Opening the registry's file: created for its owner alone, checked whole, durable at every commit.

use std::fs::{DirBuilder, OpenOptions};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;
use std::time::Duration;

use rusqlite::Connection;

use crate::ports::registry::RegistryError;

const SCHEMA: &str = include_str!("schema.sql");
/// The layout this program writes; an unknown one is refused, not guessed at.
const VERSION: i64 = 1;
/// Another process (an import) may hold the file for a moment.
const BUSY: Duration = Duration::from_secs(5);

pub fn open(path: &Path) -> Result<Connection, RegistryError> {
    make(path).map_err(|error| RegistryError::Unavailable(format!("{}: {error}", path.display())))?;
    let connection = Connection::open(path).map_err(failed)?;
    prepare(connection).map_err(|error| RegistryError::Unavailable(format!("{}: {error}", path.display())))
}

pub fn in_memory() -> Result<Connection, RegistryError> {
    prepare(Connection::open_in_memory().map_err(failed)?).map_err(RegistryError::Unavailable)
}

pub fn failed(error: rusqlite::Error) -> RegistryError {
    RegistryError::Unavailable(error.to_string())
}

/// SQLite gives its side files the mode of the database, so it is set before there is one.
fn make(path: &Path) -> std::io::Result<()> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    }
    OpenOptions::new().create(true).append(true).mode(0o600).open(path).map(|_| ())
}

fn prepare(mut connection: Connection) -> Result<Connection, String> {
    let text = |error: rusqlite::Error| error.to_string();
    connection.busy_timeout(BUSY).map_err(text)?;
    connection.pragma_update(None, "journal_mode", "wal").map_err(text)?;
    connection.pragma_update(None, "synchronous", "full").map_err(text)?;
    let verdict: String = connection.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0)).map_err(text)?;
    if verdict != "ok" {
        return Err(format!("damaged, restore a copy: {verdict}"));
    }
    let change = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate).map_err(text)?;
    match change.query_row("PRAGMA user_version", [], |row| row.get(0)).map_err(text)? {
        VERSION => {}
        0i64 => change.execute_batch(SCHEMA).map_err(text)?,
        other => return Err(format!("has layout {other}, this program knows {VERSION}")),
    }
    change.commit().map_err(text)?;
    Ok(connection)
}
