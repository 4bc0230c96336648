//! Who there is in a simulated institution, and what is true about each of them.

use std::collections::BTreeMap;

use ringback::model::account::{Account, AccountState, LockState, RegisteredContact};
use ringback::model::contacts::{Contact, EmailAddress, PhoneNumber};
use ringback::model::ids::AccountId;
use ringback::model::method::Method;
use ringback::model::time::Timestamp;
use ringback::policy::tenant::Tenant;
use ringback::verify::totp::{TotpSecret, right_codes};
use zeroize::Zeroizing;

use crate::support::clock::MORNING;

/// One account as it really is.
#[derive(Clone)]
pub struct Member {
    pub account: Account,
    pub password: String,
    pub mail: Option<String>,
    pub mobile: Option<String>,
    pub totp: Option<Vec<u8>>,
    pub answers: BTreeMap<String, String>,
}

/// Everybody, by account id.
pub type Cast = BTreeMap<AccountId, Member>;

/// People who may get their password back, in the order in which parts are given out.
pub const ORDINARY: [&str; 4] = ["ana", "ben", "cai", "dee"];
/// Nobody attacks this one: whether a person gets through when all is well is asked with her.
pub const BYSTANDER: &str = "eli";
/// Names that must look like unknown ones.
pub const UNSERVED: [&str; 4] = ["disabled", "staffadmin", "nothing", "nobody"];

pub fn user(tenant: &Tenant, name: &str) -> String {
    format!("{name}@{}", tenant.populations[0].suffix)
}

pub fn id(name: &str) -> AccountId {
    AccountId(format!("id-of-{name}"))
}

pub fn cast(tenant: &Tenant) -> Cast {
    let names = ORDINARY.iter().chain([&BYSTANDER]).chain(&UNSERVED[..3]);
    let member = |(nth, name): (usize, &&str)| (id(name), member(tenant, name, nth));
    names.enumerate().map(member).collect()
}

fn member(tenant: &Tenant, name: &str, nth: usize) -> Member {
    let registered = name != "nothing";
    let mail = registered.then(|| format!("{name}@post.example"));
    let mobile = registered.then(|| format!("+4477009001{nth:02}"));
    let since = None;
    let by_mail = mail.iter().map(|mail| RegisteredContact {
        contact: Contact::Email(EmailAddress::parse(mail).unwrap()),
        methods: vec![Method::Email],
        since,
    });
    let by_phone = mobile.iter().map(|number| RegisteredContact {
        contact: Contact::Phone(PhoneNumber::parse(number, "GB").unwrap()),
        methods: vec![Method::Sms, Method::CallMobile],
        since,
    });
    let account = Account {
        id: id(name),
        user_name: user(tenant, name),
        names: vec![name.to_owned(), "Example".to_owned()],
        population: tenant.populations[0].id.as_str().to_owned(),
        state: if name == "disabled" { AccountState::Disabled } else { AccountState::Active },
        privileged: name == "staffadmin",
        lock: if name == "dee" { LockState::ByFailures } else { LockState::Open },
        contacts: by_mail.chain(by_phone).collect(),
        password_changed: Some(Timestamp(MORNING.0 - 40 * 24 * 3_600_000)),
    };
    let questions = tenant.questions.iter().flat_map(|questions| questions.catalogue.keys());
    let answers = questions.map(|key| (key.as_str().to_owned(), format!("answer {} of {name}", key.as_str())));
    Member {
        account,
        password: format!("Old password of {name}, 1"),
        mail,
        mobile,
        totp: registered.then(|| format!("secret-of-{name:-<12}").into_bytes()),
        answers: if registered { answers.collect() } else { BTreeMap::new() },
    }
}

impl Member {
    /// Whether a typed text is one of the registered addresses, written in any way.
    pub fn owns(&self, typed: &str) -> bool {
        let digits: String = typed.chars().filter(char::is_ascii_digit).collect();
        let phone =
            self.mobile.as_ref().is_some_and(|own| digits.len() >= 10 && own.ends_with(&digits[digits.len() - 9..]));
        phone || self.mail.as_deref().is_some_and(|own| own.eq_ignore_ascii_case(typed.trim()))
    }

    /// What the authenticator app shows at that time.
    pub fn app_code(&self, now: Timestamp) -> Option<String> {
        let secret = TotpSecret(Zeroizing::new(self.totp.clone()?));
        Some(right_codes(&secret, now).remove(0).1)
    }
}
