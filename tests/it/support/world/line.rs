//! A telephone as a provider's servers carry it: what they post is signed, and the documents that come back are followed.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use http_body_util::BodyExt;
use ringback::channels::voice::address::Place;
use ringback::channels::voice::binding::Binding;
use ringback::channels::voice::channel::VoiceChannel;
use ringback::channels::voice::compose::Sound;
use ringback::channels::voice::provider::Provider;
use ringback::channels::voice::webhook;
use ringback::engine::event::Act;
use ringback::model::ids::LegId;
use ringback::ports::clock::Clock;
use ringback::runtime::calls::CallEnd;
use ringback::runtime::start::Runtime;
use tower::ServiceExt;

use crate::support::world::{ORIGIN, World};
use crate::voice::handset::{Draft, Handset};
use crate::voice::house::{Answer, verifier};
use crate::voice::reader::Heard;

/// The number of the institution that is called.
pub const NUMBER: &str = "+442079460001";
/// A poll a second: nobody waits longer than this.
const MOST_POLLS: usize = 40;

/// One call, at the provider.
pub struct Line {
    pub handset: Handset,
    /// Where a call of ours asks first.
    leg: Option<String>,
    /// What is being heard.
    pub heard: Vec<Heard>,
    /// All words since somebody last asked, without blanks.
    pub words: String,
    pub over: bool,
    /// Connected with this number.
    pub transferred: Option<String>,
    /// Where it is told what became of that.
    pub through: Option<String>,
}

/// The real routes of telephones, for one provider.
pub fn routes(world: &World, runtime: &Runtime, channel: Arc<VoiceChannel>, provider: Provider) -> Router {
    let language = world.tenant.languages.first().cloned();
    webhook::routes(webhook::Parts {
        origin: ORIGIN.to_owned(),
        channel,
        inbox: runtime.inbox(),
        catalog: Arc::clone(&world.catalog),
        bindings: vec![Binding {
            name: provider.name().to_owned(),
            provider,
            verifier: verifier(provider),
            numbers: BTreeMap::from([(NUMBER[1..].to_owned(), world.tenant.id.clone())]),
            sound: Sound::default(),
        }],
        first_language: Arc::new(move |_| language.clone()),
    })
}

impl Line {
    /// A call that comes in; `None` where no provider carries calls.
    pub fn to_us(world: &World) -> Option<Self> {
        Some(Self::at(world.wire?, "call-1", None))
    }

    /// A call of ours that rings.
    pub fn ours(world: &World, leg: &LegId) -> Option<Self> {
        let provider = world.wire?;
        let address = Place::Leg { leg }.address(&world.keys, ORIGIN, provider.name());
        Some(Self::at(provider, "leg-1", Some(address)))
    }

    fn at(provider: Provider, call: &str, leg: Option<String>) -> Self {
        let handset = Handset { to: NUMBER.to_owned(), origin: ORIGIN, ..Handset::new(provider, call) };
        Self { handset, leg, heard: Vec::new(), words: String::new(), over: false, transferred: None, through: None }
    }

    /// What a person does there, told so many times.
    pub async fn does(&mut self, world: &World, act: Act, times: usize) {
        match act {
            Act::Start(_) => {
                let draft = match &self.leg {
                    Some(address) => self.handset.draft(address, None, None),
                    None => self.handset.begins(),
                };
                self.post(world, &draft, times).await;
            }
            Act::Keys(keys) => self.press(world, &keys, times).await,
            Act::Silence => {
                let address = self.silent().unwrap_or_else(|| panic!("nothing is waited for: {:?}", self.heard));
                let draft = self.handset.keyed(&address, None);
                self.post(world, &draft, times).await;
            }
            Act::HungUp => {
                self.ends(world, CallEnd::HungUp, times).await;
            }
            other => panic!("a telephone cannot do {other:?}"),
        }
    }

    /// Tells how it ended; whether this provider can.
    pub async fn ends(&mut self, world: &World, how: CallEnd, times: usize) -> bool {
        self.over = true;
        let address = match &self.leg {
            Some(address) => format!("{address}/status"),
            None => self.handset.status("completed").url,
        };
        let Some(draft) = self.handset.ended(&address, how) else { return false };
        for _ in 0..times {
            assert_eq!(answer(world, &draft).await.status, 204);
            world.settle().await;
        }
        true
    }

