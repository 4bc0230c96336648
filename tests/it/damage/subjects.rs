//! The three stores of an installation in one folder, opened under the tests' keys.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use ringback::audit::{AuditEvent, AuditKind};
use ringback::audit_log::sqlite::{AuditKeys, SqliteAuditLog};
use ringback::model::ids::RunId;
use ringback::model::peer::Channel;
use ringback::model::time::{Seconds, Timestamp};
use ringback::policy::limits::{Limit, Limited, Scope};
use ringback::ports::audit_log::AuditError;
use ringback::ports::clock::Clock;
use ringback::ports::registry::RegistryError;
use ringback::ports::store::StoreError;
use ringback::registry::sqlite::{RegistryKeys, SqliteRegistry};
use ringback::store::keyring::Keeper;
use ringback::store::sled_store::{Opened, Rotation, SledStore};

use crate::stores::fixtures::{ada, clock, ring, uni};
use crate::support::clock::MORNING;

pub const LATER: Timestamp = Timestamp(MORNING.0 + 900_000);
pub const CONVERSATIONS: &str = "conversations";
pub const REGISTRY: &str = "registry.sqlite";
pub const AUDIT: &str = "audit.sqlite";

pub fn store(folder: &Path) -> Result<(SledStore, Opened), StoreError> {
    SledStore::open(&folder.join(CONVERSATIONS), ring().sealer(Keeper::Store), clock() as Arc<dyn Clock>)
}

/// Nothing is looked at before it is used, as in a store of very many conversations.
pub fn looking(folder: &Path) -> Result<(SledStore, Opened), StoreError> {
    let (sealer, clock) = (ring().sealer(Keeper::Store), clock() as Arc<dyn Clock>);
    SledStore::open_looking(&folder.join(CONVERSATIONS), sealer, clock, Rotation::default(), 0)
}

/// Returns when everything was looked at; what was found by then is in place.
pub async fn looked_through(store: &SledStore) {
    let end = Instant::now() + Duration::from_secs(60);
    loop {
        match store.looked_through().await {
            Ok(true) => return,
            // A store that was found damaged is opened again by the next call.
            Ok(false) | Err(StoreError::Unavailable(_)) => {}
            Err(error) => panic!("{error}"),
        }
        assert!(Instant::now() < end, "nobody looks");
        tokio::task::yield_now().await;
    }
}

pub fn registry(folder: &Path) -> Result<SqliteRegistry, RegistryError> {
    let keys = RegistryKeys { sealer: ring().sealer(Keeper::Registry), lookup: ring().lookup(Keeper::Registry) };
    SqliteRegistry::open(&folder.join(REGISTRY), keys)
}

pub fn audit(folder: &Path) -> Result<SqliteAuditLog, AuditError> {
    let keys = AuditKeys { macs: ring().audit_macs(), lookup: ring().lookup(Keeper::Audit) };
    SqliteAuditLog::open(&folder.join(AUDIT), keys)
}

/// A limit of one a day for whoever is named.
pub fn once(name: &str) -> [Limit; 1] {
    let scope = Scope::Peer(name.to_owned());
    [Limit { what: Limited::WrongCode, scope, limit: 1, window: Seconds::hours(24) }]
}

pub fn happened(messages: u8) -> AuditEvent {
    AuditEvent {
        at: MORNING,
        tenant: uni(),
        run: Some(RunId([5; 16])),
        channel: Some(Channel::Browser),
        subject: Some(ada()),
        kind: AuditKind::OwnerNotified { messages },
    }
}

/// Numbers that are the same in every run.
pub struct Dice(pub u64);

impl Dice {
    pub fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % end
    }
}
