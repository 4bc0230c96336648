//! Hundreds of requests that are not quite right: each gets its status, and nothing is written, said or sent.

mod bodies;
mod kinds;
mod tokens;

use std::collections::{BTreeMap, HashSet};
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::http::Request;
use sha2::{Digest, Sha256};

use super::client::send;
use super::mock::{Mock, NAME};
use super::scene::Scene;
use super::signing::{Token, Which};
use ringback::model::time::Timestamp;

/// As many distinct ones as are promised for every way in.
const PROMISED: usize = 200;

/// A request that must change nothing.
pub struct Bad {
    pub kind: &'static str,
    pub what: String,
    pub method: &'static str,
    pub path: String,
    pub headers: Vec<(String, Vec<u8>)>,
    pub body: Vec<u8>,
    pub expected: u16,
}

/// What bad requests are made from: a genuine one.
pub struct Genuine<'a> {
    pub mock: &'a Mock,
    pub activity: serde_json::Value,
    pub now: Timestamp,
}

impl Genuine<'_> {
    pub fn token(&self) -> Token {
        Token::new(Which::First, &self.mock.service(), self.now)
    }

    /// The genuine request, to be spoiled.
    pub fn bad(&self, kind: &'static str, what: impl Into<String>, expected: u16) -> Bad {
        let headers = [
            ("host", "127.0.0.1:8080".to_owned()),
            ("content-type", "application/json".to_owned()),
            ("authorization", self.token().bearer()),
        ];
        Bad {
            kind,
            what: what.into(),
            method: "POST",
            path: format!("/hooks/teams/{NAME}"),
            headers: headers.into_iter().map(|(name, value)| (name.to_owned(), value.into_bytes())).collect(),
            body: self.activity.to_string().into_bytes(),
            expected,
        }
    }
}

impl Bad {
    pub fn header(mut self, name: &str, value: impl Into<Vec<u8>>) -> Self {
        self.headers.retain(|(known, _)| known != name);
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    pub fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(known, _)| known != name);
        self
    }

    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    fn request(&self) -> Request<Body> {
        let mut request = Request::builder().method(self.method).uri(&self.path);
        for (name, value) in &self.headers {
            request = request.header(name, value.as_slice());
        }
        request.body(Body::from(self.body.clone())).unwrap_or_else(|error| panic!("{}: {error}", self.what))
    }

    fn fingerprint(&self) -> Vec<u8> {
        let mut hash = Sha256::new().chain_update(self.method).chain_update(&self.path).chain_update(&self.body);
        for (name, value) in &self.headers {
            hash.update(name);
            hash.update(value);
        }
        hash.finalize().to_vec()
    }
}

#[tokio::test]
async fn g10_bad_requests_to_teams_change_nothing() {
    let mut scene = Scene::at_the_choice().await;
    let activity = scene.her.message("1");
    let now = ringback::ports::clock::Clock::now(&*scene.world.clock);
    let genuine = Genuine { mock: &scene.mock, activity: activity.clone(), now };
    let mut all = tokens::requests(&genuine);
    all.extend(bodies::requests(&genuine));
    all.extend(kinds::requests(&genuine));

    let (said, calls, keys) = (scene.said().len(), scene.mock.calls().len(), scene.mock.asked_for_keys());
    let (mut distinct, mut kinds) = (HashSet::new(), BTreeMap::<(&str, u16), usize>::new());
    let mut took: Vec<Duration> = Vec::new();
    let mut written = scene.written().await;
    for bad in &all {
        if !distinct.insert(bad.fingerprint()) {
            continue;
        }
        let began = Instant::now();
        let (status, answer) = send(&scene.world, bad.request()).await;
        took.push(began.elapsed());
        let named = format!("{}: {}", bad.kind, bad.what);
        let answer = String::from_utf8_lossy(&answer).into_owned();
        assert_eq!(status.as_u16(), bad.expected, "{named}: {answer}");
        let now = scene.written().await;
        assert_eq!(now, written + 1, "{named}: it wrote something");
        written = now;
        *kinds.entry((bad.kind, bad.expected)).or_default() += 1;
    }
    scene.world.settle().await;
    assert_eq!(scene.said().len(), said, "something was said");
    assert_eq!(scene.mock.calls().len(), calls, "something was sent");
    assert_eq!(scene.mock.asked_for_keys(), keys, "forged tokens make us ask for keys");
    took.sort();
    let slow = took[took.len() * 99 / 100];
    println!("teams: {} bad requests refused, 99 of 100 within {slow:?}: {kinds:?}", distinct.len());
    assert!(distinct.len() >= PROMISED, "{} of {PROMISED}", distinct.len());

    // What they were made from is taken: it was the spoiling that was refused.
    scene.deliver(&activity).await;
    assert!(scene.said().len() > said);
}
