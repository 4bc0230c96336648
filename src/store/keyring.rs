//! The ring of root keys: read from a file or a value that `config` hands in, never from the environment itself.
//!
//! The text has one item a line; `;` serves as line end where a value must be one line, `#` starts a comment:
//!
//! ```text
//! ringback-keys 1
//! lasting 64 hex digits
//! key 1 64 hex digits
//! key 2 64 hex digits active
//! ```
//!
//! `lasting` never rotates: decoys, pseudonyms and lookups are derived from it, and all three must stay the same for
//! ever. A key may leave the ring when nothing is sealed with it any more; the audit record is verified with every key
//! that it was ever written with.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::Path;

use data_encoding::{HEXLOWER, HEXLOWER_PERMISSIVE};
use zeroize::Zeroizing;

use crate::ports::clock::Entropy;
use crate::verify::keys::{Key, Keys, Root, Versions};
use crate::verify::seal::{Sealer, cipher};

/// First item of a ring; another layout gets another number.
const HEADER: &str = "ringback-keys 1";

/// All root keys of an installation.
pub struct KeyRing {
    active: u32,
    by_id: BTreeMap<u32, Root>,
    lasting: Root,
}

/// Who keeps something at rest; each has keys of its own.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Keeper {
    Store,
    Registry,
    Audit,
}

/// Errors name file and line, and never quote a key.
#[derive(Debug, thiserror::Error)]
pub enum KeyRingError {
    #[error("key ring {path}: {why}")]
    File { path: String, why: String },
    #[error("key ring {path}: mode {mode:o} lets others read it; run `chmod 600 {path}`")]
    Exposed { path: String, mode: u32 },
    #[error("key ring, line {line}: {why}")]
    Text { line: usize, why: &'static str },
}

impl KeyRing {
    /// Reads a file that only its owner may read.
    pub fn read(path: &Path) -> Result<Self, KeyRingError> {
        Self::parse(&read(path)?)
    }

    pub fn parse(text: &str) -> Result<Self, KeyRingError> {
        Draft::read(text)?.finish()
    }

    /// A ring that nobody keeps, for the demo and for tests: what it seals is lost with it.
    pub fn ephemeral(random: [u8; 32]) -> Self {
        let root = Root::new(random);
        let lasting = Root::new(*root.derive("ephemeral-lasting"));
        Self { active: 1, by_id: BTreeMap::from([(1, root)]), lasting }
    }

    /// Creates a ring with one key in a new file of mode 0600. An existing file is an error: a lost key loses records.
    pub fn create(path: &Path, entropy: &dyn Entropy) -> Result<(), KeyRingError> {
        write(path, &fresh(entropy), OpenOptions::new().write(true).create_new(true))
    }

    /// Adds a key to the ring in a file and makes it the active one; returns its version. The old file stays whole
    /// until the new one is on disk.
    pub fn rotate(path: &Path, entropy: &dyn Entropy) -> Result<u32, KeyRingError> {
        let text = read(path)?;
        let ring = Self::parse(&text)?;
        let next = ring.by_id.last_key_value().map_or(1, |(id, _)| id + 1);
        let text = Zeroizing::new(format!("{}key {next} {} active\n", *unmarked(&text), *hex(entropy)));
        let beside = path.with_extension("new");
        write(&beside, &text, OpenOptions::new().write(true).create_new(true))?;
        std::fs::rename(&beside, path).map_err(|error| failed(path, &error))?;
        Ok(next)
    }

    /// Versions of the keys in the ring, oldest first, and the one that seals now.
    pub fn versions_of_keys(&self) -> (Vec<u32>, u32) {
        (self.by_id.keys().copied().collect(), self.active)
    }

    /// Keys of the pure core.
    pub fn keys(&self) -> Keys {
        Keys::derive(&self.by_id[&self.active], &self.lasting)
    }

    /// What the records of one keeper are sealed with.
    pub fn sealer(&self, keeper: Keeper) -> Sealer {
        Sealer::new(self.versions(|root| cipher(&root.derive(keeper.sealing()))))
    }

    /// Chain keys of the audit record, by version.
    pub fn audit_macs(&self) -> Versions<Key> {
        self.versions(|root| root.key("mac/audit"))
    }

    /// What commands prove with that they may read this ring.
    pub fn admin(&self) -> Key {
        self.by_id[&self.active].key("mac/admin")
    }

    /// Under which a keeper looks accounts up without storing their ids; it never rotates.
    pub fn lookup(&self, keeper: Keeper) -> Key {
        self.lasting.key(keeper.lookup())
    }

    fn versions<K>(&self, derive: impl Fn(&Root) -> K) -> Versions<K> {
        let by_id = self.by_id.iter().map(|(id, root)| (*id, derive(root))).collect();
        Versions::new(self.active, by_id).expect("a ring has its active key")
    }
}

impl Keeper {
    fn sealing(self) -> &'static str {
        match self {
            Keeper::Store => "seal/store",
            Keeper::Registry => "seal/registry",
            Keeper::Audit => "seal/audit",
        }
    }

