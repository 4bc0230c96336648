//! I6: no code and no password in anything that is kept or shown. Looked at raw, as the bytes stand before they are
//! sealed; encodings are searched for elsewhere.

use std::collections::BTreeSet;

/// With this begins every password and every secret that is typed into a chat by mistake.
pub const MARK: &str = "~^";

#[derive(Default)]
pub struct Secrets {
    pub codes: BTreeSet<String>,
    /// Runs of six or eight digits that stood alone somewhere.
    digits: BTreeSet<Vec<u8>>,
    /// Old codes that somebody typed where a user name was asked for; nobody can tell them from names made of digits.
    pub typed_as_names: BTreeSet<String>,
    /// Something that begins like a secret, with what follows it.
    pub marked: Option<String>,
    pub n_bytes: u64,
}

impl Secrets {
    /// Takes in what is about to be kept or shown.
    pub fn look(&mut self, bytes: &[u8]) {
        self.n_bytes += bytes.len() as u64;
        let mut from = None;
        for at in 0..=bytes.len() {
            let byte = bytes.get(at).copied().unwrap_or(0);
            match (byte.is_ascii_digit(), from) {
                (true, None) => from = Some(at),
                (false, Some(begun)) => {
                    from = None;
                    let alone = |byte: u8| !byte.is_ascii_alphanumeric();
                    let before = begun == 0 || alone(bytes[begun - 1]);
                    if matches!(at - begun, 6 | 8) && before && alone(byte) {
                        self.digits.insert(bytes[begun..at].to_vec());
                    }
                }
                (true, Some(_)) | (false, None) => {}
            }
            if byte == b'~' && bytes[at..].starts_with(MARK.as_bytes()) && self.marked.is_none() {
                let rest = String::from_utf8_lossy(&bytes[at..bytes.len().min(at + 24)]).into_owned();
                // Two bytes may meet by chance in a hash; a secret goes on with letters.
                if rest.chars().skip(2).take(6).all(|c| c.is_ascii_alphanumeric()) && rest.len() >= 8 {
                    self.marked = Some(rest);
                }
            }
        }
    }

    /// A secret that stood where none may.
    pub fn leaked(&self) -> Option<String> {
        let stands = |code: &&String| self.digits.contains(code.as_bytes()) && !self.typed_as_names.contains(*code);
        let code = self.codes.iter().find(stands);
        self.marked.clone().or_else(|| code.map(|code| format!("the code {code}")))
    }
}
