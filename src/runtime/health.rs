//! How everything outside stands: for readiness, for metrics, and for what is offered to people.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use crate::model::ids::TenantId;
use crate::model::time::Timestamp;
use crate::ports::clock::Clock;
use crate::runtime::breaker::{Breaker, Entry, Rules, Standing};

/// How one part stands.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum State {
    Up,
    /// It failed, and is being tried now.
    Trying,
    /// It fails: nobody asks it for a while.
    Down,
    /// The store cannot be written: nothing is taken in, sent or set.
    ReadOnly,
}

/// A view of every part. Cheap to clone; reads nothing from outside.
#[derive(Clone)]
pub struct Health {
    clock: Arc<dyn Clock>,
    pub(in crate::runtime) store: Arc<Gauge>,
    pub(in crate::runtime) registry: Arc<Gauge>,
    pub(in crate::runtime) audit: Arc<Gauge>,
    pub(in crate::runtime) directories: Arc<HashMap<TenantId, Fuse>>,
    pub(in crate::runtime) desks: Arc<HashMap<TenantId, Fuse>>,
    pub(in crate::runtime) mail: Option<Fuse>,
    pub(in crate::runtime) texts: Option<Fuse>,
    pub(in crate::runtime) calls: Option<Fuse>,
    /// Something went down: it must be looked after.
    pub(in crate::runtime) fell: Arc<Notify>,
}

/// Whether the last call worked.
#[derive(Default)]
pub(in crate::runtime) struct Gauge(AtomicBool);

/// A breaker that calls from many tasks share.
#[derive(Clone)]
pub(in crate::runtime) struct Fuse {
    breaker: Arc<Mutex<Breaker>>,
    clock: Arc<dyn Clock>,
    fell: Arc<Notify>,
    name: Arc<str>,
}

/// A question that was let in. Dropped without a report it counts as one that failed: its caller gave up.
pub(in crate::runtime) struct Asking<'a> {
    fuse: &'a Fuse,
    entry: Entry,
    reported: bool,
}

impl State {
    /// For metrics and answers.
    pub fn name(self) -> &'static str {
        match self {
            Self::Up => "up",
            Self::Trying => "trying",
            Self::Down => "down",
            Self::ReadOnly => "read_only",
        }
    }
}

impl Health {
    pub(in crate::runtime) fn new<'a>(
        clock: &Arc<dyn Clock>,
        tenants: impl Iterator<Item = &'a TenantId> + Clone,
        desks: bool,
        mail: bool,
        texts: bool,
        calls: bool,
    ) -> Self {
        let fell = Arc::new(Notify::new());
        let fuse = |name: String, rules| Fuse {
            breaker: Arc::new(Mutex::new(Breaker::new(rules))),
            clock: Arc::clone(clock),
            fell: Arc::clone(&fell),
            name: name.into(),
        };
        let each = |prefix: &str, rules| -> HashMap<TenantId, Fuse> {
            tenants.clone().map(|id| (id.clone(), fuse(format!("{prefix}:{id}"), rules))).collect()
        };
        Self {
            store: Arc::default(),
            registry: Arc::default(),
            audit: Arc::default(),
            directories: Arc::new(each("directory", Rules::DIRECTORY)),
            desks: Arc::new(if desks { each("desk", Rules::DESK) } else { HashMap::new() }),
            mail: mail.then(|| fuse("mail".to_owned(), Rules::MAIL)),
            texts: texts.then(|| fuse("sms".to_owned(), Rules::TEXTS)),
            calls: calls.then(|| fuse("calls".to_owned(), Rules::TEXTS)),
            fell,
            clock: Arc::clone(clock),
        }
    }

    /// Every part by its name: `store`, `registry`, `audit`, `directory:apu`, `desk:apu`, `mail`, `sms`, `calls`; in this order,
    /// tenants by their ids.
    pub fn parts(&self) -> Vec<(String, State)> {
        let now = self.clock.now();
        let store = if self.store.works() { State::Up } else { State::ReadOnly };
        let mut parts = vec![
            ("store".to_owned(), store),
            ("registry".to_owned(), self.registry.state()),
            ("audit".to_owned(), self.audit.state()),
        ];
        for fuses in [&self.directories, &self.desks] {
            let mut of_tenants: Vec<&Fuse> = fuses.values().collect();
            of_tenants.sort_by_key(|fuse| Arc::clone(&fuse.name));
            parts.extend(of_tenants.into_iter().map(|fuse| (fuse.name.to_string(), fuse.state(now))));
        }
        parts.extend(
            [&self.mail, &self.texts, &self.calls].into_iter().flatten().map(|it| (it.name.to_string(), it.state(now))),
        );
        parts
    }

    /// Whether this tenant's directory may be asked now.
    pub(in crate::runtime) fn directory_answers(&self, tenant: &TenantId) -> bool {
        self.directories.get(tenant).is_none_or(|fuse| fuse.lets_in(self.clock.now()))
    }
}

impl Gauge {
    pub fn works(&self) -> bool {
        !self.0.load(Ordering::SeqCst)
    }

    /// Whether that changed anything.
    pub fn note(&self, works: bool) -> bool {
        self.0.swap(!works, Ordering::SeqCst) == works
    }

    fn state(&self) -> State {
        if self.works() { State::Up } else { State::Down }
    }
}

impl Fuse {
    /// `None` when nobody may ask now.
    pub fn ask(&self) -> Option<Asking<'_>> {
        let entry = self.breaker().enter(self.clock.now());
        (entry != Entry::Refused).then_some(Asking { fuse: self, entry, reported: false })
    }

    /// Whether a question would be let in.
    pub fn lets_in(&self, now: Timestamp) -> bool {
        !matches!(self.breaker().standing(now), Standing::Open { .. })
    }

    /// Until when nobody asks, or when it may be tried; `None` while all is well.
    pub fn open_until(&self, now: Timestamp) -> Option<Timestamp> {
        match self.breaker().standing(now) {
            Standing::Closed => None,
            Standing::Open { until } => Some(until),
            Standing::Trying => Some(now),
        }
    }

    pub fn state(&self, now: Timestamp) -> State {
        match self.breaker().standing(now) {
            Standing::Closed => State::Up,
            Standing::Open { .. } => State::Down,
            Standing::Trying => State::Trying,
        }
    }

    fn report(&self, entry: Entry, failed: bool) {
        if !self.breaker().report(entry, failed, self.clock.now()) {
            return;
        }
        match failed {
            true => {
                tracing::error!(part = %self.name, outcome = "down", "it keeps failing and is left alone for a while");
                self.fell.notify_one();
            }
            false => tracing::info!(part = %self.name, outcome = "up", "it is back"),
        }
    }

    fn breaker(&self) -> MutexGuard<'_, Breaker> {
        // A panic elsewhere leaves it whole: every change is one call.
        self.breaker.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Asking<'_> {
    pub fn worked(mut self) {
        self.reported = true;
        self.fuse.report(self.entry, false);
    }

    pub fn failed(mut self) {
        self.reported = true;
        self.fuse.report(self.entry, true);
    }

    pub fn over(self, worked: bool) {
        if worked { self.worked() } else { self.failed() }
    }
}

impl Drop for Asking<'_> {
    fn drop(&mut self) {
        if !self.reported {
            self.fuse.report(self.entry, true);
        }
    }
}
