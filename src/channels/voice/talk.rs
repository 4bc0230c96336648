//! One request of a call, from the event to the answer that is kept and heard.

use std::time::Duration;

use crate::channels::voice::address::{Place, Token};
use crate::channels::voice::binding::Binding;
use crate::channels::voice::compose::{Composer, Places};
use crate::channels::voice::document::{Document, Step};
use crate::channels::voice::record::{Answer, CallRecord, Next};
use crate::channels::voice::report::{Dialled, meant};
use crate::channels::voice::webhook::Parts;
use crate::engine::event::Act;
use crate::http::problem::Problem;
use crate::model::contacts::{Contact, PhoneNumber};
use crate::model::ids::EventId;
use crate::model::peer::{Language, Peer, Surface};
use crate::model::prompt::Input;
use crate::model::time::Seconds;
use crate::ports::store::StoreError;
use crate::runtime::calls::{CallEnd, Standing};
use crate::runtime::turn::{Accepted, Inbound, InboxError};

/// How long an answer waits for what it shall say; a provider is answered within a second.
const PATIENCE: Duration = Duration::from_millis(800);
/// While a call waits, it hears so often that it still does.
const MOMENT_EVERY: u32 = 5;

/// Somebody who picks up needs a moment to put the telephone to the ear, and a switchboard to listen.
const PICKED_UP: Seconds = Seconds(1);
const SWITCHBOARD: Seconds = Seconds(2);

/// What the provider is told.
pub enum Told {
    Hear(Document),
    /// There is no such turn of this call, or not any more.
    Nowhere,
}

/// One call at one provider.
pub struct Line<'a> {
    parts: &'a Parts,
    binding: &'a Binding,
    peer: Peer,
    token: Token,
    call: String,
    /// What is done before anything is said.
    before: Vec<Step>,
}

impl<'a> Line<'a> {
    pub fn new(parts: &'a Parts, binding: &'a Binding, peer: Peer, call: &str) -> Self {
        let token = Token::of(&parts.channel.keys, &peer);
        Self { parts, binding, peer, token, call: call.to_owned(), before: Vec::new() }
    }

    /// A call to us begins; told again, it hears the same again.
    pub async fn begin(&self, caller: Option<&PhoneNumber>) -> Result<Told, Problem> {
        let _turn = self.parts.channel.book.turn(self.token).await;
        if let Some(record) = self.load().await? {
            return self.again(&record, 0);
        }
        match self.parts.inbox.admit_call(&self.peer, caller, &self.event(0)).await {
            Ok(true) => {}
            Ok(false) => return Ok(Told::Hear(self.farewell(&["voice-too-many"]))),
            Err(error) => return self.refused(&error),
        }
        self.opened().await
    }

    /// A telephone that we had ring was picked up.
    pub async fn picked_up(&mut self, extension: Option<&str>) -> Result<Told, Problem> {
        self.before = vec![Step::Pause(PICKED_UP)];
        if let Some(extension) = extension {
            self.before = vec![Step::Pause(SWITCHBOARD), Step::Press(extension.to_owned()), Step::Pause(SWITCHBOARD)];
        }
        let _turn = self.parts.channel.book.turn(self.token).await;
        match self.load().await? {
            // A second call for one leg would be somebody else's.
            Some(record) if record.call != self.call => Err(Problem::Unauthorized),
            Some(record) => self.again(&record, 0),
            None => self.opened().await,
        }
    }

    async fn opened(&self) -> Result<Told, Problem> {
        let record = self.parts.channel.book.begin(self.token, &self.call, &self.peer).await;
        let record = record.map_err(|error| unavailable(&error))?;
        self.stepped(&record, 0, Act::Start(None)).await
    }

    /// Turn `turn` was answered with `keys`, or with silence.
    pub async fn turn(&self, turn: u32, keys: Option<&str>) -> Result<Told, Problem> {
        let _turn = self.parts.channel.book.turn(self.token).await;
        let Some(record) = self.load().await? else { return Ok(Told::Nowhere) };
        if turn != record.turn {
            return self.again(&record, turn);
        }
        if record.over || matches!(record.open, Some(Next::Transfer { .. })) {
            return Ok(Told::Hear(self.farewell(&[])));
        }
        // What came up since the last answer is heard first: neither silence nor a key was meant for it.
        let unheard = record.asks().is_some();
        let act = match (&record.open, keys) {
            _ if unheard => None,
            (Some(Next::Keys(asked)), Some(keys)) => {
                let most = usize::from(asked.most.max(1));
                let keys = if asked.ends { keys.trim_end_matches('#') } else { keys };
                if keys.len() > most {
                    return Err(Problem::Malformed);
                }
                Some(if keys.is_empty() { Act::Silence } else { Act::Keys(meant(keys)) })
            }
            (Some(Next::Keys(_)), None) => Some(Act::Silence),
            (Some(Next::Hold), Some(keys)) if keys.len() == 1 => Some(Act::Keys(meant(keys))),
            (Some(Next::Hold | Next::Poll | Next::Transfer { .. } | Next::HangUp) | None, _) => None,
        };
        match act {
            Some(act) => self.stepped(&record, turn, act).await,
            None => self.settled(&record, turn, None).await,
        }
    }

