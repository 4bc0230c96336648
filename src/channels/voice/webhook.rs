//! What providers call: a call that begins, its turns, a leg that was picked up, and how calls ended.
//!
//! Signature first, over the bytes as they came; then our own MAC; then the body is read; then the record is asked.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::post;

use crate::channels::voice::address::{Place, ROOT, Token};
use crate::channels::voice::binding::Binding;
use crate::channels::voice::channel::VoiceChannel;
use crate::channels::voice::document::Document;
use crate::channels::voice::provider::Provider;
use crate::channels::voice::report::Report;
use crate::channels::voice::report::texts::{self, TextFate};
use crate::channels::voice::signature::Received;
use crate::channels::voice::talk::{Line, Told};
use crate::http::problem::Problem;
use crate::model::contacts::PhoneNumber;
use crate::model::ids::{ChallengeId, LegId, TenantId};
use crate::model::peer::{Channel, Language, Peer};
use crate::runtime::calls::CallEnd;
use crate::runtime::turn::Inbox;
use crate::text::catalog::Catalog;

/// What the routes are made of.
pub struct Parts {
    /// Scheme, host and port of the configuration, without a slash at the end.
    pub origin: String,
    /// The same value that the runtime shows prompts through.
    pub channel: Arc<VoiceChannel>,
    pub inbox: Inbox,
    pub catalog: Arc<Catalog>,
    pub bindings: Vec<Binding>,
    /// The language that an institution speaks first.
    pub first_language: Arc<dyn Fn(&TenantId) -> Option<Language> + Send + Sync>,
}

pub fn routes(parts: Parts) -> Router {
    // Not nested: the address that was signed is the whole one.
    let at = |path: &str| format!("{ROOT}/{{binding}}{path}");
    Router::new()
        .route(&at(""), post(begin))
        .route(&at("/status"), post(ended))
        .route(&at("/{token}/{turn}/{mac}"), post(turn))
        .route(&at("/{token}/{turn}/{mac}/note"), post(note))
        .route(&at("/{token}/{turn}/{mac}/through"), post(through))
        .route(&at("/leg/{leg}/{mac}"), post(picked_up))
        .route(&at("/leg/{leg}/{mac}/status"), post(leg_ended))
        .route(&at("/text/{challenge}/{mac}"), post(text_told))
        .with_state(Arc::new(parts))
}

/// A request as it came, and the binding of its address.
struct Asked<'a> {
    parts: &'a Parts,
    binding: &'a Binding,
    content_type: &'a str,
    body: &'a [u8],
}

/// A call to one of our numbers.
async fn begin(
    State(parts): State<Arc<Parts>>,
    Path(binding): Path<String>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    answer(async {
        let asked = signed(&parts, &binding, &method, &uri, &headers, &body)?;
        let report = asked.read()?;
        let peer = asked.peer(&report)?;
        if let Some(how) = report.ended {
            return asked.over(&peer, &report, how).await;
        }
        let caller = report.from.as_deref().and_then(|from| PhoneNumber::parse(from, "").ok());
        let line = asked.line(peer, &report.call);
        asked.told(line.begin(caller.as_ref()).await?)
    })
    .await
}

/// The answer to what a call was asked, or to its silence.
async fn turn(
    State(parts): State<Arc<Parts>>,
    Path((binding, token, turn, mac)): Path<(String, String, String, String)>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    answer(async {
        let asked = signed(&parts, &binding, &method, &uri, &headers, &body)?;
        let (token, turn) = asked.place(&token, &turn)?;
        asked.held(Place::Turn { token, turn }, &mac)?;
        let report = asked.read()?;
        let peer = asked.caller(token, &report).await?;
        if let Some(how) = report.ended {
            return asked.over(&peer, &report, how).await;
        }
        let line = asked.line(peer, &report.call);
        let silent = uri.query().is_some_and(|query| query.split('&').any(|pair| pair == "empty=1"));
        let keys = if silent { None } else { report.keys.as_deref() };
        asked.told(line.turn(turn, keys).await?)
    })
    .await
}

/// Words for whoever takes a transferred call; the call that is asked about is theirs, not the caller's.
async fn note(
    State(parts): State<Arc<Parts>>,
    Path((binding, token, turn, mac)): Path<(String, String, String, String)>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    answer(async {
        let asked = signed(&parts, &binding, &method, &uri, &headers, &body)?;
        let (token, turn) = asked.place(&token, &turn)?;
        asked.held(Place::Note { token, turn }, &mac)?;
        let record = asked.parts.channel.book.load(token).await.map_err(|_| Problem::Unavailable)?;
        let record = record.ok_or(Problem::NotFound)?;
        let peer = record.peer.clone().ok_or(Problem::NotFound)?;
        let line = asked.line(peer, &record.call);
        asked.spoken(&line.note(&record, turn).ok_or(Problem::NotFound)?)
    })
    .await
}

