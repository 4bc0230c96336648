//! The whole way with real neighbours: a browser, OpenLDAP with its password policy, and a mail server.

use std::path::Path;
use std::sync::Arc;

use ringback::config::tenant;
use ringback::directory::ldap::LdapDirectory;
use ringback::model::peer::Language;
use ringback::runtime::system::SystemClock;
use ringback::senders::smtp::Smtp;

use super::stage::{self, Stage};
use super::steps::NEW_PASSWORD;
use crate::support::chromium::{Chromium, PHONE};
use crate::support::mailserver::MailServer;
use crate::support::slapd::{Person, Setup, Slapd};

const PERSON: &str = "ada@student.uni.example";
const MAIL: &str = "ada.lovelace@mail.example";
const OLD_PASSWORD: &str = "Morning-Tea-17";

/// One institution with servers of its own.
struct Campus {
    slapd: Slapd,
    mail: MailServer,
    stage: Stage,
    ada: Person,
}

impl Campus {
    async fn open() -> Self {
        let ada = Person {
            uid: "ada",
            unit: "students",
            given: "Ada",
            family: "Lovelace",
            password: OLD_PASSWORD,
            mobile: Some("+447700900111"),
            mail: Some(MAIL),
            ..Person::default()
        };
        let (slapd, mail) =
            (Slapd::start(&Setup { people: vec![ada.clone()], ..Setup::default() }), MailServer::start());
        let languages = ["en", "ms"].map(|tag| Language(tag.to_owned()));
        let uni = tenant::parse("uni", Path::new("uni.toml"), include_str!("uni.toml"), &languages);
        let uni = uni.map_err(|faults| format!("{faults:?}")).unwrap().tenant;
        let directory = LdapDirectory::new(slapd.config(), &uni, Arc::new(SystemClock::default())).unwrap();
        let setup = stage::Setup {
            tenant: Some((uni, Arc::new(directory))),
            mail: Some(Arc::new(Smtp::new(&mail.config()).map_err(|fault| format!("{fault:?}")).unwrap())),
            framed_by: None,
        };
        let stage = Stage::with(setup).await;
        Self { slapd, mail, stage, ada }
    }

    /// Chat, code out of the real mail, up to the offer after the check.
    async fn verify(&self, browser: &Chromium) {
        let before = self.mail.received().len();
        browser.answer(PERSON).await;
        browser.choose("Email").await;
        browser.answer(MAIL).await;
        let mails = tokio::task::block_in_place(|| self.mail.wait_for(MAIL, before + 1));
        let code = stage::code_in(&mails.last().unwrap().text);
        let turns = browser.turns().await;
        browser.fill("#text", &code).await;
        browser.click("[data-composer] button").await;
        browser.until(&format!("document.querySelectorAll('.turn').length > {}", turns + 1)).await;
    }

