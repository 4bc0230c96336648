//! Power cuts. The child works until it is killed; then every file becomes what it was when it was last synced.

use std::collections::BTreeMap;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ringback::model::time::Seconds;
use ringback::ports::audit_log::AuditLog;
use ringback::ports::clock::Clock;
use ringback::ports::registry::{Count, Registry};
use ringback::ports::store::{Expect, Room, Store};
use ringback::store::keyring::Keeper;
use ringback::store::sled_store::{Rotation, SledStore};

use super::child::{Disk, TASK, copy};
use super::subjects::{Dice, LATER, audit, happened, once, registry, store};
use crate::stores::fixtures::{clock, key, put, ring, row, uni};
use crate::support::clock::MORNING;

const ROUNDS: usize = 40;
const WRITERS: usize = 8;
/// Conversations that the writers go on with, in every round.
const CONVERSATIONS: usize = 40;
const CHILD: &str = "damage::cut::works_until_the_power_is_cut";

/// What the child acknowledged: by name, the last value.
type Acknowledged = BTreeMap<String, u64>;

/// Works on a disk, cuts the power somewhere after some acknowledgements, and keeps account of them.
fn round(disk: &Disk, task: &str, deaf: &str, dice: &mut Dice, known: &mut Acknowledged) -> usize {
    let mut worker = disk.start(CHILD, task, &[("RINGBACK_SNAPSHOTS", &disk.snapshots()), ("RINGBACK_DEAF", deaf)]);
    let (wanted, mut heard) = (20 + dice.below(60), 0);
    while let Some(said) = worker.said("acknowledged") {
        let (name, value) = said.rsplit_once(' ').unwrap();
        known.insert(name.to_owned(), value.parse().unwrap());
        heard += 1;
        if heard == wanted {
            worker.kill();
        }
    }
    assert!(heard >= wanted, "the worker ended by itself after {heard} turns");
    worker.ended();
    disk.cut_power();
    heard
}

/// Looks at a copy, so that only the child's own syncs count in the next round.
fn looked_at(disk: &Disk) -> (tempfile::TempDir, PathBuf) {
    let top = tempfile::tempdir().unwrap();
    let at = top.path().join("copy");
    copy(&disk.folder, &at);
    (top, at)
}

async fn lost_conversations(folder: &Path, known: &Acknowledged) -> Vec<String> {
    let (store, opened) = store(folder).unwrap();
    if let Some(quarantined) = opened.quarantined {
        return vec![format!("everything: {}", quarantined.why)];
    }
    let mut lost = Vec::new();
    for (name, value) in known {
        let found = store.get(&key(name)).await.unwrap().map(|found| found.value);
        let found = found.map_or(0, |value| u64::from_be_bytes(value[..8].try_into().unwrap()));
        // The turn after the last acknowledged one may or may not have made it.
        if found < *value {
            lost.push(format!("{name}: {found} of {value}"));
        }
    }
    lost
}

async fn lost_attempts(folder: &Path, known: &Acknowledged) -> Vec<String> {
    let registry = match registry(folder) {
        Ok(registry) => registry,
        Err(error) => return vec![format!("everything: {error}")],
    };
    let audit = audit(folder).unwrap();
    let mut lost = Vec::new();
    for name in known.keys() {
        let counted = registry.count(&uni(), &format!("look at {name}"), &once(name), MORNING).await.unwrap();
        if counted == Count::Allowed {
            lost.push(format!("attempt {name}"));
        }
    }
    let rows = audit.recent(1_000_000).await.unwrap().len();
    if rows < known.len() {
        lost.push(format!("audit rows: {rows} of {}", known.len()));
    }
    lost
}

#[tokio::test]
async fn no_acknowledged_turn_is_lost_by_a_power_cut() {
    let (disk, mut dice, mut known, mut turns) = (Disk::new(), Dice(4), Acknowledged::new(), 0);
    for n in 0..ROUNDS {
        turns += round(&disk, "conversations", "", &mut dice, &mut known);
        let (_top, folder) = looked_at(&disk);
        let lost = lost_conversations(&folder, &known).await;
        assert!(lost.is_empty(), "round {n}: {lost:?}");
    }
    println!("conversations: {ROUNDS} power cuts, {turns} acknowledged turns, 0 lost");
}

/// The same while the files are written anew again and again: the bound is lower than what one round writes.
#[tokio::test]
async fn no_acknowledged_turn_is_lost_by_a_power_cut_during_a_rotation() {
    let (disk, mut dice, mut known, mut turns, mut anew) = (Disk::new(), Dice(6), Acknowledged::new(), 0, 0);
    for n in 0..ROUNDS / 2 {
        let before = log_of(&disk);
        turns += round(&disk, "rotating", "", &mut dice, &mut known);
        anew += usize::from(log_of(&disk) != before);
        let (_top, folder) = looked_at(&disk);
        let lost = lost_conversations(&folder, &known).await;
        assert!(lost.is_empty(), "round {n}: {lost:?}");
    }
    println!(
        "rotating: {} power cuts, {turns} acknowledged turns, 0 lost; files written anew in {anew} rounds",
        ROUNDS / 2
    );
    assert!(anew > ROUNDS / 4, "the files were hardly ever written anew");
}

