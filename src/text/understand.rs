//! What a person meant: synonym tables, edit distance, a negation guard; doubt opens a menu.
//!
//! Everything is decided by tables and counting, so the same words always mean the same. Whole utterances count most and
//! the nearest offer wins them; words inside a longer sentence count only when they lead to one meaning and no negation
//! is left over.

pub(in crate::text) mod matching;
pub mod normal;
mod numbers;

use std::collections::BTreeSet;

use crate::model::command::Command;
use crate::model::names::{MessageKey, OptionKey};
use crate::model::peer::Language;
use crate::model::purpose::Purpose;
use crate::text::catalog::Catalog;
use crate::text::understand::matching::{Fit, Rank, Utterance};
use crate::text::words::Phrase;

/// Longer texts are not read: nobody answers a question with a page (characters).
const MAX_SAID: usize = 1024;
/// "Yes" inside a longer sentence may belong to something else than the question (words).
const MAX_YES_NO: usize = 4;

/// What may be meant at this point, in order of nearness: choices first, then commands, then intents.
#[derive(Clone, Debug, Default)]
pub struct Candidates<'a> {
    /// Option key and label of each choice on offer, in the order shown (so that a number picks one).
    pub choices: &'a [(OptionKey, MessageKey)],
    /// Yes and no are asked for.
    pub yes_no: bool,
    /// Only exact words count (`class: code`: the answer itself may look like a word).
    pub exact: bool,
    /// No run is open: what does the person want at all?
    pub intents: bool,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Meaning {
    Choice(OptionKey),
    Command(Command),
    /// A service flow's purpose, when nothing runs yet.
    Intent(Purpose),
    Language(Language),
    Yes,
    No,
    /// Several readings, or a negation: ask by menu.
    Doubt,
    Nothing,
}

/// A meaning with the phrase that decided it, for tests of the tables.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reading {
    pub meaning: Meaning,
    /// The table (`option-sms`) and the words of it that were found; `None` for numbers, labels and nothing.
    pub evidence: Option<(String, Vec<String>)>,
}

/// A meaning that is possible here, with the words that lead to it.
struct Candidate<'a> {
    meaning: Meaning,
    /// 0 choices and yes or no, 1 commands and languages, 2 intents.
    layer: u8,
    table: String,
    phrase: &'a Phrase,
    fit: Fit,
}

impl Catalog {
    /// Reads an utterance. A wrong start costs more than a menu, so doubt wins over a guess.
    pub fn understand(&self, language: &Language, candidates: &Candidates<'_>, said: &str) -> Meaning {
        self.reading(language, candidates, said).meaning
    }

    /// As `understand`, with the reason.
    pub fn reading(&self, language: &Language, candidates: &Candidates<'_>, said: &str) -> Reading {
        // An address is an answer, whatever words are part of it.
        if said.contains(['@', '＠']) || said.chars().nth(MAX_SAID).is_some() {
            return Reading::of(Meaning::Nothing);
        }
        let utterance = Utterance::read(self.words(), said);
        if let Some(choice) = self.numbered(candidates, &utterance) {
            return Reading::of(Meaning::Choice(choice));
        }
        let least = if candidates.exact { Rank::Whole } else { Rank::WithinRoughly };
        let mut found = self.candidates(candidates, &utterance);
        found.retain(|candidate| candidate.fit.rank >= least);
        if let Some(choice) = self.labelled(language, candidates, &utterance) {
            let tables = tables_of(&choice);
            let phrase = found.iter().find(|c| c.fit.rank == Rank::Whole && tables.contains(&c.table));
            return Reading { meaning: Meaning::Choice(choice), evidence: phrase.map(Candidate::evidence) };
        }
        self.decide(candidates, &utterance, &found)
    }

    /// Every synonym table by its meaning (`option-sms`), for lints and tests.
    pub fn synonyms(&self) -> impl Iterator<Item = (&str, &[Phrase])> {
        self.words().tables()
    }

