//! The registry over one SQLite connection: calls queue for it and run on a blocking thread, one at a time. What counts
//! attempts shares a transaction with whatever else waits to be counted.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Arc, PoisonError};

use async_trait::async_trait;
use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior};
use tokio::sync::{Mutex, oneshot};

use crate::disk::later::Later;
use crate::disk::mark::{Mark, Said};
use crate::model::contacts::Contact;
use crate::model::ids::{AccountId, FormerId, TenantId};
use crate::model::names::OptionKey;
use crate::model::secrets::Answer;
use crate::model::time::Timestamp;
use crate::policy::limits::Limit;
use crate::ports::former::{Carrier, FormerAddress, FormerAddresses};
use crate::ports::registry::{Count, Enrol, Enrolment, Level, Registry, RegistryError, StepUse};
use crate::registry::answers;
use crate::registry::counters::{self, Names};
use crate::registry::enrolments::{self, Rows};
use crate::registry::schema::{self, failed};
use crate::registry::{former, keys, sums};
use crate::verify::keys::{Key, Tag};
use crate::verify::seal::Sealer;

pub struct SqliteRegistry {
    connection: Arc<Mutex<(Connection, Mark)>>,
    /// Whoever gets the connection next does all of these, in one transaction with one sync.
    waiting: Arc<std::sync::Mutex<Vec<Job>>>,
    keys: Arc<RegistryKeys>,
    later: Later,
}

