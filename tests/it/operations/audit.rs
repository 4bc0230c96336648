//! The record at the command line: checked in time, exported without formulas, told as a story.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use ringback::audit::{AuditEvent, AuditKind};
use ringback::audit_log::sqlite::{AuditKeys, SqliteAuditLog};
use ringback::audit_log::verdict::{Why, verify};
use ringback::cli::export::{Format, Wanted, export};
use ringback::cli::fault::{Exit, explain as faulty};
use ringback::cli::story::explain;
use ringback::model::ids::{AccountId, RunId, TenantId};
use ringback::model::method::Method;
use ringback::model::names::MessageKey;
use ringback::model::peer::Channel;
use ringback::model::purpose::Purpose;
use ringback::model::time::Seconds;
use ringback::ports::audit_log::AuditLog;
use ringback::store::keyring::{Keeper, KeyRing};
use rusqlite::Connection;

use crate::support::clock::MORNING;

const ROWS: usize = 100_000;

fn ring() -> KeyRing {
    KeyRing::ephemeral([7; 32])
}

fn open(path: &Path) -> SqliteAuditLog {
    SqliteAuditLog::open(path, AuditKeys { macs: ring().audit_macs(), lookup: ring().lookup(Keeper::Audit) }).unwrap()
}

fn event(tenant: &str, run: u8, seconds: u32, kind: AuditKind) -> AuditEvent {
    AuditEvent {
        at: MORNING + Seconds(seconds),
        tenant: TenantId(tenant.to_owned()),
        run: Some(RunId([run; 16])),
        channel: Some(Channel::Browser),
        subject: Some(AccountId("id-of-ada".to_owned())),
        kind,
    }
}

/// How long this thread has been running, whatever else the machine does.
fn on_the_processor() -> Duration {
    let spent = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    Duration::from_nanos(spent.split_whitespace().next().unwrap().parse().unwrap())
}

/// The processor time of reading every row and hashing it once, with nothing else: what no check of a chain can do without.
fn read_and_hash(record: &Path) -> Duration {
    let (macs, connection) = (ring().audit_macs(), Connection::open(record).unwrap());
    let before = on_the_processor();
    let mut find = connection.prepare("SELECT operation, payload, key_id, hash FROM audit ORDER BY seq").unwrap();
    let mut rows = find.query([]).unwrap();
    let mut head = [0; 32];
    while let Some(row) = rows.next().unwrap() {
        let (operation, payload): (String, String) = (row.get(0).unwrap(), row.get(1).unwrap());
        let _stored: [u8; 32] = row.get(3).unwrap();
        let key = macs.get(row.get(2).unwrap()).unwrap();
        head = key.tag(&[&head, operation.as_bytes(), payload.as_bytes()]);
    }
    assert_ne!(head, [0; 32]);
    on_the_processor() - before
}

/// A copy of the record to which somebody did something.
fn tampered(record: &Path, how: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("audit.sqlite");
    std::fs::copy(record, &copy).unwrap();
    let raw = Connection::open(&copy).unwrap();
    raw.execute_batch(&format!("DROP TRIGGER audit_no_update; DROP TRIGGER audit_no_delete; {how}")).unwrap();
    (folder, copy)
}

#[tokio::test]
async fn g37_a_hundred_thousand_rows_are_checked_in_one_reading_and_any_change_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let record = folder.path().join("audit.sqlite");
    let log = open(&record);
    for batch in 0..100 {
        let events: Vec<AuditEvent> = (0..1_000)
            .map(|n| event("apu", 1, batch * 1_000 + n, AuditKind::CodeSent { method: Method::Sms }))
            .collect();
        log.append(&format!("batch-{batch}"), &events).await.unwrap();
    }
    drop(log);
    Connection::open(&record).unwrap().query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
    let least = read_and_hash(&record);
    let (began, before) = (Instant::now(), on_the_processor());
    let verdict = verify(&record, &ring().audit_macs()).unwrap();
    let took = on_the_processor() - before;
    println!("{} rows checked in {took:?} of processor time, {:?} by the clock", verdict.rows, began.elapsed());
    println!("reading and hashing them once takes {least:?}");
    assert_eq!((verdict.rows, verdict.first_bad), (ROWS as u64, None));
    // Seconds depend on the machine and on who else works there; how often the rows are gone over does not.
    assert!(took < 4 * least, "{took:?}, where {least:?} must be");
    let cases = [
        (
            "changed",
            "UPDATE audit SET payload = replace(payload, 'sms', 'totp') WHERE seq = 70000",
            70_000,
            Why::Changed,
        ),
        ("removed", "DELETE FROM audit WHERE seq = 70000", 70_001, Why::Gap),
        (
            "reordered",
            "UPDATE audit SET seq = -1 WHERE seq = 70000; UPDATE audit SET seq = 70000 WHERE seq = 70001; \
             UPDATE audit SET seq = 70001 WHERE seq = -1",
            70_000,
            Why::Changed,
        ),
    ];
    for (what, how, seq, why) in cases {
        let (_folder, copy) = tampered(&record, how);
        let found = verify(&copy, &ring().audit_macs()).unwrap().first_bad.unwrap();
        println!("{what}: found at row {}", found.seq);
        assert_eq!((found.seq, found.why), (seq, why), "{what}");
    }
}

