//! Keys, ids and clocks that the contracts share.

use std::sync::Arc;

use ringback::model::account::RegisteredContact;
use ringback::model::contacts::{Contact, EmailAddress, PhoneNumber};
use ringback::model::ids::{AccountId, TenantId};
use ringback::model::method::Method;
use ringback::model::time::Timestamp;
use ringback::ports::clock::Entropy;
use ringback::ports::store::{Expect, Key, Op, Row};
use ringback::store::keyring::KeyRing;

use crate::support::clock::{MORNING, TestClock};

pub fn ring() -> KeyRing {
    KeyRing::ephemeral([7; 32])
}

pub fn clock() -> Arc<TestClock> {
    Arc::new(TestClock::at(MORNING))
}

pub fn uni() -> TenantId {
    TenantId(String::from("uni"))
}

pub fn ada() -> AccountId {
    AccountId(String::from("3a1f0c52-ada"))
}

pub fn key(name: &str) -> Key {
    Key { namespace: "conversation", key: name.as_bytes().to_vec() }
}

pub fn put(name: &str, value: &[u8], expect: Expect, expires: Timestamp) -> Op {
    Op::Put { key: key(name), value: value.to_vec(), expect, expires }
}

pub fn row(lane: &str, value: &[u8], not_before: Timestamp) -> Op {
    Op::Enqueue(Row { lane: lane.to_owned(), value: value.to_vec(), not_before })
}

/// The system's generator.
pub struct Chance;

impl Entropy for Chance {
    fn draw(&self) -> [u8; 32] {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).unwrap();
        bytes
    }
}

pub fn phone(number: &str) -> RegisteredContact {
    let contact = Contact::Phone(PhoneNumber::parse(number, "GB").unwrap());
    RegisteredContact { contact, methods: vec![Method::Sms, Method::CallMobile], since: Some(MORNING) }
}

pub fn mail(address: &str) -> RegisteredContact {
    let contact = Contact::Email(EmailAddress::parse(address).unwrap());
    RegisteredContact { contact, methods: vec![Method::Email], since: None }
}

pub fn contains(bytes: &[u8], sought: &[u8]) -> bool {
    bytes.windows(sought.len()).any(|window| window == sought)
}
