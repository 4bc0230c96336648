//! Private pages and notices by their routes, without scripts, and as link previewers and thieves use them.

use reqwest::Method;

use super::visitor::{Answer, Visitor};
use ringback::model::time::Seconds;
use ringback::ports::clock::Clock;

use crate::browser::stage::Stage;
use crate::browser::steps::NEW_PASSWORD;

const PERSON: &str = "aisyah@mail.apu.edu.my";
const MAIL: &str = "aisyah.rahman@mail.example";
const MOBILE: &str = "+447700900100";
const PREVIEWERS: [&str; 5] =
    ["TelegramBot (like TwitterBot)", "Discordbot/2.0", "Slackbot-LinkExpanding 1.0", "SkypeUriPreview", "MSOffice 16"];

/// Up to the offer of a private page; verified by mail.
async fn verified(stage: &Stage, visitor: &mut Visitor) -> Answer {
    let before = stage.house.messages(MAIL).len();
    let page = visitor.begin("apu").await;
    let page = visitor.say("apu", &page, "text", PERSON).await;
    let page = visitor.say("apu", &page, "pick", &page.token("Email")).await;
    let page = visitor.say("apu", &page, "text", MAIL).await;
    let code = stage.code(MAIL, before).await;
    visitor.say("apu", &page, "text", &code).await
}

/// The cookies of a browser that runs a chat and has opened its page.
pub async fn opened_page(stage: &Stage) -> Vec<(String, String)> {
    let mut visitor = Visitor::of(stage);
    let (link, _) = verified(stage, &mut visitor).await.private_page();
    visitor.submit(&link, &[]).await;
    visitor.cookies.into_iter().collect()
}

async fn set_password(visitor: &mut Visitor, form: &Answer, password: &str, again: &str) -> Answer {
    let nonce = form.field("form");
    visitor.post("/page", &[("form", &nonce), ("password", password), ("again", again)]).await
}

#[tokio::test]
async fn g11_looking_at_a_link_changes_nothing_and_the_first_post_uses_it_up() {
    let stage = Stage::demo().await;
    let mut person = Visitor::of(&stage);
    let (link, short_code) = verified(&stage, &mut person).await.private_page();
    let methods = [Method::GET, Method::HEAD, Method::OPTIONS];
    for n in 0..60 {
        let mut bot = Visitor::of(&stage);
        let method = methods[n % methods.len()].clone();
        let expected = if method == Method::OPTIONS { 405 } else { 200 };
        let look = bot.request(method, &link).header("user-agent", PREVIEWERS[n % PREVIEWERS.len()]);
        let seen = bot.take(look).await;
        assert_eq!((seen.status, seen.set.len()), (expected, 0));
    }
    println!("60 looks by GET, HEAD and OPTIONS, then one POST: the link worked once");
    // Whoever presses the button without the code is asked for it; nothing is bound to them.
    let mut thief = Visitor::of(&stage);
    let asked = thief.post(&link, &[]).await;
    assert_eq!((asked.status, asked.set.len()), (200, 0));
    assert!(asked.body.contains("name=\"code\""));

    // On another device than the chat, with the short code.
    let mut phone = Visitor::of(&stage);
    let opened = phone.post(&link, &[("code", &short_code)]).await;
    assert_eq!((opened.status, opened.location.as_deref()), (303, Some("/page?at=apu")));
    assert!(opened.set[0].contains("HttpOnly; SameSite=Strict"), "{:?}", opened.set);
    let form = phone.get("/page").await;
    assert!(form.body.contains("autocomplete=\"new-password\"") && form.body.contains("autocomplete=\"username\""));

    // The link is dead for everybody who comes after, with the right code too.
    assert_eq!(thief.post(&link, &[("code", &short_code)]).await.status, 410);
    assert_eq!(thief.get("/page").await.status, 410);
    assert_eq!(set_password(&mut phone, &form, NEW_PASSWORD, NEW_PASSWORD).await.status, 200);
    assert!(stage.house.lets_in("apu", PERSON, NEW_PASSWORD).await);
}

