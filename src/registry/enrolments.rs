//! Enrolled methods of an account as sealed rows.

use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::model::account::RegisteredContact;
use crate::model::contacts::Contact;
use crate::model::ids::{AccountId, TenantId};
use crate::model::method::Method;
use crate::model::names::OptionKey;
use crate::model::time::Timestamp;
use crate::ports::registry::{Enrolment, RegistryError};
use crate::registry::former;
use crate::registry::schema::failed;
use crate::verify::keys::Tag;
use crate::verify::seal::{Place, Sealer};
use crate::verify::totp::TotpSecret;

/// What one call writes; answers are hashed already.
pub struct Rows {
    pub contacts: Option<Vec<RegisteredContact>>,
    pub totp: Option<TotpSecret>,
    pub answers: Option<Vec<(OptionKey, String)>>,
}

/// A contact as it is stored.
#[derive(Serialize, Deserialize)]
struct StoredContact {
    contact: String,
    methods: Vec<Method>,
    since: Option<Timestamp>,
}

#[derive(Clone, Copy)]
enum Kind {
    Contacts,
    Totp,
    Answer,
}

pub fn read(connection: &Connection, sealer: &Sealer, owner: &Tag) -> Result<Enrolment, RegistryError> {
    let mut enrolment = Enrolment::default();
    if let Some(plain) = row(connection, sealer, owner, Kind::Contacts, "")? {
        enrolment.contacts = contacts(&plain)?;
    }
    enrolment.totp = row(connection, sealer, owner, Kind::Totp, "")?.map(TotpSecret);
    let mut find = connection
        .prepare_cached("SELECT item FROM enrolment WHERE owner = ?1 AND kind = 'answer' ORDER BY item")
        .map_err(failed)?;
    let items = find.query_map([owner], |row| row.get::<_, String>(0)).map_err(failed)?;
    for item in items {
        enrolment.questions.push(OptionKey::parse(&item.map_err(failed)?).map_err(|_| damaged())?);
    }
    Ok(enrolment)
}

/// Addresses that this takes away are noted in the same change, for whoever reads them is to hear of it.
pub fn write(
    connection: &mut Connection,
    sealer: &Sealer,
    owner: &Tag,
    whose: (&TenantId, &AccountId),
    rows: Rows,
    now: Timestamp,
) -> Result<(), RegistryError> {
    let change = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failed)?;
    if let Some(contacts) = rows.contacts {
        let before = match row(&change, sealer, owner, Kind::Contacts, "")? {
            Some(plain) => self::contacts(&plain)?,
            None => Vec::new(),
        };
        former::note(&change, sealer, whose, (&before, &contacts), now)?;
        let kept: Vec<StoredContact> = contacts.iter().map(stored).collect();
        let plain = postcard::to_stdvec(&kept).map_err(|error| RegistryError::Unavailable(error.to_string()))?;
        put(&change, sealer, owner, Kind::Contacts, "", &plain, now)?;
    }
    if let Some(secret) = rows.totp {
        put(&change, sealer, owner, Kind::Totp, "", &secret.0, now)?;
    }
    if let Some(answers) = rows.answers {
        change.execute("DELETE FROM enrolment WHERE owner = ?1 AND kind = 'answer'", [owner]).map_err(failed)?;
        for (question, hash) in answers {
            put(&change, sealer, owner, Kind::Answer, question.as_str(), hash.as_bytes(), now)?;
        }
    }
    change.commit().map_err(failed)
}

/// The kept hash of one answer.
pub fn answer(
    connection: &Connection,
    sealer: &Sealer,
    owner: &Tag,
    question: &OptionKey,
) -> Result<Option<String>, RegistryError> {
    let plain = row(connection, sealer, owner, Kind::Answer, question.as_str())?;
    plain.map(|hash| String::from_utf8(hash.to_vec()).map_err(|_| damaged())).transpose()
}

fn row(
    connection: &Connection,
    sealer: &Sealer,
    owner: &Tag,
    kind: Kind,
    item: &str,
) -> Result<Option<Zeroizing<Vec<u8>>>, RegistryError> {
    let sealed: Option<Vec<u8>> = connection
        .prepare_cached("SELECT sealed FROM enrolment WHERE owner = ?1 AND kind = ?2 AND item = ?3")
        .and_then(|mut find| find.query_row(params![owner, kind.name(), item], |row| row.get(0)).optional())
        .map_err(failed)?;
    let open = |envelope: Vec<u8>| sealer.open(kind.place(owner, item), &envelope);
    sealed.map(open).transpose().map(|plain| plain.map(Zeroizing::new)).map_err(|_| damaged())
}

fn put(
    change: &Transaction<'_>,
    sealer: &Sealer,
    owner: &Tag,
    kind: Kind,
    item: &str,
    plain: &[u8],
    now: Timestamp,
) -> Result<(), RegistryError> {
    let mut nonce = [0; 24];
    getrandom::fill(&mut nonce).map_err(|error| RegistryError::Unavailable(format!("no random bytes: {error}")))?;
    let sealed = sealer.seal(&nonce, kind.place(owner, item), plain);
    let written = i64::try_from(now.0).unwrap_or(i64::MAX);
    change
        .prepare_cached(
            "INSERT OR REPLACE INTO enrolment (owner, kind, item, sealed, written) VALUES (?1, ?2, ?3, ?4, ?5)",
        )
        .and_then(|mut put| put.execute(params![owner, kind.name(), item, sealed, written]))
        .map_err(failed)?;
    Ok(())
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Kind::Contacts => "contacts",
            Kind::Totp => "totp",
            Kind::Answer => "answer",
        }
    }

    fn place<'a>(self, owner: &'a Tag, item: &'a str) -> Place<'a> {
        Place { namespace: self.name(), key: owner, version: item.as_bytes() }
    }
}

fn stored(registered: &RegisteredContact) -> StoredContact {
    let RegisteredContact { contact, methods, since } = registered;
    StoredContact { contact: contact.kept(), methods: methods.clone(), since: *since }
}

fn contacts(plain: &[u8]) -> Result<Vec<RegisteredContact>, RegistryError> {
    let kept: Vec<StoredContact> = postcard::from_bytes(plain).map_err(|_| damaged())?;
    let restore = |stored: StoredContact| {
        let contact = Contact::restore(&stored.contact).ok_or_else(damaged)?;
        Ok(RegisteredContact { contact, methods: stored.methods, since: stored.since })
    };
    kept.into_iter().map(restore).collect()
}

/// Refused rather than skipped: a missing address would weaken who is told about a reset.
fn damaged() -> RegistryError {
    RegistryError::Unavailable(String::from("an enrolment does not open: damaged, moved, or its key left the ring"))
}
