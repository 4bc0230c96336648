//! The forms in which a secret may turn up somewhere, and a search for all of them at once.

use std::ops::Range;

use aho_corasick::AhoCorasick;
use data_encoding::{BASE64, HEXLOWER, HEXUPPER};

const ENGLISH: [&str; 10] = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];
const MALAY: [&str; 10] = ["kosong", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "lapan", "sembilan"];

/// Every form of every secret, looked for in one pass.
pub struct Needles {
    all: AhoCorasick,
    /// What each of them is called.
    names: Vec<String>,
}

/// Every form of one secret.
pub fn all(secret: &str) -> Vec<(&'static str, Vec<u8>)> {
    let bytes = secret.as_bytes();
    let mut forms = vec![
        ("raw", bytes.to_vec()),
        ("hex", HEXLOWER.encode(bytes).into_bytes()),
        ("capital hex", HEXUPPER.encode(bytes).into_bytes()),
        ("base64", base64(bytes, 0)),
        ("base64 from the second byte", base64(bytes, 1)),
        ("base64 from the third byte", base64(bytes, 2)),
        ("URL", percent(secret, false)),
        ("form", percent(secret, true)),
        ("JSON", json(secret)),
        ("HTML", html(secret)),
        ("UTF-16", secret.encode_utf16().flat_map(u16::to_le_bytes).collect()),
        ("spaced", spaced(secret.chars().map(String::from))),
        ("backwards", secret.chars().rev().collect::<String>().into_bytes()),
        ("full width", secret.chars().map(wide).collect::<String>().into_bytes()),
    ];
    let digits: Option<Vec<usize>> = secret.chars().map(|c| Some(c.to_digit(10)? as usize)).collect();
    if let Some(digits) = digits {
        forms.push(("spoken", spaced(digits.iter().map(|digit| ENGLISH[*digit].to_owned()))));
        forms.push(("spoken in Malay", spaced(digits.iter().map(|digit| MALAY[*digit].to_owned()))));
    }
    forms
}

impl Needles {
    pub fn of(secrets: &[String]) -> Self {
        let forms = secrets.iter().flat_map(|secret| all(secret).into_iter().map(move |form| (secret, form)));
        let named =
            |(secret, (encoding, form)): (&String, (&str, Vec<u8>))| (format!("`{secret}` as {encoding}"), form);
        let (names, forms): (Vec<_>, Vec<_>) = forms.map(named).unzip();
        assert!(forms.iter().all(|form| !form.is_empty()), "what is empty is everywhere");
        Self { all: AhoCorasick::new(forms).unwrap(), names }
    }

    /// What is found, each form as often as it stands there.
    pub fn in_bytes<'a>(&'a self, place: &'a [u8]) -> impl Iterator<Item = String> + 'a {
        self.found(place).map(|(what, _)| what.clone())
    }

    /// What is found and does not stand in the middle of something longer: keys and times have six or eight digits of the
    /// same kind by chance.
    pub fn alone_in<'a>(&'a self, place: &'a [u8]) -> impl Iterator<Item = String> + 'a {
        let joined = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
        let before = move |at: usize| at.checked_sub(1).and_then(|at| place.get(at));
        let alone = self.found(place).filter(move |(_, at)| !joined(before(at.start)) && !joined(place.get(at.end)));
        alone.map(|(what, _)| what.clone())
    }

    fn found<'a>(&'a self, place: &'a [u8]) -> impl Iterator<Item = (&'a String, Range<usize>)> + 'a {
        let found = self.all.find_overlapping_iter(place);
        found.map(|found| (&self.names[found.pattern().as_usize()], found.range()))
    }
}

/// The part of the text that does not depend on what stands before and after.
fn base64(bytes: &[u8], offset: usize) -> Vec<u8> {
    let mut shifted = vec![0; offset];
    shifted.extend(bytes);
    let text = BASE64.encode(&shifted);
    let from = if offset == 0 { 0 } else { 4 };
    let to = shifted.len() / 3 * 4;
    text.as_bytes()[from..to].to_vec()
}

fn percent(secret: &str, plus: bool) -> Vec<u8> {
    let mut text = String::new();
    for byte in secret.bytes() {
        match byte {
            b' ' if plus => text.push('+'),
            b if b.is_ascii_alphanumeric() || b"-_.".contains(&b) => text.push(char::from(b)),
            b => text.push_str(&format!("%{b:02X}")),
        }
    }
    text.into_bytes()
}

fn json(secret: &str) -> Vec<u8> {
    let quoted = serde_json::to_string(secret).unwrap();
    quoted.as_bytes()[1..quoted.len() - 1].to_vec()
}

fn html(secret: &str) -> Vec<u8> {
    let text = secret.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
    text.into_bytes()
}

fn spaced(parts: impl Iterator<Item = String>) -> Vec<u8> {
    parts.collect::<Vec<_>>().join(" ").into_bytes()
}

fn wide(c: char) -> char {
    if c.is_ascii_graphic() { char::from_u32(c as u32 + 0xfee0).unwrap() } else { c }
}
