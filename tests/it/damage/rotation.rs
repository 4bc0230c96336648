//! sled's files stay small: they are written anew with what lives in them, and at every moment one whole folder is there.

use std::collections::BTreeMap;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use ringback::model::time::{Seconds, Timestamp};
use ringback::ports::clock::Clock;
use ringback::ports::store::{Expect, Op, Room, Store};
use ringback::store::keyring::Keeper;
use ringback::store::sled_store::{Rotation, SledStore};

use super::child::copy;
use super::subjects::{CONVERSATIONS, Dice, LATER, store};
use crate::stores::fixtures::{clock, key, put, ring, row};
use crate::support::clock::{MORNING, TestClock};

const MIB: u64 = 1 << 20;
/// Live at any time.
const LIVE: usize = 40;
const ROUNDS: usize = 300;
const NEVER: Rotation = Rotation { at_bytes: u64::MAX, every: Seconds(u32::MAX) };

fn open(folder: &Path, clock: &Arc<TestClock>, rotation: Rotation) -> SledStore {
    let sealer = ring().sealer(Keeper::Store);
    let clock = Arc::clone(clock) as Arc<dyn Clock>;
    SledStore::open_rotating(&folder.join(CONVERSATIONS), sealer, clock, rotation).unwrap().0
}

fn bytes(folder: &Path) -> u64 {
    log(folder).len()
}

/// Takes conversations further, `LIVE` at once, again and again; the largest size that the files had.
async fn rounds(store: &SledStore, folder: &Path, n: usize) -> u64 {
    let mut largest = 0;
    for round in 0..n {
        let mut value = round.to_be_bytes().to_vec();
        value.resize(700, round as u8);
        let batch = (0..LIVE).map(|n| put(&format!("c{n}"), &value, Expect::Anything, LATER));
        store.commit(batch.collect()).await.unwrap();
        largest = largest.max(bytes(folder));
    }
    largest
}

#[tokio::test]
async fn the_files_stay_below_their_bound_and_lose_nothing() {
    let clock = clock();
    let (free, bound) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let unbounded = rounds(&open(free.path(), &clock, NEVER), free.path(), ROUNDS).await;
    let store = open(bound.path(), &clock, Rotation { at_bytes: MIB, ..NEVER });
    store.commit(vec![row("lane", b"claimed", MORNING), row("other", b"waits", LATER)]).await.unwrap();
    let claimed = store.outbox_claim(MORNING, LATER, Room::each(10)).await.unwrap();
    let bounded = rounds(&store, bound.path(), ROUNDS).await;
    let (live, written) = (LIVE * 700, ROUNDS * LIVE * 700);
    println!(
        "{} MB written over {} KiB of live records: {} KiB without rotation, {} KiB at most with a bound of 1 MiB",
        written / 1_000_000,
        live / 1024,
        unbounded / 1024,
        bounded / 1024
    );
    assert!(unbounded >= 2 * MIB, "the log does not grow: the test proves nothing");
    assert!(bounded < 2 * MIB, "{bounded} bytes");
    for n in 0..LIVE {
        let found = store.get(&key(&format!("c{n}"))).await.unwrap().unwrap();
        assert_eq!(usize::from_be_bytes(found.value[..8].try_into().unwrap()), ROUNDS - 1);
    }
    assert_eq!(
        store.outbox_claim(MORNING, LATER, Room::each(10)).await.unwrap(),
        vec![],
        "a claimed row went out twice"
    );
    store.outbox_ack(claimed[0].id).await.unwrap();
    assert_eq!(store.outbox_len().await.unwrap(), 1);
}

/// Several thousand entries are copied piece by piece; meanwhile records before and behind the place that was reached come,
/// change and go.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copy_follows_what_is_changed_while_it_grows() {
    let (clock, folder) = (clock(), tempfile::tempdir().unwrap());
    let store = open(folder.path(), &clock, Rotation { at_bytes: u64::MAX, every: Seconds::hours(24) });
    let later = clock.now() + Seconds::hours(40);
    let mut model = BTreeMap::new();
    for first in (0..4_000u32).step_by(200) {
        let batch = (first..first + 200).map(|n| put(&n.to_string(), &n.to_be_bytes(), Expect::Absent, later));
        store.commit(batch.collect()).await.unwrap();
        model.extend((first..first + 200).map(|n| (n, n)));
    }
    let before = files(folder.path());
    clock.advance(Seconds::hours(24));
    store.sweep(clock.now()).await.unwrap();
    let (mut dice, mut changes, mut meanwhile) = (Dice(9), 0u32, 0);
    // Some changes more, when the copy is the store.
    while meanwhile < 50 {
        meanwhile += u32::from(files(folder.path()) != before);
        let n = u32::try_from(dice.below(5_000)).unwrap();
        changes += 1;
        let op = if dice.below(4) == 0 {
            model.remove(&n);
            Op::Delete { key: key(&n.to_string()), expect: Expect::Anything }
        } else {
            model.insert(n, changes);
            put(&n.to_string(), &changes.to_be_bytes(), Expect::Anything, later)
        };
        store.commit(vec![op]).await.unwrap();
        assert!(changes < 200_000, "they are not written anew");
    }
    println!("{changes} changes while 4000 records were copied");
    for n in 0..5_000u32 {
        let found = store.get(&key(&n.to_string())).await.unwrap();
        let found = found.map(|found| u32::from_be_bytes(found.value.try_into().unwrap()));
        assert_eq!(found, model.get(&n).copied(), "{n}");
    }
    drop(store);
    let sealer = ring().sealer(Keeper::Store);
    let at = folder.path().join(CONVERSATIONS);
    let (store, opened) =
        SledStore::open_looking(&at, sealer, clock as Arc<dyn Clock>, Rotation::default(), usize::MAX).unwrap();
    assert_eq!((opened.quarantined, opened.loaded.records), (None, model.len()));
    for (n, value) in &model {
        let found = store.get(&key(&n.to_string())).await.unwrap().unwrap();
        assert_eq!(found.value, value.to_be_bytes());
    }
}

