//! A service with a telephone at every provider, in memory, and a store that counts what is written.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use axum::Router;
use axum::body::Body;
use axum::http::Request;
use http_body_util::BodyExt;
use ringback::audit_log::sqlite::{AuditKeys, SqliteAuditLog};
use ringback::channels::text_told;
use ringback::channels::voice::address::Place;
use ringback::channels::voice::binding::Binding;
use ringback::channels::voice::channel::VoiceChannel;
use ringback::channels::voice::compose::Sound;
use ringback::channels::voice::provider::Provider;
use ringback::channels::voice::signature::{Hash, Secret, Verifier};
use ringback::channels::voice::webhook;
use ringback::config::tenant;
use ringback::directory::embedded::EmbeddedDirectory;
use ringback::directory::embedded::people::People;
use ringback::flow::load;
use ringback::flow::set::FlowSet;
use ringback::http::serve::Limits;
use ringback::http::site::Site;
use ringback::model::ids::{LegId, TenantId};
use ringback::model::peer::{Channel, Language, Peer};
use ringback::model::prompt::Prompt;
use ringback::model::time::Timestamp;
use ringback::ports::caller::{Call, Caller};
use ringback::ports::clock::{Clock, Entropy};
use ringback::ports::messenger::{self, SendError};
use ringback::ports::store::{ClaimedRow, Key, Op, Room, RowId, Store, StoreError, Version, Versioned, WaitingRow};
use ringback::registry::sqlite::{RegistryKeys, SqliteRegistry};
use ringback::runtime::parts::{Parts, TenantParts};
use ringback::runtime::start::Runtime;
use ringback::senders::capture::Capture;
use ringback::store::keyring::{Keeper, KeyRing};
use ringback::store::memory::MemoryStore;
use ringback::verify::keys::Keys;
use sha2::{Digest, Sha256};
use tower::ServiceExt;

use super::signing;
use crate::support::clock::{MORNING, TestClock};
use crate::support::world::CATALOG;
use crate::support::world::moody::MoodyDirectory;

pub const ORIGIN: &str = "https://reset.example";
pub const SECRET: &str = "a secret that both sides know";
/// The number of the institution that is called.
pub const NUMBER: &str = "+60327797000";
pub const TENANT: &str = "apu";

pub struct House {
    pub clock: Arc<TestClock>,
    pub store: Arc<Watched>,
    pub router: Router,
    pub runtime: Option<Runtime>,
    pub placed: Arc<Placed>,
    pub sent: Arc<Capture>,
    /// What a chat beside the telephone shows.
    pub chat: Arc<Chat>,
    pub directory: Arc<MoodyDirectory>,
    pub keys: Arc<Keys>,
    kept: Kept,
}

/// What survives the process.
#[derive(Clone)]
struct Kept {
    store: Arc<Watched>,
    registry: Arc<SqliteRegistry>,
    audit: Arc<SqliteAuditLog>,
}

/// A store that counts the changes that pass through it.
pub struct Watched {
    inner: Arc<dyn Store>,
    changes: AtomicUsize,
}

/// Prompts of every chat.
#[derive(Default)]
pub struct Chat(Mutex<Vec<Prompt>>);

/// Calls that were asked for.
#[derive(Default)]
pub struct Placed(Mutex<Vec<Call>>);

/// What a request was answered.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Answer {
    pub status: u16,
    pub kind: String,
    pub body: String,
}

struct Counted(Mutex<u64>);

impl Entropy for Counted {
    fn draw(&self) -> [u8; 32] {
        let mut count = self.0.lock().unwrap();
        *count += 1;
        Sha256::digest(count.to_be_bytes()).into()
    }
}

pub fn verifier(provider: Provider) -> Verifier {
    let secret = || Secret::new(SECRET).unwrap();
    match provider {
        Provider::Twilio => Verifier::Twilio { secret: secret(), hash: Hash::Sha1 },
        Provider::SignalWire => Verifier::SignalWire { secret: secret() },
        Provider::Telnyx => Verifier::telnyx(&signing::telnyx_key()).unwrap(),
        Provider::Jambonz => Verifier::Jambonz { secret: secret() },
        Provider::Vonage => Verifier::Vonage { secret: secret(), api_key: None, application: None },
    }
}

impl House {
    pub async fn open() -> Self {
        Self::open_at(ORIGIN).await
    }

