//! Private pages: the one place where a password or an answer is typed. `http` draws them, here is what they mean.
//!
//! A link is looked at by GET, which changes nothing, and used up by POST; from then on a session token of the browser
//! that opened it holds the page. Neither is stored: the link is checked by its MAC, the session by its hash.

mod again;
mod session;
mod submit;

use std::sync::Arc;

use data_encoding::BASE64URL_NOPAD;

use crate::engine::conversation::Conversation;
use crate::engine::page_link::{self, PageOpen, Presented};
use crate::flow::set::Form;
use crate::model::ids::{ConversationId, PageId, TenantId};
use crate::model::names::{ArgName, MessageKey, OptionKey};
use crate::model::peer::{Language, Peer};
use crate::model::prompt::Arg;
use crate::model::secrets::{Answer, Password};
use crate::model::time::Timestamp;
use crate::policy::password::Verdict;
use crate::ports::store::StoreError;
use crate::runtime::places;
use crate::runtime::shell::Shell;
use crate::runtime::turn::load;
use crate::verify::keys::Keys;

pub(in crate::runtime) use again::Answers;
pub use session::SessionToken;
pub(in crate::runtime) use submit::names;

/// Where links to private pages begin, below the public address; the token follows.
pub const PATH: &str = "/page/";

/// Serves private pages. Cheap to clone.
#[derive(Clone)]
pub struct Pages(pub(in crate::runtime) Arc<Shell>);

/// A link that may be opened.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LinkView {
    pub tenant: TenantId,
    pub language: Language,
    pub form: Form,
    pub expires: Timestamp,
    /// The four digits that stand beside the link must be typed: this is not the browser that runs the chat.
    pub short_code: bool,
}

/// How somebody shows that the link did not just leak.
#[derive(Clone, Copy)]
pub enum Opener<'a> {
    ShortCode(&'a str),
    /// The peer of the browser session that came with the request.
    Browser(&'a Peer),
}

pub enum Opened {
    Session(SessionToken),
    WrongCode {
        left: u8,
    },
    /// Unknown, expired, used by somebody else, or tried too often: one answer for all.
    Dead,
}

/// An open page, as its session sees it.
pub struct FormView {
    pub tenant: TenantId,
    pub language: Language,
    pub fields: FormFields,
    pub expires: Timestamp,
    /// More time can be had by asking for it.
    pub extendable: bool,
}

pub enum FormFields {
    NewPassword {
        /// For the password manager of the browser.
        user_name: Option<String>,
        /// Every rule, judged on the empty password.
        rules: Vec<Verdict>,
    },
    Answers(Vec<Question>),
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Question {
    pub key: OptionKey,
    pub wording: String,
}

/// What a person handed in.
pub enum Fields {
    NewPassword {
        password: Password,
        again: Password,
    },
    /// In the order in which the questions stood.
    Answers(Vec<Answer>),
}

/// What came of it, in the order of how much it pleases.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum PageAnswer {
    /// The password is set. Said only when it is so.
    Done,
    /// Answers were taken; the chat says how it goes on.
    Recorded,
    /// The two fields differ. Nothing was tried.
    Mismatch,
    /// Our rules or the directory refused, with reasons. The page stays open, or has just been opened anew.
    Refused { reasons: Vec<(MessageKey, Vec<(ArgName, Arg)>)> },
    /// The directory did not say whether it was set.
    Uncertain,
    /// Nothing was changed: the directory is away.
    Unavailable,
    /// The proofs are too old, or somebody has touched the account meanwhile. Nothing was changed.
    Stale,
    /// No such page for this session.
    Dead,
}

/// Nothing was changed; it may be tried again.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PageError {
    #[error("the service is stopping")]
    Stopping,
    #[error("{0}")]
    Unavailable(String),
}

/// The address of a private page.
pub fn url(keys: &Keys, public_url: &str, page: PageId) -> String {
    format!("{public_url}{PATH}{}", token(keys, page))
}

/// The token at the end of a page's address: its id, and a MAC that only we can make.
pub fn token(keys: &Keys, page: PageId) -> String {
    let mut bytes = page.0.to_vec();
    bytes.extend_from_slice(&keys.link.tag(&[b"page", &page.0]));
    BASE64URL_NOPAD.encode(&bytes)
}

/// The page of a token, if it is one of ours.
pub fn page_of(keys: &Keys, token: &str) -> Option<PageId> {
    let bytes = BASE64URL_NOPAD.decode(token.as_bytes()).ok()?;
    let (id, tag) = bytes.split_at_checked(16)?;
    let page = PageId(id.try_into().ok()?);
    keys.link.holds(&[b"page", &page.0], tag).then_some(page)
}

impl Pages {
    /// What a link leads to; `None` when it is dead. Changes nothing, however often it is asked. `browser` is the peer of
    /// the chat session that came with the request.
    pub async fn look(&self, token: &str, browser: Option<&Peer>) -> Result<Option<LinkView>, PageError> {
        let Some((page, id)) = self.find(token).await? else { return Ok(None) };
        let Some(found) = load(&self.0, id).await? else { return Ok(None) };
        let conversation = found.conversation;
        let now = self.0.now();
        // The same rules as for opening it, tried on a copy that nobody keeps.
        let mut copy = conversation.clone();
        if page_link::open(&mut copy, page, Presented::SameBrowser, [0; 32], now) != PageOpen::Opened {
            return Ok(None);
        }
        let Some(open) = &conversation.page else { return Ok(None) };
        Ok(Some(LinkView {
            tenant: conversation.peer.tenant.clone(),
            language: conversation.language.clone(),
            form: open.form,
            expires: open.expires,
            short_code: browser != Some(&conversation.peer),
        }))
    }

    /// Uses a link up. A wrong short code is counted before it is compared, and on disk before this returns.
    pub async fn open(&self, token: &str, opener: Opener<'_>) -> Result<Opened, PageError> {
        let Some((page, id)) = self.find(token).await? else { return Ok(Opened::Dead) };
        let session = SessionToken::draw(&self.0, id);
        let change = |conversation: &mut Conversation, now: Timestamp| {
            let presented = match opener {
                Opener::ShortCode(code) => Presented::ShortCode(code),
                Opener::Browser(peer) if *peer == conversation.peer => Presented::SameBrowser,
                Opener::Browser(_) => Presented::ShortCode(""),
            };
            page_link::open(conversation, page, presented, session.hash(), now)
        };
        Ok(match self.change(id, change).await? {
            Some(PageOpen::Opened) => Opened::Session(session),
            Some(PageOpen::WrongCode { left }) => Opened::WrongCode { left },
            Some(PageOpen::Dead) | None => Opened::Dead,
        })
    }

    async fn find(&self, token: &str) -> Result<Option<(PageId, ConversationId)>, PageError> {
        let Some(page) = page_of(&self.0.parts.keys, token) else { return Ok(None) };
        let pointer = self.0.parts.store.get(&places::page(page)).await?;
        let id = pointer.and_then(|pointer| pointer.value.as_slice().try_into().ok());
        Ok(id.map(|id| (page, ConversationId(id))))
    }
}

impl From<StoreError> for PageError {
    fn from(error: StoreError) -> Self {
        PageError::Unavailable(error.to_string())
    }
}
