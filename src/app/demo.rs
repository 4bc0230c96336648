//! `ringback demo`: the whole service in memory, with people of four institutions and nothing to set up.

mod carrier;
mod discord;
mod platforms;
mod screens;
mod stage;
mod teams;
mod telegram;

use std::collections::HashMap;
use std::io::Write;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use anyhow::{Context, anyhow};
use axum::Router;
use data_encoding::HEXLOWER;
use tokio::net::TcpListener;

use crate::app::demo::carrier::{Carrier, Orders};
use crate::app::demo::platforms::Platforms;
use crate::app::demo::stage::Stage;
use crate::app::front::{Front, routes};
use crate::app::messaging;
use crate::audit_log::sqlite::{AuditKeys, SqliteAuditLog};
use crate::channels::browser::BrowserChannel;
use crate::channels::console::{Console, Style};
use crate::channels::demo;
use crate::channels::voice::address::{Place, ROOT};
use crate::channels::voice::binding::Binding;
use crate::channels::voice::channel::VoiceChannel;
use crate::channels::voice::compose::Sound;
use crate::channels::voice::provider::Provider;
use crate::channels::voice::signature::{Hash, Secret, Verifier};
use crate::channels::voice::webhook;
use crate::config::tenant;
use crate::desk::capture::CaptureDesk;
use crate::directory::embedded::people::People;
use crate::flow::load;
use crate::flow::set::FlowSet;
use crate::http::listen;
use crate::http::serve::{Limits, Stop, StopSwitch, serve, stop_switch};
use crate::http::site::Site;
use crate::model::ids::{LegId, TenantId};
use crate::model::peer::Channel;
use crate::model::prompt::PageLink;
use crate::policy::tenant::Tenant;
use crate::ports::clock::{Clock, Entropy};
use crate::ports::messenger;
use crate::ports::store::Store;
use crate::registry::sqlite::{RegistryKeys, SqliteRegistry};
use crate::runtime::pages;
use crate::runtime::parts::{Parts, TenantParts};
use crate::runtime::start::Runtime;
use crate::runtime::system::{SystemClock, SystemEntropy};
use crate::senders::capture::Capture;
use crate::store::keyring::{Keeper, KeyRing};
use crate::store::memory::MemoryStore;
use crate::text::catalog::Catalog;
use crate::verify::keys::Keys;

/// The port that is tried first.
pub const PORT: u16 = 8080;

/// A demo that is plugged together and holds its port.
pub struct Demo {
    pub runtime: Runtime,
    pub catalog: Arc<Catalog>,
    pub tenants: Vec<Arc<Tenant>>,
    pub people: People,
    /// `http://127.0.0.1:8080`.
    pub origin: String,
    pub port: u16,
    /// Every text and mail that would have been sent.
    pub sent: Arc<Capture>,
    /// The terminal, where one was asked for.
    pub console: Option<Arc<Console>>,
    server: Server,
}

/// The terminal that the demo talks on beside the browser.
pub struct Terminal {
    pub out: Box<dyn Write + Send>,
    pub style: Style,
}

struct Server {
    listener: TcpListener,
    router: Router,
    stop: Stop,
    switch: StopSwitch,
}

