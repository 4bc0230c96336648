//! The rules of the store, the same in memory and on disk: one writer, batches that apply whole or not at all.

use std::collections::HashMap;
use std::sync::Arc;

use crate::model::time::Timestamp;
use crate::ports::store::{ClaimedRow, Expect, Key, Op, Room, Row, RowId, StoreError, Version, Versioned, WaitingRow};
use crate::store::index::{Claim, Index, Meta};
use crate::store::layout::{self, Bounds, Entry, Layout, StoredRow, Write};
use crate::store::seal::{Printer, Seal};

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
    /// Over everything that lies in the medium. Its sequence is the last number given out: versions, rows and changes
    /// share it.
    seal: Seal,
    printer: Printer,
    /// What was changed since [`Table::gather`] and is not in the medium yet; `None` outside of that.
    gathered: Option<HashMap<Vec<u8>, Option<Vec<u8>>>>,
}

/// Batches of more writes than this look one another's keys up in a map.
const FEW: usize = 32;

/// What was found when a store was opened.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Loaded {
    pub records: usize,
    pub rows: usize,
    /// Keys and values of everything that was read.
    pub bytes: u64,
    /// Entries of a store without a seal that did not open and were dropped.
    pub damaged: usize,
    /// Nothing was there, not even a seal.
    pub new: bool,
    /// The last number that was given out.
    pub sequence: u64,
}

impl<M: Medium> Table<M> {
    /// Rebuilds the index from all entries of the medium, and holds them against the seal.
    ///
    /// # Errors
    /// `Damaged` when an entry is missing, changed or an older one than was acknowledged; the first one of `entries`.
    /// Nothing was written then.
    pub fn load<K: AsRef<[u8]>, V: AsRef<[u8]>>(
        medium: M,
        entries: impl IntoIterator<Item = Result<(K, V), StoreError>>,
        layout: Arc<Layout>,
        now: Timestamp,
    ) -> Result<(Self, Loaded), StoreError> {
        let mut entries = entries.into_iter().peekable();
        let is_new = entries.peek().is_none();
        let damaged = |why: &str| StoreError::Damaged(why.to_owned());
        let start = now.0 << START_SHIFT;
        let (sealed, bounds) = (medium.get(layout::SEAL)?, medium.get(layout::BOUNDS)?);
        let bounds = bounds.as_deref().and_then(Bounds::read);
        let kept = match (sealed, bounds) {
            (Some(bytes), _) => {
                let unopened = || damaged("its seal does not open: damaged, or its key left the ring");
                Some(Seal::open(&bytes, &layout).ok_or_else(unopened)?)
            }
            (None, None) if !is_new => return Err(damaged("its seal is missing")),
            (None, _) => None,
        };
        let mut seal = match &kept {
            Some(kept) => kept.emptied(),
            None => Seal::fresh(0, now)?,
        };
        if let Some(bounds) = bounds {
            (seal.sequence, seal.seen) = (bounds.sequence, bounds.seen);
        }
        let printer = seal.printer();
        let mut table = Self { medium, layout, index: Index::default(), seal, printer, gathered: None };
        let mut loaded = Loaded { new: is_new, ..Loaded::default() };
        let (mut broken, mut renewed) = (Vec::new(), Vec::new());
        for entry in entries {
            let (key, value) = entry?;
            let (key, value) = (key.as_ref(), value.as_ref());
            loaded.bytes += (key.len() + value.len()) as u64;
            match table.adopt(key, value) {
                Some(counted) => {
                    counted.add_to(&mut loaded);
                    // A record that does not open is told of when it is asked for.
                    let newer = table.layout.renewed(key, value).unwrap_or(None);
                    renewed.extend(newer.map(|newer| Write { key: key.to_vec(), value: Some(newer) }));
                }
                None if kept.is_some() => return Err(damaged("an entry does not open")),
                None => broken.push(Write { key: key.to_vec(), value: None }),
            }
        }
        if let Some(kept) = &kept {
            kept.compare(&table.seal).map_err(|why| damaged(&why))?;
        }
        loaded.damaged = broken.len();
        loaded.sequence = table.seal.sequence;
        // Nothing above these was given out; a gap is harmless, a number that comes twice is not.
        table.seal.sequence = table.seal.sequence.max(start);
        table.now(now);
        // After a rotation of the keys everything is sealed anew, so that the old key is not needed here any more.
        for Write { key, value } in &renewed {
            let print = value.as_deref().map(|value| table.printer.print(key, value));
            table.seal.change(table.print_of(key), print);
            match layout::entry(key) {
                Some(Entry::Record(key)) => table.index.reprint_record(&key, print.unwrap_or_default()),
                Some(Entry::Row(id)) => table.index.reprint_row(id, print.unwrap_or_default()),
                _ => {}
            }
        }
        broken.extend(renewed);
        broken.push(Write { key: layout::BOUNDS.to_vec(), value: None });
        broken.push(table.seal.write(&table.layout)?);
        table.medium.apply(broken)?;
        Ok((table, loaded))
    }