/// A part of a transaction, or why there is none. Called once, it says who is to be told of the commit.
type Job = Box<dyn FnOnce(Result<&mut Transaction<'_>, RegistryError>, &RegistryKeys) -> Release + Send>;
type Release = Box<dyn FnOnce(Result<(), RegistryError>) + Send>;

/// What the registry's rows are sealed with and found by.
pub struct RegistryKeys {
    pub sealer: Sealer,
    pub lookup: Key,
}

impl SqliteRegistry {
    /// Opens or creates the file; a damaged one is an error, for nothing else knows what was in it.
    pub fn open(path: &Path, keys: RegistryKeys) -> Result<Self, RegistryError> {
        Self::open_looking(path, keys, u64::MAX)
    }

    /// The same for a service that should answer soon: a file from `large` bytes on is looked through while it is used,
    /// and refused from the moment on at which damage is found.
    pub fn open_looking(path: &Path, keys: RegistryKeys, large: u64) -> Result<Self, RegistryError> {
        let (connection, mark, later) = schema::open(path, &keys.lookup, large)?;
        Ok(Self::over((connection, mark), keys, later))
    }

    /// Whether everything that was there at the start was looked at.
    pub fn looked_through(&self) -> bool {
        self.later.is_over()
    }

    /// Whether a copy that nobody uses is whole. It is not changed.
    pub fn check(path: &Path, lookup: &Key) -> Result<(), RegistryError> {
        schema::check(path, lookup)
    }

    /// For the demo and for tests: the same tables, gone with the process.
    pub fn in_memory(keys: RegistryKeys) -> Result<Self, RegistryError> {
        Ok(Self::over(schema::in_memory(&keys.lookup)?, keys, Later::over()))
    }

    /// Rows by the version of the key they are sealed with.
    pub async fn by_key(&self) -> Result<BTreeMap<u32, u64>, RegistryError> {
        self.run(|connection, _| keys::by_key(connection)).await
    }

    /// Seals every row of an older key with the active one, a page at a time; how many there were.
    pub async fn reseal(&self) -> Result<u64, RegistryError> {
        let (mut all, mut from) = (0, None);
        loop {
            let (resealed, next) =
                self.run(move |connection, keys| keys::reseal(connection, &keys.sealer, from)).await?;
            all += resealed;
            let Some(next) = next else { break };
            from = Some(next);
        }
        let mut from = Vec::new();
        loop {
            let (resealed, next) =
                self.run(move |connection, keys| former::reseal(connection, &keys.sealer, &from)).await?;
            all += resealed;
            let Some(next) = next else { return Ok(all) };
            from = next.to_vec();
        }
    }

    fn over(file: (Connection, Mark), keys: RegistryKeys, later: Later) -> Self {
        Self { connection: Arc::new(Mutex::new(file)), waiting: Arc::default(), keys: Arc::new(keys), later }
    }

    /// Nothing is taken from a damaged file.
    fn sound(&self) -> Result<(), RegistryError> {
        self.later.damage().map_or(Ok(()), |why| Err(RegistryError::Unavailable(why.to_owned())))
    }

    /// Waits for the connection without holding a thread. A caller that is dropped meanwhile does not stop the work.
    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Connection, &RegistryKeys) -> Result<T, RegistryError> + Send + 'static,
    ) -> Result<T, RegistryError> {
        self.sound()?;
        let mut file = Arc::clone(&self.connection).lock_owned().await;
        let keys = Arc::clone(&self.keys);
        let work = move || {
            let (connection, mark) = &mut *file;
            let done = work(connection, &keys);
            // What a failure left is on disk as well, so it may be said too.
            if let Ok(number) = sums::changes(connection) {
                mark.say(Said { number, tag: [0; 32] });
            }
            done
        };
        blocking(work).await?
    }

    /// The same for a change that shares its transaction; one that fails takes back its own changes only.
    async fn share<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection, &RegistryKeys) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, RegistryError> {
        self.sound()?;
        let (answer, mut answered) = oneshot::channel();
        let job: Job = Box::new(move |change, keys| {
            let done = change.and_then(|change| part(change, |part| work(part, keys)).map_err(failed));
            // A caller that went away does not need its answer.
            Box::new(move |committed| drop(answer.send(done.and_then(|value| committed.map(|()| value)))))
        });
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).push(job);
        let mut file = Arc::clone(&self.connection).lock_owned().await;
        // Who had the connection before may have done it already.
        if let Ok(done) = answered.try_recv() {
            return done;
        }
        let (waiting, keys) = (Arc::clone(&self.waiting), Arc::clone(&self.keys));
        tokio::task::spawn_blocking(move || {
            let (connection, mark) = &mut *file;
            let group = std::mem::take(&mut *waiting.lock().unwrap_or_else(PoisonError::into_inner));
            let (releases, committed) = together(connection, &keys, group);
            if let Ok(number) = sums::changes(connection) {
                mark.say(Said { number, tag: [0; 32] });
            }
            releases.into_iter().for_each(|release| release(committed.clone()));
        });
        answered.await.map_err(|_| RegistryError::Unavailable(String::from("the call was stopped")))?
    }
}

/// Does all of a group in one transaction.
fn together(
    connection: &mut Connection,
    keys: &RegistryKeys,
    group: Vec<Job>,
) -> (Vec<Release>, Result<(), RegistryError>) {
    let lost = || RegistryError::Unavailable(String::from("the transaction was given up"));
    match connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failed) {
        Ok(mut change) => {
            // A full disk ends the whole transaction, and what comes after must not begin another.
            let run = |job: Job| job(if change.is_autocommit() { Err(lost()) } else { Ok(&mut change) }, keys);
            let releases = group.into_iter().map(run).collect();
            (releases, change.commit().map_err(failed))
        }
        Err(error) => (group.into_iter().map(|job| job(Err(error.clone()), keys)).collect(), Err(error)),
    }
}

fn part<T>(change: &mut Transaction<'_>, work: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> rusqlite::Result<T> {
    let part = change.savepoint()?;
    let value = work(&part)?;
    part.commit()?;
    Ok(value)
}

#[async_trait]
impl Registry for SqliteRegistry {
    async fn enrolment(&self, tenant: &TenantId, account: &AccountId) -> Result<Enrolment, RegistryError> {
        let (tenant, account) = (tenant.clone(), account.clone());
        self.run(move |connection, keys| enrolments::read(connection, &keys.sealer, &keys.owner(&tenant, &account)))
            .await
    }

