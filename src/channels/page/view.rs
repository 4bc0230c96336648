//! Private pages as HTML. Everything works without a script; the script adds the live list, show and hide, and the
//! time that is left.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};

use crate::channels::page::fields::field;
use crate::http::assets::Asset;
use crate::http::cookie::Token;
use crate::http::layout::{Frame, address, frame};
use crate::http::words::Words;
use crate::model::time::Timestamp;
use crate::policy::tenant::Tenant;
use crate::runtime::pages::{FormFields, FormView, Question};

/// What every private page needs.
pub struct View<'a> {
    pub words: Words<'a>,
    pub tenant: &'a Tenant,
    /// A chat on our own page runs in this browser.
    pub chat_here: bool,
}

/// What is to be corrected: said beside its field, and all together on top.
#[derive(Default)]
pub struct Faults {
    /// Id of the field, and the sentence.
    entries: Vec<(String, String)>,
}

impl Faults {
    pub fn password(sentence: String) -> Self {
        Self { entries: vec![("password".to_owned(), sentence)] }
    }

    pub fn again(sentence: String) -> Self {
        Self { entries: vec![("again".to_owned(), sentence)] }
    }

    pub fn refused(reasons: Vec<String>) -> Self {
        Self { entries: reasons.into_iter().map(|reason| ("password".to_owned(), reason)).collect() }
    }

    pub fn answer(&mut self, n: usize, sentence: String) {
        self.entries.push((field(n), sentence));
    }

    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    fn of<'s>(&'s self, id: &'s str) -> impl Iterator<Item = &'s str> {
        self.entries.iter().filter(move |(field, _)| field == id).map(|(_, sentence)| sentence.as_str())
    }
}