#[tokio::test]
async fn five_wrong_short_codes_end_a_link() {
    let stage = Stage::demo().await;
    let mut person = Visitor::of(&stage);
    let (link, short_code) = verified(&stage, &mut person).await.private_page();
    let wrong = if short_code == "0000" { "1111" } else { "0000" };
    let mut thief = Visitor::of(&stage);
    for left in ["4 tries", "3 tries", "2 tries", "1 try"] {
        let answer = thief.post(&link, &[("code", wrong)]).await;
        assert_eq!(answer.status, 422);
        assert!(answer.body.contains(left), "{left}: {}", answer.body);
    }
    assert_eq!(thief.post(&link, &[("code", wrong)]).await.status, 410);
    assert_eq!(thief.post(&link, &[("code", &short_code)]).await.status, 410);
    // A thief who burns the tries does not lock the person out: the chat's own browser needs none.
    assert_eq!(person.post(&link, &[]).await.status, 303);
}

#[tokio::test]
async fn the_chats_own_browser_takes_its_page_back() {
    let stage = Stage::demo().await;
    let mut person = Visitor::of(&stage);
    let (link, short_code) = verified(&stage, &mut person).await.private_page();
    let mut thief = Visitor::of(&stage);
    thief.post(&link, &[("code", &short_code)]).await;
    let stolen = thief.get("/page").await;
    assert!(stolen.body.contains("Choose a new password"));
    person.post(&link, &[]).await;
    assert_eq!(set_password(&mut thief, &stolen, NEW_PASSWORD, NEW_PASSWORD).await.status, 410);
    assert!(person.get("/page").await.body.contains("Choose a new password"));
    assert!(!stage.house.lets_in("apu", PERSON, NEW_PASSWORD).await);
}

#[tokio::test]
async fn the_chats_own_browser_needs_no_code_and_everything_works_without_scripts() {
    let stage = Stage::demo().await;
    let mut person = Visitor::of(&stage);
    let (link, _) = verified(&stage, &mut person).await.private_page();
    let form = person.submit(&link, &[]).await;
    assert!(form.body.contains("Choose a new password"), "{}", form.body);

    for (password, again, words) in [
        ("", "", "Type a new password"),
        (NEW_PASSWORD, "something-Else-1", "not the same"),
        ("short", "short", "At least 8 characters"),
    ] {
        let answer = set_password(&mut person, &form, password, again).await;
        assert_eq!(answer.status, 422);
        assert!(answer.body.contains(words) && answer.body.contains("role=\"alert\""), "{words}: {}", answer.body);
        assert!(!answer.body.contains("something-Else-1") && !answer.body.contains(NEW_PASSWORD), "no echo");
    }
    let saved = set_password(&mut person, &form, NEW_PASSWORD, NEW_PASSWORD).await;
    assert!(saved.body.contains("has been changed") && saved.body.contains("https://"), "{}", saved.body);
    assert!(saved.set[0].contains("Max-Age=0"), "the page's session ends: {:?}", saved.set);
    assert!(stage.house.lets_in("apu", PERSON, NEW_PASSWORD).await);
    // Reloading the result sends the form again: it is over, and nothing happens.
    assert_eq!(set_password(&mut person, &form, "another-Secret-9", "another-Secret-9").await.status, 410);
    assert!(stage.house.lets_in("apu", PERSON, NEW_PASSWORD).await);
}

#[tokio::test]
async fn a_page_takes_forms_of_its_own_session_only() {
    let stage = Stage::demo().await;
    let mut person = Visitor::of(&stage);
    let (link, _) = verified(&stage, &mut person).await.private_page();
    let form = person.submit(&link, &[]).await;
    let forged = [("form", "0123456789abcdef0123456789abcdef"), ("password", NEW_PASSWORD), ("again", NEW_PASSWORD)];
    for path in ["/page", "/page/judge", "/page/extend", "/page/decline"] {
        assert_eq!(person.post(path, &forged).await.status, 403, "{path}");
    }
    let nonce = form.field("form");
    let fields = [("form", nonce.as_str()), ("password", NEW_PASSWORD), ("again", NEW_PASSWORD)];
    let cross = person.request(Method::POST, "/page").header("origin", "https://evil.example").form(&fields);
    assert_eq!(person.take(cross).await.status, 403);
    assert!(!stage.house.lets_in("apu", PERSON, NEW_PASSWORD).await);
}

