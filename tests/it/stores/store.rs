//! Every store keeps the same promises.

mod contract;
mod sled_files;

use std::sync::Arc;

use ringback::ports::clock::Clock;
use ringback::ports::store::Store;
use ringback::store::keyring::Keeper;
use ringback::store::memory::MemoryStore;
use ringback::store::sled_store::SledStore;

use super::fixtures::{clock, ring};
use crate::simulator::ports::disk::PlainDisk;
use crate::support::clock::TestClock;

/// A store, the clock it reads, and the folder it lives in.
pub struct Subject {
    pub store: Arc<dyn Store>,
    pub clock: Arc<TestClock>,
    _folder: Option<tempfile::TempDir>,
}

fn memory() -> Subject {
    let clock = clock();
    let store = MemoryStore::new(Arc::clone(&clock) as Arc<dyn Clock>, ring().sealer(Keeper::Store));
    Subject { store: Arc::new(store), clock, _folder: None }
}

fn simulated() -> Subject {
    let clock = clock();
    Subject { store: Arc::new(PlainDisk::new(Arc::clone(&clock) as Arc<dyn Clock>)), clock, _folder: None }
}

fn on_disk() -> Subject {
    let (clock, folder) = (clock(), tempfile::tempdir().unwrap());
    let sealer = ring().sealer(Keeper::Store);
    let (store, _) =
        SledStore::open(&folder.path().join("store"), sealer, Arc::clone(&clock) as Arc<dyn Clock>).unwrap();
    Subject { store: Arc::new(store), clock, _folder: Some(folder) }
}

contract::run!(in_memory, super::memory());
contract::run!(in_sled, super::on_disk());
contract::run!(in_the_simulation, super::simulated());
