//! Argon2id hashes of passwords, computed off the asynchronous threads.

use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use zeroize::Zeroizing;

/// A salted hash in PHC form.
#[derive(Clone)]
pub struct Hash(String);

impl Hash {
    pub fn of(password: &[u8], entropy: [u8; 32]) -> Self {
        let salt = SaltString::encode_b64(&entropy[..16]).expect("16 bytes are a valid salt");
        let hash = argon().hash_password(password, &salt).expect("any password of ordinary length can be hashed");
        Self(hash.to_string())
    }

    fn matches(&self, password: &[u8]) -> bool {
        PasswordHash::new(&self.0).is_ok_and(|hash| argon().verify_password(password, &hash).is_ok())
    }
}

pub async fn hash(password: Zeroizing<String>, entropy: [u8; 32]) -> Hash {
    apart(move || Hash::of(password.as_bytes(), entropy)).await
}

/// Whether one of the hashes was made of this password.
pub async fn any_matches(hashes: impl Into<Vec<Hash>>, password: Zeroizing<String>) -> bool {
    let hashes = hashes.into();
    apart(move || hashes.iter().any(|hash| hash.matches(password.as_bytes()))).await
}

/// 7 MiB, 5 passes, 1 lane: the smallest of the equally strong settings of the OWASP password storage cheat sheet. A build
/// for tests, which make and forget thousands of these people, takes a twentieth of that.
fn argon() -> Argon2<'static> {
    let (memory, passes) = if cfg!(debug_assertions) { (1024, 2) } else { (7168, 5) };
    let params = Params::new(memory, passes, 1, None).expect("these are valid parameters");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

async fn apart<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(work).await.expect("hashing neither panics nor is cancelled")
}
