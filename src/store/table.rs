//! The rules of the store, the same in memory and on disk: one writer, batches that apply whole or not at all.

mod look;

use std::collections::HashMap;
use std::sync::Arc;

use crate::model::time::Timestamp;
use crate::ports::store::{ClaimedRow, Expect, Key, Op, Room, Row, RowId, StoreError, Version, Versioned, WaitingRow};
use crate::store::index::{Claim, Index};
use crate::store::layout::{self, Bounds, Entry, Layout, StoredRow, Write};
use crate::store::seal::{Printer, Seal};
use crate::store::table::look::Looking;

/// A clock that is set back further than this is believed: the seen time was wrong, and no record lives that long.
const SEEN_AHEAD_MS: u64 = 24 * 3600 * 1000;
/// A new store starts its numbers at the time in milliseconds shifted by this many bits. More than a thousand numbers a
/// millisecond are never used, so a store that replaces a damaged one gives out no number twice.
const START_SHIFT: u32 = 10;
/// Entries that are read in one go.
const PIECE: usize = 256;
/// Records that one step of a sweep looks at.
const SWEEP_PIECE: usize = 512;

/// A stored key and its value.
pub type Stored = (Vec<u8>, Vec<u8>);

/// Where the bytes lie.
pub trait Medium: Send {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError>;

    /// All writes or none.
    fn apply(&mut self, writes: Vec<Write>) -> Result<(), StoreError>;

    /// Up to so many entries in the order of their keys, from a key on.
    fn read(&self, from: &[u8], at_most: usize) -> Result<Vec<Stored>, StoreError>;
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
    /// The last number given out before.
    gathered_since: u64,
    /// Rows that are done, for everybody but the medium.
    done: Vec<RowId>,
    /// Until everything was held against the seal.
    looking: Option<Looking>,
    /// The key at which the sweep goes on.
    swept: Vec<u8>,
}

/// Batches of more changes than this look one another's keys up in a map.
const FEW: usize = 32;

/// What was found when a store was opened, as far as it was looked at.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Loaded {
    pub records: usize,
    pub rows: usize,
    /// Keys and values of everything that was looked at.
    pub bytes: u64,
    /// Entries of a store without a seal that did not open and were dropped.
    pub damaged: usize,
    /// Nothing was there, not even a seal.
    pub new: bool,
    /// The last number that was given out.
    pub sequence: u64,
    /// Some entries are left to [`Table::look_on`].
    pub unseen: bool,
}

/// What a step of a sweep came to.
pub struct Swept {
    pub dropped: usize,
    /// Nothing is left that has expired.
    pub over: bool,
}

/// One change of the flat space: the fingerprint of what lay there, and what lies there then.
struct Change {
    key: Vec<u8>,
    before: Option<u128>,
    after: Option<Vec<u8>>,
}

impl<M: Medium> Table<M> {
    /// Reads the outbox, and `first` entries or some more; the others are left to [`Self::look_on`]. Everything may be
    /// used at once but due times: those that were not looked at yet are not told.
    ///
    /// # Errors
    /// `Damaged` when an entry is missing, changed or an older one than was acknowledged, as far as it was looked at.
    /// Nothing was written then, but what was sealed anew.
    pub fn load(medium: M, layout: Arc<Layout>, now: Timestamp, first: usize) -> Result<(Self, Loaded), StoreError> {
        let is_new = medium.read(&[], 1)?.is_empty();
        let damaged = |why: &str| StoreError::Damaged(why.to_owned());
        let (sealed, bounds) = (medium.get(layout::SEAL)?, medium.get(layout::BOUNDS)?);
        let bounds = bounds.as_deref().and_then(Bounds::read);
        let seal = match (&sealed, bounds) {
            (Some(bytes), _) => {
                let unopened = || damaged("its seal does not open: damaged, or its key left the ring");
                Seal::open(bytes, &layout).ok_or_else(unopened)?
            }
            (None, None) if !is_new => return Err(damaged("its seal is missing")),
            (None, _) => Seal::fresh(0, now)?,
        };
        let printer = seal.printer();
        let index = Index::default();
        let (gathered, gathered_since, done, looking, swept) = (None, 0, Vec::new(), None, Vec::new());
        let mut table = Self { medium, layout, index, seal, printer, gathered, gathered_since, done, looking, swept };
        let mut loaded = Loaded { new: is_new, ..Loaded::default() };
        if let (None, Some(bounds)) = (&sealed, bounds) {
            loaded.damaged = table.put_under_a_seal(bounds)?;
        }
        loaded.sequence = table.seal.sequence;
        loaded.rows = table.find_rows()?;
        table.looking = Some(Looking::over(&table.seal, loaded));
        // Nothing above these was given out; a gap is harmless, a number that comes twice is not.
        table.seal.sequence = table.seal.sequence.max(now.0 << START_SHIFT);
        table.now(now);
        let (mut seen, mut whole) = (0, None);
        while whole.is_none() && seen < first {
            whole = table.look_on(PIECE)?;
            seen += PIECE;
        }
        let loaded = match (whole, &table.looking) {
            (Some(whole), _) => whole,
            (None, Some(looking)) => Loaded { unseen: true, ..looking.loaded().clone() },
            (None, None) => Loaded::default(),
        };
        table.medium.apply(vec![table.seal.write(&table.layout)?])?;
        Ok((table, loaded))
    }