    /// From now on changes are gathered, until [`Self::settle`] writes them all in one batch under one seal. They are not
    /// on disk in between, so whoever gathers lets nobody else see the table.
    pub fn gather(&mut self) {
        self.gathered = Some(HashMap::new());
    }

    /// Writes what was gathered.
    ///
    /// # Errors
    /// Nothing of it is in the medium, and the table knows more than the medium: it must not be used any more.
    pub fn settle(&mut self) -> Result<(), StoreError> {
        let gathered = self.gathered.take().unwrap_or_default();
        if gathered.is_empty() {
            return Ok(());
        }
        let mut writes: Vec<Write> = gathered.into_iter().map(|(key, value)| Write { key, value }).collect();
        writes.push(self.seal.write(&self.layout)?);
        self.medium.apply(writes)
    }

    pub fn seal(&self) -> &Seal {
        &self.seal
    }

    /// Notes that this store took the place of a damaged one, or was written anew.
    pub fn note(&mut self, note: impl FnOnce(&mut Seal)) -> Result<(), StoreError> {
        let mut seal = self.seal.clone();
        note(&mut seal);
        self.medium.apply(vec![seal.write(&self.layout)?])?;
        self.seal = seal;
        Ok(())
    }

    /// Rows that are worked on; they belong to nobody after a restart.
    pub fn claims(&self) -> Vec<Claim> {
        self.index.claims()
    }

    pub fn reclaim(&mut self, claims: &[Claim]) {
        self.index.reclaim(claims);
    }

    /// The clock's time, or the latest that was seen when the clock was set back: what has expired stays expired.
    pub fn now(&mut self, clock: Timestamp) -> Timestamp {
        if clock > self.seal.seen || clock.0 + SEEN_AHEAD_MS < self.seal.seen.0 {
            self.seal.seen = clock;
        }
        self.seal.seen
    }

    /// The last number given out.
    pub fn sequence(&self) -> u64 {
        self.seal.sequence
    }

    pub fn get(&self, key: &Key, now: Timestamp) -> Result<Option<Versioned>, StoreError> {
        match self.stored(&layout::record_key(key))? {
            Some(bytes) => Ok(Some(self.layout.open_record(key, &bytes)?).filter(|found| now < found.expires)),
            None => Ok(None),
        }
    }