#[tokio::test]
async fn rules_are_judged_while_typing_by_the_policy_itself() {
    let stage = Stage::demo().await;
    let mut person = Visitor::of(&stage);
    let (link, _) = verified(&stage, &mut person).await.private_page();
    let form = person.submit(&link, &[]).await;
    let nonce = form.field("form");
    let rules = person.post("/page/judge", &[("form", &nonce), ("password", "Sh0rt")]).await;
    let rules: serde_json::Value = serde_json::from_str(&rules.body).unwrap();
    let kept =
        |rule: &str| rules["rules"].as_array().unwrap().iter().find(|r| r["rule"] == rule).unwrap()["kept"].clone();
    assert_eq!((kept("min"), kept("classes")), (false.into(), true.into()));
    assert!(form.body.contains("data-rule=\"min\"") && form.body.contains("data-rule=\"classes\""), "{}", form.body);
}

#[tokio::test]
async fn giving_up_changes_nothing_and_goes_back_to_the_chat() {
    let stage = Stage::demo().await;
    let mut person = Visitor::of(&stage);
    let chat = verified(&stage, &mut person).await;
    let (link, _) = chat.private_page();
    let form = person.submit(&link, &[]).await;
    let nonce = form.field("form");
    let stopped = person.post("/page/decline", &[("form", &nonce)]).await;
    assert!(stopped.body.contains("Nothing was changed"), "{}", stopped.body);
    assert_eq!(person.get("/page").await.status, 410);
    stage.runtime.inbox().drained().await;
    assert!(person.get("/chat/apu").await.bot_turns() > chat.bot_turns(), "the chat goes on");
}

#[tokio::test]
async fn addresses_that_leave_us_do_not_come_from_the_request() {
    let stage = Stage::demo().await;
    let mut person = Visitor::of(&stage);
    let spoof = |request: reqwest::RequestBuilder| {
        request
            .header("x-forwarded-host", "evil.example")
            .header("x-forwarded-proto", "https")
            .header("forwarded", "host=evil.example;proto=https")
            .header("x-host", "evil.example")
            .header("x-original-host", "evil.example")
    };
    let (link, _) = verified(&stage, &mut person).await.private_page();
    let page = person.take(spoof(person.request(Method::GET, &link))).await;
    assert!(!page.body.contains("evil"));
    let opened = person.take(spoof(person.request(Method::POST, &link)).form(&[("x", "y")])).await;
    assert_eq!(opened.location.as_deref(), Some("/page?at=apu"));
    let form = person.get("/page").await;
    set_password(&mut person, &form, NEW_PASSWORD, NEW_PASSWORD).await;
    stage.runtime.inbox().drained().await;
    let notice = stage.house.messages(MAIL).pop().unwrap().text;
    assert!(notice.contains(&format!("{}/not-me/", stage.origin)) && !notice.contains("evil"), "{notice}");
}

#[tokio::test]
async fn g27_every_address_is_told_at_once_and_not_me_freezes_self_service() {
    let stage = Stage::demo().await;
    let mut person = Visitor::of(&stage);
    let (link, _) = verified(&stage, &mut person).await.private_page();
    let form = person.submit(&link, &[]).await;
    set_password(&mut person, &form, NEW_PASSWORD, NEW_PASSWORD).await;
    stage.runtime.inbox().drained().await;
    // Both addresses that are registered, by the machine's own clock within the minute that is promised.
    let set = stage.clock.now();
    for to in [MAIL, MOBILE] {
        let told = stage.house.messages(to).pop().unwrap_or_else(|| panic!("{to} was not told"));
        assert!(told.text.contains("/not-me/"), "{to}: {}", told.text);
        assert!(told.at.0 + 60_000 > set.0, "{to}");
    }
    println!("2 of 2 registered addresses were told within a minute");
    let notice = stage.house.messages(MAIL).pop().unwrap().text;
    let path = notice.split(&stage.origin).nth(1).unwrap().split_whitespace().next().unwrap().to_owned();

    let mut owner = Visitor::of(&stage);
    for method in [Method::GET, Method::HEAD, Method::OPTIONS].into_iter().cycle().take(9) {
        let look = owner.take(owner.request(method.clone(), &path)).await;
        let expected = if method == Method::OPTIONS { 405 } else { 200 };
        assert_eq!(look.status, expected);
        assert!(method != Method::GET || look.body.matches("<button").count() == 1, "{}", look.body);
    }
    // Looked at, not pressed: the next reset works.
    let mut again = Visitor::of(&stage);
    verified(&stage, &mut again).await.private_page();

    for _ in 0..2 {
        let done = owner.post(&path, &[]).await;
        assert!(done.status == 200 && done.body.contains("Self-service is stopped"), "{}", done.body);
    }
    let mut later = Visitor::of(&stage);
    let before = stage.house.messages(MAIL).len();
    let page = later.begin("apu").await;
    let page = later.say("apu", &page, "text", PERSON).await;
    // The name now looks like an unknown one: whatever it offers, nothing reaches this person.
    if page.body.contains("Email") && page.body.contains("name=\"pick\"") {
        let page = later.say("apu", &page, "pick", &page.token("Email")).await;
        later.say("apu", &page, "text", MAIL).await;
    }
    stage.runtime.inbox().drained().await;
    assert_eq!(stage.house.messages(MAIL).len(), before, "a frozen account gets no codes");
    assert_eq!(owner.get("/not-me/AAAA").await.status, 410);
}