    /// A house that believes to be reached here.
    pub async fn open_at(origin: &str) -> Self {
        let clock = Arc::new(TestClock::at(MORNING));
        let ring = KeyRing::ephemeral([7; 32]);
        let inner = MemoryStore::new(Arc::clone(&clock) as _, ring.sealer(Keeper::Store));
        let registry = SqliteRegistry::in_memory(RegistryKeys {
            sealer: ring.sealer(Keeper::Registry),
            lookup: ring.lookup(Keeper::Registry),
        });
        let audit =
            SqliteAuditLog::in_memory(AuditKeys { macs: ring.audit_macs(), lookup: ring.lookup(Keeper::Audit) });
        let kept = Kept {
            store: Arc::new(Watched::over(Arc::new(inner))),
            registry: Arc::new(registry.unwrap()),
            audit: Arc::new(audit.unwrap()),
        };
        Self::boot(clock, kept, Arc::new(ring.keys()), origin).await
    }

    async fn boot(clock: Arc<TestClock>, kept: Kept, keys: Arc<Keys>, origin: &str) -> Self {
        let as_clock: Arc<dyn Clock> = Arc::clone(&clock) as _;
        let entropy: Arc<dyn Entropy> = Arc::new(Counted(Mutex::new(0)));
        let institution =
            tenant::shipped(CATALOG.languages()).into_iter().find(|tenant| tenant.id.0 == TENANT).unwrap();
        let institution = Arc::new(institution);
        let cast = People::demo().tenants.remove(TENANT).unwrap();
        let directory =
            EmbeddedDirectory::new(&cast, &institution.region, Arc::clone(&as_clock), Arc::clone(&entropy)).unwrap();
        let directory = Arc::new(MoodyDirectory::new(directory));
        let chat = Arc::new(Chat::default());
        let (placed, sent) = (Arc::new(Placed::default()), Arc::new(Capture::new(Arc::clone(&as_clock))));
        let store: Arc<dyn Store> = Arc::clone(&kept.store) as _;
        let channel = VoiceChannel::new(Arc::clone(&store), Arc::clone(&as_clock), Arc::clone(&keys));
        let flows = FlowSet::load(&load::shipped(), Some(&CATALOG)).unwrap_or_else(|findings| panic!("{findings:?}"));
        let parts = TenantParts { tenant: Arc::clone(&institution), directory: Arc::clone(&directory) as _ };
        let runtime = Runtime::start(Parts {
            clock: as_clock,
            entropy,
            store,
            registry: Arc::clone(&kept.registry) as _,
            former: None,
            audit: Arc::clone(&kept.audit) as _,
            tenants: HashMap::from([(institution.id.clone(), parts)]),
            mail: Some(Arc::clone(&sent) as _),
            text_sender: Some(Arc::clone(&sent) as _),
            desk: None,
            caller: Some(Arc::clone(&placed) as _),
            channels: HashMap::from([
                (Channel::Voice, Arc::clone(&channel) as _),
                (Channel::Browser, Arc::clone(&chat) as _),
            ]),
            catalog: Arc::clone(&CATALOG),
            flows: Arc::new(flows),
            keys: Arc::clone(&keys),
            public_url: origin.to_owned(),
        });
        let runtime = runtime.await.unwrap();
        let binding = |provider: Provider| Binding {
            name: provider.name().to_owned(),
            provider,
            verifier: verifier(provider),
            numbers: BTreeMap::from([(NUMBER[1..].to_owned(), TenantId(TENANT.to_owned()))]),
            sound: Sound::default(),
        };
        let language = institution.languages.first().cloned();
        let routes = webhook::routes(webhook::Parts {
            origin: origin.to_owned(),
            channel,
            inbox: runtime.inbox(),
            catalog: Arc::clone(&CATALOG),
            bindings: Provider::ALL.into_iter().map(binding).collect(),
            first_language: Arc::new(move |_| language.clone()),
        });
        let routes = routes.merge(text_told::routes(text_told::Parts {
            origin: origin.to_owned(),
            secret: SECRET.to_owned().into(),
            keys: Arc::clone(&keys),
            clock: Arc::clone(&clock) as _,
            inbox: runtime.inbox(),
        }));
        let site = Arc::new(Site {
            origin: origin.to_owned(),
            also: Vec::new(),
            catalog: Arc::clone(&CATALOG),
            tenants: Arc::new(|_| None),
        });
        let router = ringback::http::finish(routes, site, Limits::default());
        Self {
            clock,
            store: Arc::clone(&kept.store),
            router,
            runtime: Some(runtime),
            placed,
            sent,
            chat,
            directory,
            keys,
            kept,
        }
    }

