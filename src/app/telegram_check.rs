//! `ringback channel check telegram`: whether Telegram knows the bot, and whether its updates would arrive here.

use reqwest::StatusCode;
use serde::Deserialize;
use teloxide_core::payloads::{GetMe, GetWebhookInfo};

use crate::app::messaging;
use crate::app::voice_check::{Look, post};
use crate::channels::telegram::bot::Bot;
use crate::channels::telegram::setup::Me;
use crate::channels::telegram::webhook::{ROOT, SECRET_HEADER};
use crate::config::Config;
use crate::config::telegram::Receive;
use crate::ports::clock::Clock;
use crate::runtime::system::SystemClock;

/// As far as it is looked at.
#[derive(Deserialize)]
struct Hook {
    url: String,
    #[serde(default)]
    pending_update_count: u32,
    last_error_message: Option<String>,
    /// Seconds since 1970.
    last_error_date: Option<u64>,
}

/// Telegram tells of its last failure for good; one that is older, with nothing waiting since, was mended.
const LATELY: u64 = 3600;

impl Hook {
    fn fails(&self) -> Option<&str> {
        let now = SystemClock::default().now().unix_seconds();
        let recent = self.last_error_date.is_none_or(|date| now < date.saturating_add(LATELY));
        self.last_error_message.as_deref().filter(|_| recent || self.pending_update_count > 0)
    }
}

type Found = (String, Option<String>);

/// Looks at every bot, in the order of their names.
pub async fn check(config: &Config) -> Vec<Look> {
    let mut looks = Vec::new();
    let keys = config.keys.keys();
    for section in &config.telegram {
        let name = format!("telegram.{}", section.name);
        let mut look = |(what, remedy): Found| looks.push(Look { section: name.clone(), what, remedy });
        let bot = match messaging::telegram(vec![section.clone()], &keys) {
            Ok(bots) => bots,
            Err((_, fault)) => {
                look((fault.message, Some(format!("mend {name}.{}", fault.key))));
                continue;
            }
        };
        for bot in &bot {
            let known = known(bot, &name).await;
            let reached = known.1.is_none();
            look(known);
            if section.receive == Receive::Webhook {
                let address = format!("{}{ROOT}/{}", config.public_url, section.name);
                if reached {
                    look(hook(bot, &address, &config.public_url).await);
                }
                look(closed(&address).await);
                look(arrives(bot, &address).await);
            }
        }
    }
    looks
}

async fn known(bot: &Bot, section: &str) -> Found {
    match bot.api.ask::<_, Me>(&GetMe::new()).await {
        Err(error) => {
            let remedy = format!("compare {section}.token_file with what @BotFather shows, and {section}.api");
            (format!("the Bot API: {error}"), Some(remedy))
        }
        Ok(me) if me.can_read_all_group_messages => (
            format!("@{} reads everything in its groups", me.username.unwrap_or_default()),
            Some("send /setprivacy to @BotFather and enable it: the bot needs nothing of groups".to_owned()),
        ),
        Ok(me) => (format!("the Bot API knows the bot as @{}", me.username.unwrap_or_default()), None),
    }
}

async fn hook(bot: &Bot, address: &str, public_url: &str) -> Found {
    match bot.api.ask::<_, Hook>(&GetWebhookInfo::new()).await {
        Err(error) => (format!("the Bot API does not tell where it delivers: {error}"), Some("try again".to_owned())),
        Ok(hook) if hook.url != address => {
            let what = if hook.url.is_empty() { "nowhere".to_owned() } else { hook.url };
            (
                format!("Telegram delivers to {what}, not to {address}"),
                Some("start the service: it tells Telegram its address; two services cannot share one bot".to_owned()),
            )
        }
        Ok(hook) => match hook.fails() {
            Some(why) => (
                format!("Telegram could not deliver lately ({} wait): {why}", hook.pending_update_count),
                Some(format!(
                    "let {public_url} be reached from outside, with a certificate of a public authority, on port 443, 80, 88 or 8443"
                )),
            ),
            None => (format!("Telegram delivers to {address}, {} wait", hook.pending_update_count), None),
        },
    }
}

async fn closed(address: &str) -> Found {
    match post(address, None, "application/json", "{}").await {
        Err(error) => (
            format!("{address} cannot be reached from here: {error}"),
            Some("start the service, and let the proxy in front of it pass this address on".to_owned()),
        ),
        Ok(StatusCode::UNAUTHORIZED) => ("updates without the secret are refused".to_owned(), None),
        Ok(status) => (
            format!("{address} answers {} to an update without the secret, not 401", status.as_u16()),
            Some("restart the service with this configuration; let the proxy pass POST below /hooks/ on".to_owned()),
        ),
    }
}

/// An update of no kind that we know, with the right secret.
async fn arrives(bot: &Bot, address: &str) -> Found {
    let secret = Some((SECRET_HEADER, bot.secret.to_string()));
    match post(address, secret, "application/json", "{\"update_id\":0}").await {
        Err(error) => {
            (format!("{address} cannot be reached from here: {error}"), Some("see the line above".to_owned()))
        }
        Ok(StatusCode::OK) => ("updates with the secret arrive".to_owned(), None),
        Ok(status) => (
            format!("an update with the secret is answered {}, not 200", status.as_u16()),
            Some(
                "restart the service if the key ring is new; let the proxy change neither headers nor body".to_owned(),
            ),
        ),
    }
}
