//! A person with a browser without scripts, who goes on wherever the service was when it died.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use reqwest::StatusCode;
use reqwest::header::{COOKIE, SET_COOKIE};

use crate::browser::stage::code_in;
use crate::killing::house::{House, mobile, user};
use crate::killing::page::{AGAIN, LEAVE, Place, RESEND, button, field, is_empty, place};

/// Between two looks at a page that does not change by itself.
const PAUSE: Duration = Duration::from_millis(80);
/// How long people wait for a code that died with the process; every fourth has the patience to ask for another one.
const PATIENCE: Duration = Duration::from_secs(3);
/// After the last call nobody sits here as long, even on a machine that has other things to do.
const LONGEST: Duration = Duration::from_secs(180);

/// What came of one seat's people.
#[derive(Default)]
pub struct Life {
    /// Requests that were answered.
    pub turns: usize,
    /// Requests that died with the process.
    pub cut: usize,
    /// Requests that were told to come again.
    pub turned_away: usize,
    /// People who were told that their password was changed, and the password.
    pub changed: Vec<(usize, String)>,
    /// People who were told that it is not known, or nothing.
    pub unclear: Vec<(usize, String)>,
    /// People who saw the words with which the desk takes over.
    pub handed_over: usize,
    /// Everybody who sent a password.
    pub chose: Vec<(usize, String)>,
    /// People who were greeted anew, how far they had come, and what they did last.
    pub over: Vec<(String, Place, String)>,
    /// People who went away because no code came.
    pub left: usize,
    /// Codes that were acknowledged; each is compared, and that is on record.
    pub typed: usize,
    pub stuck: Vec<String>,
}

/// One visit of one person.
pub struct Person {
    house: Arc<House>,
    client: reqwest::Client,
    n: usize,
    address: String,
    cookies: BTreeMap<String, String>,
    password: String,
    chosen: bool,
    /// The furthest place that an answer has shown.
    reached: Place,
    /// The code that was typed last, and acknowledged.
    typed: Option<String>,
    /// Does not wait for the answer to be shown.
    at_once: bool,
    /// Since when a code is waited for.
    waits: Option<Instant>,
    began: Instant,
    /// What was done and what came of it, for whoever reads a failure.
    story: Vec<String>,
}

struct Answer {
    status: StatusCode,
    body: String,
}

/// The process died before it answered, or is about to end.
struct Cut;

/// What a person does next.
enum Next {
    GoOn,
    /// This is the end.
    At(Place),
    /// No code came.
    Leave,
}

impl Person {
    /// One person after the other sits down at this seat.
    pub async fn live(house: Arc<House>, seat: usize) -> Life {
        let mut life = Life::default();
        while let Some(n) = house.next_person() {
            let client = reqwest::Client::builder()
                .redirect(reqwest::redirect::Policy::none())
                .no_proxy()
                .timeout(Duration::from_secs(60))
                .pool_max_idle_per_host(1)
                .build()
                .unwrap();
            let mut person = Self {
                house: Arc::clone(&house),
                client,
                n,
                address: format!("10.{seat}.{}.{}", n / 200, n % 200 + 1),
                cookies: BTreeMap::new(),
                password: format!("After-the-kill-{n}-{seat}"),
                chosen: false,
                reached: Place::Name,
                typed: None,
                at_once: false,
                waits: None,
                began: Instant::now(),
                story: Vec::new(),
            };
            person.reset(&mut life).await;
        }
        life
    }

    async fn reset(&mut self, life: &mut Life) {
        while self.house.since_last_call() < LONGEST {
            self.house.wait_until_up().await;
            let end = match self.step(life).await {
                Ok(Next::GoOn) => continue,
                Ok(Next::At(end)) => end,
                Ok(Next::Leave) => {
                    life.left += 1;
                    return;
                }
                Err(Cut) => {
                    tokio::time::sleep(Duration::from_millis(5)).await;
                    continue;
                }
            };
            let who = (self.n, self.password.clone());
            if end == Place::Done {
                life.changed.push(who);
                return;
            }
            if self.chosen {
                // Its end was shown, and the screen died with the process before anybody looked.
                life.unclear.push(who);
            }
            if end == Place::Over {
                let last = self.story[self.story.len().saturating_sub(12)..].join("; ");
                life.over.push((user(self.n), self.reached, last));
            }
            life.handed_over += usize::from(end == Place::Left);
            return;
        }
        let tail = self.story[self.story.len().saturating_sub(20)..].join("\n");
        life.stuck.push(format!("{} is still at {:?}:\n{tail}", user(self.n), self.reached));
    }

    /// Looks where the conversation is and does the next thing.
    async fn step(&mut self, life: &mut Life) -> Result<Next, Cut> {
        let page = self.get("/chat/uni", life).await?;
        if self.cookies.is_empty() {
            let nonce = field(&page.body, "nonce");
            self.post("/chat/uni/start", &[("nonce", &nonce), ("purpose", "reset_password")], life).await?;
            return Ok(Next::GoOn);
        }
        if let Some(token) = button(&page.body, AGAIN).or_else(|| button(&page.body, LEAVE)) {
            self.tell("asked to try again, or to leave".to_owned());
            self.say(&page.body, "pick", &token, life).await?;
            tokio::time::sleep(PAUSE).await;
            return Ok(Next::GoOn);
        }
        let Some(place) = place(&page.body) else {
            if is_empty(&page.body) {
                self.say(&page.body, "command", "repeat", life).await?;
            } else {
                tokio::time::sleep(PAUSE).await;
            }
            return Ok(Next::GoOn);
        };
        if place == Place::Over {
            // How far it had come before is for the oracle.
            return Ok(Next::At(place));
        }
        assert!(
            place >= self.reached,
            "{} was at {:?}, and after a restart at {place:?}: an acknowledged turn is lost\n{}\n{}",
            user(self.n),
            self.reached,
            self.story.join("\n"),
            page.body
        );
        if place > self.reached {
            self.tell(format!("at {place:?}"));
        }
        self.reached = place;
        match place {
            Place::Name => self.say(&page.body, "text", &user(self.n), life).await?,
            Place::Number => self.say(&page.body, "text", &mobile(self.n), life).await?,
            Place::Code => return self.code(&page.body, life).await,
            Place::Page => self.page(&page.body, life).await?,
            // It is not the end: the question behind these words may still be on its way.
            Place::Unclear if is_empty(&page.body) => self.say(&page.body, "command", "repeat", life).await?,
            Place::Unclear => tokio::time::sleep(PAUSE).await,
            Place::Done | Place::Left | Place::Over => return Ok(Next::At(place)),
        }
        Ok(Next::GoOn)
    }

