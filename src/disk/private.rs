//! Files and folders that only their owner may read.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// Bytes that must fit on the disk before anything is said about its content.
const ROOM: usize = 64 * 1024;

/// Makes an empty file of mode 0600, and its folder, unless they are there. SQLite gives its side files the mode of the
/// database, so it is set before there is one.
pub fn make(path: &Path) -> io::Result<()> {
    if let Some(folder) = parent(path) {
        DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    }
    OpenOptions::new().create(true).append(true).mode(0o600).open(path).map(|_| ())
}

/// `store` with `lock` becomes `store.lock`.
pub fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".");
    name.push(suffix);
    path.with_file_name(name)
}

/// Whether the disk below `path` takes anything: a full or read-only one makes whole files look damaged.
///
/// # Errors
/// What the disk answered; nothing is left behind.
pub fn writable(path: &Path) -> io::Result<()> {
    let probe = beside(path, "probe");
    let written = write_probe(&probe);
    let removed = std::fs::remove_file(&probe);
    written.and(removed)
}

/// Makes names of files survive a power cut: the folder of `path` is synced.
pub fn sync_parent(path: &Path) -> io::Result<()> {
    File::open(parent(path).unwrap_or(Path::new(".")))?.sync_all()
}

fn write_probe(probe: &Path) -> io::Result<()> {
    let mut file = OpenOptions::new().create(true).write(true).truncate(true).mode(0o600).open(probe)?;
    file.write_all(&vec![0xA5; ROOM])?;
    file.sync_all()
}

fn parent(path: &Path) -> Option<&Path> {
    path.parent().filter(|folder| !folder.as_os_str().is_empty())
}
