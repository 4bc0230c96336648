//! Stores of the version before open, with everything that was in them. What lies in `previous/` was written by that
//! version and is never written again; `RINGBACK_PACK_STORES=1` packs the stores of today, for the version after.

use std::path::Path;

use ringback::audit::{AuditEvent, AuditKind};
use ringback::audit_log::verdict::verify;
use ringback::model::ids::{AccountId, RunId};
use ringback::model::names::OptionKey;
use ringback::model::peer::Channel;
use ringback::model::purpose::Purpose;
use ringback::model::secrets::Answer;
use ringback::model::time::Seconds;
use ringback::policy::limits::{Limit, Limited, Scope};
use ringback::ports::audit_log::AuditLog;
use ringback::ports::registry::{Count, Enrol, Registry, StepUse};
use ringback::ports::store::{Expect, Op, Store};
use ringback::verify::totp::TotpSecret;
use zeroize::Zeroizing;

use super::pack::{pack, unpack};
use super::subjects::{AUDIT, LATER, audit, registry, store};
use crate::stores::fixtures::{ada, key, mail, phone, put, ring, row, uni};
use crate::support::clock::MORNING;

const PACKED: &str = include_str!("previous/0.1.0-first.txt");
fn wrong_code() -> [Limit; 1] {
    [Limit { what: Limited::WrongCode, scope: Scope::Account(ada().0), limit: 2, window: Seconds::hours(24) }]
}

fn happened(n: usize) -> AuditEvent {
    AuditEvent {
        at: MORNING + Seconds(u32::try_from(n).unwrap()),
        tenant: uni(),
        run: Some(RunId([5; 16])),
        channel: Some(Channel::Browser),
        subject: Some(ada()),
        kind: AuditKind::EffectIntended { purpose: Purpose::ResetPassword },
    }
}

/// What is in the packed stores.
async fn fill(folder: &Path) {
    let (store, _) = store(folder).unwrap();
    for name in ["one", "two", "three"] {
        let due = Op::Due { key: key(name), at: Some(MORNING + Seconds(60)) };
        store.commit(vec![put(name, name.as_bytes(), Expect::Absent, LATER), due]).await.unwrap();
    }
    store.commit(vec![row("lane", b"first", MORNING), row("lane", b"second", MORNING)]).await.unwrap();
    store.take(&key("three")).await.unwrap();
    drop(store);
    let registry = registry(folder).unwrap();
    let enrol = Enrol {
        contacts: Some(vec![phone("+447700900123"), mail("ada@uni.example")]),
        totp: Some(TotpSecret(Zeroizing::new(b"twenty bytes of seed".to_vec()))),
        answers: Some(vec![(OptionKey::of("pet"), Answer::new("Rex".to_owned()))]),
    };
    registry.enrol(&uni(), &ada(), enrol, MORNING).await.unwrap();
    registry.freeze(&uni(), &AccountId("ben".to_owned()), MORNING).await.unwrap();
    registry.use_totp_step(&uni(), &ada(), 58_919_160, "step").await.unwrap();
    registry.count(&uni(), "wrong", &wrong_code(), MORNING).await.unwrap();
    drop(registry);
    let audit = audit(folder).unwrap();
    for n in 0..6 {
        audit.append(&format!("turn-{n}"), &[happened(n)]).await.unwrap();
    }
}

#[tokio::test]
async fn stores_of_the_version_before_open_with_all_that_was_in_them() {
    let folder = tempfile::tempdir().unwrap();
    if std::env::var_os("RINGBACK_PACK_STORES").is_some() {
        fill(folder.path()).await;
        std::fs::write("tests/it/damage/previous/today.txt", pack(folder.path())).unwrap();
        return;
    }
    unpack(PACKED, folder.path());
    // Twice: what the first opening made of the files opens as well.
    for opening in 0..2 {
        let (store, opened) = store(folder.path()).unwrap();
        assert_eq!((opened.loaded.records, opened.loaded.rows, opened.loaded.damaged), (2, 2, 0), "{opening}");
        assert_eq!(opened.quarantined, None);
        for name in ["one", "two"] {
            assert_eq!(store.get(&key(name)).await.unwrap().unwrap().value, name.as_bytes());
        }
        assert_eq!(store.get(&key("three")).await.unwrap(), None);
        assert_eq!(store.due(LATER, 10).await.unwrap(), vec![key("one"), key("two")]);
        assert_eq!(store.outbox_len().await.unwrap(), 2);
        let registry = registry(folder.path()).unwrap();
        let found = registry.enrolment(&uni(), &ada()).await.unwrap();
        assert_eq!(found.contacts, vec![phone("+447700900123"), mail("ada@uni.example")]);
        assert_eq!(found.totp.unwrap().0.as_slice(), b"twenty bytes of seed");
        let rex = [(OptionKey::of("pet"), Answer::new("rex".to_owned()))];
        assert!(registry.answers_right(&uni(), &ada(), &rex).await.unwrap());
        assert!(registry.frozen(&uni(), &AccountId("ben".to_owned())).await.unwrap());
        assert_eq!(registry.use_totp_step(&uni(), &ada(), 58_919_160, "again").await.unwrap(), StepUse::Replayed);
        let counted = registry.count(&uni(), "second", &wrong_code(), MORNING).await.unwrap();
        assert_eq!(counted, Count::Allowed);
        let third = registry.count(&uni(), "third", &wrong_code(), MORNING).await.unwrap();
        assert_ne!(third, Count::Allowed, "the attempt of the version before counts");
        assert_eq!(audit(folder.path()).unwrap().recent(10).await.unwrap().len(), 6);
    }
    let verdict = verify(&folder.path().join(AUDIT), &ring().audit_macs()).unwrap();
    assert_eq!((verdict.rows, verdict.first_bad), (6, None));
    println!("the version before: 2 conversations, 2 messages, 1 enrolment, 6 audit rows: all there");
}
