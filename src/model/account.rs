//! An identity in a tenant's directory, as read just now; nothing here is ever stored.

use crate::model::contacts::Contact;
use crate::model::ids::AccountId;
use crate::model::method::Method;
use crate::model::time::Timestamp;

/// What the directory says about one account. Read before every decision, never cached (`docs/ARCHITECTURE.md`, "What always holds" 6).
#[derive(Clone, Debug)]
pub struct Account {
    pub id: AccountId,
    /// The name in the directory's own spelling.
    pub user_name: String,
    /// Given, family and display name, for the rule that a password holds no part of them.
    pub names: Vec<String>,
    /// A population of the tenant (`student`, `staff`), by the domain of the user name.
    pub population: String,
    pub state: AccountState,
    /// A member of a group that self-service must not touch.
    pub privileged: bool,
    pub lock: LockState,
    /// Addresses from the attributes that the tenant trusts. Registered addresses of the registry come on top.
    pub contacts: Vec<RegisteredContact>,
    /// When the password was last changed; evidence for a set whose answer was lost.
    pub password_changed: Option<Timestamp>,
}

/// An address and the methods it serves: a mobile number serves `sms` and `call_mobile`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegisteredContact {
    pub contact: Contact,
    pub methods: Vec<Method>,
    /// Younger addresses than 24 h cannot be used alone; `None` when the source does not say.
    pub since: Option<Timestamp>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AccountState {
    Active,
    Disabled,
    Expired,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LockState {
    Open,
    /// By too many wrong passwords: ours to lift.
    ByFailures,
    /// By a person: not ours to lift.
    ByAdministrator,
}
