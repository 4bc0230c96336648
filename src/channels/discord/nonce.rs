//! By what Discord tells doubles: the same message has the same nonce, also after a restart, and no other message has it.

use data_encoding::BASE64URL_NOPAD;
use sha2::{Digest, Sha256};

use crate::channels::messaging::platform::Name;

/// Bytes; 22 of the 25 characters that Discord takes.
const LENGTH: usize = 16;

/// The content goes in too: a store that was begun anew counts its rows from the start, and what has another row's nonce
/// would be dropped as its double.
pub fn nonce(name: Name, channel: &str, content: &str) -> String {
    let mut hash = Sha256::new();
    hash.update(name.row.to_be_bytes());
    hash.update((name.piece as u64).to_be_bytes());
    hash.update((channel.len() as u64).to_be_bytes());
    hash.update(channel);
    hash.update(content);
    BASE64URL_NOPAD.encode(&hash.finalize()[..LENGTH])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_message_has_the_same_nonce_and_no_other_has() {
        let of = |row, piece, channel, content| nonce(Name { row, piece }, channel, content);
        let first = of(7, 0, "771", "hello");
        assert_eq!(first, of(7, 0, "771", "hello"));
        assert!(first.len() <= 25, "{first}");
        for other in
            [of(8, 0, "771", "hello"), of(7, 1, "771", "hello"), of(7, 0, "772", "hello"), of(7, 0, "77", "1hello")]
        {
            assert_ne!(first, other);
        }
        assert_ne!(first, of(7, 0, "771", "bye"));
    }
}
