//! What was said to each browser, in memory: pages and live streams read it, the outbox fills it.
//!
//! A typed text is never kept here, only the fact that something was typed: whatever a person types by mistake must not
//! come back on a screen.

mod kept;

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;

use crate::channels::browser::mailbox::kept::Kept;
use crate::model::peer::{Language, Peer};
use crate::model::prompt::{Choice, Input, Prompt};
use crate::model::time::{Seconds, Timestamp};

/// Entries of one conversation that a page can still show.
const KEPT: usize = 200;
/// Longer than the longest conversation (40 min), so that its page never loses a line.
const IDLE: Seconds = Seconds::hours(1);
/// Beyond so many mailboxes the idle ones are dropped.
const CROWDED: usize = 2_000;
/// There are never more, whoever opens conversations without end, but for those whose pages are open right now. The
/// longest untouched make room, and their pages offer to ask the question again, as after a restart. A tenth of a large
/// university at once, after a lecture, is 8,000.
const MOST: usize = 8_000;

/// All mailboxes of one server.
#[derive(Default)]
pub struct Mailboxes(Mutex<Shelf>);

#[derive(Default)]
struct Shelf {
    by_peer: HashMap<Peer, Arc<Mailbox>>,
    /// When there are so many, room is made. Looking through all of them for every line would cost more than the line.
    look_at: usize,
}

/// The conversation of one browser as far as it was shown.
pub struct Mailbox {
    /// Random, so that a place in a mailbox of an earlier process is not mistaken for one in this.
    epoch: u64,
    inside: Mutex<Inside>,
    news: Notify,
}

struct Inside {
    entries: VecDeque<Kept>,
    next: u64,
    /// Outbox rows that were shown, because a row may come twice.
    rows: VecDeque<u64>,
    language: Language,
    touched: Timestamp,
}

/// One line of the conversation.
#[derive(Clone)]
pub struct Entry {
    pub place: Place,
    pub said: Said,
}

/// Where a line stands; `Display` and `parse` are its form in `Last-Event-ID`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Place {
    pub epoch: u64,
    pub n: u64,
}

#[derive(Clone)]
pub enum Said {
    Bot {
        prompt: Box<Prompt>,
        language: Language,
    },
    /// The page that sent it recognises its own `nonce` and does not show it twice.
    Person {
        nonce: String,
        own: Own,
    },
}

/// What may be repeated of a person's own doing: wording of ours, never what was typed.
#[derive(Clone)]
pub enum Own {
    Typed,
    Picked(Box<Choice>),
    /// A command's button, by the key of its label.
    Pressed(&'static str),
}

impl Mailboxes {
    pub fn find(&self, peer: &Peer) -> Option<Arc<Mailbox>> {
        self.lock().by_peer.get(peer).cloned()
    }

    /// The mailbox of a peer, made if need be. `chance` becomes the epoch of a new one.
    pub fn open(&self, peer: &Peer, language: &Language, now: Timestamp, chance: &[u8; 32]) -> Arc<Mailbox> {
        let mut shelf = self.lock();
        if let Some(mailbox) = shelf.by_peer.get(peer) {
            mailbox.lock().touched = now;
            return Arc::clone(mailbox);
        }
        if shelf.by_peer.len() >= shelf.look_at.max(CROWDED) {
            shelf.make_room(now);
        }
        let mailbox = Arc::new(Mailbox::new(language, now, chance));
        shelf.by_peer.insert(peer.clone(), Arc::clone(&mailbox));
        mailbox
    }

    /// Forgets what was shown to a peer: "leave and clear".
    pub fn clear(&self, peer: &Peer) {
        self.lock().by_peer.remove(peer);
    }

    pub fn clear_all(&self) {
        self.lock().by_peer.clear();
    }

