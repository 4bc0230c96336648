//! The registry in memory: the same promises as the real one, with faults around it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use ringback::model::account::RegisteredContact;
use ringback::model::ids::{AccountId, TenantId};
use ringback::model::names::OptionKey;
use ringback::model::secrets::Answer;
use ringback::model::time::Timestamp;
use ringback::policy::limits::{Limit, Limited, Scope};
use ringback::ports::registry::{Count, Enrol, Enrolment, Level, Registry, RegistryError, StepUse};
use ringback::verify::totp::TotpSecret;
use zeroize::Zeroizing;

use crate::simulator::oracle::Now;
use crate::simulator::planted::Planted;
use crate::simulator::scene::Scene;

type Owner = (TenantId, AccountId);
type Hits = BTreeMap<(TenantId, Limited, Scope), Vec<(Timestamp, String)>>;

/// Everything is in plain maps; nothing here is meant to be secret.
#[derive(Default)]
pub struct MapRegistry(Mutex<Tables>);

#[derive(Default)]
struct Tables {
    contacts: BTreeMap<Owner, Vec<RegisteredContact>>,
    totp: BTreeMap<Owner, Vec<u8>>,
    answers: BTreeMap<Owner, BTreeMap<OptionKey, String>>,
    steps: BTreeMap<Owner, u64>,
    frozen: BTreeSet<Owner>,
    hits: Hits,
    sources: BTreeMap<(Owner, String), Timestamp>,
    operations: BTreeMap<(TenantId, String), Count>,
    step_operations: BTreeMap<(TenantId, String), StepUse>,
}

