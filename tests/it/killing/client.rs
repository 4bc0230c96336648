//! A person with a browser without scripts, who goes on wherever the service was when it died.

use std::sync::Arc;
use std::time::{Duration, Instant};

use reqwest::header::{COOKIE, SET_COOKIE};

use crate::browser::stage::code_in;
use crate::killing::house::{House, mobile, user};

/// How far a conversation has come; it never goes back.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Place {
    Name,
    Number,
    Code,
    Page,
    Done,
    /// The end of a set whose answer was lost with the process.
    Unclear,
    /// The conversation came to its own end, 80 turns, and a new one greets.
    Over,
}

/// What each place says, in English; the newest of them on the page is where the conversation is.
const PLACES: [(Place, &str); 7] = [
    (Place::Name, "Your user name looks like"),
    (Place::Number, "I need the whole"),
    (Place::Code, "-digit code?"),
    (Place::Page, "action=\"/page/"),
    (Place::Done, "Done: your password has been changed."),
    (Place::Unclear, "whether your new password was saved"),
    (Place::Over, "What can I do for you?"),
];

/// A conversation's longest life, in turns of the person and in time.
const TURNS: usize = 80;
const LONGEST: Duration = Duration::from_secs(14 * 60);

/// What came of one seat's people.
#[derive(Default)]
pub struct Life {
    /// Requests that were answered.
    pub turns: usize,
    /// Requests that died with the process.
    pub cut: usize,
    /// People who were told that their password was changed, and the password.
    pub changed: Vec<(usize, String)>,
    /// People who were told that it is not known.
    pub unclear: Vec<(usize, String)>,
    /// Everybody who sent a password.
    pub chose: Vec<(usize, String)>,
    /// People whose conversation took too many turns: being asked again after every restart uses them up.
    pub tired: usize,
    pub ended_otherwise: Vec<String>,
}

/// One visit of one person.
pub struct Person {
    house: Arc<House>,
    client: reqwest::Client,
    n: usize,
    address: String,
    cookies: std::collections::BTreeMap<String, String>,
    /// The furthest place that an answer has shown.
    reached: Place,
    /// The code that was typed last, and acknowledged.
    typed: Option<String>,
    /// How often a code was looked for in vain.
    waited: usize,
    /// What was said, answered or not: each may have counted as a turn.
    says: usize,
    began: Instant,
}

struct Answer {
    status: u16,
    body: String,
}

/// The process died before it answered.
struct Cut;

impl Person {
    /// One person after the other sits down at this seat.
    pub async fn live(house: Arc<House>, seat: usize) -> Life {
        let mut life = Life::default();
        while let Some(n) = house.next_person() {
            let client = reqwest::Client::builder()
                .redirect(reqwest::redirect::Policy::none())
                .no_proxy()
                .pool_max_idle_per_host(1)
                .build()
                .unwrap();
            let address = format!("10.{seat}.{}.{}", n / 200, n % 200 + 1);
            let mut person = Self {
                house: Arc::clone(&house),
                client,
                n,
                address,
                cookies: Default::default(),
                reached: Place::Name,
                typed: None,
                waited: 0,
                says: 0,
                began: Instant::now(),
            };
            person.reset(&mut life).await;
        }
        life
    }

    async fn reset(&mut self, life: &mut Life) {
        let password = format!("After-the-kill-{}-{}", self.n, self.address.replace('.', "x"));
        let mut chosen = false;
        for _ in 0..4_000 {
            self.house.wait_until_up().await;
            let step = self.step(life, &password, &mut chosen).await;
            match step {
                Ok(Some(Place::Done)) => {
                    life.changed.push((self.n, password));
                    return;
                }
                // The end was shown, and the screen died with the process before anybody looked.
                Ok(Some(Place::Over)) if chosen => {
                    life.unclear.push((self.n, password));
                    return;
                }
                Ok(Some(Place::Over)) => {
                    let old = self.began.elapsed() > LONGEST;
                    assert!(
                        self.says >= TURNS || old,
                        "{} after {} turns: {:?} is lost",
                        user(self.n),
                        self.says,
                        self.reached
                    );
                    life.tired += 1;
                    return;
                }
                Ok(Some(Place::Unclear)) => {
                    life.unclear.push((self.n, password));
                    return;
                }
                Ok(_) => {}
                Err(Cut) => {
                    life.cut += 1;
                    tokio::task::yield_now().await;
                }
            }
        }
        let screen = self.get("/chat/uni", life).await.map(|page| page.body).unwrap_or_default();
        let end = screen.rfind("class=\"turn").map_or("", |at| &screen[at..]);
        life.ended_otherwise.push(format!("{} is still at {:?}: {end:.600}", user(self.n), self.reached));
    }

