//! The chat as a page: the same lines with and without scripts.

use maud::{Markup, html};

use crate::channels::browser::mailbox::{Entry, Own, Said};
use crate::http::layout::prose;
use crate::http::words::{Words, direction, own_name};
use crate::model::command::Command;
use crate::model::peer::{Language, Surface};
use crate::model::prompt::{Input, Prompt};
use crate::model::purpose::Purpose;
use crate::policy::tenant::Tenant;

/// What every part of one page needs.
pub struct View<'a> {
    pub words: Words<'a>,
    pub tenant: &'a Tenant,
    /// Where the chat lives: `/chat/apu` or `/widget/apu`.
    pub base: &'a str,
    /// The session's proof that a form is ours.
    pub form: &'a str,
    /// What makes a double click count once.
    pub nonce: &'a str,
    /// The address of a private page.
    pub link: &'a dyn Fn(&Prompt) -> Option<String>,
}

/// The end of the conversation, as a place on its page.
pub const NEWEST: &str = "newest";

/// Commands that have their own button, and the key of its label.
const COMMANDS: [(Command, &str, &str); 4] = [
    (Command::Help, "help", "chat-command-help"),
    (Command::Human, "human", "chat-command-human"),
    (Command::Restart, "restart", "chat-command-restart"),
    (Command::Cancel, "cancel", "chat-command-cancel"),
];

/// The command of a button's value, and the key of the button's label where it is worth repeating.
pub fn command(value: &str) -> Option<(Command, Option<&'static str>)> {
    let repeat = (value == "repeat").then_some((Command::Repeat, None));
    let listed = COMMANDS.iter().find(|(_, name, _)| *name == value);
    listed.map(|(command, _, label)| (*command, Some(*label))).or(repeat)
}

/// Before the first word: what this is, and one button for each thing a person may want.
pub fn welcome(view: &View<'_>) -> Markup {
    let words = &view.words;
    html! {
        div class="card welcome" {
            h1 { (words.say("chat-welcome-title")) }
            p { (words.with("chat-welcome", &[("institution", &view.tenant.name)])) }
            p class="hint" { (words.say("chat-welcome-privacy")) }
            form method="post" action={ (view.base) "/start" } class="actions column" {
                input type="hidden" name="nonce" value=(view.nonce);
                input type="hidden" name="language" value=(words.language().tag());
                button name="purpose" value=(Purpose::ResetPassword.name()) { (words.say("chat-start-reset")) }
                @if view.tenant.unlock {
                    button class="second" name="purpose" value=(Purpose::UnlockAccount.name()) {
                        (words.say("chat-start-unlock"))
                    }
                }
                button class="second" name="purpose" value="" { (words.say("chat-start-other")) }
            }
        }
    }
}

/// The conversation with its composer. `entries` may be empty: then the server was restarted, and the question can be
/// asked for again.
pub fn conversation(view: &View<'_>, entries: &[Entry], end: &str) -> Markup {
    let words = &view.words;
    let question = entries.iter().rposition(Entry::is_question);
    let waits = entries.last().is_some_and(|entry| entry.prompt().is_none());
    let input = question.and_then(|at| entries[at].prompt()).map_or(Input::Text, |prompt| prompt.input);
    html! {
        div class="chat" data-chat=(view.base) data-end=(end) data-resume[entries.is_empty()]
            data-offline=(words.say("chat-offline")) data-failed=(words.say("chat-not-sent"))
            data-again=(words.say("chat-send-again")) data-you=(words.say("chat-you"))
        {
            h1 class="unseen" { (words.say("chat-title")) }
            div class="log" role="log" aria-live="polite" aria-label=(words.say("chat-log")) tabindex="0" {
                @for (n, entry) in entries.iter().enumerate() { (line(view, entry, Some(n) == question)) }
                @if entries.is_empty() {
                    form method="post" action={ (view.base) "/say" } class="resume" {
                        (hidden(view))
                        p { (words.say("chat-resume")) }
                        button name="command" value="repeat" { (words.say("chat-resume-button")) }
                    }
                }
            }
            span id=(NEWEST) {}
            p class="typing" data-typing hidden { span class="unseen" { (words.say("chat-typing")) } i {} i {} i {} }
            @if waits {
                noscript { p class="hint" { (words.say("chat-wait")) " "
                    a href=(view.base) { (words.say("chat-refresh")) } } }
            }
            p class="status" role="status" data-status {}
            (composer(view, input))
        }
    }
}

/// One line of the conversation; `open` lines are the question now asked, whose buttons work.
pub fn line(view: &View<'_>, entry: &Entry, open: bool) -> Markup {
    let words = &view.words;
    match &entry.said {
        Said::Person { nonce, own } => html! {
            div class="turn me" data-place=(entry.place) data-nonce=(nonce) {
                div class="bubble" {
                    span class="unseen" { (words.say("chat-you")) " " }
                    @match own {
                        Own::Picked(choice) => (words.message(&choice.label, &choice.args)),
                        Own::Pressed(label) => (words.say(label)),
                        Own::Typed => em { (words.say("chat-answered")) },
                    }
                }
            }
        },
        Said::Bot { prompt, language } => said(view, entry, prompt, language, open),
    }
}