    async fn enrol(
        &self,
        tenant: &TenantId,
        account: &AccountId,
        enrol: Enrol,
        now: Timestamp,
    ) -> Result<(), RegistryError> {
        let (tenant, account) = (tenant.clone(), account.clone());
        let Enrol { contacts, totp, answers } = enrol;
        // Stretched before the connection is taken, so that nobody waits for it.
        let answers = blocking(move || answers.map(hashed).transpose()).await??;
        let rows = Rows { contacts, totp, answers };
        self.run(move |connection, keys| {
            let owner = keys.owner(&tenant, &account);
            enrolments::write(connection, &keys.sealer, &owner, (&tenant, &account), rows, now)
        })
        .await
    }

    async fn count(
        &self,
        tenant: &TenantId,
        operation: &str,
        limits: &[Limit],
        now: Timestamp,
    ) -> Result<Count, RegistryError> {
        let (tenant, operation, limits) = (tenant.clone(), operation.to_owned(), limits.to_vec());
        self.share(move |change, keys| counters::count(change, keys.names(&tenant), &operation, &limits, now)).await
    }

    async fn levels(&self, tenant: &TenantId, limits: &[Limit], now: Timestamp) -> Result<Vec<Level>, RegistryError> {
        let (tenant, limits) = (tenant.clone(), limits.to_vec());
        self.run(move |connection, keys| {
            counters::levels(connection, keys.names(&tenant), &limits, now).map_err(failed)
        })
        .await
    }

    async fn know_source(
        &self,
        tenant: &TenantId,
        account: &AccountId,
        peer_key: &str,
        now: Timestamp,
    ) -> Result<(), RegistryError> {
        let (tenant, account, peer_key) = (tenant.clone(), account.clone(), peer_key.to_owned());
        self.run(move |connection, keys| {
            counters::know(connection, keys.names(&tenant), &account, &peer_key, now).map_err(failed)
        })
        .await
    }

    async fn knows_source(
        &self,
        tenant: &TenantId,
        account: &AccountId,
        peer_key: &str,
        since: Timestamp,
    ) -> Result<bool, RegistryError> {
        let (tenant, account, peer_key) = (tenant.clone(), account.clone(), peer_key.to_owned());
        self.run(move |connection, keys| {
            counters::knows(connection, keys.names(&tenant), &account, &peer_key, since).map_err(failed)
        })
        .await
    }

    async fn refund(&self, tenant: &TenantId, operation: &str) -> Result<(), RegistryError> {
        let (tenant, operation) = (tenant.clone(), operation.to_owned());
        self.share(move |change, keys| counters::refund(change, keys.names(&tenant), &operation)).await
    }

    async fn forgive(&self, tenant: &TenantId, limit_key: &str) -> Result<(), RegistryError> {
        let (tenant, limit_key) = (tenant.clone(), limit_key.to_owned());
        self.run(move |connection, keys| counters::forgive(connection, keys.names(&tenant), &limit_key).map_err(failed))
            .await
    }

    async fn use_totp_step(
        &self,
        tenant: &TenantId,
        account: &AccountId,
        step: u64,
        operation: &str,
    ) -> Result<StepUse, RegistryError> {
        let (tenant, account, operation) = (tenant.clone(), account.clone(), operation.to_owned());
        self.run(move |connection, keys| {
            counters::use_step(connection, keys.names(&tenant), &account, step, &operation).map_err(failed)
        })
        .await
    }

