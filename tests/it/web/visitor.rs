//! A browser without a window: cookies, forms, redirects, over a real socket.

use std::collections::BTreeMap;

use reqwest::header::{ACCEPT, COOKIE, LOCATION, SET_COOKIE};
use reqwest::redirect::Policy;
use reqwest::{Method, RequestBuilder, Response};

use crate::browser::stage::Stage;

/// One visitor with a cookie jar.
pub struct Visitor {
    client: reqwest::Client,
    origin: String,
    pub cookies: BTreeMap<String, String>,
}

/// What a page answered.
pub struct Answer {
    pub status: u16,
    pub location: Option<String>,
    /// `Set-Cookie` lines.
    pub set: Vec<String>,
    pub body: String,
}

impl Visitor {
    pub fn of(stage: &Stage) -> Self {
        let client = reqwest::Client::builder().redirect(Policy::none()).no_proxy().build().unwrap();
        Self { client, origin: stage.origin.clone(), cookies: BTreeMap::new() }
    }

    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let pairs: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = self.client.request(method, format!("{}{path}", self.origin)).header(ACCEPT, "text/html");
        if pairs.is_empty() { request } else { request.header(COOKIE, pairs.join("; ")) }
    }

    /// Loads a page as it is.
    pub async fn get(&mut self, path: &str) -> Answer {
        self.take(self.request(Method::GET, path)).await
    }

    /// Sends a form, without following where it leads.
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.take(self.request(Method::POST, path).form(fields)).await
    }

    /// Sends a form and follows where it leads.
    pub async fn submit(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let answer = self.post(path, fields).await;
        match answer.location {
            Some(to) => self.get(&to).await,
            None => answer,
        }
    }

    pub async fn take(&mut self, request: RequestBuilder) -> Answer {
        let response = request.send().await.unwrap();
        let set: Vec<String> = lines(&response, SET_COOKIE.as_str());
        for line in &set {
            let (name, value) = line.split(';').next().unwrap().split_once('=').unwrap();
            if value.is_empty() {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        let location = lines(&response, LOCATION.as_str()).pop();
        Answer { status: response.status().as_u16(), location, set, body: response.text().await.unwrap() }
    }

    /// Begins a conversation and returns its page.
    pub async fn begin(&mut self, tenant: &str) -> Answer {
        let welcome = self.get(&format!("/chat/{tenant}")).await;
        let fields = [("nonce", welcome.field("nonce")), ("purpose", "reset_password".to_owned())];
        let fields = fields.each_ref().map(|(name, value)| (*name, value.as_str()));
        self.submit(&format!("/chat/{tenant}/start"), &fields).await
    }

    /// Answers by text, pick or command on the page last seen, and returns the next.
    pub async fn say(&mut self, tenant: &str, page: &Answer, what: &str, value: &str) -> Answer {
        let (form, nonce) = (page.field("form"), page.field("nonce"));
        self.submit(&format!("/chat/{tenant}/say"), &[("form", &form), ("nonce", &nonce), (what, value)]).await
    }
}

impl Answer {
    /// The value of the first form field of this name.
    pub fn field(&self, name: &str) -> String {
        let tag = self.body.split('<').find(|tag| tag.contains(&format!("name=\"{name}\"")));
        let tag = tag.unwrap_or_else(|| panic!("no field {name} in {}", self.body));
        tag.split("value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
    }

    /// The token of the button whose label has these words.
    pub fn token(&self, label: &str) -> String {
        let button =
            self.body.split("<button").find(|button| button.contains(label) && button.contains("name=\"pick\""));
        let button = button.unwrap_or_else(|| panic!("no choice {label} in {}", self.body));
        button.split("value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
    }

    /// How many lines the bot said.
    pub fn bot_turns(&self) -> usize {
        self.body.matches("class=\"turn bot\"").count()
    }

    /// Path of the private page that the chat offers, and its short code.
    pub fn private_page(&self) -> (String, String) {
        let path = self.body.split("action=\"/page/").nth(1).expect("a private page is offered");
        let code = self.body.split("class=\"code\"").nth(1).unwrap().split('>').nth(1).unwrap();
        let code = code.split('<').next().unwrap().to_owned();
        (format!("/page/{}", path.split('"').next().unwrap()), code)
    }
}

fn lines(response: &Response, name: &str) -> Vec<String> {
    response.headers().get_all(name).iter().map(|value| value.to_str().unwrap().to_owned()).collect()
}
