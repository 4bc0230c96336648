//! The platform's signing keys: fetched ahead of need, kept for a day, fetched again when a new one signs; old ones serve on
//! while the platform cannot be asked. Nobody waits long for an answer of it: it is asked by a task of its own.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use data_encoding::BASE64URL_NOPAD;
use reqwest::{Client, Url};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use tokio::sync::watch;

use crate::channels::teams::exchange::{address, body, client};
use crate::channels::teams::token::SigningKey;
use crate::model::time::{Seconds, Timestamp};
use crate::ports::clock::Clock;

/// Keys are asked for again after so long, and ahead of need after a quarter of it.
const FRESH: Seconds = Seconds::hours(24);
const AHEAD: Seconds = Seconds::hours(6);
/// So long somebody who calls waits for an answer that is on its way.
pub const PATIENCE: Seconds = Seconds(2);
/// An unknown key is asked for when ours are older than this, so that forged tokens make no storm of requests.
const SETTLED: Seconds = Seconds::hours(1);
/// Between two tries that fail: while there are none at all, and while old ones serve.
const NAP_WITHOUT: Seconds = Seconds(10);
const NAP_WITH: Seconds = Seconds::minutes(5);
/// More keys than the platform ever has.
const MOST_KEYS: usize = 200;

type Known = Arc<HashMap<String, SigningKey>>;

/// Keys of one issuer.
pub struct SigningKeys(Arc<Shared>);

struct Shared {
    client: Client,
    metadata: Url,
    clock: Arc<dyn Clock>,
    inside: Mutex<Inside>,
    /// Whether a question is on its way; there is one at a time.
    asking: watch::Sender<bool>,
    /// The section of the configuration, for the log.
    section: String,
}

#[derive(Default)]
struct Inside {
    known: Option<(Known, Timestamp)>,
    tried: Option<Timestamp>,
}

/// No key was ever had, or it may be a new one, and the platform was not there in time: nobody can be recognised yet.
#[derive(Debug, PartialEq, Eq)]
pub struct NoKeys;

#[derive(Deserialize)]
struct Metadata {
    jwks_uri: String,
    id_token_signing_alg_values_supported: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct KeySet {
    keys: Vec<serde_json::Value>,
}

#[derive(Deserialize)]
struct Key {
    kty: String,
    kid: String,
    n: String,
    e: String,
    #[serde(default)]
    endorsements: Vec<String>,
}

impl SigningKeys {
    /// # Errors
    /// The address is none, or would be asked in the clear.
    pub fn new(metadata: &str, clock: Arc<dyn Clock>, section: String) -> Result<Self, String> {
        let (client, metadata) = (client()?, address(metadata)?);
        let (inside, asking) = (Mutex::default(), watch::Sender::new(false));
        Ok(Self(Arc::new(Shared { client, metadata, clock, inside, asking, section })))
    }

    /// The key of this id, if the platform has it. Returns after [`PATIENCE`] at the latest.
    ///
    /// # Errors
    /// Whoever calls should come again.
    pub async fn find(&self, kid: &str) -> Result<Option<SigningKey>, NoKeys> {
        let shared = &self.0;
        let due = shared.wants_asking(kid);
        if due {
            shared.ask_aside();
        }
        // Who knows the key need not wait for somebody else's question.
        let told = if due || !shared.has(kid) { shared.answered_soon().await } else { true };
        let inside = shared.lock();
        let (known, _) = inside.known.as_ref().ok_or(NoKeys)?;
        match known.get(kid) {
            None if !told => Err(NoKeys),
            found => Ok(found.cloned()),
        }
    }

    /// Asks at once, and again long before the keys are old. For as long as the service runs, beside it.
    pub async fn keep_fresh(&self) {
        let shared = &self.0;
        loop {
            shared.ask_aside();
            shared.answered().await;
            let now = shared.clock.now();
            let good = shared.lock().known.as_ref().map(|(_, fetched)| now < *fetched + AHEAD);
            let nap = match good {
                Some(true) => AHEAD,
                Some(false) => NAP_WITH,
                None => NAP_WITHOUT,
            };
            shared.clock.rest_until(now + nap).await;
        }
    }

