//! One simulated institution from its first event to its last: what happens next, and what is handed to the service.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, LazyLock, Mutex};

use futures_util::FutureExt;
use ringback::config::tenant::shipped;
use ringback::flow::load;
use ringback::flow::set::FlowSet;
use ringback::model::ids::{AccountId, EventId};
use ringback::model::names::OptionKey;
use ringback::model::peer::Channel;
use ringback::model::prompt::Prompt;
use ringback::model::secrets::Answer;
use ringback::model::time::Timestamp;
use ringback::policy::tenant::Tenant;
use ringback::ports::clock::{Clock, Entropy};
use ringback::ports::messenger;
use ringback::ports::registry::{Enrol, Registry};
use ringback::ports::store::{Store, StoreError};
use ringback::runtime::parts::{Parts, TenantParts};
use ringback::runtime::start::Runtime;
use ringback::runtime::turn::{Accepted, Inbound, InboxError};
use ringback::verify::totp::TotpSecret;
use tokio::task::JoinHandle;
use zeroize::Zeroizing;

use super::actors::Actor;
use super::chance::{Chance, Dice};
use super::machine::Machine;
use super::oracle::{HandedIn, Invariant, event_key};
use super::pages::PendingPage;
use super::planted::Planted;
use super::ports::directory::{Arriving, SimDirectory, arrive_due};
use super::ports::disk::PlainDisk;
use super::ports::outside::Outside;
use super::ports::record::SimRecord;
use super::ports::registry::{MapRegistry, SimRegistry};
use super::ports::store::SimStore;
use super::scene::{Scene, called};
use crate::support::clock::MORNING;
use crate::support::world::CATALOG;

static FLOWS: LazyLock<Arc<FlowSet>> = LazyLock::new(|| match FlowSet::load(&load::shipped(), Some(&CATALOG)) {
    Ok(flows) => Arc::new(flows),
    Err(findings) => panic!("the shipped flows: {findings:?}"),
});
static TENANTS: LazyLock<Vec<Arc<Tenant>>> = LazyLock::new(|| {
    let known = ["apu", "imu", "aps"];
    let tenants = shipped(CATALOG.languages());
    tenants.into_iter().filter(|tenant| known.contains(&tenant.id.0.as_str())).map(Arc::new).collect()
});

/// How often a platform hands in again what nobody has acknowledged.
const REDELIVERIES: u32 = 8;

pub struct World {
    pub scene: Arc<Scene>,
    pub chance: Chance,
    pub actors: Vec<Actor>,
    pub registry: Arc<MapRegistry>,
    disk: Arc<PlainDisk>,
    entropy: Arc<Dice>,
    on_the_way: Arc<Mutex<Vec<Arriving>>>,
    pub machine: Option<Machine>,
    pub runtime: Option<Runtime>,
    starting: Option<JoinHandle<Result<Runtime, StoreError>>>,
    agenda: BTreeMap<(u64, u64), Task>,
    n_tasks: u64,
    pending: Vec<Pending>,
    pub pages: Vec<PendingPage>,
    pub n_events: u64,
}

/// What is going to happen.
pub enum Task {
    Act(usize),
    Deliver(Inbound, u32),
    Start,
    Jump(i64),
    Disable(AccountId, bool),
    Release,
}

struct Pending {
    inbound: Inbound,
    tries: u32,
    answer: JoinHandle<Result<Accepted, InboxError>>,
}

