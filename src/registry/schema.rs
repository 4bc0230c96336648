//! Opening the registry's file: created for its owner alone, checked whole, durable at every commit.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use crate::disk::copy::whole;
use crate::disk::later::{Later, is_large};
use crate::disk::mark::Mark;
use crate::disk::private::make;
use crate::ports::registry::RegistryError;
use crate::registry::sums;
use crate::verify::keys::Key;

/// The layouts, each on top of the one before; the first makes a file. An unknown layout is refused, not guessed at.
const LAYOUTS: [&str; 3] = [include_str!("schema.sql"), include_str!("schema_2.sql"), include_str!("schema_3.sql")];
/// Another process (an import) may hold the file for a moment.
const BUSY: Duration = Duration::from_secs(5);

/// What is said of a file that does not hold what was written to it.
const DAMAGED: &str = "keep it as it is and bring a copy back with `ringback restore`";

/// Opens or creates the file. Everything in it is held against its sums, and against the mark beside it; of a file from
/// `large` bytes on the sums are added up while it is used.
pub fn open(path: &Path, key: &Key, large: u64) -> Result<(Connection, Mark, Later), RegistryError> {
    let named = |why: String| RegistryError::Unavailable(format!("{}: {why}", path.display()));
    make(path).map_err(|error| named(error.to_string()))?;
    let mark = Mark::open(path);
    let later = is_large(path, large);
    let connection = Connection::open(path).map_err(|error| named(error.to_string()))?;
    let connection = prepare(connection, &mark, key, later).map_err(named)?;
    if !later {
        return Ok((connection, mark, Later::over()));
    }
    let (key, at) = (key.digested(), path.display().to_string());
    let check = move |connection: &Connection| match sums::check(connection, &key) {
        Ok(_) => Ok(()),
        Err(why) => Err(format!("{at}: damaged, {DAMAGED}: {why}")),
    };
    Ok((connection, mark, Later::begin(path, check)))
}

/// Whether a file that nobody uses, a copy, holds what its sums say. It is not changed.
pub fn check(path: &Path, key: &Key) -> Result<(), RegistryError> {
    let named = |why: String| RegistryError::Unavailable(format!("{}: {why}", path.display()));
    let text = |error: rusqlite::Error| error.to_string();
    let open = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).map_err(text).map_err(named)?;
    whole(&open).map_err(named)?;
    match sums::check(&open, &key.digested()).map_err(named)? {
        true => Ok(()),
        false => Err(named(String::from("it has no sums, so it is no copy of a registry"))),
    }
}

pub fn in_memory(key: &Key) -> Result<(Connection, Mark), RegistryError> {
    let mark = Mark::none();
    let connection = Connection::open_in_memory().map_err(failed)?;
    Ok((prepare(connection, &mark, key, false).map_err(RegistryError::Unavailable)?, mark))
}

pub fn failed(error: rusqlite::Error) -> RegistryError {
    RegistryError::Unavailable(error.to_string())
}

/// `later`: the rows are looked at afterwards.
fn prepare(mut connection: Connection, mark: &Mark, key: &Key, later: bool) -> Result<Connection, String> {
    let text = |error: rusqlite::Error| error.to_string();
    let damaged = |why: String| format!("damaged, {DAMAGED}: {why}");
    connection.busy_timeout(BUSY).map_err(text)?;
    connection.pragma_update(None, "journal_mode", "wal").map_err(text)?;
    connection.pragma_update(None, "synchronous", "full").map_err(text)?;
    if !later {
        whole(&connection).map_err(damaged)?;
    }
    let change = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate).map_err(text)?;
    let tables: i64 = change.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0)).map_err(text)?;
    let version: i64 = change.query_row("PRAGMA user_version", [], |row| row.get(0)).map_err(text)?;
    let missing = usize::try_from(version).ok().and_then(|version| LAYOUTS.get(version..));
    let Some(missing) = missing else {
        return Err(format!("has layout {version}, this program knows {}", LAYOUTS.len()));
    };
    if version == 0 {
        if mark.said().is_some() {
            return Err(damaged(String::from("it is empty and was not")));
        }
        if tables > 0 {
            return Err(damaged(String::from("it says of itself that it is empty, and is not")));
        }
    } else {
        let sealed =
            if later { sums::are_kept(&change) } else { sums::check(&change, &key.digested()) }.map_err(damaged)?;
        let reached = if sealed { sums::changes(&change).map_err(text)? } else { 0 };
        match mark.said() {
            Some(said) if reached < said.number => {
                let lost = said.number - reached;
                return Err(damaged(format!("its last {lost} changes are missing")));
            }
            Some(_) | None => {}
        }
    }
    for layout in missing {
        change.execute_batch(layout).map_err(text)?;
    }
    sums::keep(&change, key)?;
    change.commit().map_err(text)?;
    Ok(connection)
}
