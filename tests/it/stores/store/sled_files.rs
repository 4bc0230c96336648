//! What only a store with files can do wrong: forget at a restart, lose at a kill, show what it holds, refuse to open.

mod damage;
mod killed;

use std::path::Path;
use std::sync::Arc;

use ringback::model::time::{Seconds, Timestamp};
use ringback::ports::clock::Clock;
use ringback::ports::store::{Expect, Op, Room, Store, StoreError};
use ringback::store::keyring::{Keeper, KeyRing};
use ringback::store::sled_store::{Opened, SledStore};

use crate::stores::fixtures::{clock, contains, key, put, ring, row};
use crate::support::clock::{MORNING, TestClock};

const LATER: Timestamp = Timestamp(MORNING.0 + 900_000);

fn open(folder: &Path) -> (SledStore, Opened) {
    open_at(folder, &clock(), &ring()).unwrap()
}

fn open_at(folder: &Path, clock: &Arc<TestClock>, ring: &KeyRing) -> Result<(SledStore, Opened), StoreError> {
    SledStore::open(folder, ring.sealer(Keeper::Store), Arc::clone(clock) as Arc<dyn Clock>)
}

#[tokio::test]
async fn a_restart_keeps_records_rows_due_times_and_the_order_of_versions() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    let (store, opened) = open(&path);
    assert_eq!((opened.loaded.records, &opened.quarantined), (0, &None));
    let batch = vec![
        put("a", b"one", Expect::Absent, LATER),
        row("ada", b"first", MORNING),
        row("ada", b"second", MORNING),
        Op::Due { key: key("a"), at: Some(MORNING + Seconds(5)) },
    ];
    let version = store.commit(batch).await.unwrap();
    store.commit(vec![put("gone", b"x", Expect::Absent, LATER)]).await.unwrap();
    store.take(&key("gone")).await.unwrap();
    let claimed = store.outbox_claim(MORNING, LATER, Room::each(10)).await.unwrap();
    store.outbox_retry(claimed[0].id, MORNING + Seconds(1), None).await.unwrap();
    drop(store);

    let (store, opened) = open(&path);
    assert_eq!((opened.loaded.records, opened.loaded.rows, opened.loaded.damaged), (1, 2, 0));
    let found = store.get(&key("a")).await.unwrap().unwrap();
    assert_eq!((found.value.as_slice(), found.version, found.expires), (b"one".as_slice(), version, LATER));
    assert_eq!(store.get(&key("gone")).await.unwrap(), None);
    assert_eq!(store.due(LATER, 10).await.unwrap(), vec![key("a")]);
    assert_eq!(store.outbox_claim(MORNING, LATER, Room::each(10)).await.unwrap(), vec![]);
    let again = store.outbox_claim(MORNING + Seconds(1), LATER, Room::each(10)).await.unwrap();
    assert_eq!((again[0].id, again[0].value.as_slice(), again[0].attempts), (claimed[0].id, b"first".as_slice(), 1));
    let next = store.commit(vec![put("b", b"", Expect::Absent, LATER)]).await.unwrap();
    assert!(next.0 > version.0 + 4, "a number given out before the restart came back");
    store.commit(vec![put("a", b"two", Expect::Version(version), LATER)]).await.unwrap();
}

#[tokio::test]
async fn what_expired_before_a_restart_stays_expired_when_the_clock_is_set_back() {
    let folder = tempfile::tempdir().unwrap();
    let clock = clock();
    let (store, _) = open_at(folder.path(), &clock, &ring()).unwrap();
    store.commit(vec![put("a", b"1", Expect::Absent, MORNING + Seconds(60))]).await.unwrap();
    clock.advance(Seconds(120));
    store.commit(vec![put("b", b"1", Expect::Absent, LATER)]).await.unwrap();
    drop(store);
    clock.set_back(Seconds::hours(1));
    let (store, _) = open_at(folder.path(), &clock, &ring()).unwrap();
    assert_eq!(store.get(&key("a")).await.unwrap(), None);
    assert!(store.get(&key("b")).await.unwrap().is_some());
}

#[tokio::test]
async fn a_second_process_is_told_and_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    let (store, _) = open(&path);
    store.commit(vec![put("a", b"1", Expect::Absent, LATER)]).await.unwrap();
    let refused = open_at(&path, &clock(), &ring()).err().unwrap();
    assert!(refused.to_string().contains("in use by another process"), "{refused}");
    assert!(store.get(&key("a")).await.unwrap().is_some());
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 3, "store, lock and mark, nothing moved aside");
}

#[tokio::test]
async fn the_files_show_none_of_what_is_stored() {
    let folder = tempfile::tempdir().unwrap();
    let (store, _) = open(folder.path());
    let canaries: Vec<String> = (0..50).map(|n| format!("canary-{n:02}-+447700900123")).collect();
    for (n, canary) in canaries.iter().enumerate() {
        let batch = vec![
            put(&format!("k{n}"), canary.as_bytes(), Expect::Absent, LATER),
            row(&format!("lane {canary}"), canary.as_bytes(), MORNING),
        ];
        store.commit(batch).await.unwrap();
    }
    drop(store);
    let bytes = all_bytes(folder.path());
    assert!(bytes.windows(2).any(|pair| pair == b"k0"), "the scan reads the files it should");
    for canary in &canaries {
        assert!(!contains(&bytes, canary.as_bytes()), "{canary} lies open");
    }
    assert!(!contains(&bytes, b"canary"));
}

#[tokio::test]
async fn another_key_opens_nothing_and_moves_it_aside() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    let (store, _) = open(&path);
    store.commit(vec![put("a", b"1", Expect::Absent, LATER), row("ada", b"r", MORNING)]).await.unwrap();
    drop(store);
    let (store, opened) = open_at(&path, &clock(), &KeyRing::ephemeral([8; 32])).unwrap();
    assert!(opened.quarantined.unwrap().why.contains("its key left the ring"));
    assert_eq!(store.get(&key("a")).await.unwrap(), None);
    assert_eq!(store.outbox_len().await.unwrap(), 0);
}

fn all_bytes(folder: &Path) -> Vec<u8> {
    let mut bytes = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => bytes.extend(all_bytes(&path)),
            false => bytes.extend(std::fs::read(path).unwrap()),
        }
    }
    bytes
}
