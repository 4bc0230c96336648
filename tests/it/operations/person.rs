//! Somebody with a browser without scripts, up to the form for a new password and beyond.

use std::collections::BTreeMap;
use std::time::Duration;

use reqwest::header::{COOKIE, LOCATION, SET_COOKIE};

use super::house::{House, SOON, mobile, user};

pub struct Person<'a> {
    house: &'a House,
    n: usize,
    client: reqwest::Client,
    cookies: BTreeMap<String, String>,
    /// What is said with every request beside the usual.
    headers: Vec<(String, String)>,
    /// Scheme and host that requests name.
    origin: String,
    /// Headers and bodies of all answers.
    pub read: Vec<String>,
}

pub struct Answer {
    pub status: u16,
    pub body: String,
    pub headers: reqwest::header::HeaderMap,
}

impl<'a> Person<'a> {
    pub fn new(house: &'a House, n: usize) -> Self {
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy();
        let origin = format!("http://127.0.0.1:{}", house.port);
        let (cookies, headers, read) = (BTreeMap::new(), Vec::new(), Vec::new());
        Self { house, n, client: client.build().unwrap(), cookies, headers, origin, read }
    }

    /// With these headers on every request.
    pub fn saying(mut self, headers: &[(&str, &str)]) -> Self {
        self.headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        self
    }

    /// Writes whole addresses of another host into the request line, as clients of a proxy do.
    pub fn by_absolute_addresses(house: &'a House, n: usize, host: &str) -> Self {
        let proxy = reqwest::Proxy::http(format!("http://127.0.0.1:{}", house.port)).unwrap();
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).proxy(proxy);
        Self { client: client.build().unwrap(), origin: format!("http://{host}"), ..Self::new(house, n) }
    }

    /// Chat, name, number, code, link: up to the form. Returns the form's own nonce.
    pub async fn up_to_the_form(&mut self) -> String {
        self.up_to_the_code().await;
        let code = self.house.code_to(&mobile(self.n), None).await;
        self.say("-digit code?", &code).await;
        let page = self.until("action=\"/page/").await;
        let link = page.rsplit("action=\"/page/").next().unwrap().split('"').next().unwrap();
        let opened = self.post(&format!("/page/{link}"), &[]).await;
        assert_eq!(opened.status, 303, "{}", opened.body);
        field(&self.get("/page").await.body, "form")
    }

    /// Chat, name, number: up to the question for the code.
    pub async fn up_to_the_code(&mut self) {
        let welcome = self.get("/chat/uni").await;
        let nonce = field(&welcome.body, "nonce");
        self.post("/chat/uni/start", &[("nonce", &nonce), ("purpose", "reset_password")]).await;
        self.say("Your user name looks like", &user(self.n)).await;
        self.say("I need the whole", &mobile(self.n)).await;
        self.until("-digit code?").await;
    }

    /// Sends the new password; what comes back, redirects followed.
    pub async fn choose(&mut self, form: &str, password: &str) -> Option<Answer> {
        let fields = [("form", form), ("password", password), ("again", password)];
        let answer = self.send(self.client.post(self.url("/page")).form(&fields)).await?;
        match answer.headers.get(LOCATION).and_then(|to| to.to_str().ok()) {
            Some(to) => self.send(self.client.get(self.url(to))).await,
            None => Some(answer),
        }
    }

    /// Waits for a question and answers it.
    async fn say(&mut self, question: &str, text: &str) {
        let page = self.until(question).await;
        let (form, nonce) = (field(&page, "form"), field(&page, "nonce"));
        let said = self.post("/chat/uni/say", &[("form", &form), ("nonce", &nonce), ("text", text)]).await;
        assert_eq!(said.status, 303, "{}", said.body);
    }

    /// The chat when it shows these words.
    async fn until(&mut self, words: &str) -> String {
        let seen = async {
            loop {
                let page = self.get("/chat/uni").await.body;
                if page.contains(words) {
                    return page;
                }
                tokio::time::sleep(Duration::from_millis(30)).await;
            }
        };
        tokio::time::timeout(SOON, seen).await.unwrap_or_else(|_| panic!("the chat never says `{words}`"))
    }

    pub async fn get(&mut self, path: &str) -> Answer {
        self.send(self.client.get(self.url(path))).await.expect("the service answers")
    }

    async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.send(self.client.post(self.url(path)).form(fields)).await.expect("the service answers")
    }

    /// `None` when the connection was cut.
    async fn send(&mut self, request: reqwest::RequestBuilder) -> Option<Answer> {
        let pairs: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut request = request.header("accept", "text/html").header("accept-language", "en");
        if !pairs.is_empty() {
            request = request.header(COOKIE, pairs.join("; "));
        }
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let response = request.send().await.ok()?;
        for line in response.headers().get_all(SET_COOKIE) {
            let (name, value) = line.to_str().unwrap().split(';').next().unwrap().split_once('=').unwrap();
            match value {
                "" => self.cookies.remove(name),
                value => self.cookies.insert(name.to_owned(), value.to_owned()),
            };
        }
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body = response.text().await.ok()?;
        self.read.push(format!("{headers:?}\n{body}"));
        Some(Answer { status, body, headers })
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }
}

fn field(body: &str, name: &str) -> String {
    let tag = body.split('<').find(|tag| tag.contains(&format!("name=\"{name}\"")));
    let tag = tag.unwrap_or_else(|| panic!("no field {name} in {body}"));
    tag.split("value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
}
