//! Wires messaging platforms: their accounts, one channel a platform, the routes that they call.

use std::sync::Arc;

use data_encoding::HEXLOWER;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use zeroize::Zeroizing;

use crate::channels::discord;
use crate::channels::messaging::challenge;
use crate::channels::messaging::channel::MessagingChannel;
use crate::channels::messaging::intake::Intake;
use crate::channels::messaging::platform::Account;
use crate::channels::messaging::reference::References;
use crate::channels::teams;
use crate::channels::telegram::api::Api;
use crate::channels::telegram::bot::Bot;
use crate::channels::telegram::{poll, setup, webhook};
use crate::config::discord::DiscordConfig;
use crate::config::teams::TeamsConfig;
use crate::config::telegram::TelegramConfig;
use crate::model::fault::Fault;
use crate::model::peer::Language;
use crate::model::prompt::PageLink;
use crate::model::time::Seconds;
use crate::ports::clock::Clock;
use crate::ports::store::Store;
use crate::runtime::pages;
use crate::text::catalog::Catalog;
use crate::verify::keys::Keys;

/// How long Telegram waits for our answer when an effect of the same chat is under way; it would wait for a minute.
pub const TELEGRAM_PATIENCE: Seconds = Seconds(2);
/// The same for Discord, which waits for three seconds.
pub const DISCORD_PATIENCE: Seconds = Seconds(1);

/// How long Teams waits for our answer when an effect of the same chat is under way; it gives up after about 15 s, and what
/// comes before (keys, the store) may take a part of it.
pub const TEAMS_PATIENCE: Seconds = Seconds(2);

/// What every platform's channel is made of.
pub struct Common {
    pub catalog: Arc<Catalog>,
    pub clock: Arc<dyn Clock>,
    pub keys: Arc<Keys>,
    /// Scheme, host and port, without a slash at the end.
    pub origin: String,
}

/// The channel of one platform, with its accounts by the platform's ids of them.
pub fn channel(accounts: Vec<(String, Arc<dyn Account>)>, common: &Common) -> Arc<MessagingChannel> {
    let (keys, origin) = (Arc::clone(&common.keys), common.origin.clone());
    let page = move |link: &PageLink| pages::url(&keys, &origin, link.page);
    let (keys, origin, clock) = (Arc::clone(&common.keys), common.origin.clone(), Arc::clone(&common.clock));
    let human = move |digits: &str, language: &Language| {
        format!("{origin}{}{}", challenge::PATH, challenge::seal(&keys, digits, language.tag(), clock.now()))
    };
    MessagingChannel::new(accounts, Arc::clone(&common.catalog), &common.clock, Arc::new(page), Arc::new(human))
}

/// Telegram's bots.
///
/// # Errors
/// The section of the configuration, and what is wrong in it.
pub fn telegram(configs: Vec<TelegramConfig>, keys: &Keys) -> Result<Vec<Arc<Bot>>, (String, Fault)> {
    let bot = |config: TelegramConfig| {
        let section = format!("telegram.{}", config.name);
        let fault = |why| (section.clone(), Fault::at("api", why));
        let secret = telegram_secret(keys, &config.name);
        let api = Api::new(&config.api, config.token, section.clone()).map_err(fault)?;
        Ok(Arc::new(Bot::new(config.name, config.tenant, api, secret)))
    };
    configs.into_iter().map(bot).collect()
}

/// What Telegram sends with every update. Made from the ring, so that there is none to choose and none to keep; told to
/// Telegram at every start.
pub fn telegram_secret(keys: &Keys, name: &str) -> Zeroizing<String> {
    Zeroizing::new(HEXLOWER.encode(&keys.link.tag(&[b"telegram", name.as_bytes()])))
}

/// What runs beside the server for a bot: it tells Telegram where we are, and asks for updates where Telegram cannot call.
pub fn beside(bot: &Arc<Bot>, polled: bool, intake: &Intake, common: &Common) -> Vec<BoxFuture<'static, ()>> {
    let url = (!polled).then(|| format!("{}{}/{}", common.origin, webhook::ROOT, bot.name));
    let (catalog, clock) = (Arc::clone(&common.catalog), Arc::clone(&common.clock));
    let mut beside = vec![setup::introduce(Arc::clone(bot), url, catalog, Arc::clone(&clock)).boxed()];
    if polled {
        beside.push(poll::poll(Arc::clone(bot), intake.clone(), clock).boxed());
    }
    beside
}

