//! Requests as Twilio makes them: a form, signed over the address and its fields.

use std::time::Duration;

use data_encoding::BASE64;
use hmac::{Hmac, Mac};
use reqwest::Client;
use sha1::Sha1;

/// As long as a provider waits.
const PATIENCE: Duration = Duration::from_secs(15);

pub struct Signer {
    client: Client,
    secret: Vec<u8>,
}

impl Signer {
    pub fn new(secret: &str) -> anyhow::Result<Self> {
        let client = Client::builder().timeout(PATIENCE).no_proxy().build()?;
        Ok(Self { client, secret: secret.as_bytes().to_vec() })
    }

    /// The body of the answer; `None` when there was none, as for a caller who hears nothing.
    pub async fn ask(&self, address: &str, fields: &[(&'static str, String)]) -> Option<String> {
        let answer = self.client.post(address).header("x-twilio-signature", self.signature(address, fields));
        let answer = answer.form(fields).send().await.ok()?;
        if !answer.status().is_success() {
            tracing::warn!(
                channel = "voice",
                outcome = answer.status().as_u16(),
                "the webhook refused the demo's call"
            );
            return None;
        }
        answer.text().await.ok()
    }

    fn signature(&self, address: &str, fields: &[(&'static str, String)]) -> String {
        let mut sorted: Vec<_> = fields.iter().collect();
        sorted.sort();
        let mut mac = Hmac::<Sha1>::new_from_slice(&self.secret).expect("HMAC takes a key of any length");
        mac.update(address.as_bytes());
        for (name, value) in sorted {
            mac.update(name.as_bytes());
            mac.update(value.as_bytes());
        }
        BASE64.encode(&mac.finalize().into_bytes())
    }
}