#[tokio::test]
async fn a_page_says_until_when_it_is_open_warns_in_time_and_gives_more_where_it_may() {
    let stage = Stage::demo().await;
    let mut person = Visitor::of(&stage);
    let (link, _) = verified(&stage, &mut person).await.private_page();
    let form = person.submit(&link, &[]).await;
    assert!(form.body.contains("This page stays open until"), "{}", form.body);
    let notice = |body: &str| body.split("data-time").nth(1).unwrap().split('>').next().unwrap().to_owned();
    assert!(notice(&form.body).contains("hidden"), "with ten minutes left nothing presses");
    // The checks were passed a moment before the page: two minutes before their end, and no more time to be had.
    stage.clock.advance(Seconds(8 * 60 + 30));
    let late = person.get("/page?at=apu").await;
    assert!(!notice(&late.body).contains("hidden"), "{}", late.body);
    assert!(late.body.contains("less than 2 minutes") && late.body.contains("do the checks again"), "{}", late.body);
    let nonce = late.field("form");
    let more = person.post("/page/extend?at=apu", &[("form", &nonce)]).await;
    assert_eq!(more.location.as_deref(), Some("/page?at=apu"), "asking for more is no fault");
    let saved = set_password(&mut person, &late, NEW_PASSWORD, NEW_PASSWORD).await;
    assert_eq!(saved.status, 200, "what is sent in time counts");
}

#[tokio::test]
async fn when_time_is_over_the_page_says_so_and_leads_back_to_the_chat_which_goes_on() {
    let stage = Stage::demo().await;
    let mut person = Visitor::of(&stage);
    let chat = verified(&stage, &mut person).await;
    let (link, _) = chat.private_page();
    let form = person.submit(&link, &[]).await;
    assert!(form.body.contains("data-over") && form.body.contains("what you typed was wiped"), "{}", form.body);
    stage.clock.advance(Seconds(11 * 60));
    let nonce = form.field("form");
    let fields = [("form", nonce.as_str()), ("password", NEW_PASSWORD), ("again", NEW_PASSWORD)];
    let over = person.post("/page?at=apu", &fields).await;
    assert_eq!(over.status, 410);
    assert!(over.body.contains("Time is over") && over.body.contains("Nothing was changed"), "{}", over.body);
    assert!(over.body.contains("href=\"/chat/apu\"") && over.body.contains("Asia Pacific University"));
    assert!(!stage.house.lets_in("apu", PERSON, NEW_PASSWORD).await);
    // The chat goes on without asking for the name again: the ways to verify are offered anew.
    let again = person.get("/chat/apu").await;
    let again = person.say("apu", &again, "command", "repeat").await;
    assert!(again.bot_turns() > chat.bot_turns() && again.body.contains("name=\"pick\""), "{}", again.body);
    // On a device without that chat there is nothing to go back to by a press.
    let mut phone = Visitor::of(&stage);
    let elsewhere = phone.get("/page?at=apu").await;
    assert_eq!(elsewhere.status, 410);
    assert!(elsewhere.body.contains("device with the chat") && !elsewhere.body.contains("href=\"/chat/apu\""));
    assert!(phone.get("/page?at=nobody").await.body.contains("This page has closed"));
}
