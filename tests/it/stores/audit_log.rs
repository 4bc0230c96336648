//! The audit record: append only, in order, once for each operation, and no change of it goes unnoticed.

mod tampering;

use std::path::Path;
use std::sync::Arc;

use ringback::audit::{AuditEvent, AuditKind};
use ringback::audit_log::sqlite::{AuditKeys, SqliteAuditLog};
use ringback::audit_log::verdict::{Verdict, verify};
use ringback::model::ids::{AccountId, RunId};
use ringback::model::method::Method;
use ringback::model::names::MessageKey;
use ringback::model::peer::Channel;
use ringback::model::purpose::Purpose;
use ringback::model::time::Seconds;
use ringback::ports::audit_log::AuditLog;
use ringback::store::keyring::{Keeper, KeyRing};

use super::fixtures::{ada, contains, ring, uni};
use crate::support::clock::MORNING;

fn keys(ring: &KeyRing) -> AuditKeys {
    AuditKeys { macs: ring.audit_macs(), lookup: ring.lookup(Keeper::Audit) }
}

fn open(path: &Path) -> SqliteAuditLog {
    SqliteAuditLog::open(path, keys(&ring())).unwrap()
}

fn event(kind: AuditKind) -> AuditEvent {
    AuditEvent {
        at: MORNING,
        tenant: uni(),
        run: Some(RunId([5; 16])),
        channel: Some(Channel::Browser),
        subject: Some(ada()),
        kind,
    }
}

fn numbered(n: u8) -> AuditEvent {
    event(AuditKind::OwnerNotified { messages: n })
}

/// The event as it comes back: the account under its pseudonym.
fn written(log: &SqliteAuditLog, event: &AuditEvent) -> AuditEvent {
    let pseudonym = |subject: &AccountId| AccountId(log.pseudonym(&event.tenant, subject));
    AuditEvent { subject: event.subject.as_ref().map(pseudonym), ..event.clone() }
}

async fn keeps_its_promises(log: SqliteAuditLog) {
    assert_eq!(log.recent(10).await.unwrap(), vec![]);
    for n in 0..5 {
        log.append(&format!("turn-{n}"), &[numbered(2 * n), numbered(2 * n + 1)]).await.unwrap();
    }
    // A repeated operation is harmless, whatever it carries.
    log.append("turn-1", &[numbered(200)]).await.unwrap();
    log.append("nothing", &[]).await.unwrap();
    let expected: Vec<AuditEvent> = (0..10).map(|n| written(&log, &numbered(n))).collect();
    assert_eq!(log.recent(100).await.unwrap(), expected);
    assert_eq!(log.recent(3).await.unwrap(), expected[7..]);
}

#[tokio::test]
async fn in_memory_it_keeps_order_and_counts_an_operation_once() {
    keeps_its_promises(SqliteAuditLog::in_memory(keys(&ring())).unwrap()).await;
}

#[tokio::test]
async fn in_a_file_it_keeps_order_and_counts_an_operation_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("audit.db");
    keeps_its_promises(open(&path)).await;
    assert_eq!(open(&path).recent(100).await.unwrap().len(), 10);
    assert_eq!(whole(&path).rows, 10);
}

