//! From an answer on record to the document that a provider plays. The same answer gives the same document.

use std::collections::HashMap;

use crate::channels::voice::document::{Document, End, Gather, Speech, Step, Transfer, Voice};
use crate::channels::voice::record::{Answer, Next, Said};
use crate::model::contacts::{Contact, PhoneNumber};
use crate::model::names::MessageKey;
use crate::model::peer::{Language, Surface};
use crate::model::prompt::Prompt;
use crate::model::time::Seconds;
use crate::text::catalog::Catalog;
use crate::text::render::OpenVault;

/// How a binding sounds, by the tag of a language.
#[derive(Clone, Default)]
pub struct Sound {
    pub voices: HashMap<String, Voice>,
    /// Recordings that replace speech, by language and message: addresses of files.
    pub recordings: HashMap<(String, String), String>,
}

/// Where the keys of the next turn go, and what else an answer points to.
pub struct Places {
    pub next: String,
    pub note: String,
}

/// All that words need.
pub struct Composer<'a> {
    pub catalog: &'a Catalog,
    pub sound: &'a Sound,
    pub vault: OpenVault<'a>,
    /// Our own number, shown to whoever takes a transferred call.
    pub shown: Option<PhoneNumber>,
}

/// While a line is held, so often it is looked whether something happened.
const HOLD: Seconds = Seconds(4);
const POLL: Seconds = Seconds(1);
/// Nobody lets a service desk ring longer.
const DESK_RING: Seconds = Seconds(30);

impl Composer<'_> {
    /// `steps` come first: whoever picks up needs a moment, and a switchboard wants its extension.
    pub fn document(&self, answer: &Answer, places: Places, mut steps: Vec<Step>) -> Document {
        let mut said: Vec<Step> = answer.said.iter().flat_map(|said| self.said(said)).collect();
        if let Some(language) = &answer.moment {
            said.extend(self.said(&(language.clone(), Prompt::of(MessageKey::of("voice-moment")))));
        }
        let end = match &answer.next {
            Next::Keys(keys) if keys.interruptible => {
                gather(std::mem::take(&mut said), keys.most, keys.ends, keys.first, keys.between, &places.next)
            }
            Next::Keys(keys) => gather(Vec::new(), keys.most, keys.ends, keys.first, keys.between, &places.next),
            Next::Hold => gather(std::mem::take(&mut said), 1, false, HOLD, HOLD, &places.next),
            Next::Poll => End::Redirect { after: POLL, to: empty(&places.next) },
            Next::Transfer { to, note } => match Contact::restore(to) {
                Some(Contact::Phone(to)) => End::Transfer(Transfer {
                    to,
                    shown: self.shown.clone(),
                    ring: DESK_RING,
                    note: (!note.is_empty()).then_some(places.note),
                }),
                Some(Contact::Email(_)) | None => End::HangUp,
            },
            Next::HangUp => End::HangUp,
        };
        steps.extend(said);
        Document { steps, end }
    }

    /// Words for whoever takes a transferred call.
    pub fn note(&self, language: &Language, note: &str) -> Document {
        let speech = Speech { text: note.to_owned(), voice: self.voice(language) };
        Document { steps: vec![Step::Say(speech)], end: End::Done }
    }

    /// One message alone, and the end of the call.
    pub fn farewell(&self, language: &Language, messages: &[&'static str]) -> Document {
        let said = |key: &&'static str| self.said(&(language.clone(), Prompt::of(MessageKey::of(key))));
        Document { steps: messages.iter().flat_map(said).collect(), end: End::HangUp }
    }

    fn said(&self, (language, prompt): &Said) -> Vec<Step> {
        let key = (language.tag().to_owned(), prompt.message.as_str().to_owned());
        // What has arguments or choices is different every time; a recording cannot say it.
        let fixed = prompt.args.is_empty() && prompt.choices.is_empty();
        if let Some(address) = self.sound.recordings.get(&key).filter(|_| fixed) {
            return vec![Step::Play(address.clone())];
        }
        let rendered = self.catalog.render(language, Surface::Voice, prompt, self.vault);
        let texts = std::iter::once(rendered.text).chain(rendered.choices);
        let text =
            texts.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" ");
        if text.is_empty() {
            return Vec::new();
        }
        vec![Step::Say(Speech { text, voice: self.voice(language) })]
    }

    fn voice(&self, language: &Language) -> Voice {
        let own = self.sound.voices.get(language.tag()).cloned();
        own.unwrap_or_else(|| Voice { language: usual(language).to_owned(), name: None, vendor: None })
    }
}

fn gather(prompt: Vec<Step>, most: u8, ends: bool, first: Seconds, between: Seconds, next: &str) -> End {
    End::Gather(Gather { prompt, most, ends, first, between, keyed: next.to_owned(), silent: empty(next) })
}

fn empty(address: &str) -> String {
    format!("{address}?empty=1")
}

/// The region that providers speak a language with, where the configuration names no voice.
fn usual(language: &Language) -> &str {
    match language.tag() {
        "en" => "en-GB",
        "ms" => "ms-MY",
        tag => tag,
    }
}
