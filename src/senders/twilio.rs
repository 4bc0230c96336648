//! Calls and texts through the REST interface of Twilio, and of those that speak it: SignalWire and Telnyx.

use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use reqwest::{Client, Method, RequestBuilder, Url};
use serde::Deserialize;
use serde_json::json;
use zeroize::Zeroizing;

use crate::model::fault::Fault;
use crate::model::ids::{ChallengeId, LegId};
use crate::ports::caller::{Call, Caller};
use crate::ports::messenger::{SendError, TextMessage, TextSender};
use crate::senders::rest;

/// Which of the three; they differ in path and sign-in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Dialect {
    Twilio,
    SignalWire,
    Telnyx,
}

/// An account that places calls and sends texts.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccountConfig {
    /// `https://api.twilio.com`, `https://<space>.signalwire.com`, `https://api.telnyx.com`.
    pub url: Option<String>,
    /// The account's or project's id.
    pub account: String,
    /// An API key's id; the account itself without it.
    pub key: Option<String>,
    /// The secret of the key, or the account's token.
    pub secret_file: PathBuf,
    /// The TeXML application (Telnyx).
    pub application: Option<String>,
    /// What calls come from, in E.164.
    pub from: String,
    /// What texts come from: a number, a name, or the id of a messaging service (Telnyx: profile); no texts without it.
    pub texts_from: Option<String>,
    /// The authority of the other side's certificate, PEM; without it the public ones are trusted.
    pub ca_file: Option<PathBuf>,
}

/// Where a call that was picked up asks what to say; its end is told below `/status`.
pub type AnswerAt = Arc<dyn Fn(&LegId) -> String + Send + Sync>;

/// Where it is told what became of the text with a code.
pub type TextTold = Arc<dyn Fn(&ChallengeId) -> String + Send + Sync>;

pub struct TwilioApi {
    dialect: Dialect,
    client: Client,
    config: AccountConfig,
    base: Url,
    secret: Zeroizing<String>,
    answer_at: AnswerAt,
    text_told: Option<TextTold>,
}

impl Dialect {
    fn name(self) -> &'static str {
        match self {
            Dialect::Twilio => "twilio",
            Dialect::SignalWire => "signalwire",
            Dialect::Telnyx => "telnyx",
        }
    }

    fn usual_url(self) -> Option<&'static str> {
        match self {
            Dialect::Twilio => Some("https://api.twilio.com"),
            // Every customer has a host of their own.
            Dialect::SignalWire => None,
            Dialect::Telnyx => Some("https://api.telnyx.com"),
        }
    }
}

impl AccountConfig {
    /// Everything that is wrong, all at once.
    pub fn faults(&self, dialect: Dialect) -> Vec<Fault> {
        let mut faults = Vec::new();
        faults.extend(self.base(dialect).err().map(|why| Fault::at("url", why)));
        faults.extend(rest::secret(&self.secret_file).err().map(|why| Fault::at("secret_file", why)));
        faults.extend(rest::client(self.ca_file.as_ref()).err().map(|why| Fault::at("ca_file", why)));
        let odd =
            |text: &str| text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        if odd(&self.account) {
            faults.push(Fault::at("account", "is not the id of an account".to_owned()));
        }
        if dialect == Dialect::Telnyx && self.application.is_none() {
            faults.push(Fault::at("application", "is missing; Telnyx places calls for a TeXML application".to_owned()));
        }
        faults
    }

    fn base(&self, dialect: Dialect) -> Result<Url, String> {
        let url = self.url.as_deref().or(dialect.usual_url());
        rest::base(url.ok_or("is missing; write https://<space>.signalwire.com")?)
    }
}

impl TwilioApi {
    /// # Errors
    /// The first fault of the section; `AccountConfig::faults` lists them all.
    pub fn new(config: &AccountConfig, dialect: Dialect, answer_at: AnswerAt) -> Result<Self, Fault> {
        Ok(Self {
            dialect,
            client: rest::client(config.ca_file.as_ref()).map_err(|why| Fault::at("ca_file", why))?,
            base: config.base(dialect).map_err(|why| Fault::at("url", why))?,
            secret: rest::secret(&config.secret_file).map_err(|why| Fault::at("secret_file", why))?,
            config: config.clone(),
            answer_at,
            text_told: None,
        })
    }

