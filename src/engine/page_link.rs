//! Opening a private page: the link alone is not enough, and whoever types the short code first has the only session.

use subtle::ConstantTimeEq;

use crate::engine::conversation::{Conversation, Waiting};
use crate::model::ids::PageId;
use crate::model::time::Timestamp;

/// Wrong short codes after which a link is dead.
pub const MAX_SHORT_CODE_TRIES: u8 = 5;

/// What opening a page came to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PageOpen {
    Opened,
    WrongCode {
        left: u8,
    },
    /// Unknown, expired, used by somebody else, or tried too often: one answer for all.
    Dead,
}

/// How the opener shows that the link did not just leak.
pub enum Presented<'a> {
    /// The four digits that stand beside the link in the chat.
    ShortCode(&'a str),
    /// The same browser session that runs the chat.
    SameBrowser,
}

/// Consumes a link. `session` is the SHA-256 of the token that the opener will hold from now on. The caller commits
/// the conversation before it answers, whatever the result: a wrong code was counted.
pub fn open(
    conversation: &mut Conversation,
    page: PageId,
    presented: Presented<'_>,
    session: [u8; 32],
    now: Timestamp,
) -> PageOpen {
    if !waits_for(&conversation.waiting, page) {
        return PageOpen::Dead;
    }
    let Some(open) = conversation.page.as_mut().filter(|open| open.id == page && now < open.expires) else {
        return PageOpen::Dead;
    };
    // The browser that runs the chat may open it again: the answer to its first try may have been lost, and it could
    // have the chat give it another link anyway. Nobody else comes after a first opener.
    if let Presented::ShortCode(code) = presented {
        if open.consumed || open.short_code_tries >= MAX_SHORT_CODE_TRIES {
            return PageOpen::Dead;
        }
        open.short_code_tries += 1;
        if !bool::from(open.short_code.as_bytes().ct_eq(code.as_bytes())) {
            let left = MAX_SHORT_CODE_TRIES - open.short_code_tries;
            return if left == 0 { PageOpen::Dead } else { PageOpen::WrongCode { left } };
        }
    }
    open.consumed = true;
    open.session = Some(session);
    PageOpen::Opened
}

/// Whether this session may use the page now: it was opened by it, or by it in an earlier try of the same form.
pub fn holds(conversation: &Conversation, session: &[u8; 32], now: Timestamp) -> bool {
    conversation
        .page
        .as_ref()
        .is_some_and(|open| now < open.expires && open.session.is_some_and(|known| bool::from(known.ct_eq(session))))
}

fn waits_for(waiting: &Waiting, page: PageId) -> bool {
    match waiting {
        Waiting::Page { page: open, .. } => *open == page,
        Waiting::Confirm { back, .. } | Waiting::PickLanguage { back } => waits_for(back, page),
        Waiting::Nothing
        | Waiting::Answer { .. }
        | Waiting::Menu { .. }
        | Waiting::Effect { .. }
        | Waiting::Leg { .. } => false,
    }
}
