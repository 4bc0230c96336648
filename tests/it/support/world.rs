//! A whole installation in memory, and one person in front of it.

pub mod line;
pub mod mailroom;
pub mod moody;
pub mod moody_desk;
pub mod private_page;
pub mod seat;
pub mod visitor;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, LazyLock, Mutex};

use axum::Router;
use data_encoding::BASE32_NOPAD;
use ringback::app::front::{Front, routes};
use ringback::app::messaging;
use ringback::audit::AuditEvent;
use ringback::audit_log::sqlite::{AuditKeys, SqliteAuditLog};
use ringback::channels::browser::BrowserChannel;
use ringback::channels::console::{Console, Style};
use ringback::channels::discord::app::App;
use ringback::channels::discord::webhook as discord_hook;
use ringback::channels::messaging::human;
use ringback::channels::messaging::intake::Intake;
use ringback::channels::teams::webhook as teams_hook;
use ringback::channels::telegram::bot::Bot;
use ringback::channels::telegram::webhook;
use ringback::channels::voice::channel::VoiceChannel;
use ringback::channels::voice::provider::Provider;
use ringback::config::discord::DiscordConfig;
use ringback::config::telegram::{Receive, TelegramConfig};
use ringback::config::tenant;
use ringback::directory::embedded::people::{People, Person};
use ringback::directory::embedded::{EmbeddedDirectory, SignIn};
use ringback::flow::load;
use ringback::flow::set::FlowSet;
use ringback::http::serve::{Limits, StopSwitch, stop_switch};
use ringback::http::site::Site;
use ringback::model::contacts::PhoneNumber;
use ringback::model::ids::{AccountId, TenantId};
use ringback::model::names::OptionKey;
use ringback::model::peer::Channel;
use ringback::model::prompt::PageLink;
use ringback::model::secrets::{Answer, Password};
use ringback::model::time::Seconds;
use ringback::policy::tenant::Tenant;
use ringback::ports::audit_log::AuditLog;
use ringback::ports::clock::{Clock, Entropy};
use ringback::ports::messenger;
use ringback::ports::registry::{Enrol, Registry};
use ringback::ports::store::Store;
use ringback::registry::sqlite::{RegistryKeys, SqliteRegistry};
use ringback::runtime::pages;
use ringback::runtime::parts::{Parts, TenantParts};
use ringback::runtime::start::Runtime;
use ringback::senders::capture::Capture;
use ringback::store::keyring::{Keeper, KeyRing};
use ringback::store::memory::MemoryStore;
use ringback::store::sled_store::SledStore;
use ringback::text::catalog::Catalog;
use ringback::verify::keys::Keys;
use ringback::verify::totp::{TotpSecret, right_codes};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::messaging::discord::mock as discord;
use crate::messaging::teams::mock::Mock as TeamsMock;
use crate::messaging::telegram::mock::{Mock, TOKEN, USERNAME};
use crate::support::clock::{MORNING, TestClock};
use crate::support::world::mailroom::{Exchange, Heard, Letter, Mouth, Refusing, Tap, letters};
use crate::support::world::moody::MoodyDirectory;
use crate::support::world::moody_desk::{DeskMood, MoodyDesk};
use crate::support::world::seat::Screen;
use crate::voice::house::Watched;

pub const ORIGIN: &str = "http://127.0.0.1:8080";

/// What ships is loaded once for all worlds of a process.
pub static CATALOG: LazyLock<Arc<Catalog>> = LazyLock::new(|| match Catalog::shipped() {
    Ok(catalog) => Arc::new(catalog),
    Err(faults) => panic!("the shipped words: {faults:?}"),
});
pub static FLOWS: LazyLock<Arc<FlowSet>> = LazyLock::new(|| match FlowSet::load(&load::shipped(), Some(&CATALOG)) {
    Ok(flows) => Arc::new(flows),
    Err(findings) => panic!("the shipped flows: {findings:?}"),
});

static TENANTS: LazyLock<Vec<Tenant>> = LazyLock::new(|| tenant::shipped(CATALOG.languages()));

