//! A copy of a database while it is in use, and whether a database is whole as far as SQLite can tell.

use std::path::Path;
use std::time::Duration;

use rusqlite::backup::Backup;
use rusqlite::{Connection, OpenFlags};

use crate::disk::private::{beside, make, sync_parent};

/// Pages copied at once (400 KiB), so that writers get in between.
const PAGES: i32 = 100;

/// Copies the database at `from` to a new file at `to`, page by page through SQLite, and syncs it. What is committed
/// while the copy runs is in it as well.
///
/// # Errors
/// In words that name the file.
pub fn copy(from: &Path, to: &Path) -> Result<(), String> {
    let at = |path: &Path, error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
    let source = Connection::open_with_flags(from, OpenFlags::SQLITE_OPEN_READ_WRITE).map_err(|e| at(from, &e))?;
    make(to).map_err(|e| at(to, &e))?;
    let mut target = Connection::open(to).map_err(|e| at(to, &e))?;
    let backup = Backup::new(&source, &mut target).map_err(|e| at(to, &e))?;
    backup.run_to_completion(PAGES, Duration::from_millis(1), None).map_err(|e| at(from, &e))?;
    drop(backup);
    // One file, nothing beside it: a copy is carried about.
    target.pragma_update(None, "journal_mode", "delete").map_err(|e| at(to, &e))?;
    drop(target);
    std::fs::File::open(to).and_then(|file| file.sync_all()).map_err(|e| at(to, &e))?;
    sync_parent(to).map_err(|e| at(to, &e))
}

/// What SQLite finds wrong with the file's structure, indexes included.
pub fn whole(connection: &Connection) -> Result<(), String> {
    let found = connection.query_row("PRAGMA integrity_check(1)", [], |row| row.get::<_, String>(0));
    match found.map_err(|error| error.to_string())?.as_str() {
        "ok" => Ok(()),
        fault => Err(fault.to_owned()),
    }
}

/// Moves a database aside, with the journals that belong to it; its mark speaks of it alone and goes.
pub fn set_aside(path: &Path, suffix: &str) -> std::io::Result<()> {
    for side in ["", "-wal", "-shm", "-journal"] {
        let named = |path: &Path| {
            let mut name = path.file_name().unwrap_or_default().to_owned();
            name.push(side);
            path.with_file_name(name)
        };
        missing_is_well(std::fs::rename(named(path), named(&beside(path, suffix))))?;
    }
    missing_is_well(std::fs::remove_file(beside(path, "mark")))
}

fn missing_is_well(done: std::io::Result<()>) -> std::io::Result<()> {
    match done {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
        Ok(()) | Err(_) => Ok(()),
    }
}
