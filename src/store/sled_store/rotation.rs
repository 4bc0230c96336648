//! Writing sled's files anew with only what lives in them. At every moment one whole folder is there.
//!
//! The copy grows in `conversations.next`; then the old folder becomes `.past` and the copy takes its name. What a crash
//! leaves behind tells how far it had come: `.past` is made only when the copy is complete.

use std::fs::{DirBuilder, File};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use crate::disk::private::{beside, sync_parent};

/// Entries of one of sled's batches.
const AT_ONCE: usize = 256;

/// Ends what a crash interrupted: a complete copy takes its place, any other is thrown away.
pub fn settle(folder: &Path) -> io::Result<()> {
    let (next, past) = names(folder);
    if !folder.exists() && past.exists() {
        // Without a copy the old folder is still the whole one.
        std::fs::rename(if next.exists() { &next } else { &past }, folder)?;
        sync_parent(folder)?;
    }
    remove(&next)?;
    remove(&past)
}

/// Copies every entry into fresh files, durably. Nothing is in its place yet: [`swap`] does that when both are closed.
pub fn copy(db: &sled::Db, folder: &Path, config: impl FnOnce(&Path) -> sled::Config) -> sled::Result<()> {
    let (next, _) = names(folder);
    remove(&next)?;
    DirBuilder::new().recursive(true).mode(0o700).create(&next)?;
    let copy = config(&next).open()?;
    let mut batch = sled::Batch::default();
    for (n, entry) in db.iter().enumerate() {
        let (key, value) = entry?;
        batch.insert(key, value);
        if n % AT_ONCE == AT_ONCE - 1 {
            copy.apply_batch(std::mem::take(&mut batch))?;
        }
    }
    copy.apply_batch(batch)?;
    copy.flush()?;
    drop(copy);
    sync(&next)?;
    Ok(())
}

/// Puts the copy in the place of the old folder.
pub fn swap(folder: &Path) -> io::Result<()> {
    let (next, past) = names(folder);
    std::fs::rename(folder, &past)?;
    sync_parent(folder)?;
    std::fs::rename(&next, folder)?;
    sync_parent(folder)?;
    remove(&past)
}

/// New files and their names survive a power cut only when they and their folders were synced once.
pub fn sync(folder: &Path) -> io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        File::open(entry?.path())?.sync_all()?;
    }
    File::open(folder)?.sync_all()?;
    sync_parent(folder)
}

fn names(folder: &Path) -> (PathBuf, PathBuf) {
    (beside(folder, "next"), beside(folder, "past"))
}

fn remove(folder: &Path) -> io::Result<()> {
    match std::fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        Ok(()) | Err(_) => Ok(()),
    }
}
