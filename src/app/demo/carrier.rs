//! The demo's telephone network: asks the real webhook with signed requests, as a provider does, and reads its TwiML.
//!
//! Nothing of the service knows that nobody is on the other end but a page.

mod signing;
mod twiml;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use data_encoding::HEXLOWER;

use crate::app::demo::carrier::signing::Signer;
use crate::app::demo::carrier::twiml::{Played, Way};
use crate::channels::demo::phone::{Heard, HeardEnd, HeardStep, Leaving, Network, Ringing};
use crate::model::contacts::PhoneNumber;
use crate::model::ids::{LegId, TenantId};
use crate::ports::caller::{Call, Caller};
use crate::ports::clock::Entropy;
use crate::ports::messenger::SendError;

/// Where a leg is answered: the address that a provider is given with the order for a call.
pub type AnswerAt = Arc<dyn Fn(&LegId) -> String + Send + Sync>;

/// Documents that follow one another without a word or a question, at most; then the line is taken for stuck.
const MOST_SILENT: usize = 30;

pub struct Carrier {
    signer: Signer,
    /// Where calls to institutions go.
    incoming: String,
    answer_at: AnswerAt,
    /// Numbers of the institutions.
    numbers: HashMap<TenantId, String>,
    entropy: Arc<dyn Entropy>,
    lines: Mutex<HashMap<String, Line>>,
}

/// One call.
#[derive(Clone)]
struct Line {
    call: String,
    from: String,
    to: String,
    stage: Stage,
    /// Where the end of the call is told.
    status: String,
}

#[derive(Clone)]
enum Stage {
    /// Not taken yet; the address to ask when it is.
    Rings(String),
    Open(Way),
    Over,
}

impl Carrier {
    /// `incoming` is the webhook's address; `secret` signs, and is the one that the webhook checks with.
    pub fn new(
        incoming: String,
        secret: &str,
        answer_at: AnswerAt,
        numbers: HashMap<TenantId, String>,
        entropy: Arc<dyn Entropy>,
    ) -> anyhow::Result<Arc<Self>> {
        let signer = Signer::new(secret)?;
        Ok(Arc::new(Self { signer, incoming, answer_at, numbers, entropy, lines: Mutex::default() }))
    }

    fn draw(&self) -> String {
        HEXLOWER.encode(&self.entropy.draw()[..16])
    }

    fn lines(&self) -> MutexGuard<'_, HashMap<String, Line>> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn line(&self, id: &str) -> Option<Line> {
        self.lines().get(id).cloned()
    }

    fn stage(&self, id: &str, stage: Stage) {
        if let Some(line) = self.lines().get_mut(id) {
            line.stage = stage;
        }
    }

    /// Asks an address and goes on by itself through what neither says nor asks anything.
    async fn follow(&self, id: &str, mut address: String, keys: Option<&str>) -> Option<Heard> {
        let mut keys = keys.map(str::to_owned);
        for _ in 0..MOST_SILENT {
            let line = self.line(id)?;
            let xml = self.signer.ask(&address, &line.fields("in-progress", keys.take().as_deref())).await?;
            let Played { steps, end, way } = twiml::read(&xml)?;
            self.stage(id, Stage::Open(way.clone()));
            match (&end, way.silent) {
                (HeardEnd::More, Some(next)) if steps.is_empty() => {
                    tokio::time::sleep(Duration::from_secs(1)).await;
                    address = next;
                }
                _ => {
                    if matches!(end, HeardEnd::Over | HeardEnd::Connected(_)) {
                        self.over(id, "completed").await;
                    }
                    return Some(Heard { line: id.to_owned(), steps, end });
                }
            }
        }
        None
    }

    async fn over(&self, id: &str, status: &str) {
        let Some(line) = self.line(id) else { return };
        if matches!(line.stage, Stage::Over) {
            return;
        }
        self.stage(id, Stage::Over);
        self.signer.ask(&line.status, &line.fields(status, None)).await;
    }

    /// A mailbox takes the call, hears everything and keys nothing.
    async fn mailbox(&self, id: &str, answer: String) {
        let mut heard = self.follow(id, answer, None).await;
        for _ in 0..MOST_SILENT {
            match heard {
                Some(Heard { end: HeardEnd::Keys { .. } | HeardEnd::More, .. }) => heard = self.keyed(id, None).await,
                Some(_) | None => break,
            }
        }
        self.over(id, "completed").await;
    }
}

