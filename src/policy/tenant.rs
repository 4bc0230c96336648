//! An institution as a value: who its people are, what it demands of them, how it looks and whom to ask.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::model::contacts::PhoneNumber;
use crate::model::ids::TenantId;
use crate::model::method::Method;
use crate::model::names::OptionKey;
use crate::model::peer::Language;
use crate::model::time::Timestamp;
use crate::policy::gates::Distinct;
use crate::policy::local_time::LocalTime;
use crate::policy::opening::Opening;
use crate::policy::password::PasswordRules;

/// Everything that makes one institution different from another; read from its file by `config`.
#[derive(Clone, Debug)]
pub struct Tenant {
    pub id: TenantId,
    /// As people know it: "Asia Pacific University".
    pub name: String,
    pub brand: Brand,
    /// First is the default.
    pub languages: Vec<Language>,
    /// ISO 3166 code that a telephone number without `+` belongs to.
    pub region: String,
    /// For the times that people are told.
    pub local_time: LocalTime,
    /// Letters of a mailbox that its hint shows, 1 or 2.
    pub hint_letters: u8,
    pub populations: Vec<Population>,
    /// Gates that must pass, 1 or 2.
    pub gates_needed: u8,
    pub distinct: Distinct,
    /// Methods on offer, in the order of the menu.
    pub methods: Vec<Method>,
    /// How often real accounts of this tenant have each method, in percent; decoys are mixed likewise.
    pub decoy_mix: BTreeMap<Method, u8>,
    pub questions: Option<Questions>,
    pub password: PasswordRules,
    /// People may keep the password and be unlocked.
    pub unlock: bool,
    /// The guide asks why the person cannot sign in.
    pub asks_reason: bool,
    pub human_check: HumanCheck,
    /// Where the new password works: an `https` address.
    pub sign_in: String,
    /// What else the same password opens, told before it is changed ("Office 365 and APSPACE").
    pub also_changes: Option<String>,
    /// Where people without registered methods learn to register.
    pub register_help: Option<String>,
    pub desk: ServiceDesk,
    /// What is keyed in on a telephone that a chat has ring.
    pub call_confirm: CallConfirm,
    pub caps: Caps,
    /// ISO 3166 codes of the countries whose numbers get texts and calls; empty for all.
    pub countries: Vec<String>,
}

/// What many people together may use up, whoever asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Caps {
    /// Texts and calls of the institution in 24 hours: they cost money.
    pub messages_a_day: u32,
    /// Texts and calls of all institutions of this service in 24 hours; the same number in each.
    pub messages_of_all_a_day: u32,
    /// Codes compared and found wrong in 24 hours, against guessing at many accounts at once. Past it the institution is
    /// on guard ([`Tenant::on_guard`]).
    pub wrong_codes_a_day: u32,
    /// Wrong codes from one network address of the browser chat.
    pub wrong_codes_an_hour_an_address: u32,
    /// Passwords changed from one network address of the browser chat.
    pub changes_an_hour_an_address: u32,
}

/// 2,500 wrong 8-digit codes a day keep the expected takeovers of a tenant under one in a hundred years; 500 messages
/// are the default budget, 5,000 that of the whole service. A campus that reaches us from one address needs more than
/// 30 wrong codes and 10 changes an hour.
impl Default for Caps {
    fn default() -> Self {
        Self {
            messages_a_day: 500,
            messages_of_all_a_day: 5_000,
            wrong_codes_a_day: 2_500,
            wrong_codes_an_hour_an_address: 30,
            changes_an_hour_an_address: 10,
        }
    }
}

/// How a tenant's pages look; contrast was checked when the file was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Brand {
    /// Accent colour as `#rrggbb`, at least 4.5:1 against white text.
    pub accent: String,
    pub logo: Option<Logo>,
}

/// A picture that was found harmless when it was read.
#[derive(Clone, PartialEq, Eq)]
pub struct Logo {
    pub picture: Picture,
    pub bytes: Arc<[u8]>,
    /// Changes with the content, for an address that browsers may keep.
    pub version: String,
}

/// Kinds of pictures that pages show.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Picture {
    Png,
    Svg,
}

impl std::fmt::Debug for Logo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?} {}", self.picture, self.version)
    }
}

/// People of one kind, told by the suffix of their user name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Population {
    /// `student`, `staff`: names a label in the locales, `population-<id>`.
    pub id: OptionKey,
    /// `mail.apu.edu.my`, without `@`.
    pub suffix: String,
    /// A user name as an example: `csmith1234`.
    pub example: Option<String>,
}

/// Security questions, off unless a tenant turns them on. They never suffice alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Questions {
    /// How many must be answered, all of them rightly, in one form.
    pub asked: u8,
    /// Wording by question id and language.
    pub catalogue: BTreeMap<OptionKey, BTreeMap<Language, String>>,
    /// Those whose answers are digits alone, so that a telephone can ask them.
    pub by_telephone: BTreeSet<OptionKey>,
}