#[tokio::test]
async fn every_kind_comes_back_as_it_was_written() {
    let log = SqliteAuditLog::in_memory(keys(&ring())).unwrap();
    let method = Method::Sms;
    let purpose = Purpose::ResetPassword;
    let kinds = vec![
        AuditKind::CaseStarted { purpose },
        AuditKind::Identified,
        AuditKind::ContactMismatch { method },
        AuditKind::CodeSent { method },
        AuditKind::UnprovenPass { method },
        AuditKind::EffectIntended { purpose },
        AuditKind::PasswordSet,
        AuditKind::EffectUncertain { purpose },
        AuditKind::CaseEnded { end: String::from("done") },
        AuditKind::DeadLetter { template: MessageKey::of("code-body") },
        AuditKind::Imported { accepted: 3, refused: 1 },
    ];
    let mut events: Vec<AuditEvent> = kinds.into_iter().map(event).collect();
    let outside = AuditEvent { run: None, channel: None, subject: None, ..event(AuditKind::Released) };
    events.push(outside);
    log.append("all", &events).await.unwrap();
    let expected: Vec<AuditEvent> = events.iter().map(|event| written(&log, event)).collect();
    assert_eq!(log.recent(100).await.unwrap(), expected);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_writers_make_one_chain() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("audit.db");
    let log = Arc::new(open(&path));
    let writers: Vec<_> = (0..8u8)
        .map(|writer| {
            let log = Arc::clone(&log);
            tokio::spawn(async move {
                for n in 0..10 {
                    // Every operation is written by all of them: a redelivery to several workers at once.
                    log.append(&format!("shared-{n}"), &[numbered(n)]).await.unwrap();
                    log.append(&format!("{writer}-{n}"), &[numbered(n), numbered(n)]).await.unwrap();
                }
            })
        })
        .collect();
    for writer in writers {
        writer.await.unwrap();
    }
    let verdict = whole(&path);
    assert_eq!((verdict.rows, verdict.first_bad), (10 + 8 * 10 * 2, None));
}

#[tokio::test]
async fn accounts_stand_under_a_pseudonym_that_outlives_a_rotation() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("audit.db");
    let log = open(&path);
    let subject = AccountId(String::from("canary-account-id"));
    log.append("a", &[AuditEvent { subject: Some(subject.clone()), ..numbered(1) }]).await.unwrap();
    let pseudonym = log.pseudonym(&uni(), &subject);
    let files = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path());
    let bytes: Vec<u8> = files.flat_map(|path| std::fs::read(path).unwrap()).collect();
    assert!(contains(&bytes, pseudonym.as_bytes()) && !contains(&bytes, b"canary-account-id"));
    let elsewhere = ringback::model::ids::TenantId(String::from("elsewhere"));
    assert_ne!(log.pseudonym(&elsewhere, &subject), pseudonym);
}

fn whole(path: &Path) -> Verdict {
    let verdict = verify(path, &ring().audit_macs()).unwrap();
    assert_eq!(verdict.first_bad, None);
    verdict
}

#[tokio::test]
async fn an_empty_record_is_whole() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("audit.db");
    drop(open(&path));
    let verdict = whole(&path);
    assert_eq!((verdict.rows, verdict.head), (0, (0, [0; 32])));
    assert!(verify(&folder.path().join("none.db"), &ring().audit_macs()).is_err());
}

#[tokio::test]
async fn rows_of_every_key_that_was_active_are_verified() {
    let folder = tempfile::tempdir().unwrap();
    let (path, ring_file) = (folder.path().join("audit.db"), folder.path().join("keys"));
    KeyRing::create(&ring_file, &super::fixtures::Chance).unwrap();
    let first = KeyRing::read(&ring_file).unwrap();
    let log = SqliteAuditLog::open(&path, keys(&first)).unwrap();
    log.append("a", &[numbered(1)]).await.unwrap();
    let pseudonym = log.pseudonym(&uni(), &ada());
    drop(log);
    KeyRing::rotate(&ring_file, &super::fixtures::Chance).unwrap();
    let second = KeyRing::read(&ring_file).unwrap();
    let log = SqliteAuditLog::open(&path, keys(&second)).unwrap();
    log.append("b", &[AuditEvent { at: MORNING + Seconds(1), ..numbered(2) }]).await.unwrap();
    assert_eq!(log.pseudonym(&uni(), &ada()), pseudonym);
    let verdict = verify(&path, &second.audit_macs()).unwrap();
    assert_eq!((verdict.rows, verdict.first_bad), (2, None));
    let without = verify(&path, &first.audit_macs()).unwrap().first_bad.unwrap();
    assert_eq!(without.seq, 2);
}
