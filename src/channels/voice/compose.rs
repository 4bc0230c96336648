//! From an answer on record to the document that a provider plays. The same answer gives the same document.

use std::collections::HashMap;

use crate::channels::voice::document::{Document, End, Gather, Speech, Step, Transfer, Voice};
use crate::channels::voice::provider::Provider;
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
    pub through: String,
}

/// All that words need.
pub struct Composer<'a> {
    pub catalog: &'a Catalog,
    pub provider: Provider,
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
        let slow = matches!(&answer.next, Next::Keys(keys) if keys.slow());
        let mut said: Vec<Step> = answer.said.iter().flat_map(|said| self.said(said, slow)).collect();
        if let Some(language) = &answer.moment {
            said.extend(self.said(&(language.clone(), Prompt::of(MessageKey::of("voice-moment"))), slow));
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
                    through: places.through,
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
        let speech = Speech { text: note.to_owned(), voice: self.voice(language), slow: false };
        Document { steps: vec![Step::Say(speech)], end: End::Done }
    }

    /// One message alone, and the end of the call.
    pub fn farewell(&self, language: &Language, messages: &[&'static str]) -> Document {
        let said = |key: &&'static str| self.said(&(language.clone(), Prompt::of(MessageKey::of(key))), false);
        Document { steps: messages.iter().flat_map(said).collect(), end: End::HangUp }
    }

    fn said(&self, (language, prompt): &Said, slow: bool) -> Vec<Step> {
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
        vec![Step::Say(Speech { text, voice: self.voice(language), slow })]
    }

    fn voice(&self, language: &Language) -> Voice {
        let own = self.sound.voices.get(language.tag()).cloned();
        own.unwrap_or_else(|| self.provider.usual_voice(language))
    }
}

fn gather(prompt: Vec<Step>, most: u8, ends: bool, first: Seconds, between: Seconds, next: &str) -> End {
    End::Gather(Gather { prompt, most, ends, first, between, keyed: next.to_owned(), silent: empty(next) })
}

fn empty(address: &str) -> String {
    format!("{address}?empty=1")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::names::OptionKey;
    use crate::model::prompt::{Arg, Choice, Input, KeyInput};

    fn composed(answer: &Answer, sound: &Sound) -> Document {
        let catalog = Catalog::shipped().map_err(|faults| format!("{faults:?}")).unwrap();
        let composer = Composer { catalog: &catalog, provider: Provider::Twilio, sound, vault: &|_| None, shown: None };
        composer.document(
            answer,
            Places {
                next: "https://r.example/1".into(),
                note: "https://r.example/n".into(),
                through: "https://r.example/t".into(),
            },
            vec![],
        )
    }

    fn answer(next: Next, said: Vec<Said>) -> Answer {
        Answer { turn: 0, said, moment: None, next }
    }

    fn english() -> Language {
        Language("en".to_owned())
    }

    fn keys(interruptible: bool) -> KeyInput {
        KeyInput { most: 1, ends: false, first: Seconds(8), between: Seconds(4), interruptible }
    }

    fn prompt(key: &'static str, input: Input) -> Prompt {
        Prompt { input, ..Prompt::of(MessageKey::of(key)) }
    }

    #[test]
    fn what_must_be_heard_to_its_end_stands_before_the_gather() {
        let said = || vec![(english(), prompt("voice-goodbye", Input::Keys(keys(false))))];
        let firm = composed(&answer(Next::Keys(keys(false)), said()), &Sound::default());
        let End::Gather(gather) = &firm.end else { panic!("nothing is asked") };
        assert!(gather.prompt.is_empty() && firm.steps.len() == 1);
        assert_eq!(
            (gather.keyed.as_str(), gather.silent.as_str()),
            ("https://r.example/1", "https://r.example/1?empty=1")
        );
        let soft = composed(&answer(Next::Keys(keys(true)), said()), &Sound::default());
        let End::Gather(gather) = &soft.end else { panic!("nothing is asked") };
        assert!(gather.prompt.len() == 1 && soft.steps.is_empty());
    }

    #[test]
    fn a_line_that_is_held_still_takes_a_key() {
        let held = composed(&answer(Next::Hold, vec![]), &Sound::default());
        let End::Gather(gather) = held.end else { panic!("the line is not held") };
        assert_eq!((gather.most, gather.first), (1, HOLD));
        let End::Redirect { after, to } = composed(&answer(Next::Poll, vec![]), &Sound::default()).end else {
            panic!("it does not ask again")
        };
        assert_eq!((after, to.as_str()), (POLL, "https://r.example/1?empty=1"));
    }

    #[test]
    fn a_call_that_is_put_through_brings_its_note() {
        let through = |to: &str, note: &str| {
            let next = Next::Transfer { to: to.to_owned(), note: note.to_owned() };
            composed(&answer(next, vec![]), &Sound::default()).end
        };
        let End::Transfer(transfer) = through("+442079460018;ext=42", "Case 4711.") else { panic!("not put through") };
        assert_eq!((transfer.to.e164(), transfer.to.extension()), ("+442079460018", Some("42")));
        assert_eq!(
            transfer.note.as_deref(),
            Some("https://r.example/n"),
            "its words are fetched, they are in no address"
        );
        let End::Transfer(transfer) = through("+442079460018", "") else { panic!("not put through") };
        assert_eq!(transfer.note, None);
        assert_eq!(through("desk@example.edu", ""), End::HangUp);
    }

    #[test]
    fn a_recording_says_what_is_always_the_same_and_nothing_else() {
        let mut sound = Sound::default();
        for key in ["voice-goodbye", "voice-digits"] {
            sound.recordings.insert(("en".into(), key.into()), format!("https://media.example/{key}.mp3"));
        }
        let said = |prompt: Prompt| composed(&answer(Next::HangUp, vec![(english(), prompt)]), &sound).steps;
        let goodbye = || prompt("voice-goodbye", Input::Nothing);
        assert_eq!(said(goodbye()), [Step::Play("https://media.example/voice-goodbye.mp3".into())]);
        let digits = prompt("voice-digits", Input::Nothing).with("digits", Arg::Digits("12".into()));
        assert!(matches!(said(digits)[..], [Step::Say(_)]));
        let choice = Choice {
            key: OptionKey::of("a"),
            label: MessageKey::of("voice-goodbye"),
            args: vec![],
            voice_key: Some('1'),
            token: "t".into(),
        };
        assert!(matches!(said(Prompt { choices: vec![choice], ..goodbye() })[..], [Step::Say(_)]));
    }
}
