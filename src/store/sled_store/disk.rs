//! Opening sled's folder so that no damage stops the service, and the sync that sled itself leaves out.

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, mpsc};
use std::time::Duration;

use crate::model::time::Timestamp;
use crate::ports::store::StoreError;
use crate::store::layout::{Layout, Write};
use crate::store::sled_store::{Opened, Quarantined};
use crate::store::table::{Loaded, Medium, Table};

/// sled's default of 1 GiB is more than the whole service may use.
const CACHE_BYTES: u64 = 64 << 20;
/// 20,000 conversations open in 0.4 s; a folder that takes longer than this is treated as damaged.
const OPEN_LIMIT: Duration = Duration::from_secs(60);

/// sled's tree as a flat space of bytes.
pub struct Disk {
    db: sled::Db,
    /// Held as long as the tree is open. Without it a second process would be told of damage instead of the first.
    _lock: Arc<File>,
}

/// Makes everything that was applied survive a power cut.
pub struct Sync {
    db: sled::Db,
    /// Our own handle to sled's log file.
    log: File,
}

pub struct Opening {
    pub table: Table<Disk>,
    pub sync: Sync,
    pub opened: Opened,
}

/// Why the folder does not open.
enum Failure {
    /// Its content is at fault: it is moved aside.
    Damaged(String),
    /// Its surroundings are: rights, space, another process. Moving it aside would lose it for nothing.
    Unavailable(String),
}

pub fn open(folder: &Path, layout: Arc<Layout>, now: Timestamp) -> Result<Opening, StoreError> {
    let named = |why: String| StoreError::Unavailable(format!("{}: {why}", folder.display()));
    let lock = Arc::new(lock(folder).map_err(named)?);
    let mut quarantined = None;
    let (table, loaded) = match load(folder, &layout, now, &lock) {
        Ok(open) => open,
        Err(Failure::Unavailable(why)) => return Err(named(why)),
        Err(Failure::Damaged(why)) => {
            let moved_to = beside(folder, &format!("quarantine-{}", now.0));
            std::fs::rename(folder, &moved_to).map_err(|error| named(error.to_string()))?;
            quarantined = Some(Quarantined { moved_to, why });
            load(folder, &layout, now, &lock).map_err(|failure| named(failure.why()))?
        }
    };
    let mut sync = Sync::over(folder, table.medium.db.clone()).map_err(|error| named(error.to_string()))?;
    sync.sync().and_then(|()| sync_folder(folder)).map_err(|error| named(error.to_string()))?;
    Ok(Opening { table, sync, opened: Opened { loaded, quarantined } })
}

impl Medium for Disk {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        self.db.get(key).map(|value| value.map(|value| value.to_vec())).map_err(failed)
    }

    fn apply(&mut self, writes: Vec<Write>) -> Result<(), StoreError> {
        let mut batch = sled::Batch::default();
        for Write { key, value } in writes {
            match value {
                Some(value) => batch.insert(key, value),
                None => batch.remove(key),
            }
        }
        self.db.apply_batch(batch).map_err(failed)
    }
}

impl Sync {
    fn over(folder: &Path, db: sled::Db) -> io::Result<Self> {
        Ok(Self { db, log: OpenOptions::new().write(true).open(folder.join("db"))? })
    }

    /// sled's `flush` starts write-back with `sync_file_range`, which neither writes the file's size nor empties the
    /// drive's cache: in a modelled power cut it alone lost acknowledged turns every time, with `fdatasync` never.
    pub fn sync(&mut self) -> io::Result<()> {
        self.db.flush().map_err(io::Error::other)?;
        self.log.sync_data()
    }
}

impl Failure {
    fn why(self) -> String {
        match self {
            Failure::Damaged(why) | Failure::Unavailable(why) => why,
        }
    }

    fn of(error: sled::Error) -> Self {
        use io::ErrorKind::{InvalidData, InvalidInput, Other, UnexpectedEof};
        match &error {
            // A cut-off or overwritten file shows as one of these.
            sled::Error::Io(io) if !matches!(io.kind(), InvalidData | InvalidInput | Other | UnexpectedEof) => {
                Failure::Unavailable(error.to_string())
            }
            _ => Failure::Damaged(error.to_string()),
        }
    }
}