    /// Has the network tell what became of texts with codes.
    pub fn telling(self, text_told: TextTold) -> Self {
        Self { text_told: Some(text_told), ..self }
    }

    /// Whether the account lets us in; it looks at past calls and changes nothing.
    pub async fn sign_in(&self) -> Result<(), SendError> {
        rest::send(self.dialect.name(), self.request(Method::GET, "Calls")).await
    }

    fn request(&self, method: Method, what: &str) -> RequestBuilder {
        let account = &self.config.account;
        let path = match self.dialect {
            Dialect::Twilio => format!("/2010-04-01/Accounts/{account}/{what}.json"),
            Dialect::SignalWire => format!("/api/laml/2010-04-01/Accounts/{account}/{what}.json"),
            Dialect::Telnyx => format!("/v2/texml/Accounts/{account}/{what}"),
        };
        let mut url = self.base.clone();
        url.set_path(&path);
        let request = self.client.request(method, url);
        match self.dialect {
            Dialect::Telnyx => request.bearer_auth(self.secret.as_str()),
            Dialect::Twilio | Dialect::SignalWire => {
                request.basic_auth(self.config.key.as_ref().unwrap_or(account), Some(self.secret.as_str()))
            }
        }
    }
}

#[async_trait]
impl Caller for TwilioApi {
    async fn call(&self, call: &Call) -> Result<(), SendError> {
        let (answer_at, ring) = ((self.answer_at)(&call.leg), call.ring.0.to_string());
        let status = format!("{answer_at}/status");
        // Two seconds for a switchboard to pick up and listen.
        let digits = call.extension.as_ref().map(|extension| format!("wwww{extension}"));
        let mut form = vec![
            ("To", call.to.e164()),
            ("From", self.config.from.as_str()),
            ("Url", answer_at.as_str()),
            ("Method", "POST"),
            ("Timeout", ring.as_str()),
            ("StatusCallback", status.as_str()),
            ("StatusCallbackMethod", "POST"),
            ("StatusCallbackEvent", "completed"),
        ];
        form.extend(digits.as_deref().map(|digits| ("SendDigits", digits)));
        form.extend(self.config.application.as_deref().map(|application| ("ApplicationSid", application)));
        rest::send(self.dialect.name(), self.request(Method::POST, "Calls").form(&form)).await
    }
}

#[async_trait]
impl TextSender for TwilioApi {
    async fn send(&self, message: &TextMessage) -> Result<(), SendError> {
        let Some(from) = &self.config.texts_from else {
            return Err(SendError::Dead { why: "this account sends no texts".to_owned() });
        };
        let told = message.code.as_ref().and_then(|code| self.text_told.as_ref().map(|told_at| told_at(code)));
        if self.dialect == Dialect::Telnyx {
            let mut url = self.base.clone();
            url.set_path("/v2/messages");
            // A number or a name, or the id of a messaging profile, which chooses one.
            let profile = from.len() == 36 && from.bytes().filter(|byte| *byte == b'-').count() == 4;
            let sender = if profile { "messaging_profile_id" } else { "from" };
            let mut document = json!({ "to": message.to.e164(), sender: from, "text": message.text });
            if let Some(told) = told {
                document["webhook_url"] = json!(told);
            }
            let request = self.client.post(url).bearer_auth(self.secret.as_str()).json(&document);
            return rest::send(self.dialect.name(), request).await;
        }
        // A messaging service is named by its id.
        let service = from.len() == 34 && from.starts_with("MG");
        let sender = if service { "MessagingServiceSid" } else { "From" };
        let mut form = vec![("To", message.to.e164()), (sender, from.as_str()), ("Body", message.text.as_str())];
        form.extend(told.as_deref().map(|told| ("StatusCallback", told)));
        rest::send(self.dialect.name(), self.request(Method::POST, "Messages").form(&form)).await
    }
}
