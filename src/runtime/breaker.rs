//! A breaker: stops asking something outside that keeps failing, and finds out with single questions when it is back.
//!
//! A pure state machine: time is an argument, and whoever asks reports back.

use std::collections::VecDeque;

use crate::model::time::{Seconds, Timestamp};

/// When a breaker opens and how long it stays so.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Rules {
    /// So many failures in a row open it; 0 never does.
    pub in_a_row: u32,
    /// So many failures among the last `window` open it.
    pub failures: usize,
    pub window: usize,
    /// How long nobody asks.
    pub rest: Seconds,
}

/// A probe that has not reported back by then was lost; another one may go.
const PROBE_LIFE: Seconds = Seconds(15);

impl Rules {
    pub const DIRECTORY: Self = Self { in_a_row: 5, failures: 10, window: 20, rest: Seconds(15) };
    /// Text message gateways, one a provider.
    pub const TEXTS: Self = Self { in_a_row: 0, failures: 10, window: 20, rest: Seconds(15) };
    /// Mail is queued whatever the server does; this one decides only whether codes by mail are offered.
    pub const MAIL: Self = Self { in_a_row: 5, failures: 10, window: 20, rest: Seconds(15) };
    pub const DESK: Self = Self { in_a_row: 3, failures: 5, window: 10, rest: Seconds(15) };
}

/// Whether somebody may ask now.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Entry {
    /// As usual. The number tells what was asked before a change from what was asked after it.
    Usual(u64),
    /// The one question that finds out.
    Probe(u64),
    Refused,
}

/// How it stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Standing {
    Closed,
    /// Nobody asks until then.
    Open {
        until: Timestamp,
    },
    /// The rest is over, or a probe is under way.
    Trying,
}

#[derive(Debug)]
pub struct Breaker {
    rules: Rules,
    state: State,
    /// How often it changed between closed and open.
    turns: u64,
    in_a_row: u32,
    /// Whether each of the last questions failed, oldest first.
    recent: VecDeque<bool>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum State {
    Closed,
    Open { until: Timestamp },
    Probing { since: Timestamp },
}

impl Breaker {
    pub fn new(rules: Rules) -> Self {
        Self { rules, state: State::Closed, turns: 0, in_a_row: 0, recent: VecDeque::new() }
    }

    pub fn enter(&mut self, now: Timestamp) -> Entry {
        match self.state {
            State::Closed => Entry::Usual(self.turns),
            State::Open { until } if now < until => Entry::Refused,
            State::Probing { since } if now < since + PROBE_LIFE => Entry::Refused,
            State::Open { .. } | State::Probing { .. } => {
                self.state = State::Probing { since: now };
                Entry::Probe(self.turns)
            }
        }
    }

    /// Reports how a question went that was let in; `true` when that changed how it stands.
    pub fn report(&mut self, entry: Entry, failed: bool, now: Timestamp) -> bool {
        let (Entry::Usual(turn) | Entry::Probe(turn)) = entry else { return false };
        if turn != self.turns {
            // Asked before it opened: says nothing about now.
            return false;
        }
        match (self.state, failed) {
            (State::Closed, false) => {
                self.in_a_row = 0;
                self.note(false);
                false
            }
            (State::Closed, true) => {
                self.in_a_row += 1;
                self.note(true);
                let in_a_row = self.rules.in_a_row > 0 && self.in_a_row >= self.rules.in_a_row;
                let many = self.recent.iter().filter(|failed| **failed).count() >= self.rules.failures;
                if in_a_row || many {
                    self.turns += 1;
                    self.open(now);
                }
                in_a_row || many
            }
            (State::Probing { .. } | State::Open { .. }, true) => {
                self.open(now);
                false
            }
            (State::Probing { .. } | State::Open { .. }, false) => {
                self.turns += 1;
                self.state = State::Closed;
                self.in_a_row = 0;
                self.recent.clear();
                true
            }
        }
    }

    pub fn standing(&self, now: Timestamp) -> Standing {
        match self.state {
            State::Closed => Standing::Closed,
            State::Open { until } if now < until => Standing::Open { until },
            State::Open { .. } | State::Probing { .. } => Standing::Trying,
        }
    }

