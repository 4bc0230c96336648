//! Hundreds of requests that are not quite right, at every provider: each is refused, and nothing is written.

mod bodies;
mod forged;
mod misplaced;

use std::collections::{BTreeMap, HashSet};
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::http::Request;
use ringback::channels::voice::provider::Provider;
use ringback::model::time::Timestamp;
use ringback::ports::clock::Clock;
use ringback::ports::store::Store;
use sha2::{Digest, Sha256};

use super::handset::{Draft, Handset};
use super::house::{House, ORIGIN};
use super::reader::Heard;

/// A request that must change nothing.
pub struct Bad {
    pub kind: &'static str,
    pub what: String,
    pub method: &'static str,
    pub url: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    /// What it may be answered.
    pub expected: &'static [u16],
}

/// What bad requests are made from: a house in which one call waits for its first key.
pub struct Scene<'a> {
    pub house: &'a House,
    pub provider: Provider,
    /// The call that is under way, and the address of its open turn.
    pub caller: Handset,
    pub own: String,
    /// The open turn of another call.
    pub other: String,
    pub seconds: u64,
}

impl Bad {
    fn request(&self) -> Request<Body> {
        let path = self.url.strip_prefix(ORIGIN).unwrap_or(&self.url);
        let mut request = Request::builder().method(self.method).uri(path);
        for (name, value) in &self.headers {
            request = request.header(name, value.as_bytes());
        }
        request.body(Body::from(self.body.clone())).unwrap_or_else(|error| panic!("{}: {error}", self.what))
    }
}

impl Scene<'_> {
    /// A genuine request, to be spoiled.
    pub fn bad(&self, kind: &'static str, what: impl Into<String>, draft: &Draft, expected: &'static [u16]) -> Bad {
        let headers = draft.headers(self.seconds);
        let (url, body) = (draft.url.clone(), draft.body.clone().into_bytes());
        Bad { kind, what: what.into(), method: "POST", url, headers, body, expected }
    }

    /// Requests that would be taken if they were left as they are.
    pub fn genuine(&self) -> [Draft; 2] {
        [Handset::new(self.provider, "call-new").begins(), self.caller.keyed(&self.own, Some("1"))]
    }
}

/// As many distinct ones as are promised for every way in.
const PROMISED: usize = 200;

#[tokio::test]
async fn g10_bad_telephone_requests_of_every_provider_change_nothing() {
    for provider in Provider::ALL {
        let house = House::open().await;
        let caller = Handset::new(provider, "call-0001");
        let open = async |handset: &Handset| match handset.call(&house).await.iter().find_map(address) {
            Some(url) => url,
            None => panic!("{provider:?} asks nothing"),
        };
        let own = open(&caller).await;
        let other = open(&Handset::new(provider, "call-0002")).await;
        house.settle().await;
        let scene = Scene { house: &house, provider, caller, own, other, seconds: house.clock.now().unix_seconds() };
        let mut all = forged::requests(&scene);
        all.extend(bodies::requests(&scene));
        all.extend(misplaced::requests(&scene));

        let (changes, rows) = (house.store.changes(), house.store.outbox_len().await.unwrap());
        let (mut distinct, mut kinds) = (HashSet::new(), BTreeMap::<&str, usize>::new());
        let mut took: Vec<Duration> = Vec::new();
        for bad in &all {
            let headers = bad.headers.iter().fold(String::new(), |all, (name, value)| all + name + ":" + value + "\n");
            let whole = Sha256::new().chain_update(bad.method).chain_update(&bad.url).chain_update(headers);
            if !distinct.insert(whole.chain_update(&bad.body).finalize()) {
                continue;
            }
            let began = Instant::now();
            let answer = house.ask(bad.request()).await;
            took.push(began.elapsed());
            let named = format!("{provider:?}, {}: {}", bad.kind, bad.what);
            assert!(bad.expected.contains(&answer.status), "{named}: {} {}", answer.status, answer.body);
            assert_eq!(house.store.changes(), changes, "{named}: it wrote something");
            assert_eq!(house.store.outbox_len().await.unwrap(), rows, "{named}: something is to be sent");
            *kinds.entry(bad.kind).or_default() += 1;
        }
        took.sort();
        let slow = took[took.len() * 99 / 100];
        println!("{}: {} bad requests refused, 99 of 100 within {slow:?}: {kinds:?}", provider.name(), distinct.len());
        assert!(distinct.len() >= PROMISED, "{provider:?}: {} of {PROMISED}", distinct.len());
        assert!(house.placed.all().is_empty() && house.sent.all().is_empty());

        // What they were made from is taken: it was the spoiling that was refused.
        for draft in scene.genuine() {
            let answer = house.ask(draft.signed(&house)).await;
            assert_eq!(answer.status, 200, "{provider:?} {}", draft.url);
        }
        assert_ne!(house.store.changes(), changes);
        assert!(house.clock.now() >= Timestamp(scene.seconds * 1000));
    }
}

fn address(one: &Heard) -> Option<String> {
    match one {
        Heard::Gather { keyed, .. } => Some(keyed.clone()),
        _ => None,
    }
}