/// The identity of sled's log: files that were written anew have another.
fn log_of(disk: &Disk) -> Option<u64> {
    let files = SledStore::files(&disk.folder.join("conversations"));
    Some(std::fs::metadata(files.join("db")).ok()?.ino())
}

#[tokio::test]
async fn no_acknowledged_attempt_or_audit_row_is_lost_by_a_power_cut() {
    let (disk, mut dice, mut all, mut turns) = (Disk::new(), Dice(5), Acknowledged::new(), 0);
    for n in 0..ROUNDS {
        let mut known = Acknowledged::new();
        turns += round(&disk, "registry", "", &mut dice, &mut known);
        let (_top, folder) = looked_at(&disk);
        let lost = lost_attempts(&folder, &known).await;
        assert!(lost.is_empty(), "round {n}: {lost:?}");
        all.extend(known);
    }
    let (_top, folder) = looked_at(&disk);
    assert_eq!(lost_attempts(&folder, &all).await, Vec::<String>::new());
    println!("registry and audit record: {ROUNDS} power cuts, {turns} acknowledged turns, 0 lost");
}

/// The proof that the model bites: the same rounds on a disk that ignores the syncs that we add.
#[tokio::test]
async fn without_our_own_sync_every_power_cut_loses_turns() {
    for (task, deaf) in [("conversations", "fdatasync"), ("registry", "all")] {
        let mut losing = 0;
        for n in 0..4 {
            let (disk, mut known) = (Disk::new(), Acknowledged::new());
            round(&disk, task, deaf, &mut Dice(n), &mut known);
            let (_top, folder) = looked_at(&disk);
            let lost = match task {
                "conversations" => lost_conversations(&folder, &known).await,
                _ => lost_attempts(&folder, &known).await,
            };
            losing += usize::from(!lost.is_empty());
        }
        println!("{task} without {deaf}: {losing} of 4 power cuts lost acknowledged turns");
        assert_eq!(losing, 4);
    }
}

/// The child's side; without a task there is nothing to do.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn works_until_the_power_is_cut() {
    let (Some(task), Some(folder)) = (std::env::var_os(TASK), std::env::var_os("RINGBACK_DISK")) else { return };
    let folder = PathBuf::from(folder);
    match task.to_str().unwrap() {
        "conversations" => talk(&folder, Rotation::default()).await,
        "rotating" => talk(&folder, Rotation { at_bytes: 400 << 10, every: Seconds::hours(1) }).await,
        _ => attempt(&folder).await,
    }
}

/// Takes conversations one turn further, for ever; each belongs to one writer.
async fn talk(folder: &Path, rotation: Rotation) {
    let (sealer, clock) = (ring().sealer(Keeper::Store), clock() as Arc<dyn Clock>);
    let (store, opened) = SledStore::open_rotating(&folder.join("conversations"), sealer, clock, rotation).unwrap();
    assert_eq!(opened.quarantined, None);
    let store = Arc::new(store);
    let writers: Vec<_> = (0..WRITERS)
        .map(|writer| {
            let store = Arc::clone(&store);
            tokio::spawn(async move {
                for turn in 0usize.. {
                    let name = format!("c{}", writer + WRITERS * (turn % (CONVERSATIONS / WRITERS)));
                    let found = store.get(&key(&name)).await.unwrap();
                    let last =
                        found.as_ref().map_or(0, |found| u64::from_be_bytes(found.value[..8].try_into().unwrap()));
                    let expect = found.map_or(Expect::Absent, |found| Expect::Version(found.version));
                    let mut value = (last + 1).to_be_bytes().to_vec();
                    value.resize(1_536, 7);
                    let batch = vec![put(&name, &value, expect, LATER), row(&name, b"reply", MORNING)];
                    store.commit(batch).await.unwrap();
                    println!("acknowledged {name} {}.", last + 1);
                    for claimed in store.outbox_claim(MORNING, LATER, Room::each(1)).await.unwrap() {
                        store.outbox_ack(claimed.id).await.unwrap();
                    }
                }
            })
        })
        .collect();
    for writer in writers {
        writer.await.unwrap();
    }
}

/// Counts attempts and puts them on record, for ever.
async fn attempt(folder: &Path) {
    let (registry, audit) = (registry(folder).unwrap(), audit(folder).unwrap());
    let process = std::process::id();
    for n in 0u64.. {
        let name = format!("{process}-{n}");
        assert_eq!(registry.count(&uni(), &name, &once(&name), MORNING).await.unwrap(), Count::Allowed);
        audit.append(&name, &[happened(1)]).await.unwrap();
        println!("acknowledged {name} {n}.");
    }
}
