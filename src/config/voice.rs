//! The sections `voice.<binding>`: accounts at telephone providers, and which of their numbers is whose.

use std::collections::{BTreeMap, HashMap};

use toml::de::DeValue;

use crate::channels::voice::compose::Sound;
use crate::channels::voice::document::Voice;
use crate::channels::voice::provider::Provider;
use crate::channels::voice::signature::{Hash, Secret, Verifier};
use crate::config::reader::Section;
use crate::config::sending::{self, report};
use crate::model::ids::TenantId;
use crate::senders::http_hook::HookConfig;
use crate::senders::jambonz::JambonzConfig;
use crate::senders::twilio::{AccountConfig, Dialect};
use crate::senders::vonage::VonageConfig;

/// One account at one provider.
pub struct VoiceConfig {
    pub name: String,
    pub provider: Provider,
    pub verifier: Verifier,
    /// Institutions by the digits of the number that is dialled.
    pub numbers: BTreeMap<String, TenantId>,
    /// Absent: calls come in, and none is placed.
    pub calls: Option<CallsConfig>,
    pub sound: Sound,
}

/// How calls are placed.
pub enum CallsConfig {
    Account(Dialect, AccountConfig),
    Jambonz(JambonzConfig),
    Vonage(VonageConfig),
    Hook(HookConfig),
}

impl VoiceConfig {
    /// Whether this institution has a number here.
    pub fn serves(&self, tenant: &TenantId) -> bool {
        self.numbers.values().any(|id| id == tenant)
    }

    /// Whether texts leave through this account.
    pub fn sends_texts(&self) -> bool {
        matches!(&self.calls, Some(CallsConfig::Account(_, account)) if account.texts_from.is_some())
    }
}

pub fn read(file: &mut Section<'_>) -> Vec<VoiceConfig> {
    let tenants: Vec<String> = file.section("tenants").names().into_iter().map(|(id, _)| id).collect();
    let has_sms = file.has("sms");
    let sections = file.named_sections("voice");
    let bindings: Vec<VoiceConfig> =
        sections.into_iter().filter_map(|(name, section)| binding(name, section, &tenants)).collect();
    let texts = bindings.iter().filter(|binding| binding.sends_texts()).count();
    if texts + usize::from(has_sms) > 1 {
        file.fault("voice", "sends texts in more than one way", "Leave one of [sms] and texts_from.");
    }
    bindings
}

fn binding(name: String, mut section: Section<'_>, tenants: &[String]) -> Option<VoiceConfig> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if !(1..=32).contains(&name.len()) || !name.chars().all(plain) {
        let remedy = "Use 1 to 32 characters of a-z, 0-9 and `-`: it is a part of addresses.";
        section.fault("", "is not a name for an account", remedy);
    }
    let names: Vec<&str> = Provider::ALL.iter().map(|provider| provider.name()).collect();
    let provider = section.parsed("provider", &format!("Write one of {}.", names.join(", ")), Provider::parse);
    if provider.is_none() {
        // What is right for one provider is a fault for another: one fault is enough.
        for key in ["secret_file", "hash", "api_key", "application"] {
            section.optional_text(key);
        }
    }
    let verifier = provider.and_then(|provider| verifier(&mut section, provider));
    let numbers = numbers(section.section("numbers"), tenants);
    let calls = calls(section.section("calls"), provider);
    let sound = sound(&mut section);
    section.close();
    Some(VoiceConfig { name, provider: provider?, verifier: verifier?, numbers, calls: calls.ok()?, sound })
}

/// What requests are recognised by. Without it nothing would be refused, so there is no way to leave it out.
fn verifier(section: &mut Section<'_>, provider: Provider) -> Option<Verifier> {
    let hash = match provider {
        Provider::Twilio => section.optional_parsed("hash", "Write \"sha1\" or \"sha256\".", |text| match text {
            "sha1" => Ok(Hash::Sha1),
            "sha256" => Ok(Hash::Sha256),
            _ => Err("not a hash of Twilio's signature"),
        }),
        _ => None,
    };
    let (api_key, application) = match provider {
        Provider::Vonage => (section.optional_text("api_key"), section.optional_text("application")),
        _ => (None, None),
    };
    let remedy = "Name the file with what the provider signs with; docs/channels/telephone.md says where it is shown.";
    let Some(path) = section.path("secret_file") else {
        if !section.has("secret_file") {
            section.missing("secret_file", remedy);
        }
        return None;
    };
    let path = match provider {
        // A public key may be read by everybody.
        Provider::Telnyx => path,
        _ => sending::secret(section, "secret_file", &path),
    };
    let fault = |what: String| section.fault("secret_file", format!("`{}` {what}", path.display()), remedy);
    let text = std::fs::read_to_string(&path).map_err(|error| fault(format!("cannot be read: {error}"))).ok()?;
    let text = zeroize::Zeroizing::new(text);
    let verifier = match provider {
        Provider::Telnyx => Verifier::telnyx(&text),
        Provider::Twilio => {
            Secret::new(&text).map(|secret| Verifier::Twilio { secret, hash: hash.unwrap_or(Hash::Sha1) })
        }
        Provider::SignalWire => Secret::new(&text).map(|secret| Verifier::SignalWire { secret }),
        Provider::Jambonz => Secret::new(&text).map(|secret| Verifier::Jambonz { secret }),
        Provider::Vonage => Secret::new(&text).map(|secret| Verifier::Vonage { secret, api_key, application }),
    };
    verifier.map_err(|what| fault(what.to_owned())).ok()
}