    /// Expectations are judged on the state before the batch; an expired record counts as absent.
    pub fn commit(&mut self, batch: Vec<Op>, now: Timestamp) -> Result<Version, StoreError> {
        if !batch.iter().all(|op| self.expected(op, now)) {
            return Err(StoreError::Conflict);
        }
        let version = Version(self.seal.sequence + 1);
        // Nothing is remembered before every value is sealed: a failure leaves the table as it was.
        let mut number = version.0;
        let mut writes = Vec::with_capacity(batch.len() + 1);
        let mut rows = Vec::new();
        // For each operation the place of its write.
        let mut places = Vec::with_capacity(batch.len());
        for op in &batch {
            places.push(writes.len());
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
        let prints = self.apply(writes, number)?;
        let mut rows = rows.into_iter();
        for (op, place) in batch.iter().zip(places) {
            let print = prints[place];
            match op {
                Op::Put { key, expires, .. } => {
                    self.index.set_record(key, Meta { version, expires: *expires, print });
                }
                Op::Delete { key, .. } => self.forget(key),
                Op::Due { key, at } => self.index.set_due(key, *at),
                Op::Enqueue(row) => {
                    let id = rows.next().expect("every row of the batch got a number above");
                    self.index.add_row(id, &row.lane, row.not_before, 0, print);
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
            self.apply(vec![Write { key: layout::row_key(id), value: None }], self.seal.sequence + 1)?;
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
        let key = layout::row_key(id);
        let print = self.printer.print(&key, &bytes);
        self.apply(vec![Write { key, value: Some(bytes) }], self.seal.sequence + 1)?;
        self.index.release(id, not_before, print);
        Ok(())
    }

    /// Whether no harm is done when a row comes again that was done already.
    pub fn may_return(&self, id: RowId) -> bool {
        self.index.may_return(id)
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
        let writes: Vec<Write> = keys.iter().flat_map(both).map(|key| Write { key, value: None }).collect();
        // A deleted record takes a number too, so that a reader can tell whether the deletion is on disk.
        self.apply(writes, self.seal.sequence + 1)?;
        keys.iter().for_each(|key| self.forget(key));
        Ok(())
    }

    fn forget(&mut self, key: &Key) {
        self.index.remove_record(key);
        self.index.set_due(key, None);
    }

    fn row(&self, id: RowId) -> Result<StoredRow, StoreError> {
        let bytes = self.stored(&layout::row_key(id))?;
        self.layout.open_row(id, &bytes.ok_or_else(|| StoreError::Damaged(String::from("outbox")))?)
    }

    /// Writes a batch together with the seal over what it leaves, or gathers it; a failure changes nothing. Returns the
    /// fingerprint of every write, zero of one that deletes or that a later one of the same key takes the place of.
    fn apply(&mut self, writes: Vec<Write>, sequence: u64) -> Result<Vec<u128>, StoreError> {
        let mut seal = self.seal.clone();
        seal.sequence = sequence;
        let stands = last_of_each(&writes);
        let mut prints = vec![0; writes.len()];
        for (place, Write { key, value }) in writes.iter().enumerate() {
            if stands(place) {
                let print = value.as_deref().map(|value| self.printer.print(key, value));
                seal.change(self.print_of(key), print);
                prints[place] = print.unwrap_or_default();
            }
        }
        drop(stands);
        match &mut self.gathered {
            Some(gathered) => gathered.extend(writes.into_iter().map(|Write { key, value }| (key, value))),
            None => {
                let mut writes = writes;
                writes.push(seal.write(&self.layout)?);
                self.medium.apply(writes)?;
            }
        }
        self.seal = seal;
        Ok(prints)
    }

    /// What lies under a stored key, gathered changes included.
    fn stored(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        match self.gathered.as_ref().and_then(|gathered| gathered.get(key)) {
            Some(changed) => Ok(changed.clone()),
            None => self.medium.get(key),
        }
    }

    /// The fingerprint of what lies under a stored key now.
    fn print_of(&self, stored: &[u8]) -> Option<u128> {
        match layout::entry(stored)? {
            Entry::Record(key) => self.index.record(&key).map(|meta| meta.print),
            Entry::Due(key) => self.index.due_of(&key).map(|at| self.printer.print(stored, &layout::due_value(at))),
            Entry::Row(id) => self.index.print_of(id),
            Entry::Bounds | Entry::Seal => None,
        }
    }

    /// Takes one stored entry into the index; `None` when it is damaged.
    fn adopt(&mut self, stored: &[u8], value: &[u8]) -> Option<Counted> {
        let entry = layout::entry(stored)?;
        let print = self.printer.print(stored, value);
        let counted = match entry {
            Entry::Record(key) => {
                let (version, expires) = layout::head(value)?;
                self.seal.sequence = self.seal.sequence.max(version.0);
                self.index.set_record(&key, Meta { version, expires, print });
                Counted::Record
            }
            Entry::Due(key) => {
                self.index.set_due(&key, Some(layout::open_due(value)?));
                Counted::Nothing
            }
            Entry::Row(id) => {
                let row = self.layout.open_row(id, value).ok()?;
                self.seal.sequence = self.seal.sequence.max(id.0);
                self.index.add_row(id, &row.lane, row.not_before, row.attempts, print);
                Counted::Row
            }
            Entry::Bounds => return Bounds::read(value).map(|_| Counted::Nothing),
            Entry::Seal => return Some(Counted::Nothing),
        };
        self.seal.change(None, Some(print));
        Some(counted)
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

/// The entries of an empty medium.
pub fn nothing() -> impl Iterator<Item = Result<([u8; 0], [u8; 0]), StoreError>> {
    std::iter::empty()
}

/// Whether a write is the last one of its key: of several the last one stands.
fn last_of_each(writes: &[Write]) -> impl Fn(usize) -> bool {
    let many = (writes.len() > FEW).then(|| {
        let places = writes.iter().enumerate().map(|(place, write)| (write.key.as_slice(), place));
        places.collect::<HashMap<_, _>>()
    });
    move |place| match &many {
        Some(last) => last.get(writes[place].key.as_slice()) == Some(&place),
        None => !writes[place + 1..].iter().any(|later| later.key == writes[place].key),
    }
}

fn stored(row: &Row, attempts: u32) -> StoredRow {
    StoredRow { lane: row.lane.clone(), value: row.value.clone(), not_before: row.not_before, attempts }
}
