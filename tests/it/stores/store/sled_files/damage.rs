//! Damage costs the folder and is reported; it never costs the service, and nothing wrong or old is taken for true.

use std::time::{Duration, Instant};

use ringback::ports::store::{Expect, Store};

use super::{LATER, all_bytes, open};
use crate::stores::fixtures::{contains, key, put, row};
use crate::support::clock::MORNING;

/// The folder as sled sees it, without our sealing.
fn raw(folder: &std::path::Path) -> sled::Db {
    let end = Instant::now() + Duration::from_secs(60);
    loop {
        match sled::open(folder) {
            Err(error) if error.to_string().contains("lock") => {
                assert!(Instant::now() < end, "nobody lets go of the folder: {error}");
                std::thread::yield_now();
            }
            other => return other.unwrap(),
        }
    }
}

fn stored_key(db: &sled::Db, name: &str) -> Vec<u8> {
    let named = |key: &sled::IVec| key.starts_with(b"r") && key.ends_with(name.as_bytes());
    db.iter().keys().map(Result::unwrap).find(named).unwrap().to_vec()
}

/// Writes three records and a row, lets `harm` at the bare entries, and opens the folder again: it must be moved aside.
async fn harmed(harm: impl FnOnce(&sled::Db)) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    let (store, _) = open(&path);
    for name in ["ada", "ben", "cy"] {
        store
            .commit(vec![put(name, name.as_bytes(), Expect::Absent, MORNING), row(name, b"1", MORNING)])
            .await
            .unwrap();
    }
    drop(store);
    let db = raw(&path);
    harm(&db);
    db.flush().unwrap();
    drop(db);
    let (store, opened) = open(&path);
    let quarantined = opened.quarantined.expect("the change is noticed");
    assert_eq!(opened.replaced_damage, Some(MORNING));
    for name in ["ada", "ben", "cy"] {
        assert_eq!(store.get(&key(name)).await.unwrap(), None);
    }
    assert_eq!(store.outbox_len().await.unwrap(), 0);
    drop(store);
    // It is remembered that the store is the successor of a damaged one, and the damage itself is over.
    let (_, opened) = open(&path);
    assert_eq!((opened.quarantined, opened.replaced_damage), (None, Some(MORNING)));
    quarantined.why
}

#[tokio::test]
async fn swapped_records_are_noticed() {
    let why = harmed(|db| {
        let (ada, ben) = (stored_key(db, "ada"), stored_key(db, "ben"));
        let (of_ada, of_ben) = (db.get(&ada).unwrap().unwrap(), db.get(&ben).unwrap().unwrap());
        db.insert(&ada, of_ben).unwrap();
        db.insert(&ben, of_ada).unwrap();
    });
    assert!(why.await.contains("at least one was changed"));
}

#[tokio::test]
async fn a_longer_life_cannot_be_written_into_a_record() {
    let why = harmed(|db| {
        let ada = stored_key(db, "ada");
        let mut bytes = db.get(&ada).unwrap().unwrap().to_vec();
        bytes[8..16].copy_from_slice(&LATER.0.to_be_bytes());
        db.insert(&ada, bytes).unwrap();
    });
    assert!(why.await.contains("at least one was changed"));
}

#[tokio::test]
async fn a_record_that_is_gone_is_noticed() {
    let why = harmed(|db| drop(db.remove(stored_key(db, "ben")).unwrap())).await;
    assert!(why.contains("5 of 6 entries are there"), "{why}");
}

#[tokio::test]
async fn a_damaged_row_or_seal_is_noticed() {
    let why = harmed(|db| {
        let first = db.scan_prefix(b"o").keys().next().unwrap().unwrap();
        db.insert(first, b"rubbish").unwrap();
    });
    assert!(why.await.contains("an entry does not open"));
    assert!(harmed(|db| drop(db.insert(b"s", b"rubbish").unwrap())).await.contains("its seal does not open"));
    assert!(harmed(|db| drop(db.remove(b"s").unwrap())).await.contains("its seal is missing"));
    assert!(harmed(|db| db.clear().unwrap()).await.contains("it is empty and was not"));
}

/// An older state of the folder is whole in itself; only the mark beside it knows of what came after.
#[tokio::test]
async fn an_older_state_of_the_folder_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let (path, kept) = (folder.path().join("store"), folder.path().join("kept"));
    let (store, _) = open(&path);
    store.commit(vec![put("code", b"not used", Expect::Absent, LATER)]).await.unwrap();
    drop(store);
    crate::damage::child::copy(&path, &kept);
    let (store, _) = open(&path);
    store.take(&key("code")).await.unwrap();
    drop(store);
    std::fs::remove_dir_all(&path).unwrap();
    crate::damage::child::copy(&kept, &path);
    let (store, opened) = open(&path);
    assert!(opened.quarantined.unwrap().why.contains("its last 1 changes are missing"));
    assert_eq!(store.get(&key("code")).await.unwrap(), None, "a used code came back to life");
}

#[tokio::test]
async fn a_folder_that_does_not_open_is_moved_aside_whole() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    let (store, _) = open(&path);
    store.commit(vec![put("ada", b"1", Expect::Absent, LATER)]).await.unwrap();
    drop(store);
    std::fs::write(path.join("conf"), b"not a sled configuration at all").unwrap();
    let before = all_bytes(&path);

    let (store, opened) = open(&path);
    let quarantined = opened.quarantined.expect("the damage is reported");
    assert!(quarantined.moved_to.starts_with(folder.path()), "{}", quarantined.moved_to.display());
    assert!(contains(&all_bytes(&quarantined.moved_to), b"not a sled configuration"), "nothing was thrown away");
    assert!(!before.is_empty() && !quarantined.why.is_empty());
    assert_eq!(store.get(&key("ada")).await.unwrap(), None);
    store.commit(vec![put("ada", b"2", Expect::Absent, LATER)]).await.unwrap();
    drop(store);
    let (store, opened) = open(&path);
    assert_eq!(opened.quarantined, None);
    assert_eq!(store.get(&key("ada")).await.unwrap().unwrap().value, b"2");
}
