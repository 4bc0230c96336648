//! From what a step says to rows of the outbox, in the batch that carries the step.

use crate::audit::AuditEvent;
use crate::engine::conversation::Conversation;
use crate::engine::event::Output;
use crate::model::ids::{EffectId, VaultKey};
use crate::model::prompt::Prompt;
use crate::model::secrets::Secret;
use crate::model::time::{Seconds, Timestamp};
use crate::policy::gates::Source;
use crate::ports::store::{Expect, Op, Row};
use crate::runtime::perform::{counted_as, live_as, own};
use crate::runtime::places;
use crate::runtime::record::{OutboxRow, SentCode, encode};
use crate::runtime::shell::Shell;

pub struct Rows {
    pub ops: Vec<Op>,
    /// Codes that were put into the vault for these rows; to be removed if the commit fails.
    pub secrets: Vec<VaultKey>,
}

/// How long an answer that was keyed in waits for the others; a caller takes their time.
const KEYED_LIFE: Seconds = Seconds::minutes(5);

/// `settling` is the effect whose result the step took: what counted a sending.
pub fn rows(
    shell: &Shell,
    conversation: &Conversation,
    outputs: Vec<Output>,
    settling: Option<EffectId>,
    now: Timestamp,
) -> Rows {
    let id = conversation.id;
    let peer_lane = places::peer_lane(&places::peer_hash(&shell.parts.keys, &conversation.peer));
    let mut rows = Rows { ops: Vec::new(), secrets: Vec::new() };
    let mut audit: Vec<AuditEvent> = Vec::new();
    let mut together: Vec<Prompt> = Vec::new();
    for output in outputs {
        match output {
            // One message instead of several, where platforms count them.
            Output::Say(prompt) if conversation.peer.channel.is_remote() => together.push(prompt),
            Output::Say(prompt) => {
                let (peer, language) = (conversation.peer.clone(), conversation.language.clone());
                let row = OutboxRow::Say { conversation: id, peer, language, prompt, written: now };
                rows.ops.push(enqueue(peer_lane.clone(), &row, now));
            }
            Output::SayIn(language, prompt) => {
                let peer = conversation.peer.clone();
                let row = OutboxRow::Say { conversation: id, peer, language, prompt, written: now };
                rows.ops.push(enqueue(peer_lane.clone(), &row, now));
            }
            Output::Void { key } => shell.vault.remove(key),
            Output::KeepAnswer { key, answer } => {
                shell.vault.put(key, Secret::Answers(vec![answer]), now + KEYED_LIFE);
                rows.secrets.push(key);
            }
            Output::DeliverCode { challenge, account, method, target, code, expires, language } => {
                let key = VaultKey(challenge.0);
                shell.vault.put(key, Secret::Code(code), expires);
                rows.secrets.push(key);
                let tenant = conversation.peer.tenant.clone();
                let run = conversation.run;
                let row = OutboxRow::Code {
                    tenant,
                    account,
                    method,
                    target,
                    challenge,
                    expires,
                    language,
                    run,
                    purpose: conversation.purpose,
                    channel: conversation.peer.channel,
                    attempted: false,
                };
                rows.ops.push(enqueue(places::target_lane(&target), &row, now));
                if let Some(effect) = settling {
                    let sent = SentCode { conversation: id, operation: counted_as(effect) };
                    let (key, value) = (places::sent_code(challenge), encode(&sent));
                    rows.ops.push(Op::Put { key, value, expect: Expect::Anything, expires });
                }
            }
            Output::SendLink { page, account, method, target, expires, language } => {
                let tenant = conversation.peer.tenant.clone();
                let attempted = false;
                let row = OutboxRow::Link { tenant, account, method, target, page, expires, language, attempted };
                rows.ops.push(enqueue(places::target_lane(&target), &row, now));
            }
            Output::Refund { effect } => {
                let operation = counted_as(effect);
                // From a known source it may have been counted against that source's own allowance.
                let known = conversation.source() == Source::Known;
                let own = known.then(|| own(&operation));
                for operation in [Some(operation), own].into_iter().flatten() {
                    let row = OutboxRow::Refund { tenant: conversation.peer.tenant.clone(), operation };
                    rows.ops.push(enqueue(places::chores_lane(id), &row, now));
                }
            }
            Output::CaseOver => {
                let row = OutboxRow::Refund { tenant: conversation.peer.tenant.clone(), operation: live_as(id) };
                rows.ops.push(enqueue(places::chores_lane(id), &row, now));
            }
            Output::Forgive { limit_key } => {
                let row = OutboxRow::Forgive { tenant: conversation.peer.tenant.clone(), limit_key };
                rows.ops.push(enqueue(places::chores_lane(id), &row, now));
            }
            Output::Audit(event) => audit.push(event),
            Output::ToParent { parent, leg, act } => {
                let row = OutboxRow::ToParent { parent, leg, act: act.into() };
                rows.ops.push(enqueue(places::chores_lane(id), &row, now));
            }
            Output::CloseLeg { leg } => {
                rows.ops.push(enqueue(places::chores_lane(id), &OutboxRow::CloseLeg { leg }, now));
            }
        }
    }
    if !together.is_empty() {
        let (peer, language) = (conversation.peer.clone(), conversation.language.clone());
        let row = OutboxRow::Together { conversation: id, peer, language, prompts: together, written: now };
        rows.ops.push(enqueue(peer_lane, &row, now));
    }
    if !audit.is_empty() {
        rows.ops.push(enqueue(places::audit_lane(id), &OutboxRow::Audit(audit), now));
    }
    rows
}

pub fn enqueue(lane: String, row: &OutboxRow, not_before: Timestamp) -> Op {
    Op::Enqueue(Row { lane, value: encode(row), not_before })
}