    /// Whole utterances first, then words inside; several meanings of equal weight are a doubt.
    fn decide(&self, candidates: &Candidates<'_>, utterance: &Utterance<'_>, found: &[Candidate<'_>]) -> Reading {
        for rank in [Rank::Whole, Rank::WholeRoughly] {
            for layer in 0..3 {
                let near: Vec<_> = found.iter().filter(|c| c.fit.rank == rank && c.layer == layer).collect();
                if let Some(reading) = agreed(&near) {
                    return reading;
                }
            }
        }
        if candidates.exact {
            return Reading::of(Meaning::Nothing);
        }
        let offers = candidates.intents || !candidates.choices.is_empty();
        let inside = |rank| found.iter().filter(move |c| c.fit.rank == rank).collect::<Vec<_>>();
        let told = |fit: &Fit| found.iter().any(|c| c.fit.rank == Rank::Within && fit.used.is_subset(&c.fit.used));
        if offers && let Some(doubt) = self.doubt(utterance, "doubt", told) {
            return doubt;
        }
        for near in [inside(Rank::Within), inside(Rank::WithinRoughly)] {
            let Some(reading) = agreed(&strongest(&near)) else { continue };
            // However often "no" is said, it is no. And who asks for somebody else is not the one who is to be checked.
            let starts = reading.evidence.as_ref().is_some_and(|(table, _)| table.starts_with("intent-"));
            let doubted =
                reading.meaning != Meaning::No && (self.negated(utterance, &near) || (starts && utterance.on_behalf()));
            return if doubted { Reading::of(Meaning::Doubt) } else { reading };
        }
        let trouble = if offers { self.doubt(utterance, "trouble", |_| false) } else { None };
        trouble.unwrap_or(Reading::of(Meaning::Nothing))
    }

    /// A doubt that a table names: words of theft and questions, or trouble that may have several causes; unless the
    /// words are `told` as part of something longer ("talk to somebody").
    fn doubt(&self, utterance: &Utterance<'_>, table: &str, told: impl Fn(&Fit) -> bool) -> Option<Reading> {
        let (phrase, fit) = self.matched(utterance, table).into_iter().find(|(_, fit)| !told(fit))?;
        let evidence = Some((table.to_owned(), matching::words_used(phrase, &fit)));
        Some(Reading { meaning: Meaning::Doubt, evidence })
    }

    /// Every meaning that is possible here and has a phrase in the utterance.
    fn candidates<'a>(&'a self, here: &Candidates<'_>, utterance: &Utterance<'_>) -> Vec<Candidate<'a>> {
        let mut found = Vec::new();
        let mut add = |layer: u8, meaning: Meaning, table: &str| {
            for (phrase, fit) in self.matched(utterance, table) {
                found.push(Candidate { meaning: meaning.clone(), layer, table: table.to_owned(), phrase, fit });
            }
        };
        let taken: BTreeSet<String> = here.choices.iter().flat_map(|(key, _)| tables_of(key)).collect();
        for (key, _) in here.choices {
            for table in tables_of(key).iter().filter(|table| !matches!(table.as_str(), "yes" | "no")) {
                add(0, Meaning::Choice(key.clone()), table);
            }
        }
        if here.yes_no && utterance.len() <= MAX_YES_NO {
            add(0, Meaning::Yes, "yes");
            add(0, Meaning::No, "no");
        }
        for (command, table) in COMMANDS {
            if !taken.contains(table) {
                add(1, Meaning::Command(command), table);
            }
        }
        for language in self.languages() {
            add(1, Meaning::Language(language.clone()), &format!("language-{}", language.tag().to_lowercase()));
        }
        for (purpose, table) in INTENTS {
            if here.intents && !taken.contains(table) {
                add(2, Meaning::Intent(purpose), table);
            }
        }
        found
    }

    fn matched<'a>(&'a self, utterance: &Utterance<'_>, table: &str) -> Vec<(&'a Phrase, Fit)> {
        self.words().table(table).iter().filter_map(|phrase| Some((phrase, utterance.fit(phrase)?))).collect()
    }

    /// Whether a "not" is left that no phrase accounts for: "I did *not* forget my password".
    fn negated(&self, utterance: &Utterance<'_>, found: &[&Candidate<'_>]) -> bool {
        let mut told: BTreeSet<usize> = found.iter().flat_map(|candidate| candidate.fit.used.iter().copied()).collect();
        told.extend(self.matched(utterance, "trouble").into_iter().flat_map(|(_, fit)| fit.used));
        utterance.negators().any(|at| !told.contains(&at))
    }

    /// "2", "number two", "the second one".
    fn numbered(&self, candidates: &Candidates<'_>, utterance: &Utterance<'_>) -> Option<OptionKey> {
        let number = utterance.number()?;
        candidates.choices.get(number.checked_sub(1)?).map(|(key, _)| key.clone())
    }

    /// The words of a label itself, typed instead of tapped.
    fn labelled(
        &self,
        language: &Language,
        candidates: &Candidates<'_>,
        utterance: &Utterance<'_>,
    ) -> Option<OptionKey> {
        let mut fitting = candidates
            .choices
            .iter()
            .filter(|(_, label)| utterance.is(&Utterance::read(self.words(), &self.bare(language, label))));
        match (fitting.next(), fitting.next()) {
            (Some((key, _)), None) => Some(key.clone()),
            _ => None,
        }
    }
}

