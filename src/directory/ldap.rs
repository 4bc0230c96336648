//! Accounts in an LDAP server with the password policy of draft-behera (OpenLDAP, 389 Directory Server).

mod account;
pub mod config;
mod connection;
mod entry;
pub mod filter;
mod pool;
pub mod ppolicy;
mod protected;
mod tls;
mod write;

use std::sync::Arc;

use async_trait::async_trait;
use ldap3::Scope;
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

use crate::directory::ldap::account::{CHANGED, RESET, Reader};
use crate::directory::ldap::config::{LdapConfig, NameForm};
use crate::directory::ldap::connection::{Query, Server, Trouble, bind_as, code, search};
use crate::directory::ldap::entry::Entry;
use crate::directory::ldap::pool::{Lease, Pool};
use crate::directory::ldap::ppolicy::PolicyError;
use crate::model::account::{Account, AccountState, LockState};
use crate::model::ids::AccountId;
use crate::model::keypad::{self, Keyed, MOST_NAME_KEYS};
use crate::model::secrets::Password;
use crate::model::time::{Seconds, Timestamp};
use crate::policy::tenant::{Population, Tenant};
use crate::ports::clock::Clock;
use crate::ports::directory::{
    Directory, DirectoryError, MOST_KEYED, Refusal, Resolution, SetOutcome, SetWish, UnlockOutcome,
};
use crate::verify::ledger::{Proof, ResetPassword, UnlockAccount};

/// Longest user name that is looked up, in bytes.
const LONGEST_NAME: usize = 256;

/// Most entries that are looked through for a name on the keys.
const MOST_BEGINNINGS: i32 = 500;

/// How often what follows a set is tried.
const FOLLOW_UPS: u32 = 3;

/// How old a change may be when its answer is looked for: the limit of a set, and some for clocks that differ.
const JUST_NOW: Seconds = Seconds(30);

/// One tenant's LDAP server.
pub struct LdapDirectory {
    config: LdapConfig,
    populations: Vec<Population>,
    region: String,
    attributes: Vec<String>,
    pool: Pool,
    clock: Arc<dyn Clock>,
}

/// An account as just read, with what writing to it needs.
struct Found {
    account: Account,
    entry: Entry,
}

impl LdapDirectory {
    /// Reads the files that the configuration names; opens no connection.
    ///
    /// # Errors
    /// The first fault of the section, with its key; `LdapConfig::faults` lists them all.
    pub fn new(config: LdapConfig, tenant: &Tenant, clock: Arc<dyn Clock>) -> Result<Self, DirectoryError> {
        if let Some(fault) = config.faults(tenant).into_iter().next() {
            return Err(DirectoryError::Configuration(format!("`{}` {}", fault.key, fault.message)));
        }
        let wrong = |key: &str, why: String| DirectoryError::Configuration(format!("`{key}` {why}"));
        let server = Server {
            urls: config.urls.clone(),
            start_tls: config.start_tls,
            tls: tls::client_config(&config.ca_file).map_err(|why| wrong("ca_file", why))?,
            bind_dn: config.bind_dn.clone(),
            bind_password: config.bind_password().map_err(|why| wrong("bind_password_file", why))?,
        };
        Ok(Self {
            attributes: account::attributes(&config),
            config,
            populations: tenant.populations.clone(),
            region: tenant.region.clone(),
            pool: Pool::new(server),
            clock,
        })
    }

    /// Asks on a kept connection; if that one turns out dead, once more on a new one. Only for reading.
    async fn look(&self, wanted: &Wanted<'_>) -> Result<(Lease, Option<Found>), Trouble> {
        let mut lease = self.pool.take().await?;
        match self.look_on(&mut lease, wanted).await {
            Err(Trouble::NotSent(_) | Trouble::NoAnswer(_)) if lease.reused => {
                drop(lease);
                let mut lease = self.pool.fresh().await?;
                let found = self.look_on(&mut lease, wanted).await?;
                Ok((lease, found))
            }
            looked => Ok((lease, looked?)),
        }
    }

