//! The demo's messaging platforms: a visitor walks a whole reset on each page, and sees what went over the wire.

use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::Response;
use http_body_util::BodyExt;
use ringback::app::demo::Demo;
use ringback::model::peer::Channel;
use ringback::senders::capture::Capture;

use crate::support::world::mailroom::letters;
use crate::support::world::visitor::{Answer, Visitor, words};

const PERSON: &str = "aisyah@mail.apu.edu.my";
const MAIL: &str = "aisyah.rahman@mail.example";
const NEW_PASSWORD: &str = "Tin-Kettle-Sings-7";
/// Far longer than anything takes; a page that never says something ends the test.
const LONG: Duration = Duration::from_secs(30);

/// A visitor's browser at one platform's page.
struct Page {
    visitor: Visitor,
    router: Router,
    name: &'static str,
    seen: Answer,
}

impl Page {
    fn of(name: &'static str, demo: &Demo) -> Self {
        let to = Router::new().fallback(forward).with_state(demo.origin.clone());
        Self { visitor: Visitor::new(&demo.origin), router: to, name, seen: Answer::empty() }
    }

    async fn send(&mut self, field: &str, value: &str) {
        let fields = [("tenant", "apu"), (field, value)];
        self.seen = self.visitor.post(&self.router, &format!("/demo/{}/send", self.name), &fields).await;
        assert!(self.seen.status.is_success(), "{}: {}", self.name, self.seen.words());
    }

    /// Looks until the newest message says this.
    async fn says(&mut self, wanted: &str) {
        let looking = async {
            while !words(newest(&self.seen.body)).contains(wanted) {
                tokio::time::sleep(Duration::from_millis(20)).await;
                self.seen = self.visitor.get(&self.router, &format!("/demo/{}?tenant=apu", self.name)).await;
            }
        };
        if tokio::time::timeout(LONG, looking).await.is_err() {
            panic!("{}: never says `{wanted}`: {}", self.name, self.seen.words());
        }
    }

    async fn press(&mut self, label: &str) {
        let buttons = self.seen.body.split("<button class=\"choice\"").skip(1);
        let button = buttons.filter(|button| button.split("</button").next().unwrap().contains(label)).last();
        let button = button.unwrap_or_else(|| panic!("{}: no button {label}: {}", self.name, self.seen.words()));
        let value = button.split("value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        self.send("press", &value).await;
    }
}

/// What the service said last; not what stands above it, nor the page below.
fn newest(body: &str) -> &str {
    body.split("id=\"newest\"").next().unwrap().rsplit("<div class=\"turn bot\"").next().unwrap()
}

/// The code that arrives by mail, beside what the chat says.
async fn code(sent: &Capture) -> String {
    let looking = async {
        loop {
            if let Some(code) = letters(sent).iter().rev().find_map(|letter| letter.code()) {
                return code;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(LONG, looking).await.expect("a code is sent")
}

async fn forward(State(origin): State<String>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let bytes = body.collect().await.unwrap().to_bytes();
    let sent = client.request(head.method, format!("{origin}{}", head.uri)).headers(head.headers).body(bytes);
    let answer = sent.send().await.unwrap();
    let mut response = Response::builder().status(answer.status());
    response.headers_mut().unwrap().extend(answer.headers().clone());
    response.body(Body::from(answer.bytes().await.unwrap())).unwrap()
}

/// From the first word to the sign-in with the new password, on one platform.
async fn reset(platform: Channel, wire: &[&str]) {
    let demo = Demo::prepare(0, None, &[platform]).await.unwrap();
    let (sent, mut page) = (demo.sent.clone(), Page::of(platform.name(), &demo));
    let mut visitor = Visitor::new(&demo.origin);
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let serving = tokio::spawn(demo.serve(async { drop(stopped.await) }));

    page.send("text", "/start").await;
    page.says("What can I do for you?").await;
    page.press("1. ").await;
    page.says("Your user name looks like").await;
    if platform == Channel::Discord {
        // What is typed next goes into the form that this opens.
        page.press("Type your answer").await;
        page.says("Your answer").await;
    }
    page.send("text", PERSON).await;
    page.says("Email").await;
    page.press("Email").await;
    page.says("I need the whole").await;
    page.send("text", MAIL).await;
    page.says("-digit code?").await;
    let code = code(&sent).await;
    page.send("text", &code).await;
    page.says("Open the private page").await;
    let link = page.seen.body.split("class=\"button\" href=\"").last().unwrap().split('"').next().unwrap().to_owned();
    let shown = words(newest(&page.seen.body).split("<details").next().unwrap());
    let digits = shown.split(|c: char| !c.is_ascii_digit()).find(|part| part.len() == 4).unwrap().to_owned();

    visitor.get(&page.router, &link).await;
    let form = visitor.post(&page.router, &link, &[("code", &digits)]).await;
    let nonce = form.field("form").unwrap_or_else(|| panic!("no form is open: {}", form.words()));
    let fields = [("form", nonce.as_str()), ("password", NEW_PASSWORD), ("again", NEW_PASSWORD)];
    let done = visitor.post(&page.router, "/page", &fields).await;
    assert!(done.status.is_success(), "{}", done.words());
    page.says("Done: your password has been changed.").await;

    let body = words(&page.seen.body);
    let missing: Vec<_> = wire.iter().filter(|part| !body.contains(**part)).collect();
    assert!(missing.is_empty(), "the page shows no {missing:?}");
    assert!(!page.seen.body.contains(NEW_PASSWORD));
    stop.send(()).unwrap();
    serving.await.unwrap();
}

#[tokio::test]
async fn a_whole_reset_on_the_demos_telegram() {
    reset(Channel::Telegram, &["\"callback_query\"", "\"reply_markup\"", "\"protect_content\": true"]).await;
}

#[tokio::test]
async fn a_whole_reset_on_the_demos_discord() {
    reset(Channel::Discord, &["\"application_id\"", "\"component_type\": 2", "\"type\": 9", "\"allowed_mentions\""])
        .await;
}

#[tokio::test]
async fn a_whole_reset_on_the_demos_teams() {
    reset(Channel::Teams, &["\"adaptiveCard/action\"", "\"Action.Execute\"", "\"version\": \"1.5\""]).await;
}
