//! The demo's sign-in for whoever must choose a new password first: the institution's side of it, played by the demo.

use async_trait::async_trait;
use axum::Form;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::ACCEPT;
use axum::response::{IntoResponse, Response};
use axum::{Json, Router, routing};
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::json;

use crate::channels::demo::{Chosen, Parts};
use crate::http::words::Words;
use crate::model::ids::TenantId;
use crate::model::names::{ArgName, MessageKey};
use crate::model::prompt::Arg;
use crate::model::secrets::Password;
use crate::policy::tenant::Tenant;

/// Why a password was not taken, each a sentence of ours with its values.
pub type Reasons = Vec<(MessageKey, Vec<(ArgName, Arg)>)>;

/// What became of a change at the sign-in.
#[derive(Clone, PartialEq, Debug)]
pub enum Changed {
    Yes,
    Refused(Reasons),
    /// Nobody has to change anything under this ticket, or not any more.
    Gone,
}

/// Where a password is changed that opened the account for that alone.
#[async_trait]
pub trait Renewal: Send + Sync {
    /// `ticket` came with the sign-in. It is used up by a change that was made, and good for this person alone.
    async fn renew(&self, tenant: &TenantId, user_name: &str, ticket: &str, password: &Password) -> Changed;
}

#[derive(Deserialize)]
struct ChangeForm {
    tenant: String,
    user: String,
    ticket: String,
    password: String,
    again: String,
    #[serde(default)]
    lang: String,
}

pub fn routes() -> Router<Parts> {
    Router::new().route("/demo/change", routing::post(change))
}

async fn change(State(parts): State<Parts>, headers: HeaderMap, Form(form): Form<ChangeForm>) -> Response {
    let ChangeForm { tenant, user, ticket, password, again, lang } = form;
    let chosen = Chosen { tenant: Some(tenant), person: Some(user.clone()), lang: Some(lang) };
    let language = parts.language(&chosen, &headers);
    let words = Words::new(&parts.site.catalog, &language);
    let told = match parts.tenant(&chosen) {
        None => gone(&words),
        Some(tenant) => {
            let asked = Asked { tenant: &tenant, user: &user, ticket: &ticket };
            let fault = |key: &'static str| form_again(&words, &asked, &vec![(MessageKey::of(key), Vec::new())]);
            if password.is_empty() {
                fault("page-password-empty")
            } else if password != again {
                fault("page-password-differ")
            } else {
                match parts.world.renew(&tenant.id, user.trim(), &ticket, &Password::new(password)).await {
                    Changed::Yes => html! { p class="done" { (words.with("demo-changed", &[("user", &user)])) } },
                    Changed::Refused(reasons) => form_again(&words, &asked, &reasons),
                    Changed::Gone => gone(&words),
                }
            }
        }
    };
    if headers.get(ACCEPT).is_some_and(|accept| accept == "application/json") {
        return Json(json!({ "html": told.into_string() })).into_response();
    }
    parts.page(&chosen, &headers, Some((user, told))).await
}

/// Who is asked for a new password.
pub struct Asked<'a> {
    pub tenant: &'a Tenant,
    pub user: &'a str,
    pub ticket: &'a str,
}

/// The form for a new password, typed twice.
pub fn form(words: &Words<'_>, asked: &Asked<'_>) -> Markup {
    let said = html! { p class="done" { (words.with("demo-signed-in-must-change", &[("user", asked.user)])) } };
    html! { (said) (fields(words, asked)) }
}

fn form_again(words: &Words<'_>, asked: &Asked<'_>, reasons: &Reasons) -> Markup {
    html! {
        ul class="refused" { @for (key, args) in reasons { li { (words.message(key, args)) } } }
        (fields(words, asked))
    }
}

fn fields(words: &Words<'_>, asked: &Asked<'_>) -> Markup {
    html! {
        form method="post" action="/demo/change" data-change {
            input type="hidden" name="tenant" value=(asked.tenant.id.0);
            input type="hidden" name="user" value=(asked.user);
            input type="hidden" name="ticket" value=(asked.ticket);
            input type="hidden" name="lang" value=(words.language().tag());
            p id="change-rules" { (words.say("page-password-rules")) }
            ul aria-labelledby="change-rules" {
                @for rule in asked.tenant.password.describe() { li { (words.message(&rule.message, &rule.args)) } }
            }
            @for (id, name, label) in
                [("fresh", "password", "page-password-new"), ("fresh-again", "again", "page-password-repeat")]
            {
                div class="field" {
                    label for=(id) { (words.say(label)) }
                    input type="password" id=(id) name=(name) autocomplete="off" dir="auto";
                }
            }
            button { (words.say("page-password-save")) }
        }
    }
}

fn gone(words: &Words<'_>) -> Markup {
    html! { p class="refused" { (words.say("demo-change-gone")) } }
}
