//! The messaging platforms that the demo was asked for: their stand-ins, our accounts there, and a page for each.

use std::sync::Arc;

use anyhow::anyhow;
use axum::Router;

use crate::app::demo::{discord, teams, telegram};
use crate::app::messaging::{self, Common};
use crate::channels::demo::messenger::{self as page, Handset};
use crate::channels::discord::app::App;
use crate::channels::discord::webhook as discord_hook;
use crate::channels::messaging::human;
use crate::channels::messaging::intake::Intake;
use crate::channels::teams::bot::Bot as TeamsBot;
use crate::channels::teams::webhook as teams_hook;
use crate::channels::telegram::bot::Bot;
use crate::channels::telegram::webhook as telegram_hook;
use crate::http::site::Site;
use crate::model::fault::Fault;
use crate::model::ids::TenantId;
use crate::model::peer::Channel;
use crate::ports::messenger;
use crate::ports::store::Store;
use crate::runtime::turn::Inbox;

pub struct Platforms {
    common: Common,
    tenants: Vec<TenantId>,
    bots: Vec<Arc<Bot>>,
    apps: Vec<Arc<App>>,
    teams: Vec<Arc<TeamsBot>>,
    /// What the platforms themselves answer.
    served: Router,
    handsets: Vec<Arc<dyn Handset>>,
}

impl Platforms {
    /// Those that were wished for. `seed` is what Discord's key is made of.
    ///
    /// # Errors
    /// A key or an address of the demo's own is no good.
    pub fn new(
        wished: &[Channel],
        tenants: Vec<TenantId>,
        common: Common,
        store: &Arc<dyn Store>,
        seed: &[u8; 32],
    ) -> anyhow::Result<Self> {
        let fault = |(section, fault): (String, Fault)| anyhow!("{section}: {}", fault.message);
        let origin = common.origin.clone();
        let (mut bots, mut apps, mut teams_apps) = (Vec::new(), Vec::new(), Vec::new());
        let (mut served, mut handsets) = (Router::new(), Vec::<Arc<dyn Handset>>::new());
        if wished.contains(&Channel::Telegram) {
            let platform = telegram::Platform::new(&origin, &common.keys, &tenants);
            bots = messaging::telegram(platform.bots(), &common.keys).map_err(fault)?;
            handsets.push(Arc::clone(&platform) as _);
            served = served.merge(telegram::routes(platform));
        }
        if wished.contains(&Channel::Discord) {
            let platform = discord::Platform::new(&origin, seed, &tenants)?;
            apps = messaging::discord(platform.apps(), &common, store).map_err(fault)?;
            handsets.push(Arc::clone(&platform) as _);
            served = served.merge(discord::routes(platform));
        }
        if wished.contains(&Channel::Teams) {
            let platform = teams::Platform::new(&origin, &tenants)?;
            teams_apps = messaging::teams(platform.apps(), store, &common.clock, &common.keys).map_err(fault)?;
            handsets.push(Arc::clone(&platform) as _);
            served = served.merge(teams::routes(platform));
        }
        Ok(Self { common, tenants, bots, apps, teams: teams_apps, served, handsets })
    }

    /// The channels of those that are there.
    pub fn channels(&self) -> Vec<(Channel, Arc<dyn messenger::Channel>)> {
        let accounts = [
            (Channel::Telegram, messaging::accounts(&self.bots)),
            (Channel::Discord, messaging::applications(&self.apps)),
            (Channel::Teams, messaging::teams_accounts(&self.teams)),
        ];
        let there = accounts.into_iter().filter(|(_, accounts)| !accounts.is_empty());
        there.map(|(name, accounts)| (name, messaging::channel(accounts, &self.common) as _)).collect()
    }

    /// What platforms call, what stands in for them, and a person's page on each.
    pub fn routes(self, inbox: &Inbox, site: &Arc<Site>) -> Router {
        let Common { catalog, clock, keys, .. } = self.common;
        let intake = |channel, patience| Intake::new(channel, inbox.clone(), Arc::clone(&clock), patience);
        let to_telegram = intake(Channel::Telegram, messaging::TELEGRAM_PATIENCE);
        let to_discord = intake(Channel::Discord, messaging::DISCORD_PATIENCE);
        let to_teams = intake(Channel::Teams, messaging::TEAMS_PATIENCE);
        let teams = teams_hook::Parts { bots: self.teams, intake: to_teams, catalog, clock: Arc::clone(&clock) };
        let hooks = telegram_hook::routes(telegram_hook::Parts { bots: self.bots, intake: to_telegram })
            .merge(discord_hook::routes(discord_hook::Parts { apps: self.apps, intake: to_discord }))
            .merge(teams_hook::routes(teams))
            .merge(human::routes(human::Parts { site: Arc::clone(site), keys, clock }));
        let tenants = Arc::new(self.tenants);
        self.handsets.into_iter().fold(hooks.merge(self.served), |routes, handset| {
            let parts = page::Parts { site: Arc::clone(site), handset, tenants: Arc::clone(&tenants) };
            routes.merge(page::routes(parts))
        })
    }
}
