//! A small university in memory: people, a store, a registry, a post office and a screen, plugged into a runtime.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use ringback::audit::{AuditEvent, AuditKind};
use ringback::audit_log::sqlite::{AuditKeys, SqliteAuditLog};
use ringback::config::tenant::shipped;
use ringback::directory::embedded::people::People;
use ringback::directory::embedded::{EmbeddedDirectory, SignIn};
use ringback::flow::load::shipped as shipped_flows;
use ringback::flow::set::FlowSet;
use ringback::model::account::Account;
use ringback::model::contacts::Contact;
use ringback::model::ids::{AccountId, TenantId};
use ringback::model::keypad::Keyed;
use ringback::model::peer::{Channel as ChannelName, Language, Peer};
use ringback::model::prompt::Prompt;
use ringback::model::secrets::Password;
use ringback::model::time::{Seconds, Timestamp};
use ringback::policy::tenant::Tenant;
use ringback::ports::audit_log::{AuditError, AuditLog};
use ringback::ports::caller::{Call, Caller};
use ringback::ports::clock::{Clock, Entropy};
use ringback::ports::desk::{Desk, Ticket};
use ringback::ports::directory::{Directory, DirectoryError, Resolution, SetOutcome, SetWish, UnlockOutcome};
use ringback::ports::former::FormerAddresses;
use ringback::ports::messenger::{self, Mail, MailSender, SendError, TextMessage, TextSender};
use ringback::ports::registry::Registry;
use ringback::ports::store::Store;
use ringback::registry::sqlite::{RegistryKeys, SqliteRegistry};
use ringback::runtime::parts::{Parts, TenantParts};
use ringback::runtime::start::Runtime;
use ringback::store::keyring::{Keeper, KeyRing};
use ringback::store::memory::MemoryStore;
use ringback::text::catalog::Catalog;
use ringback::verify::keys::Keys;
use ringback::verify::ledger::{Proof, ResetPassword, UnlockAccount};

use crate::support::clock::{MORNING, TestClock};

/// All that outlives a runtime, as files and other machines do.
pub struct House {
    pub clock: Arc<HastyClock>,
    pub store: Arc<dyn Store>,
    pub registry: Arc<dyn Registry>,
    /// Addresses that accounts lost, where a test looks after them.
    pub former: Option<Arc<dyn FormerAddresses>>,
    pub audit: Arc<dyn AuditLog>,
    pub directory: Arc<LossyDirectory>,
    pub post: Arc<Post>,
    pub screen: Arc<Screen>,
    /// Has telephones ring, where a test wires it.
    pub calls: Option<Arc<Exchange>>,
    pub tenant: Arc<Tenant>,
    pub flows: Arc<FlowSet>,
    pub catalog: Arc<Catalog>,
    pub keys: Arc<Keys>,
    entropy: Arc<Dice>,
}

pub const URL: &str = "https://reset.test";

impl House {
    /// A tenant of the program, with its demo people.
    pub fn of(tenant: &str) -> Self {
        let clock = Arc::new(HastyClock::new());
        let entropy = Arc::new(Dice::default());
        let ring = KeyRing::ephemeral([7; 32]);
        let catalog = Arc::new(Catalog::shipped().unwrap_or_else(|faults| panic!("{faults:?}")));
        let mut tenants = shipped(catalog.languages());
        let tenant = tenants.swap_remove(tenants.iter().position(|known| known.id.0 == tenant).unwrap());
        let people = People::demo();
        let embedded = EmbeddedDirectory::new(
            &people.tenants[&tenant.id.0],
            &tenant.region,
            Arc::clone(&clock) as Arc<dyn Clock>,
            Arc::clone(&entropy) as Arc<dyn Entropy>,
        )
        .unwrap();
        let flows = FlowSet::load(&shipped_flows(), None).unwrap_or_else(|findings| panic!("{findings:?}"));
        let registry = RegistryKeys { sealer: ring.sealer(Keeper::Registry), lookup: ring.lookup(Keeper::Registry) };
        let audit = AuditKeys { macs: ring.audit_macs(), lookup: ring.lookup(Keeper::Audit) };
        let memory = MemoryStore::new(Arc::clone(&clock) as Arc<dyn Clock>, ring.sealer(Keeper::Store));
        Self {
            store: Arc::new(memory),
            registry: Arc::new(SqliteRegistry::in_memory(registry).unwrap()),
            former: None,
            audit: Arc::new(SqliteAuditLog::in_memory(audit).unwrap()),
            directory: Arc::new(LossyDirectory::over(embedded)),
            post: Arc::default(),
            screen: Arc::default(),
            calls: None,
            tenant: Arc::new(tenant),
            flows: Arc::new(flows),
            catalog,
            keys: Arc::new(ring.keys()),
            clock,
            entropy,
        }
    }