    fn lets_in(&self, password: &str) -> bool {
        self.slapd.lets_in(&self.ada.dn(), password)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_password_opens_the_account_and_the_old_one_does_not() {
    let campus = Campus::open().await;
    let browser = Chromium::start().await;
    assert!(campus.lets_in(OLD_PASSWORD));
    browser.begin(&campus.stage, "uni").await;
    campus.verify(&browser).await;
    browser.open_private_page().await;
    browser.type_password(NEW_PASSWORD, NEW_PASSWORD).await;
    browser.press("Save new password").await;
    browser.until_says("Your password has been changed").await;
    assert!(browser.text().await.contains("portal.uni.example"));
    assert!(campus.lets_in(NEW_PASSWORD));
    assert!(!campus.lets_in(OLD_PASSWORD));
    // The chat knows by itself.
    browser.to_tab(0).await;
    browser.until("[...document.querySelectorAll('.turn.bot')].at(-1).innerText.includes('portal.uni.example')").await;
    browser.pictures("real-chat-done", &[PHONE]).await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_locked_account_is_unlocked_and_keeps_its_password() {
    let campus = Campus::open().await;
    let browser = Chromium::start().await;
    campus.slapd.lock_out(&campus.ada.dn(), 3);
    assert!(!campus.lets_in(OLD_PASSWORD), "three wrong binds lock the account");
    browser.open(&campus.stage.address("/chat/uni")).await;
    browser.press("I know my password").await;
    browser.until("document.querySelector('.turn.bot[data-input]')").await;
    campus.verify(&browser).await;
    browser.until("[...document.querySelectorAll('.turn.bot')].at(-1).innerText.includes('portal.uni.example')").await;
    assert!(!browser.text().await.contains("Open the private page"), "no new password is asked for");
    browser.pictures("real-unlocked", &[PHONE]).await;
    assert!(campus.lets_in(OLD_PASSWORD));
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_that_the_directory_refuses_is_explained_and_may_be_mended() {
    let campus = Campus::open().await;
    let browser = Chromium::start().await;
    browser.begin(&campus.stage, "uni").await;
    campus.verify(&browser).await;
    browser.open_private_page().await;
    // The present password keeps all our rules; only the directory remembers it.
    browser.type_password(OLD_PASSWORD, OLD_PASSWORD).await;
    browser.until("document.querySelector('[data-rule=min][data-kept=yes]')").await;
    browser.press("Save new password").await;
    browser.until("document.querySelector('[data-summary]')").await;
    let summary = browser.eval("document.querySelector('[data-summary]').innerText").await;
    assert!(summary.as_str().unwrap().contains("used it before"), "the person reads the reason: {summary}");
    browser.pictures("real-refused", &[PHONE]).await;
    assert!(campus.lets_in(OLD_PASSWORD), "nothing was changed");
    browser.type_password(NEW_PASSWORD, NEW_PASSWORD).await;
    browser.press("Save new password").await;
    browser.until_says("Your password has been changed").await;
    assert!(campus.lets_in(NEW_PASSWORD) && !campus.lets_in(OLD_PASSWORD));
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn not_me_stops_self_service_from_the_mail() {
    let campus = Campus::open().await;
    let browser = Chromium::start().await;
    browser.begin(&campus.stage, "uni").await;
    campus.verify(&browser).await;
    browser.open_private_page().await;
    browser.type_password(NEW_PASSWORD, NEW_PASSWORD).await;
    browser.press("Save new password").await;
    browser.until_says("Your password has been changed").await;
    let mails = tokio::task::block_in_place(|| campus.mail.wait_for(MAIL, 2));
    let notice = mails.last().unwrap();
    let link = |text: &str| {
        let rest = text.split(&format!("{}/not-me/", campus.stage.origin)).nth(1).expect("the mail has the link");
        let token: String = rest.chars().take_while(|c| c.is_ascii_alphanumeric() || "-_".contains(*c)).collect();
        format!("{}/not-me/{token}", campus.stage.origin)
    };
    assert_eq!(link(&notice.text), link(&notice.html), "both parts of the mail say the same");

    // The owner opens it elsewhere, without the session of whoever sat at the chat.
    let owner = Chromium::start().await;
    owner.open(&link(&notice.text)).await;
    owner.pictures("notice-1", &[crate::support::chromium::DESKTOP, PHONE]).await;
    owner.press("This was not me").await;
    owner.until_says("Self-service is stopped").await;
    assert!(owner.text().await.contains("+44 20 7946 0100"), "and knows whom to call");
    owner.pictures("notice-2-done", &[PHONE]).await;
    owner.close().await;

    // From now on the name is like an unknown one: whatever is offered, no code leaves for it.
    let before = campus.mail.received().len();
    let thief = Chromium::start().await;
    thief.begin(&campus.stage, "uni").await;
    thief.answer(PERSON).await;
    // Which ways an unknown name is offered is drawn from its hash.
    if thief.text().await.contains("Email") {
        thief.choose("Email").await;
        thief.answer(MAIL).await;
    }
    campus.stage.runtime.inbox().drained().await;
    assert_eq!(campus.mail.received().len(), before);
    thief.close().await;
    browser.close().await;
}
