//! Private pages as the browser sees them: the link, the short code, one form, one result.
//!
//! Looking changes nothing, however often a mail scanner does it. The first POST uses the link up and moves its token
//! out of the address bar; from then on a cookie holds the page.

pub mod fields;
mod view;

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::header::{ACCEPT, LOCATION, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Form, Json};
use serde::Deserialize;
use serde_json::json;

use crate::channels::browser::peer;
use crate::channels::page::fields::{JudgeForm, PlainForm, SubmitForm};
use crate::channels::page::view::{Faults, View};
use crate::http::cookie::{self, Kind, Token};
use crate::http::problem::Problem;
use crate::http::site::Site;
use crate::http::words::{Words, preferred};
use crate::model::ids::TenantId;
use crate::model::peer::{Language, Peer};
use crate::model::secrets::Password;
use crate::policy::tenant::Tenant;
use crate::ports::clock::Clock;
use crate::runtime::pages::{self, FormView, LinkView, Opened, Opener, PageAnswer, PageError, Pages};

/// What private pages are made of.
#[derive(Clone)]
pub struct Parts {
    pub site: Arc<Site>,
    pub pages: Pages,
    pub clock: Arc<dyn Clock>,
}

/// A page's cookie lives at most as long as a conversation.
const SESSION_SECONDS: u32 = 40 * 60;
const HERE: &str = "/page";

#[derive(Deserialize)]
struct OpenForm {
    /// The four digits from the chat.
    #[serde(default)]
    code: Option<String>,
}

/// Whose page it was, for the words when it is over; anybody may write it, and it decides nothing else.
#[derive(Deserialize, Default)]
struct At {
    at: Option<String>,
}

/// A link that may be opened.
struct Link {
    view: LinkView,
    tenant: Arc<Tenant>,
    /// The chat that the link belongs to runs in this very browser.
    owner: Option<Peer>,
}

pub fn routes(parts: Parts) -> Router {
    Router::new()
        .route(HERE, get(form).post(submit))
        .route("/page/judge", post(judge))
        .route("/page/extend", post(extend))
        .route("/page/decline", post(decline))
        .route(&format!("{}{{token}}", pages::PATH), get(look).post(open))
        .with_state(parts)
}

/// Says what the link is; changes nothing.
async fn look(State(parts): State<Parts>, Path(token): Path<String>, headers: HeaderMap) -> Response {
    match parts.link(&token, &headers).await {
        Ok(Some(link)) => {
            parts.view(&link.tenant, &link.view.language, &headers).check(&token, link.owner.is_none(), None)
        }
        Ok(None) => parts.expired(&headers),
        Err(problem) => problem.into_response(),
    }
}

/// Uses the link up: with the short code, or from the browser that runs the chat.
async fn open(
    State(parts): State<Parts>,
    Path(token): Path<String>,
    headers: HeaderMap,
    Form(form): Form<OpenForm>,
) -> Response {
    let link = match parts.link(&token, &headers).await {
        Ok(Some(link)) => link,
        Ok(None) => return parts.expired(&headers),
        Err(problem) => return problem.into_response(),
    };
    let view = parts.view(&link.tenant, &link.view.language, &headers);
    let code: Option<String> = form.code.map(|code| code.chars().filter(|c| !c.is_whitespace()).collect());
    let opener = match (&link.owner, &code) {
        (Some(peer), _) => Opener::Browser(peer),
        (_, Some(code)) if code.is_empty() => {
            return view.check(&token, true, Some(view.words.say("page-check-missing")));
        }
        (_, Some(code)) => Opener::ShortCode(code),
        // The chat's button pressed in a browser that does not run the chat: ask, and count nothing.
        (_, None) => return view.check(&token, true, None),
    };
    match parts.pages.open(&token, opener).await {
        Ok(Opened::Session(session)) => {
            let mut response = see(&here(&link.tenant));
            let set = Token::of(session.reveal()).set(&parts.site, Kind::Page, SESSION_SECONDS);
            response.headers_mut().append(SET_COOKIE, set);
            response
        }
        Ok(Opened::WrongCode { left }) => {
            let left = view.words.count("page-check-wrong", "left", i64::from(left));
            view.check(&token, true, Some(left))
        }
        Ok(Opened::Dead) => parts.expired(&headers),
        Err(error) => problem(&error).into_response(),
    }
}