impl World {
    pub fn of(seed: u64, planted: Option<Planted>, told: bool) -> Self {
        let mut chance = Chance::of(seed, "world");
        let tenant = Arc::clone(&TENANTS[chance.below(TENANTS.len() as u64) as usize]);
        let scene = Scene::of(seed, tenant, planted, told);
        let clock: Arc<dyn Clock> = Arc::new(Shared(Arc::clone(&scene)));
        let disk = PlainDisk::new(clock);
        let mut world = Self {
            chance,
            actors: Vec::new(),
            registry: Arc::default(),
            disk: Arc::new(disk),
            entropy: Arc::new(Dice::of(seed)),
            on_the_way: Arc::default(),
            machine: None,
            runtime: None,
            starting: None,
            agenda: BTreeMap::new(),
            n_tasks: 0,
            pending: Vec::new(),
            pages: Vec::new(),
            n_events: 0,
            scene,
        };
        world.enrol();
        world.plan(0, Task::Start);
        world
    }

    pub fn plan(&mut self, elapsed: u64, task: Task) {
        self.n_tasks += 1;
        self.agenda.insert((elapsed, self.n_tasks), task);
    }

    pub fn plan_in(&mut self, millis: u64, task: Task) {
        self.plan(self.scene.clock.elapsed() + millis, task);
    }

    pub fn violated(&self) -> bool {
        !self.scene.state().oracle.violations.is_empty()
    }

    /// Lets everything happen until that many milliseconds since the beginning, or until something is not as it must be.
    pub fn run_until(&mut self, end: u64) {
        while !self.violated() {
            let task = self.agenda.keys().next().map(|(at, _)| *at);
            let arriving = self.on_the_way.lock().unwrap().iter().map(|arriving| arriving.at).min();
            let wake = [task, self.scene.clock.next(), arriving].into_iter().flatten().min();
            let Some(next) = wake.filter(|next| *next <= end) else { break };
            self.scene.clock.move_to(next);
            arrive_due(&self.scene, &self.on_the_way);
            let now = self.scene.clock.elapsed();
            match self.agenda.first_entry().filter(|first| first.key().0 <= now) {
                Some(first) => {
                    let task = first.remove();
                    self.make(task);
                }
                None => self.settle(),
            }
        }
        if !self.violated() {
            self.scene.clock.move_to(end);
            self.settle();
        }
    }

    /// Nothing is planned any more: people go home.
    pub fn everybody_leaves(&mut self) {
        self.agenda.retain(|_, task| matches!(task, Task::Start));
        self.actors.clear();
    }

    fn make(&mut self, task: Task) {
        self.n_events += 1;
        match task {
            Task::Act(actor) => super::actors::act(self, actor),
            Task::Deliver(inbound, tries) => self.deliver(inbound, tries),
            Task::Start => self.start(),
            Task::Jump(seconds) => {
                self.scene.clock.jump(seconds);
                self.scene.tally("clock jumps");
                self.scene.tell(|| format!("!!  the wall clock is moved by {seconds} s"));
            }
            Task::Disable(account, off) => self.disable(&account, off),
            Task::Release => self.release(),
        }
        self.settle();
    }

    fn start(&mut self) {
        self.scene.clock.reborn();
        self.scene.state().dead = false;
        let machine = Machine::new();
        self.starting = Some(machine.spawn(Runtime::start(self.parts())));
        self.machine = Some(machine);
        self.scene.tell(|| "##  the service starts".to_owned());
    }

    /// Lets everything happen that needs no time; takes the answers; clears up after a machine that stopped.
    pub fn settle(&mut self) {
        let Some(machine) = &self.machine else { return };
        if self.pages.is_empty() {
            machine.settle()
        } else {
            machine.settle_all()
        };
        if let Some(starting) = self.starting.take_if(|starting| starting.is_finished()) {
            match machine.take(starting) {
                Some(Ok(runtime)) => self.runtime = Some(runtime),
                Some(Err(_)) | None => self.scene.state().dead = true,
            }
            machine.settle();
        }
        self.answers();
        super::pages::answers(self);
        if self.scene.state().dead {
            self.clear_up();
        }
        let leaked = self.scene.state().oracle.secrets.leaked();
        if let Some(leaked) = leaked {
            self.scene.state().oracle.violated(Invariant::I6, format!("{leaked} stands where no secret may"));
        }
    }

