//! Whoever can write the file and has no key is found out.

use std::path::{Path, PathBuf};

use ringback::audit_log::verdict::{BadRow, Why, verify};
use ringback::ports::audit_log::AuditLog;
use ringback::store::keyring::KeyRing;
use rusqlite::Connection;
use tempfile::TempDir;

use super::{numbered, open, whole};
use crate::stores::fixtures::ring;

/// A record of ten rows that somebody has got hold of.
async fn taken() -> (TempDir, PathBuf, Connection) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("audit.db");
    let log = open(&path);
    for n in 0..10 {
        log.append(&format!("turn-{n}"), &[numbered(n)]).await.unwrap();
    }
    drop(log);
    whole(&path);
    let raw = Connection::open(&path).unwrap();
    (folder, path, raw)
}

fn without_triggers(raw: &Connection) {
    raw.execute_batch("DROP TRIGGER audit_no_update; DROP TRIGGER audit_no_delete;").unwrap();
}

fn first_bad(path: &Path) -> Option<BadRow> {
    verify(path, &ring().audit_macs()).unwrap().first_bad
}

#[tokio::test]
async fn the_database_itself_refuses_changes() {
    let (_folder, path, raw) = taken().await;
    for change in
        ["UPDATE audit SET payload = '{}' WHERE seq = 4", "DELETE FROM audit WHERE seq = 4", "DELETE FROM audit"]
    {
        let refused = raw.execute(change, []).unwrap_err().to_string();
        assert!(refused.contains("append-only"), "{refused}");
    }
    assert_eq!(first_bad(&path), None);
}

#[tokio::test]
async fn any_changed_column_is_found() {
    let changes = [
        "payload = replace(payload, '\"messages\":3', '\"messages\":9')",
        "operation = 'another'",
        "position = 1",
        "hash = zeroblob(32)",
        "payload = CAST('x' AS BLOB)",
        "payload = payload || ' '",
    ];
    for change in changes {
        let (_folder, path, raw) = taken().await;
        without_triggers(&raw);
        assert_eq!(raw.execute(&format!("UPDATE audit SET {change} WHERE seq = 4"), []).unwrap(), 1);
        let found = first_bad(&path).unwrap_or_else(|| panic!("not found: {change}"));
        assert_eq!(found.seq, 4, "{change}");
    }
}

#[tokio::test]
async fn a_row_taken_out_of_the_middle_is_found() {
    let (_folder, path, raw) = taken().await;
    without_triggers(&raw);
    raw.execute("DELETE FROM audit WHERE seq = 4", []).unwrap();
    assert_eq!(first_bad(&path), Some(BadRow { seq: 5, why: Why::Gap }));
    // Closing the gap does not help: the rows behind it were chained to what is gone.
    raw.execute("UPDATE audit SET seq = seq - 1 WHERE seq > 4", []).unwrap();
    assert_eq!(first_bad(&path), Some(BadRow { seq: 4, why: Why::Changed }));
}

#[tokio::test]
async fn exchanged_rows_are_found() {
    let (_folder, path, raw) = taken().await;
    without_triggers(&raw);
    raw.execute_batch(
        "UPDATE audit SET seq = 100 WHERE seq = 4;
         UPDATE audit SET seq = 4 WHERE seq = 6;
         UPDATE audit SET seq = 6 WHERE seq = 100;",
    )
    .unwrap();
    assert_eq!(first_bad(&path), Some(BadRow { seq: 4, why: Why::Changed }));
}

#[tokio::test]
async fn a_row_copied_to_the_end_is_found() {
    let (_folder, path, raw) = taken().await;
    let copy = "INSERT INTO audit SELECT 11, 'again', position, payload, key_id, hash FROM audit WHERE seq = 10";
    raw.execute(copy, []).unwrap();
    assert_eq!(first_bad(&path), Some(BadRow { seq: 11, why: Why::Changed }));
}

#[tokio::test]
async fn a_chain_made_with_another_key_is_found() {
    let (_folder, path, raw) = taken().await;
    let strange = KeyRing::ephemeral([66; 32]).audit_macs();
    assert_eq!(verify(&path, &strange).unwrap().first_bad, Some(BadRow { seq: 1, why: Why::Changed }));
    without_triggers(&raw);
    raw.execute("UPDATE audit SET key_id = 77 WHERE seq = 1", []).unwrap();
    assert_eq!(first_bad(&path), Some(BadRow { seq: 1, why: Why::UnknownKey }));
}

#[tokio::test]
async fn a_tail_cut_off_shows_in_the_head() {
    let (_folder, path, raw) = taken().await;
    let before = whole(&path).head;
    without_triggers(&raw);
    raw.execute("DELETE FROM audit WHERE seq > 8", []).unwrap();
    // The chain alone cannot tell; the head that was noted elsewhere can.
    let after = whole(&path).head;
    assert_eq!((before.0, after.0), (10, 8));
}
