//! A few bound connections, kept for the next question. Whoever uses one gives it back only when all went well.

use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use ldap3::Ldap;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

use crate::directory::ldap::connection::{CONNECT_LIMIT, Server, Trouble};

const CONNECTIONS: usize = 8;
/// Younger than the idle limits of common servers and firewalls.
const IDLE: Duration = Duration::from_secs(5 * 60);
const AGE: Duration = Duration::from_secs(30 * 60);

pub struct Pool {
    pub server: Server,
    idle: Arc<Mutex<Vec<Idle>>>,
    permits: Arc<Semaphore>,
}

struct Idle {
    ldap: Ldap,
    born: Instant,
    since: Instant,
}

/// A connection in use, bound as the service account. Dropping it closes it.
pub struct Lease {
    ldap: Ldap,
    born: Instant,
    /// It was opened for an earlier use, and may have died since.
    pub reused: bool,
    home: Arc<Mutex<Vec<Idle>>>,
    _permit: OwnedSemaphorePermit,
}

impl Pool {
    pub fn new(server: Server) -> Self {
        Self { server, idle: Arc::default(), permits: Arc::new(Semaphore::new(CONNECTIONS)) }
    }

    /// A kept connection, or a new one.
    pub async fn take(&self) -> Result<Lease, Trouble> {
        let permit = self.permit().await?;
        let now = Instant::now();
        let kept = {
            let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
            idle.retain_mut(|it| now - it.since < IDLE && now - it.born < AGE && !it.ldap.is_closed());
            idle.pop()
        };
        match kept {
            Some(Idle { ldap, born, .. }) => Ok(self.lease(ldap, born, true, permit)),
            None => Ok(self.lease(self.server.connect().await?, now, false, permit)),
        }
    }

    /// A new connection; the kept ones are closed, because one of them turned out to be dead.
    pub async fn fresh(&self) -> Result<Lease, Trouble> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).clear();
        let permit = self.permit().await?;
        Ok(self.lease(self.server.connect().await?, Instant::now(), false, permit))
    }

    async fn permit(&self) -> Result<OwnedSemaphorePermit, Trouble> {
        let busy = |_| Trouble::NotSent(format!("all {CONNECTIONS} connections are busy"));
        let waiting = self.permits.clone().acquire_owned();
        Ok(tokio::time::timeout(CONNECT_LIMIT, waiting).await.map_err(busy)?.expect("the semaphore is never closed"))
    }

    fn lease(&self, ldap: Ldap, born: Instant, reused: bool, permit: OwnedSemaphorePermit) -> Lease {
        Lease { ldap, born, reused, home: self.idle.clone(), _permit: permit }
    }
}

impl Lease {
    /// Keeps the connection for the next one who asks.
    pub fn give_back(self) {
        let idle = Idle { ldap: self.ldap, born: self.born, since: Instant::now() };
        self.home.lock().unwrap_or_else(PoisonError::into_inner).push(idle);
    }
}

impl Deref for Lease {
    type Target = Ldap;

    fn deref(&self) -> &Ldap {
        &self.ldap
    }
}

impl DerefMut for Lease {
    fn deref_mut(&mut self) -> &mut Ldap {
        &mut self.ldap
    }
}
