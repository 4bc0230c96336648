//! What the demo stands in for: directories, telephones, mailboxes and authenticators of its people.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::{Context, anyhow};
use async_trait::async_trait;
use data_encoding::{BASE32_NOPAD, HEXLOWER};
use zeroize::Zeroizing;

use crate::channels::demo::change::{Changed, Reasons, Renewal};
use crate::channels::demo::{Actor, Sent, SignedIn, World};
use crate::directory::embedded::people::{People, Person};
use crate::directory::embedded::{EmbeddedDirectory, SignIn};
use crate::model::ids::{AccountId, TenantId};
use crate::model::names::OptionKey;
use crate::model::secrets::{Answer, Password};
use crate::model::time::Timestamp;
use crate::policy::tenant::Tenant;
use crate::ports::clock::{Clock, Entropy};
use crate::ports::directory::{Directory, SetOutcome};
use crate::ports::registry::{Enrol, Registry};
use crate::senders::capture::{Capture, Message};
use crate::verify::totp::{TotpSecret, right_codes};

pub struct Stage {
    directories: HashMap<TenantId, Arc<EmbeddedDirectory>>,
    /// Base32 secrets by tenant and user name.
    authenticators: HashMap<(TenantId, String), String>,
    sent: Arc<Capture>,
    entropy: Arc<dyn Entropy>,
    tenants: HashMap<TenantId, Arc<Tenant>>,
    /// Who signed in and must choose a new password: the ticket for that, by tenant and user name.
    renewing: Mutex<HashMap<(TenantId, String), String>>,
}

impl Stage {
    pub fn set(
        people: &People,
        tenants: &[Arc<Tenant>],
        clock: &Arc<dyn Clock>,
        entropy: &Arc<dyn Entropy>,
        sent: &Arc<Capture>,
    ) -> anyhow::Result<Self> {
        let mut directories = HashMap::new();
        let mut authenticators = HashMap::new();
        for tenant in tenants {
            let cast = people.tenants.get(&tenant.id.0).with_context(|| format!("no people for {}", tenant.id))?;
            let directory = EmbeddedDirectory::new(cast, &tenant.region, Arc::clone(clock), Arc::clone(entropy))?;
            directories.insert(tenant.id.clone(), Arc::new(directory));
            for person in &cast.people {
                if let Some(secret) = &person.totp {
                    authenticators.insert((tenant.id.clone(), person.user.clone()), secret.clone());
                }
            }
        }
        let tenants = tenants.iter().map(|tenant| (tenant.id.clone(), Arc::clone(tenant))).collect();
        let (sent, entropy) = (Arc::clone(sent), Arc::clone(entropy));
        Ok(Self { directories, authenticators, sent, entropy, tenants, renewing: Mutex::default() })
    }

    pub fn directory(&self, tenant: &TenantId) -> Option<Arc<EmbeddedDirectory>> {
        self.directories.get(tenant).cloned()
    }
}

/// Puts authenticators and answers of the people into the registry, as a registration would have done.
pub async fn enrol(people: &People, registry: &dyn Registry, now: Timestamp) -> anyhow::Result<()> {
    for (tenant, cast) in &people.tenants {
        for person in &cast.people {
            let totp = person.totp.as_deref().map(secret).transpose()?;
            let answers = answers(person)?;
            if totp.is_some() || answers.is_some() {
                let enrolment = Enrol { contacts: None, totp, answers };
                registry.enrol(&TenantId(tenant.clone()), &AccountId(person.id.clone()), enrolment, now).await?;
            }
        }
    }
    Ok(())
}

/// The people of a tenant as the start page introduces them.
pub fn cast(people: &People, tenant: &Tenant) -> Vec<Actor> {
    let people = people.tenants.get(&tenant.id.0).map(|cast| cast.people.as_slice()).unwrap_or_default();
    people.iter().map(|person| actor(person, tenant)).collect()
}

fn actor(person: &Person, tenant: &Tenant) -> Actor {
    let language = tenant.languages.first();
    let wording = |key: &String| {
        let catalogue = &tenant.questions.as_ref()?.catalogue;
        catalogue.get(&OptionKey::parse(key).ok()?)?.get(language?).cloned()
    };
    let answers = person.answers.iter().filter_map(|(key, answer)| Some((wording(key)?, answer.clone()))).collect();
    Actor {
        user_name: person.user.clone(),
        name: format!("{} {}", person.given, person.family),
        note: person.note.clone(),
        password: person.password.clone(),
        number: person.number.clone(),
        mobile: person.mobile.clone(),
        office: person.office.clone(),
        mail: person.mail.clone(),
        answers,
    }
}

