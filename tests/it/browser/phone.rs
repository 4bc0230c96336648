//! The telephone of the demo, in the program as somebody starts it: it is called by the chat beside it.

use serde_json::json;

use super::program::Demo;
use super::steps::NEW_PASSWORD;
use crate::support::chromium::{Chromium, DESKTOP, PHONE};

/// Up to the ringing telephone: the pair that the chat shows.
async fn called(browser: &Chromium, demo: &Demo, person: &str, mobile: &str) -> String {
    browser.open(&format!("http://127.0.0.1:{}/?tenant=apu&person={person}", demo.port)).await;
    browser.client.enter_frame(0).await.unwrap();
    browser.press("I forgot my password").await;
    browser.until("document.querySelector('.turn.bot[data-input]')").await;
    browser.answer(person).await;
    browser.choose("Call my mobile").await;
    let before = browser.turns().await;
    browser.fill("#text", mobile).await;
    browser.click("[data-composer] button").await;
    pair(browser, before).await
}

/// The chat is asked to call once more.
async fn again(browser: &Chromium) -> String {
    // The telephone still rings for the page until it hears that the other side gave up.
    browser.until("document.querySelector('[data-rings]').hidden").await;
    browser.client.enter_frame(0).await.unwrap();
    let before = browser.turns().await;
    // The chat still scrolls, and a button under a finger that moves is no button.
    let newest =
        "[...document.querySelectorAll('button.choice')].findLast((b) => b.textContent.includes('Call me again'))";
    browser.until(newest).await;
    browser.eval(&format!("{newest}.click(), 1")).await;
    pair(browser, before).await
}

/// The two digits that the chat shows after so many turns, when the telephone rings.
async fn pair(browser: &Chromium, before: u64) -> String {
    let shown = format!(
        "[...document.querySelectorAll('.turn')].slice({before}).map((t) => t.innerText.match(/there: (\\d) ?(\\d)/)).find((m) => m)"
    );
    browser.until(&shown).await;
    let pair = browser.eval(&format!("{shown}.slice(1).join('')")).await;
    browser.client.enter_parent_frame().await.unwrap();
    browser.until("!document.querySelector('[data-rings]').hidden").await;
    pair.as_str().unwrap().to_owned()
}

async fn key(browser: &Chromium, keys: &str) {
    for key in keys.chars() {
        browser.click(&format!("[data-key={}]", json!(key.to_string()))).await;
    }
}

async fn hears(browser: &Chromium, words: &str) {
    browser.until(&format!("document.querySelector('[data-heard]').innerText.includes({})", json!(words))).await;
}