    /// The newest code that came, once. When none comes, some ask for another one, as often as it takes.
    async fn code(&mut self, page: &str, life: &mut Life) -> Result<Next, Cut> {
        let newest = self.house.newest_text(&mobile(self.n)).map(|text| code_in(&text));
        if let Some(code) = newest.filter(|code| self.typed.as_ref() != Some(code)) {
            // As scripts do: acknowledged when it is on disk, and not only when the answer to it is shown.
            self.at_once = true;
            let said = self.say(page, "text", &code, life).await;
            self.at_once = false;
            said?;
            life.typed += 1;
            self.typed = Some(code);
            self.waits = None;
            return Ok(Next::GoOn);
        }
        let waits = *self.waits.get_or_insert_with(Instant::now);
        tokio::time::sleep(PAUSE).await;
        if waits.elapsed() > PATIENCE {
            let patient = self.n.is_multiple_of(4) && self.house.since_last_call().is_zero();
            let token = button(page, RESEND).filter(|_| patient);
            let Some(token) = token else { return Ok(Next::Leave) };
            self.waits = None;
            self.say(page, "pick", &token, life).await?;
        }
        Ok(Next::GoOn)
    }

    async fn page(&mut self, page: &str, life: &mut Life) -> Result<(), Cut> {
        let path = page.rsplit("action=\"/page/").next().unwrap().split('"').next().unwrap();
        let opened = self.post(&format!("/page/{path}"), &[], life).await?;
        if opened.status != StatusCode::SEE_OTHER {
            tokio::time::sleep(PAUSE).await;
            return Ok(());
        }
        let form = self.get("/page", life).await?;
        if !form.body.contains("name=\"form\"") {
            return Ok(());
        }
        if !self.chosen {
            self.chosen = true;
            life.chose.push((self.n, self.password.clone()));
        }
        let (token, password) = (field(&form.body, "form"), self.password.clone());
        let fields = [("form", token.as_str()), ("password", &password), ("again", &password)];
        self.post("/page", &fields, life).await?;
        Ok(())
    }

    async fn say(&mut self, page: &str, what: &str, value: &str, life: &mut Life) -> Result<(), Cut> {
        let (form, nonce) = (field(page, "form"), field(page, "nonce"));
        let answer = self.post("/chat/uni/say", &[("form", &form), ("nonce", &nonce), (what, value)], life).await?;
        let taken = matches!(answer.status, StatusCode::SEE_OTHER | StatusCode::NO_CONTENT);
        assert!(taken, "{} {}", answer.status, answer.body);
        Ok(())
    }

    async fn get(&mut self, path: &str, life: &mut Life) -> Result<Answer, Cut> {
        let request = self.client.get(self.url(path));
        self.send(request, life).await
    }

    async fn post(&mut self, path: &str, fields: &[(&str, &str)], life: &mut Life) -> Result<Answer, Cut> {
        let request = self.client.post(self.url(path)).form(fields);
        let answer = self.send(request, life).await?;
        self.tell(format!("{} {path}", answer.status.as_u16()));
        // Now it is acknowledged; whoever wants to kill right behind that may.
        self.house.answered.notify_waiters();
        Ok(answer)
    }

    async fn send(&mut self, request: reqwest::RequestBuilder, life: &mut Life) -> Result<Answer, Cut> {
        let pairs: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let accept = if self.at_once { "application/json" } else { "text/html" };
        let mut request = request.header("accept", accept).header("x-forwarded-for", &self.address);
        if !pairs.is_empty() {
            request = request.header(COOKIE, pairs.join("; "));
        }
        let answer = async {
            let response = request.send().await?;
            let (status, headers) = (response.status(), response.headers().clone());
            Ok::<_, reqwest::Error>((status, headers, response.text().await?))
        };
        let Ok((status, headers, body)) = answer.await else {
            life.cut += 1;
            self.tell("cut off".to_owned());
            return Err(Cut);
        };
        if status == StatusCode::SERVICE_UNAVAILABLE {
            life.turned_away += 1;
            self.tell("turned away".to_owned());
            return Err(Cut);
        }
        for line in headers.get_all(SET_COOKIE) {
            let (name, value) = line.to_str().unwrap().split(';').next().unwrap().split_once('=').unwrap();
            match value {
                "" => self.cookies.remove(name),
                value => self.cookies.insert(name.to_owned(), value.to_owned()),
            };
        }
        assert!(matches!(status.as_u16(), 200 | 204 | 303 | 404 | 410 | 422 | 429), "{status}: {body}");
        life.turns += 1;
        Ok(Answer { status, body })
    }

    fn tell(&mut self, what: String) {
        self.story.push(format!("{:>7.2?} {what}", self.began.elapsed()));
    }

    fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.house.port)
    }
}
