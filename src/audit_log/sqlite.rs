//! Appending to the audit record: in order, durable, and once for each operation.

use std::fs::{DirBuilder, OpenOptions};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};
use tokio::sync::Mutex;

use crate::audit::AuditEvent;
use crate::audit_log::chain::{self, Row};
use crate::model::ids::{AccountId, TenantId};
use crate::ports::audit_log::{AuditError, AuditLog};
use crate::verify::keys::{Key, Tag, Versions};

const SCHEMA: &str = include_str!("schema.sql");
const VERSION: i64 = 1;
/// `ringback audit verify` may read while the service writes.
const BUSY: Duration = Duration::from_secs(5);

pub struct SqliteAuditLog {
    connection: Arc<Mutex<Connection>>,
    keys: Arc<AuditKeys>,
}

pub struct AuditKeys {
    /// Chain keys; rows name the version they were written with.
    pub macs: Versions<Key>,
    /// For pseudonyms of accounts.
    pub lookup: Key,
}

impl SqliteAuditLog {
    pub fn open(path: &Path, keys: AuditKeys) -> Result<Self, AuditError> {
        let named = |why: String| AuditError::Unavailable(format!("{}: {why}", path.display()));
        make(path).map_err(|error| named(error.to_string()))?;
        Self::over(Connection::open(path).map_err(failed)?, keys).map_err(named)
    }

    /// For the demo and for tests: the same chain, gone with the process.
    pub fn in_memory(keys: AuditKeys) -> Result<Self, AuditError> {
        Self::over(Connection::open_in_memory().map_err(failed)?, keys).map_err(AuditError::Unavailable)
    }

    /// Under which name an account stands in the record, to look its rows up.
    pub fn pseudonym(&self, tenant: &TenantId, account: &AccountId) -> String {
        chain::pseudonym(tenant, account, &self.keys.lookup)
    }

    fn over(connection: Connection, keys: AuditKeys) -> Result<Self, String> {
        let connection = prepare(connection)?;
        Ok(Self { connection: Arc::new(Mutex::new(connection)), keys: Arc::new(keys) })
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Connection, &AuditKeys) -> Result<T, AuditError> + Send + 'static,
    ) -> Result<T, AuditError> {
        let mut connection = Arc::clone(&self.connection).lock_owned().await;
        let keys = Arc::clone(&self.keys);
        let done = tokio::task::spawn_blocking(move || work(&mut connection, &keys)).await;
        done.map_err(|_| AuditError::Unavailable(String::from("the call was stopped")))?
    }
}

#[async_trait]
impl AuditLog for SqliteAuditLog {
    async fn append(&self, operation: &str, events: &[AuditEvent]) -> Result<(), AuditError> {
        let (operation, events) = (operation.to_owned(), events.to_vec());
        self.run(move |connection, keys| append(connection, keys, &operation, &events)).await
    }

    async fn recent(&self, at_most: usize) -> Result<Vec<AuditEvent>, AuditError> {
        let at_most = i64::try_from(at_most).unwrap_or(i64::MAX);
        self.run(move |connection, _| {
            let find = "SELECT payload FROM audit ORDER BY seq DESC LIMIT ?1";
            let mut find = connection.prepare_cached(find).map_err(failed)?;
            let rows = find.query_map([at_most], |row| row.get::<_, String>(0)).map_err(failed)?;
            let read = |payload: rusqlite::Result<String>| {
                chain::read(&payload.map_err(failed)?).map_err(|error| AuditError::Unavailable(error.to_string()))
            };
            let mut events = rows.map(read).collect::<Result<Vec<_>, _>>()?;
            events.reverse();
            Ok(events)
        })
        .await
    }
}

fn append(
    connection: &mut Connection,
    keys: &AuditKeys,
    operation: &str,
    events: &[AuditEvent],
) -> Result<(), AuditError> {
    let change = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failed)?;
    let known: Option<i64> = change
        .query_row("SELECT seq FROM audit WHERE operation = ?1 LIMIT 1", [operation], |row| row.get(0))
        .optional()
        .map_err(failed)?;
    if known.is_some() {
        return Ok(());
    }
    let last: Option<(i64, Tag)> = change
        .query_row("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1", [], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()
        .map_err(failed)?;
    let (mut seq, mut previous) = last.unwrap_or((0, chain::GENESIS));
    let (key_id, key) = keys.macs.active();
    for (event, position) in events.iter().zip(0i64..) {
        seq += 1;
        let payload = chain::write(event, &keys.lookup).map_err(|error| AuditError::Unavailable(error.to_string()))?;
        let row = Row { seq, operation, position, payload: &payload, key_id };
        previous = row.hash(&previous, key);
        let put = "INSERT INTO audit (seq, operation, position, payload, key_id, hash) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
        change.execute(put, params![seq, operation, position, payload, key_id, previous]).map_err(failed)?;
    }
    change.commit().map_err(failed)
}

/// SQLite gives its side files the mode of the database, so it is set before there is one.
fn make(path: &Path) -> std::io::Result<()> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    }
    OpenOptions::new().create(true).append(true).mode(0o600).open(path).map(|_| ())
}

fn prepare(mut connection: Connection) -> Result<Connection, String> {
    let text = |error: rusqlite::Error| error.to_string();
    connection.busy_timeout(BUSY).map_err(text)?;
    connection.pragma_update(None, "journal_mode", "wal").map_err(text)?;
    connection.pragma_update(None, "synchronous", "full").map_err(text)?;
    let change = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(text)?;
    match change.query_row("PRAGMA user_version", [], |row| row.get(0)).map_err(text)? {
        VERSION => {}
        0i64 => change.execute_batch(SCHEMA).map_err(text)?,
        other => return Err(format!("has layout {other}, this program knows {VERSION}")),
    }
    change.commit().map_err(text)?;
    Ok(connection)
}

fn failed(error: rusqlite::Error) -> AuditError {
    AuditError::Unavailable(error.to_string())
}