    fn clear_up(&mut self) {
        self.runtime = None;
        self.starting = None;
        for Pending { inbound, tries, .. } in std::mem::take(&mut self.pending) {
            self.again(inbound, tries);
        }
        super::pages::lost(self);
        self.machine = None;
        self.scene.state().unwritten.clear();
        self.scene.state().uncounted.clear();
        self.scene.tally("crashes");
        let wait = self.chance.between(1_000, 40_000);
        self.plan_in(wait, Task::Start);
    }

    fn answers(&mut self) {
        let Some(machine) = &self.machine else { return };
        let (done, open) =
            std::mem::take(&mut self.pending).into_iter().partition(|p: &Pending| p.answer.is_finished());
        self.pending = open;
        let done: Vec<Pending> = done;
        let taken: Vec<_> = done.into_iter().map(|p| (p.inbound, p.tries, machine.take(p.answer))).collect();
        for (inbound, tries, answer) in taken {
            match answer {
                Some(Ok(accepted)) => {
                    if accepted.conversation.is_some() && !accepted.duplicate {
                        let key = event_key(&self.behind(&inbound), &inbound.event.0);
                        let mut state = self.scene.state();
                        let on_disk = state.oracle.processed.contains(&key);
                        state.oracle.hold(Invariant::I7, on_disk, || {
                            format!("event {} was acknowledged before it was on disk", key.1)
                        });
                    }
                }
                Some(Err(_)) | None => self.again(inbound, tries),
            }
        }
    }

    /// Who the service takes for the sender.
    fn behind(&self, inbound: &Inbound) -> ringback::model::peer::Peer {
        inbound.peer.clone()
    }

    fn again(&mut self, inbound: Inbound, tries: u32) {
        if tries < REDELIVERIES {
            self.plan_in(4_000 * u64::from(tries + 1), Task::Deliver(inbound, tries + 1));
        }
    }

    /// Somebody does something in a chat; the platform may do odd things with it.
    pub fn hand_in(&mut self, inbound: Inbound, stolen: bool) {
        let key = event_key(&inbound.peer, &inbound.event.0);
        self.scene.tell(|| format!(">   {}: {:?}", called(&inbound.peer), inbound.act));
        let handed_in = HandedIn { act: inbound.act.clone(), stolen };
        self.scene.state().oracle.handed_in.entry(key.clone()).or_insert(handed_in);
        let at = format!("{} {}", key.0, key.1);
        if self.scene.strikes("event: comes again, edited", &at) {
            let mut edited = inbound.clone();
            edited.act = ringback::engine::event::Act::Text("edited 99118822".to_owned());
            self.plan_in(7_000, Task::Deliver(edited, REDELIVERIES));
        }
        if self.scene.strikes("event: comes again much later", &at) {
            self.plan_in(600_000, Task::Deliver(inbound.clone(), REDELIVERIES));
        }
        if self.scene.strikes("event: late", &at) {
            self.plan_in(9_000, Task::Deliver(inbound, 0));
            return;
        }
        if self.scene.strikes("event: doubled", &at) {
            self.deliver(inbound.clone(), 0);
        }
        self.deliver(inbound, 0);
    }

    fn deliver(&mut self, mut inbound: Inbound, tries: u32) {
        let (Some(machine), Some(runtime)) = (&self.machine, &self.runtime) else {
            return self.again(inbound, tries);
        };
        if self.scene.has_planted(Planted::PeersCollide) {
            inbound.peer.channel = Channel::Browser;
        }
        let (inbox, event) = (runtime.inbox(), inbound.clone());
        let answer = machine.spawn(async move { inbox.submit(event).await });
        self.pending.push(Pending { inbound, tries, answer });
        self.scene.tally("events");
    }

    pub fn event(&mut self, user: &str) -> EventId {
        self.n_tasks += 1;
        EventId(format!("{user}-{}", self.n_tasks))
    }