    /// Whether the last question of all failed.
    pub fn failed_last(&self) -> bool {
        self.state != State::Closed || self.recent.back().is_some_and(|failed| *failed)
    }

    fn note(&mut self, failed: bool) {
        if self.recent.len() >= self.rules.window {
            self.recent.pop_front();
        }
        self.recent.push_back(failed);
    }

    fn open(&mut self, now: Timestamp) {
        self.state = State::Open { until: now + self.rules.rest };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: Timestamp = Timestamp(1_000_000_000);

    fn ask(breaker: &mut Breaker, failed: bool, now: Timestamp) -> Entry {
        let entry = breaker.enter(now);
        breaker.report(entry, failed, now);
        entry
    }

    #[test]
    fn five_failures_in_a_row_open_it_and_four_do_not() {
        let mut breaker = Breaker::new(Rules::DIRECTORY);
        for _ in 0..4 {
            ask(&mut breaker, true, NOON);
        }
        ask(&mut breaker, false, NOON);
        for _ in 0..4 {
            ask(&mut breaker, true, NOON);
        }
        assert_eq!(breaker.standing(NOON), Standing::Closed);
        ask(&mut breaker, true, NOON);
        assert_eq!(breaker.standing(NOON), Standing::Open { until: NOON + Seconds(15) });
        assert_eq!(breaker.enter(NOON + Seconds(14)), Entry::Refused);
    }

    #[test]
    fn half_of_the_last_twenty_open_it() {
        let mut breaker = Breaker::new(Rules::TEXTS);
        for _ in 0..9 {
            ask(&mut breaker, true, NOON);
            ask(&mut breaker, false, NOON);
        }
        assert_eq!(breaker.standing(NOON), Standing::Closed);
        ask(&mut breaker, true, NOON);
        assert_eq!(breaker.standing(NOON), Standing::Open { until: NOON + Seconds(15) });
    }

    #[test]
    fn old_failures_are_forgotten() {
        let mut breaker = Breaker::new(Rules::TEXTS);
        for _ in 0..9 {
            ask(&mut breaker, true, NOON);
        }
        for _ in 0..20 {
            ask(&mut breaker, false, NOON);
        }
        for _ in 0..9 {
            ask(&mut breaker, true, NOON);
        }
        assert_eq!(breaker.standing(NOON), Standing::Closed);
    }

    #[test]
    fn one_probe_finds_out() {
        let mut breaker = opened();
        let later = NOON + Seconds(15);
        let probe = breaker.enter(later);
        assert!(matches!(probe, Entry::Probe(_)));
        assert_eq!(breaker.enter(later), Entry::Refused, "a second one at the same time");
        breaker.report(probe, true, later);
        assert_eq!(breaker.enter(later + Seconds(14)), Entry::Refused, "it rests again");
        let again = later + Seconds(15);
        let probe = breaker.enter(again);
        assert!(breaker.report(probe, false, again));
        assert!(matches!(breaker.enter(again), Entry::Usual(_)));
        assert_eq!(breaker.standing(again), Standing::Closed);
    }

    #[test]
    fn a_lost_probe_does_not_keep_it_open() {
        let mut breaker = opened();
        let later = NOON + Seconds(15);
        assert!(matches!(breaker.enter(later), Entry::Probe(_)));
        assert!(matches!(breaker.enter(later + PROBE_LIFE), Entry::Probe(_)));
    }

    #[test]
    fn late_reports_say_nothing() {
        let mut breaker = Breaker::new(Rules::DIRECTORY);
        let early = breaker.enter(NOON);
        for _ in 0..5 {
            ask(&mut breaker, true, NOON);
        }
        breaker.report(early, false, NOON);
        assert_eq!(breaker.enter(NOON), Entry::Refused, "an answer to an old question closed it");
    }

    fn opened() -> Breaker {
        let mut breaker = Breaker::new(Rules::DIRECTORY);
        for _ in 0..5 {
            ask(&mut breaker, true, NOON);
        }
        breaker
    }
}
