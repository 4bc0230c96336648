//! The demo's start page as its visitor: pick a person, read the code, sign in; and the chat inside another site.

use std::net::Ipv4Addr;

use axum::Router;
use axum::response::Html;
use axum::routing::get;
use ringback::http::listen;
use ringback::model::time::Seconds;
use serde_json::json;

use super::stage::{ANSWERS, ASKED, Setup, Stage};
use super::steps::NEW_PASSWORD;
use crate::support::chromium::{Chromium, DESKTOP, DESKTOP_DARK, Look, PHONE, PHONE_DARK};

const PERSON: &str = "aisyah@mail.apu.edu.my";
const MAIL: &str = "aisyah.rahman@mail.example";

#[tokio::test(flavor = "multi_thread")]
async fn a_visitor_resets_a_password_without_leaving_the_page() {
    let stage = Stage::demo().await;
    let browser = Chromium::start().await;
    browser.open(&stage.address("/")).await;
    browser.pictures("demo-2-start", &[DESKTOP, DESKTOP_DARK, PHONE]).await;
    browser.press("Aisyah Rahman").await;
    browser.until(&format!("document.querySelector('#user').value === {}", json!(PERSON))).await;
    let old = browser.card("Forgotten password").await;
    assert_eq!(browser.sign_in(&old).await, "done");
    assert_eq!(browser.sign_in("wrong-Password-1").await, "refused");

    browser.client.enter_frame(0).await.unwrap();
    browser.press("I forgot my password").await;
    browser.until("document.querySelector('.turn.bot[data-input]')").await;
    browser.answer(PERSON).await;
    browser.choose("Email").await;
    browser.answer(MAIL).await;
    browser.client.enter_parent_frame().await.unwrap();
    // The code arrives under "What was sent", ready to be copied.
    browser.until("document.querySelector('[data-sent] .found .code')").await;
    let code = browser.eval("document.querySelector('[data-sent] .found .code').textContent").await;
    assert_eq!(browser.eval("document.querySelector('[data-sent] .copy').dataset.copy").await, code);
    browser.client.enter_frame(0).await.unwrap();
    browser.answer(code.as_str().unwrap()).await;
    // The newest line lies above the composer.
    let gap = "document.querySelector('.composer').getBoundingClientRect().top \
        - [...document.querySelectorAll('.turn')].at(-1).getBoundingClientRect().bottom";
    assert!(browser.eval(gap).await.as_f64().unwrap() >= 0.0);
    // The page that the chat opens knows this browser.
    browser.open_private_page().await;
    browser.type_password(NEW_PASSWORD, NEW_PASSWORD).await;
    browser.press("Save new password").await;
    browser.until_says("Your password has been changed").await;
    browser.to_tab(0).await;
    browser
        .until("document.querySelector('[data-happened]').innerText.includes('The directory set the new password')")
        .await;
    assert_eq!(browser.sign_in(&old).await, "refused");
    assert_eq!(browser.sign_in(NEW_PASSWORD).await, "done");
    browser.pictures("demo-3-done", &[DESKTOP, DESKTOP_DARK]).await;
    // As `docs/demo-*.png` show it to readers.
    browser.eval("window.scrollTo(0, 0), 1").await;
    for (name, dark) in [("demo-light", false), ("demo-dark", true)] {
        browser.view(name, Look { name, width: 1280, height: 1500, dark }).await;
    }
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn on_a_phone_the_panels_are_tabs() {
    let stage = Stage::demo().await;
    let browser = Chromium::start().await;
    browser.look(PHONE).await;
    browser.open(&stage.address(&format!("/?tenant=apu&person={PERSON}"))).await;
    let shown = "[...document.querySelectorAll('.panel')].filter((p) => p.checkVisibility()).map((p) => p.id).join()";
    assert_eq!(browser.eval(shown).await, "chat");
    browser.press("Sign in").await;
    browser.until(&format!("{shown} === 'sign-in'")).await;
    assert_eq!(browser.sign_in("wrong-Password-1").await, "refused");
    browser.picture("demo-4-tab-sign-in").await;
    browser.press("What just happened").await;
    browser.until(&format!("{shown} === 'happened'")).await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_challenge_is_picture_and_sound_for_its_own_browser() {
    let stage = Stage::demo().await;
    let browser = Chromium::start().await;
    browser.begin(&stage, "imu").await;
    browser.answer("farah@student.imu.edu.my").await;
    browser
        .until(
            "document.querySelector('.challenge img') && document.querySelector('.challenge img').naturalWidth > 100",
        )
        .await;
    let sound = "(() => { const a = document.querySelector('.challenge audio'); a.preload = 'metadata'; a.load(); return 1; })()";
    browser.eval(sound).await;
    browser.until("document.querySelector('.challenge audio').duration > 2").await;
    browser.pictures("chat-7-challenge", &[DESKTOP, DESKTOP_DARK, PHONE, PHONE_DARK]).await;
    // Somebody else's browser does not get them.
    let picture = browser.eval("document.querySelector('.challenge img').src").await;
    let stranger = reqwest::get(picture.as_str().unwrap()).await.unwrap();
    assert_eq!(stranger.status(), 404);
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_widget_talks_inside_a_site_that_may_show_it() {
    let (listener, port) = listen::or_next(Ipv4Addr::LOCALHOST.into(), 0).await.unwrap();
    let portal = format!("http://localhost:{port}");
    let stage = Stage::with(Setup { framed_by: Some(portal.clone()), ..Setup::default() }).await;
    let script = stage.address("/embed/apu.js");
    let page = format!(
        "<!doctype html><html lang=en><title>Portal</title><h1>Portal</h1><script src=\"{script}\" defer></script>"
    );
    let routes = Router::new().route("/", get(|| async { Html(page) }));
    tokio::spawn(async move { axum::serve(listener, routes).await });
    let browser = Chromium::start().await;
    browser.open(&portal).await;
    browser.press("Password help").await;
    browser.until("document.querySelector('iframe')").await;
    browser.client.enter_frame(0).await.unwrap();
    browser.press("I forgot my password").await;
    browser.until("document.querySelector('.turn.bot[data-input]')").await;
    browser.answer(PERSON).await;
    browser.client.enter_parent_frame().await.unwrap();
    browser.picture("widget-open").await;
    browser.press("Close password help").await;
    browser.until("!document.querySelector('iframe').checkVisibility()").await;
    assert_eq!(browser.eval("document.activeElement.tagName").await, "BUTTON");
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_time_that_is_left_is_said_and_ends() {
    let stage = Stage::demo().await;
    let browser = Chromium::start().await;
    browser.begin(&stage, "apu").await;
    browser.verify_by_mail(&stage, PERSON, MAIL).await;
    browser.open_private_page().await;
    assert_eq!(browser.eval(TIME_SHOWN).await, false);
    stage.clock.advance(Seconds(8 * 60 + 30));
    browser.client.refresh().await.unwrap();
    browser.until(TIME_SHOWN).await;
    browser.pictures("page-6-time", &[DESKTOP, PHONE_DARK]).await;
    // The check counts for ten minutes, so more time would end in a refusal.
    assert_eq!(browser.eval("document.querySelector('[data-extend]')").await, json!(null));
    stage.clock.advance(Seconds::minutes(2));
    browser.client.refresh().await.unwrap();
    browser.until_says("Time is over, and this page has closed").await;
    browser.pictures("page-7-expired", &[DESKTOP, PHONE_DARK]).await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn security_questions_have_a_page_and_as_much_time_as_they_need() {
    let stage = Stage::demo().await;
    let browser = Chromium::start().await;
    browser.begin(&stage, "apu").await;
    browser.answer(ASKED).await;
    browser.choose("security questions").await;
    browser.press("Open the private page").await;
    browser.to_new_tab(2).await;
    browser.until("document.querySelector('#answer-0')").await;
    browser.press("Send answers").await;
    browser.until("document.querySelectorAll('[data-summary] li').length === 3").await;
    browser.pictures("page-8-answers", &[DESKTOP, PHONE_DARK]).await;
    // The chat was told 15 minutes; the page may be open as long as that.
    stage.clock.advance(Seconds(8 * 60 + 30));
    browser.client.goto(&stage.address("/page")).await.unwrap();
    browser.until(TIME_SHOWN).await;
    browser.press("I need more time").await;
    browser.until_says("You have more time now").await;
    stage.clock.advance(Seconds::minutes(5));
    browser.client.refresh().await.unwrap();
    browser.until("document.querySelector('#answer-0')").await;
    assert_eq!(browser.eval(TIME_SHOWN).await, false);
    for n in 0..3 {
        let label = browser.eval(&format!("document.querySelector('label[for=answer-{n}]').textContent")).await;
        let (_, answer) = ANSWERS.iter().find(|(key, _)| label.as_str().unwrap().contains(WORDS[key_at(key)])).unwrap();
        browser.fill(&format!("#answer-{n}"), answer).await;
    }
    browser.press("Send answers").await;
    browser.until_says("Your entry was received").await;
    // A question never suffices alone: the chat asks for one more check.
    browser.to_tab(0).await;
    browser.until("[...document.querySelectorAll('.turn.bot')].at(-1).querySelector('.choices')").await;
    browser.close().await;
}

/// What the wording of each question has, in the order of `ANSWERS`.
const WORDS: [&str; 3] = ["first school", "best friend", "first job"];

fn key_at(key: &str) -> usize {
    ANSWERS.iter().position(|(known, _)| *known == key).unwrap()
}

const TIME_SHOWN: &str = "document.querySelector('[data-time]').checkVisibility()";

impl Chromium {
    /// A value of the person's card.
    async fn card(&self, label: &str) -> String {
        let find = format!(
            "[...document.querySelectorAll('.person dt')].find((d) => d.textContent === {}).parentElement.querySelector('.value').textContent",
            json!(label)
        );
        self.eval(&find).await.as_str().unwrap().to_owned()
    }

    /// Signs in on the demo's panel; the class of the answer.
    pub async fn sign_in(&self, password: &str) -> String {
        self.eval("document.querySelector('[data-result]').replaceChildren(), 1").await;
        self.fill("#password", password).await;
        self.click("[data-sign-in] button").await;
        self.until("document.querySelector('[data-result] p')").await;
        self.eval("document.querySelector('[data-result] p').className").await.as_str().unwrap().to_owned()
    }
}
