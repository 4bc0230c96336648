//! Calls to a provider's REST interface: where it is, whether its answer means that something was sent.

use std::path::{Path, PathBuf};
use std::time::Duration;

use reqwest::header::RETRY_AFTER;
use reqwest::{Certificate, Client, RequestBuilder, StatusCode, Url};
use zeroize::Zeroizing;

use crate::ports::messenger::SendError;

/// To connect, and for the whole exchange. Providers answer before a telephone rings.
const CONNECT_LIMIT: Duration = Duration::from_secs(2);
const LIMIT: Duration = Duration::from_secs(8);

/// A client that follows no redirect and uses no proxy: a number goes where the configuration says, or nowhere.
pub(super) fn client(ca_file: Option<&PathBuf>) -> Result<Client, String> {
    let mut client = Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(CONNECT_LIMIT)
        .timeout(LIMIT)
        // A kept connection may be dead; on a new one it is certain what left.
        .pool_max_idle_per_host(0);
    if let Some(file) = ca_file {
        let named = |why: &dyn std::fmt::Display| format!("`{}`: {why}", file.display());
        let pem = std::fs::read(file).map_err(|error| named(&error))?;
        let certificates = Certificate::from_pem_bundle(&pem).map_err(|error| named(&error))?;
        if certificates.is_empty() {
            return Err(named(&"holds no certificate (PEM)"));
        }
        client = client.tls_built_in_root_certs(false);
        client = certificates.into_iter().fold(client, reqwest::ClientBuilder::add_root_certificate);
    }
    client.build().map_err(|error| error.to_string())
}

/// An address without a user name, over TLS, or on this machine.
pub(super) fn base(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|error| format!("`{text}` is not an address: {error}"))?;
    let here = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
    match url.scheme() {
        _ if !url.username().is_empty() || url.password().is_some() || url.query().is_some() => {
            Err("holds a user name or a query; write the address alone".to_owned())
        }
        "https" => Ok(url),
        "http" if here => Ok(url),
        _ => Err(format!("`{text}` would send numbers in the clear; use `https://`")),
    }
}

/// A secret from its file, which must not be empty.
pub(super) fn secret(path: &Path) -> Result<Zeroizing<String>, String> {
    let text = std::fs::read_to_string(path).map_err(|error| format!("`{}`: {error}", path.display()))?;
    let text = Zeroizing::new(text);
    match text.trim() {
        "" => Err(format!("`{}` is empty", path.display())),
        secret => Ok(Zeroizing::new(secret.to_owned())),
    }
}

/// Sends a request of which one too many would ring a telephone twice: what may have arrived is not sent again.
pub(super) async fn send(provider: &'static str, request: RequestBuilder) -> Result<(), SendError> {
    let answer = match request.send().await {
        Ok(answer) => answer,
        // Without the address in the text: it holds the account.
        Err(error) if error.is_connect() => {
            return Err(SendError::Retry { why: format!("{provider}: {}", error.without_url()), after_seconds: None });
        }
        Err(error) => return Err(SendError::Unknown { why: format!("{provider}: {}", error.without_url()) }),
    };
    let status = answer.status();
    let why = format!("{provider}: answer {}", status.as_u16());
    match status {
        status if status.is_success() => Ok(()),
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => {
            let seconds = answer.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok());
            Err(SendError::Retry { why, after_seconds: seconds.and_then(|value| value.trim().parse().ok()) })
        }
        StatusCode::REQUEST_TIMEOUT => Err(SendError::Unknown { why }),
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
            tracing::error!(outcome = "refused", "the telephone provider does not accept our credentials");
            Err(SendError::Dead { why })
        }
        // A number that cannot be reached, a country that is not allowed: another way is offered.
        status if status.is_client_error() || status.is_redirection() => Err(SendError::Dead { why }),
        _ => Err(SendError::Unknown { why }),
    }
}
