//! People who use the pages in their own way: without scripts, by keyboard, on a narrow screen, in another language.

use fantoccini::Locator;

use super::stage::Stage;
use super::steps::NEW_PASSWORD;
use crate::support::chromium::{Chromium, NARROW, PHONE};

const PERSON: &str = "aisyah@mail.apu.edu.my";
const MAIL: &str = "aisyah.rahman@mail.example";

#[tokio::test(flavor = "multi_thread")]
async fn without_scripts_the_whole_way_works() {
    let stage = Stage::demo().await;
    let browser = Chromium::start().await;
    browser.without_scripts().await;
    browser.open(&stage.address("/chat/apu")).await;
    browser.press("I forgot my password").await;
    browser.send_plain(PERSON).await;
    browser.press_plain("Email").await;
    browser.send_plain(MAIL).await;
    let code = stage.code(MAIL, 0).await;
    browser.send_plain(&code).await;
    browser.picture("no-script-chat").await;
    browser.press("Open the private page").await;
    browser.to_new_tab(2).await;
    browser.without_scripts().await;
    browser.type_password(NEW_PASSWORD, "another-Secret-9").await;
    browser.press("Save new password").await;
    browser.click("[data-summary] a[href='#again']").await;
    browser.type_password(NEW_PASSWORD, NEW_PASSWORD).await;
    browser.picture("no-script-page").await;
    browser.press("Save new password").await;
    browser.click("a.button[href^='https://']").await;
    assert!(stage.house.lets_in("apu", PERSON, NEW_PASSWORD).await);
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn by_keyboard_alone() {
    let (tab, enter) = ("\u{e004}", "\u{e007}");
    let stage = Stage::demo().await;
    let browser = Chromium::start().await;
    browser.open(&stage.address("/chat/apu")).await;
    browser.tab_to("I forgot my password").await;
    browser.keys(enter).await;
    browser.until("document.querySelector('.turn.bot[data-input]')").await;
    browser.tab_to("#text").await;
    browser.keys(&format!("{PERSON}{enter}")).await;
    browser.until("document.querySelector('.choice')").await;
    // The field keeps the focus, and a choice's number can be typed.
    assert_eq!(browser.eval("document.activeElement.id").await, "text");
    let turns = browser.turns().await;
    browser.keys(&format!("1{enter}")).await;
    browser.asked_after(turns).await;
    let turns = browser.turns().await;
    browser.keys(&format!("{MAIL}{enter}")).await;
    browser.asked_after(turns).await;
    let code = stage.code(MAIL, 0).await;
    browser.keys(&format!("{code}{enter}")).await;
    browser.until("document.querySelector('.open-page')").await;
    browser.tab_to("Open the private page").await;
    browser.keys(enter).await;
    browser.to_new_tab(2).await;
    browser.tab_to("#password").await;
    browser.keys(&format!("{NEW_PASSWORD}{tab}{NEW_PASSWORD}{enter}")).await;
    browser.until_says("Your password has been changed").await;
    assert!(stage.house.lets_in("apu", PERSON, NEW_PASSWORD).await);
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_scrolls_sideways_at_320_pixels() {
    let stage = Stage::demo().await;
    let browser = Chromium::start().await;
    browser.look(NARROW).await;
    browser.open(&stage.address("/chat/imu")).await;
    browser.fits("welcome").await;
    browser.begin(&stage, "apu").await;
    browser.answer(PERSON).await;
    browser.fits("choices").await;
    // With so little height nothing sticks over the conversation.
    assert_eq!(browser.eval("getComputedStyle(document.querySelector('.composer')).position").await, "static");
    browser.choose("Email").await;
    browser.answer(MAIL).await;
    let code = stage.code(MAIL, 0).await;
    browser.answer(&code).await;
    browser.fits("private page offered").await;
    browser.picture("narrow-chat").await;
    browser.open_private_page().await;
    browser.look(NARROW).await;
    browser.type_password("short", "other").await;
    browser.press("Save new password").await;
    browser.until("document.querySelector('[data-summary]')").await;
    browser.fits("private page with errors").await;
    browser.picture("narrow-page").await;
    browser.open(&stage.address("/?tenant=imu")).await;
    browser.fits("demo").await;
    browser.picture("narrow-demo").await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn changing_the_language_in_the_middle_loses_nothing() {
    let stage = Stage::demo().await;
    let browser = Chromium::start().await;
    browser.begin(&stage, "apu").await;
    browser.answer(PERSON).await;
    browser.choose("Email").await;
    browser.press("Bahasa Melayu").await;
    browser.until("document.documentElement.lang === 'ms'").await;
    browser.until_says("Jawapan anda").await;
    browser.pictures("malay-chat", &[PHONE]).await;
    browser.answer(MAIL).await;
    let code = stage.code(MAIL, 0).await;
    browser.answer(&code).await;
    browser.press("Buka halaman peribadi").await;
    browser.to_new_tab(2).await;
    browser.until("document.querySelector('#password')").await;
    assert_eq!(browser.eval("document.documentElement.lang").await, "ms");
    browser.pictures("malay-page", &[PHONE]).await;
    browser.type_password(NEW_PASSWORD, NEW_PASSWORD).await;
    browser.press("Simpan kata laluan baharu").await;
    browser.until_says("Kata laluan anda telah ditukar").await;
    assert!(stage.house.lets_in("apu", PERSON, NEW_PASSWORD).await);
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn right_to_left_pages_are_mirrored() {
    let stage = Stage::demo().await;
    let browser = Chromium::start().await;
    browser.begin(&stage, "apu").await;
    browser.answer(PERSON).await;
    browser.eval("document.documentElement.dir = 'rtl', document.querySelectorAll('.turn').forEach((t) => { t.dir = 'rtl'; })").await;
    let side = |css: &str| {
        format!(
            "(() => {{ const r = document.querySelector('{css}').getBoundingClientRect(); return (r.left + r.right) / 2 - innerWidth / 2; }})()"
        )
    };
    let centre = async |css: &str| browser.eval(&side(css)).await.as_f64().unwrap();
    assert!(centre(".brand").await > 0.0 && centre(".turn.bot .bubble").await > 0.0);
    assert!(centre(".turn.me .bubble").await < 0.0 && centre(".composer .row button").await < 0.0);
    browser.pictures("rtl-chat", &[PHONE]).await;
    browser.fits("mirrored").await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_was_left_open_over_a_restart_goes_on_by_itself() {
    let stage = Stage::demo().await;
    let browser = Chromium::start().await;
    browser.begin(&stage, "apu").await;
    browser.answer(PERSON).await;
    // What a restart does to a page: its stream ends, and the next one knows nothing of its place.
    stage.channel.forget_all();
    browser.eval("window.dispatchEvent(new Event('pagehide')), location.reload(), 1").await;
    browser.until("document.querySelectorAll('.turn').length < 3 && document.querySelector('.choice')").await;
    browser.choose("Email").await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_tabs_of_one_chat_show_the_same() {
    let stage = Stage::demo().await;
    let browser = Chromium::start().await;
    browser.begin(&stage, "apu").await;
    browser.eval("window.open(location.href), 1").await;
    browser.to_new_tab(2).await;
    browser.answer(PERSON).await;
    browser.to_tab(0).await;
    browser.until("document.querySelector('.choice')").await;
    assert_eq!(browser.eval("document.querySelectorAll('.turn.me').length").await, 1);
    assert!(!browser.text().await.contains(PERSON), "what was typed elsewhere is not shown here");
    browser.close().await;
}

impl Chromium {
    /// Sends an answer on a page without scripts and waits for the next page.
    async fn send_plain(&self, text: &str) {
        let nonce = self.attribute("[data-composer] [name=nonce]", "value").await;
        self.fill("#text", text).await;
        self.click("[data-composer] button").await;
        let fresh = format!("[data-composer] [name=nonce]:not([value='{nonce}'])");
        self.client.wait().for_element(Locator::Css(&fresh)).await.unwrap();
    }

    /// Presses a choice on a page without scripts and waits for the next page.
    async fn press_plain(&self, words: &str) {
        let nonce = self.attribute("[data-composer] [name=nonce]", "value").await;
        self.press(words).await;
        let fresh = format!("[data-composer] [name=nonce]:not([value='{nonce}'])");
        self.client.wait().for_element(Locator::Css(&fresh)).await.unwrap();
    }

    /// Presses Tab until something has the focus: a selector that begins with `#`, or words of a button or link. What
    /// has the focus must be seen to have it.
    async fn tab_to(&self, what: &str) {
        for _ in 0..40 {
            self.keys("\u{e004}").await;
            let focus = "(() => { const e = document.activeElement; const s = getComputedStyle(e); \
                 return [e.id, e.matches('button, a') ? e.innerText : '', parseFloat(s.outlineWidth), s.outlineStyle]; })()";
            let focus = self.eval(focus).await;
            let (id, text) = (focus[0].as_str().unwrap(), focus[1].as_str().unwrap());
            if what.strip_prefix('#').is_some_and(|wanted| wanted == id) || text.contains(what) {
                assert!(focus[2].as_f64().unwrap() >= 2.0 && focus[3] != "none", "the focus cannot be seen: {focus}");
                return;
            }
        }
        panic!("Tab never reaches {what}");
    }

    async fn fits(&self, page: &str) {
        let wide = self
            .eval(
                "[...document.querySelectorAll('body *')].filter((e) => !e.closest('.unseen, .skip, .scroll') \
                 && e.getBoundingClientRect().right > innerWidth + 1).map((e) => e.tagName + '.' + e.className).slice(0, 5)",
            )
            .await;
        let scroll = self.eval("document.documentElement.scrollWidth - innerWidth").await;
        assert!(scroll.as_f64().unwrap() <= 0.0 && wide.as_array().unwrap().is_empty(), "{page}: {scroll} px, {wide}");
    }
}