    fn lock(&self) -> MutexGuard<'_, Shelf> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Shelf {
    /// Drops the idle ones, and a quarter of what may be there when that is not enough.
    fn make_room(&mut self, now: Timestamp) {
        self.by_peer.retain(|_, mailbox| mailbox.lock().touched + IDLE > now);
        if self.by_peer.len() >= MOST {
            // Whoever holds one has its page open, or is being answered.
            let shut = self.by_peer.values().filter(|mailbox| Arc::strong_count(mailbox) == 1);
            let mut touched: Vec<Timestamp> = shut.map(|mailbox| mailbox.lock().touched).collect();
            let to_go = (self.by_peer.len() - MOST * 3 / 4).min(touched.len());
            if let Some(last) = to_go.checked_sub(1) {
                let (_, last, _) = touched.select_nth_unstable(last);
                let last = *last;
                let stays = |mailbox: &Arc<Mailbox>| Arc::strong_count(mailbox) > 1 || mailbox.lock().touched > last;
                self.by_peer.retain(|_, mailbox| stays(mailbox));
            }
        }
        let n = self.by_peer.len();
        self.look_at = if n < MOST { (n + n / 2).min(MOST) } else { n + MOST / 8 };
    }
}

impl Mailbox {
    fn new(language: &Language, now: Timestamp, chance: &[u8; 32]) -> Self {
        let mut epoch = [0; 8];
        epoch.copy_from_slice(&chance[..8]);
        let inside = Inside {
            entries: VecDeque::new(),
            next: 1,
            rows: VecDeque::new(),
            language: language.clone(),
            touched: now,
        };
        Self { epoch: u64::from_be_bytes(epoch), inside: Mutex::new(inside), news: Notify::new() }
    }

    /// Shows a prompt once per outbox row.
    pub fn bot(&self, row: u64, prompt: &Prompt, language: &Language) {
        let mut inside = self.lock();
        if inside.rows.contains(&row) {
            return;
        }
        inside.rows.push_back(row);
        if inside.rows.len() > KEPT {
            inside.rows.pop_front();
        }
        inside.language = language.clone();
        self.push(inside, |n| Kept::bot(n, prompt, language));
    }

    /// Notes that the person answered, once per nonce.
    pub fn person(&self, nonce: &str, own: Own) {
        let inside = self.lock();
        if !inside.entries.iter().any(|line| line.has_nonce(nonce)) {
            self.push(inside, |n| Kept::person(n, nonce, own));
        }
    }

    /// All lines after a place; `None` when the place belongs to another process or has fallen out.
    pub fn after(&self, place: Place) -> Option<Vec<Entry>> {
        let inside = self.lock();
        let lines = inside.after(self.epoch, place)?;
        Some(lines.map(|line| line.entry(self.epoch)).collect())
    }

    pub fn all(&self) -> Vec<Entry> {
        self.lock().entries.iter().map(|line| line.entry(self.epoch)).collect()
    }

    /// The place of the newest line.
    pub fn end(&self) -> Place {
        Place { epoch: self.epoch, n: self.lock().next - 1 }
    }

    pub fn language(&self) -> Language {
        self.lock().language.clone()
    }

    /// What a button token meant, among the prompts still shown.
    pub fn choice(&self, token: &str) -> Option<Choice> {
        let inside = self.lock();
        let entries = inside.entries.iter().rev().filter(|line| line.is_bot()).map(|line| line.entry(self.epoch));
        let mut choices =
            entries.flat_map(|entry| entry.prompt().map(|prompt| prompt.choices.clone()).unwrap_or_default());
        choices.find(|choice| choice.token == token)
    }

    /// The line at a place, for pictures and sounds.
    pub fn at(&self, place: Place) -> Option<Entry> {
        let inside = self.lock();
        let line = inside.entries.iter().find(|line| place.epoch == self.epoch && line.n == place.n)?;
        Some(line.entry(self.epoch))
    }

    /// Returns when there is a line after a place.
    pub async fn beyond(&self, place: Place) {
        loop {
            // Made before the look: a line that comes in between wakes it all the same.
            let news = self.news.notified();
            if self.end().n > place.n {
                return;
            }
            news.await;
        }
    }

    /// Waits until the bot has said something after a place; whether it did in time.
    pub async fn answered(&self, since: Place, at_most: Duration) -> bool {
        // A place of another process, or one that has fallen out, is not waited for.
        let spoken = || self.lock().after(self.epoch, since).is_none_or(|mut lines| lines.any(Kept::is_bot));
        let answer = async {
            let mut seen = since;
            while !spoken() {
                self.beyond(seen).await;
                seen = self.end();
            }
        };
        tokio::time::timeout(at_most, answer).await.is_ok()
    }

    fn push(&self, mut inside: MutexGuard<'_, Inside>, line: impl FnOnce(u64) -> Kept) {
        let n = inside.next;
        inside.next += 1;
        inside.entries.push_back(line(n));
        if inside.entries.len() > KEPT {
            inside.entries.pop_front();
        }
        drop(inside);
        self.news.notify_waiters();
    }

