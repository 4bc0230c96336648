//! `ringback channel check voice`: whether requests of a telephone provider would arrive at the running service as they
//! left, and whether the account lets us in. Nothing is changed and nobody is called.

use std::sync::Arc;
use std::time::Duration;

use reqwest::header::CONTENT_TYPE;
use reqwest::redirect::Policy;
use reqwest::{Client, StatusCode};

use crate::channels::voice::address::ROOT;
use crate::config::Config;
use crate::config::voice::{CallsConfig, VoiceConfig};
use crate::ports::clock::Clock;
use crate::ports::messenger::SendError;
use crate::runtime::system::SystemClock;
use crate::senders::jambonz::JambonzApi;
use crate::senders::twilio::{AnswerAt, TwilioApi};
use crate::senders::vonage::VonageApi;

/// Longer than a provider waits for an answer.
const LIMIT: Duration = Duration::from_secs(10);

/// One thing that was looked at.
pub struct Look {
    /// `voice.main`.
    pub section: String,
    pub what: String,
    /// What to do where it is wrong; `None` where it is right.
    pub remedy: Option<String>,
}

/// Looks at every binding, in the order of their names.
pub async fn check(config: &Config) -> Vec<Look> {
    let mut looks = Vec::new();
    for binding in &config.voice {
        let section = format!("voice.{}", binding.name);
        let look = |(what, remedy): (String, Option<&str>)| Look {
            section: section.clone(),
            what,
            remedy: remedy.map(str::to_owned),
        };
        let address = format!("{}{ROOT}/{}", config.public_url, binding.name);
        looks.push(look((format!("calls to {} come in at {address}", numbers(binding)), None)));
        looks.push(look(closed(&address).await));
        if let Some(found) = arrives(binding, &format!("{address}/status")).await {
            looks.push(look(found));
        }
        if let Some(found) = account(binding).await {
            looks.push(look(found));
        }
    }
    looks
}

type Found = (String, Option<&'static str>);

fn numbers(binding: &VoiceConfig) -> String {
    binding.numbers.keys().map(|digits| format!("+{digits}")).collect::<Vec<_>>().join(", ")
}

/// A request that nobody signed is refused, by us.
async fn closed(address: &str) -> Found {
    match post(address, None, "application/x-www-form-urlencoded", "").await {
        Err(error) => (
            format!("{address} cannot be reached from here: {error}"),
            Some("start the service, and let the proxy in front of it pass this address on"),
        ),
        Ok(StatusCode::UNAUTHORIZED) => ("unsigned requests are refused".to_owned(), None),
        Ok(status) => (
            format!("{address} answers {} to an unsigned request, not 401", status.as_u16()),
            Some("restart the service with this configuration; let the proxy pass POST below /hooks/ on as it is"),
        ),
    }
}

/// A request that we sign as the provider would is taken: address, body and secret are the same on both sides.
async fn arrives(binding: &VoiceConfig, address: &str) -> Option<Found> {
    let (kind, body) = binding.provider.probe();
    let signature = binding.verifier.sign(address, body.as_bytes(), SystemClock::default().now())?;
    Some(match post(address, Some(signature), kind, body).await {
        Err(error) => (format!("{address} cannot be reached from here: {error}"), Some("see the line above")),
        Ok(StatusCode::NO_CONTENT) => ("signed requests arrive as they left".to_owned(), None),
        Ok(status) => (
            format!("a signed request is answered {}, not 204", status.as_u16()),
            Some("restart the service if the secret is new; let the proxy change neither path, query nor body"),
        ),
    })
}

/// Posts to our own address, as somebody from outside would.
pub async fn post(
    address: &str,
    signature: Option<(&'static str, String)>,
    kind: &str,
    body: &'static str,
) -> Result<StatusCode, String> {
    let client = Client::builder().no_proxy().redirect(Policy::none()).timeout(LIMIT).build();
    let request = client.map_err(|error| error.to_string())?.post(address).header(CONTENT_TYPE, kind).body(body);
    let request = match signature {
        Some((name, value)) => request.header(name, value),
        None => request,
    };
    let answer = request.send().await.map_err(|error| causes(&error.without_url()))?;
    Ok(answer.status())
}

/// An error down to what the system said: a name that nobody knows, a port that is closed, a certificate.
fn causes(error: &dyn std::error::Error) -> String {
    let innermost = std::iter::successors(error.source(), |error| error.source()).last();
    innermost.map_or_else(|| error.to_string(), |cause| format!("{error}: {cause}"))
}

/// Whether the account that places calls lets us in.
async fn account(binding: &VoiceConfig) -> Option<Found> {
    let nowhere: AnswerAt = Arc::new(|_| String::new());
    let outcome = match binding.calls.as_ref()? {
        CallsConfig::Account(dialect, account) => match TwilioApi::new(account, *dialect, nowhere) {
            Ok(api) => api.sign_in().await,
            Err(fault) => Err(SendError::Dead { why: format!("`{}` {}", fault.key, fault.message) }),
        },
        CallsConfig::Jambonz(account) => match JambonzApi::new(account, nowhere) {
            Ok(api) => api.sign_in().await,
            Err(fault) => Err(SendError::Dead { why: format!("`{}` {}", fault.key, fault.message) }),
        },
        CallsConfig::Vonage(account) => match VonageApi::new(account, Arc::new(SystemClock::default()), nowhere) {
            Ok(api) => api.sign_in().await,
            Err(fault) => Err(SendError::Dead { why: format!("`{}` {}", fault.key, fault.message) }),
        },
        // It would take any document for a call.
        CallsConfig::Hook(_) => return Some(("calls are placed by a hook, which is not asked here".to_owned(), None)),
    };
    Some(match outcome {
        Ok(()) => ("the account that places calls lets us in".to_owned(), None),
        Err(error @ SendError::Dead { .. }) => (
            format!("the account that places calls: {error}"),
            Some("compare account, key and secret_file of its calls section with the provider's console"),
        ),
        Err(error) => (
            format!("the account that places calls: {error}"),
            Some("let this machine reach the provider: look at url, the name server and the firewall; then ask again"),
        ),
    })
}
