//! What a runtime is made of; `app` and the tests plug it together.

use std::collections::HashMap;
use std::sync::Arc;

use crate::flow::set::FlowSet;
use crate::model::ids::TenantId;
use crate::model::method::Method;
use crate::model::peer::Channel;
use crate::policy::tenant::Tenant;
use crate::ports::audit_log::AuditLog;
use crate::ports::caller::Caller;
use crate::ports::clock::{Clock, Entropy};
use crate::ports::desk::Desk;
use crate::ports::directory::Directory;
use crate::ports::former::FormerAddresses;
use crate::ports::messenger::{self, MailSender, TextSender};
use crate::ports::registry::Registry;
use crate::ports::store::Store;
use crate::text::catalog::Catalog;
use crate::verify::keys::Keys;

/// Every port with its adapter. What is `None` is not wired, and nothing that needs it is offered.
pub struct Parts {
    pub clock: Arc<dyn Clock>,
    pub entropy: Arc<dyn Entropy>,
    pub store: Arc<dyn Store>,
    pub registry: Arc<dyn Registry>,
    /// Addresses that accounts lost and that are to hear of it.
    pub former: Option<Arc<dyn FormerAddresses>>,
    pub audit: Arc<dyn AuditLog>,
    pub tenants: HashMap<TenantId, TenantParts>,
    pub mail: Option<Arc<dyn MailSender>>,
    pub text_sender: Option<Arc<dyn TextSender>>,
    pub desk: Option<Arc<dyn Desk>>,
    /// Has telephones ring.
    pub caller: Option<Arc<dyn Caller>>,
    /// How prompts are shown; a channel without an entry shows nothing.
    pub channels: HashMap<Channel, Arc<dyn messenger::Channel>>,
    pub catalog: Arc<Catalog>,
    pub flows: Arc<FlowSet>,
    pub keys: Arc<Keys>,
    /// Scheme and host that links begin with, without a slash at the end: `https://reset.uni.example`.
    pub public_url: String,
}

/// One institution with its own directory.
pub struct TenantParts {
    pub tenant: Arc<Tenant>,
    pub directory: Arc<dyn Directory>,
}

impl Parts {
    /// Methods for which an adapter is wired, whether it works now or not.
    pub fn wired(&self) -> Vec<Method> {
        let wired = |method: &Method| match method {
            Method::Email => self.mail.is_some(),
            Method::Sms => self.text_sender.is_some(),
            Method::Totp | Method::Questions => true,
            Method::CallMobile | Method::CallOffice => self.caller.is_some(),
            // No adapter pushes yet.
            Method::Push => false,
        };
        Method::ALL.into_iter().filter(wired).collect()
    }

    /// Whether a service desk takes live conversations now.
    pub fn desk_open(&self) -> bool {
        self.desk.as_ref().is_some_and(|desk| desk.open_now())
    }
}
