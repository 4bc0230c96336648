//! Appending to the audit record: in order, durable, and once for each operation.

use std::path::Path;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};
use tokio::sync::{Mutex, oneshot};

use crate::audit::AuditEvent;
use crate::audit_log::chain::{self, Row};
use crate::audit_log::verdict::{self, Verdict};
use crate::disk::copy::whole;
use crate::disk::later::{Later, is_large};
use crate::disk::mark::{Mark, Said};
use crate::disk::private::make;
use crate::model::ids::{AccountId, TenantId};
use crate::ports::audit_log::{AuditError, AuditLog};
use crate::verify::keys::{Key, Tag, Versions};

const SCHEMA: &str = include_str!("schema.sql");
const VERSION: i64 = 1;
/// What is said of a file that does not hold what was written to it.
const DAMAGED: &str = "keep it as it is and bring a copy back with `ringback restore`";
/// Rows at the end of a long record that are followed before anything is served.
const AT_FIRST: i64 = 1_000;
/// `ringback audit verify` may read while the service writes.
const BUSY: Duration = Duration::from_secs(5);

pub struct SqliteAuditLog {
    connection: Arc<Mutex<(Connection, Mark)>>,
    /// Whoever gets the connection next writes for all of these, in one transaction with one sync.
    waiting: Arc<std::sync::Mutex<Vec<Append>>>,
    keys: Arc<AuditKeys>,
    later: Later,
}

/// Events of one operation on their way to the file.
struct Append {
    operation: String,
    events: Vec<AuditEvent>,
    written: oneshot::Sender<Result<(), AuditError>>,
}

pub struct AuditKeys {
    /// Chain keys; rows name the version they were written with.
    pub macs: Versions<Key>,
    /// For pseudonyms of accounts.
    pub lookup: Key,
}

impl SqliteAuditLog {
    /// Opens or creates the file. The whole chain is followed, to the end that the mark beside it names.
    pub fn open(path: &Path, keys: AuditKeys) -> Result<Self, AuditError> {
        Self::open_looking(path, keys, u64::MAX)
    }

    /// The same for a service that should answer soon: of a file from `large` bytes on the end of the chain is followed at
    /// first, the whole of it while it is used; it is refused from the moment on at which damage is found.
    pub fn open_looking(path: &Path, keys: AuditKeys, large: u64) -> Result<Self, AuditError> {
        let named = |why: String| AuditError::Unavailable(format!("{}: {why}", path.display()));
        make(path).map_err(|error| named(error.to_string()))?;
        let connection = Connection::open(path).map_err(|error| named(error.to_string()))?;
        let later = is_large(path, large);
        let mut log = Self::over(connection, Mark::open(path), keys, later).map_err(named)?;
        if later {
            let (keys, at) = (Arc::clone(&log.keys), path.display().to_string());
            let check = move |connection: &Connection| {
                whole_chain(connection, &keys.macs).map_err(|why| format!("{at}: damaged, {DAMAGED}: {why}"))
            };
            log.later = Later::begin(path, check);
        }
        Ok(log)
    }

    /// Whether everything that was there at the start was looked at.
    pub fn looked_through(&self) -> bool {
        self.later.is_over()
    }

    /// For the demo and for tests: the same chain, gone with the process.
    pub fn in_memory(keys: AuditKeys) -> Result<Self, AuditError> {
        let connection = Connection::open_in_memory().map_err(failed)?;
        Self::over(connection, Mark::none(), keys, false).map_err(AuditError::Unavailable)
    }

    /// Under which name an account stands in the record, to look its rows up.
    pub fn pseudonym(&self, tenant: &TenantId, account: &AccountId) -> String {
        chain::pseudonym(tenant, account, &self.keys.lookup)
    }

