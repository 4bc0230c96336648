//! The whole product behind one address on loopback: channels, runtime and stores are the real ones.

use std::collections::HashMap;
use std::net::Ipv4Addr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use data_encoding::BASE32_NOPAD;
use ringback::audit_log::sqlite::{AuditKeys, SqliteAuditLog};
use ringback::channels::browser::{self, BrowserChannel, Challenge};
use ringback::channels::demo::change::{Changed, Renewal};
use ringback::channels::demo::{self, Actor, Sent, SignedIn, World};
use ringback::channels::{challenge, notice, page};
use ringback::config::tenant;
use ringback::directory::embedded::people::{People, Person};
use ringback::directory::embedded::{EmbeddedDirectory, SignIn};
use ringback::flow::set::FlowSet;
use ringback::http::listen;
use ringback::http::serve::{Limits, StopSwitch, serve, stop_switch};
use ringback::http::site::Site;
use ringback::model::ids::{AccountId, TenantId};
use ringback::model::names::OptionKey;
use ringback::model::peer::Channel;
use ringback::model::secrets::{Answer, Password};
use ringback::model::time::{Seconds, Timestamp};
use ringback::policy::tenant::Tenant;
use ringback::ports::clock::{Clock, Entropy};
use ringback::ports::directory::Directory;
use ringback::ports::messenger::{Mail, MailSender, SendError, TextMessage, TextSender};
use ringback::ports::registry::{Enrol, Registry};
use ringback::registry::sqlite::{RegistryKeys, SqliteRegistry};
use ringback::runtime::pages;
use ringback::runtime::parts::{Parts, TenantParts};
use ringback::runtime::start::Runtime;
use ringback::runtime::system::{SystemClock, SystemEntropy};
use ringback::store::keyring::{Keeper, KeyRing};
use ringback::store::memory::MemoryStore;
use ringback::text::catalog::Catalog;
use ringback::verify::totp::{self, TotpSecret};
use zeroize::Zeroizing;

/// This person also has security questions.
pub const ASKED: &str = "devi@apu.edu.my";
pub const ANSWERS: [(&str, &str); 3] =
    [("first-school", "Sekolah Satu"), ("childhood-friend", "Mei"), ("first-job-town", "Ipoh")];

/// What a test may replace.
#[derive(Default)]
pub struct Setup {
    /// An institution beside the shipped ones, and its directory.
    pub tenant: Option<(Tenant, Arc<dyn Directory>)>,
    pub mail: Option<Arc<dyn MailSender>>,
    /// An origin whose pages may show the widget, beside our own.
    pub framed_by: Option<String>,
}

/// The machine's clock, set forward by a test.
#[derive(Default)]
pub struct AheadClock {
    system: SystemClock,
    ahead: AtomicU64,
}

impl AheadClock {
    pub fn advance(&self, by: Seconds) {
        self.ahead.fetch_add(u64::from(by.0) * 1000, Ordering::SeqCst);
    }
}

#[async_trait]
impl Clock for AheadClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.system.now().0 + self.ahead.load(Ordering::SeqCst))
    }

    async fn sleep_until(&self, moment: Timestamp) {
        let ahead = self.ahead.load(Ordering::SeqCst);
        self.system.sleep_until(Timestamp(moment.0.saturating_sub(ahead))).await;
    }
}

pub struct Stage {
    pub clock: Arc<AheadClock>,
    pub channel: Arc<BrowserChannel>,
    pub origin: String,
    pub house: Arc<House>,
    pub runtime: Runtime,
    _stop: StopSwitch,
}

/// Embedded directories, and every message that was sent.
pub struct House {
    pub directories: HashMap<TenantId, Arc<EmbeddedDirectory>>,
    people: People,
    sent: Mutex<Vec<Sent>>,
    clock: Arc<dyn Clock>,
}

impl Stage {
    pub async fn demo() -> Self {
        Self::with(Setup::default()).await
    }