/// How this world differs from the demo's.
#[derive(Clone, Default)]
pub struct Wish {
    pub answers: Vec<(String, String)>,
    pub totp: Option<String>,
    pub no_texts: bool,
    pub no_mails: bool,
    pub mails_refused: bool,
    pub methods: Option<Vec<ringback::model::method::Method>>,
    /// Questions of its own whose answers are digits, by id.
    pub keyed_questions: Vec<(String, String)>,
    pub always_challenge: bool,
    pub desk: DeskMood,
    /// Telephones can be called.
    pub calls: bool,
    /// The service desk takes calls, under a number for fiction.
    pub desk_takes_calls: bool,
    /// What shows that the person who picks up is the one in the chat.
    pub call_confirm: Option<ringback::policy::tenant::CallConfirm>,
    /// Instead of what ships.
    pub tenant: Option<Tenant>,
    /// As the file of the demo's people is written.
    pub people: Option<String>,
    pub flows: Option<Arc<FlowSet>>,
    pub catalog: Option<Arc<Catalog>>,
    /// A messaging platform whose mock stands beside the service.
    pub platform: Option<Channel>,
    /// Telephones are carried by this provider, through the real webhook; without it their words are events.
    pub wire: Option<Provider>,
    /// Where the stores lie on disk; in memory otherwise.
    pub folder: Option<PathBuf>,
}

/// One institution, one of its people, and a running service that can be killed.
pub struct World {
    pub clock: Arc<TestClock>,
    pub tenant: Arc<Tenant>,
    pub person: Option<Person>,
    pub directory: Arc<MoodyDirectory>,
    pub sent: Arc<Capture>,
    pub heard: Arc<Heard>,
    pub screen: Arc<Screen>,
    pub catalog: Arc<Catalog>,
    pub registry: Arc<SqliteRegistry>,
    audit: Arc<SqliteAuditLog>,
    store: Arc<dyn Store>,
    entropy: Arc<dyn Entropy>,
    desk: Option<Arc<MoodyDesk>>,
    flows: Arc<FlowSet>,
    keys: Arc<Keys>,
    no_texts: bool,
    no_mails: bool,
    mails_refused: bool,
    /// Calls that were placed, where telephones can be called.
    pub exchange: Option<Arc<Exchange>>,
    totp: Option<String>,
    /// The Bot API, where the person has Telegram.
    pub telegram: Option<Arc<Mock>>,
    wire: Option<Provider>,
    watched: Arc<Watched>,
    /// Discord's API, likewise.
    pub discord: Option<Arc<discord::Mock>>,
    /// Microsoft's side, where the person has Teams.
    pub teams: Option<Arc<TeamsMock>>,
    running: Option<Running>,
}

/// One life of the service.
pub struct Running {
    pub runtime: Runtime,
    pub router: Router,
    pub console: Arc<Console>,
    _switch: StopSwitch,
}

/// Bytes that differ at every draw and are the same in every run.
struct CountedEntropy(Mutex<u64>);

impl Entropy for CountedEntropy {
    fn draw(&self) -> [u8; 32] {
        let mut count = self.0.lock().unwrap();
        *count += 1;
        Sha256::digest(count.to_be_bytes()).into()
    }
}

