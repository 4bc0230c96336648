//! A killed process loses nothing that it had acknowledged.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

use ringback::ports::store::{Expect, Store, Version};

use super::{LATER, open};
use crate::stores::fixtures::{key, put, row};
use crate::support::clock::MORNING;

/// Set for the child: the folder it writes to.
const FOLDER: &str = "RINGBACK_TEST_WRITER";
const ROUNDS: usize = 5;
/// Acknowledgements that the parent waits for before it kills; every round stops somewhere else in the work.
const ACKNOWLEDGED: usize = 60;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_by_kill_9() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    let mut acknowledged: Vec<(String, Version)> = Vec::new();
    for round in 0..ROUNDS {
        acknowledged.extend(write_and_kill(&path, ACKNOWLEDGED + 17 * round));
        let (store, opened) = open(&path);
        assert_eq!((opened.quarantined, opened.loaded.damaged), (None, 0));
        for (name, version) in &acknowledged {
            let found = store.get(&key(name)).await.unwrap();
            let found = found.unwrap_or_else(|| panic!("round {round}: {name} was acknowledged and is gone"));
            assert_eq!((found.value.as_slice(), found.version), (name.as_bytes(), *version));
        }
        assert!(store.outbox_len().await.unwrap() >= acknowledged.len());
    }
}

/// Starts this test binary again as a writer, reads what it acknowledges, and kills it in the middle of its work.
fn write_and_kill(path: &Path, n_acknowledged: usize) -> Vec<(String, Version)> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "stores::store::sled_files::killed::writes_until_it_is_killed", "--nocapture"])
        .env(FOLDER, path)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    let mut killed = false;
    let mut acknowledged = Vec::new();
    // Lines that were written before the kill took effect are acknowledgements too.
    for line in lines {
        let Some((_, acknowledgement)) = line.split_once("acknowledged ") else { continue };
        let (name, version) = acknowledgement.split_once(' ').unwrap();
        // The last line may be cut off by the kill; a cut number would be another version.
        let Some(version) = version.strip_suffix('.') else { continue };
        acknowledged.push((name.to_owned(), Version(version.parse().unwrap())));
        if !killed && acknowledged.len() >= n_acknowledged {
            child.kill().unwrap();
            killed = true;
        }
    }
    assert!(killed, "the writer ended by itself after {} turns", acknowledged.len());
    child.wait().unwrap();
    acknowledged
}

/// The child's side. Without the variable it is a test of the ordinary way: two writers, one store.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn writes_until_it_is_killed() {
    let (path, turns, _folder) = match std::env::var_os(FOLDER) {
        Some(path) => (PathBuf::from(path), usize::MAX, None),
        None => {
            let folder = tempfile::tempdir().unwrap();
            (folder.path().to_owned(), 20, Some(folder))
        }
    };
    let (store, _) = open(&path);
    let store = Arc::new(store);
    let process = std::process::id();
    let writers: Vec<_> = (0..8)
        .map(|writer| {
            let store = Arc::clone(&store);
            tokio::spawn(async move {
                for turn in 0..turns {
                    let name = format!("{process}-{writer}-{turn}");
                    let batch = vec![put(&name, name.as_bytes(), Expect::Absent, LATER), row(&name, b"reply", MORNING)];
                    let version = store.commit(batch).await.unwrap();
                    println!("acknowledged {name} {}.", version.0);
                }
            })
        })
        .collect();
    for writer in writers {
        writer.await.unwrap();
    }
    assert_eq!(store.outbox_len().await.unwrap(), 160);
}