    /// Asks now, and says how many keys there are that vouch for Teams.
    ///
    /// # Errors
    /// What is wrong with the answer, without anything from it.
    pub async fn look(&self) -> Result<usize, &'static str> {
        let keys = self.0.fetch().await?;
        Ok(keys.values().filter(|key| key.endorsements.iter().any(|channel| channel == "msteams")).count())
    }
}

impl Shared {
    fn has(&self, kid: &str) -> bool {
        self.lock().known.as_ref().is_some_and(|(known, _)| known.contains_key(kid))
    }

    fn wants_asking(&self, kid: &str) -> bool {
        let (now, inside) = (self.clock.now(), self.lock());
        let rests = |nap: Seconds| inside.tried.is_some_and(|tried| now < tried + nap);
        match &inside.known {
            None => !rests(NAP_WITHOUT),
            Some((known, fetched)) => {
                let due = now >= *fetched + FRESH || (!known.contains_key(kid) && now >= *fetched + SETTLED);
                due && !rests(NAP_WITH)
            }
        }
    }

    /// Asks, unless somebody does; it goes on when nobody waits for it any more.
    fn ask_aside(self: &Arc<Self>) {
        let first = self.asking.send_if_modified(|asking| !std::mem::replace(asking, true));
        if first {
            self.lock().tried = Some(self.clock.now());
            let shared = Arc::clone(self);
            tokio::spawn(async move {
                shared.refresh().await;
                shared.asking.send_replace(false);
            });
        }
    }

    async fn answered(&self) {
        // The sender lives as long as `self`, so waiting cannot fail.
        let _ = self.asking.subscribe().wait_for(|asking| !asking).await;
    }

    /// Whether no question is on its way any more, as far as that is to be waited for.
    async fn answered_soon(&self) -> bool {
        tokio::select! {
            biased;
            () = self.answered() => true,
            () = self.clock.deadline(self.clock.now() + PATIENCE) => false,
        }
    }

    async fn refresh(&self) {
        match self.fetch().await {
            Ok(keys) => self.lock().known = Some((Arc::new(keys), self.clock.now())),
            Err(_) => {
                let key = format!("{}.openid", self.section);
                tracing::warn!(channel = "teams", %key, outcome = "unavailable", "the platform's keys cannot be had");
            }
        }
    }

    async fn fetch(&self) -> Result<HashMap<String, SigningKey>, &'static str> {
        let metadata: Metadata = self.ask(self.metadata.clone()).await?;
        let signs = metadata.id_token_signing_alg_values_supported;
        if signs.is_some_and(|signs| !signs.iter().any(|alg| alg == "RS256")) {
            return Err("the description names no RS256");
        }
        let keys = address(&metadata.jwks_uri).map_err(|_| "the description names no address of keys")?;
        let set: KeySet = self.ask(keys).await?;
        // A key of another kind or shape is none of ours, and stops no other.
        let keys: HashMap<_, _> = set.keys.into_iter().take(MOST_KEYS).filter_map(key).collect();
        if keys.is_empty() { Err("the list holds no RSA key") } else { Ok(keys) }
    }

    async fn ask<T: DeserializeOwned>(&self, url: Url) -> Result<T, &'static str> {
        let answer = self.client.get(url).send().await.map_err(|_| "it cannot be reached")?;
        if !answer.status().is_success() {
            return Err("it was not answered");
        }
        let body = body(answer).await.ok_or("the answer is too long or broke off")?;
        serde_json::from_slice(&body).map_err(|_| "the answer is not of the expected form")
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn key(value: serde_json::Value) -> Option<(String, SigningKey)> {
    let Key { kty, kid, n, e, endorsements } = serde_json::from_value(value).ok()?;
    let decode = |part: &str| BASE64URL_NOPAD.decode(part.trim_end_matches('=').as_bytes()).ok();
    (kty == "RSA").then_some(())?;
    Some((kid, SigningKey { n: decode(&n)?, e: decode(&e)?, endorsements }))
}