#[tokio::test]
async fn an_export_takes_the_rows_that_are_meant_and_makes_no_formula() {
    let folder = tempfile::tempdir().unwrap();
    let record = folder.path().join("audit.sqlite");
    let log = open(&record);
    let rows = [
        event("apu", 1, 0, AuditKind::CaseStarted { purpose: Purpose::ResetPassword }),
        event("=cmd()", 2, 60, AuditKind::CaseEnded { end: "=HYPERLINK(\"x\")\nnext".to_owned() }),
        event("apu", 1, 120, AuditKind::GatePassed { method: Method::Totp }),
    ];
    log.append("a", &rows).await.unwrap();
    let written = |wanted: &Wanted, format| {
        let mut out = Vec::new();
        assert_eq!(export(&record, wanted, format, &mut out).unwrap(), Exit::Ok);
        String::from_utf8(out).unwrap()
    };
    let all = written(&Wanted::default(), Format::Jsonl);
    let lines: Vec<serde_json::Value> = all.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 3);
    assert_eq!((&lines[2]["kind"], &lines[2]["details"]["method"]), (&"gate_passed".into(), &"totp".into()));
    assert!(!all.contains("id-of-ada"), "accounts stand under a pseudonym: {all}");
    let apu = Wanted { tenant: Some("apu".to_owned()), ..Wanted::default() };
    assert_eq!(written(&apu, Format::Jsonl).lines().count(), 2);
    let middle = Wanted { from: Some(MORNING + Seconds(1)), until: Some(MORNING + Seconds(120)), ..Wanted::default() };
    assert_eq!(written(&middle, Format::Jsonl).lines().count(), 1);
    let table = written(&Wanted::default(), Format::Csv);
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    let cells: Vec<Vec<String>> =
        reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect();
    assert_eq!(cells.len(), 3, "a line break in a cell is no row: {table}");
    assert_eq!(cells[1][2], "'=cmd()");
    let formula = |cell: &String| cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\0']);
    assert!(!cells.iter().flatten().any(formula), "{table}");
    assert!(export(&folder.path().join("none"), &Wanted::default(), Format::Csv, Vec::new()).is_err());
}

#[tokio::test]
async fn a_case_is_told_in_order_with_its_checks_and_its_refusals() {
    let folder = tempfile::tempdir().unwrap();
    let record = folder.path().join("audit.sqlite");
    let log = open(&record);
    let sms = Method::Sms;
    let kinds = [
        AuditKind::CaseStarted { purpose: Purpose::ResetPassword },
        AuditKind::Identified,
        AuditKind::ContactMismatch { method: sms },
        AuditKind::CodeSent { method: sms },
        AuditKind::CodeWrong { method: sms },
        AuditKind::GatePassed { method: sms },
        AuditKind::EffectIntended { purpose: Purpose::ResetPassword },
        AuditKind::PasswordRefused,
        AuditKind::DeadLetter { template: MessageKey::of("mail-notice") },
    ];
    for (n, kind) in (0..).zip(kinds) {
        log.append(&format!("a{n}"), &[event("apu", 0xab, n * 10, kind)]).await.unwrap();
        log.append(&format!("b{n}"), &[event("imu", 0xcd, n * 10, AuditKind::Throttled)]).await.unwrap();
    }
    let story = |case: &str| {
        let mut out = Vec::new();
        explain(&record, case, &mut out).map(|_| String::from_utf8(out).unwrap())
    };
    let told = story("abababab").unwrap();
    println!("{told}");
    let parts = [
        "At apu, by browser.",
        "asked for a new password",
        "is not the registered one; nothing was sent",
        "A code was sent by text message",
        "was wrong",
        "CHECK PASSED by text message",
        "about to set a new password",
        "The directory refused the new password",
        "given up: mail-notice",
        "In short: 1 check(s) passed; the directory refused the password.",
    ];
    let mut rest = told.as_str();
    for part in parts {
        let at = rest.find(part).unwrap_or_else(|| panic!("no `{part}` in its place in:\n{told}"));
        rest = &rest[at..];
    }
    assert!(!told.contains("id-of-ada") && !told.contains("limit was reached"), "{told}");
    let stranger = story("cdcdcdcdcd").unwrap();
    assert!(stranger.contains("no check was passed, so nothing was done"), "{stranger}");
    for (case, words) in [("ababab", "too short"), ("0123456789", "no case")] {
        let (said, exit) = faulty(&story(case).unwrap_err());
        assert!(exit == Exit::Usage && said.contains(words), "{said}");
    }
    // Where two begin alike, more is asked for.
    let mut twin = [0xab; 16];
    twin[15] = 0;
    let other = AuditEvent { run: Some(RunId(twin)), ..event("apu", 0, 0, AuditKind::Identified) };
    log.append("c", &[other]).await.unwrap();
    assert!(faulty(&story("abababab").unwrap_err()).0.contains("more than one case"));
}