impl View<'_> {
    /// Before the link is used up: the short code, or one click in the chat's own browser.
    pub fn check(&self, token: &str, asks_code: bool, fault: Option<String>) -> Response {
        let words = &self.words;
        let faults = Faults { entries: fault.into_iter().map(|sentence| ("code".to_owned(), sentence)).collect() };
        let content = html! {
            div class="card" {
                (summary(words, &faults))
                h1 { (words.say("page-check-title")) }
                p { (words.say(if asks_code { "page-check" } else { "page-check-same" })) }
                form method="post" action={ (crate::runtime::pages::PATH) (token) } {
                    @if asks_code {
                        div class="field short" {
                            label for="code" { (words.say("page-check-label")) }
                            (beside(&faults, "code"))
                            input type="text" id="code" name="code" inputmode="numeric" autocomplete="one-time-code"
                                maxlength="8" dir="ltr" aria-invalid=[(!faults.is_empty()).then_some("true")]
                                aria-describedby=[(!faults.is_empty()).then_some("code-fault")];
                        }
                    }
                    button { (words.say("page-continue")) }
                }
            }
        };
        let status = if faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
        self.page("page-check-title", status, &faults, &content)
    }

    /// The one form of the page, with what is to be corrected.
    pub fn form(&self, session: &Token, form: &FormView, now: Timestamp, faults: &Faults) -> Response {
        let words = &self.words;
        let title = match form.fields {
            FormFields::NewPassword { .. } => "page-password-title",
            FormFields::Answers(_) => "page-answers-title",
        };
        let content = html! {
            div class="card" data-page data-left=(now.until(form.expires).0) {
                (summary(words, faults))
                h1 { (words.say(title)) }
                (self.time_left(session, form, now))
                form method="post" action=(self.action("")) novalidate data-main {
                    input type="hidden" name="form" value=(session.form_nonce());
                    @match &form.fields {
                        FormFields::NewPassword { user_name, .. } => (self.password(user_name.as_deref(), faults)),
                        FormFields::Answers(questions) => (self.answers(questions, faults)),
                    }
                }
                form method="post" action=(self.action("/decline")) class="give-up" {
                    input type="hidden" name="form" value=(session.form_nonce());
                    button class="quiet" { (words.say("page-decline")) }
                }
                p class="hint" { (words.with("page-until", &[("time", &self.until(form.expires))])) }
            }
            div class="card" data-over tabindex="-1" hidden { (self.over()) }
        };
        let status = if faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
        self.page(title, status, faults, &content)
    }

    /// Time is over.
    pub fn closed(&self) -> Response {
        let content = html! { div class="card" { (self.over()) } };
        self.page("page-over-title", StatusCode::GONE, &Faults::default(), &content)
    }

    /// What was lost and what was not, and how it goes on.
    fn over(&self) -> Markup {
        let words = &self.words;
        html! {
            h1 { (words.say("page-over-title")) }
            p { (words.say("page-over")) }
            // A chat in a widget, or in another browser, is not to be found from here.
            @if self.chat_here {
                p class="actions" { a class="button" href={ "/chat/" (self.tenant.id) } { (words.say("page-over-chat")) } }
            } @else { p { (words.say("page-over-elsewhere")) } }
        }
    }

    /// An address of the open page that still says whose it was when the session is gone.
    fn action(&self, what: &str) -> String {
        format!("/page{what}?at={}", self.tenant.id)
    }

    /// On the institution's clock.
    fn until(&self, expires: Timestamp) -> String {
        let offset = self.tenant.local_time.minutes_ahead(expires);
        self.words.catalog().time(self.words.language(), expires, offset)
    }

    /// The password is set: where to use it.
    pub fn saved(&self) -> Response {
        let words = &self.words;
        let content = html! {
            div class="card" {
                div class="done" { h1 { (words.say("page-saved-title")) } }
                p { (words.say("page-saved")) " " (address(&self.tenant.sign_in)) }
                p class="actions" {
                    a class="button" href=(self.tenant.sign_in) rel="noreferrer" { (words.say("page-sign-in")) }
                }
                p class="hint" { (words.say("page-saved-close")) }
            }
        };
        self.page("page-saved-title", StatusCode::OK, &Faults::default(), &content)
    }

    /// The password was refused and no further try is open here.
    pub fn refused(&self, faults: &Faults) -> Response {
        let words = &self.words;
        let content = html! {
            div class="card" {
                h1 { (words.say("page-refused-title")) }
                ul { @for (_, sentence) in &faults.entries { li { (sentence) } } }
                p { (words.say("page-done-chat")) }
            }
        };
        self.page("page-refused-title", StatusCode::UNPROCESSABLE_ENTITY, &Faults::default(), &content)
    }

    /// A page that only says something.
    pub fn told(&self, title: &'static str, text: &'static str, status: StatusCode) -> Response {
        let words = &self.words;
        let content = html! { div class="card" { h1 { (words.say(title)) } p { (words.say(text)) } } };
        self.page(title, status, &Faults::default(), &content)
    }

    fn password(&self, user_name: Option<&str>, faults: &Faults) -> Markup {
        let words = &self.words;
        html! {
            @if let Some(name) = user_name {
                p class="whose" { (words.with("page-password-for", &[("user", name)])) }
                // Password managers file the new password under this name.
                input class="unseen" type="text" name="username" value=(name) autocomplete="username" readonly
                    tabindex="-1" aria-hidden="true";
            }
            p id="rules-title" { strong { (words.say("page-password-rules")) } }
            ul class="rules" id="rules" aria-labelledby="rules-title" data-kept=(words.say("page-rule-kept"))
                data-open=(words.say("page-rule-open"))
            {
                @for rule in self.tenant.password.describe() {
                    li data-rule=(rule.rule) class=[(!rule.judged).then_some("told")] {
                        (words.message(&rule.message, &rule.args)) span class="unseen" data-said {}
                    }
                }
            }
            div class="field" {
                label for="password" { (words.say("page-password-new")) }
                (beside(faults, "password"))
                (secret("password", "new-password", faults, "rules"))
                p class="hint" data-strength hidden data-weak=(words.say("page-strength-weak"))
                    data-fair=(words.say("page-strength-fair")) data-strong=(words.say("page-strength-strong"))
                    data-edge=(words.say("page-password-edge-space"))
                { (words.say("page-password-strength")) " " span {} }
            }
            div class="field" {
                label for="again" { (words.say("page-password-repeat")) }
                (beside(faults, "again"))
                (secret("again", "new-password", faults, ""))
                p class="hint" data-same hidden { "✓ " (words.say("page-password-same")) }
            }
            button type="button" class="quiet" hidden data-show aria-pressed="false"
                data-hide-label=(words.say("page-password-hide")) { (words.say("page-password-show")) }
            div class="actions" { button type="submit" { (words.say("page-password-save")) } }
            p class="unseen" role="status" data-said-rules {}
        }
    }

    fn answers(&self, questions: &[Question], faults: &Faults) -> Markup {
        let words = &self.words;
        html! {
            p { (words.say("page-answers")) }
            @for (n, question) in questions.iter().enumerate() {
                div class="field" {
                    label for=(field(n)) { (question.wording) }
                    (beside(faults, &field(n)))
                    (secret(&field(n), "off", faults, ""))
                }
            }
            button type="button" class="quiet" hidden data-show aria-pressed="false"
                data-hide-label=(words.say("page-answers-hide")) { (words.say("page-answers-show")) }
            div class="actions" { button type="submit" { (words.say("page-answers-send")) } }
        }
    }

    /// Shown when under two minutes are left: by the script when it comes to that, without one from the start.
    fn time_left(&self, session: &Token, form: &FormView, now: Timestamp) -> Markup {
        let words = &self.words;
        let left = now.until(form.expires).0;
        let (one, two) = (words.count("page-left", "minutes", 1), words.count("page-left", "minutes", 2));
        html! {
            div class="notice" role="status" data-time data-one=(one) data-two=(two)
                data-extended=(words.say("page-extended")) hidden[left > 120]
            {
                p data-time-text { (if left <= 60 { one.as_str() } else { two.as_str() }) }
                @if !form.extendable { p { (words.say("page-left-last")) } }
                @if form.extendable {
                    form method="post" action=(self.action("/extend")) data-extend {
                        input type="hidden" name="form" value=(session.form_nonce());
                        button class="second" { (words.say("page-extend")) }
                    }
                }
            }
        }
    }

    fn page(&self, title: &'static str, status: StatusCode, faults: &Faults, content: &Markup) -> Response {
        let mut title = self.words.say(title);
        if !faults.is_empty() {
            // Screen readers say the title first.
            title = format!("{}: {title}", self.words.say("page-error-summary"));
        }
        let outside = Frame {
            title: &title,
            tenant: Some(self.tenant),
            scripts: &[Asset::PageScript],
            desk: true,
            ..Frame::default()
        };
        (status, frame(&self.words, outside, content)).into_response()
    }
}

