//! Whether a phrase is in an utterance: word by word, with room for slips of the finger in long words.

use std::collections::BTreeSet;

use crate::text::understand::{normal, numbers};
use crate::text::words::{Phrase, Words};

/// Words of so many letters may differ by one slip, by two from `TWO_SLIPS` on, shorter ones not at all: "sms" and "sns",
/// "yes" and "yep" are one slip apart.
const ONE_SLIP: usize = 5;
const TWO_SLIPS: usize = 8;
/// A "not" belongs to the next word or the one after it.
const NEGATOR_REACH: usize = 2;
/// In a phrase this word stands for all of the table of negators.
const NOT: &str = "not";
/// Shorter words take no suffix: "buka" does, "ya" does not (letters).
const MIN_STEM: usize = 4;
/// A letter typed so often in a row is meant once ("lupaaa").
const RUN: usize = 3;

/// An utterance as tokens.
pub(super) struct Utterance<'a> {
    words: &'a Words,
    tokens: Vec<String>,
    /// "Ali's password": somebody is named as its owner.
    owned: bool,
}

/// How well a phrase fits, best last.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Rank {
    WithinRoughly,
    Within,
    WholeRoughly,
    Whole,
}

/// Where a phrase was found.
#[derive(Clone, Debug)]
pub(super) struct Fit {
    pub rank: Rank,
    /// Positions of the words that it used.
    pub used: BTreeSet<usize>,
    /// Which alternative of each stem was found.
    alternatives: Vec<usize>,
}

impl<'a> Utterance<'a> {
    /// Takes the words apart, reads different words for one thing as one, and drops those that carry nothing ("lah",
    /// "please"), unless nothing else was said.
    pub fn read(words: &'a Words, said: &str) -> Self {
        let all = canonical(words, normal::tokens(said));
        let kept: Vec<_> = all.iter().filter(|token| !words.has("particle", token)).cloned().collect();
        let tokens = if kept.is_empty() { all } else { kept };
        Self { words, tokens, owned: owner(words, said) }
    }

    pub fn len(&self) -> usize {
        self.tokens.len()
    }

    /// Exactly the words of another utterance.
    pub fn is(&self, other: &Utterance<'_>) -> bool {
        self.tokens == other.tokens
    }

    /// The number that is meant, when nothing but a number is said.
    pub fn number(&self) -> Option<usize> {
        let bare: Vec<_> = self.tokens.iter().filter(|token| !self.words.has("number", token)).collect();
        let [first, rest @ ..] = bare.as_slice() else { return None };
        let ordinal = (1..=5).find(|n| self.words.has(&format!("ordinal-{n}"), first));
        // "The second one".
        let closed = rest.is_empty() || (rest.len() == 1 && self.words.has("digit-1", rest[0]));
        match ordinal {
            Some(ordinal) if closed => Some(ordinal),
            // With zeros before it, it is a code: "00000001" picks nothing.
            None if rest.is_empty() => numbers::one(self.words, first).filter(|n| !n.starts_with('0'))?.parse().ok(),
            _ => None,
        }
    }

    /// Positions of words that negate.
    pub fn negators(&self) -> impl Iterator<Item = usize> {
        let negates = |token: &String| self.words.has("negator", token);
        self.tokens.iter().enumerate().filter(move |(_, token)| negates(token)).map(|(at, _)| at)
    }

    /// Whether it is about another person's account: "for Ali", "Ali's password". "For" may be followed by what is one's
    /// own ("for my account"); every other word may be a name.
    pub fn on_behalf(&self) -> bool {
        let follows = |at: usize| self.tokens.get(at + 1).is_some_and(|next| !self.words.has("own", next));
        let named = |(at, token): (usize, &String)| self.words.has("behalf", token) && follows(at);
        self.owned || self.tokens.iter().enumerate().any(named)
    }

    /// How the phrase fits, if it does.
    pub fn fit(&self, phrase: &Phrase) -> Option<Fit> {
        if phrase.stems.is_empty() || phrase.stems.len() > self.tokens.len() {
            return None;
        }
        let whole = phrase.stems.len() == self.tokens.len();
        if phrase.alone && !whole {
            return None;
        }
        let mut used = BTreeSet::new();
        let mut alternatives = Vec::new();
        let mut rough = false;
        let mut in_order = true;
        let mut negated_at = None;
        for stem in &phrase.stems {
            let (at, alternative, exact) = self.find(stem, &used, negated_at)?;
            in_order &= used.last().is_none_or(|last| *last < at);
            negated_at = (stem[alternative] == NOT).then_some(at);
            used.insert(at);
            alternatives.push(alternative);
            rough |= !exact;
        }
        let rank = match (whole && in_order, rough) {
            (true, false) => Rank::Whole,
            (true, true) => Rank::WholeRoughly,
            (false, _) if phrase.alone => return None,
            (false, false) => Rank::Within,
            (false, true) => Rank::WithinRoughly,
        };
        Some(Fit { rank, used, alternatives })
    }