async fn chat_says(browser: &Chromium, words: &str) {
    browser.client.enter_frame(0).await.unwrap();
    browser.until_says(words).await;
    browser.client.enter_parent_frame().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_chat_calls_the_telephone_beside_it() {
    let demo = Demo::start(0);
    let browser = Chromium::start().await;
    called(&browser, &demo, "aisyah@mail.apu.edu.my", "+447700900100").await;
    browser.pictures("demo-6-rings", &[DESKTOP]).await;
    // A mailbox picks up: it hears nothing that helps it, and the chat says so and what can be done.
    browser.press("Let the mailbox answer").await;
    chat_says(&browser, "The call ended before the two digits were keyed in").await;
    // Nobody picks up: it rings for 25 s.
    again(&browser).await;
    chat_says(&browser, "Nobody answered the call").await;
    let pair = again(&browser).await;
    browser.press("Answer").await;
    hears(&browser, "Asia Pacific University").await;
    key(&browser, &pair).await;
    hears(&browser, "Please go on where you began").await;
    hears(&browser, "The call is over").await;
    browser.pictures("demo-7-called", &[DESKTOP]).await;
    chat_says(&browser, "Open the private page").await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_called_can_say_that_it_was_not_them() {
    let demo = Demo::start(0);
    let browser = Chromium::start().await;
    called(&browser, &demo, "devi@apu.edu.my", "+447700900102").await;
    browser.press("Decline").await;
    chat_says(&browser, "The line was busy").await;
    let pair = again(&browser).await;
    browser.press("Answer").await;
    hears(&browser, "press nine").await;
    // Other digits first: they are not the ones, and the call goes on.
    let other = if pair == "12" { "34" } else { "12" };
    key(&browser, other).await;
    hears(&browser, "Those were other digits").await;
    key(&browser, "9").await;
    // Two digits are waited for; the silence after one ends the entry.
    hears(&browser, "The request is stopped").await;
    chat_says(&browser, "service desk").await;
    browser.until("document.querySelector('[data-happened]').innerText.includes('Self-service is stopped')").await;
    browser.close().await;
}

/// A new password at the sign-in, typed twice.
async fn renew(browser: &Chromium, password: &str, again: &str) {
    browser.fill("#fresh", password).await;
    browser.fill("#fresh-again", again).await;
    browser.eval("document.querySelector('[data-result] > *').textContent = '', 1").await;
    browser.click("[data-change] button").await;
}

/// One key of a menu; the answer of the network is awaited by what the telephone says next.
async fn keyed(browser: &Chromium, keys: &str, then: &str) {
    key(browser, keys).await;
    hears(browser, then).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_gets_a_passphrase_by_keys_alone_and_has_to_change_it() {
    let demo = Demo::start(0);
    let browser = Chromium::start().await;
    browser.open(&format!("http://127.0.0.1:{}/?tenant=apu&person=aisyah@mail.apu.edu.my", demo.port)).await;
    browser.press("Call").await;
    hears(&browser, "For English, press one").await;
    keyed(&browser, "1", "If you forgot your password, press two").await;
    keyed(&browser, "2", "key in your student or staff number").await;
    keyed(&browser, "10002301#", "To get a text message").await;
    keyed(&browser, "2", "key in the whole number").await;
    keyed(&browser, "447700900100#", "Please key in the 8 digits").await;
    browser.until("document.querySelector('[data-sent] .found .code')").await;
    let code = browser.eval("document.querySelector('[data-sent] .found .code').textContent").await;
    keyed(&browser, code.as_str().unwrap(), "I sent a link").await;
    keyed(&browser, "1", "When you can write").await;
    keyed(&browser, "1", "Word 1:").await;
    let phrase = browser.eval("[...document.querySelectorAll('[data-heard] p')].map((p) => p.textContent).find((t) => t.startsWith('Small letters')).split(': ')[1]").await;
    for word in ["Word 2:", "Word 3:", "Word 4:", "after a hyphen, the digits"] {
        keyed(&browser, "1", word).await;
    }
    keyed(&browser, "1", "Now key in those two digits").await;
    let parts: Vec<&str> = phrase.as_str().unwrap().split("; ").collect();
    let figures = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];
    let figure = |name: &str| figures.iter().position(|figure| *figure == name).unwrap().to_string();
    let digits: String = parts[4].split(", ").map(figure).collect();
    keyed(&browser, &digits, "your password has been changed").await;
    hears(&browser, "The call is over").await;
    browser.pictures("demo-8-passphrase", &[DESKTOP, PHONE]).await;
    let passphrase = format!("{}-{digits}", parts[..4].join("-"));
    assert_eq!(browser.sign_in(&passphrase).await, "done");
    browser.until_says("have to choose a new password now").await;
    browser.pictures("demo-9-change", &[DESKTOP, PHONE]).await;
    // It opens the account for this alone: nothing else is offered until another one is chosen.
    for (password, again, said) in [
        ("quiet-Lantern-73", "quiet-Lantern-74", "The two passwords are not the same"),
        ("short", "short", "characters."),
        (&passphrase, &passphrase, "You have used it before"),
        (NEW_PASSWORD, NEW_PASSWORD, "The new password of aisyah@mail.apu.edu.my is set"),
    ] {
        renew(&browser, password, again).await;
        browser
            .until(&format!("document.querySelector('[data-result] > *').innerText.includes({})", json!(said)))
            .await;
    }
    assert_eq!(browser.eval("document.querySelector('[data-change]')").await, json!(null));
    assert_eq!(browser.sign_in(&passphrase).await, "refused");
    assert_eq!(browser.sign_in(NEW_PASSWORD).await, "done");
    assert_eq!(browser.eval("document.querySelector('[data-change]')").await, json!(null), "and once is enough");
    browser.close().await;
}
