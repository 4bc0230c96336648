//! Opening sled's folder so that no damage stops the service, and the sync that sled itself leaves out.

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, mpsc};
use std::time::Duration;

use crate::disk::mark::{Mark, Said};
use crate::disk::private::{beside, writable};
use crate::model::time::Timestamp;
use crate::ports::store::StoreError;
use crate::store::layout::{Layout, Write};
use crate::store::sled_store::writer::Writer;
use crate::store::sled_store::{Opened, Quarantined, Rotation, rotation};
use crate::store::table::{Loaded, Medium, Table};

/// sled's default of 1 GiB is more than the whole service may use. What is not in here is in the system's own cache, a
/// few microseconds away.
const CACHE_BYTES: u64 = 8 << 20;
/// Files that hold this many times what lives in them are worth writing anew at a start; it takes as long as reading them.
const WORTH: u64 = 4;
/// 10,000 conversations open in a fifth of a second; a folder that takes longer than this is treated as damaged.
const OPEN_LIMIT: Duration = Duration::from_secs(60);

/// Where a store lies and how it is kept.
#[derive(Clone)]
pub struct Place {
    pub folder: PathBuf,
    pub layout: Arc<Layout>,
    pub rotation: Rotation,
}

/// sled's tree as a flat space of bytes.
pub struct Disk {
    db: sled::Db,
    /// Held as long as the tree is open. Without it a second process would be told of damage instead of the first.
    _lock: Arc<File>,
}

/// Makes everything that was applied survive a power cut.
struct Sync {
    db: sled::Db,
    /// Our own handle to sled's log file.
    log: File,
    mark: Mark,
    size: Arc<AtomicU64>,
}

/// Why the folder does not open.
enum Failure {
    /// Its content is at fault: it is moved aside.
    Damaged(String),
    /// Its surroundings are: rights, space, another process. Moving it aside would lose it for nothing.
    Unavailable(String),
}

impl Place {
    /// Opens or creates the store, written anew when that is wished or its files have grown too large.
    pub fn open(&self, now: Timestamp, anew: bool) -> Result<(Writer<Disk>, Opened), StoreError> {
        let folder = self.folder.as_path();
        let named = |why: String| StoreError::Unavailable(format!("{}: {why}", folder.display()));
        let io = |error: io::Error| named(error.to_string());
        let lock = Arc::new(lock(folder).map_err(named)?);
        writable(folder).map_err(io)?;
        rotation::settle(folder).map_err(io)?;
        let mut mark = Mark::open(folder);
        let mut quarantined = None;
        let (mut table, loaded) = match self.load(now, &lock, mark.said()) {
            Ok(open) => open,
            Err(Failure::Unavailable(why)) => return Err(named(why)),
            Err(Failure::Damaged(why)) => {
                let moved_to = free(&beside(folder, &format!("quarantine-{}", now.0)));
                std::fs::rename(folder, &moved_to).map_err(io)?;
                mark.forget();
                quarantined = Some(Quarantined { moved_to, why });
                let (mut table, loaded) = self.load(now, &lock, None).map_err(|failure| named(failure.why()))?;
                table.note(|seal| seal.replaced_damage = Some(now))?;
                (table, loaded)
            }
        };
        if !loaded.new && (anew || size(folder) > self.rotation.at_bytes.max(loaded.bytes.saturating_mul(WORTH))) {
            table = self.rotate(table, now, &lock).map_err(|failure| named(failure.why()))?;
        }
        let least = size(folder).saturating_mul(2).max(self.rotation.at_bytes);
        let seal = table.seal();
        let opened = Opened { loaded, quarantined, replaced_damage: seal.replaced_damage, seen: seal.seen };
        let size = Arc::new(AtomicU64::new(0));
        let mut sync = Sync::over(folder, table.medium.db.clone(), mark, Arc::clone(&size)).map_err(io)?;
        sync.sync(table.sequence()).and_then(|()| rotation::sync(folder)).map_err(io)?;
        let grown = move || size.load(Ordering::Relaxed) > least;
        Ok((Writer::start(table, move |sequence| sync.sync(sequence), grown), opened))
    }

    fn load(&self, now: Timestamp, lock: &Arc<File>, said: Option<Said>) -> Result<(Table<Disk>, Loaded), Failure> {
        let (table, loaded) = load(&self.folder, &self.layout, now, lock)?;
        match said {
            Some(_) if loaded.new => Err(Failure::Damaged(String::from("it is empty and was not"))),
            Some(said) if loaded.sequence < said.number => {
                let lost = said.number - loaded.sequence;
                Err(Failure::Damaged(format!("its last {lost} changes are missing")))
            }
            Some(_) | None => Ok((table, loaded)),
        }
    }