impl Demo {
    /// Plugs the demo together on `port`, or on the next free one, with stand-ins for these messaging platforms.
    pub async fn prepare(port: u16, terminal: Option<Terminal>, platforms: &[Channel]) -> anyhow::Result<Self> {
        let host = IpAddr::V4(Ipv4Addr::LOCALHOST);
        let (listener, port) = listen::or_next(host, port).await.context("no port is free")?;
        let origin = format!("http://{host}:{port}");

        let clock: Arc<dyn Clock> = Arc::new(SystemClock::default());
        let entropy: Arc<dyn Entropy> = Arc::new(SystemEntropy);
        let ring = KeyRing::ephemeral(entropy.draw());
        let keys = Arc::new(ring.keys());
        let catalog = Arc::new(Catalog::shipped().map_err(|faults| anyhow!("the shipped words: {faults:?}"))?);
        let flows = FlowSet::load(&load::shipped(), Some(&catalog));
        let flows = Arc::new(flows.map_err(|findings| anyhow!("the shipped flows: {findings:?}"))?);
        let tenants: Vec<Arc<Tenant>> = tenant::shipped(catalog.languages()).into_iter().map(Arc::new).collect();

        let store: Arc<dyn Store> = Arc::new(MemoryStore::new(Arc::clone(&clock), ring.sealer(Keeper::Store)));
        let registry = Arc::new(SqliteRegistry::in_memory(RegistryKeys {
            sealer: ring.sealer(Keeper::Registry),
            lookup: ring.lookup(Keeper::Registry),
        })?);
        let audit = Arc::new(SqliteAuditLog::in_memory(AuditKeys {
            macs: ring.audit_macs(),
            lookup: ring.lookup(Keeper::Audit),
        })?);
        let sent = Arc::new(Capture::new(Arc::clone(&clock)));
        let people = People::demo();
        let stage = Arc::new(Stage::set(&people, &tenants, &clock, &entropy, &sent)?);
        stage::enrol(&people, &*registry, clock.now()).await?;

        let browser = BrowserChannel::new(Arc::clone(&clock), Arc::clone(&entropy));
        let console = terminal.map(|terminal| {
            let (keys, origin) = (Arc::clone(&keys), origin.clone());
            let address = move |link: &PageLink| pages::url(&keys, &origin, link.page);
            Arc::new(Console::new(terminal.out, terminal.style, Arc::clone(&catalog), Arc::new(address)))
        });
        let mut channels: HashMap<Channel, Arc<dyn messenger::Channel>> = HashMap::new();
        channels.insert(Channel::Browser, Arc::clone(&browser) as Arc<dyn messenger::Channel>);
        if let Some(console) = &console {
            channels.insert(Channel::Terminal, Arc::clone(console) as Arc<dyn messenger::Channel>);
        }
        let voice = VoiceChannel::new(Arc::clone(&store), Arc::clone(&clock), Arc::clone(&keys));
        channels.insert(Channel::Voice, Arc::clone(&voice) as Arc<dyn messenger::Channel>);
        let secret = HEXLOWER.encode(&entropy.draw());
        let numbers = numbers(&tenants);
        let carrier = carrier(&origin, &secret, &keys, &numbers, &entropy)?;
        let common = messaging::Common {
            catalog: Arc::clone(&catalog),
            clock: Arc::clone(&clock),
            keys: Arc::clone(&keys),
            origin: origin.clone(),
        };
        let ids: Vec<TenantId> = tenants.iter().map(|tenant| tenant.id.clone()).collect();
        let platforms = Platforms::new(platforms, ids, common, &store, &entropy.draw())?;
        channels.extend(platforms.channels());
        let directory = |tenant: &Arc<Tenant>| {
            let directory = stage.directory(&tenant.id)?;
            Some((tenant.id.clone(), TenantParts { tenant: Arc::clone(tenant), directory }))
        };
        let runtime = Runtime::start(Parts {
            clock: Arc::clone(&clock),
            entropy,
            store,
            registry,
            former: None,
            audit: Arc::clone(&audit) as _,
            tenants: tenants.iter().filter_map(directory).collect(),
            mail: Some(Arc::clone(&sent) as _),
            text_sender: Some(Arc::clone(&sent) as _),
            desk: Some(Arc::new(CaptureDesk::default())),
            caller: Some(Arc::new(Orders(Arc::clone(&carrier)))),
            channels,
            catalog: Arc::clone(&catalog),
            flows,
            keys: Arc::clone(&keys),
            public_url: origin.clone(),
        })
        .await?;

        let (switch, stop) = stop_switch();
        let by_id: HashMap<TenantId, Arc<Tenant>> =
            tenants.iter().map(|tenant| (tenant.id.clone(), Arc::clone(tenant))).collect();
        let site = Arc::new(Site {
            origin: origin.clone(),
            also: vec![format!("http://localhost:{port}")],
            catalog: Arc::clone(&catalog),
            tenants: Arc::new(move |id| by_id.get(id).cloned()),
        });
        let cast = tenants.iter().map(|tenant| (tenant.id.clone(), stage::cast(&people, tenant))).collect();
        let start_page = demo::routes(demo::Parts {
            site: Arc::clone(&site),
            clock: Arc::clone(&clock),
            audit,
            world: stage,
            cast: Arc::new(cast),
            network: Some(carrier),
        });
        let calls = webhook::routes(webhook::Parts {
            origin: origin.clone(),
            channel: voice,
            inbox: runtime.inbox(),
            catalog: Arc::clone(&catalog),
            bindings: vec![binding(&secret, &numbers)?],
            first_language: {
                let first = tenants.iter().filter_map(|t| Some((t.id.clone(), t.languages.first()?.clone())));
                let first: HashMap<_, _> = first.collect();
                Arc::new(move |id: &TenantId| first.get(id).cloned())
            },
        });
        let platforms = platforms.routes(&runtime.inbox(), &site);
        // The start page shows the chat in a frame, by whichever name of this machine it was opened.
        let framed_by = Arc::new(|_: &TenantId| vec!["'self'".to_owned()]);
        let front = Front { chats: Arc::clone(&site), site, clock, keys, browser, stop: stop.clone(), framed_by };
        let router = routes(&runtime, front, Limits::default(), start_page.merge(calls).merge(platforms));
        let server = Server { listener, router, stop, switch };
        Ok(Self { runtime, catalog, tenants, people, origin, port, sent, console, server })
    }

