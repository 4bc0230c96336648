//! L09: secrets stay on private pages.

/// Words for what must never be asked for in a chat.
pub fn is_secret_word(word: &str) -> bool {
    ["secret", "password", "passphrase", "answer", "pin"].iter().any(|secret| word.contains(secret))
}