fn said(view: &View<'_>, entry: &Entry, prompt: &Prompt, language: &Language, open: bool) -> Markup {
    let words = &view.words;
    let rendered = words.catalog().render(language, Surface::Chat, prompt, &|_| None);
    let asks = entry.is_question();
    html! {
        div class="turn bot" data-place=(entry.place) data-input=[asks.then(|| input_name(prompt.input))]
            lang=(language.tag()) dir=(direction(language))
        {
            div class="bubble" {
                span class="unseen" { (words.with("chat-bot", &[("institution", &view.tenant.name)])) " " }
                (prose(&rendered.text))
                @if prompt.challenge.is_some() { (challenge(view, entry)) }
                @if let (Some(page), Some(address)) = (&prompt.page, (view.link)(prompt)) {
                    (private_page(words, &address, &page.short_code))
                }
            }
            @if open && !prompt.choices.is_empty() {
                form method="post" action={ (view.base) "/say" } class="choices" {
                    (hidden(view))
                    @for (n, (choice, label)) in prompt.choices.iter().zip(&rendered.choices).enumerate() {
                        button class="choice" name="pick" value=(choice.token) {
                            span class="number" { (n + 1) } span class="label" { (label) }
                        }
                    }
                }
            }
        }
    }
}

/// The button uses the link up at once, which this browser may; the link below it works anywhere, with the code.
fn private_page(words: &Words<'_>, address: &str, short_code: &str) -> Markup {
    html! {
        form method="post" action=(address) target="_blank" rel="noopener" class="open-page" {
            button { (words.say("chat-open-page")) span class="unseen" { " " (words.say("chat-new-tab")) } }
        }
        p class="hint" {
            a href=(address) target="_blank" rel="noopener" { (words.say("chat-elsewhere")) } " "
            (words.say("chat-short-code")) " " strong class="code" dir="ltr" { (short_code) }
        }
    }
}

/// Picture and sound of the same characters, and a way for those to whom neither says anything.
fn challenge(view: &View<'_>, entry: &Entry) -> Markup {
    let base = format!("{}/challenge/{}", view.base, entry.place);
    let words = &view.words;
    html! {
        div class="challenge" {
            img src={ (base) ".png" } alt=(words.say("chat-challenge-picture"));
            audio controls preload="none" src={ (base) ".wav" } aria-label=(words.say("chat-challenge-sound")) {}
            form method="post" action={ (base) "/wait" } {
                input type="hidden" name="form" value=(view.form);
                button class="quiet" { (words.say("chat-challenge-wait")) }
            }
        }
    }
}

fn composer(view: &View<'_>, input: Input) -> Markup {
    let words = &view.words;
    let (mode, complete) = keyboard(input);
    html! {
        div class="composer" {
            form method="post" action={ (view.base) "/say" } data-composer {
                (hidden(view))
                label for="text" { (words.say("chat-your-answer")) }
                div class="row" {
                    input type="text" id="text" name="text" maxlength="1000" inputmode=(mode) autocomplete=(complete)
                        autocapitalize="off" autocorrect="off" spellcheck="false" enterkeyhint="send"
                        aria-describedby="never";
                    button type="submit" { (words.say("chat-send")) }
                }
                p class="hint" id="never" { (words.say("chat-never-password")) }
            }
            form method="post" action={ (view.base) "/say" } class="commands" aria-label=(words.say("chat-commands")) {
                (hidden(view))
                @for (_, name, label) in COMMANDS {
                    button class="quiet" name="command" value=(name) { (words.say(label)) }
                }
            }
            form method="post" action={ (view.base) "/leave" } class="leave" {
                (hidden(view))
                button class="quiet" { (words.say("chat-leave")) }
            }
        }
    }
}

/// The language switch: links before a conversation, buttons of the conversation in it.
pub fn languages(view: &View<'_>, offered: &[Language], in_conversation: bool) -> Markup {
    let now = view.words.language();
    html! {
        @if offered.len() > 1 {
            nav class="languages" aria-label=(view.words.say("chat-language")) {
                @if in_conversation {
                    form method="post" action={ (view.base) "/say" } data-language {
                        (hidden(view))
                        @for language in offered {
                            @if language == now { span aria-current="true" lang=(language.tag()) { (own_name(language)) } }
                            @else { button name="language" value=(language.tag()) lang=(language.tag()) { (own_name(language)) } }
                        }
                    }
                } @else {
                    @for language in offered {
                        @if language == now { span aria-current="true" lang=(language.tag()) { (own_name(language)) } }
                        @else { a href={ (view.base) "?lang=" (language.tag()) } lang=(language.tag()) { (own_name(language)) } }
                    }
                }
            }
        }
    }
}

pub fn hidden(view: &View<'_>) -> Markup {
    html! {
        input type="hidden" name="form" value=(view.form);
        input type="hidden" name="nonce" value=(view.nonce);
    }
}

/// `inputmode` and `autocomplete` for what is asked. Never a narrow `type`: words such as "cancel" must pass.
fn keyboard(input: Input) -> (&'static str, &'static str) {
    match input {
        Input::Digits(_) => ("numeric", "one-time-code"),
        Input::Phone => ("tel", "tel"),
        Input::Email => ("email", "email"),
        Input::Text | Input::Choice | Input::Nothing | Input::Keys(_) => ("text", "off"),
    }
}

/// For the script, which adapts the field as the conversation goes on.
fn input_name(input: Input) -> &'static str {
    match input {
        Input::Digits(_) => "digits",
        Input::Phone => "phone",
        Input::Email => "email",
        Input::Choice => "choice",
        Input::Text | Input::Nothing | Input::Keys(_) => "text",
    }
}
