//! Tells a conversation that the code or link it waits for did not leave, and gives the sending of a code back.

use std::sync::Arc;

use crate::engine::event::Event;
use crate::metrics::catalog::Metric;
use crate::model::ids::{ChallengeId, ConversationId, PageId};
use crate::ports::store::{Expect, Op};
use crate::runtime::perform::own;
use crate::runtime::places;
use crate::runtime::record::{OutboxRow, SentCode, decode};
use crate::runtime::shell::Shell;
use crate::runtime::turn::{Advanced, Inbox, InboxError, Source, TurnError, advance, drive, enqueue, load};

/// `surely`: certainly not delivered, so it counts for nothing. What cannot be told now is not told later: the person
/// can ask for another code meanwhile.
pub async fn lost(shell: &Arc<Shell>, challenge: ChallengeId, surely: bool) {
    if let Err(error) = tell(shell, challenge, surely, surely).await {
        tracing::warn!(%error, "nobody was told that a code did not leave");
    }
}

impl Inbox {
    /// The network says that the text with this code did not arrive. It was sent and paid for, so it stays counted.
    /// Returns when that is on disk; told again, or of a code that nobody waits for any more, it changes nothing.
    pub async fn text_lost(&self, challenge: ChallengeId) -> Result<(), InboxError> {
        if self.0.stopping() {
            return Err(InboxError::Stopping);
        }
        if tell(&self.0, challenge, true, false).await? {
            self.0.metrics.count(Metric::Sends, &["text", "undelivered"]);
        }
        Ok(())
    }
}

/// Whether there was a conversation to be told.
async fn tell(shell: &Arc<Shell>, challenge: ChallengeId, surely: bool, refunded: bool) -> Result<bool, TurnError> {
    let key = places::sent_code(challenge);
    let Some(stored) = shell.parts.store.get(&key).await.map_err(TurnError::Store)? else { return Ok(false) };
    let Ok(sent) = decode::<SentCode>(&stored.value) else { return Ok(false) };
    let found = load(shell, sent.conversation).await.map_err(TurnError::Store)?;
    let Some(found) = found else { return Ok(false) };
    let peer = &found.conversation.peer;
    let mut extra = vec![Op::Delete { key, expect: Expect::Version(stored.version) }];
    if refunded {
        // From a known source it may have been counted against that source's own allowance.
        for operation in [own(&sent.operation), sent.operation] {
            let row = OutboxRow::Refund { tenant: peer.tenant.clone(), operation };
            extra.push(enqueue(places::chores_lane(sent.conversation), &row, shell.now()));
        }
    }
    let held = shell.locks.enter_surely(places::peer_hash(&shell.parts.keys, peer)).await;
    let working = shell.work();
    let event = Event::CodeLost { challenge, surely };
    match advance(shell, &Source::Conversation(sent.conversation), event, extra).await {
        Ok(Advanced::Stepped(stepped)) => {
            drop(drive(Arc::clone(shell), held, working, *stepped));
            Ok(true)
        }
        Ok(Advanced::Duplicate(_) | Advanced::Nothing) => Ok(false),
        // Somebody else has told it.
        Err(TurnError::Raced) => Ok(false),
        Err(error) => Err(error),
    }
}

/// The link to this page certainly did not leave, and somebody on a telephone waits for it.
pub async fn link_lost(shell: &Arc<Shell>, page: PageId) {
    let Ok(Some(pointer)) = shell.parts.store.get(&places::page(page)).await else { return };
    let Ok(id) = pointer.value.as_slice().try_into().map(ConversationId) else { return };
    let Ok(Some(found)) = load(shell, id).await else { return };
    let held = shell.locks.enter_surely(places::peer_hash(&shell.parts.keys, &found.conversation.peer)).await;
    let working = shell.work();
    match advance(shell, &Source::Conversation(id), Event::LinkLost { page }, Vec::new()).await {
        Ok(Advanced::Stepped(stepped)) => drop(drive(Arc::clone(shell), held, working, *stepped)),
        Ok(Advanced::Duplicate(_) | Advanced::Nothing) => {}
        Err(error) => tracing::warn!(%error, "nobody was told that a link did not leave"),
    }
}
