//! The browser chat by its routes, as a browser without scripts and as somebody who means ill.

use reqwest::Method;
use ringback::model::time::Seconds;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::visitor::{Answer, Visitor};
use crate::browser::stage::Stage;

/// Path, form and expected status.
type Case<'a> = (&'a str, &'a [(&'a str, &'a str)], u16);

const PERSON: &str = "aisyah@mail.apu.edu.my";

#[tokio::test]
async fn g24_no_cookie_before_the_first_button_and_a_new_one_after_the_checks() {
    let stage = Stage::demo().await;
    let mut visitor = Visitor::of(&stage);
    let welcome = visitor.get("/chat/apu").await;
    assert_eq!((welcome.status, welcome.set.len()), (200, 0));
    let first = visitor.begin("apu").await;
    assert!(first.bot_turns() > 0, "{}", first.body);
    let cookies: Vec<_> = visitor.cookies.keys().collect();
    assert_eq!(cookies.len(), 1, "{cookies:?}");
    assert!(cookies[0].starts_with("ringback-chat-"), "{cookies:?}");
    let before = visitor.cookies.values().next().unwrap().clone();
    // Addresses that set nothing, whoever looks: pages, pictures, links that lead nowhere.
    for path in ["/chat/imu", "/widget/apu", "/embed/apu.js", "/page", "/page/AAAA", "/not-me/AAAA", "/favicon.ico"] {
        let mut stranger = Visitor::of(&stage);
        assert_eq!(stranger.get(path).await.set.len(), 0, "{path}");
    }
    let after = super::pages::opened_page(&stage).await;
    assert_eq!(after.len(), 2, "the chat's and the page's: {after:?}");
    assert!(after.iter().all(|(name, _)| name.starts_with("ringback-")), "{after:?}");
    let values: std::collections::BTreeSet<&String> = after.iter().map(|(_, value)| value).chain([&before]).collect();
    assert_eq!(values.len(), 3, "what is verified gets an id of its own");
}

#[tokio::test]
async fn g22_what_is_typed_never_comes_back() {
    let stage = Stage::demo().await;
    let mut visitor = Visitor::of(&stage);
    let canary = "Canary-9f3e-Secret!";
    let mut page = visitor.begin("apu").await;
    page = visitor.say("apu", &page, "text", canary).await;
    assert!(!page.body.contains("9f3e"), "{}", page.body);
    page = visitor.say("apu", &page, "text", PERSON).await;
    page = visitor.say("apu", &page, "text", canary).await;
    assert!(!page.body.contains("9f3e"), "{}", page.body);
    assert!(!page.body.contains(PERSON), "nor what is no secret: {}", page.body);
    let live = stream(&stage, &visitor, "apu", "").await;
    assert!(live.contains("turn bot") && !live.contains("9f3e"), "{live}");
}

#[tokio::test]
async fn a_message_that_is_sent_twice_counts_once() {
    let stage = Stage::demo().await;
    let mut visitor = Visitor::of(&stage);
    let page = visitor.begin("apu").await;
    let once = visitor.say("apu", &page, "text", PERSON).await;
    let twice = visitor.say("apu", &page, "text", PERSON).await;
    assert_eq!(once.bot_turns(), twice.bot_turns(), "{}", twice.body);
    assert_eq!(twice.body.matches("class=\"turn me\"").count(), 1);
    // A new page has a new nonce, so the same words again are another answer.
    let third = visitor.say("apu", &twice, "text", PERSON).await;
    assert!(third.bot_turns() > twice.bot_turns());
}

