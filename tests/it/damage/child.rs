//! This test program started once more, on a disk that the test rules: `disk.c` stands between it and the kernel.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, UNIX_EPOCH};

use tempfile::TempDir;

/// Tells the child what to do; without it a child's test does nothing.
pub const TASK: &str = "RINGBACK_TEST_TASK";
/// Longer than a child is ever silent.
const PATIENCE: Duration = Duration::from_secs(300);
const SOURCE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/damage/disk.c");

/// A folder on a disk with faults.
pub struct Disk {
    pub folder: PathBuf,
    top: TempDir,
}

/// A running child and what it says.
pub struct Worker {
    child: Child,
    lines: Receiver<String>,
}

impl Disk {
    pub fn new() -> Self {
        let top = tempfile::tempdir().unwrap();
        let library = top.path().join("disk.so");
        let flags = ["-shared", "-fPIC", "-O1", "-Wall", "-o"];
        let compiled = Command::new("cc").args(flags).arg(&library).arg(SOURCE).arg("-ldl").status();
        assert!(compiled.unwrap().success(), "disk.c does not compile");
        let folder = top.path().join("data");
        for made in [&folder, &top.path().join("snapshots")] {
            std::fs::create_dir(made).unwrap();
        }
        Self { folder, top }
    }

    /// Starts one test of this program by its whole name.
    pub fn start(&self, test: &str, task: &str, more: &[(&str, &str)]) -> Worker {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", test, "--nocapture", "--test-threads=1"]).env(TASK, task);
        command.env("LD_PRELOAD", self.top.path().join("disk.so")).env("RINGBACK_DISK", &self.folder);
        command.env("RINGBACK_FULL", self.top.path().join("full")).envs(more.iter().copied());
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let (sender, lines) = channel();
        let out = BufReader::new(child.stdout.take().unwrap());
        // Ends with the process, whose last line closes the pipe.
        std::thread::spawn(move || out.lines().map_while(Result::ok).for_each(|line| drop(sender.send(line))));
        Worker { child, lines }
    }

    pub fn snapshots(&self) -> String {
        self.top.path().join("snapshots").to_str().unwrap().to_owned()
    }

    /// From now on every write fails with `ENOSPC` or `EROFS`, until [`Self::mend`].
    pub fn refuse(&self, error: &str) {
        let beside = self.top.path().join("full.new");
        std::fs::write(&beside, error).unwrap();
        std::fs::rename(beside, self.top.path().join("full")).unwrap();
    }

    pub fn mend(&self) {
        std::fs::remove_file(self.top.path().join("full")).unwrap();
    }

    /// Power is gone: every file becomes what it was when it was last synced, or empty when it never was.
    pub fn cut_power(&self) {
        forget_unsynced(&self.folder, Path::new(&self.snapshots()));
    }
}

impl Worker {
    /// Reads on to a line that has `word` and a full stop at its end, and returns what stands between them.
    pub fn said(&mut self, word: &str) -> Option<String> {
        loop {
            let line = match self.lines.recv_timeout(PATIENCE) {
                Ok(line) => line,
                Err(RecvTimeoutError::Disconnected) => return None,
                Err(RecvTimeoutError::Timeout) => panic!("the child never said `{word}`"),
            };
            let Some((_, rest)) = line.split_once(&format!("{word} ")) else { continue };
            // The last line may be cut off by a kill.
            if let Some(rest) = rest.strip_suffix('.') {
                return Some(rest.to_owned());
            }
        }
    }

    /// Lets a child that waits for a line go on.
    pub fn go_on(&mut self) {
        self.child.stdin.as_mut().unwrap().write_all(b"\n").unwrap();
    }

    pub fn kill(&mut self) {
        self.child.kill().unwrap();
    }

    /// Waits for the end; whether the child succeeded.
    pub fn ended(mut self) -> bool {
        for line in self.lines.iter() {
            drop(line);
        }
        self.child.wait().unwrap().success()
    }
}

fn forget_unsynced(folder: &Path, snapshots: &Path) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            forget_unsynced(&path, snapshots);
            continue;
        }
        let about = path.metadata().unwrap();
        let born = about.created().unwrap().duration_since(UNIX_EPOCH).unwrap();
        let name = format!("{}-{}-{:09}", about.ino(), born.as_secs(), born.subsec_nanos());
        let synced = std::fs::read(snapshots.join(name)).unwrap_or_default();
        std::fs::write(&path, synced).unwrap();
    }
}

/// Copies a folder with all below it.
pub fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        match path.is_dir() {
            true => copy(&path, &target),
            false => drop(std::fs::copy(&path, &target).unwrap()),
        }
    }
}