impl World {
    /// The service of a tenant, with one of its people (by the part of the user name before the `@`) in its directory.
    pub async fn open(tenant: &str, person: Option<&str>, wish: Wish) -> Self {
        let clock = Arc::new(TestClock::at(MORNING));
        let as_clock: Arc<dyn Clock> = Arc::clone(&clock) as _;
        let entropy: Arc<dyn Entropy> = Arc::new(CountedEntropy(Mutex::new(0)));
        let ring = KeyRing::ephemeral([7; 32]);
        let shipped = || TENANTS.iter().find(|shipped| shipped.id.0 == tenant).cloned();
        let institution = wish.tenant.clone().or_else(shipped);
        let mut institution = institution.unwrap_or_else(|| panic!("no tenant {tenant}"));
        if let Some(methods) = &wish.methods {
            institution.methods.clone_from(methods);
        }
        for (id, wording) in &wish.keyed_questions {
            let (id, questions) = (OptionKey::parse(id).unwrap(), institution.questions.as_mut().unwrap());
            let wordings = institution.languages.iter().map(|language| (language.clone(), wording.clone()));
            questions.catalogue.insert(id.clone(), wordings.collect());
            questions.by_telephone.insert(id);
            questions.asked = 2;
        }
        if wish.always_challenge {
            institution.human_check = ringback::policy::tenant::HumanCheck::Always;
        }
        if wish.desk_takes_calls {
            institution.desk.transfer = Some(PhoneNumber::parse("+442079460999", "GB").unwrap());
        }
        institution.call_confirm = wish.call_confirm.unwrap_or(institution.call_confirm);
        let mut cast = wish
            .people
            .as_ref()
            .map_or_else(People::demo, |text| People::parse(text).unwrap())
            .tenants
            .remove(tenant)
            .unwrap();
        let is_meant = |candidate: &Person| person.is_some_and(|name| candidate.user.split('@').next() == Some(name));
        cast.people.retain(is_meant);
        assert_eq!(cast.people.len(), usize::from(person.is_some()), "nobody is called {person:?} at {tenant}");
        let directory = EmbeddedDirectory::new(&cast, &institution.region, Arc::clone(&as_clock), Arc::clone(&entropy));
        let person = cast.people.pop();
        let registry_keys =
            RegistryKeys { sealer: ring.sealer(Keeper::Registry), lookup: ring.lookup(Keeper::Registry) };
        let audit_keys = AuditKeys { macs: ring.audit_macs(), lookup: ring.lookup(Keeper::Audit) };
        let store_sealer = ring.sealer(Keeper::Store);
        let (registry, audit, store): (_, _, Arc<dyn Store>) = match &wish.folder {
            None => (
                SqliteRegistry::in_memory(registry_keys),
                SqliteAuditLog::in_memory(audit_keys),
                Arc::new(MemoryStore::new(as_clock.clone(), store_sealer)),
            ),
            Some(folder) => (
                SqliteRegistry::open(&folder.join("registry.sqlite"), registry_keys),
                SqliteAuditLog::open(&folder.join("audit.sqlite"), audit_keys),
                Arc::new(SledStore::open(folder, store_sealer, as_clock.clone()).unwrap().0),
            ),
        };
        let watched = Arc::new(Watched::over(store));
        let mut world = Self {
            wire: wish.wire,
            tenant: Arc::new(institution),
            directory: Arc::new(MoodyDirectory::new(directory.unwrap())),
            sent: Arc::new(Capture::new(Arc::clone(&as_clock))),
            heard: Arc::default(),
            screen: Arc::default(),
            registry: Arc::new(registry.unwrap()),
            audit: Arc::new(audit.unwrap()),
            store: Arc::clone(&watched) as _,
            watched,
            entropy,
            desk: (wish.desk != DeskMood::None).then(|| Arc::new(MoodyDesk::new(wish.desk))),
            catalog: wish.catalog.clone().unwrap_or_else(|| Arc::clone(&CATALOG)),
            flows: wish.flows.clone().unwrap_or_else(|| Arc::clone(&FLOWS)),
            keys: Arc::new(ring.keys()),
            no_texts: wish.no_texts,
            no_mails: wish.no_mails,
            mails_refused: wish.mails_refused,
            exchange: wish.calls.then(Arc::default),
            totp: wish.totp.clone().or_else(|| person.as_ref()?.totp.clone()),
            person,
            clock,
            telegram: match wish.platform {
                Some(Channel::Telegram) => Some(Mock::start().await),
                _ => None,
            },
            discord: match wish.platform {
                Some(Channel::Discord) => Some(discord::Mock::start(as_clock).await),
                _ => None,
            },
            teams: match wish.platform {
                Some(Channel::Teams) => Some(TeamsMock::start().await),
                _ => None,
            },
            running: None,
        };
        world.enrol(&wish).await;
        world.boot().await;
        world
    }

    /// Kills the service where it stands and starts it again on what is stored.
    pub async fn crash(&mut self) {
        self.running = None;
        self.boot().await;
    }

    pub fn running(&self) -> &Running {
        self.running.as_ref().expect("the world was booted")
    }

    /// Lets everything happen that now can, and nothing that needs more than a moment.
    pub async fn settle(&self) {
        let inbox = self.running().runtime.inbox();
        // Timers that have just come due get a turn before the question is asked.
        for _ in 0..64 {
            tokio::task::yield_now().await;
        }
        self.clock.pass_while(inbox.quiet()).await;
    }

    pub fn letters(&self) -> Vec<Letter> {
        letters(&self.sent)
    }

