//! What all parts of the runtime share.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use tokio::sync::{Notify, watch};

use crate::metrics::Metrics;
use crate::model::method::Method;
use crate::model::time::Timestamp;
use crate::runtime::addresses::Addresses;
use crate::runtime::caps::Caps;
use crate::runtime::flows::Flows;
use crate::runtime::guard::guarded;
use crate::runtime::health::Health;
use crate::runtime::locks::Locks;
use crate::runtime::observe::observed;
use crate::runtime::pages::Answers;
use crate::runtime::parts::Parts;
use crate::runtime::vault::Vault;

pub struct Shell {
    /// Each behind its guard.
    pub parts: Parts,
    pub health: Health,
    pub metrics: Arc<Metrics>,
    pub flows: Flows,
    pub vault: Vault,
    /// What pages answered in the last minute.
    pub answers: Answers,
    /// Where peers of the web came from.
    pub addresses: Addresses,
    pub locks: Arc<Locks>,
    /// How full the caps are.
    pub caps: Caps,
    /// Something is due earlier than the timers know.
    pub timers: Notify,
    pub outbox: OutboxWake,
    pub stopping: AtomicBool,
    pub under_way: UnderWay,
}

/// Tells the outbox of new rows, and those who wait when it has nothing left to do.
pub struct OutboxWake {
    pub notify: Notify,
    /// Batches with rows so far.
    written: AtomicUsize,
    /// Up to which batch nothing is left that could leave now.
    empty_up_to: watch::Sender<usize>,
}

/// Turns and effects that are being worked on.
pub struct UnderWay(watch::Sender<usize>);

/// One of them; counted until dropped.
pub struct Working(Arc<Shell>);

impl Shell {
    pub fn new(parts: Parts) -> Arc<Self> {
        let metrics = Arc::new(Metrics::default());
        let parts = observed(parts, &metrics);
        let flows = Flows::new(Arc::clone(&parts.flows));
        let (parts, health) = guarded(parts);
        Arc::new(Self {
            parts,
            health,
            metrics,
            flows,
            vault: Vault::default(),
            answers: Answers::default(),
            addresses: Addresses::default(),
            locks: Locks::new(),
            caps: Caps::default(),
            timers: Notify::new(),
            outbox: OutboxWake {
                notify: Notify::new(),
                written: AtomicUsize::new(0),
                empty_up_to: watch::Sender::new(0),
            },
            stopping: AtomicBool::new(false),
            under_way: UnderWay(watch::Sender::new(0)),
        })
    }

    pub fn now(&self) -> Timestamp {
        self.parts.clock.now()
    }

    /// Methods whose adapters are wired and up: what a person may be offered now.
    pub fn available(&self) -> Vec<Method> {
        let now = self.now();
        let mut methods = self.parts.wired();
        methods.retain(|method| {
            let fuse = match method {
                Method::Email => &self.health.mail,
                Method::Sms => &self.health.texts,
                Method::CallMobile | Method::CallOffice => &self.health.calls,
                Method::Push | Method::Totp | Method::Questions => &None,
            };
            fuse.as_ref().is_none_or(|fuse| fuse.lets_in(now))
        });
        methods
    }

    /// 16 random bytes for an id.
    pub fn draw_id(&self) -> [u8; 16] {
        let drawn = self.parts.entropy.draw();
        let mut id = [0; 16];
        id.copy_from_slice(&drawn[..16]);
        id
    }

    pub fn stopping(&self) -> bool {
        self.stopping.load(Ordering::SeqCst)
    }

    pub fn work(self: &Arc<Self>) -> Working {
        self.under_way.0.send_modify(|n| *n += 1);
        Working(Arc::clone(self))
    }
}

impl UnderWay {
    /// Returns when nothing is being worked on.
    pub async fn none(&self) {
        // The sender lives in the same value, so the wait cannot fail.
        let _ = self.0.subscribe().wait_for(|n| *n == 0).await;
    }
}

impl Drop for Working {
    fn drop(&mut self) {
        self.0.under_way.0.send_modify(|n| *n -= 1);
    }
}

impl OutboxWake {
    /// A batch with rows is on disk.
    pub fn wrote(&self) {
        self.written.fetch_add(1, Ordering::SeqCst);
        self.notify.notify_one();
    }

    pub fn written(&self) -> usize {
        self.written.load(Ordering::SeqCst)
    }

    /// Nothing of the first `batches` batches can leave now.
    pub fn empty(&self, batches: usize) {
        self.empty_up_to.send_modify(|known| *known = batches.max(*known));
    }

    /// Returns when every row written before this call has left, or waits for a later time.
    pub async fn drained(&self) {
        let target = self.written();
        let _ = self.empty_up_to.subscribe().wait_for(|known| *known >= target).await;
    }
}
