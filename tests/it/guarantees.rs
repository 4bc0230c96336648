//! What is promised with a number, proven by tests whose names begin with that number and which print the figure.

mod alike;
pub mod canaries;
mod codes;
mod counting;
mod down;
mod farewell;
mod gates;
mod limits;
mod line;
mod names;
mod otherwise;
mod sends;
mod sources;
mod tally;
mod truth;

use std::path::Path;
use std::sync::Arc;

use data_encoding::HEXLOWER;
use ringback::model::ids::AccountId;
use ringback::ports::clock::Clock;
use ringback::ports::registry::Registry;
use ringback::registry::sqlite::{RegistryKeys, SqliteRegistry};
use ringback::store::keyring::{Keeper, KeyRing};
use ringback::store::sled_store::SledStore;

use crate::runtime::house::House;

const AISYAH: &str = "aisyah@mail.apu.edu.my";

/// The keys of every house.
fn ring() -> KeyRing {
    KeyRing::ephemeral([7; 32])
}

/// The registry in its file, as after a start.
fn registry(folder: &Path) -> Arc<dyn Registry> {
    let keys = RegistryKeys { sealer: ring().sealer(Keeper::Registry), lookup: ring().lookup(Keeper::Registry) };
    Arc::new(SqliteRegistry::open(&folder.join("registry.db"), keys).unwrap())
}

/// A house whose registry and conversations lie in files.
fn on_disk(folder: &Path) -> House {
    let mut house = House::of("apu");
    let clock: Arc<dyn Clock> = Arc::clone(&house.clock) as _;
    let (store, _) = SledStore::open(&folder.join("store"), ring().sealer(Keeper::Store), clock).unwrap();
    house.store = Arc::new(store);
    house.registry = registry(folder);
    house
}

/// A peer as limits and known sources name it.
fn peer_key(house: &House, user: &str) -> String {
    let peer = house.peer(user);
    let parts = [peer.tenant.0.as_bytes(), peer.channel.name().as_bytes(), peer.bot.as_bytes(), peer.user.as_bytes()];
    HEXLOWER.encode(&house.keys.pseudonym.tag(&parts)[..16])
}

/// Has the account know a chat, as after a reset from there.
async fn know(house: &House, account: &AccountId, user: &str) {
    let key = peer_key(house, user);
    house.registry.know_source(&house.tenant.id, account, &key, house.clock.now()).await.unwrap();
}