    /// The one account; none or several are both `None`.
    async fn look_on(&self, lease: &mut Lease, wanted: &Wanted<'_>) -> Result<Option<Found>, Trouble> {
        let mut found: Option<(&Population, Entry)> = None;
        for population in self.populations.iter().filter(|population| wanted.is_in(population)) {
            let Some(base) = self.config.people.get(&population.id) else { continue };
            let filter = self.filter(wanted);
            let attributes = &self.attributes;
            let query = Query { base, scope: Scope::Subtree, filter: &filter, attributes, at_most: 2 };
            for entry in search(lease, query).await? {
                match &found {
                    // Bases may lie inside one another.
                    Some((_, known)) if known.dn == entry.dn => {}
                    Some(_) => return Ok(None),
                    None => found = Some((population, entry)),
                }
            }
        }
        let Some((population, entry)) = found else { return Ok(None) };
        let now = self.clock.now();
        let reader = Reader { config: &self.config, region: &self.region, now };
        let Some(mut account) = reader.account(&entry, population) else { return Ok(None) };
        let itself = filter::equals(&self.config.id, &account.id.0);
        account.privileged = protected::holds(lease, &self.config.protected, &entry, &itself).await?;
        Ok(Some(Found { account, entry }))
    }

    /// Entries that begin with what the first keys may mean, told apart here: a server cannot compare keys.
    async fn keyed(&self, keys: &str, what: Keyed) -> Result<Vec<Account>, Trouble> {
        let mut lease = self.pool.take().await?;
        let name = &self.config.user_name;
        let (filter, exact) = match (what, &self.config.number) {
            (Keyed::Number, Some(number)) => (filter::equals(number, keys), true),
            // User names that are made of a number, with letters before it.
            (Keyed::Number, None) => (filter::holds(name, keys), false),
            (Keyed::Name, _) => (filter::any(&filter::beginnings(name, keys)), false),
        };
        let mut dns: Vec<String> = Vec::new();
        let mut accounts = Vec::new();
        for population in &self.populations {
            let Some(base) = self.config.people.get(&population.id) else { continue };
            let attributes = &self.attributes;
            let query = Query { base, scope: Scope::Subtree, filter: &filter, attributes, at_most: MOST_BEGINNINGS };
            for entry in search(&mut lease, query).await? {
                if dns.contains(&entry.dn) {
                    continue;
                }
                dns.push(entry.dn.clone());
                let reader = Reader { config: &self.config, region: &self.region, now: self.clock.now() };
                let Some(mut account) = reader.account(&entry, population) else { continue };
                if !exact && !keypad::means(&account.user_name, keys, what) || accounts.len() >= MOST_KEYED {
                    continue;
                }
                let itself = filter::equals(&self.config.id, &account.id.0);
                account.privileged = protected::holds(&mut lease, &self.config.protected, &entry, &itself).await?;
                accounts.push(account);
            }
        }
        lease.give_back();
        Ok(accounts)
    }

    fn filter(&self, wanted: &Wanted<'_>) -> String {
        match wanted {
            Wanted::Id(id) => filter::equals(&self.config.id, &id.0),
            Wanted::Name { local, domain } => match (self.config.user_name_holds, domain) {
                (NameForm::LocalPart, _) => filter::equals(&self.config.user_name, local),
                (NameForm::Whole, Some(domain)) => filter::equals(&self.config.user_name, &format!("{local}@{domain}")),
                (NameForm::Whole, None) => {
                    let whole = |population: &Population| {
                        filter::equals(&self.config.user_name, &format!("{local}@{}", population.suffix))
                    };
                    filter::any(&self.populations.iter().map(whole).collect::<Vec<_>>())
                }
            },
        }
    }

    async fn ask(&self, wanted: Wanted<'_>) -> Result<Option<Account>, DirectoryError> {
        let (lease, found) = self.look(&wanted).await.map_err(for_operator)?;
        lease.give_back();
        Ok(found.map(|found| found.account))
    }

