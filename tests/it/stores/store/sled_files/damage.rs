//! Damage costs the records it hit, at worst the folder, never the service.

use ringback::ports::store::{Expect, Room, Store, StoreError};

use super::{LATER, all_bytes, open};
use crate::stores::fixtures::{contains, key, put, row};
use crate::support::clock::MORNING;

/// The folder as sled sees it, without our sealing.
fn raw(folder: &std::path::Path) -> sled::Db {
    loop {
        match sled::open(folder) {
            Err(error) if error.to_string().contains("lock") => std::thread::yield_now(),
            other => return other.unwrap(),
        }
    }
}

fn stored_key(db: &sled::Db, name: &str) -> Vec<u8> {
    let named = |key: &sled::IVec| key.starts_with(b"r") && key.ends_with(name.as_bytes());
    db.iter().keys().map(Result::unwrap).find(named).unwrap().to_vec()
}

#[tokio::test]
async fn swapped_records_do_not_open_and_the_others_do() {
    let folder = tempfile::tempdir().unwrap();
    let (store, _) = open(folder.path());
    for name in ["ada", "ben", "cy"] {
        store.commit(vec![put(name, name.as_bytes(), Expect::Absent, LATER)]).await.unwrap();
    }
    drop(store);
    let db = raw(folder.path());
    let (ada, ben) = (stored_key(&db, "ada"), stored_key(&db, "ben"));
    let (of_ada, of_ben) = (db.get(&ada).unwrap().unwrap(), db.get(&ben).unwrap().unwrap());
    db.insert(&ada, of_ben).unwrap();
    db.insert(&ben, of_ada).unwrap();
    db.flush().unwrap();
    drop(db);

    let (store, opened) = open(folder.path());
    assert_eq!(opened.quarantined, None);
    for name in ["ada", "ben"] {
        assert_eq!(store.get(&key(name)).await, Err(StoreError::Damaged(String::from("conversation"))));
    }
    assert_eq!(store.get(&key("cy")).await.unwrap().unwrap().value, b"cy");
    // A damaged record is given up by writing over it.
    store.commit(vec![put("ada", b"new", Expect::Anything, LATER)]).await.unwrap();
    assert_eq!(store.get(&key("ada")).await.unwrap().unwrap().value, b"new");
}

#[tokio::test]
async fn a_longer_life_cannot_be_written_into_a_record() {
    let folder = tempfile::tempdir().unwrap();
    let (store, _) = open(folder.path());
    store.commit(vec![put("ada", b"1", Expect::Absent, MORNING)]).await.unwrap();
    drop(store);
    let db = raw(folder.path());
    let ada = stored_key(&db, "ada");
    let mut bytes = db.get(&ada).unwrap().unwrap().to_vec();
    bytes[8..16].copy_from_slice(&LATER.0.to_be_bytes());
    db.insert(&ada, bytes).unwrap();
    db.flush().unwrap();
    drop(db);
    let (store, _) = open(folder.path());
    assert_eq!(store.get(&key("ada")).await, Err(StoreError::Damaged(String::from("conversation"))));
}

#[tokio::test]
async fn a_damaged_row_is_dropped_and_its_lane_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let (store, _) = open(folder.path());
    store.commit(vec![row("ada", b"1", MORNING), row("ada", b"2", MORNING)]).await.unwrap();
    drop(store);
    let db = raw(folder.path());
    let first = db.scan_prefix(b"o").keys().next().unwrap().unwrap();
    db.insert(first, b"rubbish").unwrap();
    db.flush().unwrap();
    drop(db);
    let (store, opened) = open(folder.path());
    assert_eq!((opened.loaded.rows, opened.loaded.damaged), (1, 1));
    let claimed = store.outbox_claim(MORNING, LATER, Room::each(10)).await.unwrap();
    assert_eq!(claimed[0].value, b"2");
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

/// Flips bits all over the log: whatever sled makes of it, opening ends, and every record either is what was written,
/// or is gone, or is reported.
#[tokio::test]
async fn flipped_bits_never_give_a_wrong_value() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    let (store, _) = open(&path);
    for n in 0..200u32 {
        store.commit(vec![put(&n.to_string(), &n.to_be_bytes(), Expect::Absent, LATER)]).await.unwrap();
    }
    drop(store);
    let log = std::fs::read(path.join("db")).unwrap();
    let used = log.iter().rposition(|byte| *byte != 0).unwrap();
    let mut touched = 0;
    for round in 0..12usize {
        let mut damaged = log.clone();
        let at = (used / 12) * round + 37;
        damaged[at] ^= 1 << (round % 8);
        std::fs::write(path.join("db"), &damaged).unwrap();
        let (store, opened) = open(&path);
        touched += usize::from(opened.quarantined.is_some());
        for n in 0..200u32 {
            match store.get(&key(&n.to_string())).await {
                Ok(Some(found)) => assert_eq!(found.value, n.to_be_bytes(), "round {round}"),
                Ok(None) | Err(_) => touched += 1,
            }
        }
        drop(store);
        std::fs::remove_dir_all(&path).unwrap();
        std::fs::create_dir(&path).unwrap();
        std::fs::write(path.join("db"), &log).unwrap();
        let (fresh, _) = open(&folder.path().join("other"));
        drop(fresh);
        std::fs::copy(folder.path().join("other/conf"), path.join("conf")).unwrap();
    }
    assert!(touched > 0, "no flip hit anything: the test proves nothing");
}
