//! Where a visitor comes from: the socket's address, or what a trusted proxy says it was.

use std::convert::Infallible;
use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::request::Parts;

use crate::http::network::Network;

/// The other end of the connection; `serve` puts it on every request.
#[derive(Clone, Copy, Debug)]
pub struct Socket(pub IpAddr);

/// Whose `X-Forwarded-For` is believed, beside proxies on this machine; `app` puts it on every request with
/// `axum::Extension`.
#[derive(Clone, Debug)]
pub struct Proxies(pub Arc<Vec<Network>>);

/// The visitor's address. `None` for a visitor on this machine, who is not limited by address.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Client(pub Option<IpAddr>);

impl<S: Sync> FromRequestParts<S> for Client {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let Some(Socket(socket)) = parts.extensions.get::<Socket>().copied() else { return Ok(Self(None)) };
        let none = Vec::new();
        let trusted = parts.extensions.get::<Proxies>().map_or(&none, |proxies| &proxies.0);
        Ok(Self(client(socket, &parts.headers, trusted)))
    }
}

/// Walks the chain from its end, which the nearest proxy wrote, to the first address that is no trusted proxy. What
/// stands before it anybody may have written.
pub fn client(socket: IpAddr, headers: &HeaderMap, trusted: &[Network]) -> Option<IpAddr> {
    let is_proxy = |address: IpAddr| {
        address.to_canonical().is_loopback() || trusted.iter().any(|network| network.contains(address))
    };
    if !is_proxy(socket) {
        return Some(socket);
    }
    // A line that is no text ends the walk like any other that is no address.
    let lines = headers.get_all("x-forwarded-for").iter().map(|line| line.to_str().unwrap_or("?"));
    let chain: Vec<&str> = lines.flat_map(|line| line.split(',')).map(str::trim).collect();
    let mut nearest = socket;
    for written in chain.iter().rev() {
        let Ok(address) = written.parse::<IpAddr>() else { break };
        if !is_proxy(address) {
            return Some(address);
        }
        nearest = address;
    }
    (!nearest.to_canonical().is_loopback()).then_some(nearest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(socket: &str, chain: &[&str]) -> Option<String> {
        let trusted = [Network::parse("10.0.0.0/8").unwrap()];
        let mut headers = HeaderMap::new();
        for line in chain {
            headers.append("x-forwarded-for", axum::http::HeaderValue::from_bytes(line.as_bytes()).unwrap());
        }
        client(socket.parse().unwrap(), &headers, &trusted).map(|address| address.to_string())
    }

    #[test]
    fn a_visitor_cannot_choose_an_address() {
        let visitor = Some("203.0.113.9".to_owned());
        assert_eq!(found("203.0.113.9", &[]), visitor);
        assert_eq!(found("203.0.113.9", &["198.51.100.1"]), visitor);
        // What the visitor wrote stands before what the proxy added.
        assert_eq!(found("10.0.0.5", &["198.51.100.1, 203.0.113.9"]), visitor);
        assert_eq!(found("10.0.0.5", &["198.51.100.1", "203.0.113.9, 10.1.1.1"]), visitor);
        assert_eq!(found("127.0.0.1", &["10.9.9.9, 203.0.113.9"]), visitor);
        assert_eq!(found("::ffff:127.0.0.1", &["203.0.113.9"]), visitor);
    }

    #[test]
    fn odd_chains_end_at_the_last_proxy_that_is_known() {
        assert_eq!(found("10.0.0.5", &[]), Some("10.0.0.5".to_owned()));
        assert_eq!(found("10.0.0.5", &["203.0.113.9, unknown"]), Some("10.0.0.5".to_owned()));
        assert_eq!(found("10.0.0.5", &["203.0.113.9, , 10.0.0.6"]), Some("10.0.0.6".to_owned()));
        assert_eq!(found("10.0.0.5", &["203.0.113.9", "\u{e9}"]), Some("10.0.0.5".to_owned()));
    }

    #[test]
    fn nobody_is_limited_on_this_machine() {
        assert_eq!(found("127.0.0.1", &[]), None);
        assert_eq!(found("::1", &["127.0.0.1"]), None);
    }
}
