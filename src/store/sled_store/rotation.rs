//! Writing sled's files anew with only what lives in them, while they are used. At every moment one whole store is there.
//!
//! The first files lie in the folder itself, later ones in numbered folders below it. A copy grows there piece by piece;
//! what is changed meanwhile in the part that was copied is changed in both. When the copy is complete and on disk it
//! takes an empty file `whole`, and from then on it is the store. Whatever else lies there is thrown away.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use crate::disk::private::{beside, sync_parent};
use crate::store::layout::{SEAL, Write};

/// Entries that are copied at once: about a millisecond.
const AT_ONCE: usize = 128;
/// Pieces between two syncs: some megabytes. All of them at once would make every other sync on this disk wait.
const SYNC_EACH: usize = 32;
/// Says that a numbered folder is complete.
const WHOLE: &str = "whole";
/// What sled keeps in a folder, beside its snapshots.
const SLEDS: [&str; 3] = ["db", "conf", "blobs"];

/// A copy that grows.
pub struct Copying {
    pub db: sled::Db,
    pub folder: PathBuf,
    /// The first key that was not copied.
    next: Vec<u8>,
    pieces: usize,
}

impl Copying {
    /// Begins one beside the files that are used now.
    pub fn begin(top: &Path, config: impl FnOnce(&Path) -> sled::Config) -> sled::Result<Self> {
        let folder = top.join((numbered(top, &current(top)) + 1).to_string());
        remove(&folder)?;
        DirBuilder::new().recursive(true).mode(0o700).create(&folder)?;
        Ok(Self { db: config(&folder).open()?, folder, next: Vec::new(), pieces: 0 })
    }

    /// Copies some entries more; whether all are copied. The seal over them comes last.
    pub fn on(&mut self, from: &sled::Db) -> sled::Result<bool> {
        let mut batch = sled::Batch::default();
        let mut n = 0;
        for entry in from.range(self.next.as_slice()..).take(AT_ONCE) {
            let (key, value) = entry?;
            self.next = [key.as_ref(), &[0]].concat();
            n += 1;
            if key != SEAL {
                batch.insert(key, value);
            }
        }
        self.db.apply_batch(batch)?;
        self.pieces += 1;
        Ok(n < AT_ONCE)
    }

    /// Whether it is time to bring what was copied to disk.
    pub fn is_much(&self) -> bool {
        self.pieces.is_multiple_of(SYNC_EACH)
    }

    /// Follows what was changed in the part that was copied.
    pub fn follow(&self, writes: &[Write]) -> sled::Result<()> {
        let mut batch = sled::Batch::default();
        for Write { key, value } in writes.iter().filter(|write| write.key < self.next && write.key != SEAL) {
            match value {
                Some(value) => batch.insert(key.as_slice(), value.as_slice()),
                None => batch.remove(key.as_slice()),
            }
        }
        self.db.apply_batch(batch)
    }

    /// Makes it the store, durably, when everything but the latest changes is on disk. Nothing is changed in between.
    pub fn finish(&self, seal: &[u8]) -> io::Result<File> {
        self.db.insert(SEAL, seal).map_err(io::Error::other)?;
        self.db.flush().map_err(io::Error::other)?;
        let log = log(&self.folder)?;
        log.sync_data()?;
        OpenOptions::new().create(true).append(true).mode(0o600).open(self.folder.join(WHOLE))?;
        File::open(&self.folder)?.sync_all()?;
        Ok(log)
    }
}

/// sled's log, to be synced.
pub fn log(folder: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).open(folder.join("db"))
}

/// The folder with the files that are used.
pub fn current(top: &Path) -> PathBuf {
    let whole = copies(top).into_iter().filter(|(_, folder)| folder.join(WHOLE).exists());
    whole.max().map_or_else(|| top.to_owned(), |(_, folder)| folder)
}

/// Ends what a crash interrupted: a complete copy is the store, any other is thrown away.
pub fn settle(top: &Path) -> io::Result<()> {
    // The version before let a copy grow beside the folder, and gave it the folder's name when it was complete.
    let (next, past) = (beside(top, "next"), beside(top, "past"));
    if !top.exists() && past.exists() {
        // Without a copy the old folder is still the whole one.
        std::fs::rename(if next.exists() { &next } else { &past }, top)?;
        sync_parent(top)?;
    }
    remove(&next)?;
    remove(&past)?;
    let current = current(top);
    for (_, folder) in copies(top).into_iter().filter(|(_, folder)| *folder != current) {
        remove(&folder)?;
    }
    if current != top { discard(top, top) } else { Ok(()) }
}

/// Removes files that are not used any more.
pub fn discard(top: &Path, folder: &Path) -> io::Result<()> {
    if folder != top {
        return remove(folder);
    }
    for entry in std::fs::read_dir(top)? {
        let entry = entry?;
        let name = entry.file_name();
        let Some(name) = name.to_str() else { continue };
        if SLEDS.contains(&name) || name.starts_with("snap.") {
            remove(&entry.path())?;
        }
    }
    Ok(())
}

/// New files and their names survive a power cut only when they and their folders were synced once.
pub fn sync(folder: &Path) -> io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        File::open(entry?.path())?.sync_all()?;
    }
    File::open(folder)?.sync_all()?;
    sync_parent(folder)
}

fn numbered(top: &Path, folder: &Path) -> u64 {
    copies(top).into_iter().find(|(_, known)| known == folder).map_or(0, |(n, _)| n)
}

/// Numbered folders, complete or not.
fn copies(top: &Path) -> Vec<(u64, PathBuf)> {
    let entries = std::fs::read_dir(top).into_iter().flatten().filter_map(Result::ok);
    entries.filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path()))).collect()
}

fn remove(path: &Path) -> io::Result<()> {
    let removed = if path.is_dir() { std::fs::remove_dir_all(path) } else { std::fs::remove_file(path) };
    match removed {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        Ok(()) | Err(_) => Ok(()),
    }
}
