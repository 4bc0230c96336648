//! The sections `mail`, `sms` and `desk`: how codes, notices and tickets leave.

use zeroize::Zeroizing;

use crate::config::reader::Section;
use crate::config::secret;
use crate::config::server::loopback;
use crate::config::tenant::mail_address;

/// A mail server to hand mail to.
pub struct MailConfig {
    pub server: String,
    pub port: u16,
    pub tls: MailTls,
    pub sign_in: Option<MailSignIn>,
    /// The address that mails come from; the institution's name stands before it.
    pub from: String,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MailTls {
    /// From the first byte; port 465.
    Implicit,
    /// Demanded before anything is sent; port 587.
    StartTls,
    /// A server on this machine only.
    None,
}

pub struct MailSignIn {
    pub user: String,
    pub password: Zeroizing<String>,
}

/// An address that takes texts: `docs/` describes the request.
pub struct SmsConfig {
    pub url: String,
    /// Sent as `Authorization: Bearer`.
    pub token: Option<Zeroizing<String>>,
}

/// Where tickets of one tenant go. Both may be given; the hook is asked first.
pub struct DeskConfig {
    pub mail: Option<String>,
    pub hook: Option<SmsConfig>,
}

pub fn mail(mut section: Section<'_>) -> Option<MailConfig> {
    if !section.is_there() {
        return None;
    }
    let server = section.text("server", "Write the name of the mail server.");
    let tls = section
        .optional_parsed("tls", "Write \"implicit\", \"starttls\" or \"none\".", mail_tls)
        .unwrap_or(MailTls::StartTls);
    if tls == MailTls::None && !loopback(&server) {
        let what = "is \"none\", so codes would cross the network in the clear";
        section.fault("tls", what, "Use \"starttls\" or \"implicit\"; \"none\" is for a server on this machine.");
    }
    let usual = match tls {
        MailTls::Implicit => 465,
        MailTls::StartTls => 587,
        MailTls::None => 25,
    };
    let port = u16::try_from(section.number("port", 1..=65_535, usual)).unwrap_or(u16::MAX);
    let from = section.parsed("from", "Write one mail address, such as reset@example.edu.", mail_address);
    let user = section.optional_text("user");
    let password = secret::read(&mut section, "password_file");
    if section.has("user") != section.has("password_file") {
        section.fault("user", "needs password_file, and the other way round", "Give both or neither.");
    }
    section.close();
    let sign_in = user.zip(password).map(|(user, password)| MailSignIn { user, password });
    Some(MailConfig { server, port, tls, sign_in, from: from? })
}

pub fn sms(mut section: Section<'_>) -> Option<SmsConfig> {
    if !section.is_there() {
        return None;
    }
    let sms = hook(&mut section, "url", "token_file");
    if sms.is_none() && !section.has("url") {
        section.missing("url", "Write the address that takes texts.");
    }
    section.close();
    sms
}

pub fn desk(mut section: Section<'_>) -> Option<DeskConfig> {
    if !section.is_there() {
        return None;
    }
    let mail = section.optional_parsed("mail", "Write one mail address.", mail_address);
    let hook = hook(&mut section, "hook_url", "hook_token_file");
    if !section.has("mail") && !section.has("hook_url") {
        section.missing("mail", "Write mail or hook_url, or delete the section.");
    }
    section.close();
    Some(DeskConfig { mail, hook })
}

fn hook(section: &mut Section<'_>, url: &'static str, token: &'static str) -> Option<SmsConfig> {
    let token = secret::read(section, token);
    let url = section.optional_parsed(url, "Write an https address; http only for this machine.", hook_url)?;
    Some(SmsConfig { url, token })
}

/// An address that our messages are sent to: TLS, unless it is on this machine.
fn hook_url(text: &str) -> Result<String, &'static str> {
    let url = reqwest::Url::parse(text).map_err(|_| "not an address")?;
    let host = url.host_str().unwrap_or_default();
    match url.scheme() {
        "https" => Ok(text.to_owned()),
        "http" if loopback(host) => Ok(text.to_owned()),
        "http" => Err("would send codes in the clear"),
        _ => Err("not an https address"),
    }
}

fn mail_tls(text: &str) -> Result<MailTls, &'static str> {
    match text {
        "implicit" => Ok(MailTls::Implicit),
        "starttls" => Ok(MailTls::StartTls),
        "none" => Ok(MailTls::None),
        _ => Err("not a way of securing mail"),
    }
}