#[tokio::test]
async fn a_form_of_somebody_else_changes_nothing() {
    let stage = Stage::demo().await;
    let (mut victim, mut other) = (Visitor::of(&stage), Visitor::of(&stage));
    let (page, foreign) = (victim.begin("apu").await, other.begin("apu").await);
    let forged = [("form", foreign.field("form")), ("nonce", "forged-nonce-1".to_owned()), ("text", PERSON.to_owned())];
    let answer = victim.post("/chat/apu/say", &forged.each_ref().map(|(n, v)| (*n, v.as_str()))).await;
    assert_eq!(answer.status, 403);
    let cross = victim.request(Method::POST, "/chat/apu/say").header("sec-fetch-site", "cross-site");
    let form = page.field("form");
    let cross = cross.form(&[("form", form.as_str()), ("nonce", "forged-nonce-2"), ("text", PERSON)]);
    assert_eq!(victim.take(cross).await.status, 403);
    assert_eq!(victim.get("/chat/apu").await.bot_turns(), page.bot_turns());
}

#[tokio::test]
async fn g20_a_button_works_for_its_owner_and_at_its_step_only() {
    let stage = Stage::demo().await;
    let (mut owner, mut other) = (Visitor::of(&stage), Visitor::of(&stage));
    let page = owner.begin("apu").await;
    let menu = owner.say("apu", &page, "text", PERSON).await;
    let token = menu.token("Text");
    let theirs = other.begin("apu").await;
    let theirs = other.say("apu", &theirs, "text", PERSON).await;
    let after = other.say("apu", &theirs, "pick", &token).await;
    assert!(after.body.contains("earlier question"), "{}", after.body);
    let asked = owner.say("apu", &menu, "pick", &token).await;
    assert!(!asked.body.contains("earlier question"), "{}", asked.body);
    let again = owner.say("apu", &asked, "pick", &token).await;
    assert!(again.body.contains("earlier question"), "{}", again.body);
}

#[tokio::test]
async fn malformed_requests_are_refused_and_change_nothing() {
    let stage = Stage::demo().await;
    let mut visitor = Visitor::of(&stage);
    let page = visitor.begin("apu").await;
    let form = page.field("form");
    let long = "x".repeat(1001);
    let nonce = "nonce-of-this-test";
    let cases: [Case; 8] = [
        ("/chat/apu/say", &[("form", &form), ("nonce", nonce)], 400),
        ("/chat/apu/say", &[("form", &form), ("nonce", "short"), ("text", "x")], 400),
        ("/chat/apu/say", &[("form", &form), ("nonce", nonce), ("text", &long)], 400),
        ("/chat/apu/say", &[("form", &form), ("nonce", nonce), ("command", "set_password")], 400),
        ("/chat/apu/say", &[("form", &form), ("nonce", nonce), ("language", "tlh")], 400),
        ("/chat/apu/say", &[("text", "x")], 422),
        ("/chat/apu/start", &[("nonce", nonce), ("purpose", "delete_everything")], 400),
        ("/chat/nobody/start", &[("nonce", nonce)], 404),
    ];
    for (path, fields, status) in cases {
        let answer = visitor.take(visitor.request(Method::POST, path).header("accept", "*/*").form(fields)).await;
        // What cannot be read is one refusal, whatever the extractor called it.
        let expected = if status == 422 { 400 } else { status };
        assert_eq!(answer.status, expected, "{path} {fields:?}");
    }
    assert_eq!(visitor.get("/chat/apu").await.bot_turns(), page.bot_turns());
}