    /// Kills the service where it stands and starts it again on what is stored.
    pub async fn restart(mut self) -> Self {
        drop(self.runtime.take());
        Self::boot(self.clock, self.kept, self.keys, ORIGIN).await
    }

    /// Sends a request as it is; naps of the service pass meanwhile.
    pub async fn ask(&self, request: Request<Body>) -> Answer {
        let response = self.clock.pass_while(self.router.clone().oneshot(request)).await.unwrap();
        let kind = response.headers().get("content-type").map(|kind| kind.to_str().unwrap().to_owned());
        let status = response.status().as_u16();
        let body = response.into_body().collect().await.unwrap().to_bytes();
        Answer { status, kind: kind.unwrap_or_default(), body: String::from_utf8(body.to_vec()).unwrap() }
    }

    /// Lets everything happen that now can.
    pub async fn settle(&self) {
        let inbox = self.runtime.as_ref().unwrap().inbox();
        for _ in 0..64 {
            tokio::task::yield_now().await;
        }
        self.clock.pass_while(inbox.quiet()).await;
    }

    /// Where a leg asks at this provider.
    pub fn leg_address(&self, provider: Provider, leg: &LegId) -> String {
        Place::Leg { leg }.address(&self.keys, ORIGIN, provider.name())
    }
}

impl Watched {
    pub fn over(inner: Arc<dyn Store>) -> Self {
        Self { inner, changes: AtomicUsize::new(0) }
    }

    /// So many changes were made so far.
    pub fn changes(&self) -> usize {
        self.changes.load(Ordering::SeqCst)
    }

    fn changed(&self) {
        self.changes.fetch_add(1, Ordering::SeqCst);
    }
}

impl Chat {
    pub fn all(&self) -> Vec<Prompt> {
        self.0.lock().unwrap().clone()
    }
}

#[async_trait]
impl messenger::Channel for Chat {
    async fn show(&self, _: u64, _: &Peer, _: &Language, prompt: &Prompt) -> Result<(), SendError> {
        self.0.lock().unwrap().push(prompt.clone());
        Ok(())
    }
}

impl Placed {
    pub fn all(&self) -> Vec<Call> {
        self.0.lock().unwrap().clone()
    }
}

#[async_trait]
impl Caller for Placed {
    async fn call(&self, call: &Call) -> Result<(), SendError> {
        self.0.lock().unwrap().push(call.clone());
        Ok(())
    }
}

#[async_trait]
impl Store for Watched {
    async fn get(&self, key: &Key) -> Result<Option<Versioned>, StoreError> {
        self.inner.get(key).await
    }

    async fn commit(&self, batch: Vec<Op>) -> Result<Version, StoreError> {
        self.changed();
        self.inner.commit(batch).await
    }

    async fn take(&self, key: &Key) -> Result<Option<Vec<u8>>, StoreError> {
        self.changed();
        self.inner.take(key).await
    }

    async fn due(&self, now: Timestamp, at_most: usize) -> Result<Vec<Key>, StoreError> {
        self.inner.due(now, at_most).await
    }

    async fn due_in(&self, namespace: &'static str, at_most: usize) -> Result<Vec<Key>, StoreError> {
        self.inner.due_in(namespace, at_most).await
    }

    async fn next_wake(&self) -> Result<Option<Timestamp>, StoreError> {
        self.inner.next_wake().await
    }

    async fn outbox_claim(&self, now: Timestamp, until: Timestamp, room: Room) -> Result<Vec<ClaimedRow>, StoreError> {
        self.inner.outbox_claim(now, until, room).await
    }

    async fn outbox_ack(&self, id: RowId) -> Result<(), StoreError> {
        self.changed();
        self.inner.outbox_ack(id).await
    }

    async fn outbox_retry(&self, id: RowId, not_before: Timestamp, value: Option<Vec<u8>>) -> Result<(), StoreError> {
        self.changed();
        self.inner.outbox_retry(id, not_before, value).await
    }

    async fn outbox_rows(&self, at_most: usize) -> Result<Vec<WaitingRow>, StoreError> {
        self.inner.outbox_rows(at_most).await
    }

    async fn outbox_len(&self) -> Result<usize, StoreError> {
        self.inner.outbox_len().await
    }

    async fn sweep(&self, now: Timestamp) -> Result<usize, StoreError> {
        self.inner.sweep(now).await
    }
}