    /// Words for whoever takes the call over.
    pub fn note(&self, record: &CallRecord, turn: u32) -> Option<Document> {
        let Next::Transfer { note, .. } = &record.answer(turn)?.next else { return None };
        let language = self.language(Some(record));
        Some(self.composer(&|_| None).note(&language, note))
    }

    /// What became of turn `turn`, which put the call through. `None`: it still rings, or they talk.
    pub async fn through(&self, turn: u32, dialled: Dialled) -> Result<Option<Told>, Problem> {
        let _turn = self.parts.channel.book.turn(self.token).await;
        let Some(record) = self.load().await? else { return Ok(Some(Told::Nowhere)) };
        if !matches!(record.answer(turn), Some(Answer { next: Next::Transfer { .. }, .. })) {
            return Ok(Some(Told::Nowhere));
        }
        let next = turn + 1;
        match dialled {
            Dialled::Progress => Ok(None),
            // Also when we have said already that nobody took it: that is told after the end, and ends nothing.
            Dialled::Taken if record.turn != next => Ok(None),
            Dialled::Taken => {
                self.over(CallEnd::HungUp).await?;
                Ok(Some(Told::Hear(self.farewell(&[]))))
            }
            Dialled::Untaken if record.turn != next => self.again(&record, next).map(Some),
            Dialled::Untaken if record.over => Ok(Some(Told::Hear(self.farewell(&[])))),
            Dialled::Untaken => match self.parts.inbox.not_taken(&self.peer, self.event(next)).await {
                Ok(()) => self.settled(&record, next, None).await.map(Some),
                Err(error) => self.refused(&error).map(Some),
            },
        }
    }

    /// The call is over. However often this is told, it counts once.
    pub async fn over(&self, how: CallEnd) -> Result<(), Problem> {
        match self.parts.inbox.call_ended(&self.peer, self.end(), how).await {
            Ok(()) => {}
            Err(InboxError::UnknownTenant) => return Err(Problem::NotFound),
            // Told again later: a provider repeats what was answered so.
            Err(_) => return Err(Problem::Unavailable),
        }
        let over = |record: &mut CallRecord| record.over = true;
        self.parts.channel.book.change(self.token, over).await.map_err(|error| unavailable(&error))?;
        Ok(())
    }

    async fn stepped(&self, record: &CallRecord, turn: u32, act: Act) -> Result<Told, Problem> {
        let inbound = Inbound {
            peer: self.peer.clone(),
            surface: Surface::Voice,
            event: self.event(turn),
            act,
            language_hint: None,
        };
        match self.parts.inbox.submit(inbound).await {
            Ok(accepted) => self.settled(record, turn, Some(accepted)).await,
            Err(error) => self.refused(&error),
        }
    }

    /// Waits a little for what there is to hear, and answers.
    async fn settled(&self, before: &CallRecord, turn: u32, accepted: Option<Accepted>) -> Result<Told, Problem> {
        let drained = tokio::time::timeout(PATIENCE, self.heard(accepted)).await.is_ok_and(|drained| drained);
        let inbox = &self.parts.inbox;
        let standing = match inbox.standing(&self.peer).await {
            Ok(standing) => standing,
            Err(error) => return self.refused(&error),
        };
        let shown = self.load().await?.unwrap_or_default();
        let mut anew = None;
        let next = match (standing, shown.asks()) {
            (Standing::Asks, Some(keys)) => Next::Keys(keys),
            // What was to be heard did not come in time, or was heard and lost: the question is said again.
            (Standing::Asks, None) => match inbox.question(&self.peer).await {
                Ok(Some((language, prompt))) => match prompt.input {
                    Input::Keys(keys) => {
                        anew = Some((language, prompt));
                        Next::Keys(keys)
                    }
                    _ => Next::Poll,
                },
                Ok(None) => Next::Poll,
                Err(error) => return self.refused(&error),
            },
            (Standing::Busy, _) => Next::Poll,
            (Standing::Waits, _) => Next::Hold,
            // The last words are still on their way.
            (Standing::Ended { .. }, _) if !drained => Next::Poll,
            (Standing::Ended { transfer: Some(transfer) }, _) => {
                Next::Transfer { to: Contact::Phone(transfer.to).kept(), note: transfer.note }
            }
            (Standing::Ended { transfer: None }, _) => Next::HangUp,
        };
        self.answered(before, turn, next, anew).await
    }

