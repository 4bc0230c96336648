//! What only a file can do wrong: forget, show, be moved about, be broken.

use std::os::unix::fs::MetadataExt;
use std::path::Path;

use ringback::model::ids::AccountId;
use ringback::model::names::OptionKey;
use ringback::model::secrets::Answer;
use ringback::model::time::Seconds;
use ringback::policy::limits::{Limit, Limited, Scope};
use ringback::ports::registry::{Count, Enrol, Registry, StepUse};
use ringback::registry::sqlite::SqliteRegistry;
use ringback::store::keyring::KeyRing;
use ringback::verify::totp::TotpSecret;
use zeroize::Zeroizing;

use super::{keys, open};
use crate::stores::fixtures::{ada, contains, mail, phone, ring, uni};
use crate::support::clock::MORNING;

const SEED: &[u8] = b"canary-seed-bytes-20";

async fn enrol(registry: &SqliteRegistry, account: &str, number: &str) {
    let enrol = Enrol {
        contacts: Some(vec![phone(number), mail("canary.mail@uni.example")]),
        totp: Some(TotpSecret(Zeroizing::new(SEED.to_vec()))),
        answers: Some(vec![(OptionKey::of("pet"), Answer::new(String::from("canary-pet")))]),
    };
    registry.enrol(&uni(), &AccountId(account.to_owned()), enrol, MORNING).await.unwrap();
}

#[tokio::test]
async fn a_restart_forgets_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("registry.db");
    let limits =
        [Limit { what: Limited::WrongCode, scope: Scope::Account(ada().0), limit: 1, window: Seconds::hours(24) }];
    let registry = open(&path);
    enrol(&registry, &ada().0, "+447700900123").await;
    assert_eq!(registry.count(&uni(), "1", &limits, MORNING).await.unwrap(), Count::Allowed);
    assert_eq!(registry.use_totp_step(&uni(), &ada(), 7, "1").await.unwrap(), StepUse::Fresh);
    registry.freeze(&uni(), &ada(), MORNING).await.unwrap();
    drop(registry);

    let registry = open(&path);
    assert_eq!(registry.enrolment(&uni(), &ada()).await.unwrap().contacts[0], phone("+447700900123"));
    assert_eq!(registry.count(&uni(), "1", &limits, MORNING).await.unwrap(), Count::Allowed);
    assert_ne!(registry.count(&uni(), "2", &limits, MORNING).await.unwrap(), Count::Allowed);
    assert_eq!(registry.use_totp_step(&uni(), &ada(), 7, "2").await.unwrap(), StepUse::Replayed);
    assert!(registry.frozen(&uni(), &ada()).await.unwrap());
}

#[tokio::test]
async fn the_files_show_nobody_and_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("registry.db");
    let registry = open(&path);
    enrol(&registry, "canary-account", "+447700900123").await;
    registry.freeze(&uni(), &AccountId(String::from("canary-account")), MORNING).await.unwrap();
    let limit = Limit {
        what: Limited::Send,
        scope: Scope::Destination(String::from("canary-destination")),
        limit: 5,
        window: Seconds(60),
    };
    registry.count(&uni(), "canary-operation", &[limit], MORNING).await.unwrap();
    // While it is open, what was written last lies in the write-ahead log.
    let bytes = files(folder.path());
    assert!(contains(&bytes, b"enrolment"), "the scan reads the files it should");
    for secret in [b"canary".as_slice(), b"447700900123", b"7700900123", b"$argon2id", SEED] {
        assert!(!contains(&bytes, secret), "{} lies open", String::from_utf8_lossy(secret));
    }
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        let entry = entry.unwrap();
        assert_eq!(entry.metadata().unwrap().mode() & 0o077, 0, "{:?} is open to others", entry.file_name());
    }
}

#[tokio::test]
async fn an_enrolment_moved_to_another_account_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("registry.db");
    let registry = open(&path);
    enrol(&registry, &ada().0, "+447700900123").await;
    enrol(&registry, "mallory", "+447700900666").await;
    drop(registry);
    let raw = rusqlite::Connection::open(&path).unwrap();
    // Mallory's number in Ada's place: every sealed row of one kind is exchanged with the other account's.
    raw.execute_batch(
        "CREATE TEMP TABLE swap AS SELECT a.owner, b.sealed FROM enrolment a JOIN enrolment b
             ON a.kind = b.kind AND a.owner <> b.owner AND a.kind = 'contacts';
         UPDATE enrolment SET sealed = (SELECT sealed FROM swap WHERE swap.owner = enrolment.owner)
             WHERE kind = 'contacts';",
    )
    .unwrap();
    drop(raw);
    let refused = SqliteRegistry::open(&path, keys(&ring())).err().expect("a moved row is noticed at the start");
    assert!(refused.to_string().contains("table enrolment: a row was changed"), "{refused}");
}

#[tokio::test]
async fn a_key_that_left_the_ring_opens_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("registry.db");
    enrol(&open(&path), &ada().0, "+447700900123").await;
    let other = KeyRing::ephemeral([9; 32]);
    let mut half = keys(&other);
    half.lookup = keys(&ring()).lookup;
    let registry = SqliteRegistry::open(&path, half).unwrap();
    assert!(registry.enrolment(&uni(), &ada()).await.is_err());
}

#[tokio::test]
async fn a_broken_file_is_refused_with_its_name_and_kept() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("registry.db");
    let registry = open(&path);
    for n in 0..40 {
        registry.freeze(&uni(), &AccountId(format!("a{n}")), MORNING).await.unwrap();
    }
    enrol(&registry, &ada().0, "+447700900123").await;
    drop(registry);
    let mut bytes = std::fs::read(&path).unwrap();
    let page = 4096;
    bytes[page..].chunks_mut(page).for_each(|page| page[..64].fill(0xA5));
    std::fs::write(&path, &bytes).unwrap();
    let refused = SqliteRegistry::open(&path, keys(&ring())).err().expect("damage is noticed at the start");
    assert!(refused.to_string().contains("registry.db"), "{refused}");
    assert_eq!(std::fs::read(&path).unwrap(), bytes, "it may still be mended");
}

#[tokio::test]
async fn a_file_of_a_later_program_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("registry.db");
    drop(open(&path));
    rusqlite::Connection::open(&path).unwrap().execute_batch("PRAGMA user_version = 99").unwrap();
    let refused = SqliteRegistry::open(&path, keys(&ring())).err().unwrap();
    assert!(refused.to_string().contains("layout 99"), "{refused}");
}

fn files(folder: &Path) -> Vec<u8> {
    let paths = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    paths.flat_map(|path| std::fs::read(path).unwrap()).collect()
}
