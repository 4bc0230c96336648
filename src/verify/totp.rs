//! Time-based codes (RFC 6238): the present step and the one before, each step at most once.

use crate::model::time::Timestamp;

/// Seconds a step lasts.
pub const STEP_SECONDS: u64 = 30;

/// A shared secret of an authenticator app, as enrolled; 16 to 64 bytes. Wiped on drop.
pub struct TotpSecret(pub zeroize::Zeroizing<Vec<u8>>);

/// Codes that would be right now, newest first, with their step number. SHA-1, six digits, as every app has them.
pub fn right_codes(secret: &TotpSecret, now: Timestamp) -> Vec<(u64, String)> {
    let totp = totp_rs::TOTP::new_unchecked(totp_rs::Algorithm::SHA1, 6, 0, STEP_SECONDS, secret.0.to_vec());
    let step = now.unix_seconds() / STEP_SECONDS;
    [step, step.saturating_sub(1)].into_iter().map(|step| (step, totp.generate(step * STEP_SECONDS))).collect()
}
