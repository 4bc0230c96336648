//! One exchange with Microsoft's servers: no proxy, no redirect, over TLS or on this machine, answers of a bounded size.

use std::time::Duration;

use reqwest::{Client, Response, Url};

/// To connect, and for the whole exchange. The platform waits 15 s for an answer of ours, and this may be a part of it.
const CONNECT_LIMIT: Duration = Duration::from_secs(3);
const LIMIT: Duration = Duration::from_secs(6);
/// No answer that we read comes near; the list of signing keys is the longest.
const MOST: usize = 512 * 1024;

/// # Errors
/// The system's part of TLS cannot be set up.
pub fn client() -> Result<Client, String> {
    Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(CONNECT_LIMIT)
        .timeout(LIMIT)
        // A kept connection may be dead; on a new one it is certain what left.
        .pool_max_idle_per_host(0)
        .build()
        .map_err(|error| error.to_string())
}

/// An address over TLS, or on this machine.
///
/// # Errors
/// In words for an operator.
pub fn address(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|error| format!("`{text}` is not an address: {error}"))?;
    match url.scheme() {
        _ if !url.username().is_empty() || url.password().is_some() || url.query().is_some() => {
            Err("holds a user name or a query; write the address alone".to_owned())
        }
        "https" => Ok(url),
        "http" if is_here(&url) => Ok(url),
        _ => Err(format!("`{text}` would send a secret in the clear; use `https://`")),
    }
}

/// A name or address of this machine itself.
pub fn is_here(url: &Url) -> bool {
    matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"))
}

/// The body, unless it is longer than any that we want or breaks off.
pub async fn body(mut answer: Response) -> Option<Vec<u8>> {
    let mut whole = Vec::new();
    while let Some(piece) = answer.chunk().await.ok()? {
        if whole.len() + piece.len() > MOST {
            return None;
        }
        whole.extend_from_slice(&piece);
    }
    Some(whole)
}
