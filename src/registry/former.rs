//! Addresses that accounts had and lost, as sealed rows: written with the change that takes them away.

use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::model::account::RegisteredContact;
use crate::model::contacts::Contact;
use crate::model::ids::{AccountId, FormerId, TenantId};
use crate::model::method::Method;
use crate::model::time::Timestamp;
use crate::ports::former::{Carrier, FormerAddress, KEPT};
use crate::ports::registry::RegistryError;
use crate::registry::schema::failed;
use crate::verify::seal::{Place, Sealer, key_id};

/// Rows sealed again in one transaction.
const AT_ONCE: usize = 64;

/// Whose it was, and which.
#[derive(Serialize, Deserialize)]
struct Stored {
    tenant: TenantId,
    account: AccountId,
    contact: String,
}

/// Notes those of `before` that are not among `after`. Addresses that nothing written reaches, such as a telephone on a
/// desk, cannot be told and are left out.
pub fn note(
    change: &Transaction<'_>,
    sealer: &Sealer,
    (tenant, account): (&TenantId, &AccountId),
    (before, after): (&[RegisteredContact], &[RegisteredContact]),
    now: Timestamp,
) -> Result<(), RegistryError> {
    let form = |registered: &RegisteredContact| registered.contact.normal_form();
    for lost in before.iter().filter(|old| !after.iter().any(|new| form(new) == form(old))) {
        let carrier = match &lost.contact {
            Contact::Email(_) => Carrier::Mail,
            Contact::Phone(_) if lost.methods.contains(&Method::Sms) => Carrier::Text,
            Contact::Phone(_) => continue,
        };
        let stored = Stored { tenant: tenant.clone(), account: account.clone(), contact: lost.contact.kept() };
        let plain = postcard::to_stdvec(&stored).map_err(|error| RegistryError::Unavailable(error.to_string()))?;
        let id: [u8; 16] = random()?;
        let sealed = sealer.seal(&random()?, place(&id), &Zeroizing::new(plain));
        change
            .prepare_cached("INSERT INTO former (id, carrier, sealed, at) VALUES (?1, ?2, ?3, ?4)")
            .and_then(|mut put| put.execute(params![id, carrier.name(), sealed, number(now)]))
            .map_err(failed)?;
    }
    Ok(())
}

pub fn waiting(
    connection: &Connection,
    sealer: &Sealer,
    by: Carrier,
    at_most: u32,
) -> Result<Vec<FormerAddress>, RegistryError> {
    let find = "SELECT id, sealed, at FROM former WHERE carrier = ?1 AND taken_up IS NULL ORDER BY at, id LIMIT ?2";
    let mut find = connection.prepare_cached(find).map_err(failed)?;
    let rows = find
        .query_map(params![by.name(), at_most], |row| Ok((row.get(0)?, row.get::<_, Vec<u8>>(1)?, row.get(2)?)))
        .map_err(failed)?;
    let mut waiting = Vec::new();
    for row in rows {
        let (id, sealed, at): ([u8; 16], _, i64) = row.map_err(failed)?;
        let (Stored { tenant, account, .. }, contact) = open(sealer, &id, &sealed)?;
        let at = Timestamp(u64::try_from(at).unwrap_or(0));
        waiting.push(FormerAddress { id: FormerId(id), tenant, account, contact, at });
    }
    Ok(waiting)
}

pub fn address(connection: &Connection, sealer: &Sealer, id: FormerId) -> Result<Option<Contact>, RegistryError> {
    let find = "SELECT sealed FROM former WHERE id = ?1";
    let found: Option<Vec<u8>> = connection.query_row(find, [id.0], |row| row.get(0)).optional().map_err(failed)?;
    found.map(|sealed| open(sealer, &id.0, &sealed).map(|(_, contact)| contact)).transpose()
}

/// Clears away, too, what was taken up so long ago that its message is given up by now.
pub fn taken_up(connection: &mut Connection, id: FormerId, now: Timestamp) -> rusqlite::Result<()> {
    let change = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    change.execute("UPDATE former SET taken_up = ?2 WHERE id = ?1", params![id.0, number(now)])?;
    let past = Timestamp(now.0.saturating_sub(u64::from(KEPT.0) * 1000));
    change.execute("DELETE FROM former WHERE taken_up < ?1", [number(past)])?;
    change.commit()
}

pub fn forget(connection: &Connection, id: FormerId) -> rusqlite::Result<()> {
    connection.execute("DELETE FROM former WHERE id = ?1", [id.0]).map(|_| ())
}

/// Seals rows of older keys with the active one, in one page after `from`; how many, and where the next page begins.
pub fn reseal(
    connection: &mut Connection,
    sealer: &Sealer,
    from: &[u8],
) -> Result<(u64, Option<[u8; 16]>), RegistryError> {
    let change = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failed)?;
    let page = page(&change, from).map_err(failed)?;
    let mut resealed = 0;
    for (id, sealed) in page.iter().filter(|(_, sealed)| key_id(sealed) != Some(sealer.active())) {
        let plain = Zeroizing::new(sealer.open(place(id), sealed).map_err(|_| damaged())?);
        let again = sealer.seal(&random()?, place(id), &plain);
        change.execute("UPDATE former SET sealed = ?2 WHERE id = ?1", params![id, again]).map_err(failed)?;
        resealed += 1;
    }
    change.commit().map_err(failed)?;
    let next = if page.len() < AT_ONCE { None } else { page.last().map(|(id, _)| *id) };
    Ok((resealed, next))
}

fn page(change: &Connection, from: &[u8]) -> rusqlite::Result<Vec<([u8; 16], Vec<u8>)>> {
    let mut find = change.prepare_cached("SELECT id, sealed FROM former WHERE id > ?1 ORDER BY id LIMIT ?2")?;
    let most = i64::try_from(AT_ONCE).unwrap_or(i64::MAX);
    find.query_map(params![from, most], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
}

fn open(sealer: &Sealer, id: &[u8; 16], sealed: &[u8]) -> Result<(Stored, Contact), RegistryError> {
    let plain = Zeroizing::new(sealer.open(place(id), sealed).map_err(|_| damaged())?);
    let stored: Stored = postcard::from_bytes(&plain).map_err(|_| damaged())?;
    let contact = Contact::restore(&stored.contact).ok_or_else(damaged)?;
    Ok((stored, contact))
}

fn place(id: &[u8; 16]) -> Place<'_> {
    Place { namespace: "former", key: id, version: b"" }
}

fn random<const N: usize>() -> Result<[u8; N], RegistryError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| RegistryError::Unavailable(format!("no random bytes: {error}")))?;
    Ok(bytes)
}

fn number(moment: Timestamp) -> i64 {
    i64::try_from(moment.0).unwrap_or(i64::MAX)
}

fn damaged() -> RegistryError {
    RegistryError::Unavailable(String::from("a former address does not open: damaged, moved, or its key left the ring"))
}

impl Carrier {
    fn name(self) -> &'static str {
        match self {
            Carrier::Mail => "mail",
            Carrier::Text => "text",
        }
    }
}
