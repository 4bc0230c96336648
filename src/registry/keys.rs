//! Which root key the rows are sealed with, and sealing them again after a rotation.

use std::collections::BTreeMap;

use rusqlite::{Connection, params};

use crate::ports::registry::RegistryError;
use crate::registry::schema::failed;
use crate::verify::keys::Tag;
use crate::verify::seal::{Place, Sealer, key_id};

/// Rows sealed again in one transaction, so that nobody waits long for it.
const AT_ONCE: usize = 64;

/// Rows by the version of the key they are sealed with.
pub fn by_key(connection: &Connection) -> Result<BTreeMap<u32, u64>, RegistryError> {
    let mut find = connection.prepare("SELECT sealed FROM enrolment").map_err(failed)?;
    let rows = find.query_map([], |row| row.get::<_, Vec<u8>>(0)).map_err(failed)?;
    let mut by_key = BTreeMap::new();
    for sealed in rows {
        *by_key.entry(key_id(&sealed.map_err(failed)?).unwrap_or(0)).or_default() += 1;
    }
    Ok(by_key)
}

/// Seals up to 64 rows of older keys with the active one; how many there were. A row that changed meanwhile is left
/// alone: whoever changed it sealed it.
pub fn reseal(connection: &mut Connection, sealer: &Sealer) -> Result<usize, RegistryError> {
    let damaged = || RegistryError::Unavailable(String::from("an enrolment does not open"));
    let change = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate).map_err(failed)?;
    let mut find = change.prepare("SELECT owner, kind, item, sealed FROM enrolment").map_err(failed)?;
    let mut rows = find.query([]).map_err(failed)?;
    let mut old: Vec<(Tag, String, String, Vec<u8>)> = Vec::new();
    while let Some(row) = rows.next().map_err(failed)? {
        let sealed: Vec<u8> = row.get(3).map_err(failed)?;
        if key_id(&sealed) != Some(sealer.active()) {
            old.push((row.get(0).map_err(failed)?, row.get(1).map_err(failed)?, row.get(2).map_err(failed)?, sealed));
        }
        if old.len() == AT_ONCE {
            break;
        }
    }
    drop(rows);
    drop(find);
    for (owner, kind, item, sealed) in &old {
        let place = Place { namespace: kind, key: owner, version: item.as_bytes() };
        let plain = zeroize::Zeroizing::new(sealer.open(place, sealed).map_err(|_| damaged())?);
        let mut nonce = [0; 24];
        getrandom::fill(&mut nonce).map_err(|error| RegistryError::Unavailable(format!("no random bytes: {error}")))?;
        let again = sealer.seal(&nonce, place, &plain);
        let swap = "UPDATE enrolment SET sealed = ?1 WHERE owner = ?2 AND kind = ?3 AND item = ?4 AND sealed = ?5";
        change.execute(swap, params![again, owner, kind, item, sealed]).map_err(failed)?;
    }
    change.commit().map_err(failed)?;
    Ok(old.len())
}
