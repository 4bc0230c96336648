//! What an operator does at the command line: release an account, import people, verify the record.

use std::sync::atomic::Ordering;

use ringback::audit::AuditKind;
use ringback::audit_log::sqlite::{AuditKeys, SqliteAuditLog};
use ringback::cli::account::{Ports, release};
use ringback::cli::audit::verify;
use ringback::cli::fault::{Exit, explain};
use ringback::cli::registry::import;
use ringback::model::ids::AccountId;
use ringback::model::time::Seconds;
use ringback::policy::limits::{Limit, Limited, Scope};
use ringback::ports::audit_log::AuditLog;
use ringback::ports::registry::{Count, Registry};
use ringback::registry::import::Import;
use ringback::registry::sqlite::SqliteRegistry;
use ringback::store::keyring::Keeper;

use super::fixtures::{ring, uni};
use super::people::People;
use super::registry::keys;
use crate::support::clock::MORNING;

struct Office {
    registry: SqliteRegistry,
    people: People,
    audit: SqliteAuditLog,
    folder: tempfile::TempDir,
}

fn office() -> Office {
    let folder = tempfile::tempdir().unwrap();
    let audit_keys = AuditKeys { macs: ring().audit_macs(), lookup: ring().lookup(Keeper::Audit) };
    Office {
        registry: SqliteRegistry::in_memory(keys(&ring())).unwrap(),
        people: People::default(),
        audit: SqliteAuditLog::open(&folder.path().join("audit.db"), audit_keys).unwrap(),
        folder,
    }
}

impl Office {
    fn ports(&self) -> Ports<'_> {
        Ports { directory: &self.people, registry: &self.registry, audit: &self.audit }
    }

    async fn recorded(&self) -> Vec<AuditKind> {
        self.audit.recent(10).await.unwrap().into_iter().map(|event| event.kind).collect()
    }
}

#[tokio::test]
async fn a_release_lifts_freeze_and_counters_and_is_on_record() {
    let office = office();
    let ada = AccountId(String::from("id-of-ada"));
    let limits = [Limit {
        what: Limited::WrongCode,
        scope: Scope::Account(ada.0.clone()),
        limit: 1,
        window: Seconds::hours(24),
    }];
    office.registry.freeze(&uni(), &ada, MORNING).await.unwrap();
    office.registry.count(&uni(), "1", &limits, MORNING).await.unwrap();
    let exit = release(office.ports(), &uni(), "ada@uni.example", MORNING).await.unwrap();
    assert_eq!(exit, Exit::Ok);
    assert!(!office.registry.frozen(&uni(), &ada).await.unwrap());
    assert_eq!(office.registry.count(&uni(), "2", &limits, MORNING).await.unwrap(), Count::Allowed);
    let recorded = office.audit.recent(10).await.unwrap();
    assert_eq!(recorded.len(), 1);
    assert_eq!(recorded[0].kind, AuditKind::Released);
    assert_eq!(recorded[0].subject, Some(AccountId(office.audit.pseudonym(&uni(), &ada))));
    // A second release in the same moment is an act of its own.
    release(office.ports(), &uni(), "ada@uni.example", MORNING).await.unwrap();
    assert_eq!(office.recorded().await.len(), 2);
}

#[tokio::test]
async fn a_release_of_nobody_or_without_a_directory_changes_nothing() {
    let office = office();
    let error = release(office.ports(), &uni(), "zoe@uni.example", MORNING).await.unwrap_err();
    assert_eq!(explain(&error).1, Exit::Usage);
    office.people.down.store(true, Ordering::SeqCst);
    let error = release(office.ports(), &uni(), "ada@uni.example", MORNING).await.unwrap_err();
    assert_eq!(explain(&error).1, Exit::Unavailable);
    assert_eq!(office.recorded().await, vec![]);
}

#[tokio::test]
async fn an_import_is_on_record_and_says_by_its_exit_whether_rows_were_refused() {
    let office = office();
    let file = office.folder.path().join("people.csv");
    let tenant = uni();
    let by_telephone = Default::default();
    let into = || Import {
        tenant: &tenant,
        region: "GB",
        questions: &[],
        by_telephone: &by_telephone,
        directory: &office.people,
        registry: &office.registry,
        now: MORNING,
    };
    std::fs::write(&file, "account,mobile\nada@uni.example,07700900123\nzoe@uni.example,07700900124\n").unwrap();
    assert_eq!(import(&file, into(), &office.audit).await.unwrap(), Exit::Findings);
    std::fs::write(&file, "account,mobile\nada@uni.example,07700900123\n").unwrap();
    assert_eq!(import(&file, into(), &office.audit).await.unwrap(), Exit::Ok);
    std::fs::write(&file, "account,mobil\nada@uni.example,07700900123\n").unwrap();
    assert_eq!(explain(&import(&file, into(), &office.audit).await.unwrap_err()).1, Exit::Usage);
    assert!(import(&office.folder.path().join("none.csv"), into(), &office.audit).await.is_err());
    let expected =
        vec![AuditKind::Imported { accepted: 1, refused: 1 }, AuditKind::Imported { accepted: 1, refused: 0 }];
    assert_eq!(office.recorded().await, expected);
}

#[tokio::test]
async fn verifying_the_record_ends_with_a_finding_when_a_row_was_changed() {
    let office = office();
    for _ in 0..3 {
        release(office.ports(), &uni(), "ada@uni.example", MORNING).await.unwrap();
    }
    let record = office.folder.path().join("audit.db");
    // While the service has it open.
    assert_eq!(verify(&record, &ring().audit_macs()).unwrap(), Exit::Ok);
    let raw = rusqlite::Connection::open(&record).unwrap();
    raw.execute_batch("DROP TRIGGER audit_no_update; UPDATE audit SET operation = 'x' WHERE seq = 2").unwrap();
    assert_eq!(verify(&record, &ring().audit_macs()).unwrap(), Exit::Findings);
    let error = verify(&office.folder.path().join("none.db"), &ring().audit_macs()).unwrap_err();
    assert_eq!(explain(&error).1, Exit::Unavailable);
}
