//! Secrets between request and effect: in memory only, for a short time, wiped when they leave.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::model::ids::VaultKey;
use crate::model::secrets::Secret;
use crate::model::time::{Seconds, Timestamp};

/// How long a password or an answer waits for its effect.
pub const SECRET_LIFE: Seconds = Seconds(60);

/// Gone after a restart, on purpose: a stored reply holds a reference, never the secret.
#[derive(Default)]
pub struct Vault {
    slots: Mutex<HashMap<VaultKey, Slot>>,
}

struct Slot {
    secret: Arc<Secret>,
    expires: Timestamp,
}

impl Vault {
    pub fn put(&self, key: VaultKey, secret: Secret, expires: Timestamp) {
        self.slots().insert(key, Slot { secret: Arc::new(secret), expires });
    }

    /// The secret while it lives. The last holder's drop wipes it.
    pub fn get(&self, key: VaultKey, now: Timestamp) -> Option<Arc<Secret>> {
        let mut slots = self.slots();
        slots.retain(|_, slot| now < slot.expires);
        slots.get(&key).map(|slot| Arc::clone(&slot.secret))
    }

    pub fn remove(&self, key: VaultKey) {
        self.slots().remove(&key);
    }

    /// Wipes what has expired; returns when the next one does.
    pub fn sweep(&self, now: Timestamp) -> Option<Timestamp> {
        let mut slots = self.slots();
        slots.retain(|_, slot| now < slot.expires);
        slots.values().map(|slot| slot.expires).min()
    }

    fn slots(&self) -> MutexGuard<'_, HashMap<VaultKey, Slot>> {
        // A panic elsewhere leaves the map whole: every change is one call.
        self.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::secrets::Password;

    fn secret() -> Secret {
        Secret::Password(Password::new("correct horse".into()))
    }

    #[test]
    fn a_secret_is_gone_when_its_time_is_over() {
        let vault = Vault::default();
        let key = VaultKey([1; 16]);
        vault.put(key, secret(), Timestamp(1_000) + SECRET_LIFE);
        assert!(vault.get(key, Timestamp(60_999)).is_some());
        assert!(vault.get(key, Timestamp(61_000)).is_none());
        assert!(vault.slots().is_empty(), "an expired secret stays in memory");
    }

    #[test]
    fn the_sweep_tells_when_to_come_back() {
        let vault = Vault::default();
        vault.put(VaultKey([1; 16]), secret(), Timestamp(5));
        vault.put(VaultKey([2; 16]), secret(), Timestamp(9));
        assert_eq!(vault.sweep(Timestamp(5)), Some(Timestamp(9)));
        assert_eq!(vault.sweep(Timestamp(9)), None);
    }
}