impl Line {
    fn fields(&self, status: &str, keys: Option<&str>) -> Vec<(&'static str, String)> {
        let mut fields = vec![
            ("CallSid", self.call.clone()),
            ("From", self.from.clone()),
            ("To", self.to.clone()),
            ("CallStatus", status.to_owned()),
        ];
        fields.extend(keys.map(|keys| ("Digits", keys.to_owned())));
        fields
    }
}

#[async_trait]
impl Network for Carrier {
    fn number(&self, tenant: &TenantId) -> Option<String> {
        self.numbers.get(tenant).cloned()
    }

    async fn dial(&self, tenant: &TenantId, from: Option<&str>) -> Option<Heard> {
        let (id, to) = (self.draw(), self.number(tenant)?);
        // Somebody without a number of their own calls without showing one.
        let from = from.and_then(|from| PhoneNumber::parse(from, "").ok());
        let from = from.map_or("anonymous".to_owned(), |from| from.e164().to_owned());
        let status = format!("{}/status", self.incoming);
        let stage = Stage::Open(Way::default());
        self.lines().insert(id.clone(), Line { call: format!("CA{}", self.draw()), from, to, stage, status });
        self.follow(&id, self.incoming.clone(), None).await
    }

    fn ringing(&self, numbers: &[String]) -> Option<Ringing> {
        let numbers: Vec<String> = numbers
            .iter()
            .filter_map(|number| PhoneNumber::parse(number, "").ok())
            .map(|number| number.e164().to_owned())
            .collect();
        let lines = self.lines();
        let (id, line) =
            lines.iter().find(|(_, line)| matches!(line.stage, Stage::Rings(_)) && numbers.contains(&line.to))?;
        Some(Ringing { line: id.clone(), from: line.from.clone(), to: line.to.clone() })
    }

    async fn answer(&self, line: &str) -> Option<Heard> {
        let Stage::Rings(answer) = self.line(line)?.stage else { return None };
        self.follow(line, answer, None).await
    }

    async fn keyed(&self, line: &str, keys: Option<&str>) -> Option<Heard> {
        let Stage::Open(way) = self.line(line)?.stage else { return None };
        match (keys, way.keyed, way.silent) {
            (Some(keys), Some(keyed), _) => self.follow(line, keyed, Some(keys)).await,
            (_, _, Some(silent)) => self.follow(line, silent, None).await,
            (_, _, None) => None,
        }
    }

    async fn leave(&self, line: &str, how: Leaving) {
        let stage = self.line(line).map(|line| line.stage);
        match (how, stage) {
            (Leaving::Mailbox, Some(Stage::Rings(answer))) => self.mailbox(line, answer).await,
            (Leaving::Decline | Leaving::HangUp, Some(Stage::Rings(_))) => self.over(line, "busy").await,
            (_, Some(Stage::Open(_))) => self.over(line, "completed").await,
            (_, Some(Stage::Over) | None) => {}
        }
    }
}

/// What the service asks a provider's interface for.
pub struct Orders(pub Arc<Carrier>);

#[async_trait]
impl Caller for Orders {
    async fn call(&self, call: &Call) -> Result<(), SendError> {
        let carrier = Arc::clone(&self.0);
        let dead = || SendError::Dead { why: "no such institution in this network".to_owned() };
        let from = carrier.numbers.get(&call.tenant).cloned().ok_or_else(dead)?;
        let (id, answer) = (carrier.draw(), (carrier.answer_at)(&call.leg));
        let status = format!("{answer}/status");
        let to = call.to.e164().to_owned();
        let line = Line { call: format!("CA{}", carrier.draw()), from, to, stage: Stage::Rings(answer), status };
        carrier.lines().insert(id.clone(), line);
        let ring = Duration::from_secs(u64::from(call.ring.0));
        tokio::spawn(async move {
            tokio::time::sleep(ring).await;
            if carrier.line(&id).is_some_and(|line| matches!(line.stage, Stage::Rings(_))) {
                carrier.over(&id, "no-answer").await;
            }
        });
        Ok(())
    }
}

/// One step in plain text, for what a person reads.
pub(super) fn say(text: String, language: String) -> HeardStep {
    HeardStep::Say { text, language }
}
