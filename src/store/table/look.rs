//! Looking through everything that a store holds, a piece at a time, while it is used: at the end the sum over what was
//! found must be the one under the seal. What changes meanwhile behind the place that was reached changes both sums.

use crate::ports::store::StoreError;
use crate::store::layout::{self, Entry};
use crate::store::seal::Seal;
use crate::store::table::{Change, Loaded, Medium, Table};

/// How far it has come.
pub struct Looking {
    /// The first key that was not looked at.
    next: Vec<u8>,
    /// A seal over what was found.
    found: Seal,
    loaded: Loaded,
}

impl Looking {
    pub fn over(seal: &Seal, loaded: Loaded) -> Self {
        Self { next: Vec::new(), found: seal.emptied(), loaded }
    }

    /// Whether an entry lies in the part that was looked at.
    pub fn passed(&self, key: &[u8]) -> bool {
        key < self.next.as_slice()
    }

    /// What lies there was changed.
    pub fn change(&mut self, before: Option<u128>, after: Option<u128>) {
        self.found.change(before, after);
    }

    pub fn loaded(&self) -> &Loaded {
        &self.loaded
    }
}

impl<M: Medium> Table<M> {
    /// Whether something is left to look at.
    pub fn is_looking(&self) -> bool {
        self.looking.is_some()
    }

    /// Looks at up to so many entries more; what was found in all, when it has come to the end. Not between
    /// [`Self::gather`] and [`Self::settle`].
    ///
    /// # Errors
    /// `Damaged` when an entry is missing, changed or an older one than was acknowledged.
    pub fn look_on(&mut self, at_most: usize) -> Result<Option<Loaded>, StoreError> {
        let Some(mut looking) = self.looking.take() else { return Ok(None) };
        let damaged = |why: &str| StoreError::Damaged(why.to_owned());
        let entries = self.medium.read(&looking.next, at_most)?;
        let mut renewed = Vec::new();
        for (key, value) in &entries {
            let print = self.printer.print(key, value);
            looking.loaded.bytes += (key.len() + value.len()) as u64;
            match layout::entry(key).ok_or_else(|| damaged("an entry does not open"))? {
                Entry::Record(_) => {
                    layout::head(value).ok_or_else(|| damaged("an entry does not open"))?;
                    looking.loaded.records += 1;
                }
                Entry::Due(key) => {
                    let at = layout::open_due(value).ok_or_else(|| damaged("an entry does not open"))?;
                    self.index.set_due(&key, Some(at));
                }
                Entry::Row(id) => {
                    self.layout.open_row(id, value).map_err(|_| damaged("an entry does not open"))?;
                }
                Entry::Bounds | Entry::Seal => continue,
            }
            looking.change(None, Some(print));
            // A record that does not open is told of when it is asked for.
            if let Some(newer) = self.layout.renewed(key, value).unwrap_or(None) {
                renewed.push(Change { key: key.clone(), before: Some(print), after: Some(newer) });
            }
        }
        let over = entries.len() < at_most;
        if let Some((last, _)) = entries.into_iter().last() {
            looking.next = last;
            looking.next.push(0);
        }
        let loaded = over.then(|| looking.loaded.clone());
        if over {
            self.seal.compare(&looking.found).map_err(|why| damaged(&why))?;
        } else {
            self.looking = Some(looking);
        }
        // After a rotation of the keys everything is sealed anew, so that the old key is not needed here any more.
        if !renewed.is_empty() {
            self.apply(renewed, self.seal.sequence)?;
        }
        Ok(loaded)
    }
}
