//! Every page once, in the looks that people see it in; the pictures lie in `target/screenshots`.

use super::stage::Stage;
use super::steps::NEW_PASSWORD;
use crate::support::chromium::{Chromium, DESKTOP, DESKTOP_DARK, Look, PHONE, PHONE_DARK};

const ALL: [Look; 4] = [DESKTOP, DESKTOP_DARK, PHONE, PHONE_DARK];
const MAIL: &str = "aisyah.rahman@mail.example";

#[tokio::test(flavor = "multi_thread")]
async fn a_reset_by_mail_page_by_page() {
    let stage = Stage::demo().await;
    let browser = Chromium::start().await;
    browser.open(&stage.address("/chat/apu")).await;
    browser.pictures("chat-1-welcome", &ALL).await;
    browser.begin(&stage, "apu").await;
    browser.pictures("chat-2-first-question", &ALL).await;
    browser.answer("aisyah@mail.apu.edu.my").await;
    browser.pictures("chat-3-methods", &ALL).await;
    browser.choose("Email").await;
    browser.answer(MAIL).await;
    browser.pictures("chat-4-code", &ALL).await;
    let code = stage.code(MAIL, 0).await;
    browser.answer(&code).await;
    browser.pictures("chat-5-private-page", &ALL).await;
    browser.open_private_page().await;
    browser.pictures("page-1-password", &ALL).await;
    browser.type_password("Short1", "Other1").await;
    browser.until("document.querySelector('[data-rule=min][data-kept=no]')").await;
    browser.pictures("page-2-typing", &ALL).await;
    browser.press("Save new password").await;
    browser.until("document.querySelector('[data-summary]')").await;
    browser.pictures("page-3-errors", &ALL).await;
    browser.type_password(NEW_PASSWORD, NEW_PASSWORD).await;
    browser.until("document.querySelector('[data-rule=min][data-kept=yes]')").await;
    browser.pictures("page-4-good", &ALL).await;
    browser.press("Save new password").await;
    browser.until_says("Your password has been changed").await;
    browser.pictures("page-5-saved", &ALL).await;
    browser.to_tab(0).await;
    browser.pictures("chat-6-end", &ALL).await;
    assert!(stage.house.lets_in("apu", "aisyah@mail.apu.edu.my", NEW_PASSWORD).await);
    browser.look(PHONE).await;
    browser.open(&stage.address("/?tenant=apu&person=aisyah@mail.apu.edu.my")).await;
    browser.pictures("demo-1-after", &ALL).await;
    browser.close().await;
}