    fn lock(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inside {
    /// Lines after a place; `None` when the place belongs to another process or has fallen out.
    fn after(&self, epoch: u64, place: Place) -> Option<impl Iterator<Item = &Kept>> {
        let first = self.entries.front().map_or(self.next, |line| line.n);
        if place.epoch != epoch || place.n + 1 < first || place.n >= self.next {
            return None;
        }
        Some(self.entries.iter().filter(move |line| line.n > place.n))
    }
}

impl Entry {
    pub fn prompt(&self) -> Option<&Prompt> {
        match &self.said {
            Said::Bot { prompt, .. } => Some(prompt),
            Said::Person { .. } => None,
        }
    }

    /// Whether it asks for something; earlier questions then lose their buttons.
    pub fn is_question(&self) -> bool {
        self.prompt().is_some_and(|p| p.input != Input::Nothing || !p.choices.is_empty() || p.page.is_some())
    }
}

impl Place {
    /// As those who wait for its challenge know it.
    pub fn pair(self) -> (u64, u64) {
        (self.epoch, self.n)
    }

    /// Reads what `Display` wrote.
    pub fn parse(text: &str) -> Option<Self> {
        let (epoch, n) = text.split_once('-')?;
        Some(Self { epoch: u64::from_str_radix(epoch, 16).ok()?, n: n.parse().ok()? })
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:016x}-{}", self.epoch, self.n)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ids::TenantId;
    use crate::model::names::MessageKey;
    use crate::model::peer::Channel;

    fn mailbox() -> Arc<Mailbox> {
        let peer = Peer {
            tenant: TenantId("apu".into()),
            channel: Channel::Browser,
            bot: "localhost".into(),
            user: "one".into(),
        };
        Mailboxes::default().open(&peer, &Language("en".into()), Timestamp(0), &[7; 32])
    }

    #[test]
    fn a_row_that_comes_twice_is_shown_once() {
        let (mailbox, english) = (mailbox(), Language("en".into()));
        let prompt = Prompt::of(MessageKey::of("common-hello"));
        mailbox.bot(5, &prompt, &english);
        mailbox.bot(5, &prompt, &english);
        mailbox.person("a", Own::Typed);
        mailbox.person("a", Own::Typed);
        assert_eq!(mailbox.all().len(), 2);
    }

    #[test]
    fn a_reader_goes_on_where_it_stopped_and_starts_anew_after_a_restart() {
        let (mailbox, english) = (mailbox(), Language("en".into()));
        let start = mailbox.end();
        for row in 0..3 {
            mailbox.bot(row, &Prompt::of(MessageKey::of("common-hello")), &english);
        }
        assert_eq!(mailbox.after(start).unwrap().len(), 3);
        assert_eq!(mailbox.after(mailbox.end()).unwrap().len(), 0);
        let elsewhere = Place { epoch: 1, n: 2 };
        assert!(mailbox.after(elsewhere).is_none());
        assert_eq!(Place::parse(&start.to_string()), Some(start));
    }

    #[test]
    fn the_longest_untouched_make_room_and_open_pages_stay() {
        let (mailboxes, english) = (Mailboxes::default(), Language("en".into()));
        let peer = |n: usize| Peer {
            tenant: TenantId("apu".into()),
            channel: Channel::Browser,
            bot: "localhost".into(),
            user: n.to_string(),
        };
        let open = |n: usize| mailboxes.open(&peer(n), &english, Timestamp(n as u64), &[7; 32]);
        let page = open(3);
        for n in 0..3 * MOST {
            drop(open(n));
            assert!(mailboxes.lock().by_peer.len() <= MOST);
        }
        assert!(Arc::ptr_eq(&mailboxes.find(&peer(3)).unwrap(), &page), "its page is open");
        assert!(mailboxes.find(&peer(4)).is_none() && mailboxes.find(&peer(3 * MOST - MOST / 2)).is_some());
    }

    #[tokio::test]
    async fn whoever_waits_for_the_bot_is_not_woken_by_a_person() {
        let (mailbox, english) = (mailbox(), Language("en".into()));
        let since = mailbox.end();
        let waiting = tokio::spawn({
            let mailbox = Arc::clone(&mailbox);
            async move { mailbox.answered(since, Duration::from_secs(600)).await }
        });
        mailbox.person("a", Own::Typed);
        tokio::task::yield_now().await;
        assert!(!waiting.is_finished());
        mailbox.bot(1, &Prompt::of(MessageKey::of("common-hello")), &english);
        assert!(waiting.await.unwrap());
    }

    #[test]
    fn a_reader_that_fell_behind_is_told_to_start_anew() {
        let (mailbox, english) = (mailbox(), Language("en".into()));
        let start = mailbox.end();
        for row in 0..(KEPT as u64 + 1) {
            mailbox.bot(row, &Prompt::of(MessageKey::of("common-hello")), &english);
        }
        assert!(mailbox.after(start).is_none());
    }
}
