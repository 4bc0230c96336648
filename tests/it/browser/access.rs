//! What assistive technology needs, on every page: names, roles, headings, languages, contrast, sizes.

use serde_json::Value;

use super::stage::Stage;
use crate::support::chromium::{Chromium, DESKTOP, DESKTOP_DARK};

const PERSON: &str = "aisyah@mail.apu.edu.my";
const MAIL: &str = "aisyah.rahman@mail.example";

/// Faults of the page that is open, as sentences.
const AUDIT: &str = include_str!("access.js");

#[tokio::test(flavor = "multi_thread")]
async fn every_page_is_sound_in_light_and_dark() {
    let stage = Stage::demo().await;
    let browser = Chromium::start().await;
    for path in ["/chat/apu", "/widget/imu", "/nowhere", "/page", "/not-me/AAAA", "/?tenant=aps"] {
        browser.open(&stage.address(path)).await;
        browser.sound(path).await;
    }
    browser.begin(&stage, "apu").await;
    browser.sound("first question").await;
    browser.answer(PERSON).await;
    browser.sound("choices").await;
    browser.choose("Email").await;
    browser.answer(MAIL).await;
    browser.sound("code").await;
    let code =
        browser.eval("[document.querySelector('#text').inputMode, document.querySelector('#text').autocomplete]").await;
    assert_eq!(code, serde_json::json!(["numeric", "one-time-code"]));
    let code = stage.code(MAIL, 0).await;
    browser.answer(&code).await;
    browser.sound("private page offered").await;
    browser.open_private_page().await;
    browser.sound("password").await;
    browser.type_password("short", "other").await;
    browser.press("Save new password").await;
    browser.until("document.querySelector('[data-summary]')").await;
    browser.sound("password with errors").await;
    // Errors are announced and lead to their field.
    assert_eq!(browser.eval("document.activeElement.getAttribute('role')").await, "alert");
    assert_eq!(browser.eval("document.querySelector('#again').getAttribute('aria-describedby')").await, "again-fault");
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_audit_itself_finds_what_is_wrong() {
    let stage = Stage::demo().await;
    let browser = Chromium::start().await;
    browser.open(&stage.address("/chat/apu")).await;
    let spoil = "(() => { document.documentElement.lang = ''; const main = document.querySelector('main'); \
        main.insertAdjacentHTML('beforeend', '<input id=x><button></button><img src=/favicon.ico><h4>deep</h4><a href=\"#nowhere\">x</a>'); \
        document.querySelector('h1').style.color = getComputedStyle(document.querySelector('.card')).backgroundColor; return 1; })()";
    browser.eval(spoil).await;
    let found = browser.faults().await;
    for fault in ["no language", "no label", "no name", "no alternative", "skips", "contrast", "leads nowhere"] {
        assert!(found.iter().any(|sentence| sentence.contains(fault)), "{fault} not in {found:#?}");
    }
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_are_announced_as_they_come() {
    let stage = Stage::demo().await;
    let browser = Chromium::start().await;
    browser.begin(&stage, "apu").await;
    let log = browser.eval("(() => { const l = document.querySelector('[role=log]'); return [l.getAttribute('aria-live'), l.getAttribute('aria-label')]; })()").await;
    assert_eq!(log, serde_json::json!(["polite", "Conversation"]));
    browser.answer(PERSON).await;
    let last = browser.eval("document.querySelector('[role=log] .turn.bot:last-of-type').textContent").await;
    assert!(
        last.as_str().unwrap().contains("Asia Pacific University says:"),
        "a speaker for those who do not see it: {last}"
    );
    assert_eq!(
        browser.eval("document.querySelector('[role=log] .turn.me').textContent").await,
        format!("You said: {PERSON}")
    );
    browser.close().await;
}

impl Chromium {
    async fn sound(&self, page: &str) {
        for look in [DESKTOP, DESKTOP_DARK] {
            self.look(look).await;
            let faults = self.faults().await;
            assert!(faults.is_empty(), "{page}, {}: {faults:#?}", look.name);
        }
        self.look(DESKTOP).await;
    }

    async fn faults(&self) -> Vec<String> {
        let Value::Array(faults) = self.client.execute(AUDIT, vec![]).await.unwrap() else { panic!("no list") };
        faults.into_iter().map(|fault| fault.as_str().unwrap().to_owned()).collect()
    }
}