    /// A store of the version that had no seal gets one over everything that opens; the rest is dropped. Returns how much
    /// that was.
    fn put_under_a_seal(&mut self, bounds: Bounds) -> Result<usize, StoreError> {
        (self.seal.sequence, self.seal.seen) = (bounds.sequence, bounds.seen);
        let (mut from, mut broken) = (Vec::new(), Vec::new());
        loop {
            let entries = self.medium.read(&from, PIECE)?;
            let Some((last, _)) = entries.last() else { break };
            from = [last.as_slice(), &[0]].concat();
            for (key, value) in entries {
                let number = match layout::entry(&key) {
                    Some(Entry::Record(_)) => layout::head(&value).map(|(version, _)| version.0),
                    Some(Entry::Due(_)) => layout::open_due(&value).map(|_| 0),
                    Some(Entry::Row(id)) => self.layout.open_row(id, &value).ok().map(|_| id.0),
                    Some(Entry::Bounds | Entry::Seal) => continue,
                    None => None,
                };
                match number {
                    Some(number) => {
                        self.seal.sequence = self.seal.sequence.max(number);
                        self.seal.change(None, Some(self.printer.print(&key, &value)));
                    }
                    None => broken.push(Write { key, value: None }),
                }
            }
        }
        let n = broken.len();
        broken.push(Write { key: layout::BOUNDS.to_vec(), value: None });
        broken.push(self.seal.write(&self.layout)?);
        self.medium.apply(broken)?;
        Ok(n)
    }

    /// Reads the outbox into the index.
    fn find_rows(&mut self) -> Result<usize, StoreError> {
        let (mut from, mut n) = (layout::ROWS.to_vec(), 0);
        loop {
            let entries = self.medium.read(&from, PIECE)?;
            let Some((last, _)) = entries.last() else { return Ok(n) };
            from = [last.as_slice(), &[0]].concat();
            for (key, value) in entries {
                if !key.starts_with(layout::ROWS) {
                    return Ok(n);
                }
                let damaged = || StoreError::Damaged(String::from("an entry does not open"));
                let Some(Entry::Row(id)) = layout::entry(&key) else { return Err(damaged()) };
                let row = self.layout.open_row(id, &value).map_err(|_| damaged())?;
                self.index.add_row(id, &row.lane, row.not_before, row.attempts);
                n += 1;
            }
        }
    }

    /// From now on changes are gathered, until [`Self::settle`] writes them all in one batch under one seal. They are not
    /// on disk in between, so whoever gathers lets nobody else see the table.
    pub fn gather(&mut self) {
        self.gathered = Some(HashMap::new());
        self.gathered_since = self.seal.sequence;
    }