    /// What a peer was shown, oldest first.
    pub fn screen(&self, who: &str) -> Vec<Prompt> {
        let state = self.scene.state();
        state.screens.get(who).into_iter().flatten().map(|(_, prompt)| prompt.clone()).collect()
    }

    /// An administrator disables an account, or enables it again.
    pub fn disable(&mut self, account: &AccountId, off: bool) {
        use ringback::model::account::AccountState;
        self.scene.tell(|| format!("##  {} is {}", account.0, if off { "disabled" } else { "enabled" }));
        if let Some(member) = self.scene.state().cast.get_mut(account) {
            member.account.state = if off { AccountState::Disabled } else { AccountState::Active };
        }
    }

    /// The service desk looks after closed accounts.
    pub fn release(&mut self) {
        let closed = self.scene.state().oracle.closed.clone();
        for account in closed {
            self.registry.release(&self.scene.tenant.id, &account).now_or_never();
            let mut state = self.scene.state();
            state.oracle.closed.remove(&account);
            state.oracle.wrong.remove(&account.0);
            drop(state);
            self.scene.tell(|| format!("##  the desk releases {}", account.0));
        }
    }

    pub fn outbox_len(&self) -> usize {
        self.disk.outbox_len().now_or_never().and_then(Result::ok).unwrap_or(usize::MAX)
    }

    fn enrol(&self) {
        let yesterday = Timestamp(MORNING.0 - 25 * 3_600_000);
        let questions = self.scene.tenant.questions.is_some();
        for (account, member) in self.scene.state().cast.clone() {
            let answer = |(key, text): (String, String)| (OptionKey::parse(&key).unwrap(), Answer::new(text));
            let enrol = Enrol {
                contacts: None,
                totp: member.totp.map(|secret| TotpSecret(Zeroizing::new(secret))),
                answers: questions.then(|| member.answers.into_iter().map(answer).collect()),
            };
            self.registry.enrol(&self.scene.tenant.id, &account, enrol, yesterday).now_or_never();
        }
    }

    fn parts(&self) -> Parts {
        let scene = &self.scene;
        let outside = Arc::new(Outside { scene: Arc::clone(scene) });
        let directory = Arc::new(SimDirectory::new(scene, &self.on_the_way));
        let tenant = TenantParts { tenant: Arc::clone(&scene.tenant), directory };
        let screen: Arc<dyn messenger::Channel> = Arc::clone(&outside) as _;
        Parts {
            clock: Arc::new(Shared(Arc::clone(scene))),
            entropy: Arc::clone(&self.entropy) as Arc<dyn Entropy>,
            store: Arc::new(SimStore { scene: Arc::clone(scene), disk: Arc::clone(&self.disk) }),
            registry: Arc::new(SimRegistry { scene: Arc::clone(scene), disk: Arc::clone(&self.registry) }),
            former: None,
            audit: Arc::new(SimRecord { scene: Arc::clone(scene) }),
            tenants: HashMap::from([(scene.tenant.id.clone(), tenant)]),
            mail: Some(Arc::clone(&outside) as _),
            text_sender: Some(Arc::clone(&outside) as _),
            desk: Some(outside as _),
            caller: None,
            channels: HashMap::from([(Channel::Browser, Arc::clone(&screen)), (Channel::Terminal, screen)]),
            catalog: Arc::clone(&CATALOG),
            flows: Arc::clone(&FLOWS),
            keys: Arc::clone(&scene.keys),
            public_url: "https://reset.example".to_owned(),
        }
    }
}

/// The scene's clock as a port of its own.
struct Shared(Arc<Scene>);

#[async_trait::async_trait]
impl Clock for Shared {
    fn now(&self) -> Timestamp {
        self.0.clock.now()
    }

    async fn sleep_until(&self, moment: Timestamp) {
        self.0.clock.sleep_until(moment).await;
    }
}