async fn form(State(parts): State<Parts>, Query(at): Query<At>, headers: HeaderMap) -> Response {
    match parts.held(&headers).await {
        Ok(Some((session, form, tenant))) => {
            parts.view(&tenant, &form.language, &headers).form(&session, &form, parts.clock.now(), &Faults::default())
        }
        Ok(None) => parts.closed(&at, &headers),
        Err(problem) => problem.into_response(),
    }
}

async fn submit(
    State(parts): State<Parts>,
    Query(at): Query<At>,
    headers: HeaderMap,
    Form(posted): Form<SubmitForm>,
) -> Response {
    let (session, form, tenant) = match parts.holding(&at, &headers, &posted.form).await {
        Ok(held) => held,
        Err(response) => return response,
    };
    let view = parts.view(&tenant, &form.language, &headers);
    let now = parts.clock.now();
    let fields = match posted.read(&form.fields, &view.words) {
        Ok(fields) => fields,
        Err(faults) => return view.form(&session, &form, now, &faults),
    };
    let answer = match parts.pages.submit(session.as_str(), fields).await {
        Ok(answer) => answer,
        Err(error) => return problem(&error).into_response(),
    };
    let over = |content: Response| parts.over(content);
    match answer {
        PageAnswer::Done => over(view.saved()),
        PageAnswer::Recorded => over(view.told("page-done-title", "page-done-chat", StatusCode::OK)),
        PageAnswer::Mismatch => view.form(&session, &form, now, &Faults::again(view.words.say("page-password-differ"))),
        PageAnswer::Refused { reasons } => {
            let reasons = reasons.iter().map(|(key, args)| view.words.message(key, args)).collect();
            let faults = Faults::refused(reasons);
            // The directory's refusal asked the question anew: the page is another, its session the same.
            match parts.pages.form(session.as_str()).await {
                Ok(Some(form)) => view.form(&session, &form, now, &faults),
                Ok(None) => over(view.refused(&faults)),
                Err(error) => problem(&error).into_response(),
            }
        }
        PageAnswer::Uncertain => over(view.told("page-unclear-title", "page-unclear", StatusCode::OK)),
        PageAnswer::Unavailable => over(view.told("page-away-title", "page-away", StatusCode::SERVICE_UNAVAILABLE)),
        PageAnswer::Stale => over(view.told("page-stale-title", "page-stale", StatusCode::CONFLICT)),
        PageAnswer::Dead => parts.closed(&at, &headers),
    }
}

/// Every rule's verdict on what is in the field now, for the page's script. By the policy itself, so that the list never
/// says another thing than the button does.
async fn judge(State(parts): State<Parts>, headers: HeaderMap, Form(posted): Form<JudgeForm>) -> Response {
    let Some(session) = parts.session(&headers).filter(|session| session.holds_nonce(&posted.form)) else {
        return Problem::WrongOrigin.into_response();
    };
    match parts.pages.judge(session.as_str(), &Password::new(posted.password)).await {
        Ok(Some(verdicts)) => {
            let rules: Vec<_> = verdicts.iter().map(|v| json!({ "rule": v.rule, "kept": v.kept })).collect();
            Json(json!({ "rules": rules })).into_response()
        }
        Ok(None) => Problem::NotFound.into_response(),
        Err(error) => problem(&error).into_response(),
    }
}

async fn extend(
    State(parts): State<Parts>,
    Query(at): Query<At>,
    headers: HeaderMap,
    Form(posted): Form<PlainForm>,
) -> Response {
    let (session, _, tenant) = match parts.holding(&at, &headers, &posted.form).await {
        Ok(held) => held,
        Err(response) => return response,
    };
    let expires = match parts.pages.extend(session.as_str()).await {
        Ok(expires) => expires,
        Err(error) => return problem(&error).into_response(),
    };
    if headers.get(ACCEPT).is_some_and(|accept| accept == "application/json") {
        let left = expires.map(|expires| parts.clock.now().until(expires).0);
        return Json(json!({ "left": left })).into_response();
    }
    see(&here(&tenant))
}

async fn decline(
    State(parts): State<Parts>,
    Query(at): Query<At>,
    headers: HeaderMap,
    Form(posted): Form<PlainForm>,
) -> Response {
    let (session, form, tenant) = match parts.holding(&at, &headers, &posted.form).await {
        Ok(held) => held,
        Err(response) => return response,
    };
    match parts.pages.decline(session.as_str()).await {
        Ok(_) => {
            let view = parts.view(&tenant, &form.language, &headers);
            parts.over(view.told("page-stopped-title", "page-stopped", StatusCode::OK))
        }
        Err(error) => problem(&error).into_response(),
    }
}

