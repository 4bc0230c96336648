//! The sections `discord.<name>`: applications, and whose they are.

use data_encoding::HEXLOWER_PERMISSIVE;
use zeroize::Zeroizing;

use crate::channels::discord::api;
use crate::config::reader::Section;
use crate::config::sending;
use crate::config::telegram::name_of_address;
use crate::model::ids::TenantId;

/// Discord's own API.
const API: &str = "https://discord.com/api/v10";

/// One application.
#[derive(Clone)]
pub struct DiscordConfig {
    /// A part of the address of its endpoint: `[a-z0-9-]`.
    pub name: String,
    pub tenant: TenantId,
    /// Up to twenty digits.
    pub application: String,
    /// With which Discord's signatures are verified.
    pub public_key: [u8; 32],
    /// Of the application's bot: three words with dots between.
    pub token: Zeroizing<String>,
    /// Where the API is, without a slash at the end.
    pub api: String,
}

pub fn read(file: &mut Section<'_>) -> Vec<DiscordConfig> {
    let tenants: Vec<String> = file.section("tenants").names().into_iter().map(|(id, _)| id).collect();
    let sections = file.named_sections("discord");
    let apps: Vec<_> = sections.into_iter().filter_map(|(name, section)| app(name, section, &tenants)).collect();
    for (n, app) in apps.iter().enumerate() {
        if apps[..n].iter().any(|other| other.application == app.application) {
            let remedy = "An application belongs to one institution; make another one.";
            file.fault(&format!("discord.{}.application_id", app.name), "is that of another section", remedy);
        }
    }
    apps
}

fn app(name: String, mut section: Section<'_>, tenants: &[String]) -> Option<DiscordConfig> {
    name_of_address(&section, &name);
    let remedy = "Write the <id> of a [tenants.<id>].";
    let tenant = section.parsed("tenant", remedy, |id| match tenants.iter().any(|known| known == id) {
        true => Ok(TenantId(id.to_owned())),
        false => Err("names no institution of this file"),
    });
    let remedy = "Copy \"Application ID\" from \"General Information\", within quotes.";
    let application = section.parsed("application_id", remedy, |id| {
        let digits = (1..=20).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_digit());
        (digits && id.parse::<u64>().is_ok()).then(|| id.to_owned()).ok_or("is not the number of an application")
    });
    let remedy = "Copy \"Public Key\" from \"General Information\"; it is no secret.";
    let public_key = section.parsed("public_key", remedy, |key| {
        let bytes = HEXLOWER_PERMISSIVE.decode(key.as_bytes()).ok();
        bytes.and_then(|bytes| bytes.try_into().ok()).ok_or("does not hold the 64 hexadecimal digits of a public key")
    });
    let token = token(&mut section);
    let remedy = "Write the https address of the API, or leave it out for Discord's own.";
    let api = section.optional_parsed("api", remedy, |text| {
        api::address(text).map(|url| url.as_str().trim_end_matches('/').to_owned())
    });
    section.close();
    Some(DiscordConfig {
        name,
        tenant: tenant?,
        application: application?,
        public_key: public_key?,
        token: token?,
        api: api.unwrap_or_else(|| API.to_owned()),
    })
}

fn token(section: &mut Section<'_>) -> Option<Zeroizing<String>> {
    let remedy = "Name the file with the token that \"Bot\" shows; docs/channels/discord.md says how.";
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
    let word = |part: &str| {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
        !part.is_empty() && part.bytes().all(plain)
    };
    if token.len() < 40 || token.split('.').count() != 3 || !token.split('.').all(word) {
        fault("does not hold the token of a bot: three words with dots between".to_owned());
        return None;
    }
    Some(Zeroizing::new(token.to_owned()))
}
