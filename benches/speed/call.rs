//! Callers at the real web hook of a telephone provider: every request signed as Twilio signs, every turn on disk before it
//! is answered, and the document followed to the next one.

use std::sync::atomic::{AtomicU64, Ordering};

use data_encoding::BASE64;
use hmac::{Hmac, Mac};
use sha1::Sha1;

use crate::client::Client;
use crate::house::{House, TENANTS, tenant};

const SECRET: &str = "a secret that both sides know";
/// What a caller presses after the call has begun: a language, a new password, and then they have everything repeated,
/// spell their name instead, and hang up. Nobody outside is asked, and nothing waits for a floor.
const KEYS: [&str; 7] = ["1", "2", "*", "*", "2", "*", "*"];
/// Numbers for fiction; each may call ten times an hour.
const NUMBERS: u64 = 1_000;
/// A turn that has to be asked for so often was not answered.
const MOST_POLLS: usize = 5;

/// Puts a telephone into the configuration: a number for every institution.
pub fn wire(house: &House) {
    house.file("secrets/voice", SECRET);
    let mut text =
        "[voice.main]\nprovider = \"twilio\"\nsecret_file = \"secrets/voice\"\n[voice.main.numbers]\n".to_owned();
    for n in 0..TENANTS {
        text += &format!("\"{}\" = \"{}\"\n", dialled(n), tenant(n));
    }
    house.add(&text);
}

fn dialled(n: usize) -> String {
    format!("+6032779700{}", n % TENANTS)
}

/// One call after the other on one line.
pub struct Line {
    origin: String,
    to: String,
    call: u64,
    /// Where the next keys go; nowhere before a call and after it.
    next: Option<String>,
    pressed: usize,
}

impl Line {
    pub fn new(port: u16, n: usize) -> Self {
        Self { origin: format!("http://127.0.0.1:{port}"), to: dialled(n), call: 0, next: None, pressed: 0 }
    }

    /// The next turn: a call begins, a key is pressed, or the caller hangs up.
    pub async fn turn(&mut self, client: &mut Client) {
        static CALLS: AtomicU64 = AtomicU64::new(0);
        match (self.next.take(), KEYS.get(self.pressed)) {
            (None, _) => {
                (self.call, self.pressed) = (CALLS.fetch_add(1, Ordering::Relaxed), 0);
                self.next = self.asked(client, "/hooks/voice/main".to_owned(), None).await;
            }
            (Some(path), Some(keys)) => {
                self.pressed += 1;
                self.next = self.asked(client, path, Some(keys)).await;
            }
            (Some(_), None) => {
                let told = self.post(client, "/hooks/voice/main/status", "completed", None).await;
                assert_eq!(told.0, 204, "{}", told.1);
            }
        }
    }

    /// Until something is asked; where its answer goes.
    async fn asked(&self, client: &mut Client, mut path: String, mut keys: Option<&str>) -> Option<String> {
        for _ in 0..MOST_POLLS {
            let (status, document) = self.post(client, &path, "in-progress", keys.take()).await;
            assert_eq!(status, 200, "{document}");
            if let Some(action) = between(&document, "action=\"", "\"") {
                return Some(self.path(action));
            }
            let again = between(&document, "<Redirect method=\"POST\">", "</Redirect>");
            path = self.path(again.unwrap_or_else(|| panic!("the call has ended: {document}")));
        }
        panic!("a turn was taken and not answered")
    }

    fn path(&self, address: &str) -> String {
        address.strip_prefix(&self.origin).expect("an address of ours").to_owned()
    }

    async fn post(&self, client: &mut Client, path: &str, status: &str, keys: Option<&str>) -> (u16, String) {
        let (call, from) = (format!("CA{:032x}", self.call), format!("+447700900{:03}", self.call % NUMBERS));
        let mut fields = vec![("CallSid", call.as_str()), ("CallStatus", status)];
        fields.extend(keys.map(|keys| ("Digits", keys)));
        fields.extend([("From", from.as_str()), ("To", self.to.as_str())]);
        let mut mac = Hmac::<Sha1>::new_from_slice(SECRET.as_bytes()).expect("HMAC takes a key of any length");
        mac.update(format!("{}{path}", self.origin).as_bytes());
        // In the order of their names, as they stand.
        fields.iter().for_each(|(name, value)| mac.update(format!("{name}{value}").as_bytes()));
        let head = format!("x-twilio-signature: {}\r\n", BASE64.encode(&mac.finalize().into_bytes()));
        let form: Vec<String> =
            fields.iter().map(|(name, value)| format!("{name}={}", value.replace('+', "%2B"))).collect();
        let answer = client.post(path, &head, &form.join("&")).await;
        (answer.status, answer.body)
    }
}

fn between<'a>(text: &'a str, begins: &str, ends: &str) -> Option<&'a str> {
    text.split_once(begins)?.1.split_once(ends).map(|(inside, _)| inside)
}
