//! What a row says and how it is tied to the row before.

use serde::{Deserialize, Serialize};

use crate::audit::{AuditEvent, AuditKind};
use crate::model::ids::{AccountId, RunId, TenantId};
use crate::model::peer::Channel;
use crate::model::time::Timestamp;
use crate::verify::keys::{Digested, Key, Tag};

/// What the first row is tied to.
pub const GENESIS: Tag = [0; 32];

/// One row as it is chained.
pub struct Row<'a> {
    pub seq: i64,
    pub operation: &'a str,
    pub position: i64,
    /// JSON of a [`Line`]; these very bytes are chained, so there is no second form of them.
    pub payload: &'a str,
    pub key_id: u32,
}

/// An event as it is written: the account under a keyed pseudonym, ids as text.
#[derive(Serialize, Deserialize)]
struct Line {
    at: Timestamp,
    tenant: TenantId,
    run: Option<String>,
    channel: Option<Channel>,
    subject: Option<String>,
    kind: AuditKind,
}

impl Row<'_> {
    /// The MAC under the key that `key_id` names.
    pub fn hash(&self, previous: &Tag, key: &Digested) -> Tag {
        key.tag(&[
            previous,
            &self.seq.to_be_bytes(),
            self.operation.as_bytes(),
            &self.position.to_be_bytes(),
            &self.key_id.to_be_bytes(),
            self.payload.as_bytes(),
        ])
    }
}

pub fn write(event: &AuditEvent, lookup: &Key) -> serde_json::Result<String> {
    serde_json::to_string(&Line {
        at: event.at,
        tenant: event.tenant.clone(),
        run: event.run.map(|run| run.to_string()),
        channel: event.channel,
        subject: event.subject.as_ref().map(|subject| pseudonym(&event.tenant, subject, lookup)),
        kind: event.kind.clone(),
    })
}

/// The event of a payload; its subject is the pseudonym.
pub fn read(payload: &str) -> serde_json::Result<AuditEvent> {
    let line: Line = serde_json::from_str(payload)?;
    Ok(AuditEvent {
        at: line.at,
        tenant: line.tenant,
        run: line.run.as_deref().and_then(RunId::parse),
        channel: line.channel,
        subject: line.subject.map(AccountId),
        kind: line.kind,
    })
}

/// Under which name an account stands in the record: 128 bits of a MAC, the same for ever.
pub fn pseudonym(tenant: &TenantId, subject: &AccountId, lookup: &Key) -> String {
    let tag = lookup.tag(&[b"subject", tenant.0.as_bytes(), subject.0.as_bytes()]);
    data_encoding::HEXLOWER.encode(&tag[..16])
}
