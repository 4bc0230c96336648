//! A browser without a window: cookies, forms, redirects, straight into the router.

use std::collections::BTreeMap;

use axum::Router;
use axum::body::Body;
use axum::http::header::{ACCEPT, CONTENT_TYPE, COOKIE, LOCATION, ORIGIN, SET_COOKIE};
use axum::http::{Method, Request, StatusCode};
use http_body_util::BodyExt;
use tower::ServiceExt;

/// One visitor with a cookie jar.
pub struct Visitor {
    origin: String,
    cookies: BTreeMap<String, String>,
}

/// What a page answered.
#[derive(Clone)]
pub struct Answer {
    pub status: StatusCode,
    pub location: Option<String>,
    pub body: String,
}

impl Visitor {
    pub fn new(origin: &str) -> Self {
        Self { origin: origin.to_owned(), cookies: BTreeMap::new() }
    }

    /// Loads a page, following redirects.
    pub async fn get(&mut self, router: &Router, path: &str) -> Answer {
        let mut answer = self.send(router, Method::GET, path, &[], false).await;
        while let Some(to) = answer.location.take() {
            answer = self.send(router, Method::GET, &to, &[], false).await;
        }
        answer
    }

    /// Sends a form as a page does, and follows where it leads.
    pub async fn post(&mut self, router: &Router, path: &str, fields: &[(&str, &str)]) -> Answer {
        let answer = self.send(router, Method::POST, path, fields, false).await;
        match &answer.location {
            Some(to) => self.get(router, &to.clone()).await,
            None => answer,
        }
    }

    /// Sends a form as a script does.
    pub async fn fetch(&mut self, router: &Router, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.send(router, Method::POST, path, fields, true).await
    }

    async fn send(
        &mut self,
        router: &Router,
        method: Method,
        path: &str,
        fields: &[(&str, &str)],
        scripted: bool,
    ) -> Answer {
        let path = path.strip_prefix(&self.origin).unwrap_or(path);
        let host = self.origin.split_once("://").unwrap().1;
        let mut request = Request::builder().method(method.clone()).uri(path).header("host", host);
        if !self.cookies.is_empty() {
            let pairs: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            request = request.header(COOKIE, pairs.join("; "));
        }
        if scripted {
            request = request.header(ACCEPT, "application/json");
        }
        let body = if method == Method::POST {
            request = request.header(ORIGIN, &self.origin).header("sec-fetch-site", "same-origin");
            request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
            Body::from(urlencoded(fields))
        } else {
            Body::empty()
        };
        let response = router.clone().oneshot(request.body(body).unwrap()).await.unwrap();
        for line in response.headers().get_all(SET_COOKIE) {
            let pair = line.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            if value.is_empty() {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        let status = response.status();
        let location = response.headers().get(LOCATION).map(|to| to.to_str().unwrap().to_owned());
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        Answer { status, location, body: String::from_utf8_lossy(&bytes).into_owned() }
    }
}

impl Answer {
    /// Nothing was asked yet.
    pub fn empty() -> Self {
        Self { status: StatusCode::OK, location: None, body: String::new() }
    }

    /// Everything that the page wants corrected, as its summary lists it.
    pub fn to_correct(&self) -> Vec<String> {
        let summary = self.body.split("data-summary").nth(1).and_then(|rest| rest.split("</ul>").next());
        summary.unwrap_or_default().split("<li>").skip(1).map(words).collect()
    }

    /// The value of a form field, by its name.
    pub fn field(&self, name: &str) -> Option<String> {
        let tag = self.body.split('<').find(|tag| tag.contains(&format!("name=\"{name}\"")))?;
        let value = tag.split("value=\"").nth(1)?.split('"').next()?;
        Some(unescape(value))
    }

    /// The words a person sees, with single spaces.
    pub fn words(&self) -> String {
        words(&self.body)
    }
}

/// HTML without its tags, scripts and styles; white space made single.
pub fn words(html: &str) -> String {
    let mut text = String::new();
    let mut rest = html;
    while let Some(open) = rest.find('<') {
        text.push_str(&rest[..open]);
        let tag = &rest[open..];
        let skipped = ["script", "style"].iter().find(|name| tag[1..].starts_with(*name));
        let end = match skipped {
            Some(name) => tag.find(&format!("</{name}")).unwrap_or(0),
            None => 0,
        };
        let close = tag[end..].find('>').map_or(tag.len(), |at| end + at + 1);
        // Text of two elements never runs together.
        text.push(' ');
        rest = &tag[close..];
    }
    text.push_str(rest);
    single_spaced(&unescape(&text))
}

/// Without direction marks, white space made single.
pub fn single_spaced(text: &str) -> String {
    let plain: String = text.chars().filter(|c| !('\u{2066}'..='\u{2069}').contains(c)).collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn unescape(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#39;", "'").replace("&amp;", "&")
}

fn urlencoded(fields: &[(&str, &str)]) -> String {
    let escape = |text: &str| -> String {
        let keep = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        text.bytes().map(|b| if keep(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
    };
    fields.iter().map(|(name, value)| format!("{}={}", escape(name), escape(value))).collect::<Vec<_>>().join("&")
}