    fn over(connection: Connection, mark: Mark, keys: AuditKeys, later: bool) -> Result<Self, String> {
        let connection = prepare(connection, &mark, &keys.macs, later)?;
        let connection = Arc::new(Mutex::new((connection, mark)));
        Ok(Self { connection, waiting: Arc::default(), keys: Arc::new(keys), later: Later::over() })
    }

    /// Nothing is added to a damaged record.
    fn sound(&self) -> Result<(), AuditError> {
        self.later.damage().map_or(Ok(()), |why| Err(AuditError::Unavailable(why.to_owned())))
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Connection, &AuditKeys) -> Result<T, AuditError> + Send + 'static,
    ) -> Result<T, AuditError> {
        self.sound()?;
        let mut file = Arc::clone(&self.connection).lock_owned().await;
        let keys = Arc::clone(&self.keys);
        let work = move || {
            let (connection, mark) = &mut *file;
            let done = work(connection, &keys);
            if let Ok(Some(said)) = last(connection) {
                mark.say(said);
            }
            done
        };
        let done = tokio::task::spawn_blocking(work).await;
        done.map_err(|_| AuditError::Unavailable(String::from("the call was stopped")))?
    }
}

#[async_trait]
impl AuditLog for SqliteAuditLog {
    async fn append(&self, operation: &str, events: &[AuditEvent]) -> Result<(), AuditError> {
        self.sound()?;
        let (written, mut answer) = oneshot::channel();
        let own = Append { operation: operation.to_owned(), events: events.to_vec(), written };
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).push(own);
        let mut file = Arc::clone(&self.connection).lock_owned().await;
        // Who had the file before may have written it already.
        if let Ok(done) = answer.try_recv() {
            return done;
        }
        let (waiting, keys) = (Arc::clone(&self.waiting), Arc::clone(&self.keys));
        tokio::task::spawn_blocking(move || {
            let (connection, mark) = &mut *file;
            let group = std::mem::take(&mut *waiting.lock().unwrap_or_else(PoisonError::into_inner));
            let done = append(connection, &keys, &group);
            if let Ok(Some(said)) = last(connection) {
                mark.say(said);
            }
            for Append { written, .. } in group {
                // A caller that went away does not need its answer.
                let _ = written.send(done.clone());
            }
        });
        answer.await.map_err(|_| AuditError::Unavailable(String::from("the call was stopped")))?
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

/// All of the group, or nothing of it. An operation that was written before is not written again.
fn append(connection: &mut Connection, keys: &AuditKeys, group: &[Append]) -> Result<(), AuditError> {
    let change = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failed)?;
    let head = last(&change).map_err(failed)?.unwrap_or(Said { number: 0, tag: chain::GENESIS });
    let (mut seq, mut previous) = (i64::try_from(head.number).unwrap_or(i64::MAX), head.tag);
    let (key_id, key) = keys.macs.active();
    let key = key.digested();
    for Append { operation, events, .. } in group {
        let find = "SELECT seq FROM audit WHERE operation = ?1 LIMIT 1";
        let mut find = change.prepare_cached(find).map_err(failed)?;
        let known: Option<i64> = find.query_row([operation], |row| row.get(0)).optional().map_err(failed)?;
        if known.is_some() {
            continue;
        }
        for (event, position) in events.iter().zip(0i64..) {
            seq += 1;
            let payload =
                chain::write(event, &keys.lookup).map_err(|error| AuditError::Unavailable(error.to_string()))?;
            let row = Row { seq, operation, position, payload: &payload, key_id };
            previous = row.hash(&previous, &key);
            let put =
                "INSERT INTO audit (seq, operation, position, payload, key_id, hash) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
            let mut put = change.prepare_cached(put).map_err(failed)?;
            put.execute(params![seq, operation, position, payload, key_id, previous]).map_err(failed)?;
        }
    }
    change.commit().map_err(failed)
}

