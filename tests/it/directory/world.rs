//! The same people in each kind of directory, and a way to sign in beside our own code.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use ringback::directory::embedded::people::People;
use ringback::directory::embedded::{EmbeddedDirectory, SignIn};
use ringback::directory::ldap::LdapDirectory;
use ringback::model::account::Account;
use ringback::model::ids::{AccountId, GateId, RunId, TargetHash, TenantId};
use ringback::model::method::Method;
use ringback::model::names::OptionKey;
use ringback::model::peer::Language;
use ringback::model::secrets::Password;
use ringback::model::time::Timestamp;
use ringback::policy::gates::{Distinct, Requirement, Source};
use ringback::policy::local_time::LocalTime;
use ringback::policy::password::{PasswordRules, Reuse};
use ringback::policy::tenant::{Brand, Caps, HumanCheck, Population, ServiceDesk, Tenant};
use ringback::ports::clock::Entropy;
use ringback::ports::directory::{Directory, SetOutcome, SetWish, UnlockOutcome};
use ringback::verify::keys::{Key, Keys};
use ringback::verify::ledger::{Claim, Ledger, Privilege, Proof};

use crate::support::clock::TestClock;
use crate::support::slapd::{Person, Setup, Slapd};

pub const ADA: &str = "ada@student.uni.example";
pub const ADA_PASSWORD: &str = "Morning-Tea-17";
/// Locked after wrong passwords.
pub const BOB: &str = "bob@student.uni.example";
pub const BOB_PASSWORD: &str = "Paper-Boat-23";
/// Locked by an administrator.
pub const CARA: &str = "cara@student.uni.example";
pub const DISABLED: &str = "dora@student.uni.example";
pub const PRIVILEGED: &str = "root@uni.example";

/// A directory with these people in it.
#[async_trait]
pub trait World: Send + Sync {
    fn directory(&self) -> &dyn Directory;

    /// Whether the password opens the account, asked beside the trait.
    async fn lets_in(&self, user_name: &str, password: &str) -> bool;

    /// How many passwords are remembered, the present one included.
    fn history(&self) -> usize;
}

pub struct Embedded(pub EmbeddedDirectory);

pub struct OpenLdap {
    pub directory: LdapDirectory,
    pub slapd: Slapd,
}

impl Embedded {
    pub fn new() -> Self {
        let people = People::parse(include_str!("people.toml")).unwrap();
        let clock = Arc::new(TestClock::at(Timestamp(1_800_000_000_000)));
        Self(EmbeddedDirectory::new(&people.tenants["uni"], "GB", clock, Arc::new(Salt)).unwrap())
    }
}

impl OpenLdap {
    pub fn new() -> Self {
        Self::with(Setup::default())
    }

    pub fn with(setup: Setup) -> Self {
        let slapd = Slapd::start(&Setup { people: people(), ..setup });
        slapd.lock_out(&dn(BOB), 3);
        slapd.modify(&format!(
            "dn: {}\nchangetype: modify\nadd: pwdAccountLockedTime\npwdAccountLockedTime: 000001010000Z\n",
            dn(CARA)
        ));
        let directory = LdapDirectory::new(slapd.config(), &tenant(), now()).unwrap();
        Self { directory, slapd }
    }
}

#[async_trait]
impl World for Embedded {
    fn directory(&self) -> &dyn Directory {
        &self.0
    }

    async fn lets_in(&self, user_name: &str, password: &str) -> bool {
        matches!(self.0.sign_in(user_name, &secret(password)).await, SignIn::Ok | SignIn::MustChange)
    }

    fn history(&self) -> usize {
        3
    }
}

#[async_trait]
impl World for OpenLdap {
    fn directory(&self) -> &dyn Directory {
        &self.directory
    }

    async fn lets_in(&self, user_name: &str, password: &str) -> bool {
        self.slapd.lets_in(&dn(user_name), password)
    }

    fn history(&self) -> usize {
        // OpenLDAP counts former ones, and refuses the present one besides.
        4
    }
}

pub fn dn(user_name: &str) -> String {
    let (uid, domain) = user_name.split_once('@').unwrap();
    let unit = if domain == "uni.example" { "staff" } else { "students" };
    Person { uid: Box::leak(uid.to_owned().into_boxed_str()), unit, ..Person::default() }.dn()
}