    /// Looks where the conversation is and does the next thing.
    async fn step(&mut self, life: &mut Life, password: &str, chosen: &mut bool) -> Result<Option<Place>, Cut> {
        let page = self.get("/chat/uni", life).await?;
        if self.cookies.is_empty() {
            let nonce = field(&page.body, "nonce");
            self.post("/chat/uni/start", &[("nonce", &nonce), ("purpose", "reset_password")], life).await?;
            return Ok(None);
        }
        let Some(place) = place(&page.body) else {
            // The screen was lost with the process: ask for the question again.
            if page.body.contains("value=\"repeat\"") {
                self.say(&page.body, "command", "repeat", life).await?;
            } else {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            return Ok(None);
        };
        assert!(
            place >= self.reached,
            "{} was at {:?}, and after a restart at {place:?}: an acknowledged turn is lost\n{}",
            user(self.n),
            self.reached,
            page.body
        );
        self.reached = place;
        match place {
            Place::Name => self.say(&page.body, "text", &user(self.n), life).await?,
            Place::Number => self.say(&page.body, "text", &mobile(self.n), life).await?,
            Place::Code => self.code(&page.body, life).await?,
            Place::Page => self.page(&page.body, password, chosen, life).await?,
            Place::Done | Place::Unclear | Place::Over => {}
        }
        Ok(Some(place))
    }

    /// The newest code that came, once; when none comes, a new one is asked for, as people do.
    async fn code(&mut self, page: &str, life: &mut Life) -> Result<(), Cut> {
        let texts = self.house.texts();
        let newest = texts.iter().rfind(|text| text.to == mobile(self.n)).map(|text| code_in(&text.text));
        match newest.filter(|code| self.typed.as_ref() != Some(code)) {
            Some(code) => {
                self.say(page, "text", &code, life).await?;
                self.typed = Some(code);
            }
            None => {
                tokio::time::sleep(Duration::from_millis(50)).await;
                self.waited += 1;
                if self.waited.is_multiple_of(40) {
                    let button = page.rsplit("<button").find(|button| button.contains("Send a new code"));
                    let token = button.and_then(|button| button.split("value=\"").nth(1)?.split('"').next());
                    self.say(page, "pick", token.unwrap_or_default(), life).await?;
                }
            }
        }
        Ok(())
    }

    async fn page(&mut self, page: &str, password: &str, chosen: &mut bool, life: &mut Life) -> Result<(), Cut> {
        let path = page.rsplit("action=\"/page/").next().unwrap().split('"').next().unwrap();
        let opened = self.post(&format!("/page/{path}"), &[], life).await?;
        if opened.status != 303 {
            return Ok(());
        }
        let form = self.get("/page", life).await?;
        if !form.body.contains("name=\"form\"") {
            return Ok(());
        }
        if !*chosen {
            *chosen = true;
            life.chose.push((self.n, password.to_owned()));
        }
        let token = field(&form.body, "form");
        let fields = [("form", token.as_str()), ("password", password), ("again", password)];
        self.post("/page", &fields, life).await?;
        Ok(())
    }

    async fn say(&mut self, page: &str, what: &str, value: &str, life: &mut Life) -> Result<(), Cut> {
        self.says += 1;
        let (form, nonce) = (field(page, "form"), field(page, "nonce"));
        let answer = self.post("/chat/uni/say", &[("form", &form), ("nonce", &nonce), (what, value)], life).await?;
        assert!(matches!(answer.status, 303 | 503), "{} {}", answer.status, answer.body);
        Ok(())
    }

    async fn get(&mut self, path: &str, life: &mut Life) -> Result<Answer, Cut> {
        let request = self.client.get(self.url(path));
        self.send(request, life).await
    }

    async fn post(&mut self, path: &str, fields: &[(&str, &str)], life: &mut Life) -> Result<Answer, Cut> {
        let request = self.client.post(self.url(path)).form(fields);
        self.send(request, life).await
    }

    async fn send(&mut self, request: reqwest::RequestBuilder, life: &mut Life) -> Result<Answer, Cut> {
        let pairs: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut request = request.header("accept", "text/html").header("x-forwarded-for", &self.address);
        if !pairs.is_empty() {
            request = request.header(COOKIE, pairs.join("; "));
        }
        let response = request.send().await.map_err(|_| Cut)?;
        for line in response.headers().get_all(SET_COOKIE) {
            let (name, value) = line.to_str().unwrap().split(';').next().unwrap().split_once('=').unwrap();
            if value.is_empty() {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        let status = response.status().as_u16();
        let body = response.text().await.map_err(|_| Cut)?;
        assert!(matches!(status, 200 | 303 | 404 | 410 | 422 | 429 | 503), "{status}: {body}");
        life.turns += 1;
        Ok(Answer { status, body })
    }

    fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.house.port)
    }
}

fn place(body: &str) -> Option<Place> {
    let found = PLACES.iter().filter_map(|(place, words)| Some((body.rfind(words)?, *place)));
    found.max().map(|(_, place)| place)
}

fn field(body: &str, name: &str) -> String {
    let tag = body.split('<').find(|tag| tag.contains(&format!("name=\"{name}\"")));
    let tag = tag.unwrap_or_else(|| panic!("no field {name} in {body}"));
    tag.split("value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
}
