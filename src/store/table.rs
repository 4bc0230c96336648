//! The rules of the store, the same in memory and on disk: one writer, batches that apply whole or not at all.

use std::sync::Arc;

use crate::model::time::Timestamp;
use crate::ports::store::{ClaimedRow, Expect, Key, Op, Room, Row, RowId, StoreError, Version, Versioned, WaitingRow};
use crate::store::index::{Index, Meta};
use crate::store::layout::{self, Bounds, Entry, Layout, StoredRow, Write};

/// Numbers reserved at once, so that the bound is written once in so many turns.
const RESERVE: u64 = 1 << 16;
/// The seen time is written when it is older than this.
const SEEN_EVERY_MS: u64 = 60_000;
/// A clock that is set back further than this is believed: the seen time was wrong, and no record lives that long.
const SEEN_AHEAD_MS: u64 = 24 * 3600 * 1000;
/// A new store starts its numbers at the time in milliseconds shifted by this many bits. More than a thousand numbers a
/// millisecond are never used, so a store that replaces a damaged one gives out no number twice.
const START_SHIFT: u32 = 10;

/// Where the bytes lie.
pub trait Medium: Send {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError>;

    /// All writes or none.
    fn apply(&mut self, writes: Vec<Write>) -> Result<(), StoreError>;
}

/// A store over some medium; the caller sees to it that one call runs at a time.
pub struct Table<M> {
    pub medium: M,
    layout: Arc<Layout>,
    index: Index,
    /// The last number given out: versions and rows share one sequence.
    sequence: u64,
    seen: Timestamp,
    written: Bounds,
}

/// What was found when a store was opened.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Loaded {
    pub records: usize,
    pub rows: usize,
    /// Entries that did not open and were dropped.
    pub damaged: usize,
}

impl<M: Medium> Table<M> {
    /// Rebuilds the index from all entries of the medium.
    pub fn load(
        medium: M,
        entries: impl IntoIterator<Item = (Vec<u8>, Vec<u8>)>,
        layout: Arc<Layout>,
        now: Timestamp,
    ) -> Result<(Self, Loaded), StoreError> {
        let start = Bounds { sequence: now.0 << START_SHIFT, seen: now };
        let mut table = Self { medium, layout, index: Index::default(), sequence: 0, seen: now, written: start };
        let mut loaded = Loaded::default();
        let mut broken = Vec::new();
        for (key, value) in entries {
            match table.adopt(&key, &value) {
                Some(counted) => counted.add_to(&mut loaded),
                None => broken.push(Write { key, value: None }),
            }
        }
        loaded.damaged = broken.len();
        table.sequence = table.sequence.max(table.written.sequence).max(start.sequence);
        table.seen = table.written.seen;
        table.now(now);
        broken.push(table.reserve().write());
        table.medium.apply(broken)?;
        Ok((table, loaded))
    }

    /// The clock's time, or the latest that was seen when the clock was set back: what has expired stays expired.
    pub fn now(&mut self, clock: Timestamp) -> Timestamp {
        if clock > self.seen || clock.0 + SEEN_AHEAD_MS < self.seen.0 {
            self.seen = clock;
        }
        self.seen
    }

    /// The last number given out.
    pub fn sequence(&self) -> u64 {
        self.sequence
    }

    pub fn get(&self, key: &Key, now: Timestamp) -> Result<Option<Versioned>, StoreError> {
        match self.medium.get(&layout::record_key(key))? {
            Some(bytes) => Ok(Some(self.layout.open_record(key, &bytes)?).filter(|found| now < found.expires)),
            None => Ok(None),
        }
    }

    /// Expectations are judged on the state before the batch; an expired record counts as absent.
    pub fn commit(&mut self, batch: Vec<Op>, now: Timestamp) -> Result<Version, StoreError> {
        if !batch.iter().all(|op| self.expected(op, now)) {
            return Err(StoreError::Conflict);
        }
        let version = Version(self.sequence + 1);
        // Nothing is remembered before every value is sealed: a failure leaves the table as it was.
        let mut number = version.0;
        let mut writes = Vec::with_capacity(batch.len() + 1);
        let mut rows = Vec::new();
        for op in &batch {
            match op {
                Op::Put { key, value, expires, .. } => {
                    let value = self.layout.record(key, version, *expires, value)?;
                    writes.push(Write { key: layout::record_key(key), value: Some(value) });
                }
                Op::Delete { key, .. } => {
                    writes.push(Write { key: layout::record_key(key), value: None });
                    writes.push(Write { key: layout::due_key(key), value: None });
                }
                Op::Due { key, at } => {
                    writes.push(Write { key: layout::due_key(key), value: at.map(layout::due_value) });
                }
                Op::Enqueue(row) => {
                    number += 1;
                    let id = RowId(number);
                    writes.push(Write { key: layout::row_key(id), value: Some(self.layout.row(id, &stored(row, 0))?) });
                    rows.push(id);
                }
            }
        }
        self.sequence = number;
        writes.extend(self.bounds());
        self.medium.apply(writes)?;
        let mut rows = rows.into_iter();
        for op in &batch {
            match op {
                Op::Put { key, expires, .. } => self.index.set_record(key, Meta { version, expires: *expires }),
                Op::Delete { key, .. } => self.forget(key),
                Op::Due { key, at } => self.index.set_due(key, *at),
                Op::Enqueue(row) => {
                    let id = rows.next().expect("every row of the batch got a number above");
                    self.index.add_row(id, &row.lane, row.not_before, 0);
                }
            }
        }
        Ok(version)
    }

    pub fn take(&mut self, key: &Key, now: Timestamp) -> Result<Option<Vec<u8>>, StoreError> {
        let Some(found) = self.get(key, now)? else { return Ok(None) };
        self.delete(std::slice::from_ref(key))?;
        Ok(Some(found.value))
    }