    /// Serves until `until` is over, then finishes what runs.
    pub async fn serve(self, until: impl Future<Output = ()>) {
        let Server { listener, router, stop, switch } = self.server;
        let serving = serve(listener, router, Limits::default(), stop);
        let stopping = async {
            until.await;
            switch.stop();
        };
        tokio::join!(serving, stopping);
        self.runtime.shutdown().await;
    }
}

/// The one account at the demo's own provider.
const ACCOUNT: &str = "demo";

/// A number for every institution, of a range that is kept for fiction (01632 960000 to 960999).
fn numbers(tenants: &[Arc<Tenant>]) -> HashMap<TenantId, String> {
    let number = |n: usize| format!("+441632960{:03}", n + 1);
    tenants.iter().enumerate().map(|(n, tenant)| (tenant.id.clone(), number(n))).collect()
}

fn carrier(
    origin: &str,
    secret: &str,
    keys: &Arc<Keys>,
    numbers: &HashMap<TenantId, String>,
    entropy: &Arc<dyn Entropy>,
) -> anyhow::Result<Arc<Carrier>> {
    let incoming = format!("{origin}{ROOT}/{ACCOUNT}");
    let (keys, origin) = (Arc::clone(keys), origin.to_owned());
    let answer_at = move |leg: &LegId| Place::Leg { leg }.address(&keys, &origin, ACCOUNT);
    Carrier::new(incoming, secret, Arc::new(answer_at), numbers.clone(), Arc::clone(entropy))
}

fn binding(secret: &str, numbers: &HashMap<TenantId, String>) -> anyhow::Result<Binding> {
    let secret = Secret::new(secret).map_err(|fault| anyhow!("the demo's own secret {fault}"))?;
    let digits = |number: &String| number.trim_start_matches('+').to_owned();
    Ok(Binding {
        name: ACCOUNT.to_owned(),
        provider: Provider::Twilio,
        verifier: Verifier::Twilio { secret, hash: Hash::Sha1 },
        numbers: numbers.iter().map(|(tenant, number)| (digits(number), tenant.clone())).collect(),
        sound: Sound::default(),
    })
}