impl Questions {
    /// A single key has a meaning of its own on the telephone; a longer answer nobody keys in without a slip.
    const LEAST_DIGITS: usize = 2;
    pub const MOST_DIGITS: u8 = 16;

    /// Whether an answer can be given on a telephone.
    pub fn can_be_keyed(answer: &str) -> bool {
        let long = (Self::LEAST_DIGITS..=usize::from(Self::MOST_DIGITS)).contains(&answer.len());
        long && answer.bytes().all(|byte| byte.is_ascii_digit())
    }

    /// What is left of them on the telephone; `None` when that is fewer than must be answered.
    pub fn by_ear(&self) -> Option<Self> {
        let mut heard = self.clone();
        heard.catalogue.retain(|id, _| self.by_telephone.contains(id));
        (heard.catalogue.len() >= usize::from(self.asked)).then_some(heard)
    }

    /// A question in this language, or in any that there is.
    pub fn wording(&self, id: &OptionKey, language: &Language) -> Option<&str> {
        let wordings = self.catalogue.get(id)?;
        wordings.get(language).or_else(|| wordings.values().next()).map(String::as_str)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HumanCheck {
    /// Pacing alone; a challenge only when a peer or account is over its soft limit.
    OnSuspicion,
    /// Every case starts with the challenge.
    Always,
}

/// What shows that the person who picks up is the one in the chat.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CallConfirm {
    /// The two digits that the chat shows: nobody can approve a call that they did not ask for.
    #[default]
    Pair,
    /// A plain `#`.
    Pound,
}

impl CallConfirm {
    /// As written in files.
    pub fn name(self) -> &'static str {
        match self {
            CallConfirm::Pair => "pair",
            CallConfirm::Pound => "pound",
        }
    }
}

/// Whom to ask when self-service ends.
#[derive(Clone, Default, Debug, PartialEq, Eq)]
pub struct ServiceDesk {
    pub name: String,
    pub phone: Option<String>,
    pub mail: Option<String>,
    pub url: Option<String>,
    /// "Mon to Fri, 8:30 to 17:30", as printed.
    pub hours: Option<String>,
    /// Where calls are connected to.
    pub transfer: Option<PhoneNumber>,
    /// When calls are taken there; always, where nothing is said.
    pub open: Vec<Opening>,
}

impl Tenant {
    /// The same institution while more wrong codes than its budget were seen in a day: two gates, and everybody shows to
    /// be a person. A guess at two six-digit codes is worth a ten-thousandth of one at eight digits.
    pub fn on_guard(&self) -> Self {
        Self { gates_needed: self.gates_needed.max(2), human_check: HumanCheck::Always, ..self.clone() }
    }

    /// As it is met on the telephone: questions are asked there only where enough of them have digits for answers.
    pub fn by_ear(&self) -> Self {
        let mut heard = self.clone();
        heard.questions = self.questions.as_ref().and_then(Questions::by_ear);
        if heard.questions.is_none() {
            heard.methods.retain(|method| *method != Method::Questions);
        }
        heard
    }

    /// Where a caller who wants a person is connected to at this moment.
    pub fn takes_calls(&self, now: Timestamp) -> Option<&PhoneNumber> {
        let open = &self.desk.open;
        let now = open.is_empty() || open.iter().any(|hours| hours.holds(now, &self.local_time));
        self.desk.transfer.as_ref().filter(|_| now)
    }

    /// Whether texts and calls go to this number's country.
    pub fn rings(&self, number: &PhoneNumber) -> bool {
        let allowed = |region: &String| PhoneNumber::country_of(region) == number.country();
        self.countries.is_empty() || self.countries.iter().any(allowed)
    }

    /// The population that a full user name belongs to, by its domain.
    pub fn population_of(&self, user_name: &str) -> Option<&Population> {
        let (_, domain) = user_name.rsplit_once('@')?;
        self.populations.iter().find(|population| population.suffix.eq_ignore_ascii_case(domain))
    }
}

impl ServiceDesk {
    /// For the ear: name, one way to reach it, hours. A telephone number before all; else the host of its address.
    pub fn spoken(&self) -> String {
        let host = |url: &String| {
            let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"))?;
            rest.split('/').next().map(|host| format!("https://{host}"))
        };
        let way = self.phone.clone().or_else(|| self.url.as_ref().and_then(host)).or_else(|| self.mail.clone());
        let parts = [Some(self.name.clone()), way, self.hours.clone()];
        parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
    }

    /// On one line, without words that would need a language: name, telephone, address, hours.
    pub fn line(&self) -> String {
        let parts = [Some(&self.name), self.phone.as_ref(), self.mail.as_ref(), self.url.as_ref(), self.hours.as_ref()];
        parts.into_iter().flatten().map(String::as_str).collect::<Vec<_>>().join(", ")
    }
}