    /// What the person's authenticator app shows now.
    pub fn app_code(&self) -> Option<String> {
        let secret = TotpSecret(Zeroizing::new(BASE32_NOPAD.decode(self.totp.as_ref()?.as_bytes()).unwrap()));
        Some(right_codes(&secret, self.clock.now()).remove(0).1)
    }

    /// So many changes the store has seen.
    pub fn changes(&self) -> usize {
        self.watched.changes()
    }

    pub async fn sign_in(&self, password: &str) -> SignIn {
        let user = &self.person.as_ref().expect("somebody signs in").user;
        self.directory.inner.sign_in(user, &Password::new(password.to_owned())).await
    }

    pub async fn audit(&self) -> Vec<AuditEvent> {
        self.audit.recent(1_000).await.unwrap()
    }

    async fn enrol(&self, wish: &Wish) {
        let Some(person) = &self.person else { return };
        let answer = |(key, answer): &(String, String)| (OptionKey::parse(key).unwrap(), Answer::new(answer.clone()));
        let secret = |text: &String| TotpSecret(Zeroizing::new(BASE32_NOPAD.decode(text.as_bytes()).unwrap()));
        let enrol = Enrol {
            contacts: None,
            totp: self.totp.as_ref().map(secret),
            answers: (!wish.answers.is_empty()).then(|| wish.answers.iter().map(answer).collect()),
        };
        let account = AccountId(person.id.clone());
        // Enrolled the day before: young details cannot be used alone.
        let yesterday = ringback::model::time::Timestamp(MORNING.0 - u64::from(Seconds::hours(25).0) * 1000);
        self.registry.enrol(&self.tenant.id, &account, enrol, yesterday).await.unwrap();
    }

    pub fn store(&self) -> &Arc<dyn Store> {
        &self.store
    }

    pub fn keys(&self) -> &Keys {
        &self.keys
    }

    /// The tenant's bot, where the person has Telegram.
    fn bots(&self) -> Vec<Arc<Bot>> {
        let config = |mock: &Arc<Mock>| TelegramConfig {
            name: "main".to_owned(),
            tenant: self.tenant.id.clone(),
            token: Zeroizing::new(TOKEN.to_owned()),
            receive: Receive::Webhook,
            api: mock.base.clone(),
        };
        let configs = self.telegram.iter().map(config).collect();
        let bots = messaging::telegram(configs, &self.keys)
            .unwrap_or_else(|(section, fault)| panic!("{section}: {}", fault.message));
        bots.iter().for_each(|bot| bot.is_called(USERNAME.to_owned()));
        bots
    }

    /// The tenant's application, where the person has Discord.
    fn apps(&self, common: &messaging::Common) -> Vec<Arc<App>> {
        let config = |mock: &Arc<discord::Mock>| DiscordConfig {
            name: "main".to_owned(),
            tenant: self.tenant.id.clone(),
            application: discord::APPLICATION.to_owned(),
            public_key: discord::public_key(),
            token: Zeroizing::new(discord::TOKEN.to_owned()),
            api: mock.base.clone(),
        };
        let configs = self.discord.iter().map(config).collect();
        messaging::discord(configs, common, &self.store)
            .unwrap_or_else(|(section, fault)| panic!("{section}: {}", fault.message))
    }