    /// Writes what was gathered, and removes the rows that were done meanwhile.
    ///
    /// # Errors
    /// Nothing of it is in the medium, and the table knows more than the medium: it must not be used any more.
    pub fn settle(&mut self) -> Result<(), StoreError> {
        for id in std::mem::take(&mut self.done) {
            self.remove_row(id)?;
        }
        let Some(gathered) = self.gathered.take() else { return Ok(()) };
        // A batch that changed nothing has taken a number all the same.
        if gathered.is_empty() && self.seal.sequence == self.gathered_since {
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
        let mut changes = Vec::with_capacity(batch.len() + 1);
        // For each operation the place of its change.
        let mut places = Vec::with_capacity(batch.len());
        for op in &batch {
            places.push(changes.len());
            let key = match op {
                Op::Put { key, .. } | Op::Delete { key, .. } => layout::record_key(key),
                Op::Due { key, .. } => layout::due_key(key),
                Op::Enqueue(_) => {
                    changes.push(Change { key: Vec::new(), before: None, after: None });
                    continue;
                }
            };
            let found = self.stored(&key)?;
            if !expected(op, found.as_deref(), now) {
                return Err(StoreError::Conflict);
            }
            changes.push(self.change(key, found));
            if let Op::Delete { key, .. } = op {
                let key = layout::due_key(key);
                let found = self.stored(&key)?;
                changes.push(self.change(key, found));
            }
        }
        let version = Version(self.seal.sequence + 1);
        // Nothing is remembered before every value is sealed: a failure leaves the table as it was.
        let mut number = version.0;
        let mut rows = Vec::new();
        for (op, place) in batch.iter().zip(places) {
            let change = &mut changes[place];
            match op {
                Op::Put { key, value, expires, .. } => {
                    change.after = Some(self.layout.record(key, version, *expires, value)?);
                }
                Op::Delete { .. } => {}
                Op::Due { at, .. } => change.after = at.map(layout::due_value),
                Op::Enqueue(row) => {
                    number += 1;
                    let id = RowId(number);
                    change.key = layout::row_key(id);
                    change.after = Some(self.layout.row(id, &stored(row, 0))?);
                    rows.push(id);
                }
            }
        }
        self.apply(changes, number)?;
        let mut rows = rows.into_iter();
        for op in &batch {
            match op {
                Op::Put { .. } => {}
                Op::Delete { key, .. } => self.index.set_due(key, None),
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

    /// Keys of a namespace that have a due time, whenever it is, up to so many.
    pub fn due_in(&self, namespace: &'static str, at_most: usize) -> Result<Vec<Key>, StoreError> {
        let prefix = layout::due_key(&Key { namespace, key: Vec::new() });
        let (mut from, mut keys) = (prefix.clone(), Vec::new());
        while keys.len() < at_most {
            let entries = self.medium.read(&from, PIECE.min(at_most))?;
            let Some((last, _)) = entries.last() else { break };
            from = [last.as_slice(), &[0]].concat();
            let n = keys.len();
            let within = entries.iter().take_while(|(key, _)| key.starts_with(&prefix));
            keys.extend(within.filter_map(|(key, _)| match layout::entry(key) {
                Some(Entry::Due(key)) => Some(key),
                _ => None,
            }));
            if keys.len() < n + entries.len() {
                break;
            }
        }
        keys.truncate(at_most);
        Ok(keys)
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
            self.remove_row(id)?;
            self.index.remove_row(id);
        }
        Ok(())
    }

    /// The row is done for everybody, and leaves the medium with the next group: it comes back if there is none. Only for
    /// rows that do no harm then; `false`, and nothing done, for any other.
    pub fn ack_soon(&mut self, id: RowId) -> bool {
        let may_return = self.index.may_return(id);
        if may_return {
            self.index.remove_row(id);
            self.done.push(id);
        }
        may_return
    }

    pub fn retry(&mut self, id: RowId, not_before: Timestamp, value: Option<Vec<u8>>) -> Result<(), StoreError> {
        let Some(attempts) = self.index.attempts(id) else { return Ok(()) };
        let mut row = self.row(id)?;
        row.value = value.unwrap_or(row.value);
        row.not_before = not_before;
        row.attempts = attempts;
        let key = layout::row_key(id);
        let found = self.stored(&key)?;
        let after = Some(self.layout.row(id, &row)?);
        self.apply(vec![Change { after, ..self.change(key, found) }], self.seal.sequence + 1)?;
        self.index.release(id, not_before);
        Ok(())
    }

    pub fn rows(&self, at_most: usize) -> Vec<WaitingRow> {
        self.index.rows(at_most)
    }

    pub fn n_rows(&self) -> usize {
        self.index.n_rows()
    }

    /// Drops what has expired of the records that come next; each call goes on where the last one ended.
    pub fn sweep(&mut self, now: Timestamp) -> Result<Swept, StoreError> {
        let from = if self.swept.is_empty() { layout::RECORDS } else { &self.swept };
        let entries = self.medium.read(from, SWEEP_PIECE)?;
        let old = |value: &[u8]| layout::head(value).is_some_and(|(_, expires)| expires <= now);
        let (mut expired, mut records) = (Vec::new(), 0);
        for (key, value) in &entries {
            let Some(Entry::Record(record)) = layout::entry(key) else { break };
            records += 1;
            // What was gathered has not reached the medium.
            if old(value) && self.stored(key)?.is_some_and(|value| old(&value)) {
                expired.push(record);
            }
        }
        let over = records < SWEEP_PIECE;
        self.swept = match entries.last() {
            Some((last, _)) if !over => [last.as_slice(), &[0]].concat(),
            _ => Vec::new(),
        };
        if !expired.is_empty() {
            self.delete(&expired)?;
        }
        Ok(Swept { dropped: expired.len(), over })
    }

    fn delete(&mut self, keys: &[Key]) -> Result<(), StoreError> {
        let mut changes = Vec::with_capacity(2 * keys.len());
        for key in keys.iter().flat_map(|key| [layout::record_key(key), layout::due_key(key)]) {
            let found = self.stored(&key)?;
            changes.push(self.change(key, found));
        }
        // A deleted record takes a number too, so that a reader can tell whether the deletion is on disk.
        self.apply(changes, self.seal.sequence + 1)?;
        keys.iter().for_each(|key| self.index.set_due(key, None));
        Ok(())
    }

    /// A change of what was found under a key, to nothing at first.
    fn change(&self, key: Vec<u8>, found: Option<Vec<u8>>) -> Change {
        let before = found.map(|found| self.printer.print(&key, &found));
        Change { key, before, after: None }
    }

    fn remove_row(&mut self, id: RowId) -> Result<(), StoreError> {
        let key = layout::row_key(id);
        let found = self.stored(&key)?;
        self.apply(vec![self.change(key, found)], self.seal.sequence + 1)
    }

    fn row(&self, id: RowId) -> Result<StoredRow, StoreError> {
        let bytes = self.stored(&layout::row_key(id))?;
        self.layout.open_row(id, &bytes.ok_or_else(|| StoreError::Damaged(String::from("outbox")))?)
    }

    /// Writes a batch together with the seal over what it leaves, or gathers it; a failure changes nothing.
    fn apply(&mut self, changes: Vec<Change>, sequence: u64) -> Result<(), StoreError> {
        let mut seal = self.seal.clone();
        seal.sequence = sequence;
        let stands = last_of_each(&changes);
        let mut passed = Vec::new();
        for (place, Change { key, before, after }) in changes.iter().enumerate() {
            if stands(place) {
                let after = after.as_deref().map(|value| self.printer.print(key, value));
                seal.change(*before, after);
                if self.looking.as_ref().is_some_and(|looking| looking.passed(key)) {
                    passed.push((*before, after));
                }
            }
        }
        // What was not there and is not there then is no change.
        let is_one =
            |place: usize, change: &Change| stands(place) && (change.before.is_some() || change.after.is_some());
        let ones: Vec<bool> = changes.iter().enumerate().map(|(place, change)| is_one(place, change)).collect();
        drop(stands);
        let changes = changes.into_iter().zip(ones).filter_map(|(change, is_one)| is_one.then_some(change));
        match &mut self.gathered {
            Some(gathered) => gathered.extend(changes.map(|change| (change.key, change.after))),
            None => {
                let mut writes: Vec<Write> =
                    changes.map(|change| Write { key: change.key, value: change.after }).collect();
                writes.push(seal.write(&self.layout)?);
                self.medium.apply(writes)?;
            }
        }
        self.seal = seal;
        if let Some(looking) = &mut self.looking {
            passed.into_iter().for_each(|(before, after)| looking.change(before, after));
        }
        Ok(())
    }

    /// What lies under a stored key, gathered changes included.
    fn stored(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        match self.gathered.as_ref().and_then(|gathered| gathered.get(key)) {
            Some(changed) => Ok(changed.clone()),
            None => self.medium.get(key),
        }
    }
}

/// Whether an operation finds what it expects.
fn expected(op: &Op, found: Option<&[u8]>, now: Timestamp) -> bool {
    let (Op::Put { expect, .. } | Op::Delete { expect, .. }) = op else { return true };
    let found = found.and_then(layout::head).filter(|(_, expires)| now < *expires);
    match expect {
        Expect::Absent => found.is_none(),
        Expect::Version(version) => found.is_some_and(|(there, _)| there == *version),
        Expect::Anything => true,
    }
}

/// Whether a change is the last one of its key: of several the last one stands.
fn last_of_each(writes: &[Change]) -> impl Fn(usize) -> bool {
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
