//! What a provider says of a call, in our words. Every field of theirs is optional and every request may come twice.

pub mod jambonz;
pub mod texts;
pub mod twilio;
pub mod vonage;

use crate::runtime::calls::CallEnd;

/// One request about one call.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Report {
    /// The provider's id of the call; its shape is the provider's own affair.
    pub call: String,
    /// The dialled number, its digits alone.
    pub to: Option<String>,
    /// Who says to be calling, in E.164. Anybody can claim any number: it is counted, never believed.
    pub from: Option<String>,
    /// What was keyed; `None` where nothing was.
    pub keys: Option<String>,
    /// What we asked a provider to remember of a call of ours: keys for the switchboard that picks it up.
    pub extension: Option<String>,
    /// The call is over.
    pub ended: Option<CallEnd>,
    /// What became of a transfer; meant only where that is asked for.
    pub dialled: Dialled,
}

/// What became of a call that was put through to somebody.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Dialled {
    /// It rings, they talk, or nothing is said of it.
    #[default]
    Progress,
    /// They talked, and somebody hung up.
    Taken,
    /// Nobody took it, and the caller is still there.
    Untaken,
}

/// It cannot be read, though its signature was right.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("not a request of this provider")]
pub struct Malformed;

/// Keys of one entry; the longest that is ever asked for is a number with its extension.
const MOST_KEYS: usize = 32;
const LONGEST_ID: usize = 128;

impl Report {
    /// # Errors
    /// When the call has no id that could be one, or the keys are none of a telephone.
    fn new(call: Option<String>) -> Result<Self, Malformed> {
        let call = call.ok_or(Malformed)?;
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b":._-@+/=".contains(&byte);
        let shaped = (1..=LONGEST_ID).contains(&call.len()) && call.bytes().all(plain);
        if !shaped {
            return Err(Malformed);
        }
        Ok(Self { call, to: None, from: None, keys: None, extension: None, ended: None, dialled: Dialled::Progress })
    }

    fn between(self, from: Option<&str>, to: Option<&str>) -> Self {
        let from = from.and_then(number).map(|digits| format!("+{digits}"));
        Self { from, to: to.and_then(number), ..self }
    }

    fn keyed(self, keys: Option<String>) -> Result<Self, Malformed> {
        let keys = keys.filter(|keys| !keys.is_empty());
        let odd = |keys: &String| {
            keys.len() > MOST_KEYS || !keys.bytes().all(|key| key.is_ascii_digit() || key == b'*' || key == b'#')
        };
        if keys.as_ref().is_some_and(odd) { Err(Malformed) } else { Ok(Self { keys, ..self }) }
    }
}

/// A JSON object. Lists are refused, which would be taken for the fields in their order.
fn object<T: serde::de::DeserializeOwned>(body: &[u8]) -> Result<T, Malformed> {
    let first = body.iter().find(|byte| !byte.is_ascii_whitespace());
    if first != Some(&b'{') {
        return Err(Malformed);
    }
    serde_json::from_slice(body).map_err(|_| Malformed)
}

/// `digits` of an object inside a request.
fn digits_of(keys: Option<serde_json::Map<String, serde_json::Value>>) -> Result<Option<String>, Malformed> {
    match keys.and_then(|mut keys| keys.remove("digits")) {
        None | Some(serde_json::Value::Null) => Ok(None),
        Some(serde_json::Value::String(digits)) => Ok(Some(digits)),
        Some(_) => Err(Malformed),
    }
}

/// The digits of `+60312345678`, `60312345678`, `sip:4000@pbx.example` or `tel:+60..`.
fn number(text: &str) -> Option<String> {
    let bare = text.trim().trim_start_matches("sips:").trim_start_matches("sip:").trim_start_matches("tel:");
    let digits = bare.split(['@', ';']).next()?.trim_start_matches('+');
    let shaped = (2..=20).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    shaped.then(|| digits.to_owned())
}

/// What is meant by keys in which `*` begins anew: those after the last one, or `*` itself.
pub fn meant(keys: &str) -> String {
    match keys.rsplit_once('*') {
        Some((_, "")) => "*".to_owned(),
        Some((_, after)) => after.to_owned(),
        None => keys.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_begins_anew_and_alone_it_is_a_key() {
        let table = [
            ("12*34", "34"),
            ("*", "*"),
            ("12*", "*"),
            ("**", "*"),
            ("*1", "1"),
            ("1", "1"),
            ("#", "#"),
            ("1*2*3", "3"),
        ];
        for (keyed, expected) in table {
            assert_eq!(meant(keyed), expected, "{keyed}");
        }
    }

    #[test]
    fn numbers_come_in_many_shapes_and_what_is_none_is_none() {
        for text in ["+60312345678", "60312345678", "sip:60312345678@pbx.example;transport=tls", "tel:+60312345678"] {
            assert_eq!(number(text).as_deref(), Some("60312345678"), "{text}");
        }
        for text in
            ["", "+", "anonymous", "client:ada", "Restricted", "+1", "sip:ada@pbx.example", "+123456789012345678901"]
        {
            assert_eq!(number(text), None, "{text}");
        }
    }
}