#[tokio::test]
async fn a_page_goes_on_where_it_stopped() {
    let stage = Stage::demo().await;
    let mut visitor = Visitor::of(&stage);
    let page = visitor.begin("apu").await;
    let end = page.body.split("data-end=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    visitor.say("apu", &page, "text", PERSON).await;
    let missed = stream(&stage, &visitor, "apu", &end).await;
    assert!(missed.contains("event: line") && !missed.contains("event: anew"), "{missed}");
    assert_eq!(missed.matches("turn me").count(), 1, "{missed}");
    let elsewhere = stream(&stage, &visitor, "apu", "00000000000000aa-3").await;
    assert!(elsewhere.contains("event: anew"), "{elsewhere}");
}

#[tokio::test]
async fn after_a_restart_the_question_can_be_asked_for_again() {
    let stage = Stage::demo().await;
    let mut visitor = Visitor::of(&stage);
    visitor.begin("apu").await;
    // What a restart leaves: the conversation and the cookie, but no mailbox.
    stage.channel.forget_all();
    let page = visitor.get("/chat/apu").await;
    assert!(page.body.contains("value=\"repeat\"") && page.bot_turns() == 0, "{}", page.body);
    let page = visitor.say("apu", &page, "command", "repeat").await;
    assert!(page.body.contains("user name"), "{}", page.body);
}

#[tokio::test]
async fn leaving_clears_the_screen_and_the_session() {
    let stage = Stage::demo().await;
    let mut visitor = Visitor::of(&stage);
    let page = visitor.begin("apu").await;
    let form = page.field("form");
    let after = visitor.submit("/chat/apu/leave", &[("form", &form)]).await;
    assert!(visitor.cookies.is_empty() && after.bot_turns() == 0 && after.body.contains("/chat/apu/start"));
}

#[tokio::test]
async fn whoever_leaves_reads_on_in_their_language() {
    let stage = Stage::demo().await;
    let mut visitor = Visitor::of(&stage);
    let page = visitor.begin("apu").await;
    let page = visitor.say("apu", &page, "language", "ms").await;
    let form = page.field("form");
    let after = visitor.submit("/chat/apu/leave", &[("form", &form)]).await;
    assert!(after.body.contains("lang=\"ms\"") && after.body.contains("Saya lupa kata laluan saya"), "{}", after.body);
}

#[tokio::test]
async fn institutions_and_browsers_are_kept_apart() {
    let stage = Stage::demo().await;
    let (mut visitor, mut stranger) = (Visitor::of(&stage), Visitor::of(&stage));
    visitor.begin("apu").await;
    assert_eq!(visitor.get("/chat/imu").await.bot_turns(), 0);
    assert_eq!(stranger.get("/chat/apu").await.bot_turns(), 0);
    assert_eq!(stranger.get("/chat/nobody").await.status, 404);
}

#[tokio::test]
async fn only_configured_sites_may_frame_the_widget() {
    let stage = Stage::demo().await;
    let visitor = Visitor::of(&stage);
    let header = async |path: &str, name: &str| {
        let response = visitor.request(Method::GET, path).send().await.unwrap();
        assert_eq!(response.status(), 200, "{path}");
        response.headers()[name].to_str().unwrap().to_owned()
    };
    assert!(header("/widget/apu", "content-security-policy").await.ends_with("frame-ancestors 'self'"));
    assert!(header("/chat/apu", "content-security-policy").await.ends_with("frame-ancestors 'none'"));
    assert_eq!(header("/embed/apu.js", "cross-origin-resource-policy").await, "cross-origin");
    assert_eq!(header("/chat/apu", "cross-origin-resource-policy").await, "same-origin");
}

/// Whether a new visitor whose proxy says this is challenged after giving a name.
async fn is_challenged(stage: &Stage, n: usize, forwarded: &str) -> bool {
    let mut visitor = Visitor::of(stage);
    let nonce = format!("nonce-of-visitor-{n}");
    let request = visitor.request(Method::POST, "/chat/apu/start").header("x-forwarded-for", forwarded);
    let start = visitor.take(request.form(&[("nonce", nonce.as_str()), ("purpose", "reset_password")])).await;
    assert_eq!(start.status, 303, "visitor {n}");
    let page = visitor.get("/chat/apu").await;
    let page = visitor.say("apu", &page, "text", &format!("visitor{n}@mail.apu.edu.my")).await;
    page.body.contains("/challenge/")
}

#[tokio::test]
async fn many_visitors_from_one_network_address_must_show_to_be_people() {
    let stage = Stage::demo().await;
    let first = (0..30).map(|n| is_challenged(&stage, n, "203.0.113.9"));
    let first = futures_util::future::join_all(first).await;
    assert!(first.iter().all(|challenged| !challenged), "{first:?}");
    assert!(is_challenged(&stage, 30, "203.0.113.9").await);
    // What the visitor wrote into the header changes nothing: the last entry is the proxy's.
    assert!(is_challenged(&stage, 31, "198.51.100.1, 203.0.113.9").await);
    assert!(!is_challenged(&stage, 32, "203.0.113.9, 198.51.100.1").await);
}

/// Up to the human challenge: the tenant asks everybody.
async fn challenged(visitor: &mut Visitor) -> Answer {
    let page = visitor.begin("imu").await;
    visitor.say("imu", &page, "text", "farah@student.imu.edu.my").await
}

#[tokio::test]
async fn whoever_neither_sees_nor_hears_waits_and_goes_on_by_a_press() {
    let stage = Stage::demo().await;
    let mut visitor = Visitor::of(&stage);
    let page = challenged(&mut visitor).await;
    let path = page.body.split("action=\"").find(|part| part.contains("/wait\"")).expect("a way to wait is offered");
    let path = path.split('"').next().unwrap().to_owned();
    // Looking does not begin it, and somebody else has no part in it.
    assert_eq!(visitor.get(&path).await.location.as_deref(), Some("/chat/imu#newest"));
    let form = page.field("form");
    let mut stranger = Visitor::of(&stage);
    assert_eq!(stranger.post(&path, &[("form", &form)]).await.status, 403);
    let waiting = visitor.submit(&path, &[("form", &form)]).await;
    assert!(
        waiting.body.contains("in 30 seconds") && waiting.body.contains("http-equiv=\"refresh\""),
        "{}",
        waiting.body
    );
    assert!(!waiting.body.contains("name=\"text\""), "not before its time: {}", waiting.body);
    stage.clock.advance(Seconds(31));
    let through = visitor.get(&path).await;
    assert!(through.body.contains("name=\"text\"") && !through.body.contains("refresh"), "{}", through.body);
    let digits = through.body.split("name=\"text\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let after = visitor.say("imu", &through, "text", &digits).await;
    assert!(after.bot_turns() > page.bot_turns() && !after.body.contains("not the same"), "{}", after.body);
    assert!(after.body.contains("name=\"pick\""), "the next question is asked: {}", after.body);
}

/// What a live stream says at first: all that is there, up to the first sign of life.
async fn stream(stage: &Stage, visitor: &Visitor, tenant: &str, after: &str) -> String {
    let cookies: Vec<String> = visitor.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let host = stage.origin.strip_prefix("http://").unwrap();
    let mut socket = tokio::net::TcpStream::connect(host).await.unwrap();
    let request = format!(
        "GET /chat/{tenant}/events HTTP/1.1\r\nHost: {host}\r\nCookie: {}\r\nLast-Event-ID: {after}\r\n\r\n",
        cookies.join("; ")
    );
    socket.write_all(request.as_bytes()).await.unwrap();
    let (mut text, mut piece) = (String::new(), [0; 4096]);
    // The lines that are there come in one go, right after the header.
    while !text.contains("\n\n") {
        let read = tokio::time::timeout(std::time::Duration::from_secs(60), socket.read(&mut piece)).await;
        let n = read.unwrap_or_else(|_| panic!("nothing more comes after: {text}")).unwrap();
        assert!(n > 0, "the stream ended: {text}");
        text.push_str(&String::from_utf8_lossy(&piece[..n]));
    }
    let rest = async {
        loop {
            let n = socket.read(&mut piece).await.unwrap();
            if n == 0 {
                break;
            }
            text.push_str(&String::from_utf8_lossy(&piece[..n]));
        }
    };
    let _ = tokio::time::timeout(std::time::Duration::from_millis(300), rest).await;
    text
}
