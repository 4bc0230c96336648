//! What the store knows without reading: due times and the lanes of the outbox.
//!
//! It lives in memory and is rebuilt when a store is opened. Records are not in it: they are read when they are asked for.

mod dues;

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use crate::model::time::Timestamp;
use crate::ports::store::{Key, LETTERS, REPEATABLE, Room, RowId, WaitingRow};
use crate::store::index::dues::Dues;

type Ready = BTreeSet<(Timestamp, RowId)>;

#[derive(Default)]
pub struct Index {
    dues: Dues,
    rows: HashMap<RowId, RowMeta>,
    lanes: HashMap<Arc<str>, Lane>,
    /// One entry a lane: its first row and when that one may be claimed. Letters stand apart, so that finding what may
    /// go never walks over what may not.
    ready_letters: Ready,
    ready_others: Ready,
}

#[derive(Clone)]
struct RowMeta {
    lane: Arc<str>,
    /// Its first `not_before`.
    since: Timestamp,
    not_before: Timestamp,
    attempts: u32,
    claimed_until: Option<Timestamp>,
}

/// A row that somebody works on, which no disk knows.
#[derive(Clone, Copy)]
pub struct Claim {
    pub id: RowId,
    until: Timestamp,
    attempts: u32,
}

#[derive(Default)]
struct Lane {
    rows: BTreeSet<RowId>,
    ready: Option<(Timestamp, RowId)>,
}

impl Index {
    pub fn set_due(&mut self, key: &Key, at: Option<Timestamp>) {
        self.dues.set(key, at);
    }

    /// Keys whose due time has come, oldest first.
    pub fn due(&self, now: Timestamp, at_most: usize) -> Vec<Key> {
        self.dues.until(now, at_most)
    }

    /// The earliest due time, or time at which the first row of a lane may be claimed.
    pub fn next_wake(&self) -> Option<Timestamp> {
        let due = self.dues.first();
        let ready = [&self.ready_letters, &self.ready_others].into_iter().filter_map(|ready| ready.first());
        due.into_iter().chain(ready.map(|(at, _)| *at)).min()
    }

    pub fn add_row(&mut self, id: RowId, lane: &str, not_before: Timestamp, attempts: u32) {
        let lane = self.lanes.get_key_value(lane).map_or_else(|| Arc::from(lane), |(known, _)| Arc::clone(known));
        let row = RowMeta { lane: Arc::clone(&lane), since: not_before, not_before, attempts, claimed_until: None };
        self.rows.insert(id, row);
        self.lanes.entry(Arc::clone(&lane)).or_default().rows.insert(id);
        self.refresh(&lane);
    }

    pub fn remove_row(&mut self, id: RowId) -> bool {
        let Some(row) = self.rows.remove(&id) else { return false };
        if let Some(lane) = self.lanes.get_mut(&row.lane) {
            lane.rows.remove(&id);
        }
        self.refresh(&row.lane);
        true
    }

    /// Claims first rows of lanes that may go now. Rows numbered above `durable` are not on disk yet and wait.
    pub fn claim(
        &mut self,
        now: Timestamp,
        lease_until: Timestamp,
        room: Room,
        durable: u64,
    ) -> Vec<(RowId, Arc<str>, u32)> {
        let first = |ready: &Ready, at_most: usize| -> Vec<RowId> {
            let now_ready = ready.iter().take_while(|(at, _)| *at <= now).map(|(_, id)| *id);
            now_ready.filter(|id| id.0 <= durable).take(at_most).collect()
        };
        let ids = [first(&self.ready_others, room.others), first(&self.ready_letters, room.letters)].concat();
        let mut claimed = Vec::with_capacity(ids.len());
        for id in ids {
            let Some(row) = self.rows.get_mut(&id) else { continue };
            claimed.push((id, Arc::clone(&row.lane), row.attempts));
            row.attempts += 1;
            row.claimed_until = Some(lease_until);
            let lane = Arc::clone(&row.lane);
            self.refresh(&lane);
        }
        claimed
    }

    /// Rows that are claimed now.
    pub fn claims(&self) -> Vec<Claim> {
        let claim =
            |(id, row): (&RowId, &RowMeta)| Some(Claim { id: *id, until: row.claimed_until?, attempts: row.attempts });
        self.rows.iter().filter_map(claim).collect()
    }

    /// Takes claims over from an index of the same rows; those of rows that are gone are forgotten.
    pub fn reclaim(&mut self, claims: &[Claim]) {
        for claim in claims {
            let Some(row) = self.rows.get_mut(&claim.id) else { continue };
            row.claimed_until = Some(claim.until);
            row.attempts = claim.attempts;
            let lane = Arc::clone(&row.lane);
            self.refresh(&lane);
        }
    }

    /// Ends a claim; returns how often the row was claimed, or `None` when it is gone.
    pub fn release(&mut self, id: RowId, not_before: Timestamp) -> Option<u32> {
        let row = self.rows.get_mut(&id)?;
        row.claimed_until = None;
        row.not_before = not_before;
        let (lane, attempts) = (Arc::clone(&row.lane), row.attempts);
        self.refresh(&lane);
        Some(attempts)
    }

    /// Whether a row stands in a lane whose rows may come twice.
    pub fn may_return(&self, id: RowId) -> bool {
        self.rows.get(&id).is_some_and(|row| REPEATABLE.iter().any(|lane| row.lane.starts_with(lane)))
    }

    pub fn attempts(&self, id: RowId) -> Option<u32> {
        self.rows.get(&id).map(|row| row.attempts)
    }

    /// The first rows by number, which is the order in which they were written.
    pub fn rows(&self, at_most: usize) -> Vec<WaitingRow> {
        let mut ids: Vec<RowId> = self.rows.keys().copied().collect();
        ids.sort_unstable();
        let row = |id: RowId| {
            let RowMeta { lane, since, not_before, attempts, claimed_until, .. } = &self.rows[&id];
            WaitingRow {
                id,
                lane: lane.to_string(),
                since: *since,
                not_before: *not_before,
                attempts: *attempts,
                claimed: claimed_until.is_some(),
            }
        };
        ids.into_iter().take(at_most).map(row).collect()
    }

    pub fn n_rows(&self) -> usize {
        self.rows.len()
    }

    /// Brings the lane's entry in `ready` up to date; an empty lane is forgotten.
    fn refresh(&mut self, name: &Arc<str>) {
        let Some(lane) = self.lanes.get_mut(name) else { return };
        let ready = if name.starts_with(LETTERS) { &mut self.ready_letters } else { &mut self.ready_others };
        if let Some(old) = lane.ready.take() {
            ready.remove(&old);
        }
        let Some(first) = lane.rows.first() else {
            self.lanes.remove(name);
            return;
        };
        let row = &self.rows[first];
        let entry = (row.claimed_until.unwrap_or(row.not_before), *first);
        lane.ready = Some(entry);
        ready.insert(entry);
    }
}