    pub fn parts(&self) -> Parts {
        let tenant = TenantParts { tenant: Arc::clone(&self.tenant), directory: Arc::clone(&self.directory) as _ };
        let screen: Arc<dyn messenger::Channel> = Arc::clone(&self.screen) as _;
        Parts {
            clock: Arc::clone(&self.clock) as _,
            entropy: Arc::clone(&self.entropy) as _,
            store: Arc::clone(&self.store),
            registry: Arc::clone(&self.registry),
            former: self.former.clone(),
            audit: Arc::clone(&self.audit),
            tenants: HashMap::from([(self.tenant.id.clone(), tenant)]),
            mail: Some(Arc::clone(&self.post) as _),
            text_sender: Some(Arc::clone(&self.post) as _),
            desk: Some(Arc::clone(&self.post) as _),
            caller: self.calls.clone().map(|calls| calls as _),
            channels: HashMap::from([(ChannelName::Browser, Arc::clone(&screen)), (ChannelName::Voice, screen)]),
            catalog: Arc::clone(&self.catalog),
            flows: Arc::clone(&self.flows),
            keys: Arc::clone(&self.keys),
            public_url: URL.to_owned(),
        }
    }

    pub async fn open(&self) -> Runtime {
        Runtime::start(self.parts()).await.unwrap()
    }

    pub async fn account(&self, name: &str) -> Account {
        self.directory.find(name).await.unwrap().unwrap()
    }

    pub async fn kinds(&self) -> Vec<AuditKind> {
        let events: Vec<AuditEvent> = self.audit.recent(1_000).await.unwrap();
        events.into_iter().map(|event| event.kind).collect()
    }

    pub async fn count(&self, wanted: impl Fn(&AuditKind) -> bool) -> usize {
        self.kinds().await.iter().filter(|kind| wanted(kind)).count()
    }

    pub async fn signs_in(&self, name: &str, password: &str) -> bool {
        self.directory.inner.sign_in(name, &Password::new(password.to_owned())).await == SignIn::Ok
    }

    pub fn peer(&self, user: &str) -> Peer {
        let tenant: TenantId = self.tenant.id.clone();
        Peer { tenant, channel: ChannelName::Browser, bot: "reset.test".to_owned(), user: user.to_owned() }
    }
}

/// A record that can be switched off, or takes intents and says that it did not.
pub struct Scribe {
    inner: Arc<dyn AuditLog>,
    pub off: std::sync::atomic::AtomicBool,
    pub mumbles_at_intents: std::sync::atomic::AtomicBool,
}

impl Scribe {
    pub fn over(inner: Arc<dyn AuditLog>) -> Self {
        Self { inner, off: false.into(), mumbles_at_intents: false.into() }
    }
}

#[async_trait]
impl AuditLog for Scribe {
    async fn append(&self, operation: &str, events: &[AuditEvent]) -> Result<(), AuditError> {
        if self.off.load(Ordering::SeqCst) {
            return Err(AuditError::Unavailable("switched off".to_owned()));
        }
        self.inner.append(operation, events).await?;
        let intent = events.iter().any(|event| matches!(event.kind, AuditKind::EffectIntended { .. }));
        if intent && self.mumbles_at_intents.load(Ordering::SeqCst) {
            return Err(AuditError::Unavailable("its answer was lost".to_owned()));
        }
        Ok(())
    }

    async fn recent(&self, at_most: usize) -> Result<Vec<AuditEvent>, AuditError> {
        self.inner.recent(at_most).await
    }
}

/// Lets naps of a few seconds pass at once, so that floors and waits cost no time; longer ones wait for the test.
pub struct HastyClock {
    clock: TestClock,
    /// The longest nap that passes at once, in seconds.
    nap: AtomicU32,
    /// Rests of a minute that have begun: what is done once a minute is over then.
    pub rests: AtomicUsize,
}

const NAP: Seconds = Seconds(30);

impl HastyClock {
    fn new() -> Self {
        Self::at(MORNING)
    }

    pub fn at(now: Timestamp) -> Self {
        Self { clock: TestClock::at(now), nap: AtomicU32::new(NAP.0), rests: AtomicUsize::new(0) }
    }

