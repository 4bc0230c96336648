//! `ringback channel check teams`: whether the app signs in, whether the platform's keys can be had, and whether the
//! address that the platform calls is ours and closed to strangers.

use std::sync::Arc;

use reqwest::StatusCode;
use reqwest::header::CONTENT_TYPE;

use crate::app::messaging;
use crate::app::voice_check::Look;
use crate::channels::teams::bot::Bot;
use crate::channels::teams::exchange::client;
use crate::channels::teams::webhook::ROOT;
use crate::config::Config;
use crate::ports::clock::Clock;
use crate::ports::store::Store;
use crate::runtime::system::SystemClock;
use crate::store::keyring::{Keeper, KeyRing};
use crate::store::memory::MemoryStore;

type Found = (String, Option<String>);

/// Looks at every app, in the order of their names. Sends nothing to anybody.
pub async fn check(config: &Config) -> Vec<Look> {
    let mut looks = Vec::new();
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::default());
    // Nothing is kept: no conversation is opened.
    let nowhere = MemoryStore::new(Arc::clone(&clock), KeyRing::ephemeral([0; 32]).sealer(Keeper::Store));
    let nowhere: Arc<dyn Store> = Arc::new(nowhere);
    let keys = Arc::new(config.keys.keys());
    for section in &config.teams {
        let name = format!("teams.{}", section.identity.name);
        let mut look = |(what, remedy): Found| looks.push(Look { section: name.clone(), what, remedy });
        match messaging::teams(vec![section.clone()], &nowhere, &clock, &keys) {
            Ok(bots) => {
                for bot in &bots {
                    look(signs_in(bot, &name).await);
                    look(has_keys(bot, &name).await);
                    let address = format!("{}{ROOT}/{}", config.public_url, section.identity.name);
                    look(closed(&address).await);
                }
            }
            Err((_, fault)) => look((fault.message, Some(format!("mend {name}.{}", fault.key)))),
        }
    }
    looks
}

async fn signs_in(bot: &Bot, section: &str) -> Found {
    match bot.connector.signs_in().await {
        Ok(()) => (format!("the app {} signs in", bot.identity.app), None),
        Err(error) => {
            let remedy = format!(
                "compare {section}.app_id and {section}.organisation with the registration's overview, and put the value of \
                 a client secret that has not expired into {section}.secret_file"
            );
            (error.to_string(), Some(remedy))
        }
    }
}

async fn has_keys(bot: &Bot, section: &str) -> Found {
    match bot.keys.look().await {
        Ok(0) => {
            let remedy = format!("leave {section}.openid out, or name the description of a cloud that has Teams");
            ("none of the signing keys vouches for Teams".to_owned(), Some(remedy))
        }
        Ok(n) => (format!("{n} signing keys vouch for Teams"), None),
        Err(why) => {
            let remedy = format!("let this machine reach {section}.openid (login.botframework.com) over https");
            (format!("the platform's signing keys: {why}"), Some(remedy))
        }
    }
}

/// A stranger's activity at the public address.
async fn closed(address: &str) -> Found {
    let asked = match client() {
        Ok(client) => client.post(address).header(CONTENT_TYPE, "application/json").body("{}").send().await.ok(),
        Err(_) => None,
    };
    match asked.map(|answer| answer.status()) {
        Some(StatusCode::UNAUTHORIZED) => (format!("{address} refuses activities without a token"), None),
        Some(status) => {
            let remedy = "start the service with this configuration, and let the proxy pass POST below /hooks/ on";
            (format!("{address} answers {} to a stranger", status.as_u16()), Some(remedy.to_owned()))
        }
        None => {
            let remedy = "start the service; if it runs, ask from outside your network";
            (format!("{address} cannot be reached from here"), Some(remedy.to_owned()))
        }
    }
}