    /// The first free token that is one of the alternatives, an exact one before a rough one. After a negator it must
    /// stand close behind.
    fn find(&self, stem: &[String], used: &BTreeSet<usize>, after: Option<usize>) -> Option<(usize, usize, bool)> {
        let near = |at: usize| after.is_none_or(|negator| at > negator && at <= negator + NEGATOR_REACH);
        let free = |at: &usize| !used.contains(at) && near(*at);
        for exact in [true, false] {
            for at in (0..self.tokens.len()).filter(free) {
                let token = &self.tokens[at];
                let fits = |word: &String| if exact { self.same(token, word) } else { self.roughly(token, word) };
                let itself = stem.iter().position(|word| word == token);
                if let Some(alternative) = itself.or_else(|| stem.iter().position(fits)) {
                    return Some((at, alternative, exact));
                }
            }
        }
        None
    }

    /// The same word; "not" stands for every word that negates.
    fn same(&self, token: &str, word: &str) -> bool {
        same(self.words, token, has_run(token), word) || (word == NOT && self.words.has("negator", token))
    }

    /// A slip of the finger in a word or in one that means the same, unless what was typed is a word of its own.
    fn roughly(&self, token: &str, word: &str) -> bool {
        let likes = self.words.likes().iter().filter(|(_, canonical)| canonical == word);
        let single = likes.filter_map(|(sequence, _)| match sequence.as_slice() {
            [single] => Some(single.as_str()),
            _ => None,
        });
        !self.words.is_known(token) && single.chain([word]).any(|word| slip(token, word))
    }
}

/// Tokens with every word, or pair of words, that means another one replaced by it.
pub(in crate::text) fn canonical(words: &Words, tokens: Vec<String>) -> Vec<String> {
    let mut read = Vec::new();
    let mut rest = tokens.as_slice();
    // Asked of every token for each of many words, so it is found out once.
    let held: Vec<bool> = tokens.iter().map(|token| has_run(token)).collect();
    let mut held = held.as_slice();
    while let Some(token) = rest.first() {
        // "lupakan" as it stands means something else than "lupa" with a suffix.
        let itself = |(sequence, _): &&(Vec<String>, String)| rest.starts_with(sequence);
        let begins = |(sequence, _): &&(Vec<String>, String)| {
            let pairs = || sequence.iter().zip(rest.iter().zip(held));
            sequence.len() <= rest.len() && pairs().all(|(word, (token, held))| same(words, token, *held, word))
        };
        let likes = words.likes();
        match likes.iter().find(itself).or_else(|| likes.iter().find(begins)) {
            Some((sequence, word)) => {
                read.push(word.clone());
                (rest, held) = (&rest[sequence.len()..], &held[sequence.len()..]);
            }
            None => {
                read.push(token.clone());
                (rest, held) = (&rest[1..], &held[1..]);
            }
        }
    }
    read
}

/// The same word, perhaps with a suffix of the language or a letter held down (`held`: the token has such a run).
fn same(words: &Words, token: &str, held: bool, word: &str) -> bool {
    if token == word || (held && squashed(token) == squashed(word)) {
        return true;
    }
    let suffix = token.strip_prefix(word).filter(|_| word.chars().count() >= MIN_STEM);
    suffix.is_some_and(|suffix| words.has("suffix", suffix)) || (!is_spaced(word) && token.contains(word))
}

fn slip(token: &str, word: &str) -> bool {
    let slips = match word.chars().count() {
        ..ONE_SLIP => return false,
        ONE_SLIP..TWO_SLIPS => 1,
        _ => 2,
    };
    strsim::osa_distance(token, word) <= slips
}

/// The words of a phrase that were found.
pub(super) fn words_used(phrase: &Phrase, fit: &Fit) -> Vec<String> {
    phrase.stems.iter().zip(&fit.alternatives).map(|(stem, alternative)| stem[*alternative].clone()).collect()
}

/// Whether a word that is not one's own stands in the possessive before a password or an account.
fn owner(words: &Words, said: &str) -> bool {
    let raw: Vec<&str> = said.split_whitespace().collect();
    raw.windows(2).any(|pair| {
        let stem = pair[0].strip_suffix(['s', 'S']).and_then(|stem| stem.strip_suffix(['\'', '’', '‘', '`', '´']));
        let Some(stem) = stem else { return false };
        let thing = canonical(words, normal::tokens(pair[1]));
        let is_thing = thing.first().is_some_and(|word| matches!(word.as_str(), "password" | "account"));
        is_thing && !normal::tokens(stem).last().is_none_or(|word| words.has("own", word))
    })
}

/// Scripts that are written without spaces, or with words that grow, are searched within tokens.
fn is_spaced(word: &str) -> bool {
    word.is_ascii() || word.chars().all(|c| c < '\u{0370}')
}

fn has_run(token: &str) -> bool {
    let mut run = 0;
    let mut before = None;
    token.chars().any(|c| {
        run = if before == Some(c) { run + 1 } else { 1 };
        before = Some(c);
        run >= RUN
    })
}

/// Every run of one letter as one letter.
fn squashed(token: &str) -> String {
    let mut squashed = String::new();
    for c in token.chars() {
        if !squashed.ends_with(c) {
            squashed.push(c);
        }
    }
    squashed
}