    /// From now on only naps up to this length pass at once.
    pub fn naps(&self, longest: Seconds) {
        self.nap.store(longest.0, Ordering::SeqCst);
    }

    pub fn advance(&self, by: Seconds) {
        self.clock.advance(by);
    }
}

#[async_trait]
impl Clock for HastyClock {
    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    async fn sleep_until(&self, moment: Timestamp) {
        let left = self.now().until(moment);
        if left.0 <= self.nap.load(Ordering::SeqCst) {
            self.clock.advance(left);
        }
        self.clock.sleep_until(moment).await;
    }

    async fn rest_until(&self, moment: Timestamp) {
        if self.now().until(moment) == Seconds(60) {
            self.rests.fetch_add(1, Ordering::SeqCst);
        }
        self.sleep_until(moment).await;
    }

    async fn deadline(&self, moment: Timestamp) {
        self.clock.rest_until(moment).await;
    }
}

/// Different bytes every time, the same in every run of a test.
#[derive(Default)]
pub struct Dice(AtomicU64);

impl Entropy for Dice {
    fn draw(&self) -> [u8; 32] {
        use sha2::{Digest, Sha256};
        let n = self.0.fetch_add(1, Ordering::SeqCst);
        Sha256::digest(n.to_be_bytes()).into()
    }
}

/// How the directory treats the next passwords.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Loss {
    #[default]
    None,
    /// Sets, and does not say so; looking tells. An unlock is answered when it is asked for again.
    Answer,
    /// Does not set, and does not say so; looking tells.
    Request,
    /// Sets, and neither the answer nor looking tells.
    Both,
}

/// The people's directory behind a line that may lose things.
pub struct LossyDirectory {
    pub inner: EmbeddedDirectory,
    pub loss: Mutex<Loss>,
    /// Passwords that arrived here.
    pub sets: AtomicUsize,
    pub looks: AtomicUsize,
}

impl LossyDirectory {
    fn over(inner: EmbeddedDirectory) -> Self {
        Self { inner, loss: Mutex::default(), sets: AtomicUsize::new(0), looks: AtomicUsize::new(0) }
    }

    pub fn lose(&self, loss: Loss) {
        *self.loss.lock().unwrap() = loss;
    }

    fn loss(&self) -> Loss {
        *self.loss.lock().unwrap()
    }

    pub fn n_sets(&self) -> usize {
        self.sets.load(Ordering::SeqCst)
    }
}

#[async_trait]
impl Directory for LossyDirectory {
    async fn find(&self, user_name: &str) -> Result<Option<Account>, DirectoryError> {
        self.inner.find(user_name).await
    }

    async fn find_keyed(&self, keys: &str, what: Keyed) -> Result<Vec<Account>, DirectoryError> {
        self.inner.find_keyed(keys, what).await
    }

    async fn read(&self, id: &AccountId) -> Result<Option<Account>, DirectoryError> {
        self.inner.read(id).await
    }

    async fn set_password(&self, proof: Proof<ResetPassword>, password: &Password, wish: SetWish) -> SetOutcome {
        self.sets.fetch_add(1, Ordering::SeqCst);
        match self.loss() {
            Loss::None => self.inner.set_password(proof, password, wish).await,
            Loss::Request => SetOutcome::Unknown,
            Loss::Answer | Loss::Both => {
                assert_eq!(self.inner.set_password(proof, password, wish).await, SetOutcome::Done);
                SetOutcome::Unknown
            }
        }
    }

    async fn unlock(&self, proof: Proof<UnlockAccount>) -> UnlockOutcome {
        let loss = self.loss();
        if loss == Loss::Request {
            return UnlockOutcome::Unknown;
        }
        match (loss, self.inner.unlock(proof).await) {
            (Loss::Answer, UnlockOutcome::Done) | (Loss::Both, _) => UnlockOutcome::Unknown,
            (_, outcome) => outcome,
        }
    }

    async fn resolve(&self, id: &AccountId, changed_before: Option<Timestamp>, password: &Password) -> Resolution {
        self.looks.fetch_add(1, Ordering::SeqCst);
        match self.loss() {
            Loss::Both => Resolution::Unclear,
            Loss::None | Loss::Answer | Loss::Request => self.inner.resolve(id, changed_before, password).await,
        }
    }

    async fn probe(&self) -> Result<(), DirectoryError> {
        Ok(())
    }
}

