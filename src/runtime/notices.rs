//! "This was not me": a link in every notice that closes self-service for the account until the service desk releases it.

use std::sync::Arc;

use data_encoding::BASE64URL_NOPAD;

use crate::audit::{AuditEvent, AuditKind};
use crate::model::ids::{RunId, TenantId};
use crate::model::peer::Language;
use crate::model::time::{Seconds, Timestamp};
use crate::ports::desk::Ticket;
use crate::runtime::places;
use crate::runtime::record::{NoticeRecord, decode};
use crate::runtime::shell::Shell;
use crate::verify::keys::Keys;

/// Where these links begin, below the public address; the token follows.
pub const PATH: &str = "/not-me/";
/// How long a notice can be answered: people read the mail of their other address once a week.
pub const NOTICE_LIFE: Seconds = Seconds::hours(7 * 24);

/// Serves the links of notices. Cheap to clone.
#[derive(Clone)]
pub struct Notices(pub(in crate::runtime) Arc<Shell>);

/// What a link is about; it names nobody.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NoticeView {
    pub tenant: TenantId,
    pub language: Language,
    /// When the account was changed.
    pub done: Timestamp,
}

/// Nothing was changed; it must be tried again.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NoticeError(pub String);

/// What the link of one run's notice carries, however many addresses get it: 128 bits that only we can compute, and
/// short enough for a text message.
pub(in crate::runtime) fn token(keys: &Keys, tenant: &TenantId, run: RunId) -> [u8; 16] {
    let tag = keys.link.tag(&[b"notice", tenant.0.as_bytes(), &run.0]);
    let mut token = [0; 16];
    token.copy_from_slice(&tag[..16]);
    token
}

pub(in crate::runtime) fn url(public_url: &str, token: &[u8; 16]) -> String {
    format!("{public_url}{PATH}{}", BASE64URL_NOPAD.encode(token))
}

impl Notices {
    /// What a link is about; `None` when it is unknown or too old. Changes nothing.
    pub async fn view(&self, token: &str) -> Result<Option<NoticeView>, NoticeError> {
        let found = self.find(token).await?;
        Ok(found.map(|notice| NoticeView { tenant: notice.tenant, language: notice.language, done: notice.done }))
    }

    /// Closes self-service for the account and tells the service desk; whether the link was good. Pressing twice does
    /// no more than pressing once.
    pub async fn report(&self, token: &str) -> Result<bool, NoticeError> {
        let Some(notice) = self.find(token).await? else { return Ok(false) };
        let parts = &self.0.parts;
        let now = self.0.now();
        let failed = |what: &str, error: &dyn std::fmt::Display| {
            tracing::error!(part = what, %error, "a \"not me\" could not be recorded");
            NoticeError(format!("{what} is away"))
        };
        let frozen = parts.registry.freeze(&notice.tenant, &notice.account, now).await;
        frozen.map_err(|error| failed("the registry", &error))?;
        let event = |kind| AuditEvent {
            at: now,
            tenant: notice.tenant.clone(),
            run: Some(notice.run),
            channel: None,
            subject: Some(notice.account.clone()),
            kind,
        };
        let operation = format!("notice:{}:{}", notice.tenant, notice.run);
        let recorded =
            parts.audit.append(&operation, &[event(AuditKind::FraudReported), event(AuditKind::Frozen)]).await;
        recorded.map_err(|error| failed("the audit record", &error))?;
        self.tell_desk(&notice).await;
        Ok(true)
    }

    /// The account is closed already; a desk that does not answer is told by the audit record alone.
    async fn tell_desk(&self, notice: &NoticeRecord) {
        let parts = &self.0.parts;
        let (Some(desk), Some(tenant)) = (&parts.desk, parts.tenants.get(&notice.tenant)) else { return };
        let account = tenant.directory.read(&notice.account).await.ok().flatten();
        let language = tenant.tenant.languages.first().unwrap_or(&notice.language);
        let ticket = Ticket {
            case: notice.run,
            tenant: notice.tenant.clone(),
            user_name: account.map(|account| account.user_name),
            verified: Vec::new(),
            summary: parts.catalog.text(language, "desk-fraud", &[]),
        };
        if desk.open(&ticket).await.is_err() {
            tracing::warn!("the service desk was not told of a \"not me\"");
        }
    }

    async fn find(&self, token: &str) -> Result<Option<NoticeRecord>, NoticeError> {
        let decoded = BASE64URL_NOPAD.decode(token.as_bytes()).ok();
        let Some(token) = decoded.and_then(|bytes| bytes.try_into().ok()) else { return Ok(None) };
        let stored = self.0.parts.store.get(&places::notice(&token)).await;
        let stored = stored.map_err(|error| NoticeError(error.to_string()))?;
        let notice = stored.and_then(|stored| decode::<NoticeRecord>(&stored.value).ok());
        Ok(notice.filter(|notice| self.0.now() < notice.expires))
    }
}
