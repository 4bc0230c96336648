//! How far a file had come, noted beside it: `registry.sqlite.mark`.
//!
//! A store whose last part is damaged looks like one that was cut off in the middle of a write: both databases drop the
//! rest and say nothing. The mark tells the two apart. It is written after a change is on disk and is not synced itself,
//! so it is never ahead of the file: a kill leaves it exact, a power cut may take it away, and then it says nothing.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::disk::private::beside;

/// Number, tag and eight bytes of a checksum.
const LENGTH: usize = 8 + 32 + 8;

/// What a mark says.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Said {
    /// Changes that are in the file at least.
    pub number: u64,
    /// What the last of them looks like, where there is such a thing.
    pub tag: [u8; 32],
}

/// The mark of one file, held open.
pub struct Mark {
    path: PathBuf,
    file: Option<File>,
    last: Option<Said>,
}

impl Mark {
    /// The mark beside `of`, and what it says. A mark that is missing, empty or damaged says nothing.
    pub fn open(of: &Path) -> Self {
        let path = beside(of, "mark");
        let last = std::fs::read(&path).ok().and_then(|bytes| read(&bytes));
        Self { path, file: None, last }
    }

    /// Of what lies in memory: says nothing and writes nothing.
    pub fn none() -> Self {
        Self { path: PathBuf::new(), file: None, last: None }
    }

    pub fn said(&self) -> Option<Said> {
        self.last
    }

    /// Says something new. A mark that cannot be written stays behind, which is true as well.
    pub fn say(&mut self, said: Said) {
        if self.last == Some(said) || self.path.as_os_str().is_empty() {
            return;
        }
        if self.file.is_none() {
            let mut options = OpenOptions::new();
            self.file = options.create(true).write(true).truncate(false).mode(0o600).open(&self.path).ok();
        }
        if let Some(file) = &self.file
            && file.write_all_at(&write(said), 0).is_ok()
        {
            self.last = Some(said);
        }
    }

    /// Takes the mark away: what it spoke of was moved aside.
    pub fn forget(&mut self) {
        self.file = None;
        self.last = None;
        // One that stays would only have the next opening look for what is known to be gone.
        let _ = std::fs::remove_file(&self.path);
    }
}

fn write(said: Said) -> [u8; LENGTH] {
    let mut bytes = [0; LENGTH];
    bytes[..8].copy_from_slice(&said.number.to_be_bytes());
    bytes[8..40].copy_from_slice(&said.tag);
    let sum = Sha256::digest(&bytes[..40]);
    bytes[40..].copy_from_slice(&sum[..8]);
    bytes
}

fn read(bytes: &[u8]) -> Option<Said> {
    let bytes: &[u8; LENGTH] = bytes.try_into().ok()?;
    let (number, rest) = bytes.split_first_chunk()?;
    let (tag, _) = rest.split_first_chunk()?;
    let said = Said { number: u64::from_be_bytes(*number), tag: *tag };
    (write(said) == *bytes).then_some(said)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_read_back_and_a_damaged_one_says_nothing() {
        let said = Said { number: 77, tag: [3; 32] };
        let bytes = write(said);
        assert_eq!(read(&bytes), Some(said));
        for bit in 0..LENGTH * 8 {
            let mut flipped = bytes;
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(read(&flipped), None, "bit {bit}");
        }
        assert_eq!(read(&bytes[..LENGTH - 1]), None);
        assert_eq!(read(&[]), None);
    }
}