#[tokio::test]
async fn once_a_day_they_are_written_anew() {
    let (clock, folder) = (clock(), tempfile::tempdir().unwrap());
    let store = open(folder.path(), &clock, Rotation { at_bytes: u64::MAX, every: Seconds::hours(24) });
    rounds(&store, folder.path(), 30).await;
    let first = files(folder.path());
    clock.advance(Seconds::hours(23));
    store.sweep(clock.now()).await.unwrap();
    assert_eq!(files(folder.path()), first, "too early");
    store.commit(vec![put("stays", b"1", Expect::Anything, clock.now() + Seconds::hours(9))]).await.unwrap();
    clock.advance(Seconds::hours(1));
    store.sweep(clock.now()).await.unwrap();
    until_written_anew(&store, folder.path(), first).await;
    let second = files(folder.path());
    assert!(store.get(&key("stays")).await.unwrap().is_some());
    clock.advance(Seconds::hours(1));
    store.sweep(clock.now()).await.unwrap();
    assert_eq!(files(folder.path()), second, "again within the day");
}

/// The identity of sled's log: files that were written anew have another.
fn files(folder: &Path) -> u64 {
    log(folder).ino()
}

/// sled's log; it moves while it is looked for.
fn log(folder: &Path) -> std::fs::Metadata {
    loop {
        let log = SledStore::files(&folder.join(CONVERSATIONS)).join("db");
        match std::fs::metadata(&log) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => std::thread::yield_now(),
            found => return found.unwrap(),
        }
    }
}

/// Writes until the files are others.
async fn until_written_anew(store: &SledStore, folder: &Path, before: u64) {
    let end = Instant::now() + Duration::from_secs(60);
    while files(folder) == before {
        assert!(Instant::now() < end, "they are not written anew");
        store.commit(vec![put("probe", b"1", Expect::Anything, LATER)]).await.unwrap();
    }
}

/// Every state that a crash can leave behind, made by hand.
#[tokio::test]
async fn a_crash_in_the_middle_of_it_leaves_one_whole_folder() {
    // The last four are those of the version before.
    for state in [
        "a copy grows",
        "the copy is whole",
        "old files go",
        "half a copy",
        "old one renamed",
        "copy in place",
        "old one only",
    ] {
        let top = tempfile::tempdir().unwrap();
        let at = |name: &str| top.path().join(name);
        let due = Op::Due { key: key("a"), at: Some(Timestamp(MORNING.0 + 1)) };
        let (open, _) = store(top.path()).unwrap();
        open.commit(vec![put("a", b"1", Expect::Absent, LATER), row("lane", b"r", MORNING), due]).await.unwrap();
        drop(open);
        let (now, next, past) = (at(CONVERSATIONS), at("conversations.next"), at("conversations.past"));
        let below = |name: &str| {
            copy(&now, &next);
            std::fs::rename(&next, now.join(name)).unwrap();
            now.join(name)
        };
        match state {
            "a copy grows" => std::fs::write(below("1").join("db"), b"half").unwrap(),
            "the copy is whole" => std::fs::write(below("1").join("whole"), b"").unwrap(),
            "old files go" => {
                std::fs::write(below("1").join("whole"), b"").unwrap();
                std::fs::remove_file(now.join("conf")).unwrap();
                below("2");
            }
            "half a copy" => {
                copy(&now, &next);
                std::fs::write(next.join("db"), b"half").unwrap();
            }
            "old one renamed" => {
                copy(&now, &next);
                std::fs::rename(&now, &past).unwrap();
            }
            "copy in place" => copy(&now, &past),
            _ => std::fs::rename(&now, &past).unwrap(),
        }
        let (store, opened) = store(top.path()).unwrap();
        assert_eq!(opened.quarantined, None, "{state}");
        assert!(store.get(&key("a")).await.unwrap().is_some(), "{state}");
        assert_eq!((store.outbox_len().await.unwrap(), store.due(LATER, 9).await.unwrap().len()), (1, 1), "{state}");
        assert!(!next.exists() && !past.exists(), "{state}: left behind");
        let folders = [now.join("db"), now.join("1"), now.join("2")].iter().filter(|path| path.exists()).count();
        assert_eq!(folders, 1, "{state}: left behind");
    }
}
