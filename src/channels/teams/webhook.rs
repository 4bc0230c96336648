//! What the platform calls: the token first, then the body is read, then the event is on disk, then it is answered.

use std::collections::HashMap;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::header::{AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use serde_json::{Value, json};

use crate::channels::messaging::draw::Drawn;
use crate::channels::messaging::intake::{Arrival, Intake, refusal};
use crate::channels::messaging::platform::Place;
use crate::channels::teams::activity::{Envelope, What, is_id, read};
use crate::channels::teams::bot::{Bot, Conversation};
use crate::channels::teams::card::{CARD, card};
use crate::channels::teams::service::{allowed, same};
use crate::channels::teams::token::{Expected, Presented};
use crate::engine::event::Act;
use crate::http::problem::Problem;
use crate::model::peer::Language;
use crate::model::prompt::Input;
use crate::model::time::Seconds;
use crate::ports::clock::Clock;
use crate::runtime::turn::{Accepted, Taken};
use crate::text::catalog::Catalog;

/// Where all of them begin.
pub const ROOT: &str = "/hooks/teams";
/// The channel that keys must vouch for, and that activities must name.
const TEAMS: &str = "msteams";
/// After so long without an answer the person reads that it takes a while. Looking somebody up takes half of it.
pub const PATIENCE_OF_PEOPLE: Seconds = Seconds(3);

/// What the routes are made of.
pub struct Parts {
    pub bots: Vec<Arc<Bot>>,
    pub intake: Intake,
    pub catalog: Arc<Catalog>,
    pub clock: Arc<dyn Clock>,
}

struct Hook {
    bots: HashMap<String, Arc<Bot>>,
    intake: Intake,
    catalog: Arc<Catalog>,
    clock: Arc<dyn Clock>,
}

pub fn routes(parts: Parts) -> Router {
    let Parts { bots, intake, catalog, clock } = parts;
    let bots = bots.into_iter().map(|bot| (bot.identity.name.clone(), bot)).collect();
    let hook = Arc::new(Hook { bots, intake, catalog, clock });
    Router::new().route(&format!("{ROOT}/{{bot}}"), post(activity)).with_state(hook)
}

async fn activity(
    State(hook): State<Arc<Hook>>,
    Path(bot): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let bot = hook.bots.get(&bot).ok_or(Problem::NotFound)?;
    let envelope = hook.recognise(bot, &headers, &body).await?;
    let conversation = |person: Option<&str>| Conversation {
        service: envelope.service_url.trim_end_matches('/').to_owned(),
        id: envelope.conversation.id.clone(),
        person: person.map(str::to_owned),
        organisation: envelope.conversation.tenant_id.to_ascii_lowercase(),
        written: 0,
        removed: false,
    };
    let unavailable = |_| Problem::Unavailable;
    let group = Place::Group(&envelope.conversation.id);
    match read(&envelope, &body) {
        What::Private { person, event, act, language, pressed } => {
            let place = Place::Private(&person.object);
            bot.meets(place, conversation(Some(&person.user))).await.map_err(unavailable)?;
            let before = match &act {
                Act::Pick(token) if pressed => bot.pressed(&person.object, token).map(|drawn| (drawn, token.clone())),
                _ => None,
            };
            let taken = hook.take(bot, place, event, act, language.clone()).await?;
            let language = hook.spoken(before.as_ref(), language);
            let answer = pressed.then(|| hook.answer(before, &taken, &language));
            if let Taken::Turned(accepted) = taken {
                hook.watch(bot, person.object, accepted, &language);
            }
            Ok(answer.map_or_else(|| StatusCode::OK.into_response(), invoke))
        }
        What::Group { language, pressed } => {
            bot.meets(group, conversation(None)).await.map_err(unavailable)?;
            hook.take(bot, group, String::new(), Act::Start(None), language.clone()).await?;
            let spoken = hook.spoken(None, language);
            Ok(if pressed { invoke(hook.words(&spoken, "common-old-button")) } else { StatusCode::OK.into_response() })
        }
        What::Removed(person) => {
            bot.parts(Place::Private(&person.object)).await.map_err(unavailable)?;
            Ok(StatusCode::OK.into_response())
        }
        What::RemovedFromGroup => {
            bot.parts(group).await.map_err(unavailable)?;
            Ok(StatusCode::OK.into_response())
        }
        What::OtherInvoke => Ok(invoke(json!({
            "statusCode": 400,
            "type": "application/vnd.microsoft.error",
            "value": { "code": "BadRequest", "message": "unknown action" },
        }))),
        What::Nothing => Ok(StatusCode::OK.into_response()),
    }
}

impl Hook {
    /// Who calls, and whether they may. Nothing of the body is looked at before the token is known to be genuine.
    async fn recognise(&self, bot: &Bot, headers: &HeaderMap, body: &[u8]) -> Result<Envelope, Problem> {
        // At level debug, because strangers can cause as many lines as they like.
        let refused = |reason: &'static str| {
            tracing::debug!(channel = "teams", reason, outcome = "refused", "an activity is not taken");
            Problem::Unauthorized
        };
        let mut given = headers.get_all(AUTHORIZATION).iter();
        let (Some(header), None) = (given.next(), given.next()) else { return Err(refused("it has no token")) };
        let presented = header.to_str().ok().and_then(Presented::read);
        let presented = presented.ok_or_else(|| refused("its token is none of this kind"))?;
        let key = bot.keys.find(&presented.kid).await.map_err(|_| Problem::Unavailable)?;
        let key = key.filter(|key| key.endorsements.iter().any(|channel| channel == TEAMS));
        let key = key.ok_or_else(|| refused("no key of the platform signed its token"))?;
        let expected = Expected { issuer: &bot.identity.issuer, audience: &bot.identity.app };
        let service = presented.verified(&key, expected, self.clock.now());
        let service = service.ok_or_else(|| refused("its token is forged, over, or for another app_id"))?;

        let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        let is_json = kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/json");
        if !is_json || headers.contains_key(CONTENT_ENCODING) {
            return Err(Problem::WrongMediaType);
        }
        let envelope: Envelope = serde_json::from_slice(body).map_err(|_| Problem::Malformed)?;
        if envelope.channel_id != TEAMS || !same(&service, &envelope.service_url) {
            return Err(refused("its token is for another channel or service"));
        }
        if allowed(&envelope.service_url, &bot.identity.hosts).is_none() {
            return Err(refused("service_hosts does not cover its service"));
        }
        let organisation = envelope.conversation.tenant_id.to_ascii_lowercase();
        let known = bot.identity.organisations.contains(&organisation);
        if !known || !envelope.channel_data.tenant.id.eq_ignore_ascii_case(&organisation) {
            return Err(refused("it is from another organisation"));
        }
        if !is_id(&envelope.conversation.id) {
            return Err(Problem::Malformed);
        }
        Ok(envelope)
    }

    async fn take(
        &self,
        bot: &Bot,
        place: Place<'_>,
        event: String,
        act: Act,
        language: Option<Language>,
    ) -> Result<Taken, Problem> {
        let (tenant, bot) = (&bot.identity.tenant, bot.identity.app.as_str());
        let arrival = Arrival { tenant, bot, place, event, act, language };
        self.intake.take(arrival).await.map_err(|error| refusal(&error))
    }

    /// What takes the place of the pressed card: the same without its buttons, and what was chosen.
    fn answer(&self, before: Option<(Drawn, String)>, taken: &Taken, language: &Language) -> Value {
        let Some((mut drawn, token)) = before else {
            let key = if matches!(taken, Taken::Kept) { "messaging-working" } else { "messaging-taken" };
            return self.words(language, key);
        };
        let label = drawn.choices.iter().find(|button| button.token == token).map(|button| button.label.clone());
        let label = label.unwrap_or_default();
        let chosen = self.catalog.text(language, "messaging-chosen", &[("choice", &label)]);
        drawn.choices.clear();
        drawn.text = format!("{}\n\n{chosen}", drawn.text);
        json!({ "statusCode": 200, "type": CARD, "value": card(&drawn) })
    }

    fn words(&self, language: &Language, key: &'static str) -> Value {
        let words = self.catalog.text(language, key, &[]);
        json!({ "statusCode": 200, "type": "application/vnd.microsoft.activity.message", "value": words })
    }

    /// The language of what stands on the screen, else of the person's program, as far as we have it.
    fn spoken(&self, before: Option<&(Drawn, String)>, hint: Option<Language>) -> Language {
        let languages = self.catalog.languages();
        let first = |tag: &str| tag.split('-').next().unwrap_or_default().to_ascii_lowercase();
        let hinted = || {
            let hint = hint.as_ref()?;
            languages.iter().find(|known| first(known.tag()) == first(hint.tag())).cloned()
        };
        let drawn = before.map(|(drawn, _)| drawn.language.clone());
        drawn.or_else(hinted).unwrap_or_else(|| Language("en".to_owned()))
    }

    /// Says that it takes a while, if it does.
    fn watch(&self, bot: &Arc<Bot>, person: String, accepted: Accepted, language: &Language) {
        let (bot, clock) = (Arc::clone(bot), Arc::clone(&self.clock));
        let message = Drawn {
            text: self.catalog.text(language, "messaging-working", &[]),
            language: language.clone(),
            choices: Vec::new(),
            links: Vec::new(),
            input: Input::Nothing,
            share_number: None,
        };
        tokio::spawn(async move {
            let late = clock.now() + PATIENCE_OF_PEOPLE;
            tokio::select! {
                biased;
                () = accepted.settled() => {}
                () = clock.deadline(late) => bot.takes_a_while(&person, &message).await,
            }
        });
    }
}

/// The platform takes an answer to an invoke only in this form, and only with this status.
fn invoke(answer: Value) -> Response {
    Json(answer).into_response()
}
