//! Stands between the playground, which signs nothing, and our web hook, which takes nothing unsigned: it adds the token
//! that the platform would send.

use std::sync::{Arc, Mutex};
use std::time::{SystemTime, UNIX_EPOCH};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use ringback::model::time::Timestamp;
use serde_json::Value;

use crate::messaging::teams::signing::{Token, Which};

/// A running proxy; it ends with its runtime.
pub struct Proxy {
    pub endpoint: String,
    inside: Arc<Inside>,
}

struct Inside {
    client: reqwest::Client,
    hook: String,
    key: Mutex<Which>,
    /// Kind of activity, what was said or pressed, and how we answered.
    passed: Mutex<Vec<(String, u16, String)>>,
}

impl Proxy {
    pub async fn start(hook: String, key: Which) -> Self {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let inside = Arc::new(Inside { client, hook, key: Mutex::new(key), passed: Mutex::default() });
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let endpoint = format!("http://127.0.0.1:{}/api/messages", listener.local_addr().unwrap().port());
        let router = Router::new().fallback(pass).with_state(Arc::clone(&inside));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { endpoint, inside }
    }

    /// From now on this key signs.
    pub fn sign_with(&self, key: Which) {
        *self.inside.key.lock().unwrap() = key;
    }

    /// What was passed on so far: kind of activity, status and body of the answer.
    pub fn passed(&self) -> Vec<(String, u16, String)> {
        self.inside.passed.lock().unwrap().clone()
    }
}

async fn pass(State(inside): State<Arc<Inside>>, method: Method, body: Bytes) -> Response {
    // It looks whether anybody is there, before it delivers anything.
    if method == Method::HEAD {
        let answer = inside.client.head(&inside.hook).send().await;
        return answer.map_or(StatusCode::BAD_GATEWAY, |answer| answer.status()).into_response();
    }
    let activity: Value = serde_json::from_slice(&body).unwrap_or_default();
    let now = u64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis()).unwrap();
    let service = activity["serviceUrl"].as_str().unwrap_or_default();
    let bearer = Token::new(*inside.key.lock().unwrap(), service, Timestamp(now)).bearer();
    let sent =
        inside.client.post(&inside.hook).header("content-type", "application/json").header("authorization", bearer);
    let (status, words) = match sent.body(body).send().await {
        Ok(answer) => (answer.status(), answer.text().await.unwrap_or_default()),
        Err(error) => (StatusCode::BAD_GATEWAY, error.to_string()),
    };
    let kind = activity["type"].as_str().unwrap_or_default().to_owned();
    inside.passed.lock().unwrap().push((kind, status.as_u16(), words.clone()));
    (status, [("content-type", "application/json")], words).into_response()
}