/// What became of a call that was put through.
async fn through(
    State(parts): State<Arc<Parts>>,
    Path((binding, token, turn, mac)): Path<(String, String, String, String)>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    answer(async {
        let asked = signed(&parts, &binding, &method, &uri, &headers, &body)?;
        let (token, turn) = asked.place(&token, &turn)?;
        asked.held(Place::Through { token, turn }, &mac)?;
        let report = asked.read()?;
        let peer = asked.caller(token, &report).await?;
        if let Some(how) = report.ended.filter(|_| asked.binding.provider.tells_own_end()) {
            return asked.over(&peer, &report, how).await;
        }
        match asked.line(peer, &report.call).through(turn, report.dialled).await? {
            Some(told) => asked.told(told),
            None => Ok(StatusCode::NO_CONTENT.into_response()),
        }
    })
    .await
}

/// A telephone that we had ring was picked up.
async fn picked_up(
    State(parts): State<Arc<Parts>>,
    Path((binding, leg, mac)): Path<(String, String, String)>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    answer(async {
        let asked = signed(&parts, &binding, &method, &uri, &headers, &body)?;
        let (report, peer) = asked.leg(&leg, &mac).await?;
        if let Some(how) = report.ended {
            return asked.over(&peer, &report, how).await;
        }
        let mut line = asked.line(peer, &report.call);
        asked.told(line.picked_up(report.extension.as_deref()).await?)
    })
    .await
}

async fn leg_ended(
    State(parts): State<Arc<Parts>>,
    Path((binding, leg, mac)): Path<(String, String, String)>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    answer(async {
        let asked = signed(&parts, &binding, &method, &uri, &headers, &body)?;
        let (report, peer) = asked.leg(&leg, &mac).await?;
        match report.ended {
            Some(how) => asked.over(&peer, &report, how).await,
            None => Ok(StatusCode::NO_CONTENT.into_response()),
        }
    })
    .await
}

/// How a call to one of our numbers ended.
async fn ended(
    State(parts): State<Arc<Parts>>,
    Path(binding): Path<String>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    answer(async {
        let asked = signed(&parts, &binding, &method, &uri, &headers, &body)?;
        let report = asked.read()?;
        match (report.ended, asked.peer(&report)) {
            (Some(how), Ok(peer)) => asked.over(&peer, &report, how).await,
            // Progress, or a call of ours to somebody, whose end is told at its own address.
            (None, _) | (_, Err(_)) => Ok(StatusCode::NO_CONTENT.into_response()),
        }
    })
    .await
}

/// What became of a text with a code.
async fn text_told(
    State(parts): State<Arc<Parts>>,
    Path((binding, challenge, mac)): Path<(String, String, String)>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    answer(async {
        let asked = genuine(&parts, &binding, &method, &uri, &headers, &body)?.typed(texts::takes)?;
        let challenge = ChallengeId::parse(&challenge).ok_or(Problem::Unauthorized)?;
        asked.held(Place::Text { challenge: &challenge }, &mac)?;
        let fate = texts::read(asked.binding.provider, asked.content_type, asked.body);
        if fate.map_err(|_| Problem::Malformed)? == TextFate::Lost {
            // Told again later: a provider repeats what was answered so.
            asked.parts.inbox.text_lost(challenge).await.map_err(|_| Problem::Unavailable)?;
        }
        Ok(StatusCode::NO_CONTENT.into_response())
    })
    .await
}

async fn answer(work: impl Future<Output = Result<Response, Problem>>) -> Response {
    match work.await {
        Ok(response) => response,
        Err(problem) => problem.into_response(),
    }
}

/// A request about a call.
fn signed<'a>(
    parts: &'a Parts,
    binding: &str,
    method: &Method,
    uri: &Uri,
    headers: &'a HeaderMap,
    body: &'a Bytes,
) -> Result<Asked<'a>, Problem> {
    genuine(parts, binding, method, uri, headers, body)?.typed(Provider::takes)
}