    async fn boot(&mut self) {
        let clock: Arc<dyn Clock> = Arc::clone(&self.clock) as _;
        let browser = BrowserChannel::new(Arc::clone(&clock), Arc::clone(&self.entropy));
        let keys = Arc::clone(&self.keys);
        let address = move |link: &PageLink| pages::url(&keys, ORIGIN, link.page);
        let out = Box::new(self.screen.writer());
        let console =
            Arc::new(Console::new(out, Style { colour: false }, Arc::clone(&self.catalog), Arc::new(address)));
        let voice = VoiceChannel::new(Arc::clone(&self.store), Arc::clone(&clock), Arc::clone(&self.keys));
        let tapped = |channel: Arc<dyn messenger::Channel>| Tap::on(channel, &self.heard);
        let mut channels = HashMap::from([
            (Channel::Browser, tapped(Arc::clone(&browser) as _)),
            (Channel::Terminal, tapped(Arc::clone(&console) as _)),
            (Channel::Voice, tapped(self.wire.map_or(Arc::new(Mouth) as _, |_| Arc::clone(&voice) as _))),
        ]);
        let common = messaging::Common {
            catalog: Arc::clone(&self.catalog),
            clock: Arc::clone(&clock),
            keys: Arc::clone(&self.keys),
            origin: ORIGIN.to_owned(),
        };
        let bots = self.bots();
        if !bots.is_empty() {
            let telegram = messaging::channel(messaging::accounts(&bots), &common);
            channels.insert(Channel::Telegram, tapped(telegram as _));
        }
        let apps = self.apps(&common);
        if !apps.is_empty() {
            let discord = messaging::channel(messaging::applications(&apps), &common);
            channels.insert(Channel::Discord, tapped(discord as _));
        }
        let configs = self.teams.iter().map(|mock| mock.config(&self.tenant.id)).collect();
        let teams_apps = messaging::teams(configs, &self.store, &clock, &self.keys)
            .unwrap_or_else(|(section, fault)| panic!("{section}: {}", fault.message));
        if !teams_apps.is_empty() {
            let teams = messaging::channel(messaging::teams_accounts(&teams_apps), &common);
            channels.insert(Channel::Teams, tapped(teams as _));
        }
        let parts = TenantParts { tenant: Arc::clone(&self.tenant), directory: Arc::clone(&self.directory) as _ };
        let runtime = Runtime::start(Parts {
            clock: Arc::clone(&clock),
            entropy: Arc::clone(&self.entropy),
            store: Arc::clone(&self.store),
            registry: Arc::clone(&self.registry) as _,
            former: None,
            audit: Arc::clone(&self.audit) as _,
            tenants: HashMap::from([(self.tenant.id.clone(), parts)]),
            mail: (!self.no_mails).then(|| match self.mails_refused {
                true => Arc::new(Refusing) as _,
                false => Arc::clone(&self.sent) as _,
            }),
            text_sender: (!self.no_texts).then(|| Arc::clone(&self.sent) as _),
            desk: self.desk.clone().map(|desk| desk as _),
            caller: self.exchange.clone().map(|exchange| exchange as _),
            channels,
            catalog: Arc::clone(&self.catalog),
            flows: Arc::clone(&self.flows),
            keys: Arc::clone(&self.keys),
            public_url: ORIGIN.to_owned(),
        });
        let runtime = runtime.await.unwrap();
        let tenant = Arc::clone(&self.tenant);
        let site = Arc::new(Site {
            origin: ORIGIN.to_owned(),
            also: Vec::new(),
            catalog: Arc::clone(&self.catalog),
            tenants: Arc::new(move |id: &TenantId| (*id == tenant.id).then(|| Arc::clone(&tenant))),
        });
        let (switch, stop) = stop_switch();
        let front = Front {
            chats: Arc::clone(&site),
            site,
            clock,
            keys: Arc::clone(&self.keys),
            browser,
            stop,
            framed_by: Arc::new(|_| Vec::new()),
        };
        let at = Arc::clone(&self.clock) as Arc<dyn Clock>;
        let intake = Intake::new(Channel::Telegram, runtime.inbox(), at, messaging::TELEGRAM_PATIENCE);
        let human = human::Parts {
            site: Arc::clone(&front.site),
            keys: Arc::clone(&self.keys),
            clock: Arc::clone(&self.clock) as _,
        };
        let hooks = webhook::routes(webhook::Parts { bots, intake }).merge(human::routes(human));
        let at = Arc::clone(&self.clock) as Arc<dyn Clock>;
        let intake = Intake::new(Channel::Discord, runtime.inbox(), at, messaging::DISCORD_PATIENCE);
        let hooks = hooks.merge(discord_hook::routes(discord_hook::Parts { apps, intake }));
        let (at, catalog) = (Arc::clone(&self.clock) as Arc<dyn Clock>, Arc::clone(&self.catalog));
        let intake = Intake::new(Channel::Teams, runtime.inbox(), Arc::clone(&at), messaging::TEAMS_PATIENCE);
        let teams = teams_hook::Parts { bots: teams_apps, intake, catalog, clock: at };
        let hooks = hooks.merge(teams_hook::routes(teams));
        let telephones = self.wire.map(|provider| line::routes(self, &runtime, voice, provider)).unwrap_or_default();
        let router = routes(&runtime, front, Limits::default(), hooks.merge(telephones));
        self.running = Some(Running { runtime, router, console, _switch: switch });
    }
}