    pub async fn with(setup: Setup) -> Self {
        let ahead = Arc::new(AheadClock::default());
        let clock: Arc<dyn Clock> = Arc::clone(&ahead) as _;
        let entropy: Arc<dyn Entropy> = Arc::new(SystemEntropy);
        let ring = KeyRing::ephemeral(entropy.draw());
        let catalog = Arc::new(Catalog::shipped().map_err(|faults| format!("{faults:?}")).unwrap());
        let mut tenants: Vec<Arc<Tenant>> = tenant::shipped(catalog.languages()).into_iter().map(Arc::new).collect();
        let flows = FlowSet::load(&ringback::flow::load::shipped(), Some(&catalog));
        let flows = Arc::new(flows.map_err(|findings| format!("{findings:?}")).unwrap());
        let sealer = |keeper| ring.sealer(keeper);
        let registry_keys = RegistryKeys { sealer: sealer(Keeper::Registry), lookup: ring.lookup(Keeper::Registry) };
        let registry = Arc::new(SqliteRegistry::in_memory(registry_keys).unwrap());
        let audit_keys = AuditKeys { macs: ring.audit_macs(), lookup: ring.lookup(Keeper::Audit) };
        let audit = Arc::new(SqliteAuditLog::in_memory(audit_keys).unwrap());
        let house = House::furnish(&tenants, &clock, &entropy, &*registry).await;
        let (listener, port) = listen::or_next(Ipv4Addr::LOCALHOST.into(), 0).await.unwrap();
        let origin = format!("http://localhost:{port}");
        let channel = BrowserChannel::new(Arc::clone(&clock), Arc::clone(&entropy));
        let keys = Arc::new(ring.keys());
        let parts = tenants.iter().map(|tenant| {
            let directory = Arc::clone(&house.directories[&tenant.id]) as Arc<dyn Directory>;
            (tenant.id.clone(), TenantParts { tenant: Arc::clone(tenant), directory })
        });
        let mut parts: HashMap<_, _> = parts.collect();
        if let Some((tenant, directory)) = setup.tenant {
            let tenant = Arc::new(tenant);
            tenants.push(Arc::clone(&tenant));
            parts.insert(tenant.id.clone(), TenantParts { tenant, directory });
        }
        let parts = Parts {
            clock: Arc::clone(&clock),
            entropy: Arc::clone(&entropy),
            store: Arc::new(MemoryStore::new(Arc::clone(&clock), sealer(Keeper::Store))),
            registry,
            former: None,
            audit: Arc::clone(&audit) as _,
            tenants: parts,
            mail: Some(setup.mail.unwrap_or_else(|| Arc::clone(&house) as _)),
            text_sender: Some(Arc::clone(&house) as _),
            desk: None,
            caller: None,
            channels: HashMap::from([(Channel::Browser, Arc::clone(&channel) as _)]),
            catalog: Arc::clone(&catalog),
            flows,
            keys: Arc::clone(&keys),
            public_url: origin.clone(),
        };
        let runtime = Runtime::start(parts).await.unwrap();
        let by_id: HashMap<TenantId, Arc<Tenant>> =
            tenants.iter().map(|tenant| (tenant.id.clone(), Arc::clone(tenant))).collect();
        let site = Arc::new(Site {
            origin: origin.clone(),
            also: vec![format!("http://127.0.0.1:{port}")],
            catalog,
            tenants: Arc::new(move |id| by_id.get(id).cloned()),
        });
        let (switch, stop) = stop_switch();
        let routes = browser::routes(browser::Parts {
            site: Arc::clone(&site),
            channel: Arc::clone(&channel),
            inbox: runtime.inbox(),
            stop: stop.clone(),
            page_path: Arc::new({
                let keys = Arc::clone(&keys);
                move |link| format!("{}{}", pages::PATH, pages::token(&keys, link.page))
            }),
            framed_by: Arc::new(move |_| ["'self'".to_owned()].into_iter().chain(setup.framed_by.clone()).collect()),
            challenge: Challenge { picture: Arc::new(challenge::picture), sound: Arc::new(challenge::sound) },
        })
        .merge(page::routes(page::Parts { site: Arc::clone(&site), pages: runtime.pages(), clock: Arc::clone(&clock) }))
        .merge(notice::routes(notice::Parts { site: Arc::clone(&site), notices: runtime.notices() }))
        .merge(demo::routes(demo::Parts {
            site: Arc::clone(&site),
            clock,
            audit,
            world: Arc::clone(&house) as _,
            cast: Arc::new(house.cast(&tenants)),
            network: None,
        }));
        let app = ringback::http::finish(routes, site, Limits::default());
        tokio::spawn(serve(listener, app, Limits::default(), stop));
        Self { clock: ahead, channel, origin, house, runtime, _stop: switch }
    }

    pub fn address(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }

    /// The code in the newest message to this address, once there are more than `before` messages to it.
    pub async fn code(&self, to: &str, before: usize) -> String {
        self.runtime.inbox().drained().await;
        let messages = self.house.messages(to);
        assert!(messages.len() > before, "nothing was sent to {to}");
        code_in(&messages.last().unwrap().text)
    }
}

/// The code in a message.
pub fn code_in(text: &str) -> String {
    let digits = |word: &&str| matches!(word.len(), 6 | 8) && word.bytes().all(|b| b.is_ascii_digit());
    text.split(|c: char| !c.is_alphanumeric()).find(digits).expect("the message holds a code").to_owned()
}

