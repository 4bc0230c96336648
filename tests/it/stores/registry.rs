//! The registry keeps the same promises in memory and in a file.

mod contract;
mod file;

use std::path::Path;
use std::sync::Arc;

use ringback::ports::registry::Registry;
use ringback::registry::sqlite::{RegistryKeys, SqliteRegistry};
use ringback::store::keyring::{Keeper, KeyRing};

use super::fixtures::ring;

pub struct Subject {
    pub registry: Arc<dyn Registry>,
    _folder: Option<tempfile::TempDir>,
}

pub fn keys(ring: &KeyRing) -> RegistryKeys {
    RegistryKeys { sealer: ring.sealer(Keeper::Registry), lookup: ring.lookup(Keeper::Registry) }
}

fn open(path: &Path) -> SqliteRegistry {
    SqliteRegistry::open(path, keys(&ring())).unwrap()
}

fn memory() -> Subject {
    Subject { registry: Arc::new(SqliteRegistry::in_memory(keys(&ring())).unwrap()), _folder: None }
}

fn on_disk() -> Subject {
    let folder = tempfile::tempdir().unwrap();
    Subject { registry: Arc::new(open(&folder.path().join("registry.db"))), _folder: Some(folder) }
}

contract::run!(in_memory, super::memory());
contract::run!(in_a_file, super::on_disk());