/// Whoever cannot sign learns nothing, not even which bindings there are.
fn genuine<'a>(
    parts: &'a Parts,
    binding: &str,
    method: &Method,
    uri: &Uri,
    headers: &'a HeaderMap,
    body: &'a Bytes,
) -> Result<Asked<'a>, Problem> {
    let binding = parts.bindings.iter().find(|known| known.name == binding).ok_or(Problem::Unauthorized)?;
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    let url = format!("{}{path}", parts.origin);
    let received = Received { method, url: &url, headers, body };
    let now = parts.channel.clock.now();
    if binding.verifier.verify(&received, now).is_err() {
        tracing::warn!(channel = "voice", outcome = "forged", "a telephone request without the provider's signature");
        return Err(Problem::Unauthorized);
    }
    let content_type = headers.get(CONTENT_TYPE).and_then(|name| name.to_str().ok()).unwrap_or_default();
    let content_type = if headers.contains_key(CONTENT_ENCODING) { "" } else { content_type };
    Ok(Asked { parts, binding, content_type, body })
}

impl<'a> Asked<'a> {
    /// Once it is one of the types that are read here.
    fn typed(self, takes: fn(Provider, &str) -> bool) -> Result<Asked<'a>, Problem> {
        let takes = takes(self.binding.provider, self.content_type);
        if takes { Ok(self) } else { Err(Problem::WrongMediaType) }
    }
}

impl Asked<'_> {
    fn read(&self) -> Result<Report, Problem> {
        self.binding.provider.read(self.content_type, self.body).map_err(|_| Problem::Malformed)
    }

    /// The peer of a call to us: the dialled number and the call. Never the caller's number, which anybody can claim:
    /// whoever does must not meet somebody else's conversation.
    fn peer(&self, report: &Report) -> Result<Peer, Problem> {
        let dialled = report.to.as_deref().ok_or(Problem::NotFound)?;
        let tenant = self.binding.numbers.get(dialled).ok_or(Problem::NotFound)?;
        let user = format!("{}/{}", self.binding.name, report.call);
        Ok(Peer { tenant: tenant.clone(), channel: Channel::Voice, bot: format!("+{dialled}"), user })
    }

    fn place(&self, token: &str, turn: &str) -> Result<(Token, u32), Problem> {
        // As we write it and in no other way: one turn has one address.
        let number = turn.parse::<u32>().ok().filter(|number| number.to_string() == turn);
        Ok((Token::parse(token).ok_or(Problem::Unauthorized)?, number.ok_or(Problem::Unauthorized)?))
    }

    fn held(&self, place: Place<'_>, mac: &str) -> Result<(), Problem> {
        let held = place.holds(&self.parts.channel.keys, &self.binding.name, mac);
        if held { Ok(()) } else { Err(Problem::Unauthorized) }
    }

    /// The peer of a call under way, if the report is about that call.
    async fn caller(&self, token: Token, report: &Report) -> Result<Peer, Problem> {
        let record = self.parts.channel.book.load(token).await.map_err(|_| Problem::Unavailable)?;
        let record = record.ok_or(Problem::NotFound)?;
        // Somebody else's call, or an address that was made for another one.
        if record.call != report.call {
            return Err(Problem::Unauthorized);
        }
        record.peer.ok_or(Problem::NotFound)
    }

    async fn leg(&self, leg: &str, mac: &str) -> Result<(Report, Peer), Problem> {
        let leg = LegId::parse(leg).ok_or(Problem::Unauthorized)?;
        self.held(Place::Leg { leg: &leg }, mac)?;
        let report = self.read()?;
        let peer = self.parts.inbox.leg_peer(leg).await.map_err(|_| Problem::Unavailable)?;
        Ok((report, peer.ok_or(Problem::NotFound)?))
    }

    fn line(&self, peer: Peer, call: &str) -> Line<'_> {
        Line::new(self.parts, self.binding, peer, call)
    }

    async fn over(&self, peer: &Peer, report: &Report, how: CallEnd) -> Result<Response, Problem> {
        self.line(peer.clone(), &report.call).over(how).await?;
        Ok(StatusCode::NO_CONTENT.into_response())
    }

    fn told(&self, told: Told) -> Result<Response, Problem> {
        match told {
            Told::Hear(document) => self.spoken(&document),
            Told::Nowhere => Err(Problem::NotFound),
        }
    }

    fn spoken(&self, document: &Document) -> Result<Response, Problem> {
        let provider = self.binding.provider;
        let kind = HeaderValue::from_static(provider.content_type());
        Ok(([(CONTENT_TYPE, kind)], provider.render(document)).into_response())
    }
}