impl Candidate<'_> {
    fn evidence(&self) -> (String, Vec<String>) {
        (self.table.clone(), matching::words_used(self.phrase, &self.fit))
    }
}

impl Reading {
    fn of(meaning: Meaning) -> Self {
        Self { meaning, evidence: None }
    }
}

const COMMANDS: [(Command, &str); 6] = [
    (Command::Help, "command-help"),
    (Command::Repeat, "command-repeat"),
    (Command::Language, "command-language"),
    (Command::Human, "command-human"),
    (Command::Cancel, "command-cancel"),
    (Command::Restart, "command-restart"),
];

const INTENTS: [(Purpose, &str); 2] =
    [(Purpose::ResetPassword, "intent-reset"), (Purpose::UnlockAccount, "intent-unlock")];

/// The tables that mean a choice: its own, and where a menu repeats an intent or a command, that one's.
fn tables_of(key: &OptionKey) -> Vec<String> {
    let plain = key.as_str().replace('_', "-");
    // A second telephone of one kind is offered as `sms-2`; its words are the same.
    let plain = plain.trim_end_matches(|c: char| c.is_ascii_digit()).trim_end_matches('-');
    let shared = match plain {
        "forgot" | "reset" => Some("intent-reset"),
        "locked" | "unlock" => Some("intent-unlock"),
        "human" | "live" => Some("command-human"),
        "yes" => Some("yes"),
        "no" => Some("no"),
        _ => None,
    };
    [Some(format!("option-{plain}")), shared.map(str::to_owned)].into_iter().flatten().collect()
}

/// One meaning for all, or none; different meanings are a doubt.
fn agreed(near: &[&Candidate<'_>]) -> Option<Reading> {
    let first = near.first()?;
    if near.iter().any(|candidate| candidate.meaning != first.meaning) {
        return Some(Reading::of(Meaning::Doubt));
    }
    let longest = near.iter().max_by_key(|candidate| candidate.fit.used.len())?;
    Some(Reading { meaning: longest.meaning.clone(), evidence: Some(longest.evidence()) })
}

/// Without those whose words are part of a longer phrase of another meaning: "call my office" is not "call".
fn strongest<'a, 'b>(near: &[&'b Candidate<'a>]) -> Vec<&'b Candidate<'a>> {
    let part_of_other = |candidate: &Candidate<'_>| {
        near.iter().any(|other| {
            let wider = other.fit.used.len() > candidate.fit.used.len();
            wider && other.meaning != candidate.meaning && candidate.fit.used.is_subset(&other.fit.used)
        })
    };
    near.iter().filter(|candidate| !part_of_other(candidate)).copied().collect()
}
