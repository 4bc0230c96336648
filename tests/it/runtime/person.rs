//! Somebody at a browser who wants a new password: reads what is shown and does the natural thing.

use ringback::engine::event::Act;
use ringback::model::ids::EventId;
use ringback::model::peer::{Peer, Surface};
use ringback::model::prompt::Prompt;
use ringback::model::purpose::Purpose;
use ringback::model::secrets::Password;
use ringback::model::time::Seconds;
use ringback::runtime::pages::{Fields, Opened, Opener, PageAnswer, token};
use ringback::runtime::start::Runtime;
use ringback::runtime::turn::{Inbound, InboxError};

use super::house::{House, mail_of, mobile_of};

pub struct Person<'a> {
    pub house: &'a House,
    pub peer: Peer,
    pub name: &'static str,
    pub password: &'static str,
    /// The method that this person picks from the menu.
    pub method: &'static str,
    events: u32,
}

impl<'a> Person<'a> {
    pub fn new(house: &'a House, user: &str, name: &'static str) -> Self {
        let peer = house.peer(user);
        Self { house, peer, name, password: "Marmalade+Kites+77", method: "email", events: 0 }
    }

    /// Numbers events from here on, as somebody does who comes back after a restart.
    pub fn begin_at(&mut self, number: u32) {
        self.events = number;
    }

    pub fn event(&mut self, act: Act) -> Inbound {
        self.events += 1;
        let event = EventId(format!("{}-{}", self.peer.user, self.events));
        Inbound { peer: self.peer.clone(), surface: Surface::Chat, event, act, language_hint: None }
    }

    /// Sends one event and waits until all that follows from it was shown.
    pub async fn send(&self, runtime: &Runtime, inbound: Inbound) -> Result<(), InboxError> {
        let inbox = runtime.inbox();
        inbox.submit(inbound).await?.settled().await;
        inbox.drained().await;
        Ok(())
    }

    pub async fn act(&mut self, runtime: &Runtime, act: Act) {
        let inbound = self.event(act);
        self.send(runtime, inbound).await.unwrap();
    }

    pub async fn say(&mut self, runtime: &Runtime, text: &str) {
        self.act(runtime, Act::Text(text.to_owned())).await;
    }

    /// Presses a button of what was shown last.
    pub async fn pick(&mut self, runtime: &Runtime, key: &str) {
        let prompt = self.last().unwrap();
        let choice = prompt.choices.iter().find(|choice| choice.key.as_str() == key);
        let choice = choice.unwrap_or_else(|| panic!("no {key} in {prompt:?}"));
        self.act(runtime, Act::Pick(choice.token.clone())).await;
    }

    pub fn last(&self) -> Option<Prompt> {
        self.house.screen.last(&self.peer.user)
    }

    pub fn shows(&self, key: &str) -> bool {
        self.house.screen.shows(&self.peer.user, key)
    }

    /// The natural answer to what is on the screen now; `None` when there is nothing left to do.
    pub async fn next(&self) -> Option<Move> {
        let Some(prompt) = self.last() else { return Some(Move::Say(Act::Start(Some(Purpose::ResetPassword)))) };
        let text = |text: String| Some(Move::Say(Act::Text(text)));
        let pick = |key: &str| {
            let choice = prompt.choices.iter().find(|choice| choice.key.as_str() == key);
            choice.map(|choice| Move::Say(Act::Pick(choice.token.clone())))
        };
        if prompt.page.is_some() {
            return Some(Move::Page(prompt));
        }
        match prompt.message.as_str() {
            "reset-done" | "reset-uncertain" | "unlock-done" | "desk-offer" => None,
            // Whether to try again is for the test to say.
            "reset-directory-away" | "unlock-directory-away" | "code-directory-away" => None,
            "identify-ask-account" => text(self.name.to_owned()),
            "identify-human-challenge" => text(prompt.challenge.as_ref().unwrap().digits.clone()),
            "reset-which-problem" => pick("forgot"),
            "verify-choose-method" => pick(self.method).or_else(|| pick("email")).or_else(|| pick("sms")),
            "code-confirm-target" => {
                let account = self.house.account(self.name).await;
                let mail = format!("{:?}", prompt.args).contains('@');
                text(if mail { mail_of(&account) } else { mobile_of(&account) })
            }
            "code-ask" => self.code(&prompt).await,
            _ => Some(Move::Say(Act::Start(Some(Purpose::ResetPassword)))),
        }
    }