pub fn people() -> Vec<Person> {
    let student = Person { unit: "students", password: "Old-Password-1", family: "Example", ..Person::default() };
    vec![
        Person {
            uid: "ada",
            given: "Ada",
            family: "Byron",
            password: ADA_PASSWORD,
            mobile: Some("+44 7700 900118"),
            mail: Some("ada@mail.example"),
            ..student
        },
        Person { uid: "bob", given: "Bob", password: BOB_PASSWORD, ..student },
        Person { uid: "cara", given: "Cara", ..student },
        Person { uid: "dora", given: "Dora", kind: Some("disabled"), ..student },
        Person { uid: "root", given: "Robin", unit: "staff", kind: Some("privileged"), ..student },
        Person { uid: "night.operator", given: "Nia", unit: "staff", ..student },
    ]
}

pub fn tenant() -> Tenant {
    let population = |id, suffix: &str| Population { id: OptionKey::of(id), suffix: suffix.to_owned(), example: None };
    Tenant {
        id: TenantId("uni".to_owned()),
        name: "University of Examples".to_owned(),
        brand: Brand { accent: "#113355".to_owned(), logo: None },
        languages: vec![Language("en".to_owned())],
        region: "GB".to_owned(),
        local_time: LocalTime::default(),
        hint_letters: 1,
        populations: vec![population("student", "student.uni.example"), population("staff", "uni.example")],
        gates_needed: 1,
        distinct: Distinct::Family,
        methods: vec![Method::Email, Method::Sms],
        decoy_mix: BTreeMap::new(),
        questions: None,
        password: PasswordRules {
            min: 8,
            max: 256,
            require: Vec::new(),
            classes_of_four: 0,
            ascii_only: false,
            name_part_min: None,
            forbidden: Vec::new(),
            reuse: Reuse::Directory,
        },
        unlock: true,
        asks_reason: false,
        human_check: HumanCheck::OnSuspicion,
        sign_in: "https://sign-in.uni.example".to_owned(),
        also_changes: None,
        register_help: None,
        desk: ServiceDesk {
            name: "Service desk".to_owned(),
            phone: None,
            mail: None,
            url: None,
            hours: None,
            transfer: None,
            open: Vec::new(),
        },
        call_confirm: ringback::policy::tenant::CallConfirm::Pair,
        caps: Caps::default(),
        countries: Vec::new(),
    }
}

pub fn secret(text: &str) -> Password {
    Password::new(text.to_owned())
}

/// A clock at the real time, because a real server stamps its entries with it.
pub fn now() -> Arc<TestClock> {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    Arc::new(TestClock::at(Timestamp(u64::try_from(since.as_millis()).unwrap())))
}

/// What one passed gate proves, for any account.
pub fn proof<P: Privilege>(account: &AccountId) -> Proof<P> {
    let key = |n| Key::new([n; 32]);
    let keys = Keys {
        code: key(1),
        target: key(2),
        receipt: key(3),
        decoy: key(4),
        link: key(5),
        button: key(6),
        pseudonym: key(7),
    };
    let claim = Claim {
        run: RunId([1; 16]),
        gate: GateId([2; 16]),
        method: Method::Email,
        target: TargetHash([3; 32]),
        subject: account.clone(),
        purpose: P::PURPOSE,
    };
    let requirement =
        Requirement { needed: 1, distinct: Distinct::Family, methods: vec![Method::Email], source: Source::Unknown };
    let mut ledger = Ledger::default();
    ledger.write(claim, Timestamp(0), &keys);
    ledger.prove(RunId([1; 16]), account, &requirement, Timestamp(1), &keys).unwrap()
}

/// The account behind a name that is there.
pub async fn found(directory: &dyn Directory, user_name: &str) -> Account {
    directory.find(user_name).await.unwrap().expect("the person is there")
}

/// Sets a password for good, as a reset in a chat does.
pub async fn set(directory: &dyn Directory, user_name: &str, password: &str) -> SetOutcome {
    let id = found(directory, user_name).await.id;
    directory.set_password(proof(&id), &secret(password), SetWish { must_change: false }).await
}

pub async fn unlock(directory: &dyn Directory, user_name: &str) -> UnlockOutcome {
    let id = found(directory, user_name).await.id;
    directory.unlock(proof(&id)).await
}

pub struct Salt;

impl Entropy for Salt {
    fn draw(&self) -> [u8; 32] {
        [7; 32]
    }
}
