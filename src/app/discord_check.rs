//! `ringback channel check discord` and `ringback discord register`: whether Discord knows the application, its commands and
//! our address, and whether what it does not sign is refused.

use anyhow::anyhow;
use reqwest::StatusCode;

use crate::app::voice_check::{Look, post};
use crate::app::{messaging, open};
use crate::channels::discord::api::{Api, Me};
use crate::channels::discord::commands::{self, COMMANDS};
use crate::channels::discord::webhook::ROOT;
use crate::config::Config;
use crate::config::discord::DiscordConfig;
use crate::ports::messenger::SendError;

type Found = (String, Option<String>);

/// Registers the commands of one application; how many they are.
pub async fn register(config: &Config, section: &DiscordConfig) -> anyhow::Result<Result<usize, SendError>> {
    let catalog = open::catalog(config)?;
    let api = messaging::discord_api(section).map_err(|(section, fault)| anyhow!("{section}: {}", fault.message))?;
    Ok(commands::register(&api, &catalog).await)
}

/// Looks at every application, in the order of their names.
pub async fn check(config: &Config) -> Vec<Look> {
    let mut looks = Vec::new();
    for section in &config.discord {
        let name = format!("discord.{}", section.name);
        let mut look = |(what, remedy): Found| looks.push(Look { section: name.clone(), what, remedy });
        let api = match messaging::discord_api(section) {
            Ok(api) => api,
            Err((_, fault)) => {
                look((fault.message, Some(format!("mend {name}.{}", fault.key))));
                continue;
            }
        };
        let address = format!("{}{ROOT}/{}", config.public_url, section.name);
        match api.me().await {
            Err(error) => {
                let remedy =
                    format!("compare {name}.token_file with what \"Bot\" shows (reset it there), and {name}.api");
                look((format!("Discord: {error}"), Some(remedy)));
            }
            Ok(me) => {
                look(known(&me, section, &name));
                look(endpoint(&me, &address));
                look(registered(&api).await);
            }
        }
        look(closed(&address).await);
    }
    looks
}

fn known(me: &Me, section: &DiscordConfig, name: &str) -> Found {
    let key = data_encoding::HEXLOWER.encode(&section.public_key);
    if me.id != section.application {
        let remedy = format!("write {name}.application_id = \"{}\", or take the token of the other application", me.id);
        return (format!("the token is that of the application {}, not {}", me.id, section.application), Some(remedy));
    }
    if !me.verify_key.eq_ignore_ascii_case(&key) {
        let remedy = format!("copy \"Public Key\" from \"General Information\" to {name}.public_key");
        return ("Discord signs with another key than the configured one".to_owned(), Some(remedy));
    }
    (format!("Discord knows the application as {}", me.name), None)
}

fn endpoint(me: &Me, address: &str) -> Found {
    match me.interactions_endpoint_url.as_deref() {
        Some(entered) if entered.trim_end_matches('/') == address => (format!("interactions go to {address}"), None),
        entered => (
            format!("interactions go to {}, not to {address}", entered.unwrap_or("nowhere")),
            Some("start the service, then enter the address under \"Interactions Endpoint URL\" and save".to_owned()),
        ),
    }
}

async fn registered(api: &Api) -> Found {
    let remedy = Some("run `ringback discord register` with this configuration".to_owned());
    match api.commands().await {
        Err(error) => (format!("Discord does not tell the commands: {error}"), Some("try again".to_owned())),
        Ok(there) => {
            let missing: Vec<&str> = COMMANDS
                .iter()
                .map(|(name, _)| *name)
                .filter(|name| there.iter().all(|known| known.name != *name))
                .collect();
            match missing.is_empty() {
                true => (format!("{} commands are registered", there.len()), None),
                false => (format!("commands are not registered: {}", missing.join(", ")), remedy),
            }
        }
    }
}

/// Only Discord can sign; that it does not matter who calls unsigned can be seen from here.
async fn closed(address: &str) -> Found {
    match post(address, None, "application/json", "{}").await {
        Err(error) => (
            format!("{address} cannot be reached from here: {error}"),
            Some("start the service, and let the proxy in front of it pass this address on".to_owned()),
        ),
        Ok(StatusCode::UNAUTHORIZED) => ("interactions without a signature are refused".to_owned(), None),
        Ok(status) => (
            format!("{address} answers {} to an interaction without a signature, not 401", status.as_u16()),
            Some("restart the service with this configuration; let the proxy pass POST below /hooks/ on".to_owned()),
        ),
    }
}
