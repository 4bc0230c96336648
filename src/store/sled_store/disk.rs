//! Opening sled's folder so that no damage stops the service, and sled's tree as the medium of a table.

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, mpsc};
use std::time::Duration;

use crate::disk::mark::{Mark, Said};
use crate::disk::private::{beside, writable};
use crate::model::time::Timestamp;
use crate::ports::store::StoreError;
use crate::store::layout::{Layout, SEAL, Write};
use crate::store::sled_store::rotation::Copying;
use crate::store::sled_store::upkeep::{self, DiskUpkeep, Wishes};
use crate::store::sled_store::writer::{Upkeep, Writer};
use crate::store::sled_store::{Opened, Quarantined, Rotation, rotation};
use crate::store::table::{Loaded, Medium, Stored, Table};

/// sled's default of 1 GiB is more than the whole service may use. What is not in here is in the system's own cache, a
/// few microseconds away. There are two while the files are written anew; twice as much was no faster.
const CACHE_BYTES: u64 = 4 << 20;
/// A hundred thousand conversations open in a fraction of a second; a folder that takes longer than this is treated as
/// damaged.
const OPEN_LIMIT: Duration = Duration::from_secs(60);

/// Where a store lies and how it is kept.
#[derive(Clone)]
pub struct Place {
    pub folder: PathBuf,
    pub layout: Arc<Layout>,
    pub rotation: Rotation,
    /// Entries that are looked at before anything is served; the others are looked at beside serving.
    pub at_first: usize,
}

/// sled's tree as a flat space of bytes.
pub struct Disk {
    db: sled::Db,
    /// Where its files are.
    folder: PathBuf,
    copying: Option<Copying>,
    /// Bytes of changes since it was opened.
    written: u64,
    /// Held as long as the tree is open. Without it a second process would be told of damage instead of the first.
    _lock: Arc<File>,
}

/// Why the folder does not open.
enum Failure {
    /// Its content is at fault: it is moved aside.
    Damaged(String),
    /// Its surroundings are: rights, space, another process. Moving it aside would lose it for nothing.
    Unavailable(String),
}

impl Place {
    /// Opens or creates the store. When it is wished, everything is looked at first and written anew.
    pub fn open(&self, now: Timestamp, anew: bool, wishes: Arc<Wishes>) -> Result<(Writer<Disk>, Opened), StoreError> {
        let top = self.folder.as_path();
        let named = |why: String| StoreError::Unavailable(format!("{}: {why}", top.display()));
        let io = |error: io::Error| named(error.to_string());
        let lock = Arc::new(lock(top).map_err(named)?);
        writable(top).map_err(io)?;
        rotation::settle(top).map_err(io)?;
        let mut mark = Mark::open(top);
        let mut quarantined = None;
        let at_first = if anew { usize::MAX } else { self.at_first };
        let (mut table, loaded) = match self.load(now, &lock, mark.said(), at_first) {
            Ok(open) => open,
            Err(Failure::Unavailable(why)) => return Err(named(why)),
            Err(Failure::Damaged(why)) => {
                let moved_to = free(&beside(top, &format!("quarantine-{}", now.0)));
                std::fs::rename(top, &moved_to).map_err(io)?;
                mark.forget();
                quarantined = Some(Quarantined { moved_to, why });
                let fresh = self.load(now, &lock, None, at_first);
                let (mut table, loaded) = fresh.map_err(|failure| named(failure.why()))?;
                table.note(|seal| seal.replaced_damage = Some(now))?;
                (table, loaded)
            }
        };
        let mut upkeep = DiskUpkeep::over(self, &table, mark, wishes).map_err(io)?;
        if !loaded.unseen {
            upkeep.looked_through(&loaded);
        }
        if !loaded.new && anew {
            table.medium.begin_copy(self).map_err(named)?;
            loop {
                if let Some((true, bring)) = table.medium.copy_on().map_err(named)? {
                    bring().map_err(io)?;
                    break;
                }
            }
            upkeep.take_over(&mut table)?;
        }
        let seal = table.seal();
        let opened = Opened { loaded, quarantined, replaced_damage: seal.replaced_damage, seen: seal.seen };
        let synced = upkeep.sync(table.sequence()).and_then(|()| rotation::sync(table.medium.folder()));
        synced.map_err(io)?;
        Ok((Writer::start(table, upkeep), opened))
    }

    fn load(
        &self,
        now: Timestamp,
        lock: &Arc<File>,
        said: Option<Said>,
        at_first: usize,
    ) -> Result<(Table<Disk>, Loaded), Failure> {
        let (table, loaded) = load(&self.folder, &self.layout, now, lock, at_first)?;
        match said {
            Some(_) if loaded.new => Err(Failure::Damaged(String::from("it is empty and was not"))),
            Some(said) if loaded.sequence < said.number => {
                let lost = said.number - loaded.sequence;
                Err(Failure::Damaged(format!("its last {lost} changes are missing")))
            }
            Some(_) | None => Ok((table, loaded)),
        }
    }

    /// Has sled note where everything lies, so that the next start need not read all that was written. Nobody uses the
    /// folder any more.
    pub fn note_places(&self) {
        let folder = rotation::current(&self.folder);
        // What fails here is found by the start that it was for.
        let _ = catch_unwind(|| patiently(|| config(&folder).open()).map(drop));
    }
}