    pub fn due(&self, now: Timestamp, at_most: usize) -> Vec<Key> {
        self.index.due(now, at_most)
    }

    pub fn next_wake(&self) -> Option<Timestamp> {
        self.index.next_wake()
    }

    /// Claims rows numbered up to `durable`. A row that does not open is dropped: it must not block its lane.
    pub fn claim(
        &mut self,
        now: Timestamp,
        lease_until: Timestamp,
        room: Room,
        durable: u64,
    ) -> Result<Vec<ClaimedRow>, StoreError> {
        let mut claimed = Vec::new();
        for (id, lane, attempts) in self.index.claim(now, lease_until, room, durable) {
            match self.row(id) {
                Ok(row) => claimed.push(ClaimedRow { id, lane: lane.to_string(), value: row.value, attempts }),
                Err(StoreError::Damaged(_)) => {
                    tracing::error!("a damaged row of the outbox was dropped");
                    self.ack(id)?;
                }
                Err(error) => return Err(error),
            }
        }
        Ok(claimed)
    }

    pub fn ack(&mut self, id: RowId) -> Result<(), StoreError> {
        if self.index.attempts(id).is_some() {
            self.medium.apply(vec![Write { key: layout::row_key(id), value: None }])?;
            self.index.remove_row(id);
        }
        Ok(())
    }

    pub fn retry(&mut self, id: RowId, not_before: Timestamp, value: Option<Vec<u8>>) -> Result<(), StoreError> {
        let Some(attempts) = self.index.attempts(id) else { return Ok(()) };
        let mut row = self.row(id)?;
        row.value = value.unwrap_or(row.value);
        row.not_before = not_before;
        row.attempts = attempts;
        let bytes = self.layout.row(id, &row)?;
        self.medium.apply(vec![Write { key: layout::row_key(id), value: Some(bytes) }])?;
        self.index.release(id, not_before);
        Ok(())
    }

    pub fn rows(&self, at_most: usize) -> Vec<WaitingRow> {
        self.index.rows(at_most)
    }

    pub fn n_rows(&self) -> usize {
        self.index.n_rows()
    }

    /// Drops up to `at_most` expired records.
    pub fn sweep(&mut self, now: Timestamp, at_most: usize) -> Result<usize, StoreError> {
        let expired = self.index.expired(now, at_most);
        if !expired.is_empty() {
            self.delete(&expired)?;
        }
        Ok(expired.len())
    }

    fn expected(&self, op: &Op, now: Timestamp) -> bool {
        let (Op::Put { key, expect, .. } | Op::Delete { key, expect }) = op else { return true };
        let found = self.index.record(key).filter(|meta| now < meta.expires);
        match expect {
            Expect::Absent => found.is_none(),
            Expect::Version(version) => found.is_some_and(|meta| meta.version == *version),
            Expect::Anything => true,
        }
    }

    fn delete(&mut self, keys: &[Key]) -> Result<(), StoreError> {
        let both = |key: &Key| [layout::record_key(key), layout::due_key(key)];
        let mut writes: Vec<Write> = keys.iter().flat_map(both).map(|key| Write { key, value: None }).collect();
        // A deleted record takes a number too, so that a reader can tell whether the deletion is on disk.
        self.sequence += 1;
        writes.extend(self.bounds());
        self.medium.apply(writes)?;
        keys.iter().for_each(|key| self.forget(key));
        Ok(())
    }

    fn forget(&mut self, key: &Key) {
        self.index.remove_record(key);
        self.index.set_due(key, None);
    }

    fn row(&self, id: RowId) -> Result<StoredRow, StoreError> {
        let bytes = self.medium.get(&layout::row_key(id))?;
        self.layout.open_row(id, &bytes.ok_or_else(|| StoreError::Damaged(String::from("outbox")))?)
    }

    /// The bounds, when they must be written with the next batch.
    fn bounds(&mut self) -> Option<Write> {
        let reached = self.sequence >= self.written.sequence;
        let old = self.seen.0 >= self.written.seen.0 + SEEN_EVERY_MS;
        (reached || old).then(|| self.reserve().write())
    }

    fn reserve(&mut self) -> Bounds {
        self.written = Bounds { sequence: self.sequence + RESERVE, seen: self.seen };
        self.written
    }

    /// Takes one stored entry into the index; `None` when it is damaged.
    fn adopt(&mut self, key: &[u8], value: &[u8]) -> Option<Counted> {
        match layout::entry(key)? {
            Entry::Record(key) => {
                let (version, expires) = layout::head(value)?;
                self.sequence = self.sequence.max(version.0);
                self.index.set_record(&key, Meta { version, expires });
                Some(Counted::Record)
            }
            Entry::Due(key) => {
                self.index.set_due(&key, Some(layout::open_due(value)?));
                Some(Counted::Nothing)
            }
            Entry::Row(id) => {
                let row = self.layout.open_row(id, value).ok()?;
                self.sequence = self.sequence.max(id.0);
                self.index.add_row(id, &row.lane, row.not_before, row.attempts);
                Some(Counted::Row)
            }
            Entry::Bounds => {
                self.written = Bounds::read(value)?;
                Some(Counted::Nothing)
            }
        }
    }
}

enum Counted {
    Record,
    Row,
    Nothing,
}

impl Counted {
    fn add_to(self, loaded: &mut Loaded) {
        match self {
            Counted::Record => loaded.records += 1,
            Counted::Row => loaded.rows += 1,
            Counted::Nothing => {}
        }
    }
}

fn stored(row: &Row, attempts: u32) -> StoredRow {
    StoredRow { lane: row.lane.clone(), value: row.value.clone(), not_before: row.not_before, attempts }
}
