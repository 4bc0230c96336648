//! The sections `teams.<name>`: apps in Microsoft Teams, and whose they are.

use zeroize::Zeroizing;

use crate::channels::teams::bot::Identity;
use crate::channels::teams::exchange;
use crate::channels::teams::service::{HOSTS, Host, allowed};
use crate::config::reader::Section;
use crate::config::sending;
use crate::config::telegram::name_of_address;
use crate::model::ids::TenantId;

/// Microsoft's own servers.
const LOGIN: &str = "https://login.microsoftonline.com";
const OPENID: &str = "https://login.botframework.com/v1/.well-known/openidconfiguration";
const ISSUER: &str = "https://api.botframework.com";
const SERVICE: &str = "https://smba.trafficmanager.net/teams";
/// The organisation from which apps of several organisations get their tokens; new apps cannot be such.
const SHARED: &str = "botframework.com";

/// One app.
#[derive(Clone)]
pub struct TeamsConfig {
    pub identity: Identity,
    /// Where its token is asked for, and in which organisation.
    pub login: String,
    pub token_tenant: String,
    pub secret: Zeroizing<String>,
    /// Where the platform describes its signing keys.
    pub openid: String,
}

pub fn read(file: &mut Section<'_>) -> Vec<TeamsConfig> {
    let tenants: Vec<String> = file.section("tenants").names().into_iter().map(|(id, _)| id).collect();
    let sections = file.named_sections("teams");
    let apps: Vec<_> = sections.into_iter().filter_map(|(name, section)| app(name, section, &tenants)).collect();
    for (n, app) in apps.iter().enumerate() {
        if apps[..n].iter().any(|other| other.identity.app == app.identity.app) {
            let remedy = "An app belongs to one institution; register another one.";
            file.fault(&format!("teams.{}.app_id", app.identity.name), "is the app of another section", remedy);
        }
    }
    apps
}

fn app(name: String, mut section: Section<'_>, tenants: &[String]) -> Option<TeamsConfig> {
    name_of_address(&section, &name);
    let remedy = "Write the <id> of a [tenants.<id>].";
    let tenant = section.parsed("tenant", remedy, |id| match tenants.iter().any(|known| known == id) {
        true => Ok(TenantId(id.to_owned())),
        false => Err("names no institution of this file"),
    });
    let app = section.parsed("app_id", "Write the app's Application (client) ID.", guid);
    let home = section.parsed("organisation", "Write the Directory (tenant) ID of the app's registration.", guid);
    let others = section.list("also_from", "Write Directory (tenant) IDs of other organisations.", guid);
    let shared = section.flag("multi_tenant", false);
    let secret = secret(&mut section);
    let remedy = "Write an https address, or leave it out for Microsoft's own.";
    let mut address = |key: &'static str, own: &str| {
        let given = section.optional_parsed(key, remedy, |text| {
            exchange::address(text).map(|url| url.as_str().trim_end_matches('/').to_owned())
        });
        given.unwrap_or_else(|| own.to_owned())
    };
    let (login, openid) = (address("login", LOGIN), address("openid", OPENID));
    let issuer = section.optional_text("issuer").unwrap_or_else(|| ISSUER.to_owned());
    let remedy = "Write hosts such as \"smba.trafficmanager.net\" or \"*.botframework.com\".";
    let mut hosts = section.list("service_hosts", remedy, Host::parse);
    if hosts.is_empty() {
        hosts.extend(HOSTS.iter().filter_map(|host| Host::parse(host).ok()));
    }
    let remedy = "Write an https address at one of service_hosts.";
    let service = section.optional_parsed("service", remedy, |text| {
        allowed(text, &hosts).ok_or("not an address at one of service_hosts")
    });
    section.close();
    let home = home?;
    let token_tenant = if shared { SHARED.to_owned() } else { home.clone() };
    let organisations = std::iter::once(home).chain(others).collect();
    let service = service.unwrap_or_else(|| SERVICE.to_owned());
    let identity = Identity { name, tenant: tenant?, app: app?, issuer, organisations, hosts, service };
    Some(TeamsConfig { identity, login, token_tenant, secret: secret?, openid })
}

/// In lower case, as it is compared.
fn guid(text: &str) -> Result<String, &'static str> {
    let parts: Vec<usize> = text.split('-').map(str::len).collect();
    let digits = text.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-');
    let none = text.bytes().all(|b| matches!(b, b'0' | b'-'));
    match parts == [8, 4, 4, 4, 12] && digits && !none {
        true => Ok(text.to_ascii_lowercase()),
        false => Err("not an id such as 8f14e45f-ceea-467f-a1d6-0c1d2e3f4a5b"),
    }
}

fn secret(section: &mut Section<'_>) -> Option<Zeroizing<String>> {
    let remedy = "Name the file with the app's client secret; docs/channels/teams.md says how to get one.";
    let Some(path) = section.path("secret_file") else {
        if !section.has("secret_file") {
            section.missing("secret_file", remedy);
        }
        return None;
    };
    let path = sending::secret(section, "secret_file", &path);
    let fault = |what: String| section.fault("secret_file", format!("`{}` {what}", path.display()), remedy);
    let text = std::fs::read_to_string(&path).map_err(|error| fault(format!("cannot be read: {error}"))).ok()?;
    let text = Zeroizing::new(text);
    let secret = text.trim();
    if secret.len() < 16 || !secret.bytes().all(|b| b.is_ascii_graphic()) {
        fault("does not hold a client secret: one word of 16 characters at least".to_owned());
        return None;
    }
    Some(Zeroizing::new(secret.to_owned()))
}