    /// The password is set; what follows may be asked again, so it is, on a new connection each time.
    ///
    /// It cannot be one operation: the extended operation takes a password and nothing else, and a modification that
    /// carried both would put the password down in the clear on servers that do not hash modifications.
    async fn finish(&self, mut lease: Lease, found: &Found, wish: SetWish) -> SetOutcome {
        for _ in 0..FOLLOW_UPS {
            match self.follow_up(&mut lease, found, wish).await {
                Ok(()) => {
                    lease.give_back();
                    return SetOutcome::Done;
                }
                Err(trouble) => {
                    tracing::warn!(outcome = trouble.kind(), "a password was set, but not whether it must be changed");
                }
            }
            drop(lease);
            lease = match self.pool.fresh().await {
                Ok(fresh) => fresh,
                Err(_) => break,
            };
        }
        SetOutcome::DoneButFirstSignIn
    }

    /// What follows a new password: the person gets in, and is asked for another one only if that was wished.
    async fn follow_up(&self, lease: &mut Lease, found: &Found, wish: SetWish) -> Result<(), Trouble> {
        let id = Wanted::Id(&found.account.id);
        let Some(after) = self.look_on(lease, &id).await? else { return Ok(()) };
        let must_change = after.entry.first(RESET).is_some_and(|value| value.eq_ignore_ascii_case("TRUE"));
        if must_change != wish.must_change {
            write::must_change(lease, &after.entry.dn, wish.must_change).await?;
        }
        if after.account.lock == LockState::ByFailures {
            match write::unlock(lease, &after.entry.dn).await {
                UnlockOutcome::Done | UnlockOutcome::NotLocked => {}
                other => tracing::warn!(outcome = ?other, "the lock of a reset account was not lifted"),
            }
        }
        Ok(())
    }
}

#[async_trait]
impl Directory for LdapDirectory {
    async fn find(&self, user_name: &str) -> Result<Option<Account>, DirectoryError> {
        let user_name = user_name.trim();
        if user_name.is_empty() || user_name.len() > LONGEST_NAME {
            return Ok(None);
        }
        let wanted = match user_name.rsplit_once('@') {
            Some((local, domain)) => Wanted::Name { local, domain: Some(domain) },
            None => Wanted::Name { local: user_name, domain: None },
        };
        self.ask(wanted).await
    }

    async fn find_keyed(&self, keys: &str, what: Keyed) -> Result<Vec<Account>, DirectoryError> {
        let sound = (2..=MOST_NAME_KEYS + 5).contains(&keys.len()) && keys.bytes().all(|key| key.is_ascii_digit());
        if !sound {
            return Ok(Vec::new());
        }
        self.keyed(keys, what).await.map_err(for_operator)
    }

    async fn read(&self, id: &AccountId) -> Result<Option<Account>, DirectoryError> {
        self.ask(Wanted::Id(id)).await
    }

    async fn set_password(&self, proof: Proof<ResetPassword>, password: &Password, wish: SetWish) -> SetOutcome {
        let password = composed(password);
        if password.is_empty() {
            return SetOutcome::Refused(Refusal::Short);
        }
        // Read again just now: the account may have been renamed, disabled or given rights since it was verified.
        let (mut lease, found) = match self.look(&Wanted::Id(proof.account())).await {
            Ok(looked) => looked,
            Err(trouble) => {
                tracing::warn!(outcome = trouble.kind(), "the directory could not be asked to set a password");
                return SetOutcome::Unavailable;
            }
        };
        let Some(found) = found.filter(|found| found.account.state == AccountState::Active) else {
            lease.give_back();
            return SetOutcome::Gone;
        };
        if found.account.privileged {
            lease.give_back();
            return SetOutcome::Protected;
        }
        let outcome = write::set(&mut lease, &found.entry.dn, &password).await;
        match outcome {
            SetOutcome::Done | SetOutcome::DoneButFirstSignIn => return self.finish(lease, &found, wish).await,
            SetOutcome::Refused(_) | SetOutcome::NotPermitted | SetOutcome::Protected | SetOutcome::Gone => {
                lease.give_back();
            }
            SetOutcome::Unavailable | SetOutcome::Unknown => {}
        }
        outcome
    }