impl Disk {
    pub fn db(&self) -> sled::Db {
        self.db.clone()
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    pub fn written(&self) -> u64 {
        self.written
    }

    pub fn begin_copy(&mut self, place: &Place) -> Result<(), String> {
        self.copying = Some(Copying::begin(&place.folder, config).map_err(|error| error.to_string())?);
        Ok(())
    }

    /// Copies some entries more. Now and then, and at the end: whether all are copied, and what brings them to disk on
    /// whatever thread.
    pub fn copy_on(&mut self) -> Result<Option<(bool, impl FnOnce() -> io::Result<()> + Send + use<>)>, String> {
        let Some(copying) = &mut self.copying else { return Err(String::from("there is no copy")) };
        let over = copying.on(&self.db).map_err(|error| error.to_string())?;
        let (db, folder) = (copying.db.clone(), copying.folder.clone());
        let bring = move || {
            db.flush().map_err(io::Error::other)?;
            drop(db);
            rotation::log(&folder)?.sync_data()?;
            if over { rotation::sync(&folder) } else { Ok(()) }
        };
        Ok((over || copying.is_much()).then_some((over, bring)))
    }

    pub fn has_copy(&self) -> bool {
        self.copying.is_some()
    }

    pub fn give_up_copy(&mut self) {
        if let Some(Copying { db, folder, .. }) = self.copying.take() {
            drop(db);
            // The next copy or the next start removes what is left.
            let _ = std::fs::remove_dir_all(folder);
        }
    }

    /// The copy takes the place of what it was made of; its log.
    pub fn take_over(&mut self, top: &Path) -> Result<File, StoreError> {
        let unavailable = |error: io::Error| StoreError::Unavailable(error.to_string());
        let copying = self.copying.take().ok_or_else(|| StoreError::Unavailable(String::from("there is no copy")))?;
        let seal = self.db.get(SEAL).map_err(failed)?.unwrap_or_default();
        let log = copying.finish(&seal).map_err(unavailable)?;
        let db = std::mem::replace(&mut self.db, copying.db);
        let folder = std::mem::replace(&mut self.folder, copying.folder);
        self.written = 0;
        upkeep::discard(top.to_owned(), folder, db);
        Ok(log)
    }
}

impl Medium for Disk {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        self.db.get(key).map(|value| value.map(|value| value.to_vec())).map_err(failed)
    }

    fn apply(&mut self, writes: Vec<Write>) -> Result<(), StoreError> {
        if let Some(copying) = &self.copying
            && let Err(error) = copying.follow(&writes)
        {
            tracing::warn!(%error, "a copy of the conversations is given up");
            self.give_up_copy();
        }
        let mut batch = sled::Batch::default();
        for Write { key, value } in writes {
            self.written += (key.len() + value.as_ref().map_or(0, Vec::len)) as u64;
            match value {
                Some(value) => batch.insert(key, value),
                None => batch.remove(key),
            }
        }
        self.db.apply_batch(batch).map_err(failed)
    }

    fn read(&self, from: &[u8], at_most: usize) -> Result<Vec<Stored>, StoreError> {
        let owned = |entry: sled::Result<(sled::IVec, sled::IVec)>| match entry {
            Ok((key, value)) => Ok((key.to_vec(), value.to_vec())),
            Err(error) => Err(match Failure::of(error) {
                Failure::Damaged(why) => StoreError::Damaged(why),
                Failure::Unavailable(why) => StoreError::Unavailable(why),
            }),
        };
        self.db.range(from..).take(at_most).map(owned).collect()
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

/// Opens and reads on a thread of its own: sled may panic or hang on what it reads.
fn load(
    top: &Path,
    layout: &Arc<Layout>,
    now: Timestamp,
    lock: &Arc<File>,
    at_first: usize,
) -> Result<(Table<Disk>, Loaded), Failure> {
    let (done, opened) = mpsc::channel();
    let (from, layout, lock) = (top.to_owned(), Arc::clone(layout), Arc::clone(lock));
    let work = move || {
        let open = AssertUnwindSafe(|| read(&from, layout, now, lock, at_first));
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
        Err(Failure::Damaged(_)) if let Err(error) = writable(top) => Err(Failure::Unavailable(error.to_string())),
        other => other,
    }
}

fn read(
    top: &Path,
    layout: Arc<Layout>,
    now: Timestamp,
    lock: Arc<File>,
    at_first: usize,
) -> Result<(Table<Disk>, Loaded), Failure> {
    let unavailable = |error: io::Error| Failure::Unavailable(error.to_string());
    DirBuilder::new().recursive(true).mode(0o700).create(top).map_err(unavailable)?;
    let folder = rotation::current(top);
    let db = patiently(|| config(&folder).open()).map_err(Failure::of)?;
    let disk = Disk { db, folder, copying: None, written: 0, _lock: lock };
    Table::load(disk, layout, now, at_first).map_err(|error| match error {
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

/// Whether somebody holds the lock now.
pub fn in_use(folder: &Path) -> bool {
    File::open(beside(folder, "lock")).is_ok_and(|file| matches!(file.try_lock(), Err(TryLockError::WouldBlock)))
}

/// The first name that is not taken: two folders may be moved aside in one moment.
fn free(path: &Path) -> PathBuf {
    let others = (2..).map(|n| beside(path, &n.to_string()));
    std::iter::once(path.to_owned()).chain(others).find(|path| !path.exists()).unwrap_or_else(|| path.to_owned())
}

fn failed(error: sled::Error) -> StoreError {
    match error {
        sled::Error::Corruption { .. } => StoreError::Damaged(String::from("sled")),
        other => StoreError::Unavailable(other.to_string()),
    }
}
