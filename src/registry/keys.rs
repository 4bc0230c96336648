//! Which root key the rows are sealed with, and sealing them again after a rotation.

use std::collections::BTreeMap;

use rusqlite::{Connection, Transaction, TransactionBehavior, params};
use zeroize::Zeroizing;

use crate::ports::registry::RegistryError;
use crate::registry::schema::failed;
use crate::verify::keys::Tag;
use crate::verify::seal::{Place, Sealer, key_id};

/// Rows looked at in one transaction, so that nobody waits long for it.
const AT_ONCE: usize = 64;

/// Rows by the version of the key they are sealed with.
pub fn by_key(connection: &Connection) -> Result<BTreeMap<u32, u64>, RegistryError> {
    let mut find =
        connection.prepare("SELECT sealed FROM enrolment UNION ALL SELECT sealed FROM former").map_err(failed)?;
    let rows = find.query_map([], |row| row.get::<_, Vec<u8>>(0)).map_err(failed)?;
    let mut by_key = BTreeMap::new();
    for sealed in rows {
        *by_key.entry(key_id(&sealed.map_err(failed)?).unwrap_or(0)).or_default() += 1;
    }
    Ok(by_key)
}

/// Where a row lies; pages are read in this order.
pub type At = (Tag, String, String);

/// Seals rows of older keys with the active one, in one page after `from`; how many, and where the next page begins. A row
/// that changed meanwhile is left alone: whoever changed it sealed it.
pub fn reseal(
    connection: &mut Connection,
    sealer: &Sealer,
    from: Option<At>,
) -> Result<(u64, Option<At>), RegistryError> {
    let damaged = || RegistryError::Unavailable(String::from("an enrolment does not open"));
    let change = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failed)?;
    let page = read(&change, from).map_err(failed)?;
    let mut resealed = 0;
    for ((owner, kind, item), sealed) in page.iter().filter(|(_, sealed)| key_id(sealed) != Some(sealer.active())) {
        let place = Place { namespace: kind, key: owner, version: item.as_bytes() };
        let plain = Zeroizing::new(sealer.open(place, sealed).map_err(|_| damaged())?);
        let mut nonce = [0; 24];
        getrandom::fill(&mut nonce).map_err(|error| RegistryError::Unavailable(format!("no random bytes: {error}")))?;
        let again = sealer.seal(&nonce, place, &plain);
        let swap = "UPDATE enrolment SET sealed = ?1 WHERE owner = ?2 AND kind = ?3 AND item = ?4 AND sealed = ?5";
        let swapped = change.execute(swap, params![again, owner, kind, item, sealed]).map_err(failed)?;
        resealed += u64::from(swapped > 0);
    }
    change.commit().map_err(failed)?;
    let next = if page.len() < AT_ONCE { None } else { page.into_iter().next_back().map(|(at, _)| at) };
    Ok((resealed, next))
}

fn read(change: &Transaction<'_>, from: Option<At>) -> rusqlite::Result<Vec<(At, Vec<u8>)>> {
    let select = "SELECT owner, kind, item, sealed FROM enrolment WHERE (owner, kind, item) > (?1, ?2, ?3)
                  ORDER BY owner, kind, item LIMIT ?4";
    let (owner, kind, item) =
        from.map_or((Vec::new(), String::new(), String::new()), |(owner, kind, item)| (owner.to_vec(), kind, item));
    let mut find = change.prepare_cached(select)?;
    let row = |row: &rusqlite::Row<'_>| Ok(((row.get(0)?, row.get(1)?, row.get(2)?), row.get(3)?));
    find.query_map(params![owner, kind, item, i64::try_from(AT_ONCE).unwrap_or(i64::MAX)], row)?.collect()
}
