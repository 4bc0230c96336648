//! All routes of a service in one router: what each channel offers, merged and put behind the same guards.

use std::sync::Arc;

use axum::Router;

use crate::channels::{browser, challenge, notice, page};
use crate::http::serve::{Limits, Stop};
use crate::http::site::Site;
use crate::model::ids::TenantId;
use crate::model::prompt::PageLink;
use crate::ports::clock::Clock;
use crate::runtime::pages;
use crate::runtime::start::Runtime;
use crate::verify::keys::Keys;

/// What the routes need beside the runtime.
pub struct Front {
    /// Every institution: people come to private pages and notices from all channels.
    pub site: Arc<Site>,
    /// Those that have a browser chat.
    pub chats: Arc<Site>,
    pub clock: Arc<dyn Clock>,
    pub keys: Arc<Keys>,
    /// The same value that the runtime shows prompts through.
    pub browser: Arc<browser::BrowserChannel>,
    pub stop: Stop,
    /// Origins whose pages may show a tenant's widget.
    pub framed_by: Arc<dyn Fn(&TenantId) -> Vec<String> + Send + Sync>,
}

/// The routes of a running service, with `more` of its own, ready to be served.
pub fn routes(runtime: &Runtime, front: Front, limits: Limits, more: Router) -> Router {
    let Front { site, chats, clock, keys, browser, stop, framed_by } = front;
    let chat = browser::Parts {
        site: chats,
        channel: browser,
        inbox: runtime.inbox(),
        stop,
        page_path: Arc::new(move |link: &PageLink| format!("{}{}", pages::PATH, pages::token(&keys, link.page))),
        framed_by,
        challenge: browser::Challenge { picture: Arc::new(challenge::picture), sound: Arc::new(challenge::sound) },
    };
    let private = page::Parts { site: Arc::clone(&site), pages: runtime.pages(), clock };
    let notices = notice::Parts { site: Arc::clone(&site), notices: runtime.notices() };
    let routes = more.merge(browser::routes(chat)).merge(page::routes(private)).merge(notice::routes(notices));
    crate::http::finish(routes, site, limits)
}