/// Opens and reads everything on a thread of its own: sled may panic or hang on what it reads.
fn load(
    folder: &Path,
    layout: &Arc<Layout>,
    now: Timestamp,
    lock: &Arc<File>,
) -> Result<(Table<Disk>, Loaded), Failure> {
    let (done, opened) = mpsc::channel();
    let (folder, layout, lock) = (folder.to_owned(), Arc::clone(layout), Arc::clone(lock));
    let work = move || {
        let open = AssertUnwindSafe(|| read(&folder, layout, now, lock));
        let result = catch_unwind(open).unwrap_or_else(|_| Err(Failure::Damaged(String::from("sled panicked"))));
        // Nobody waits any more when the time was over.
        let _ = done.send(result);
    };
    let spawned = std::thread::Builder::new().name(String::from("store-open")).spawn(work);
    spawned.map_err(|error| Failure::Unavailable(error.to_string()))?;
    opened.recv_timeout(OPEN_LIMIT).unwrap_or_else(|_| Err(Failure::Damaged(String::from("opening took too long"))))
}

fn read(folder: &Path, layout: Arc<Layout>, now: Timestamp, lock: Arc<File>) -> Result<(Table<Disk>, Loaded), Failure> {
    let unavailable = |error: io::Error| Failure::Unavailable(error.to_string());
    DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(unavailable)?;
    // The writer syncs after every group, so sled's own timer has nothing to do.
    let config = sled::Config::new().path(folder).cache_capacity(CACHE_BYTES).flush_every_ms(None);
    let db = patiently(|| config.open()).map_err(Failure::of)?;
    let bytes = |(key, value): (sled::IVec, sled::IVec)| (key.to_vec(), value.to_vec());
    let entries: Vec<_> = db.iter().map(|entry| entry.map(bytes)).collect::<Result<_, _>>().map_err(Failure::of)?;
    Table::load(Disk { db, _lock: lock }, entries, layout, now).map_err(|error| match error {
        StoreError::Damaged(why) => Failure::Damaged(why),
        other => Failure::Unavailable(other.to_string()),
    })
}

/// sled's threads let go of its file a moment after its last handle is gone; that is not damage.
fn patiently(open: impl Fn() -> sled::Result<sled::Db>) -> sled::Result<sled::Db> {
    const PAUSE: Duration = Duration::from_millis(20);
    for _ in 0..250 {
        match open() {
            Err(error) if error.to_string().contains("could not acquire lock") => std::thread::sleep(PAUSE),
            other => return other,
        }
    }
    open()
}

/// One process at a time. The lock lies beside the folder, so that it stays when the folder is moved aside.
fn lock(folder: &Path) -> Result<File, String> {
    if let Some(parent) = folder.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        DirBuilder::new().recursive(true).mode(0o700).create(parent).map_err(|error| error.to_string())?;
    }
    let mut options = OpenOptions::new();
    let file = options.create(true).append(true).mode(0o600).open(beside(folder, "lock"));
    let file = file.map_err(|error| error.to_string())?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(String::from("in use by another process")),
        Err(TryLockError::Error(error)) => Err(error.to_string()),
    }
}

/// New files and their names survive a power cut only when they and their folders were synced once.
fn sync_folder(folder: &Path) -> io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?.path();
        File::open(&entry)?.sync_all()?;
    }
    File::open(folder)?.sync_all()?;
    match folder.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        Some(parent) => File::open(parent)?.sync_all(),
        None => File::open(".")?.sync_all(),
    }
}

/// `store` becomes `store.lock`.
fn beside(folder: &Path, suffix: &str) -> PathBuf {
    let mut name = folder.file_name().unwrap_or_default().to_owned();
    name.push(".");
    name.push(suffix);
    folder.with_file_name(name)
}

fn failed(error: sled::Error) -> StoreError {
    match error {
        sled::Error::Corruption { .. } => StoreError::Damaged(String::from("sled")),
        other => StoreError::Unavailable(other.to_string()),
    }
}
