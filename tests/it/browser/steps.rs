//! What people do in the chat and on the private page, as one line each.

use super::stage::Stage;
use crate::support::chromium::Chromium;

pub const NEW_PASSWORD: &str = "quiet-Lantern-73 by the sea";

impl Chromium {
    /// Opens the chat and presses its first button.
    pub async fn begin(&self, stage: &Stage, tenant: &str) {
        self.open(&stage.address(&format!("/chat/{tenant}"))).await;
        self.press("I forgot my password").await;
        self.until("document.querySelector('.turn.bot')").await;
    }

    /// Types an answer and waits for the next question.
    pub async fn answer(&self, text: &str) {
        let before = self.turns().await;
        self.fill("#text", text).await;
        self.click("[data-composer] button").await;
        self.asked_after(before).await;
    }

    /// Presses a choice and waits likewise.
    pub async fn choose(&self, label: &str) {
        let before = self.turns().await;
        self.press(label).await;
        self.asked_after(before).await;
    }

    pub async fn turns(&self) -> u64 {
        self.eval("document.querySelectorAll('.turn').length").await.as_u64().unwrap()
    }

    /// Waits until something is asked, or a private page offered, that was not there at so many turns.
    pub async fn asked_after(&self, turns: u64) {
        let asks = "(t) => t.matches('.bot[data-input]') || t.querySelector('.open-page')";
        self.until(&format!("[...document.querySelectorAll('.turn')].slice({turns}).some({asks})")).await;
    }

    /// From the first question to the offer of a private page, verified by mail. `code` comes from a mail that arrived
    /// after so many others.
    pub async fn verify_by_mail(&self, stage: &Stage, user_name: &str, mail: &str) {
        self.answer(user_name).await;
        self.choose("Email").await;
        let before = stage.house.messages(mail).len();
        self.answer(mail).await;
        let code = stage.code(mail, before).await;
        self.answer(&code).await;
    }

    /// Opens the private page from the chat; its tab is the new one.
    pub async fn open_private_page(&self) {
        let tabs = self.client.windows().await.unwrap().len();
        self.press("Open the private page").await;
        self.to_new_tab(tabs + 1).await;
        self.until("document.querySelector('#password')").await;
    }

    pub async fn type_password(&self, password: &str, again: &str) {
        self.fill("#password", password).await;
        self.fill("#again", again).await;
    }
}
