//! `ringback serve`: the whole service from a configuration, until it is told to stop.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use async_trait::async_trait;
use axum::{Extension, Router, routing};
use futures_util::future::BoxFuture;
use tokio::net::TcpListener;

use crate::app::admin::{self, Admin};
use crate::app::front::{Front, routes};
use crate::app::{messaging, open, texts, voice};
use crate::channels::browser::BrowserChannel;
use crate::channels::discord::webhook as discord_hook;
use crate::channels::doors;
use crate::channels::messaging::human;
use crate::channels::messaging::intake::Intake;
use crate::channels::teams::webhook as teams_hook;
use crate::channels::telegram::webhook as telegram_hook;
use crate::channels::voice::channel::VoiceChannel;
use crate::channels::voice::webhook;
use crate::config::Config;
use crate::config::telegram::Receive;
use crate::config::tenants::TenantConfig;
use crate::desk::hook::HookDesk;
use crate::desk::mail::MailDesk;
use crate::http::address::Proxies;
use crate::http::listen;
use crate::http::serve::{Limits, Server, Stop, StopSwitch, stop_switch};
use crate::http::site::Site;
use crate::model::contacts::EmailAddress;
use crate::model::ids::TenantId;
use crate::model::peer::{Channel, Language};
use crate::model::time::Timestamp;
use crate::policy::tenant::Tenant;
use crate::ports::clock::{Clock, Entropy};
use crate::ports::desk::{Desk, Ticket};
use crate::ports::messenger::{self, MailSender, SendError};
use crate::ports::store::Store;
use crate::registry::cooling::Cooling;
use crate::registry::sqlite::SqliteRegistry;
use crate::runtime::parts::{Parts, TenantParts};
use crate::runtime::start::Runtime;
use crate::runtime::system::{SystemClock, SystemEntropy};
use crate::senders::http_hook::HttpHook;
use crate::senders::smtp::Smtp;
use crate::text::catalog::Catalog;

/// A service that is plugged together and holds its port.
pub struct Service {
    runtime: Runtime,
    catalog: Arc<Catalog>,
    config: Config,
    listener: TcpListener,
    /// For operators, where the configuration has it.
    admin: Option<TcpListener>,
    router: Router,
    started: Timestamp,
    stop: Stop,
    switch: StopSwitch,
    /// What runs beside the server: polling, telling platforms where we are.
    beside: Vec<BoxFuture<'static, ()>>,
}