impl Parts {
    fn view<'a>(&'a self, tenant: &'a Tenant, language: &'a Language, headers: &HeaderMap) -> View<'a> {
        let chat_here = Token::read(&self.site, Kind::Chat, headers).is_some();
        View { words: Words::new(&self.site.catalog, language), tenant, chat_here }
    }

    /// The link as this browser may use it.
    async fn link(&self, token: &str, headers: &HeaderMap) -> Result<Option<Link>, Problem> {
        let found = self.pages.look(token, None).await.map_err(|error| problem(&error))?;
        let Some(view) = found else { return Ok(None) };
        let Some(tenant) = self.site.tenant(&view.tenant.0) else { return Ok(None) };
        for peer in self.browsers(&tenant.id, headers) {
            let again = self.pages.look(token, Some(&peer)).await.map_err(|error| problem(&error))?;
            if again.is_some_and(|again| !again.short_code) {
                return Ok(Some(Link { view, tenant, owner: Some(peer) }));
            }
        }
        Ok(Some(Link { view, tenant, owner: None }))
    }

    /// The peer of the chat in this browser, if there is one; the widget's where both sites are one.
    fn browsers(&self, tenant: &TenantId, headers: &HeaderMap) -> Vec<Peer> {
        let tokens = [Kind::Chat, Kind::Widget].into_iter().filter_map(|kind| Token::read(&self.site, kind, headers));
        tokens.map(|token| peer(&self.site, tenant, &token)).collect()
    }

    fn session(&self, headers: &HeaderMap) -> Option<Token> {
        Token::read(&self.site, Kind::Page, headers)
    }

    async fn held(&self, headers: &HeaderMap) -> Result<Option<(Token, FormView, Arc<Tenant>)>, Problem> {
        let Some(session) = self.session(headers) else { return Ok(None) };
        let Some(form) = self.pages.form(session.as_str()).await.map_err(|error| problem(&error))? else {
            return Ok(None);
        };
        let tenant = self.site.tenant(&form.tenant.0);
        Ok(tenant.map(|tenant| (session, form, tenant)))
    }

    /// The same for a POST, which must carry the form's nonce; the other way out is the answer.
    async fn holding(
        &self,
        at: &At,
        headers: &HeaderMap,
        nonce: &str,
    ) -> Result<(Token, FormView, Arc<Tenant>), Response> {
        match self.held(headers).await {
            Ok(Some(held)) if held.0.holds_nonce(nonce) => Ok(held),
            Ok(Some(_)) => Err(Problem::WrongOrigin.into_response()),
            Ok(None) => Err(self.closed(at, headers)),
            Err(problem) => Err(problem.into_response()),
        }
    }

    /// One page for every link and session that does not work: it says nothing about why.
    fn expired(&self, headers: &HeaderMap) -> Response {
        let language = preferred(headers, self.site.catalog.languages());
        view::expired(&Words::new(&self.site.catalog, &language))
    }

    /// The end of a page that was open in this browser: with the way back to the chat, where the conversation goes on.
    fn closed(&self, at: &At, headers: &HeaderMap) -> Response {
        match at.at.as_deref().and_then(|id| self.site.tenant(id)) {
            Some(tenant) => {
                let language = preferred(headers, &tenant.languages);
                self.over(self.view(&tenant, &language, headers).closed())
            }
            None => self.expired(headers),
        }
    }

    /// The page is over, and so is its cookie.
    fn over(&self, mut response: Response) -> Response {
        response.headers_mut().append(SET_COOKIE, cookie::clear(&self.site, Kind::Page));
        response
    }
}

fn problem(error: &PageError) -> Problem {
    match error {
        PageError::Stopping | PageError::Unavailable(_) => Problem::Unavailable,
    }
}

/// The address of an open page. It says whose it is and nothing about whom.
fn here(tenant: &Tenant) -> String {
    format!("{HERE}?at={}", tenant.id)
}

fn see(path: &str) -> Response {
    let location = HeaderValue::from_str(path).expect("a tenant's id is plain ASCII");
    (StatusCode::SEE_OTHER, [(LOCATION, location)]).into_response()
}
