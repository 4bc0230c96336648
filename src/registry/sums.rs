//! What the tables hold, as one number a table: a flipped bit in a column is nothing that SQLite looks for.
//!
//! Triggers of this connection add every row that comes to the sum of its table and take away every row that goes, in the
//! same transaction. The number of a row is 128 bits of a MAC over its columns. Rows that another program wrote are in no
//! sum, so they are found at the next start like any other damage.

use rusqlite::functions::{Context, FunctionFlags};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OptionalExtension, params};

use crate::verify::keys::{Digested, Key};

/// The table of sums, and the name under which the layout of all tables stands in it.
const SEAL: &str = "seal";
const LAYOUT: &str = "sqlite_schema";
const MAKE: &str = "CREATE TABLE IF NOT EXISTS seal (
    name    TEXT    NOT NULL PRIMARY KEY,
    sum     BLOB    NOT NULL,
    n       INTEGER NOT NULL,
    changes INTEGER NOT NULL
) WITHOUT ROWID";

/// What one table holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
struct Sum {
    sum: u128,
    rows: i64,
}

/// Compares every table that has a sum with it. `true` when there are sums at all: a file of an earlier program has none.
///
/// # Errors
/// What does not fit, in words for an operator.
pub fn check(connection: &Connection, key: &Digested) -> Result<bool, String> {
    if !exists(connection, SEAL)? {
        return Ok(false);
    }
    // The layout first: a damaged name of a column would make everything after it unreadable.
    let mut names = sealed(connection)?;
    names.sort_by_key(|(name, _)| name != LAYOUT);
    for (name, written) in names {
        if name != LAYOUT && !exists(connection, &name)? {
            return Err(format!("table {name} is gone"));
        }
        let found = count(connection, key, &name)?;
        if found.rows != written.rows {
            return Err(format!("table {name} has {} rows where {} were written", found.rows, written.rows));
        }
        if found.sum != written.sum {
            return Err(format!("table {name}: a row was changed, by damage, another program or another key ring"));
        }
    }
    Ok(true)
}

/// Whether there are sums at all, and a table for each of them.
pub fn are_kept(connection: &Connection) -> Result<bool, String> {
    if !exists(connection, SEAL)? {
        return Ok(false);
    }
    for (name, _) in sealed(connection)?.into_iter().filter(|(name, _)| name != LAYOUT) {
        if !exists(connection, &name)? {
            return Err(format!("table {name} is gone"));
        }
    }
    Ok(true)
}

/// Makes the sums of tables that have none, and has this connection keep them all.
pub fn keep(connection: &Connection, key: &Key) -> Result<(), String> {
    connection.execute_batch(MAKE).map_err(text)?;
    let known = sealed(connection)?;
    for name in tables(connection)?.into_iter().filter(|name| name != SEAL) {
        if !known.iter().any(|(sealed, _)| *sealed == name) {
            write(connection, &name, count(connection, &key.digested(), &name)?)?;
        }
    }
    write(connection, LAYOUT, count(connection, &key.digested(), LAYOUT)?)?;
    functions(connection, key).map_err(text)?;
    // A row that `INSERT OR REPLACE` takes away fires its trigger only with this.
    connection.pragma_update(None, "recursive_triggers", true).map_err(text)?;
    for name in tables(connection)?.into_iter().filter(|name| name != SEAL) {
        connection.execute_batch(&triggers(&name, &columns(connection, &name)?)).map_err(text)?;
    }
    Ok(())
}

/// How many changes of rows there have been.
pub fn changes(connection: &Connection) -> rusqlite::Result<u64> {
    let all = connection.prepare_cached("SELECT sum(changes) FROM seal")?.query_row([], |row| row.get::<_, i64>(0))?;
    Ok(u64::try_from(all).unwrap_or(0))
}

fn triggers(table: &str, columns: &[String]) -> String {
    let of = |row: &str| columns.iter().map(|name| format!(", {row}.\"{name}\"")).collect::<String>();
    let plus = |sum: &str| format!("ringback_plus({sum}, '{table}'{})", of("NEW"));
    let minus = format!("ringback_minus(sum, '{table}'{})", of("OLD"));
    let trigger = |event: &str, sum: &str, n: &str| {
        format!(
            "CREATE TEMP TRIGGER IF NOT EXISTS \"seal_{table}_{event}\" AFTER {event} ON main.\"{table}\" BEGIN
                 UPDATE seal SET sum = {sum}, n = n + {n}, changes = changes + 1 WHERE name = '{table}'; END;\n"
        )
    };
    trigger("INSERT", &plus("sum"), "1") + &trigger("DELETE", &minus, "-1") + &trigger("UPDATE", &plus(&minus), "0")
}

