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

/// Takes away what lies beside a database: journals and mark of a file that is about to be replaced.
pub fn clear_beside(path: &Path) -> std::io::Result<()> {
    let dashed = |suffix: &str| {
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push(suffix);
        path.with_file_name(name)
    };
    for side in [dashed("-wal"), dashed("-shm"), dashed("-journal"), beside(path, "mark")] {
        match std::fs::remove_file(&side) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
            Ok(()) | Err(_) => {}
        }
    }
    Ok(())
}