/// Everything that was sent, and how the next texts go.
#[derive(Default)]
pub struct Post {
    pub mails: Mutex<Vec<Mail>>,
    pub texts: Mutex<Vec<TextMessage>>,
    pub tickets: Mutex<Vec<String>>,
    /// Answers to the next texts, oldest first; then all is well.
    pub moods: Mutex<Vec<SendError>>,
    /// When a text was tried.
    pub tries: AtomicUsize,
}

impl Post {
    /// The newest code that was mailed to this address.
    pub fn code_for(&self, address: &str) -> Option<String> {
        let mails = self.mails.lock().unwrap();
        let mail = mails.iter().rev().find(|mail| mail.to.as_str() == address && code_in(&mail.text).is_some())?;
        code_in(&mail.text)
    }

    pub fn text_code(&self) -> Option<String> {
        self.texts.lock().unwrap().iter().rev().find_map(|text| code_in(&text.text))
    }
}

pub fn code_in(text: &str) -> Option<String> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric());
    let code = |word: &&str| matches!(word.len(), 6 | 8) && word.bytes().all(|byte| byte.is_ascii_digit());
    words.into_iter().find(code).map(str::to_owned)
}

#[async_trait]
impl MailSender for Post {
    async fn send(&self, mail: &Mail) -> Result<(), SendError> {
        self.mails.lock().unwrap().push(mail.clone());
        Ok(())
    }
}

#[async_trait]
impl TextSender for Post {
    async fn send(&self, message: &TextMessage) -> Result<(), SendError> {
        self.tries.fetch_add(1, Ordering::SeqCst);
        let mut moods = self.moods.lock().unwrap();
        if !moods.is_empty() {
            return Err(moods.remove(0));
        }
        self.texts.lock().unwrap().push(message.clone());
        Ok(())
    }
}

#[async_trait]
impl Desk for Post {
    async fn open(&self, ticket: &Ticket) -> Result<String, SendError> {
        let mut tickets = self.tickets.lock().unwrap();
        tickets.push(format!("{} {} {:?}", ticket.case, ticket.summary, ticket.user_name));
        Ok(format!("T-{}", tickets.len()))
    }

    fn open_now(&self) -> bool {
        false
    }
}

/// Every call that was placed, and how the next ones go.
#[derive(Default)]
pub struct Exchange {
    pub placed: Mutex<Vec<Call>>,
    /// Answers to the next calls, oldest first; then all is well.
    pub moods: Mutex<Vec<SendError>>,
}

#[async_trait]
impl Caller for Exchange {
    async fn call(&self, call: &Call) -> Result<(), SendError> {
        let mut moods = self.moods.lock().unwrap();
        if !moods.is_empty() {
            return Err(moods.remove(0));
        }
        self.placed.lock().unwrap().push(call.clone());
        Ok(())
    }
}

/// What each peer was shown, each row once.
#[derive(Default)]
pub struct Screen(Mutex<Vec<(u64, String, Prompt)>>);

impl Screen {
    pub fn of(&self, user: &str) -> Vec<Prompt> {
        let shown = self.0.lock().unwrap();
        shown.iter().filter(|(_, to, _)| to == user).map(|(_, _, prompt)| prompt.clone()).collect()
    }

    pub fn keys(&self, user: &str) -> Vec<String> {
        self.of(user).iter().map(|prompt| prompt.message.as_str().to_owned()).collect()
    }

    pub fn last(&self, user: &str) -> Option<Prompt> {
        self.of(user).pop()
    }

    pub fn shows(&self, user: &str, key: &str) -> bool {
        self.keys(user).iter().any(|shown| shown == key)
    }
}

#[async_trait]
impl messenger::Channel for Screen {
    async fn show(&self, id: u64, peer: &Peer, _: &Language, prompt: &Prompt) -> Result<(), SendError> {
        let mut shown = self.0.lock().unwrap();
        if shown.iter().all(|(row, _, _)| *row != id) {
            shown.push((id, peer.user.clone(), prompt.clone()));
        }
        Ok(())
    }
}

/// The person's mail address, as the directory has it.
pub fn mail_of(account: &Account) -> String {
    let mail = account.contacts.iter().find_map(|contact| match &contact.contact {
        Contact::Email(mail) => Some(mail.as_str().to_owned()),
        Contact::Phone(_) => None,
    });
    mail.unwrap()
}

/// The person's mobile number.
pub fn mobile_of(account: &Account) -> String {
    let mobile = account.contacts.iter().find_map(|contact| match &contact.contact {
        Contact::Phone(phone) => Some(phone.e164().to_owned()),
        Contact::Email(_) => None,
    });
    mobile.unwrap()
}