fn functions(connection: &Connection, key: &Key) -> rusqlite::Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    let plus = key.digested();
    connection.create_scalar_function("ringback_plus", -1, flags, move |row| {
        Ok(sum_of(row)?.wrapping_add(print(&plus, row)?).to_be_bytes().to_vec())
    })?;
    let minus = key.digested();
    connection.create_scalar_function("ringback_minus", -1, flags, move |row| {
        Ok(sum_of(row)?.wrapping_sub(print(&minus, row)?).to_be_bytes().to_vec())
    })
}

fn sum_of(row: &Context<'_>) -> rusqlite::Result<u128> {
    let bytes = row.get_raw(0).as_blob()?;
    Ok(bytes.try_into().map(u128::from_be_bytes).unwrap_or(0))
}

/// The arguments after the sum: the table's name and the columns of one row.
fn print(key: &Digested, row: &Context<'_>) -> rusqlite::Result<u128> {
    let parts: Vec<Vec<u8>> = (1..row.len()).map(|at| bytes(row.get_raw(at))).collect();
    Ok(number(key, &parts))
}

fn number(key: &Digested, parts: &[Vec<u8>]) -> u128 {
    let parts: Vec<&[u8]> = parts.iter().map(Vec::as_slice).collect();
    let tag = key.tag(&parts);
    let (half, _) = tag.split_first_chunk().expect("a tag has 32 bytes");
    u128::from_be_bytes(*half)
}

/// A value with its kind in front, so that no two values look alike.
fn bytes(value: ValueRef<'_>) -> Vec<u8> {
    let kind = |kind: u8, value: &[u8]| [&[kind], value].concat();
    match value {
        ValueRef::Null => vec![0],
        ValueRef::Integer(number) => kind(1, &number.to_be_bytes()),
        ValueRef::Real(number) => kind(2, &number.to_be_bytes()),
        ValueRef::Text(text) => kind(3, text),
        ValueRef::Blob(blob) => kind(4, blob),
    }
}

fn count(connection: &Connection, key: &Digested, table: &str) -> Result<Sum, String> {
    let columns = match table {
        LAYOUT => ["type", "name", "tbl_name", "sql"].map(str::to_owned).to_vec(),
        table => columns(connection, table)?,
    };
    let list: Vec<String> = columns.iter().map(|name| format!("\"{name}\"")).collect();
    let mut find = connection.prepare(&format!("SELECT {} FROM main.\"{table}\"", list.join(", "))).map_err(text)?;
    let mut rows = find.query([]).map_err(text)?;
    let mut sum = Sum::default();
    while let Some(row) = rows.next().map_err(text)? {
        let mut parts = vec![bytes(ValueRef::Text(table.as_bytes()))];
        for at in 0..columns.len() {
            parts.push(bytes(row.get_ref(at).map_err(text)?));
        }
        sum.sum = sum.sum.wrapping_add(number(key, &parts));
        sum.rows += 1;
    }
    Ok(sum)
}

fn write(connection: &Connection, name: &str, sum: Sum) -> Result<(), String> {
    let put = "INSERT INTO seal (name, sum, n, changes) VALUES (?1, ?2, ?3, 0)
               ON CONFLICT (name) DO UPDATE SET sum = excluded.sum, n = excluded.n
               WHERE sum <> excluded.sum OR n <> excluded.n";
    connection.execute(put, params![name, sum.sum.to_be_bytes(), sum.rows]).map(|_| ()).map_err(text)
}

fn sealed(connection: &Connection) -> Result<Vec<(String, Sum)>, String> {
    let mut find = connection.prepare("SELECT name, sum, n FROM seal ORDER BY name").map_err(text)?;
    let rows = find
        .query_map([], |row| {
            let sum: [u8; 16] = row.get(1)?;
            Ok((row.get(0)?, Sum { sum: u128::from_be_bytes(sum), rows: row.get(2)? }))
        })
        .map_err(text)?;
    rows.collect::<Result<_, _>>().map_err(text)
}

fn tables(connection: &Connection) -> Result<Vec<String>, String> {
    let find = "SELECT name FROM main.sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name";
    let mut find = connection.prepare(find).map_err(text)?;
    let rows = find.query_map([], |row| row.get(0)).map_err(text)?;
    rows.collect::<Result<_, _>>().map_err(text)
}

fn columns(connection: &Connection, table: &str) -> Result<Vec<String>, String> {
    let mut find = connection.prepare("SELECT name FROM pragma_table_info(?1, 'main') ORDER BY cid").map_err(text)?;
    let rows = find.query_map([table], |row| row.get(0)).map_err(text)?;
    rows.collect::<Result<_, _>>().map_err(text)
}

fn exists(connection: &Connection, table: &str) -> Result<bool, String> {
    let find = "SELECT 1 FROM main.sqlite_schema WHERE type = 'table' AND name = ?1";
    connection.query_row(find, [table], |_| Ok(())).optional().map(|row| row.is_some()).map_err(text)
}

fn text(error: rusqlite::Error) -> String {
    error.to_string()
}
