//! After a rotation of the keys everything moves to the new one, and the old one can leave the ring.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use ringback::model::ids::AccountId;
use ringback::ports::clock::Clock;
use ringback::ports::registry::{Enrol, Registry};
use ringback::ports::store::{Expect, Room, Store};
use ringback::registry::sqlite::{RegistryKeys, SqliteRegistry};
use ringback::store::keyring::{Keeper, KeyRing};
use ringback::store::sled_store::SledStore;

use super::subjects::LATER;
use crate::stores::fixtures::{Chance, clock, key, phone, put, row, uni};
use crate::support::clock::MORNING;

fn registry(folder: &Path, ring: &KeyRing) -> SqliteRegistry {
    let keys = RegistryKeys { sealer: ring.sealer(Keeper::Registry), lookup: ring.lookup(Keeper::Registry) };
    SqliteRegistry::open(&folder.join("registry.sqlite"), keys).unwrap()
}

fn store(folder: &Path, ring: &KeyRing) -> SledStore {
    let sealer = ring.sealer(Keeper::Store);
    let (store, opened) = SledStore::open(&folder.join("conversations"), sealer, clock() as Arc<dyn Clock>).unwrap();
    assert_eq!(opened.quarantined, None);
    store
}

fn person(n: u32) -> AccountId {
    AccountId(format!("person-{n}"))
}

fn mobile(n: u32) -> Enrol {
    Enrol { contacts: Some(vec![phone(&format!("+44770090{n:04}"))]), totp: None, answers: None }
}

#[tokio::test]
async fn the_old_key_can_leave_when_everything_was_sealed_anew() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("keys");
    KeyRing::create(&file, &Chance).unwrap();
    let before = KeyRing::read(&file).unwrap();
    let old = registry(folder.path(), &before);
    for n in 0..150 {
        old.enrol(&uni(), &person(n), mobile(n), MORNING).await.unwrap();
    }
    assert_eq!(old.by_key().await.unwrap(), BTreeMap::from([(1, 150)]));
    drop(old);
    let talks = store(folder.path(), &before);
    talks.commit(vec![put("a", b"one", Expect::Absent, LATER), row("lane", b"hello", MORNING)]).await.unwrap();
    drop(talks);

    KeyRing::rotate(&file, &Chance).unwrap();
    let both = KeyRing::read(&file).unwrap();
    let registry_now = Arc::new(registry(folder.path(), &both));
    // People go on changing their enrolments while it runs.
    let busy = tokio::spawn({
        let registry = Arc::clone(&registry_now);
        async move {
            for n in 140..150 {
                registry.enrol(&uni(), &person(n), mobile(n + 1_000), MORNING).await.unwrap();
            }
        }
    });
    let resealed = registry_now.reseal().await.unwrap();
    busy.await.unwrap();
    assert!((140..=150).contains(&resealed), "{resealed}");
    assert_eq!(registry_now.by_key().await.unwrap(), BTreeMap::from([(2, 160)]), "with ten former numbers");
    assert_eq!(registry_now.reseal().await.unwrap(), 0);
    drop(registry_now);
    drop(store(folder.path(), &both));
    println!("{resealed} enrolments sealed anew in the background; 0 left under key 1");

    // The old key leaves the ring.
    let text = std::fs::read_to_string(&file).unwrap();
    let without: String =
        text.lines().filter(|line| !line.starts_with("key 1")).map(|line| line.to_owned() + "\n").collect();
    let after = KeyRing::parse(&without).unwrap();
    let registry_after = registry(folder.path(), &after);
    for n in 0..150 {
        let shift = if n >= 140 { 1_000 } else { 0 };
        let found = registry_after.enrolment(&uni(), &person(n)).await.unwrap();
        assert_eq!(found.contacts, vec![phone(&format!("+44770090{:04}", n + shift))]);
    }
    let talks = store(folder.path(), &after);
    assert_eq!(talks.get(&key("a")).await.unwrap().unwrap().value, b"one");
    let claimed = talks.outbox_claim(MORNING, LATER, Room::each(9)).await.unwrap();
    assert_eq!(claimed[0].value, b"hello");
}