/// The bots as accounts of their channel.
pub fn accounts(bots: &[Arc<Bot>]) -> Vec<(String, Arc<dyn Account>)> {
    bots.iter().map(|bot| (bot.api.bot().to_owned(), Arc::clone(bot) as Arc<dyn Account>)).collect()
}

/// Discord's applications.
///
/// # Errors
/// The section of the configuration, and what is wrong in it.
pub fn discord(
    configs: Vec<DiscordConfig>,
    common: &Common,
    store: &Arc<dyn Store>,
) -> Result<Vec<Arc<discord::app::App>>, (String, Fault)> {
    let app = |config: DiscordConfig| {
        let api = discord_api(&config)?;
        let (clock, keys) = (Arc::clone(&common.clock), Arc::clone(&common.keys));
        let references = References::new(Arc::clone(store), Arc::clone(&clock), keys, "interaction");
        Ok(Arc::new(discord::app::App {
            name: config.name,
            tenant: config.tenant,
            key: config.public_key,
            api,
            handles: discord::handles::Handles::new(references),
            catalog: Arc::clone(&common.catalog),
            clock,
        }))
    };
    configs.into_iter().map(app).collect()
}

/// The way to Discord of one application.
///
/// # Errors
/// As of [`discord`].
pub fn discord_api(config: &DiscordConfig) -> Result<discord::api::Api, (String, Fault)> {
    let section = format!("discord.{}", config.name);
    let (application, token) = (config.application.clone(), config.token.clone());
    discord::api::Api::new(&config.api, application, token, section.clone())
        .map_err(|why| (section, Fault::at("api", why)))
}

/// The applications as accounts of their channel.
pub fn applications(apps: &[Arc<discord::app::App>]) -> Vec<(String, Arc<dyn Account>)> {
    apps.iter().map(|app| (app.api.application().to_owned(), Arc::clone(app) as Arc<dyn Account>)).collect()
}

/// Apps in Teams, with the platform's signing keys still to be fetched.
///
/// # Errors
/// The section of the configuration, and what is wrong in it.
pub fn teams(
    configs: Vec<TeamsConfig>,
    store: &Arc<dyn Store>,
    clock: &Arc<dyn Clock>,
    keys: &Arc<Keys>,
) -> Result<Vec<Arc<teams::bot::Bot>>, (String, Fault)> {
    let bot = |config: TeamsConfig| {
        let section = format!("teams.{}", config.identity.name);
        let fault = |key: &'static str| {
            let section = section.clone();
            move |why: String| (section, Fault::at(key, why))
        };
        let (app, named) = (config.identity.app.clone(), || section.clone());
        let TeamsConfig { identity, login, token_tenant, secret, openid } = config;
        let access = teams::access::Access::new(&login, &token_tenant, app, secret, Arc::clone(clock), named());
        let connector = teams::connector::Connector::new(access.map_err(fault("login"))?, named());
        let connector = connector.map_err(fault("app_id"))?;
        let signing = teams::signing_keys::SigningKeys::new(&openid, Arc::clone(clock), named());
        let signing = signing.map_err(fault("openid"))?;
        let references = References::new(Arc::clone(store), Arc::clone(clock), Arc::clone(keys), "conversation");
        Ok(Arc::new(teams::bot::Bot::new(identity, signing, connector, references, Arc::clone(clock))))
    };
    configs.into_iter().map(bot).collect()
}

/// What runs beside the server for an app: its platform's keys are had before the first activity.
pub fn teams_beside(bots: &[Arc<teams::bot::Bot>]) -> Vec<BoxFuture<'static, ()>> {
    let fresh = |bot: Arc<teams::bot::Bot>| async move { bot.keys.keep_fresh().await }.boxed();
    bots.iter().cloned().map(fresh).collect()
}

/// The apps as accounts of their channel.
pub fn teams_accounts(bots: &[Arc<teams::bot::Bot>]) -> Vec<(String, Arc<dyn Account>)> {
    bots.iter().map(|bot| (bot.identity.app.clone(), Arc::clone(bot) as Arc<dyn Account>)).collect()
}
