//! Calls through the REST interface of jambonz, on one's own telephone system.

use std::path::PathBuf;

use async_trait::async_trait;
use reqwest::{Client, Url};
use serde::Deserialize;
use serde_json::json;
use zeroize::Zeroizing;

use crate::model::fault::Fault;
use crate::ports::caller::{Call, Caller};
use crate::ports::messenger::SendError;
use crate::senders::rest;
use crate::senders::twilio::AnswerAt;

/// An account that places calls.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JambonzConfig {
    /// The API server with its path: `https://jambonz.example.edu/api`.
    pub url: String,
    pub account: String,
    /// The account's API token.
    pub secret_file: PathBuf,
    /// Whose speech is used; the account's first one without it.
    pub application: Option<String>,
    /// What calls come from.
    pub from: String,
    /// The authority of the other side's certificate, PEM; without it the public ones are trusted.
    pub ca_file: Option<PathBuf>,
}

pub struct JambonzApi {
    client: Client,
    url: Url,
    secret: Zeroizing<String>,
    config: JambonzConfig,
    answer_at: AnswerAt,
}

impl JambonzConfig {
    /// Everything that is wrong, all at once.
    pub fn faults(&self) -> Vec<Fault> {
        let url = self.calls().err().map(|why| Fault::at("url", why));
        let secret = rest::secret(&self.secret_file).err().map(|why| Fault::at("secret_file", why));
        let client = rest::client(self.ca_file.as_ref()).err().map(|why| Fault::at("ca_file", why));
        url.into_iter().chain(secret).chain(client).collect()
    }

    fn calls(&self) -> Result<Url, String> {
        let mut url = rest::base(&self.url)?;
        let path = format!("{}/v1/Accounts/{}/Calls", url.path().trim_end_matches('/'), self.account);
        url.set_path(&path);
        Ok(url)
    }
}

impl JambonzApi {
    /// # Errors
    /// The first fault of the section; `JambonzConfig::faults` lists them all.
    pub fn new(config: &JambonzConfig, answer_at: AnswerAt) -> Result<Self, Fault> {
        Ok(Self {
            client: rest::client(config.ca_file.as_ref()).map_err(|why| Fault::at("ca_file", why))?,
            url: config.calls().map_err(|why| Fault::at("url", why))?,
            secret: rest::secret(&config.secret_file).map_err(|why| Fault::at("secret_file", why))?,
            config: config.clone(),
            answer_at,
        })
    }
}

impl JambonzApi {
    /// Whether the account lets us in; it looks at calls that are under way and changes nothing.
    pub async fn sign_in(&self) -> Result<(), SendError> {
        rest::send("jambonz", self.client.get(self.url.clone()).bearer_auth(self.secret.as_str())).await
    }
}

#[async_trait]
impl Caller for JambonzApi {
    async fn call(&self, call: &Call) -> Result<(), SendError> {
        let answer_at = (self.answer_at)(&call.leg);
        let mut document = json!({
            "from": self.config.from,
            "to": { "type": "phone", "number": call.to.e164() },
            "timeout": call.ring.0,
            "call_hook": { "url": answer_at, "method": "POST" },
            "call_status_hook": { "url": format!("{answer_at}/status"), "method": "POST" },
        });
        if let Some(application) = &self.config.application {
            document["application_sid"] = json!(application);
        }
        if let Some(extension) = &call.extension {
            // It comes back with every hook of the call, which then keys it.
            document["tag"] = json!({ "extension": extension });
        }
        let request = self.client.post(self.url.clone()).bearer_auth(self.secret.as_str()).json(&document);
        rest::send("jambonz", request).await
    }
}