fn normal(answer: &str) -> String {
    answer.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

fn owner(tenant: &TenantId, account: &AccountId) -> Owner {
    (tenant.clone(), account.clone())
}

#[async_trait]
impl Registry for MapRegistry {
    async fn enrolment(&self, tenant: &TenantId, account: &AccountId) -> Result<Enrolment, RegistryError> {
        let tables = self.0.lock().unwrap();
        let owner = owner(tenant, account);
        Ok(Enrolment {
            contacts: tables.contacts.get(&owner).cloned().unwrap_or_default(),
            totp: tables.totp.get(&owner).map(|secret| TotpSecret(Zeroizing::new(secret.clone()))),
            questions: tables.answers.get(&owner).map(|answers| answers.keys().cloned().collect()).unwrap_or_default(),
        })
    }

    async fn enrol(
        &self,
        tenant: &TenantId,
        account: &AccountId,
        enrol: Enrol,
        _: Timestamp,
    ) -> Result<(), RegistryError> {
        let mut tables = self.0.lock().unwrap();
        let owner = owner(tenant, account);
        if let Some(contacts) = enrol.contacts {
            tables.contacts.insert(owner.clone(), contacts);
        }
        if let Some(totp) = enrol.totp {
            tables.totp.insert(owner.clone(), totp.0.to_vec());
        }
        if let Some(answers) = enrol.answers {
            let kept = answers.into_iter().map(|(key, answer)| (key, normal(answer.reveal()))).collect();
            tables.answers.insert(owner, kept);
        }
        Ok(())
    }

    async fn count(
        &self,
        tenant: &TenantId,
        operation: &str,
        limits: &[Limit],
        now: Timestamp,
    ) -> Result<Count, RegistryError> {
        let mut tables = self.0.lock().unwrap();
        let known = (tenant.clone(), operation.to_owned());
        if let Some(answer) = tables.operations.get(&known) {
            return Ok(*answer);
        }
        let scope = |limit: &Limit| (tenant.clone(), limit.what, limit.scope.clone());
        let mut refused = None;
        for limit in limits {
            let hits = tables.hits.get(&scope(limit)).map(Vec::as_slice).unwrap_or_default();
            let mut within: Vec<Timestamp> =
                hits.iter().map(|hit| hit.0).filter(|at| now < *at + limit.window).collect();
            within.sort();
            if limit.limit == 0 {
                refused = refused.max(Some(now + limit.window));
            } else if !limit.refuses() {
                // A budget: counted, and nothing more.
            } else if within.len() >= limit.limit as usize {
                refused = refused.max(Some(within[within.len() - limit.limit as usize] + limit.window));
            }
        }
        let answer = refused.map_or(Count::Allowed, |until| Count::Refused { until });
        if answer == Count::Allowed {
            let scopes: BTreeSet<_> = limits.iter().map(scope).collect();
            for scope in scopes {
                tables.hits.entry(scope).or_default().push((now, operation.to_owned()));
            }
        }
        tables.operations.insert(known, answer);
        Ok(answer)
    }

    async fn levels(&self, tenant: &TenantId, limits: &[Limit], now: Timestamp) -> Result<Vec<Level>, RegistryError> {
        let tables = self.0.lock().unwrap();
        let level = |limit: &Limit| {
            let hits = tables.hits.get(&(tenant.clone(), limit.what, limit.scope.clone()));
            let all = hits.into_iter().flatten().map(|hit| hit.0);
            let mut within: Vec<Timestamp> = all.filter(|at| now < *at + limit.window).collect();
            within.sort_by(|one, other| other.cmp(one));
            let nth = |n: usize| within.get(n).copied();
            let full_until = match limit.limit {
                0 => Some(now + limit.window),
                n => nth(n as usize - 1).map(|at| at + limit.window),
            };
            Level { count: within.len() as u32, recent: [nth(0), nth(1)], full_until }
        };
        Ok(limits.iter().map(level).collect())
    }

    async fn know_source(
        &self,
        tenant: &TenantId,
        account: &AccountId,
        peer_key: &str,
        now: Timestamp,
    ) -> Result<(), RegistryError> {
        self.0.lock().unwrap().sources.insert((owner(tenant, account), peer_key.to_owned()), now);
        Ok(())
    }

    async fn knows_source(
        &self,
        tenant: &TenantId,
        account: &AccountId,
        peer_key: &str,
        since: Timestamp,
    ) -> Result<bool, RegistryError> {
        let tables = self.0.lock().unwrap();
        Ok(tables.sources.get(&(owner(tenant, account), peer_key.to_owned())).is_some_and(|at| *at > since))
    }

    async fn refund(&self, tenant: &TenantId, operation: &str) -> Result<(), RegistryError> {
        let mut tables = self.0.lock().unwrap();
        let own = tables.hits.iter_mut().filter(|((of, ..), _)| of == tenant);
        own.for_each(|(_, hits)| hits.retain(|(_, by)| by != operation));
        Ok(())
    }

    async fn forgive(&self, tenant: &TenantId, limit_key: &str) -> Result<(), RegistryError> {
        let mut tables = self.0.lock().unwrap();
        for what in [Limited::WrongCode, Limited::WrongContact] {
            tables.hits.remove(&(tenant.clone(), what, Scope::Account(limit_key.to_owned())));
        }
        Ok(())
    }

    async fn use_totp_step(
        &self,
        tenant: &TenantId,
        account: &AccountId,
        step: u64,
        operation: &str,
    ) -> Result<StepUse, RegistryError> {
        let mut tables = self.0.lock().unwrap();
        let known = (tenant.clone(), operation.to_owned());
        if let Some(answer) = tables.step_operations.get(&known) {
            return Ok(*answer);
        }
        let last = tables.steps.entry(owner(tenant, account)).or_default();
        let answer = if step > *last { StepUse::Fresh } else { StepUse::Replayed };
        *last = step.max(*last);
        tables.step_operations.insert(known, answer);
        Ok(answer)
    }

    async fn answers_right(
        &self,
        tenant: &TenantId,
        account: &AccountId,
        answers: &[(OptionKey, Answer)],
    ) -> Result<bool, RegistryError> {
        let tables = self.0.lock().unwrap();
        let kept = tables.answers.get(&owner(tenant, account));
        let distinct = answers.iter().map(|(key, _)| key).collect::<BTreeSet<_>>().len() == answers.len();
        let right =
            |(key, given): &(OptionKey, Answer)| kept.and_then(|kept| kept.get(key)) == Some(&normal(given.reveal()));
        Ok(distinct && !answers.is_empty() && answers.iter().all(right))
    }

    async fn freeze(&self, tenant: &TenantId, account: &AccountId, _: Timestamp) -> Result<(), RegistryError> {
        let mut tables = self.0.lock().unwrap();
        let owner = owner(tenant, account);
        tables.sources.retain(|(of, _), _| *of != owner);
        tables.frozen.insert(owner);
        Ok(())
    }

    async fn release(&self, tenant: &TenantId, account: &AccountId) -> Result<bool, RegistryError> {
        let mut tables = self.0.lock().unwrap();
        tables.hits.retain(|(of, _, scope), _| of != tenant || *scope != Scope::Account(account.0.clone()));
        Ok(tables.frozen.remove(&owner(tenant, account)))
    }

    async fn frozen(&self, tenant: &TenantId, account: &AccountId) -> Result<bool, RegistryError> {
        Ok(self.0.lock().unwrap().frozen.contains(&owner(tenant, account)))
    }
}

impl MapRegistry {
    fn forgive_wrong_codes_with(&self, tenant: &TenantId, operation: &str) {
        let mut tables = self.0.lock().unwrap();
        let shared = |hits: &Vec<(Timestamp, String)>| hits.iter().any(|(_, by)| by == operation);
        tables.hits.retain(|(of, what, _), hits| of != tenant || *what != Limited::WrongCode || !shared(hits));
    }
}

/// A registry of which a call now and then fails, before it did anything or after.
pub struct SimRegistry {
    pub scene: Arc<Scene>,
    pub disk: Arc<MapRegistry>,
}

impl SimRegistry {
    async fn before(&self, what: &str) -> Result<(), RegistryError> {
        self.scene.boundary(&format!("before {what}")).await;
        let late = std::mem::take(&mut self.scene.state().uncounted);
        self.scene.state().oracle.counted.extend(late);
        match self.scene.strikes("registry: a call fails", what) {
            true => Err(RegistryError::Unavailable("the registry does not answer".to_owned())),
            false => Ok(()),
        }
    }

    async fn after<T>(&self, what: &str, done: T) -> Result<T, RegistryError> {
        self.scene.boundary(&format!("after {what}")).await;
        match self.scene.strikes("registry: a call is done, its answer is lost", what) {
            true => Err(RegistryError::Unavailable("the answer of the registry was lost".to_owned())),
            false => Ok(done),
        }
    }
}

#[async_trait]
impl Registry for SimRegistry {
    async fn enrolment(&self, tenant: &TenantId, account: &AccountId) -> Result<Enrolment, RegistryError> {
        self.before("reading an enrolment").await?;
        self.disk.enrolment(tenant, account).await
    }

    async fn enrol(
        &self,
        tenant: &TenantId,
        account: &AccountId,
        enrol: Enrol,
        now: Timestamp,
    ) -> Result<(), RegistryError> {
        self.disk.enrol(tenant, account, enrol, now).await
    }

    async fn count(
        &self,
        tenant: &TenantId,
        operation: &str,
        limits: &[Limit],
        now: Timestamp,
    ) -> Result<Count, RegistryError> {
        let what = format!("counting {operation}");
        self.before(&what).await?;
        let code = limits.iter().any(|limit| limit.what == Limited::WrongCode);
        let send = limits.iter().any(|limit| limit.what == Limited::Send);
        if self.scene.has_planted(Planted::CountsTooLate) && code {
            let mut state = self.scene.state();
            state.uncounted.push(operation.to_owned());
            state.oracle.allowed.insert(operation.to_owned());
            return Ok(Count::Allowed);
        }
        if self.scene.has_planted(Planted::SendsUncounted) && send {
            return Ok(Count::Allowed);
        }
        let answer = self.disk.count(tenant, operation, limits, now).await?;
        if answer == Count::Allowed {
            let mut state = self.scene.state();
            state.oracle.counted.insert(operation.to_owned());
            state.oracle.allowed.insert(operation.to_owned());
        }
        self.after(&what, answer).await
    }

    async fn levels(&self, tenant: &TenantId, limits: &[Limit], now: Timestamp) -> Result<Vec<Level>, RegistryError> {
        self.before("asking how full limits are").await?;
        self.disk.levels(tenant, limits, now).await
    }

    async fn know_source(
        &self,
        tenant: &TenantId,
        account: &AccountId,
        peer_key: &str,
        now: Timestamp,
    ) -> Result<(), RegistryError> {
        self.before("noting a source").await?;
        self.disk.know_source(tenant, account, peer_key, now).await?;
        self.scene.state().oracle.sources.insert((account.clone(), peer_key.to_owned()));
        self.after("noting a source", ()).await
    }

    async fn knows_source(
        &self,
        tenant: &TenantId,
        account: &AccountId,
        peer_key: &str,
        since: Timestamp,
    ) -> Result<bool, RegistryError> {
        self.before("asking for a source").await?;
        self.disk.knows_source(tenant, account, peer_key, since).await
    }

    async fn refund(&self, tenant: &TenantId, operation: &str) -> Result<(), RegistryError> {
        let what = format!("giving {operation} back");
        self.before(&what).await?;
        if self.scene.has_planted(Planted::RightForgivesAll) {
            self.disk.forgive_wrong_codes_with(tenant, operation);
        }
        self.disk.refund(tenant, operation).await?;
        self.after(&what, ()).await
    }

    async fn forgive(&self, tenant: &TenantId, limit_key: &str) -> Result<(), RegistryError> {
        self.before("forgiving").await?;
        self.disk.forgive(tenant, limit_key).await?;
        self.after("forgiving", ()).await
    }

    async fn use_totp_step(
        &self,
        tenant: &TenantId,
        account: &AccountId,
        step: u64,
        operation: &str,
    ) -> Result<StepUse, RegistryError> {
        let what = format!("using {operation}");
        self.before(&what).await?;
        let mut answer = self.disk.use_totp_step(tenant, account, step, operation).await?;
        if self.scene.has_planted(Planted::StepForgotten) {
            answer = StepUse::Fresh;
        }
        if answer == StepUse::Fresh {
            let now = Now { mark: self.scene.clock.mark(), tenant: &self.scene.tenant };
            self.scene.state().oracle.step_used(account, step, operation, &now);
        }
        self.after(&what, answer).await
    }

    async fn answers_right(
        &self,
        tenant: &TenantId,
        account: &AccountId,
        answers: &[(OptionKey, Answer)],
    ) -> Result<bool, RegistryError> {
        self.before("comparing answers").await?;
        self.disk.answers_right(tenant, account, answers).await
    }

    async fn freeze(&self, tenant: &TenantId, account: &AccountId, now: Timestamp) -> Result<(), RegistryError> {
        self.before("closing an account").await?;
        self.disk.freeze(tenant, account, now).await?;
        self.scene.state().oracle.closed.insert(account.clone());
        self.after("closing an account", ()).await
    }

    async fn release(&self, tenant: &TenantId, account: &AccountId) -> Result<bool, RegistryError> {
        self.disk.release(tenant, account).await
    }

    async fn frozen(&self, tenant: &TenantId, account: &AccountId) -> Result<bool, RegistryError> {
        self.before("asking whether an account is closed").await?;
        if self.scene.has_planted(Planted::FreezeIgnored) {
            return Ok(false);
        }
        self.disk.frozen(tenant, account).await
    }
}
