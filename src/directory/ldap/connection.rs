//! One connection: opened, protected by TLS, bound, and asked one thing at a time within a time limit.

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use ldap3::{Ldap, LdapConnAsync, LdapConnSettings, LdapError, LdapResult, Scope, SearchOptions};
use rustls::ClientConfig;
use zeroize::Zeroizing;

use crate::directory::ldap::entry::Entry;
use crate::directory::ldap::ppolicy::{self, PolicyError};

/// Limits of one operation.
pub const CONNECT_LIMIT: Duration = Duration::from_secs(2);
pub const SEARCH_LIMIT: Duration = Duration::from_secs(3);
pub const SET_LIMIT: Duration = Duration::from_secs(8);

/// LDAP result codes (RFC 4511, A.1) that we tell apart.
pub mod code {
    pub const SUCCESS: u32 = 0;
    pub const OPERATIONS_ERROR: u32 = 1;
    pub const TIME_LIMIT: u32 = 3;
    pub const SIZE_LIMIT: u32 = 4;
    pub const REFERRAL: u32 = 10;
    pub const CONFIDENTIALITY_REQUIRED: u32 = 13;
    pub const NO_SUCH_ATTRIBUTE: u32 = 16;
    pub const CONSTRAINT_VIOLATION: u32 = 19;
    pub const NO_SUCH_OBJECT: u32 = 32;
    pub const INVALID_CREDENTIALS: u32 = 49;
    pub const INSUFFICIENT_ACCESS: u32 = 50;
    pub const BUSY: u32 = 51;
    pub const UNAVAILABLE: u32 = 52;
    pub const UNWILLING: u32 = 53;
    pub const OTHER: u32 = 80;
}

/// Where to connect and as whom.
pub struct Server {
    pub urls: Vec<String>,
    pub start_tls: bool,
    pub tls: Arc<ClientConfig>,
    pub bind_dn: String,
    pub bind_password: Zeroizing<String>,
}

/// An operation did not succeed. Texts are for the operator and hold no secret: they are the server's or the library's.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// Nothing left this machine.
    #[error("{0}")]
    NotSent(String),
    /// No answer, though the request may have arrived.
    #[error("{0}")]
    NoAnswer(String),
    /// The server said no.
    #[error("code {code}: {text}")]
    Refused { code: u32, text: String },
}

impl Trouble {
    /// For the log: without the texts of servers, which may quote names.
    pub fn kind(&self) -> String {
        match self {
            Trouble::NotSent(_) => "not sent".to_owned(),
            Trouble::NoAnswer(_) => "no answer".to_owned(),
            Trouble::Refused { code, .. } => format!("refused with code {code}"),
        }
    }
}

impl Server {
    /// Opens a connection to the first server that answers and binds it as the service account.
    pub async fn connect(&self) -> Result<Ldap, Trouble> {
        let mut ldap = self.open().await?;
        let bound = asked(CONNECT_LIMIT, ldap.simple_bind(&self.bind_dn, &self.bind_password)).await?;
        match (bound.rc, ppolicy::error_of(&bound)) {
            // Such a bind succeeds and everything after it is refused; say so where it starts.
            (code::SUCCESS, Some(PolicyError::ChangeAfterReset)) => {
                let text = format!("`{}` must change its own password first", self.bind_dn);
                Err(Trouble::Refused { code: code::UNWILLING, text })
            }
            (code::SUCCESS, _) => Ok(ldap),
            (code, _) => {
                let text = format!("bind as `{}` refused {}", self.bind_dn, bound.text);
                Err(Trouble::Refused { code, text })
            }
        }
    }

    /// Opens a connection and leaves it anonymous; for one bind as somebody else.
    pub async fn open(&self) -> Result<Ldap, Trouble> {
        let mut why = Vec::new();
        for url in &self.urls {
            let settings = LdapConnSettings::new()
                .set_conn_timeout(CONNECT_LIMIT)
                .set_config(self.tls.clone())
                .set_starttls(self.start_tls);
            match LdapConnAsync::with_settings(settings, url).await {
                Ok((connection, ldap)) => {
                    // It ends with the last handle. What breaks it is told to whoever waits for an answer.
                    tokio::spawn(async move { drop(connection.drive().await) });
                    return Ok(ldap);
                }
                Err(error) => why.push(format!("{url}: {error}")),
            }
        }
        Err(Trouble::NotSent(why.join("; ")))
    }
}

/// Binds as a person, with the policy control. Only on a connection of its own, and never with an empty password:
/// servers take that for an anonymous bind and answer success (RFC 4513, 5.1.2).
pub async fn bind_as(ldap: &mut Ldap, dn: &str, password: &str) -> Result<LdapResult, Trouble> {
    if dn.is_empty() || password.is_empty() {
        return Err(Trouble::NotSent("empty name or password".to_owned()));
    }
    ldap.with_controls(ppolicy::request());
    asked(SEARCH_LIMIT, ldap.simple_bind(dn, password)).await
}

/// What a search asks.
pub struct Query<'a> {
    pub base: &'a str,
    pub scope: Scope,
    pub filter: &'a str,
    pub attributes: &'a [String],
    pub at_most: i32,
}

/// The entries found. More than `at_most` are cut off by the server. Search references are left where they are: our
/// credential goes to no server that the configuration does not name.
pub async fn search(ldap: &mut Ldap, query: Query<'_>) -> Result<Vec<Entry>, Trouble> {
    ldap.with_search_options(SearchOptions::new().sizelimit(query.at_most));
    let found = asked(SEARCH_LIMIT, ldap.search(query.base, query.scope, query.filter, query.attributes)).await?;
    match found.1.rc {
        code::SUCCESS | code::SIZE_LIMIT => {}
        code => return Err(Trouble::Refused { code, text: found.1.text }),
    }
    let entries: Option<Vec<Entry>> = found.0.into_iter().map(Entry::read).collect();
    entries.ok_or_else(|| Trouble::NoAnswer("an answer that is not LDAP".to_owned()))
}

/// Waits for one operation. The library panics over some malformed answers; here that is a lost answer.
pub async fn asked<T>(limit: Duration, operation: impl Future<Output = Result<T, LdapError>>) -> Result<T, Trouble> {
    match tokio::time::timeout(limit, AssertUnwindSafe(operation).catch_unwind()).await {
        Ok(Ok(Ok(answer))) => Ok(answer),
        // The channel to the connection's task was closed already.
        Ok(Ok(Err(error @ LdapError::OpSend { .. }))) => Err(Trouble::NotSent(error.to_string())),
        Ok(Ok(Err(error))) => Err(Trouble::NoAnswer(error.to_string())),
        Ok(Err(_)) => Err(Trouble::NoAnswer("an answer that is not LDAP".to_owned())),
        Err(_) => Err(Trouble::NoAnswer(format!("no answer within {} s", limit.as_secs()))),
    }
}