impl Service {
    /// Opens everything that the configuration names.
    pub async fn prepare(mut config: Config) -> anyhow::Result<Self> {
        let system = Arc::new(SystemClock::default());
        let clock: Arc<dyn Clock> = Arc::clone(&system) as _;
        let entropy: Arc<dyn Entropy> = Arc::new(SystemEntropy);
        let keys = Arc::new(config.keys.keys());
        // Each is read whole and held against what vouches for it before anything is served; side by side, because that
        // is most of what a start takes.
        let (words, stored, registry, audit) = std::thread::scope(|scope| {
            let registry = scope.spawn(|| open::serving_registry(&config));
            let audit = scope.spawn(|| open::serving_audit(&config));
            let words = scope.spawn(|| {
                let catalog = open::catalog(&config)?;
                let flows = open::flows(&config, &catalog)?;
                anyhow::Ok((catalog, flows))
            });
            let stored = open::store(&config, &clock);
            (ended(words), stored, ended(registry), ended(audit))
        });
        let (catalog, flows) = words?;
        let (catalog, flows) = (Arc::new(catalog), Arc::new(flows));
        let (store, seen) = stored?;
        system.not_before(seen);
        let (registry, audit) = (registry?, audit?);
        reseal(Arc::clone(&registry));
        let former = Some(Arc::clone(&registry) as _);
        let since = Arc::clone(&store);
        let registry = Arc::new(Cooling::over(registry, move || since.replaced_damage()));
        let mail = config.mail.as_ref().map(Smtp::new).transpose().map_err(|fault| faulty("mail", &fault))?;
        let mail: Option<Arc<dyn MailSender>> = mail.map(|mail| Arc::new(mail) as _);
        let gateway = config.sms.as_ref().map(|hook| texts::open(hook, &config.public_url, &keys, &clock)).transpose();
        let gateway = gateway.map_err(|fault| faulty("sms", &fault))?;
        let telephones = std::mem::take(&mut config.voice);
        let telephones = voice::open(telephones, &config.public_url, &keys, &clock)
            .map_err(|(section, fault)| faulty(&section, &fault))?;
        let texts = gateway.as_ref().map(|gateway| Arc::clone(&gateway.sender)).or(telephones.texts);
        let polled: Vec<String> =
            config.telegram.iter().filter(|bot| bot.receive == Receive::Polling).map(|bot| bot.name.clone()).collect();
        let bots = messaging::telegram(std::mem::take(&mut config.telegram), &keys)
            .map_err(|(section, fault)| faulty(&section, &fault))?;
        let store: Arc<dyn Store> = store;
        let teams = messaging::teams(std::mem::take(&mut config.teams), &store, &clock, &keys)
            .map_err(|(section, fault)| faulty(&section, &fault))?;
        let mut tenants = HashMap::new();
        let mut desks = Desks::default();
        for tenant in &config.tenants {
            let id = tenant.tenant.id.clone();
            let directory = open::directory(tenant, &clock)?;
            tenants.insert(id.clone(), TenantParts { tenant: Arc::new(tenant.tenant.clone()), directory });
            desks.0.insert(id, desk(tenant, mail.as_ref(), &catalog, &clock)?);
        }
        let browser = BrowserChannel::new(Arc::clone(&clock), Arc::clone(&entropy));
        let chats = Arc::new(site(&config, &catalog, |tenant| tenant.browser.is_some()));
        let site = Arc::new(site(&config, &catalog, |_| true));
        let first_page = first_page(&config, &site);
        let listener =
            listen::exactly(config.listen).await.with_context(|| format!("listening on {}", config.listen))?;
        let admin = match config.admin {
            Some(address) => {
                Some(listen::exactly(address).await.with_context(|| format!("listening on {address} for operators"))?)
            }
            None => None,
        };

        let calls = VoiceChannel::new(Arc::clone(&store), Arc::clone(&clock), Arc::clone(&keys));
        let mut channels: HashMap<Channel, Arc<dyn messenger::Channel>> = HashMap::new();
        channels.insert(Channel::Browser, Arc::clone(&browser) as _);
        if !telephones.bindings.is_empty() {
            channels.insert(Channel::Voice, Arc::clone(&calls) as _);
        }
        let common = messaging::Common {
            catalog: Arc::clone(&catalog),
            clock: Arc::clone(&clock),
            keys: Arc::clone(&keys),
            origin: config.public_url.clone(),
        };
        if !bots.is_empty() {
            channels.insert(Channel::Telegram, messaging::channel(messaging::accounts(&bots), &common) as _);
        }
        let references = Arc::clone(&store) as Arc<dyn Store>;
        let apps = messaging::discord(std::mem::take(&mut config.discord), &common, &references)
            .map_err(|(section, fault)| faulty(&section, &fault))?;
        if !apps.is_empty() {
            channels.insert(Channel::Discord, messaging::channel(messaging::applications(&apps), &common) as _);
        }

        if !teams.is_empty() {
            channels.insert(Channel::Teams, messaging::channel(messaging::teams_accounts(&teams), &common) as _);
        }

        let runtime = Runtime::start(Parts {
            clock: Arc::clone(&clock),
            entropy,
            store,
            registry,
            former,
            audit,
            tenants,
            mail,
            text_sender: texts,
            desk: Some(Arc::new(desks)),
            caller: telephones.caller,
            channels,
            catalog: Arc::clone(&catalog),
            flows,
            keys: Arc::clone(&keys),
            public_url: config.public_url.clone(),
        })
        .await?;

        let (switch, stop) = stop_switch();
        let clock_at = Arc::clone(&clock);
        let embed: HashMap<TenantId, Vec<String>> = config.tenants.iter().filter_map(embedding).collect();
        let framed_by = Arc::new(move |id: &TenantId| embed.get(id).cloned().unwrap_or_default());
        let front = Front { site, chats, clock, keys, browser, stop: stop.clone(), framed_by };
        let proxies = Proxies(Arc::new(config.trusted_proxies.clone()));
        let health = Router::new().route("/health", routing::get(admin::health));
        let spoken: HashMap<TenantId, Language> = config.tenants.iter().filter_map(first_language).collect();
        let hooks = webhook::routes(webhook::Parts {
            origin: config.public_url.clone(),
            channel: calls,
            inbox: runtime.inbox(),
            catalog: Arc::clone(&catalog),
            bindings: telephones.bindings,
            first_language: Arc::new(move |tenant| spoken.get(tenant).cloned()),
        });
        let intake =
            Intake::new(Channel::Telegram, runtime.inbox(), Arc::clone(&clock_at), messaging::TELEGRAM_PATIENCE);
        let mut beside = Vec::new();
        for bot in &bots {
            let ask = polled.contains(&bot.name);
            beside.extend(messaging::beside(bot, ask, &intake, &common));
        }
        let human = human::routes(human::Parts {
            site: Arc::clone(&front.site),
            keys: Arc::clone(&front.keys),
            clock: Arc::clone(&clock_at),
        });
        let hooks = hooks.merge(telegram_hook::routes(telegram_hook::Parts { bots, intake })).merge(human);
        let intake = Intake::new(Channel::Discord, runtime.inbox(), Arc::clone(&clock_at), messaging::DISCORD_PATIENCE);
        let hooks = hooks.merge(discord_hook::routes(discord_hook::Parts { apps, intake }));
        let at = Arc::clone(&clock_at);
        let intake = Intake::new(Channel::Teams, runtime.inbox(), Arc::clone(&at), messaging::TEAMS_PATIENCE);
        beside.extend(messaging::teams_beside(&teams));
        let teams = teams_hook::Parts { bots: teams, intake, catalog: Arc::clone(&catalog), clock: at };
        let hooks = hooks.merge(teams_hook::routes(teams));
        let told = gateway.map(|gateway| gateway.routes(&front.site.origin, &front.keys, &clock_at, runtime.inbox()));
        let hooks = hooks.merge(told.unwrap_or_default());
        let started = clock_at.now();
        let router =
            routes(&runtime, front, config.limits, health.merge(first_page).merge(hooks)).layer(Extension(proxies));
        Ok(Self { runtime, catalog, config, listener, admin, router, started, stop, switch, beside })
    }

