//! The top of the file: where the server listens, under which address it is known, where it keeps things.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use crate::config::fault::ConfigFault;
use crate::config::reader::Section;
use crate::config::{
    Config, Environment, Folders, KEYS_VARIABLE, LogFormat, admin, discord, sending, teams, telegram, tenants, voice,
};
use crate::http::network::Network;
use crate::model::peer::Language;
use crate::store::keyring::KeyRing;
use crate::text::catalog;

/// What was read; faults of the files that it names stand apart.
pub struct Read {
    pub config: Option<Config>,
    pub faults: Vec<ConfigFault>,
}

/// Reads the whole file.
pub fn read(mut file: Section<'_>, environment: Environment<'_>) -> Read {
    let listen = file.optional_parsed("listen", "Write address and port, such as 127.0.0.1:8080.", |text| {
        text.parse::<SocketAddr>().map_err(|_| "not an address with a port")
    });
    let public_url = file.parsed("public_url", "Write the https address that people use, without a path.", public_url);
    let data = data(&mut file);
    let keys = keys(&mut file, environment);
    let trusted_proxies = file.list("trusted_proxies", "Write addresses or networks like 10.0.0.0/8.", Network::parse);
    let log =
        file.optional_parsed("log", "Write \"auto\", \"plain\" or \"json\".", log_format).unwrap_or(LogFormat::Auto);
    let admin_address = admin::listen(file.section("admin"));
    let limits = admin::limits(file.section("connections"));
    let first_page = file.flag("first_page", true);
    let folders = folders(file.section("folders"));
    let mail = sending::mail(file.section("mail"));
    let sms = sending::sms(file.section("sms"));
    let voice = voice::read(&mut file);
    let telegram = telegram::read(&mut file);
    let discord = discord::read(&mut file);
    let teams = teams::read(&mut file);
    let languages = languages(&folders);
    let tenants = tenants::read(&mut file, &folders, &languages, &voice);
    file.close();
    let assembled = || {
        Some(Config {
            listen: listen.unwrap_or(SocketAddr::new(IpAddr::from([127, 0, 0, 1]), 8080)),
            public_url: public_url?,
            data: data?,
            keys: keys?,
            trusted_proxies,
            log,
            admin: admin_address,
            limits,
            first_page,
            folders,
            mail,
            sms,
            voice,
            telegram,
            discord,
            teams,
            tenants: tenants.tenants,
            warnings: tenants.warnings,
        })
    };
    Read { config: assembled(), faults: tenants.faults }
}

/// A name or address of this machine itself.
pub fn loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || bare.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// Browsers treat plain HTTP as safe on this machine alone, and so do we.
fn public_url(text: &str) -> Result<String, &'static str> {
    let url = reqwest::Url::parse(text).map_err(|_| "not an address")?;
    let host = url.host_str().unwrap_or_default();
    let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
    match url.scheme() {
        _ if !bare => Err("has more than scheme, host and port"),
        "https" => Ok(url.origin().ascii_serialization()),
        "http" if loopback(host) => Ok(url.origin().ascii_serialization()),
        "http" => Err("is not https, and passwords are typed there"),
        _ => Err("not an https address"),
    }
}

fn data(file: &mut Section<'_>) -> Option<PathBuf> {
    let Some(path) = file.path("data") else {
        if !file.has("data") {
            file.missing("data", "Write the folder that keeps conversations, enrolments and the audit record.");
        }
        return None;
    };
    let parent_is_there = path.parent().is_none_or(|parent| parent.as_os_str().is_empty() || parent.is_dir());
    if path.exists() && !path.is_dir() {
        file.fault("data", format!("`{}` is not a folder", path.display()), "Name a folder.");
    } else if !path.exists() && !parent_is_there {
        let what = format!("`{}` cannot be created: its parent is not there", path.display());
        file.fault("data", what, "Create the parent folder, for the user that runs the service.");
    }
    Some(path)
}

fn keys(file: &mut Section<'_>, environment: Environment<'_>) -> Option<KeyRing> {
    let path = file.path("keys_file");
    let in_environment = environment(KEYS_VARIABLE).map(zeroize::Zeroizing::new);
    let remedy = "Make a ring with `ringback keys new FILE`.";
    let ring = match (path, in_environment) {
        (Some(_), Some(_)) => {
            let what = format!("is given and so is {KEYS_VARIABLE}; which one holds is not clear");
            file.fault("keys_file", what, "Give one of them.");
            return None;
        }
        (Some(path), None) => KeyRing::read(&path),
        (None, Some(text)) => KeyRing::parse(&text),
        (None, None) => {
            if !file.has("keys_file") {
                file.missing("keys_file", &format!("{remedy} Or set {KEYS_VARIABLE} to its text."));
            }
            return None;
        }
    };
    ring.map_err(|error| file.fault("keys_file", error.to_string(), remedy)).ok()
}

fn folders(mut section: Section<'_>) -> Folders {
    let mut folder = |key| {
        let path = section.path(key)?;
        if !path.is_dir() {
            let what = format!("`{}` is not a folder", path.display());
            section.fault(key, what, "Name a folder, or leave it out for what is in the program.");
        }
        Some(path)
    };
    let folders = Folders { flows: folder("flows"), locales: folder("locales"), tenants: folder("tenants") };
    section.close();
    folders
}

/// Languages that have a folder of messages.
fn languages(folders: &Folders) -> Vec<Language> {
    let mut tags: Vec<String> = match &folders.locales {
        Some(folder) => std::fs::read_dir(folder)
            .into_iter()
            .flatten()
            .filter_map(|entry| entry.ok().filter(|entry| entry.path().is_dir())?.file_name().into_string().ok())
            .collect(),
        None => {
            catalog::shipped_files().iter().filter_map(|(path, _)| Some(path.split_once('/')?.0.to_owned())).collect()
        }
    };
    tags.sort();
    tags.dedup();
    tags.into_iter().map(Language).collect()
}

fn log_format(text: &str) -> Result<LogFormat, &'static str> {
    match text {
        "auto" => Ok(LogFormat::Auto),
        "plain" => Ok(LogFormat::Plain),
        "json" => Ok(LogFormat::Json),
        _ => Err("not a form of log"),
    }
}