    /// Returns when a question was shown, or all that followed from an event (`true`).
    async fn heard(&self, accepted: Option<Accepted>) -> bool {
        let book = &self.parts.channel.book;
        let mut news = book.news();
        let all = async {
            if let Some(accepted) = accepted {
                accepted.settled().await;
            }
            self.parts.inbox.drained().await;
        };
        let asked = async {
            loop {
                news.borrow_and_update();
                if book.load(self.token).await.is_ok_and(|record| record.is_some_and(|record| record.asks().is_some()))
                {
                    return;
                }
                if news.changed().await.is_err() {
                    std::future::pending::<()>().await;
                }
            }
        };
        tokio::select! {
            biased;
            () = all => true,
            () = asked => false,
        }
    }

    async fn answered(
        &self,
        before: &CallRecord,
        turn: u32,
        next: Next,
        anew: Option<(Language, crate::model::prompt::Prompt)>,
    ) -> Result<Told, Problem> {
        let waits = before.waits;
        let language = self.language(Some(before));
        let patience = matches!(next, Next::Poll) && waits.is_multiple_of(MOMENT_EVERY);
        let change = |record: &mut CallRecord| {
            if record.turn != turn {
                return;
            }
            let mut said: Vec<_> = record.shown.iter().map(|(_, said)| said.clone()).collect();
            said.extend(anew.clone());
            let moment = (patience && said.is_empty()).then(|| record.language.clone().unwrap_or(language.clone()));
            record.answered(Answer { turn, said, moment, next: next.clone() });
            record.anew = anew.is_some();
        };
        match self.parts.channel.book.change(self.token, change).await {
            Ok(Some(record)) => {
                if record.over {
                    // Some providers are not set up to tell of the end, and a number may have three calls at a time.
                    let _ = self.parts.inbox.call_ended(&self.peer, self.end(), CallEnd::HungUp).await;
                }
                self.again(&record, turn)
            }
            Ok(None) => Ok(Told::Nowhere),
            Err(error) => Err(unavailable(&error)),
        }
    }

    /// The answer of a turn as it is on record.
    fn again(&self, record: &CallRecord, turn: u32) -> Result<Told, Problem> {
        let Some(answer) = record.answer(turn) else { return Ok(Told::Nowhere) };
        let (keys, origin, binding) = (&self.parts.channel.keys, &self.parts.origin, &self.binding.name);
        let token = self.token;
        let places = Places {
            next: Place::Turn { token, turn: turn + 1 }.address(keys, origin, binding),
            note: Place::Note { token, turn }.address(keys, origin, binding),
            through: Place::Through { token, turn }.address(keys, origin, binding),
        };
        let inbox = &self.parts.inbox;
        Ok(Told::Hear(self.composer(&|key| inbox.secret(key)).document(answer, places, self.before.clone())))
    }

    /// The event could not be taken: the caller hears it, nothing was changed, and the call ends.
    fn refused(&self, error: &InboxError) -> Result<Told, Problem> {
        match error {
            InboxError::UnknownTenant => Ok(Told::Nowhere),
            InboxError::Busy | InboxError::Stopping | InboxError::Unavailable(_) => {
                tracing::error!(channel = "voice", outcome = "unavailable", "a call could not be answered");
                Ok(Told::Hear(self.farewell(&["voice-away"])))
            }
        }
    }

    fn farewell(&self, messages: &[&'static str]) -> Document {
        self.composer(&|_| None).farewell(&self.language(None), messages)
    }

    fn composer<'b>(&'b self, vault: crate::text::render::OpenVault<'b>) -> Composer<'b> {
        let shown = PhoneNumber::parse(&self.peer.bot, "").ok();
        Composer {
            catalog: &self.parts.catalog,
            provider: self.binding.provider,
            sound: &self.binding.sound,
            vault,
            shown,
        }
    }

    /// What is spoken with this call; before anything was, the institution's first language.
    fn language(&self, record: Option<&CallRecord>) -> Language {
        let spoken = record.and_then(|record| record.language.clone());
        let first = || (self.parts.first_language)(&self.peer.tenant);
        spoken.or_else(first).unwrap_or(Language("en".to_owned()))
    }

    fn event(&self, turn: u32) -> EventId {
        EventId(format!("{}/{turn}", self.call))
    }

    fn end(&self) -> EventId {
        EventId(format!("{}/end", self.call))
    }

    async fn load(&self) -> Result<Option<CallRecord>, Problem> {
        self.parts.channel.book.load(self.token).await.map_err(|error| unavailable(&error))
    }
}

fn unavailable(error: &StoreError) -> Problem {
    tracing::error!(%error, channel = "voice", "a call's record");
    Problem::Unavailable
}
