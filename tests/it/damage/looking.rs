//! A store of very many conversations is used before all of them were looked at; what is wrong is found beside it.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use ringback::audit_log::sqlite::{AuditKeys, SqliteAuditLog};
use ringback::model::time::{Seconds, Timestamp};
use ringback::ports::audit_log::AuditLog;
use ringback::ports::registry::Registry;
use ringback::ports::store::{Expect, Op, Room, Store};
use ringback::registry::sqlite::{RegistryKeys, SqliteRegistry};
use ringback::store::keyring::Keeper;
use ringback::store::sled_store::SledStore;

use super::subjects::{
    AUDIT, CONVERSATIONS, LATER, REGISTRY, audit, happened, looked_through, looking, once, registry, store,
};
use crate::stores::fixtures::{key, put, ring, row, uni};
use crate::support::clock::MORNING;

const N: u32 = 2_000;

async fn fill(folder: &Path) {
    let (store, _) = store(folder).unwrap();
    for first in (0..N).step_by(100) {
        let batch = (first..first + 100).flat_map(|n| {
            let due = Op::Due { key: key(&n.to_string()), at: Some(MORNING + Seconds(n)) };
            [put(&n.to_string(), &[n as u8; 300], Expect::Absent, LATER), due]
        });
        store.commit(batch.collect()).await.unwrap();
    }
    store.commit(vec![row("lane", b"waits", MORNING)]).await.unwrap();
}

/// Changes and deletes in front of the place that is being looked at, behind it, and there.
async fn goes_on(store: &SledStore, round: u32) {
    for n in (round % 7..N).step_by(97) {
        let name = key(&n.to_string());
        let batch = match n % 3 {
            0 => vec![put(&n.to_string(), &[1; 200], Expect::Anything, LATER)],
            1 => vec![Op::Delete { key: name, expect: Expect::Anything }],
            _ => vec![Op::Due { key: name, at: Some(MORNING) }, put(&format!("new {n}"), b"", Expect::Anything, LATER)],
        };
        store.commit(batch).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_is_used_meanwhile_and_all_due_times_are_found() {
    let folder = tempfile::tempdir().unwrap();
    fill(folder.path()).await;
    let (store, opened) = looking(folder.path()).unwrap();
    assert!(opened.loaded.unseen && opened.quarantined.is_none());
    assert!(
        store.due(Timestamp(u64::MAX), 9).await.unwrap().is_empty(),
        "it was looked through before: the test proves nothing"
    );
    assert_eq!(store.due_in("conversation", 5_000).await.unwrap().len(), N as usize);
    assert_eq!(store.outbox_claim(MORNING, LATER, Room::each(9)).await.unwrap().len(), 1);
    let mut rounds = 0;
    while !store.looked_through().await.unwrap() {
        goes_on(&store, rounds).await;
        rounds += 1;
    }
    let due = store.due(Timestamp(u64::MAX), usize::MAX).await.unwrap();
    assert_eq!(due.len(), store.due_in("conversation", usize::MAX).await.unwrap().len());
    assert_eq!(store.replaced_damage(), None);
    println!("{rounds} rounds of changes while {N} conversations were looked at");
    assert!(rounds > 0);
    drop(store);
    let (_, opened) = super::subjects::store(folder.path()).unwrap();
    assert_eq!(opened.quarantined, None);
}

/// A missing entry, a changed one, and one too many.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g31_what_is_missing_or_changed_is_found_beside_serving() {
    let harms: [fn(&sled::Db, Vec<u8>); 3] = [
        |db, key| drop(db.remove(key).unwrap()),
        |db, key| {
            let mut value = db.get(&key).unwrap().unwrap().to_vec();
            value[10] ^= 1;
            db.insert(key, value).unwrap();
        },
        |db, key| drop(db.insert([key.as_slice(), b"x"].concat(), vec![0; 80]).unwrap()),
    ];
    for harm in harms {
        let folder = tempfile::tempdir().unwrap();
        fill(folder.path()).await;
        let db = sled::open(SledStore::files(&folder.path().join(CONVERSATIONS))).unwrap();
        let last = db.scan_prefix(b"r").keys().last().unwrap().unwrap();
        harm(&db, last.to_vec());
        drop(db);
        let (store, opened) = looking(folder.path()).unwrap();
        assert_eq!(opened.quarantined, None, "it was found before: the test proves nothing");
        let store = Arc::new(store);
        looked_through(&store).await;
        assert_eq!(store.replaced_damage(), Some(MORNING));
        assert_eq!(store.get(&key("1")).await.unwrap(), None, "an empty store took its place");
        store.commit(vec![put("new", b"1", Expect::Absent, LATER)]).await.unwrap();
        let aside = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name());
        assert!(aside.into_iter().any(|name| name.to_str().unwrap().contains("quarantine")));
    }
}

/// A long record and a large registry are used before all of them was looked at; damage closes them.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_changed_row_far_back_closes_the_record_and_the_registry() {
    let folder = tempfile::tempdir().unwrap();
    let (audit, registry) = (audit(folder.path()).unwrap(), registry(folder.path()).unwrap());
    audit.append("many", &(0..1_200).map(|n| happened(n as u8)).collect::<Vec<_>>()).await.unwrap();
    registry.count(&uni(), "first", &once("first"), MORNING).await.unwrap();
    drop((audit, registry));
    for damaged in [false, true] {
        let name = |name: &str| folder.path().join(name);
        if damaged {
            let raw = |file: &str, sql: &str| {
                rusqlite::Connection::open(name(file)).unwrap().execute_batch(sql).unwrap();
            };
            raw(AUDIT, "DROP TRIGGER audit_no_update; UPDATE audit SET payload = payload || ' ' WHERE seq = 7;");
            let trigger = include_str!("../../../src/audit_log/schema.sql");
            let from = trigger.find("CREATE TRIGGER audit_no_update").unwrap();
            raw(AUDIT, trigger[from..].split_inclusive("END;").next().unwrap());
            raw(REGISTRY, "UPDATE operation SET at = at + 1");
        }
        let keys = AuditKeys { macs: ring().audit_macs(), lookup: ring().lookup(Keeper::Audit) };
        let audit = SqliteAuditLog::open_looking(&name(AUDIT), keys, 0).unwrap();
        let keys = RegistryKeys { sealer: ring().sealer(Keeper::Registry), lookup: ring().lookup(Keeper::Registry) };
        let registry = SqliteRegistry::open_looking(&name(REGISTRY), keys, 0).unwrap();
        assert!(!audit.looked_through() && !registry.looked_through(), "the test proves nothing");
        let end = Instant::now() + Duration::from_secs(60);
        while !(audit.looked_through() && registry.looked_through()) {
            assert!(Instant::now() < end, "nobody looks");
            tokio::task::yield_now().await;
        }
        let appended = audit.append(&format!("new {damaged}"), &[happened(1)]).await;
        let counted = registry.count(&uni(), &format!("new {damaged}"), &once("new"), MORNING).await;
        assert_eq!((appended.is_err(), counted.is_err()), (damaged, damaged));
        for why in [appended.err().map(|why| why.to_string()), counted.err().map(|why| why.to_string())] {
            assert!(why.is_none_or(|why| why.contains("ringback restore")), "no remedy");
        }
    }
}