/// `"+60327797000" = "apu"`; a telephone system of one's own may dial shorter numbers.
fn numbers(section: Section<'_>, tenants: &[String]) -> BTreeMap<String, TenantId> {
    let mut numbers = BTreeMap::new();
    if section.names().is_empty() {
        section.missing("", "Write which number is whose: \"+60327797000\" = \"apu\".");
    }
    for (number, value) in section.names() {
        let digits = number.strip_prefix('+').unwrap_or(&number);
        let shaped = (2..=20).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
        let tenant = value.as_str().filter(|id| tenants.iter().any(|known| known == id));
        match tenant {
            _ if !shaped => section.fault(&number, "is not a number", "Write + and digits, in quotes, without spaces."),
            Some(tenant) => drop(numbers.insert(digits.to_owned(), TenantId(tenant.to_owned()))),
            None => section.fault(&number, "names no institution of this file", "Write the <id> of a [tenants.<id>]."),
        }
    }
    numbers
}

/// `Err` when something is wrong, and said.
fn calls(mut section: Section<'_>, provider: Option<Provider>) -> Result<Option<CallsConfig>, ()> {
    let Some(provider) = provider.filter(|_| section.is_there()) else { return Ok(None) };
    if section.has("hook") {
        let hook = sending::hook(&section.section("hook"));
        section.close();
        return hook.map(|hook| Some(CallsConfig::Hook(hook))).ok_or(());
    }
    let dialect = match provider {
        Provider::Twilio => Dialect::Twilio,
        Provider::SignalWire => Dialect::SignalWire,
        Provider::Telnyx => Dialect::Telnyx,
        Provider::Jambonz => {
            let mut config = section.adopt::<JambonzConfig>().ok_or(())?;
            config.secret_file = sending::secret(&section, "secret_file", &config.secret_file);
            config.ca_file = config.ca_file.map(|path| section.beside(&path));
            report(&section, config.faults());
            return Ok(Some(CallsConfig::Jambonz(config)));
        }
        Provider::Vonage => {
            let mut config = section.adopt::<VonageConfig>().ok_or(())?;
            config.secret_file = sending::secret(&section, "secret_file", &config.secret_file);
            config.ca_file = config.ca_file.map(|path| section.beside(&path));
            report(&section, config.faults());
            return Ok(Some(CallsConfig::Vonage(config)));
        }
    };
    let mut config = section.adopt::<AccountConfig>().ok_or(())?;
    config.secret_file = sending::secret(&section, "secret_file", &config.secret_file);
    config.ca_file = config.ca_file.map(|path| section.beside(&path));
    report(&section, config.faults(dialect));
    Ok(Some(CallsConfig::Account(dialect, config)))
}

fn sound(section: &mut Section<'_>) -> Sound {
    let mut voices = HashMap::new();
    for (tag, mut voice) in section.named_sections("voices") {
        let language = voice.text("language", "Write it as the provider does: \"en-GB\".");
        let (name, vendor) = (voice.optional_text("name"), voice.optional_text("vendor"));
        voice.close();
        voices.insert(tag, Voice { language, name, vendor });
    }
    let mut recordings = HashMap::new();
    for (tag, files) in section.named_sections("recordings") {
        for (key, value) in files.names() {
            let https = value.as_str().filter(|url| url.starts_with("https://") && url.len() <= 500);
            match https {
                Some(url) => drop(recordings.insert((tag.clone(), key), url.to_owned())),
                None => files.fault(&key, format!("is {}", kind(value)), "Write the https address of a recording."),
            }
        }
    }
    Sound { voices, recordings }
}

fn kind(value: &DeValue<'_>) -> &'static str {
    if value.as_str().is_some() { "no https address" } else { "not a text" }
}