/// Without an institution: a dead link does not say whose it was.
pub fn expired(words: &Words<'_>) -> Response {
    let title = words.say("page-expired-title");
    let content = html! { div class="card" { h1 { (title) } p { (words.say("page-expired")) } } };
    (StatusCode::GONE, frame(words, Frame { title: &title, ..Frame::default() }, &content)).into_response()
}

/// The list of everything that is to be corrected, each a link to its field.
fn summary(words: &Words<'_>, faults: &Faults) -> Markup {
    html! {
        @if !faults.is_empty() {
            div class="summary" role="alert" tabindex="-1" data-summary {
                p class="summary-title" { strong { (words.say("page-error-summary")) } }
                ul { @for (id, sentence) in &faults.entries { li { a href={ "#" (id) } { (sentence) } } } }
            }
        }
    }
}

fn beside(faults: &Faults, id: &str) -> Markup {
    html! {
        @if faults.of(id).next().is_some() {
            span class="wrong" id={ (id) "-fault" } { @for sentence in faults.of(id) { span { (sentence) " " } } }
        }
    }
}

/// A field for something secret. Paste is never hindered.
fn secret(id: &str, complete: &str, faults: &Faults, described_by: &str) -> Markup {
    let wrong = faults.of(id).next().is_some();
    let described = match (wrong, described_by) {
        (true, "") => format!("{id}-fault"),
        (true, more) => format!("{id}-fault {more}"),
        (false, more) => more.to_owned(),
    };
    html! {
        input type="password" id=(id) name=(id) autocomplete=(complete) autocapitalize="off" autocorrect="off"
            spellcheck="false" required dir="auto" aria-invalid=[wrong.then_some("true")]
            aria-describedby=[(!described.is_empty()).then_some(described)];
    }
}