    async fn answers_right(
        &self,
        tenant: &TenantId,
        account: &AccountId,
        answers: &[(OptionKey, Answer)],
    ) -> Result<bool, RegistryError> {
        let (tenant, account) = (tenant.clone(), account.clone());
        let questions: Vec<OptionKey> = answers.iter().map(|(question, _)| question.clone()).collect();
        let given: Vec<Answer> = answers.iter().map(|(_, given)| Answer::new(given.reveal().to_owned())).collect();
        // One known answer must not count for two questions.
        let distinct = questions.iter().collect::<BTreeSet<_>>().len() == questions.len();
        let kept = self
            .run(move |connection, keys| {
                let owner = keys.owner(&tenant, &account);
                let find = |question| enrolments::answer(connection, &keys.sealer, &owner, question);
                questions.iter().map(find).collect::<Result<Vec<_>, _>>()
            })
            .await?;
        // Every answer is compared, right or not, enrolled or not: time tells nothing.
        let n_right = blocking(move || {
            let compare = |(given, kept): (&Answer, &Option<String>)| {
                answers::right(given, kept.as_deref().unwrap_or(answers::NOBODYS)) && kept.is_some()
            };
            given.iter().zip(&kept).map(compare).filter(|right| *right).count()
        })
        .await?;
        Ok(distinct && !answers.is_empty() && n_right == answers.len())
    }

    async fn freeze(&self, tenant: &TenantId, account: &AccountId, now: Timestamp) -> Result<(), RegistryError> {
        let (tenant, account) = (tenant.clone(), account.clone());
        self.run(move |connection, keys| {
            counters::freeze(connection, keys.names(&tenant), &account, now).map_err(failed)
        })
        .await
    }

    async fn release(&self, tenant: &TenantId, account: &AccountId) -> Result<bool, RegistryError> {
        let (tenant, account) = (tenant.clone(), account.clone());
        self.run(move |connection, keys| counters::release(connection, keys.names(&tenant), &account).map_err(failed))
            .await
    }

    async fn frozen(&self, tenant: &TenantId, account: &AccountId) -> Result<bool, RegistryError> {
        let (tenant, account) = (tenant.clone(), account.clone());
        self.run(move |connection, keys| {
            let find = "SELECT 1 FROM freeze WHERE owner = ?1";
            let found = connection.query_row(find, [keys.owner(&tenant, &account)], |_| Ok(())).optional();
            found.map(|row| row.is_some()).map_err(failed)
        })
        .await
    }
}

#[async_trait]
impl FormerAddresses for SqliteRegistry {
    async fn waiting(&self, by: Carrier, at_most: u32) -> Result<Vec<FormerAddress>, RegistryError> {
        self.run(move |connection, keys| former::waiting(connection, &keys.sealer, by, at_most)).await
    }

    async fn address(&self, id: FormerId) -> Result<Option<Contact>, RegistryError> {
        self.run(move |connection, keys| former::address(connection, &keys.sealer, id)).await
    }

    async fn taken_up(&self, id: FormerId, now: Timestamp) -> Result<(), RegistryError> {
        self.run(move |connection, _| former::taken_up(connection, id, now).map_err(failed)).await
    }

    async fn forget(&self, id: FormerId) -> Result<(), RegistryError> {
        self.run(move |connection, _| former::forget(connection, id).map_err(failed)).await
    }
}

impl RegistryKeys {
    fn names<'a>(&'a self, tenant: &'a TenantId) -> Names<'a> {
        Names { lookup: &self.lookup, tenant }
    }

    fn owner(&self, tenant: &TenantId, account: &AccountId) -> Tag {
        self.names(tenant).owner(account)
    }
}

fn hashed(answers: Vec<(OptionKey, Answer)>) -> Result<Vec<(OptionKey, String)>, RegistryError> {
    let hash = |(question, answer): (OptionKey, Answer)| {
        answers::hash(&answer).map(|hash| (question, hash)).map_err(RegistryError::Unavailable)
    };
    answers.into_iter().map(hash).collect()
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, RegistryError> {
    let stopped = |_| RegistryError::Unavailable(String::from("the call was stopped"));
    tokio::task::spawn_blocking(work).await.map_err(stopped)
}