/// Number and hash of the last row.
fn last(connection: &Connection) -> rusqlite::Result<Option<Said>> {
    let find = "SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1";
    let read = |row: &rusqlite::Row<'_>| Ok((row.get::<_, i64>(0)?, row.get::<_, Tag>(1)?));
    let found = connection.prepare_cached(find)?.query_row([], read).optional()?;
    Ok(found.map(|(seq, tag)| Said { number: u64::try_from(seq).unwrap_or(0), tag }))
}

/// `later`: what lies before the end is looked at afterwards.
fn prepare(mut connection: Connection, mark: &Mark, macs: &Versions<Key>, later: bool) -> Result<Connection, String> {
    let text = |error: rusqlite::Error| error.to_string();
    let damaged = |why: String| format!("damaged, {DAMAGED}: {why}");
    connection.busy_timeout(BUSY).map_err(text)?;
    connection.pragma_update(None, "journal_mode", "wal").map_err(text)?;
    connection.pragma_update(None, "synchronous", "full").map_err(text)?;
    if !later {
        whole(&connection).map_err(damaged)?;
    }
    let change = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(text)?;
    let tables: i64 = change.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0)).map_err(text)?;
    match change.query_row("PRAGMA user_version", [], |row| row.get(0)).map_err(text)? {
        VERSION => follows(&change, mark, macs, later).map_err(damaged)?,
        0i64 if mark.said().is_some() => return Err(damaged(String::from("it is empty and was not"))),
        0i64 if tables > 0 => return Err(damaged(String::from("it says of itself that it is empty, and is not"))),
        0i64 => change.execute_batch(SCHEMA).map_err(text)?,
        other => return Err(format!("has layout {other}, this program knows {VERSION}")),
    }
    change.commit().map_err(text)?;
    Ok(connection)
}

/// Whether every row follows from the one before.
fn whole_chain(connection: &Connection, macs: &Versions<Key>) -> Result<(), String> {
    good(verdict::follow_all(connection, macs)).map(drop)
}

fn good(verdict: rusqlite::Result<Verdict>) -> Result<Verdict, String> {
    let verdict = verdict.map_err(|error| error.to_string())?;
    match verdict.first_bad {
        Some(bad) => Err(format!("row {} of {}: {}", bad.seq, verdict.rows, bad.why)),
        None => Ok(verdict),
    }
}

/// Whether every row follows from the one before, as far as was ever acknowledged; of a long record those at its end.
fn follows(connection: &Connection, mark: &Mark, macs: &Versions<Key>, later: bool) -> Result<(), String> {
    let laid_out: Vec<String> = layout(connection).map_err(|error| error.to_string())?;
    let expected = Connection::open_in_memory().and_then(|fresh| {
        fresh.execute_batch(SCHEMA)?;
        layout(&fresh)
    });
    if expected.map_err(|error| error.to_string())? != laid_out {
        return Err(String::from("its tables are not laid out as they were made"));
    }
    let verdict = good(match later {
        false => verdict::follow_all(connection, macs),
        true => verdict::follow_end(connection, macs, AT_FIRST),
    })?;
    let Some(said) = mark.said() else { return Ok(()) };
    let head = u64::try_from(verdict.head.0).unwrap_or(0);
    if head < said.number {
        return Err(format!("its last {} rows are missing", said.number - head));
    }
    let find = "SELECT hash FROM audit WHERE seq = ?1";
    let seq = i64::try_from(said.number).unwrap_or(i64::MAX);
    let found: Tag = connection.query_row(find, [seq], |row| row.get(0)).map_err(|error| error.to_string())?;
    if found == said.tag { Ok(()) } else { Err(format!("row {seq} is not the one that was written")) }
}

fn layout(connection: &Connection) -> rusqlite::Result<Vec<String>> {
    let mut find = connection.prepare("SELECT name || ': ' || coalesce(sql, '') FROM sqlite_schema ORDER BY name")?;
    find.query_map([], |row| row.get(0))?.collect()
}

fn failed(error: rusqlite::Error) -> AuditError {
    AuditError::Unavailable(error.to_string())
}
