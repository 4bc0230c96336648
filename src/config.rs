//! The whole configuration as a value: read once, checked completely, all faults at once, passed down.
//!
//! `examples/ringback.toml` is the manual: every key stands there with its meaning and default.

pub mod admin;
pub mod discord;
pub mod fault;
pub mod files;
pub mod reader;
pub mod sending;
pub mod server;
pub mod teams;
pub mod telegram;
pub mod tenant;
pub mod tenants;
pub mod voice;

use std::path::{Path, PathBuf};

use crate::config::discord::DiscordConfig;
use crate::config::fault::ConfigFault;
use crate::config::reader::Document;
use crate::config::teams::TeamsConfig;
use crate::config::telegram::TelegramConfig;
use crate::config::tenants::TenantConfig;
use crate::config::voice::VoiceConfig;
use crate::http::network::Network;
use crate::http::serve::Limits;
use crate::senders::http_hook::HookConfig;
use crate::senders::smtp::SmtpConfig;
use crate::store::keyring::KeyRing;

/// Holds the key ring itself, for machines that hand secrets to a process in its environment.
pub const KEYS_VARIABLE: &str = "RINGBACK_KEYS";

/// Everything that an operator decides. A section that is there turns its feature on.
pub struct Config {
    pub listen: std::net::SocketAddr,
    /// Scheme, host and port, without a slash at the end. Addresses that leave us are built on it, never on a request.
    pub public_url: String,
    /// Folder of the stores; created when it is not there.
    pub data: PathBuf,
    pub keys: KeyRing,
    /// Whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<Network>,
    pub log: LogFormat,
    /// Where operators are answered.
    pub admin: Option<std::net::SocketAddr>,
    /// What the public listener grants its visitors.
    pub limits: Limits,
    /// Whether `/` lists the institutions that have a chat here.
    pub first_page: bool,
    pub folders: Folders,
    pub mail: Option<SmtpConfig>,
    pub sms: Option<HookConfig>,
    /// Accounts at telephone providers.
    pub voice: Vec<VoiceConfig>,
    /// Bots of Telegram.
    pub telegram: Vec<TelegramConfig>,
    /// Applications on Discord.
    pub discord: Vec<DiscordConfig>,
    /// Apps in Microsoft Teams.
    pub teams: Vec<TeamsConfig>,
    /// In the order of their ids.
    pub tenants: Vec<TenantConfig>,
    /// What works and should not stay as it is.
    pub warnings: Vec<ConfigFault>,
}

/// Folders that replace what is in the program.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Folders {
    pub flows: Option<PathBuf>,
    pub locales: Option<PathBuf>,
    pub tenants: Option<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LogFormat {
    /// Plain on a terminal, JSON otherwise.
    Auto,
    /// For people: one line an event.
    Plain,
    /// For collectors: one JSON object a line.
    Json,
}

/// How the configuration asks for a variable of the environment; nothing else in the program does.
pub type Environment<'a> = &'a dyn Fn(&str) -> Option<String>;

impl Config {
    /// Reads and checks the file and everything it names. Faults come all at once.
    pub fn load(file: &Path) -> Result<Config, Vec<ConfigFault>> {
        let text = std::fs::read_to_string(file).map_err(|error| {
            let remedy = "Name a file that can be read; `examples/ringback.toml` is a start.".to_owned();
            let what = format!("cannot be read: {error}");
            vec![ConfigFault { file: file.to_owned(), line: None, key: String::new(), what, remedy }]
        })?;
        Self::parse(file, &text, &|name| std::env::var(name).ok())
    }

    /// The same from a text; `file` says where relative paths begin.
    pub fn parse(file: &Path, text: &str, environment: Environment<'_>) -> Result<Config, Vec<ConfigFault>> {
        let document = Document::new(file, text);
        let table = document.parse();
        let read = server::read(document.root(&table), environment);
        drop(table);
        let mut findings = document.findings();
        findings.faults.extend(read.faults);
        match read.config {
            Some(mut config) if findings.faults.is_empty() => {
                config.warnings.extend(findings.warnings);
                Ok(config)
            }
            Some(_) | None => Err(findings.faults),
        }
    }
}
