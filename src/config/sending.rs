//! The sections `mail`, `sms` and `desk`: how codes, notices and tickets leave. The adapters own the structs.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use crate::config::reader::Section;
use crate::config::tenant::mail_address;
use crate::model::fault::Fault;
use crate::senders::http_hook::HookConfig;
use crate::senders::smtp::SmtpConfig;

/// Where tickets of one tenant go. With both, the hook is asked and mail is the way when it fails for good.
pub struct DeskConfig {
    pub mail: Option<String>,
    pub hook: Option<HookConfig>,
}

/// The mail server for codes, notices and tickets.
pub fn mail(section: Section<'_>) -> Option<SmtpConfig> {
    if !section.is_there() {
        return None;
    }
    let mut config = section.adopt::<SmtpConfig>()?;
    config.ca_file = config.ca_file.map(|path| section.beside(&path));
    config.password_file = config.password_file.map(|path| secret(&section, "password_file", &path));
    report(&section, config.faults());
    Some(config)
}

/// The gateway that texts are handed to.
pub fn sms(section: Section<'_>) -> Option<HookConfig> {
    hook(&section)
}

/// The service desk of one tenant.
pub fn desk(mut section: Section<'_>) -> Option<DeskConfig> {
    if !section.is_there() {
        return None;
    }
    let mail = section.optional_parsed("mail", "Write one mail address.", mail_address);
    let hook = hook(&section.section("hook"));
    if !section.has("mail") && !section.has("hook") {
        section.missing("mail", "Write mail, or a section for the hook, or delete this one.");
    }
    section.close();
    Some(DeskConfig { mail, hook })
}

pub fn hook(section: &Section<'_>) -> Option<HookConfig> {
    if !section.is_there() {
        return None;
    }
    let mut config = section.adopt::<HookConfig>()?;
    config.secret_file = secret(section, "secret_file", &config.secret_file);
    config.ca_file = config.ca_file.map(|path| section.beside(&path));
    report(section, config.faults());
    Some(config)
}

/// The full path of a secret's file; a file that everybody may read is worth a warning.
pub fn secret(section: &Section<'_>, key: &str, path: &Path) -> PathBuf {
    let path = section.beside(path);
    if std::fs::metadata(&path).is_ok_and(|meta| meta.is_file() && meta.mode() & 0o004 != 0) {
        let remedy = format!("Run `chmod 600 {}`.", path.display());
        section.warn(key, "names a file that everybody on this machine may read", remedy);
    }
    path
}

/// What an adapter finds wrong with its own section.
pub fn report(section: &Section<'_>, faults: Vec<Fault>) {
    for fault in faults {
        section.fault(&fault.key, fault.message, "Mend it as the sample configuration describes.");
    }
}
