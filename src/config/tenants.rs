//! The sections `tenants.<id>`: which institutions this installation serves, and what each is wired to.

use std::path::PathBuf;

use crate::config::Folders;
use crate::config::fault::ConfigFault;
use crate::config::reader::{Findings, Section};
use crate::config::sending::{self, DeskConfig};
use crate::config::tenant::gates::satisfiable;
use crate::config::tenant::{self, TenantFile};
use crate::config::voice::VoiceConfig;
use crate::directory::ldap::config::LdapConfig;
use crate::model::method::Method;
use crate::model::peer::Language;
use crate::policy::tenant::Tenant;

/// An institution with what it is wired to.
pub struct TenantConfig {
    /// The institution's own file.
    pub file: PathBuf,
    pub tenant: Tenant,
    pub directory: DirectoryConfig,
    /// Absent: people are told whom to ask, and no ticket is opened.
    pub desk: Option<DeskConfig>,
    /// Absent: this institution has no browser chat.
    pub browser: Option<BrowserConfig>,
    /// Where each value of the institution's own file was written, for `ringback explain`.
    pub findings: Findings,
}

/// The directory behind an institution.
pub enum DirectoryConfig {
    Ldap(LdapConfig),
}

/// The browser chat, at `/chat/<id>` of the public address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BrowserConfig {
    /// Origins whose pages may show the widget; nobody when empty.
    pub embed: Vec<String>,
}

/// All tenants, with the faults of their own files.
#[derive(Default)]
pub struct Tenants {
    pub tenants: Vec<TenantConfig>,
    pub faults: Vec<ConfigFault>,
    pub warnings: Vec<ConfigFault>,
}

pub fn read(file: &mut Section<'_>, folders: &Folders, languages: &[Language], voice: &[VoiceConfig]) -> Tenants {
    let mut read = Tenants::default();
    let texts = file.has("sms") || voice.iter().any(VoiceConfig::sends_texts);
    let sends = Sends { mail: file.has("mail"), sms: texts, voice };
    let sections = file.named_sections("tenants");
    if sections.is_empty() {
        file.missing("tenants", "Write a section [tenants.<id>] for each institution; apu, imu, office365, aps ship.");
    }
    for (id, mut section) in sections {
        let institution = institution(&id, &mut section, folders, languages);
        let tenant = match institution {
            Some(Ok(tenant)) => Some(tenant),
            Some(Err(faults)) => {
                read.faults.extend(faults);
                None
            }
            None => None,
        };
        let directory = directory(section.section("directory"), tenant.as_ref().map(|file| &file.tenant));
        let desk = sending::desk(section.section("desk"));
        if desk.as_ref().is_some_and(|desk| desk.mail.is_some()) && !sends.mail {
            section.fault("desk", "sends tickets by mail, and there is no [mail]", "Add [mail], or a hook.");
        }
        let browser = browser(section.section("browser"));
        if let Some(file) = &tenant {
            check_reach(&section, &file.tenant, &sends);
            read.warnings.extend(file.findings.warnings.iter().cloned());
        }
        section.close();
        if let (Some(TenantFile { file, tenant, findings }), Some(directory)) = (tenant, directory) {
            read.tenants.push(TenantConfig { file, tenant, directory, desk, browser, findings });
        }
    }
    read
}

/// What can be sent from here.
struct Sends<'a> {
    mail: bool,
    sms: bool,
    voice: &'a [VoiceConfig],
}

impl Sends<'_> {
    /// Whether this institution's people can be called.
    fn calls(&self, tenant: &Tenant) -> bool {
        self.voice.iter().any(|binding| binding.calls.is_some() && binding.serves(&tenant.id))
    }
}

/// A tenant whose people could pass no gates with what is wired would help nobody.
fn check_reach(section: &Section<'_>, tenant: &Tenant, sends: &Sends<'_>) {
    let wired = |method: &&Method| match method {
        Method::Email => sends.mail,
        Method::Sms => sends.sms,
        Method::Totp | Method::Questions => true,
        Method::CallMobile | Method::CallOffice => sends.calls(tenant),
        Method::Push => false,
    };
    let methods = tenant.methods.iter().filter(wired).collect();
    if !satisfiable(tenant.gates_needed, tenant.distinct, &methods) {
        let what = format!("needs {} gate(s), and too few of its methods can be sent from here", tenant.gates_needed);
        section.fault("", what, "Add [mail] and [sms].");
    } else if tenant.methods.contains(&Method::Sms) && !sends.sms {
        section.warn(
            "",
            "offers texts, and there is no [sms]: nobody will be offered one",
            "Add [sms], or texts_from to the account of a telephone.",
        );
    }
    // Where there is a telephone at all, a section that was left out may have been forgotten.
    let telephone = sends.voice.iter().any(|binding| binding.serves(&tenant.id));
    let calls = tenant.methods.iter().any(|method| matches!(method, Method::CallMobile | Method::CallOffice));
    if telephone && calls && !sends.calls(tenant) {
        let what = "offers calls, and its telephone places none: nobody will be called";
        section.warn(
            "",
            what,
            "Add [voice.<name>.calls] beside its number; docs/channels/telephone.md says what goes in.",
        );
    }
    if !sends.mail {
        section.warn("", "cannot tell people by mail that their password was set: there is no [mail]", "Add [mail].");
    }
}

/// The institution's own file: from the folder, or the one that ships.
fn institution(
    id: &str,
    section: &mut Section<'_>,
    folders: &Folders,
    languages: &[Language],
) -> Option<Result<TenantFile, Vec<ConfigFault>>> {
    let Some(folder) = &folders.tenants else {
        let shipped = tenant::shipped_file(id, languages);
        if shipped.is_none() {
            let remedy = "Write its file and name the folder as folders.tenants; apu, imu, office365, aps ship.";
            section.fault("", "is not an institution that ships", remedy);
        }
        return shipped;
    };
    let path: PathBuf = folder.join(format!("{id}.toml"));
    match std::fs::read_to_string(&path) {
        Ok(text) => Some(tenant::parse(id, &path, &text, languages)),
        Err(error) => {
            section.fault("", format!("`{}`: {error}", path.display()), "Write the institution's file there.");
            None
        }
    }
}

fn directory(mut section: Section<'_>, tenant: Option<&Tenant>) -> Option<DirectoryConfig> {
    let ldap = section.section("ldap");
    if !ldap.is_there() {
        ldap.missing("urls", "Write the section with the directory's address and account.");
        section.close();
        return None;
    }
    let config = ldap.adopt::<LdapConfig>().map(|mut config| {
        config.ca_file = ldap.beside(&config.ca_file);
        config.bind_password_file = sending::secret(&ldap, "bind_password_file", &config.bind_password_file);
        config
    });
    if let (Some(config), Some(tenant)) = (&config, tenant) {
        sending::report(&ldap, config.faults(tenant));
    }
    section.close();
    config.map(DirectoryConfig::Ldap)
}

fn browser(mut section: Section<'_>) -> Option<BrowserConfig> {
    if !section.is_there() {
        return None;
    }
    let embed = section.list("embed", "Write origins like https://www.example.edu, without a path.", origin);
    section.close();
    Some(BrowserConfig { embed })
}

fn origin(text: &str) -> Result<String, &'static str> {
    let url = reqwest::Url::parse(text).map_err(|_| "not an address")?;
    let origin = url.origin().ascii_serialization();
    if url.scheme() == "https" && origin == text { Ok(origin) } else { Err("not an https origin") }
}
