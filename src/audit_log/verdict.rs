//! Checking the chain: whether any row was changed, moved or taken out since it was written.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::path::Path;

use rusqlite::{Connection, OpenFlags, OptionalExtension, Row as Columns};

use crate::audit_log::chain::{self, Row};
use crate::ports::audit_log::AuditError;
use crate::verify::keys::{Digested, Key, Tag, Versions};

/// What checking found. Rows cut off at the end leave a chain that holds: compare `head` with one noted elsewhere.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Verdict {
    /// Rows in the record.
    pub rows: u64,
    pub first_bad: Option<BadRow>,
    /// Number and hash of the last row; zero and zeros when there is none.
    pub head: (i64, Tag),
}

/// The first row that does not follow from the one before it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct BadRow {
    pub seq: i64,
    pub why: Why,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Why {
    #[error("rows before it are missing")]
    Gap,
    #[error("it was changed, or put in another place")]
    Changed,
    #[error("its key is not in the ring")]
    UnknownKey,
    #[error("it is not a row of this record")]
    Unreadable,
}

/// Reads the whole record without changing it.
pub fn verify(path: &Path, macs: &Versions<Key>) -> Result<Verdict, AuditError> {
    let named = |error: rusqlite::Error| AuditError::Unavailable(format!("{}: {error}", path.display()));
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).map_err(named)?;
    follow_all(&connection, macs).map_err(named)
}

/// Rows by the version of the key they are chained with.
pub fn by_key(path: &Path) -> Result<BTreeMap<u32, u64>, AuditError> {
    let named = |error: rusqlite::Error| AuditError::Unavailable(format!("{}: {error}", path.display()));
    let count = || -> rusqlite::Result<BTreeMap<u32, u64>> {
        let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        let mut find = connection.prepare("SELECT key_id, count(*) FROM audit GROUP BY key_id")?;
        find.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
    };
    count().map_err(named)
}

/// The same over an open record.
pub fn follow_all(connection: &Connection, macs: &Versions<Key>) -> rusqlite::Result<Verdict> {
    follow_from(connection, macs, (0, chain::GENESIS))
}

/// The last rows alone, so many of them; the one before them is believed.
pub fn follow_end(connection: &Connection, macs: &Versions<Key>, rows: i64) -> rusqlite::Result<Verdict> {
    let find = "SELECT seq, hash FROM audit WHERE seq <= (SELECT max(seq) FROM audit) - ?1 ORDER BY seq DESC LIMIT 1";
    let before = connection.query_row(find, [rows], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
    follow_from(connection, macs, before.unwrap_or((0, chain::GENESIS)))
}

fn follow_from(connection: &Connection, macs: &Versions<Key>, head: (i64, Tag)) -> rusqlite::Result<Verdict> {
    let select = "SELECT seq, operation, position, payload, key_id, hash FROM audit WHERE seq > ?1 ORDER BY seq";
    let mut find = connection.prepare(select)?;
    let mut rows = find.query([head.0])?;
    let mut verdict = Verdict { rows: 0, first_bad: None, head };
    let mut keys = BTreeMap::new();
    while let Some(columns) = rows.next()? {
        verdict.rows += 1;
        if verdict.first_bad.is_some() {
            continue;
        }
        match follow(columns, verdict.head, macs, &mut keys) {
            Ok(head) => verdict.head = head,
            Err(why) => verdict.first_bad = Some(BadRow { seq: columns.get(0)?, why }),
        }
    }
    Ok(verdict)
}

/// The head after this row, if the row follows from the head before it. `keys` are those of the rows before.
fn follow(
    columns: &Columns<'_>,
    (last, previous): (i64, Tag),
    macs: &Versions<Key>,
    keys: &mut BTreeMap<u32, Digested>,
) -> Result<(i64, Tag), Why> {
    let unreadable = |_: rusqlite::Error| Why::Unreadable;
    let text = |at: usize| columns.get_ref(at).ok().and_then(|value| value.as_str().ok()).ok_or(Why::Unreadable);
    let row = Row {
        seq: columns.get(0).map_err(unreadable)?,
        operation: text(1)?,
        position: columns.get(2).map_err(unreadable)?,
        payload: text(3)?,
        key_id: columns.get(4).map_err(unreadable)?,
    };
    let stored: Tag = columns.get(5).map_err(unreadable)?;
    if row.seq != last + 1 {
        return Err(Why::Gap);
    }
    let key = match keys.entry(row.key_id) {
        Entry::Occupied(known) => known.into_mut(),
        Entry::Vacant(new) => new.insert(macs.get(row.key_id).ok_or(Why::UnknownKey)?.digested()),
    };
    if row.hash(&previous, key) != stored {
        return Err(Why::Changed);
    }
    Ok((row.seq, stored))
}
