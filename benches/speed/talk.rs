//! One conversation of the benches: eight turns from the first button to the end, every second one on the audit record.
//!
//! Turns that wait for the fixed floor of `identify`, or for somebody outside, say nothing about our own time, so none is
//! among them: the person begins again twice, asks for help, and stops.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use crate::client::{Answer, Client};

/// What is pressed or typed after the first button.
const SAYS: [(&str, &str); 7] = [
    ("command", "restart"),
    ("text", "yes"),
    ("command", "restart"),
    ("text", "yes"),
    ("command", "help"),
    ("command", "cancel"),
    ("text", "yes"),
];

/// Lines of the bot in all: greeting and question three times, two questions whether to begin again, help and the question,
/// whether to stop, and the end.
const WORDS: usize = 3 * 2 + 2 + 2 + 1 + 1;

/// Turns of a conversation.
pub const TURNS: usize = SAYS.len() + 1;

pub struct Talk {
    n: u64,
    path: String,
    /// Header lines: who asks, and the session that the first answer gave.
    head: String,
    form: String,
    turns: usize,
}

impl Talk {
    /// Someone new, from a network of their own: limits hold for the benches as for anybody.
    pub fn new(tenant: &str) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let n = NEXT.fetch_add(1, Ordering::Relaxed);
        // Addresses for documentation; of IPv6 the half that names the network counts.
        let head = format!("x-forwarded-for: 2001:db8:{:x}:{:x}::1\r\n", n >> 16 & 0xffff, n & 0xffff);
        Self { n, path: format!("/chat/{tenant}"), head, form: String::new(), turns: 0 }
    }

    pub fn is_over(&self) -> bool {
        self.turns == TURNS
    }

    /// The next turn. The answer comes when the turn is on disk and the bot's words are on the page.
    pub async fn turn(&mut self, client: &mut Client) {
        if self.turns == 0 {
            return self.start(client).await;
        }
        let (what, value) = SAYS[self.turns - 1];
        self.turns += 1;
        self.say(client, what, value).await;
    }

    pub async fn start(&mut self, client: &mut Client) {
        let form = format!("nonce={}&purpose=reset_password&language=en", self.nonce());
        let answer = client.post(&format!("{}/start", self.path), &self.head, &form).await;
        assert_eq!(answer.status, 303, "{}", answer.body);
        let cookie = answer.header("set-cookie").and_then(|line| line.split(';').next()).expect("a session");
        let token = cookie.split_once('=').map(|(_, token)| token).expect("a cookie has a value");
        let digest = Sha256::new().chain_update("form").chain_update([0]).chain_update(token).finalize();
        self.form = HEXLOWER.encode(&digest[..16]);
        self.head += &format!("cookie: {cookie}\r\n");
        self.turns = 1;
    }

    pub async fn say(&self, client: &mut Client, what: &str, value: &str) {
        let answer = self.post(client, what, value).await;
        assert_eq!(answer.status, 303, "{}", answer.body);
    }

    /// The same, whatever the answer is.
    pub async fn post(&self, client: &mut Client, what: &str, value: &str) -> Answer {
        let form = format!("form={}&nonce={}&{what}={value}", self.form, self.nonce());
        client.post(&format!("{}/say", self.path), &self.head, &form).await
    }

    /// As the page's script sends it: answered when the turn is on disk.
    pub async fn scripted(&self, client: &mut Client, what: &str, value: &str) -> Answer {
        let form = format!("form={}&nonce={}&{what}={value}", self.form, self.nonce());
        client.post(&format!("{}/say", self.path), &format!("{}accept: application/json\r\n", self.head), &form).await
    }

    /// The page as it stands.
    pub async fn page(&self, client: &mut Client) -> String {
        let answer = client.get(&self.path, &self.head).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.body
    }

    /// Whether the page comes to show every word of the whole conversation, down to its end. A turn is answered with the
    /// first line of several, so the last ones may be on their way.
    pub async fn ended_well(&self, client: &mut Client) -> bool {
        for _ in 0..100 {
            let page = self.page(client).await;
            if page.matches("class=\"turn bot\"").count() == WORDS && page.contains("We have stopped.") {
                return true;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        false
    }

    pub fn path(&self) -> &str {
        &self.path
    }

    pub fn head(&self) -> &str {
        &self.head
    }

    fn nonce(&self) -> String {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        format!("{:08x}-{:08x}", self.n, NEXT.fetch_add(1, Ordering::Relaxed))
    }
}
