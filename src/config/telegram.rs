//! The sections `telegram.<name>`: bots, and whose they are.

use crate::channels::telegram::api;
use crate::config::reader::Section;
use crate::config::sending;
use crate::model::ids::TenantId;
use zeroize::Zeroizing;

/// Telegram's own server of the Bot API.
const API: &str = "https://api.telegram.org";

/// One bot.
#[derive(Clone)]
pub struct TelegramConfig {
    /// A part of the address of its web hook: `[a-z0-9-]`.
    pub name: String,
    pub tenant: TenantId,
    /// As BotFather gave it: `<id>:<35 characters>`.
    pub token: Zeroizing<String>,
    pub receive: Receive,
    /// Where the Bot API is, without a slash at the end.
    pub api: String,
}

/// How updates come in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Receive {
    /// Telegram calls us; needs an address that it can reach.
    Webhook,
    /// We ask Telegram.
    Polling,
}

pub fn read(file: &mut Section<'_>) -> Vec<TelegramConfig> {
    let tenants: Vec<String> = file.section("tenants").names().into_iter().map(|(id, _)| id).collect();
    let sections = file.named_sections("telegram");
    let bots: Vec<_> = sections.into_iter().filter_map(|(name, section)| bot(name, section, &tenants)).collect();
    for (n, bot) in bots.iter().enumerate() {
        if bots[..n].iter().any(|other| other.token == bot.token) {
            let remedy = "A bot belongs to one institution; make another one with @BotFather.";
            file.fault(&format!("telegram.{}.token_file", bot.name), "holds the token of another section", remedy);
        }
    }
    bots
}

fn bot(name: String, mut section: Section<'_>, tenants: &[String]) -> Option<TelegramConfig> {
    name_of_address(&section, &name);
    let remedy = "Write the <id> of a [tenants.<id>].";
    let tenant = section.parsed("tenant", remedy, |id| match tenants.iter().any(|known| known == id) {
        true => Ok(TenantId(id.to_owned())),
        false => Err("names no institution of this file"),
    });
    let token = token(&mut section);
    let receive = section.optional_parsed("receive", "Write \"webhook\" or \"polling\".", |text| match text {
        "webhook" => Ok(Receive::Webhook),
        "polling" => Ok(Receive::Polling),
        _ => Err("not a way to receive updates"),
    });
    let remedy = "Write the https address of the Bot API, or leave it out for Telegram's own.";
    let api = section.optional_parsed("api", remedy, |text| {
        api::address(text).map(|url| url.as_str().trim_end_matches('/').to_owned())
    });
    section.close();
    Some(TelegramConfig {
        name,
        tenant: tenant?,
        token: token?,
        receive: receive.unwrap_or(Receive::Webhook),
        api: api.unwrap_or_else(|| API.to_owned()),
    })
}

/// A name that becomes a part of addresses.
pub fn name_of_address(section: &Section<'_>, name: &str) {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if !(1..=32).contains(&name.len()) || !name.chars().all(plain) {
        let remedy = "Use 1 to 32 characters of a-z, 0-9 and `-`: it is a part of addresses.";
        section.fault("", "is not a name for an account", remedy);
    }
}

fn token(section: &mut Section<'_>) -> Option<Zeroizing<String>> {
    let remedy = "Name the file with the token that @BotFather gave; docs/channels/telegram.md says how.";
    let Some(path) = section.path("token_file") else {
        if !section.has("token_file") {
            section.missing("token_file", remedy);
        }
        return None;
    };
    let path = sending::secret(section, "token_file", &path);
    let fault = |what: String| section.fault("token_file", format!("`{}` {what}", path.display()), remedy);
    let text = std::fs::read_to_string(&path).map_err(|error| fault(format!("cannot be read: {error}"))).ok()?;
    let text = Zeroizing::new(text);
    let token = text.trim();
    let shaped = token.split_once(':').is_some_and(|(id, secret)| {
        let word = |c: u8| c.is_ascii_alphanumeric() || matches!(c, b'_' | b'-');
        (1..=20).contains(&id.len())
            && id.bytes().all(|b| b.is_ascii_digit())
            && secret.len() >= 30
            && secret.bytes().all(word)
    });
    if !shaped {
        fault("does not hold the token of a bot: digits, a colon, 35 characters".to_owned());
        return None;
    }
    Some(Zeroizing::new(token.to_owned()))
}
