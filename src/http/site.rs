//! How the outside reaches us, and the institutions whose pages we show. Nothing here comes from a request.

use std::sync::Arc;

use crate::model::ids::TenantId;
use crate::policy::tenant::Tenant;
use crate::text::catalog::Catalog;

/// Looks an institution up; a function, because a reload may change the answer.
pub type FindTenant = Arc<dyn Fn(&TenantId) -> Option<Arc<Tenant>> + Send + Sync>;

/// One running web server as its visitors see it.
pub struct Site {
    /// Scheme, host and port, without a slash at the end: `https://reset.uni.example`. Every address that leaves us is
    /// built on it, never on a `Host` header.
    pub origin: String,
    /// Further origins under which the same pages are reached (`http://127.0.0.1:8080` beside `localhost`).
    pub also: Vec<String>,
    pub catalog: Arc<Catalog>,
    pub tenants: FindTenant,
}

impl Site {
    /// Whether visitors come over TLS. Only then do cookies carry `Secure` and the `__Host-` prefix, which browsers
    /// refuse on plain HTTP.
    pub fn secure(&self) -> bool {
        self.origin.starts_with("https://")
    }

    /// Whether a page of this origin is one of ours.
    pub fn owns(&self, origin: &str) -> bool {
        self.origin.eq_ignore_ascii_case(origin) || self.also.iter().any(|also| also.eq_ignore_ascii_case(origin))
    }

    /// A full address of a path that begins with `/`.
    pub fn address(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }

    /// The part of the origin that names a channel's own address of a peer: host and port.
    pub fn host(&self) -> &str {
        self.origin.split_once("://").map_or(self.origin.as_str(), |(_, host)| host)
    }

    /// The institution of a path segment; `None` for anything that is not one of ours.
    pub fn tenant(&self, segment: &str) -> Option<Arc<Tenant>> {
        (self.tenants)(&TenantId(segment.to_owned()))
    }
}