    /// The code that came, or another one when none did.
    async fn code(&self, prompt: &Prompt) -> Option<Move> {
        let account = self.house.account(self.name).await;
        let keys = self.house.screen.keys(&self.peer.user);
        let again = keys.iter().rev().nth(1).is_some_and(|key| key == "code-wrong");
        let sent = self.house.screen.of(&self.peer.user);
        let sent = sent.iter().rev().find(|prompt| prompt.message.as_str() == "code-sent");
        let method = sent.map_or(String::new(), |prompt| format!("{:?}", prompt.args));
        let code = match method.contains("\"sms\"") {
            true => self.house.post.text_code(),
            false => self.house.post.code_for(&mail_of(&account)),
        };
        match code {
            Some(code) if !again => Some(Move::Say(Act::Text(code))),
            Some(_) | None => {
                self.house.clock.advance(Seconds(61));
                let resend = prompt.choices.iter().find(|choice| choice.key.as_str() == "resend")?;
                Some(Move::Say(Act::Pick(resend.token.clone())))
            }
        }
    }

    /// Goes on until nothing is left to do; the keys of all that was shown.
    pub async fn walk(&mut self, runtime: &Runtime) -> Vec<String> {
        for _ in 0..40 {
            let Some(next) = self.next().await else { return self.house.screen.keys(&self.peer.user) };
            match next {
                Move::Say(act) => self.act(runtime, act).await,
                Move::Page(prompt) => {
                    self.choose_password(runtime, &prompt).await;
                }
            }
        }
        panic!("going round in circles: {:?}", self.house.screen.keys(&self.peer.user));
    }

    /// Goes on until this message is the last one shown.
    pub async fn walk_to(&mut self, runtime: &Runtime, key: &str) {
        for _ in 0..40 {
            if self.last().is_some_and(|prompt| prompt.message.as_str() == key) {
                return;
            }
            match self.next().await {
                Some(Move::Say(act)) => self.act(runtime, act).await,
                Some(Move::Page(prompt)) => {
                    self.choose_password(runtime, &prompt).await;
                }
                None => break,
            }
        }
        panic!("never came to {key}: {:?}", self.house.screen.keys(&self.peer.user));
    }

    /// Opens the page of a prompt in the browser that runs the chat, and hands in a password.
    pub async fn choose_password(&self, runtime: &Runtime, prompt: &Prompt) -> PageAnswer {
        let Some(session) = self.open_page(runtime, prompt).await else { return PageAnswer::Dead };
        let answer = self.hand_in(runtime, &session, self.password).await;
        runtime.inbox().drained().await;
        answer
    }

    pub async fn open_page(&self, runtime: &Runtime, prompt: &Prompt) -> Option<String> {
        let link = prompt.page.as_ref().unwrap();
        let token = token(&self.house.keys, link.page);
        match runtime.pages().open(&token, Opener::Browser(&self.peer)).await.unwrap() {
            Opened::Session(session) => Some(session.reveal().to_owned()),
            Opened::WrongCode { .. } | Opened::Dead => None,
        }
    }

    pub async fn hand_in(&self, runtime: &Runtime, session: &str, password: &str) -> PageAnswer {
        let field = || Password::new(password.to_owned());
        runtime.pages().submit(session, Fields::NewPassword { password: field(), again: field() }).await.unwrap()
    }
}

pub enum Move {
    Say(Act),
    Page(Prompt),
}