    /// What became of the call that was put through; the caller is still there.
    pub async fn transfer_ends(&mut self, world: &World, how: &str, times: usize) {
        let address = self.through.clone().expect("somebody was put through");
        self.over = false;
        let draft = self.handset.dialled(&address, how);
        self.post(world, &draft, times).await;
    }

    /// How many keys are waited for, and whether `#` ends them.
    pub fn asked(&self) -> Option<(usize, bool)> {
        self.gather().map(|(most, ends, _)| (most, ends))
    }

    /// Presses keys one after the other, as many at a time as are asked for.
    async fn press(&mut self, world: &World, keys: &str, times: usize) {
        let mut rest = keys.to_owned();
        while let Some((most, ends, address)) = self.gather() {
            let (entry, more) = match rest.find('#').filter(|at| ends && *at <= most) {
                Some(at) => (rest[..at].to_owned(), rest[at + 1..].to_owned()),
                None => {
                    let at = most.min(rest.len());
                    (rest[..at].to_owned(), rest[at..].to_owned())
                }
            };
            let draft = self.handset.keyed(&address, Some(&entry));
            self.post(world, &draft, times).await;
            if more.is_empty() {
                return;
            }
            rest = more;
        }
        assert!(self.over, "nothing is asked: {:?}", self.heard);
    }

    fn gather(&self) -> Option<(usize, bool, String)> {
        let gather = |one: &Heard| match one {
            Heard::Gather { most, ends, keyed } => Some((usize::try_from(*most).unwrap(), *ends, keyed.clone())),
            _ => None,
        };
        self.heard.iter().find_map(gather).filter(|_| !self.over)
    }

    /// Where silence leads.
    fn silent(&self) -> Option<String> {
        let redirect = self.heard.iter().find_map(|one| match one {
            Heard::Redirect(address) => Some(address.clone()),
            _ => None,
        });
        redirect.or(self.gather().map(|(_, _, keyed)| keyed))
    }

    /// Posts, hears, and asks again as often as the service wants that.
    async fn post(&mut self, world: &World, draft: &Draft, times: usize) {
        let mut draft = draft.clone();
        for _ in 0..MOST_POLLS {
            let first = answer(world, &draft).await;
            world.settle().await;
            for _ in 1..times {
                let (changes, heard) = (world.changes(), world.heard.all().len());
                assert_eq!(answer(world, &draft).await, first, "told twice, answered differently");
                world.settle().await;
                let same = (world.changes(), world.heard.all().len()) == (changes, heard);
                assert!(same, "a redelivery changed something: {}", draft.url);
            }
            self.heard = self.handset.hear(&first);
            let said = |one: &Heard| if let Heard::Say(text) = one { Some(text.clone()) } else { None };
            self.words.extend(self.heard.iter().filter_map(said));
            let put_through = |one: &Heard| match one {
                Heard::Transfer { to, through, .. } => Some((to.clone(), through.clone())),
                _ => None,
            };
            (self.transferred, self.through) = self.heard.iter().find_map(put_through).unzip();
            if self.gather().is_some() {
                return;
            }
            let Some(again) = self.silent() else {
                // The end of the document is the end of the call; after a transfer somebody else hangs up.
                if self.transferred.is_none() {
                    self.ends(world, CallEnd::HungUp, times).await;
                }
                self.over = true;
                return;
            };
            draft = self.handset.keyed(&again, None);
        }
        panic!("it polls for ever: {:?}", self.heard);
    }
}

/// What the service answers to a signed request; never an error.
pub async fn answer(world: &World, draft: &Draft) -> Answer {
    let request = draft.signed_at(world.clock.now().unix_seconds());
    let response = world.clock.pass_while(world.running().router.clone().oneshot(request)).await.unwrap();
    let kind = response.headers().get("content-type").map(|kind| kind.to_str().unwrap().to_owned());
    let status = response.status().as_u16();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    let answer = Answer { status, kind: kind.unwrap_or_default(), body: String::from_utf8(body.to_vec()).unwrap() };
    assert!(matches!(answer.status, 200 | 204), "the provider's error voice: {answer:?} to {}", draft.url);
    answer
}