    fn lookup(self) -> &'static str {
        match self {
            Keeper::Store => "lookup/store",
            Keeper::Registry => "lookup/registry",
            Keeper::Audit => "lookup/audit",
        }
    }
}

/// The text of a new ring with one key.
pub fn fresh(entropy: &dyn Entropy) -> Zeroizing<String> {
    Zeroizing::new(format!(
        "# Keep this file secret and keep a copy: without it nothing that is stored can be read.\n\
         {HEADER}\nlasting {}\nkey 1 {} active\n",
        *hex(entropy),
        *hex(entropy)
    ))
}

/// What the lines said so far.
#[derive(Default)]
struct Draft {
    headed: bool,
    active: Option<u32>,
    by_id: BTreeMap<u32, Root>,
    lasting: Option<Root>,
    lines: usize,
}

impl Draft {
    fn read(text: &str) -> Result<Self, KeyRingError> {
        let mut draft = Self::default();
        for (at, line) in text.split(['\n', ';']).enumerate() {
            draft.lines = at + 1;
            let line = line.split('#').next().unwrap_or_default().trim();
            if !line.is_empty() {
                draft.line(line).map_err(|why| KeyRingError::Text { line: at + 1, why })?;
            }
        }
        Ok(draft)
    }

    fn line(&mut self, line: &str) -> Result<(), &'static str> {
        if !self.headed {
            self.headed = line == HEADER;
            return if self.headed { Ok(()) } else { Err("the first line must be `ringback-keys 1`") };
        }
        let words: Vec<&str> = line.split_whitespace().collect();
        match words.as_slice() {
            ["lasting", hex] if self.lasting.is_none() => self.lasting = Some(root(hex)?),
            ["lasting", _] => return Err("a second `lasting`"),
            ["key", id, hex] => {
                self.key(id, hex)?;
            }
            ["key", id, hex, "active"] => {
                let id = self.key(id, hex)?;
                if self.active.replace(id).is_some() {
                    return Err("a second active key");
                }
            }
            _ => return Err("expected `lasting HEX`, `key VERSION HEX` or `key VERSION HEX active`"),
        }
        Ok(())
    }

    fn key(&mut self, id: &str, hex: &str) -> Result<u32, &'static str> {
        let id = id.parse().map_err(|_| "the version of a key is a number")?;
        match self.by_id.insert(id, root(hex)?) {
            None => Ok(id),
            Some(_) => Err("a second key of this version"),
        }
    }

    fn finish(self) -> Result<KeyRing, KeyRingError> {
        let missing = |why| KeyRingError::Text { line: self.lines, why };
        if !self.headed {
            return Err(missing("it is empty; `ringback keys new` makes one"));
        }
        let active = self.active.ok_or(missing("no key is `active`"))?;
        let lasting = self.lasting.ok_or(missing("`lasting` is missing"))?;
        Ok(KeyRing { active, by_id: self.by_id, lasting })
    }
}

fn root(hex: &str) -> Result<Root, &'static str> {
    let wrong = "a key is 64 hex digits";
    let bytes = Zeroizing::new(HEXLOWER_PERMISSIVE.decode(hex.as_bytes()).map_err(|_| wrong)?);
    let bytes: [u8; 32] = bytes.as_slice().try_into().map_err(|_| wrong)?;
    if bytes == [0; 32] {
        return Err("a key of zeros is no key");
    }
    Ok(Root::new(bytes))
}

fn hex(entropy: &dyn Entropy) -> Zeroizing<String> {
    let bytes = Zeroizing::new(entropy.draw());
    Zeroizing::new(HEXLOWER.encode(bytes.as_slice()))
}

/// The same text without any `active` mark; comments stay.
fn unmarked(text: &str) -> Zeroizing<String> {
    let unmark = |line: &str| {
        let (item, comment) = line.split_at(line.find('#').unwrap_or(line.len()));
        format!("{}{comment}\n", item.replace(" active", ""))
    };
    Zeroizing::new(text.lines().map(unmark).collect())
}

fn read(path: &Path) -> Result<Zeroizing<String>, KeyRingError> {
    let mut file = File::open(path).map_err(|error| failed(path, &error))?;
    let mode = file.metadata().map_err(|error| failed(path, &error))?.mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(KeyRingError::Exposed { path: path.display().to_string(), mode });
    }
    let mut text = Zeroizing::new(String::new());
    file.read_to_string(&mut text).map_err(|error| failed(path, &error))?;
    Ok(text)
}

fn write(path: &Path, text: &str, options: &mut OpenOptions) -> Result<(), KeyRingError> {
    let mut out = options.mode(0o600).open(path).map_err(|error| failed(path, &error))?;
    out.write_all(text.as_bytes()).and_then(|()| out.sync_all()).map_err(|error| failed(path, &error))
}

fn failed(path: &Path, error: &std::io::Error) -> KeyRingError {
    KeyRingError::File { path: path.display().to_string(), why: error.to_string() }
}