    /// Where people reach it.
    pub fn public_url(&self) -> &str {
        &self.config.public_url
    }

    /// Serves until `until` is over; every `reload` reads the flows anew. Then takes nothing new, finishes what runs,
    /// sends what is ready.
    pub async fn serve(self, until: impl Future<Output = ()>, mut reload: impl AsyncFnMut() -> Option<()>) {
        let Self { runtime, catalog, config, listener, admin, router, started, stop, switch, beside } = self;
        let operator = runtime.operator();
        let beside: Vec<_> = beside.into_iter().map(tokio::spawn).collect();
        let server = Server::new(listener, router, config.limits)
            .behind(config.trusted_proxies.clone())
            .counted(runtime.metrics());
        // Operators are answered to the very end: that is when they look.
        let (last, end) = stop_switch();
        let seen = async {
            if let Some(listener) = admin {
                let (audit, key) = (open::audit_path(&config), config.keys.admin());
                let routes = admin::routes(Admin { operator, audit, started, key });
                Server::new(listener, routes, ADMIN).run(end).await;
            }
        };
        let serving = async {
            let stopping = async {
                tokio::select! {
                    () = until => {}
                    () = async {
                        while reload().await.is_some() {
                            take_flows(&runtime, &config, &catalog).await;
                        }
                        std::future::pending().await
                    } => {}
                }
                tracing::info!("stopping; what runs is finished first");
                switch.stop();
                // What was not confirmed to a platform comes again with the next start.
                beside.iter().for_each(tokio::task::JoinHandle::abort);
                // Beside the answers that are still running, not after them: one deadline holds for all.
                runtime.shutdown().await;
            };
            let (answered, ()) = tokio::join!(server.run(stop), stopping);
            if !answered {
                tracing::warn!("some visitors were cut off; nothing that was acknowledged is lost");
            }
            last.stop();
        };
        tokio::join!(seen, serving);
    }
}

/// Operators are few and come from this machine; stopping waits for none of them.
const ADMIN: Limits = Limits {
    header: Duration::from_secs(10),
    body: Duration::from_secs(10),
    answer: Duration::from_secs(30),
    connections: 64,
    per_address: 64,
    trust_loopback: true,
    drain: Duration::from_secs(1),
};

/// What a thread of the start came to.
fn ended<T>(thread: std::thread::ScopedJoinHandle<'_, anyhow::Result<T>>) -> anyhow::Result<T> {
    thread.join().unwrap_or_else(|_| Err(anyhow::anyhow!("a part of the start stopped in the middle")))
}

/// Seals enrolments anew after a rotation of the keys, while the service works.
fn reseal(registry: Arc<SqliteRegistry>) {
    tokio::spawn(async move {
        match registry.reseal().await {
            Ok(0) => {}
            Ok(n) => tracing::info!(records = n, "enrolments are sealed with the new key"),
            Err(error) => {
                tracing::error!(%error, "enrolments are not all sealed with the new key; the old one must stay")
            }
        }
    });
}