impl House {
    async fn furnish(
        tenants: &[Arc<Tenant>],
        clock: &Arc<dyn Clock>,
        entropy: &Arc<dyn Entropy>,
        registry: &dyn Registry,
    ) -> Arc<Self> {
        let people = People::demo();
        let mut directories = HashMap::new();
        for tenant in tenants {
            let cast = &people.tenants[&tenant.id.0];
            let directory =
                EmbeddedDirectory::new(cast, &tenant.region, Arc::clone(clock), Arc::clone(entropy)).unwrap();
            directories.insert(tenant.id.clone(), Arc::new(directory));
            for person in &cast.people {
                let answers = person
                    .answers
                    .iter()
                    .map(|(question, answer)| (OptionKey::parse(question).unwrap(), Answer::new(answer.clone())));
                let mut answers: Vec<_> = answers.collect();
                if person.user == ASKED {
                    answers = ANSWERS.map(|(q, a)| (OptionKey::of(q), Answer::new(a.to_owned()))).into();
                }
                let enrol =
                    Enrol { contacts: None, totp: secret(person), answers: (!answers.is_empty()).then_some(answers) };
                registry.enrol(&tenant.id, &AccountId(person.id.clone()), enrol, clock.now()).await.unwrap();
            }
        }
        Arc::new(Self { directories, people, sent: Mutex::default(), clock: Arc::clone(clock) })
    }

    /// Messages to one address, oldest first.
    pub fn messages(&self, to: &str) -> Vec<Sent> {
        self.sent.lock().unwrap().iter().filter(|sent| sent.to == to).cloned().collect()
    }

    pub async fn lets_in(&self, tenant: &str, user_name: &str, password: &str) -> bool {
        let directory = &self.directories[&TenantId(tenant.to_owned())];
        directory.sign_in(user_name, &Password::new(password.to_owned())).await == SignIn::Ok
    }

    fn cast(&self, tenants: &[Arc<Tenant>]) -> Vec<(TenantId, Vec<Actor>)> {
        let actor = |person: &Person| Actor {
            user_name: person.user.clone(),
            name: format!("{} {}", person.given, person.family),
            note: person.note.clone(),
            password: person.password.clone(),
            number: person.number.clone(),
            mobile: person.mobile.clone(),
            office: person.office.clone(),
            mail: person.mail.clone(),
            answers: person.answers.iter().map(|(q, a)| (q.clone(), a.clone())).collect(),
        };
        let people = |tenant: &Tenant| self.people.tenants[&tenant.id.0].people.iter().map(actor).collect();
        let known = tenants.iter().filter(|tenant| self.directories.contains_key(&tenant.id));
        known.map(|tenant| (tenant.id.clone(), people(tenant))).collect()
    }

    fn keep(&self, to: String, subject: Option<String>, text: String) {
        let at = self.clock.now();
        self.sent.lock().unwrap().push(Sent { at, to, subject, text });
    }
}

fn secret(person: &Person) -> Option<TotpSecret> {
    let secret = BASE32_NOPAD.decode(person.totp.as_ref()?.as_bytes()).unwrap();
    Some(TotpSecret(Zeroizing::new(secret)))
}

#[async_trait]
impl World for House {
    async fn sign_in(&self, tenant: &TenantId, user_name: &str, password: &Password) -> SignedIn {
        match self.directories[tenant].sign_in(user_name, password).await {
            SignIn::Ok | SignIn::MustChange => SignedIn::Yes,
            SignIn::Wrong => SignedIn::Wrong,
            SignIn::Locked => SignedIn::Locked,
            SignIn::Disabled => SignedIn::Disabled,
        }
    }

    fn sent(&self) -> Vec<Sent> {
        self.sent.lock().unwrap().clone()
    }

    fn authenticator(&self, tenant: &TenantId, user_name: &str, now: Timestamp) -> Option<String> {
        let people = &self.people.tenants.get(&tenant.0)?.people;
        let secret = secret(people.iter().find(|person| person.user == user_name)?)?;
        totp::right_codes(&secret, now).into_iter().next().map(|(_, code)| code)
    }
}

#[async_trait]
impl Renewal for House {
    async fn renew(&self, _: &TenantId, _: &str, _: &str, _: &Password) -> Changed {
        Changed::Gone
    }
}

#[async_trait]
impl MailSender for House {
    async fn send(&self, mail: &Mail) -> Result<(), SendError> {
        self.keep(mail.to.as_str().to_owned(), Some(mail.subject.clone()), mail.text.clone());
        Ok(())
    }
}

#[async_trait]
impl TextSender for House {
    async fn send(&self, message: &TextMessage) -> Result<(), SendError> {
        self.keep(message.to.e164().to_owned(), None, message.text.clone());
        Ok(())
    }
}