    /// Copies what lives into fresh files, which take the place of the old ones.
    fn rotate(&self, mut table: Table<Disk>, now: Timestamp, lock: &Arc<File>) -> Result<Table<Disk>, Failure> {
        let unavailable = |error: io::Error| Failure::Unavailable(error.to_string());
        table.note(|seal| seal.begun = now).map_err(|error| Failure::Unavailable(error.to_string()))?;
        rotation::copy(&table.medium.db, &self.folder, config).map_err(Failure::of)?;
        drop(table);
        // sled's threads may still write to files below its folder.
        patiently(|| config(&self.folder).open()).map(drop).map_err(Failure::of)?;
        rotation::swap(&self.folder).map_err(unavailable)?;
        Ok(load(&self.folder, &self.layout, now, lock)?.0)
    }
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
    fn over(folder: &Path, db: sled::Db, mark: Mark, size: Arc<AtomicU64>) -> io::Result<Self> {
        Ok(Self { db, log: OpenOptions::new().write(true).open(folder.join("db"))?, mark, size })
    }

    /// sled's `flush` starts write-back with `sync_file_range`, which neither writes the file's size nor empties the
    /// drive's cache: in a modelled power cut it alone lost acknowledged turns every time, with `fdatasync` never.
    fn sync(&mut self, sequence: u64) -> io::Result<()> {
        self.db.flush().map_err(io::Error::other)?;
        self.log.sync_data()?;
        self.size.store(self.log.metadata()?.len(), Ordering::Relaxed);
        self.mark.say(Said { number: sequence, tag: [0; 32] });
        Ok(())
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

/// The writer syncs after every group, so sled's own timer has nothing to do.
fn config(folder: &Path) -> sled::Config {
    sled::Config::new().path(folder).cache_capacity(CACHE_BYTES).flush_every_ms(None)
}

/// Opens and reads everything on a thread of its own: sled may panic or hang on what it reads.
fn load(
    folder: &Path,
    layout: &Arc<Layout>,
    now: Timestamp,
    lock: &Arc<File>,
) -> Result<(Table<Disk>, Loaded), Failure> {
    let (done, opened) = mpsc::channel();
    let (from, layout, lock) = (folder.to_owned(), Arc::clone(layout), Arc::clone(lock));
    let work = move || {
        let open = AssertUnwindSafe(|| read(&from, layout, now, lock));
        let result = catch_unwind(open).unwrap_or_else(|_| Err(Failure::Damaged(String::from("sled panicked"))));
        // Nobody waits any more when the time was over.
        let _ = done.send(result);
    };
    let spawned = std::thread::Builder::new().name(String::from("store-open")).spawn(work);
    spawned.map_err(|error| Failure::Unavailable(error.to_string()))?;
    let result = opened
        .recv_timeout(OPEN_LIMIT)
        .unwrap_or_else(|_| Err(Failure::Damaged(String::from("opening took too long"))));
    match result {
        // A disk that filled up meanwhile makes sled fail in ways that look like damage.
        Err(Failure::Damaged(_)) if let Err(error) = writable(folder) => Err(Failure::Unavailable(error.to_string())),
        other => other,
    }
}

fn read(folder: &Path, layout: Arc<Layout>, now: Timestamp, lock: Arc<File>) -> Result<(Table<Disk>, Loaded), Failure> {
    let unavailable = |error: io::Error| Failure::Unavailable(error.to_string());
    DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(unavailable)?;
    let db = patiently(|| config(folder).open()).map_err(Failure::of)?;
    let mut unread = None;
    // One after the other, for all of them at once may be more than fits into memory.
    let entries = db.iter().map(|entry| {
        entry.map_err(|error| {
            let why = StoreError::Unavailable(error.to_string());
            unread = Some(error);
            why
        })
    });
    let loaded = Table::load(Disk { db: db.clone(), _lock: lock }, entries, layout, now);
    match (unread, loaded) {
        (Some(error), _) => Err(Failure::of(error)),
        (None, Ok(loaded)) => Ok(loaded),
        (None, Err(StoreError::Damaged(why))) => Err(Failure::Damaged(why)),
        (None, Err(other)) => Err(Failure::Unavailable(other.to_string())),
    }
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

/// Whether somebody holds the lock now.
pub fn in_use(folder: &Path) -> bool {
    File::open(beside(folder, "lock")).is_ok_and(|file| matches!(file.try_lock(), Err(TryLockError::WouldBlock)))
}

/// The first name that is not taken: two folders may be moved aside in one moment.
fn free(path: &Path) -> PathBuf {
    let others = (2..).map(|n| beside(path, &n.to_string()));
    std::iter::once(path.to_owned()).chain(others).find(|path| !path.exists()).unwrap_or_else(|| path.to_owned())
}

/// Bytes of sled's log.
fn size(folder: &Path) -> u64 {
    std::fs::metadata(folder.join("db")).map_or(0, |metadata| metadata.len())
}

fn failed(error: sled::Error) -> StoreError {
    match error {
        sled::Error::Corruption { .. } => StoreError::Damaged(String::from("sled")),
        other => StoreError::Unavailable(other.to_string()),
    }
}
