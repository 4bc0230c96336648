//! Chance as bytes that somebody drew: ids, codes and digits made from them, without bias.

use sha2::{Digest, Sha256};

/// 16 bytes that no other `number` of this or another draw gives. `drawn` are the 32 fresh bytes of one step.
pub fn part(drawn: &[u8; 32], number: u8) -> [u8; 16] {
    let digest = Sha256::new().chain_update(drawn).chain_update([number]).finalize();
    let mut part = [0; 16];
    part.copy_from_slice(&digest[..16]);
    part
}

/// `count` decimal digits, at most 20, leading zeros kept. Modulo bias is below 2^-60 (2^-100 for eight digits).
pub fn digits(count: u8, random: [u8; 16]) -> String {
    let number = u128::from_be_bytes(random) % 10u128.pow(u32::from(count.min(20)));
    format!("{number:0width$}", width = usize::from(count))
}
