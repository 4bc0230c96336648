//! What the writer's thread does between groups: the sync that sled leaves out, looking through everything after a start,
//! and writing the files anew.

use std::fs::File;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::disk::mark::{Mark, Said};
use crate::ports::store::StoreError;
use crate::store::sled_store::disk::{Disk, Place};
use crate::store::sled_store::rotation;
use crate::store::sled_store::writer::Upkeep;
use crate::store::table::{Loaded, Table};

/// Entries that one step looks at: less than a millisecond.
const PIECE: usize = 256;
/// Before the first look: a start has more urgent things to do.
const AFTER_START: Duration = Duration::from_millis(250);
/// Files that hold this many times what lives in them are worth writing anew.
const WORTH: u64 = 4;
/// Between two looks whether a copy is on disk.
const PAUSE: Duration = Duration::from_millis(5);

/// Wishes that others have.
#[derive(Default)]
pub struct Wishes {
    /// Write the files anew.
    pub anew: AtomicBool,
    /// More was written since the files were opened than a start should read.
    pub much_written: AtomicBool,
}

pub struct DiskUpkeep {
    place: Place,
    begun: Instant,
    db: sled::Db,
    /// Our own handle to sled's log file.
    log: File,
    mark: Mark,
    wishes: Arc<Wishes>,
    /// Bytes of sled's log.
    size: u64,
    /// From this size on the files are written anew.
    least: u64,
    copying: Progress,
}

/// How far a copy has come.
enum Progress {
    None,
    Growing,
    /// Another thread brings to disk what there is of it, so that nobody waits for a long sync.
    Syncing {
        thread: JoinHandle<io::Result<()>>,
        over: bool,
    },
}

impl DiskUpkeep {
    pub fn over(place: &Place, table: &Table<Disk>, mark: Mark, wishes: Arc<Wishes>) -> io::Result<Self> {
        let log = rotation::log(table.medium.folder())?;
        let size = log.metadata()?.len();
        let least = size.saturating_mul(2).max(place.rotation.at_bytes);
        let (place, db, copying) = (place.clone(), table.medium.db(), Progress::None);
        Ok(Self { place, begun: Instant::now(), db, log, mark, wishes, size, least, copying })
    }

    /// Everything is there and as it was written.
    pub fn looked_through(&mut self, loaded: &Loaded) {
        tracing::debug!(records = loaded.records, "all conversations were looked through");
        if self.size > self.place.rotation.at_bytes.max(loaded.bytes.saturating_mul(WORTH)) {
            self.wishes.anew.store(true, Ordering::Relaxed);
        }
    }

    /// Copies on. A copy that fails costs nothing but itself.
    fn write_anew(&mut self, table: &mut Table<Disk>) -> Result<Option<Duration>, StoreError> {
        let began = Instant::now();
        let went = match std::mem::replace(&mut self.copying, Progress::None) {
            Progress::None => table.medium.begin_copy(&self.place).map(|()| Progress::Growing),
            Progress::Growing => table.medium.copy_on().map(|over| match over {
                Some((over, bring)) => Progress::Syncing { thread: std::thread::spawn(bring), over },
                None => Progress::Growing,
            }),
            Progress::Syncing { thread, over } if !thread.is_finished() => {
                self.copying = Progress::Syncing { thread, over };
                return Ok(Some(PAUSE));
            }
            Progress::Syncing { thread, over } => {
                let synced = thread.join().unwrap_or_else(|_| Err(io::Error::other("the copy panicked")));
                match synced {
                    Ok(()) if !table.medium.has_copy() => Err(String::from("the copy was given up")),
                    Ok(()) if over => return self.take_over(table).map(|()| None),
                    Ok(()) => Ok(Progress::Growing),
                    Err(error) => Err(error.to_string()),
                }
            }
        };
        match went {
            // As long for others as for the copy.
            Ok(progress) => {
                self.copying = progress;
                Ok(Some(began.elapsed().min(PAUSE)))
            }
            Err(why) => {
                tracing::warn!(outcome = %why, "the conversations are not written anew; what is there stays");
                table.medium.give_up_copy();
                self.least = self.size.saturating_mul(2).max(self.place.rotation.at_bytes);
                Ok(None)
            }
        }
    }

    /// The copy is the store from now on.
    ///
    /// # Errors
    /// Nobody knows which of the two a start would take; both hold the same.
    pub fn take_over(&mut self, table: &mut Table<Disk>) -> Result<(), StoreError> {
        table.note(|seal| seal.begun = seal.seen)?;
        self.log = table.medium.take_over(&self.place.folder)?;
        self.db = table.medium.db();
        let io = |error: io::Error| StoreError::Unavailable(error.to_string());
        self.size = self.log.metadata().map_err(io)?.len();
        self.least = self.size.saturating_mul(2).max(self.place.rotation.at_bytes);
        self.wishes.anew.store(false, Ordering::Relaxed);
        Ok(())
    }
}

impl Upkeep<Disk> for DiskUpkeep {
    /// sled's `flush` starts write-back with `sync_file_range`, which neither writes the file's size nor empties the
    /// drive's cache: in a modelled power cut it alone lost acknowledged turns every time, with `fdatasync` never.
    fn sync(&mut self, number: u64) -> io::Result<()> {
        self.db.flush().map_err(io::Error::other)?;
        self.log.sync_data()?;
        self.size = self.log.metadata()?.len();
        self.mark.say(Said { number, tag: [0; 32] });
        Ok(())
    }

    fn step(&mut self, table: &mut Table<Disk>) -> Result<Option<Duration>, StoreError> {
        if table.medium.written() > MUCH {
            self.wishes.much_written.store(true, Ordering::Relaxed);
        }
        if table.is_looking() {
            if let Some(wait) = AFTER_START.checked_sub(self.begun.elapsed()) {
                return Ok(Some(wait));
            }
            let began = Instant::now();
            if let Some(loaded) = table.look_on(PIECE)? {
                self.looked_through(&loaded);
            }
            return Ok(Some(2 * began.elapsed()));
        }
        let wanted = self.size > self.least || self.wishes.anew.load(Ordering::Relaxed);
        if wanted || !matches!(self.copying, Progress::None) { self.write_anew(table) } else { Ok(None) }
    }
}

/// Bytes of changes from which on a start would take noticeably longer.
const MUCH: u64 = 1 << 20;

/// Removes files that are not used any more, when sled has let go of them.
pub fn discard(top: PathBuf, folder: PathBuf, db: sled::Db) {
    std::thread::spawn(move || {
        drop(db);
        if let Err(error) = rotation::discard(&top, &folder) {
            tracing::warn!(%error, "old files of the conversations are still there; the next start removes them");
        }
    });
}