fn answers(person: &Person) -> anyhow::Result<Option<Vec<(OptionKey, Answer)>>> {
    let answer = |(key, answer): (&String, &String)| Ok((OptionKey::parse(key)?, Answer::new(answer.clone())));
    let answers = person.answers.iter().map(answer).collect::<anyhow::Result<Vec<_>>>()?;
    Ok((!answers.is_empty()).then_some(answers))
}

fn secret(base32: &str) -> anyhow::Result<TotpSecret> {
    let bytes =
        BASE32_NOPAD.decode(base32.as_bytes()).map_err(|_| anyhow!("an authenticator's secret is not base32"))?;
    Ok(TotpSecret(Zeroizing::new(bytes)))
}

impl Stage {
    fn renewing(&self) -> MutexGuard<'_, HashMap<(TenantId, String), String>> {
        self.renewing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The institution's own rules, before its directory is asked.
    async fn broken(&self, tenant: &TenantId, user_name: &str, password: &Password) -> Reasons {
        let (Some(tenant), Some(directory)) = (self.tenants.get(tenant), self.directories.get(tenant)) else {
            return Vec::new();
        };
        let account = directory.find(user_name).await.ok().flatten();
        let names = account.map(|account| [account.names, vec![account.user_name]].concat()).unwrap_or_default();
        let verdicts = tenant.password.judge(password, &names);
        verdicts.into_iter().filter(|verdict| !verdict.kept).map(|verdict| (verdict.message, verdict.args)).collect()
    }
}

#[async_trait]
impl Renewal for Stage {
    async fn renew(&self, tenant: &TenantId, user_name: &str, ticket: &str, password: &Password) -> Changed {
        let key = (tenant.clone(), user_name.to_owned());
        let Some(directory) = self.directories.get(tenant) else { return Changed::Gone };
        if self.renewing().get(&key).is_none_or(|given| given != ticket) {
            return Changed::Gone;
        }
        let reasons = self.broken(tenant, user_name, password).await;
        if !reasons.is_empty() {
            return Changed::Refused(reasons);
        }
        match directory.renew(user_name, password).await {
            Some(SetOutcome::Refused(refusal)) => Changed::Refused(vec![(refusal.message(), Vec::new())]),
            Some(SetOutcome::Done) => {
                self.renewing().remove(&key);
                Changed::Yes
            }
            Some(_) | None => Changed::Gone,
        }
    }
}

#[async_trait]
impl World for Stage {
    async fn sign_in(&self, tenant: &TenantId, user_name: &str, password: &Password) -> SignedIn {
        let Some(directory) = self.directories.get(tenant) else { return SignedIn::Wrong };
        match directory.sign_in(user_name, password).await {
            SignIn::Ok => SignedIn::Yes,
            SignIn::MustChange => {
                let ticket = HEXLOWER.encode(&self.entropy.draw());
                self.renewing().insert((tenant.clone(), user_name.to_owned()), ticket.clone());
                SignedIn::MustChange { ticket }
            }
            SignIn::Wrong => SignedIn::Wrong,
            SignIn::Locked => SignedIn::Locked,
            SignIn::Disabled => SignedIn::Disabled,
        }
    }

    fn sent(&self) -> Vec<Sent> {
        let as_shown = |at, message: &Message| match message {
            Message::Mail(mail) => Sent {
                at,
                to: mail.to.as_str().to_owned(),
                subject: Some(mail.subject.clone()),
                text: mail.text.clone(),
            },
            Message::Text(text) => Sent { at, to: text.to.e164().to_owned(), subject: None, text: text.text.clone() },
        };
        self.sent.all().iter().map(|captured| as_shown(captured.at, &captured.message)).collect()
    }

    fn authenticator(&self, tenant: &TenantId, user_name: &str, now: Timestamp) -> Option<String> {
        let base32 = self.authenticators.get(&(tenant.clone(), user_name.to_owned()))?;
        let (_, code) = right_codes(&secret(base32).ok()?, now).into_iter().next()?;
        Some(code)
    }
}
