//! Looking through a large database while it is used, on a thread and a connection of its own. What it finds closes the
//! database for good.

use std::path::Path;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use crate::disk::copy::whole;

/// Files from this size on, in bytes: reading one takes a tenth of a second and more.
pub const LARGE: u64 = 2 << 20;
/// A start has more urgent things to do.
const AFTER_START: Duration = Duration::from_millis(500);

/// What it came to; `None` while it runs.
#[derive(Clone, Default)]
pub struct Later(Arc<OnceLock<Result<(), String>>>);

impl Later {
    /// Over a database that was looked through already.
    pub fn over() -> Self {
        let later = Self::default();
        let _ = later.0.set(Ok(()));
        later
    }

    /// Looks through the file: its structure first, then what `check` looks at; both see one moment of it.
    pub fn begin(path: &Path, check: impl FnOnce(&Connection) -> Result<(), String> + Send + 'static) -> Self {
        let (later, path) = (Self::default(), path.to_owned());
        let told = later.clone();
        let look = move || {
            std::thread::sleep(AFTER_START);
            let text = |error: rusqlite::Error| error.to_string();
            let connection = Connection::open_with_flags(&path, OpenFlags::SQLITE_OPEN_READ_ONLY).map_err(text)?;
            connection.execute_batch("BEGIN").map_err(text)?;
            whole(&connection)?;
            check(&connection)
        };
        let named = std::thread::Builder::new().name(String::from("look-through"));
        let spawned = named.spawn(move || {
            let found = std::panic::catch_unwind(std::panic::AssertUnwindSafe(look));
            let found = found.unwrap_or_else(|_| Err(String::from("looking through it panicked")));
            if let Err(why) = &found {
                tracing::error!(why = %why, "a database is damaged; nothing is taken from it any more");
            }
            let _ = told.0.set(found);
        });
        if let Err(error) = spawned {
            let _ = later.0.set(Err(error.to_string()));
        }
        later
    }

    /// Why the database must not be used any more.
    pub fn damage(&self) -> Option<&str> {
        self.0.get()?.as_ref().err().map(String::as_str)
    }

    pub fn is_over(&self) -> bool {
        self.0.get().is_some()
    }
}

/// Whether a file and the log beside it are large together.
pub fn is_large(path: &Path, large: u64) -> bool {
    let log = path.with_file_name({
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push("-wal");
        name
    });
    let size = |path: &Path| std::fs::metadata(path).map_or(0, |metadata| metadata.len());
    size(path) + size(&log) >= large
}