/// Takes the flows of the folder into use. Bad ones change nothing: the running ones stay, and the log says why.
async fn take_flows(runtime: &Runtime, config: &Config, catalog: &Catalog) {
    match open::flows(config, catalog) {
        Ok(flows) => match runtime.replace_flows(Arc::new(flows)).await {
            Ok(()) => tracing::info!(flows = %runtime.flow_set(), "new conversations take these flows"),
            Err(error) => tracing::error!(%error, "the new flows are in use, but could not be stored"),
        },
        Err(error) => tracing::error!(error = %format!("{error:#}"), "the flows were not reloaded; the old ones stay"),
    }
}

/// Institutions are found by their pages if they are among these; the others are not there.
fn site(config: &Config, catalog: &Arc<Catalog>, has_pages: impl Fn(&TenantConfig) -> bool) -> Site {
    let found = config.tenants.iter().filter(|tenant| has_pages(tenant));
    let by_id: HashMap<TenantId, Arc<Tenant>> =
        found.map(|tenant| (tenant.tenant.id.clone(), Arc::new(tenant.tenant.clone()))).collect();
    Site {
        origin: config.public_url.clone(),
        also: Vec::new(),
        catalog: Arc::clone(catalog),
        tenants: Arc::new(move |id| by_id.get(id).cloned()),
    }
}

/// `/`: the institutions that have a chat, unless the operator keeps them to themselves.
fn first_page(config: &Config, site: &Arc<Site>) -> Router {
    if !config.first_page {
        return Router::new();
    }
    let chats = config.tenants.iter().filter(|tenant| tenant.browser.is_some());
    let tenants = chats.map(|tenant| tenant.tenant.id.clone()).collect();
    doors::routes(doors::Parts { site: Arc::clone(site), tenants })
}

fn first_language(tenant: &TenantConfig) -> Option<(TenantId, Language)> {
    Some((tenant.tenant.id.clone(), tenant.tenant.languages.first()?.clone()))
}

fn embedding(tenant: &TenantConfig) -> Option<(TenantId, Vec<String>)> {
    Some((tenant.tenant.id.clone(), tenant.browser.as_ref()?.embed.clone()))
}

/// A tenant's ways to its service desk, in the order in which they are tried.
fn desk(
    tenant: &TenantConfig,
    mail: Option<&Arc<dyn MailSender>>,
    catalog: &Arc<Catalog>,
    clock: &Arc<dyn Clock>,
) -> anyhow::Result<Vec<Arc<dyn Desk>>> {
    let mut ways: Vec<Arc<dyn Desk>> = Vec::new();
    let Some(desk) = &tenant.desk else { return Ok(ways) };
    if let Some(hook) = &desk.hook {
        let hook = HttpHook::new(hook, Arc::clone(clock)).map_err(|fault| faulty("desk.hook", &fault))?;
        ways.push(Arc::new(HookDesk::new(Arc::new(hook))));
    }
    if let (Some(to), Some(mail)) = (&desk.mail, mail) {
        let language = tenant.tenant.languages.first().context("a tenant without a language")?.clone();
        ways.push(Arc::new(MailDesk {
            mail: Arc::clone(mail),
            to: EmailAddress::parse(to).with_context(|| format!("tenant {}: desk.mail", tenant.tenant.id))?,
            from_name: tenant.tenant.name.clone(),
            catalog: Arc::clone(catalog),
            language,
        }));
    }
    Ok(ways)
}

/// Every tenant's service desk behind the one that the runtime knows.
#[derive(Default)]
struct Desks(HashMap<TenantId, Vec<Arc<dyn Desk>>>);

#[async_trait]
impl Desk for Desks {
    /// The next way is taken only when the one before it certainly did not and never will open the ticket.
    async fn open(&self, ticket: &Ticket) -> Result<String, SendError> {
        let ways = self.0.get(&ticket.tenant).map(Vec::as_slice).unwrap_or_default();
        let mut outcome = Err(SendError::Dead { why: "this institution takes no tickets".to_owned() });
        for way in ways {
            outcome = way.open(ticket).await;
            if !matches!(outcome, Err(SendError::Dead { .. })) {
                break;
            }
        }
        outcome
    }

    fn open_now(&self) -> bool {
        false
    }
}

fn faulty(section: &str, fault: &crate::model::fault::Fault) -> anyhow::Error {
    anyhow::anyhow!("section [{section}]: `{}` {}", fault.key, fault.message)
}