    async fn unlock(&self, proof: Proof<UnlockAccount>) -> UnlockOutcome {
        let (mut lease, found) = match self.look(&Wanted::Id(proof.account())).await {
            Ok(looked) => looked,
            Err(trouble) => {
                tracing::warn!(outcome = trouble.kind(), "the directory could not be asked to unlock");
                return UnlockOutcome::Unavailable;
            }
        };
        let outcome = match found {
            None => UnlockOutcome::Gone,
            Some(found) if found.account.privileged => UnlockOutcome::Protected,
            Some(found) if found.account.state != AccountState::Active => UnlockOutcome::Gone,
            Some(found) => match found.account.lock {
                LockState::Open => UnlockOutcome::NotLocked,
                LockState::ByAdministrator => UnlockOutcome::LockedByAdministrator,
                LockState::ByFailures => write::unlock(&mut lease, &found.entry.dn).await,
            },
        };
        if !matches!(outcome, UnlockOutcome::Unavailable | UnlockOutcome::Unknown) {
            lease.give_back();
        }
        outcome
    }

    async fn resolve(&self, id: &AccountId, changed_before: Option<Timestamp>, password: &Password) -> Resolution {
        let Ok((lease, found)) = self.look(&Wanted::Id(id)).await else { return Resolution::Unclear };
        lease.give_back();
        let Some(found) = found else { return Resolution::Unclear };
        let changed = found.entry.time(CHANGED);
        // The attribute counts whole seconds, so a second change may leave it as it was, but only one made just now.
        let just_now = changed.is_some_and(|changed| self.clock.now() < changed + JUST_NOW);
        if changed < changed_before || (changed == changed_before && !just_now) {
            return Resolution::NotApplied;
        }
        // Changed since; by us or by somebody else? One bind tells, and counts towards the lock when it is refused.
        let Ok(mut ldap) = self.pool.server.open().await else { return Resolution::Unclear };
        let Ok(bound) = bind_as(&mut ldap, &found.entry.dn, &composed(password)).await else {
            return Resolution::Unclear;
        };
        match (bound.rc, ppolicy::error_of(&bound)) {
            // An expired password is reported only to whoever knows it.
            (code::SUCCESS, _) | (_, Some(PolicyError::PasswordExpired)) => Resolution::Applied,
            (_, Some(PolicyError::AccountLocked)) => Resolution::Unclear,
            (code::INVALID_CREDENTIALS, _) => Resolution::Different,
            _ => Resolution::Unclear,
        }
    }

    async fn probe(&self) -> Result<(), DirectoryError> {
        let mut lease = self.pool.take().await.map_err(for_operator)?;
        let attributes = ["1.1".to_owned()];
        let every = self.config.people.values().chain(&self.config.protected.group_base);
        for base in every.chain(&self.config.protected.groups).chain(&self.config.protected.under) {
            let query =
                Query { base, scope: Scope::Base, filter: "(objectClass=*)", attributes: &attributes, at_most: 1 };
            if search(&mut lease, query).await.map_err(for_operator)?.is_empty() {
                return Err(DirectoryError::Configuration(format!("`bind_dn` may not read `{base}`")));
            }
        }
        lease.give_back();
        Ok(())
    }
}

/// Whom a search is for.
enum Wanted<'a> {
    Id(&'a AccountId),
    Name { local: &'a str, domain: Option<&'a str> },
}

impl Wanted<'_> {
    fn is_in(&self, population: &Population) -> bool {
        match self {
            Wanted::Id(_) | Wanted::Name { domain: None, .. } => true,
            Wanted::Name { domain: Some(domain), .. } => population.suffix.eq_ignore_ascii_case(domain),
        }
    }
}

/// Unicode NFC: clients that prepare passwords (SASLprep) cannot bind with one that was set in decomposed form.
fn composed(password: &Password) -> Zeroizing<String> {
    Zeroizing::new(password.reveal().nfc().collect())
}

/// What an operator can mend by editing is a matter of configuration; the rest passes.
fn for_operator(trouble: Trouble) -> DirectoryError {
    match trouble {
        Trouble::Refused {
            code: code::REFERRAL | code::NO_SUCH_OBJECT | code::INVALID_CREDENTIALS | code::INSUFFICIENT_ACCESS,
            ..
        } => DirectoryError::Configuration(trouble.to_string()),
        other => DirectoryError::Unavailable(other.to_string()),
    }
}
