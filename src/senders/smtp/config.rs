//! How to reach the mail server.

use std::path::PathBuf;

use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, CertificateStore, TlsParameters};
use serde::Deserialize;
use zeroize::Zeroizing;

use crate::model::fault::Fault;

/// The section for a mail server.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SmtpConfig {
    pub host: String,
    /// 465 with `tls`, 587 with `start_tls`, 25 with `plain`.
    pub port: Option<u16>,
    pub security: Security,
    /// The authority of the server's certificate, PEM; without it the public ones are trusted.
    pub ca_file: Option<PathBuf>,
    pub user: Option<String>,
    pub password_file: Option<PathBuf>,
    /// The address that mails come from; its domain also stands in their `Message-ID`.
    pub from: String,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Security {
    Tls,
    StartTls,
    /// On this machine only.
    Plain,
}

impl SmtpConfig {
    /// Everything that is wrong, all at once.
    pub fn faults(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        let here = matches!(self.host.as_str(), "localhost" | "127.0.0.1" | "::1");
        if self.host.is_empty() {
            faults.push(Fault::at("host", "is empty; give the mail server's name"));
        }
        if self.security == Security::Plain && !here {
            let message = "is `plain`, which would send codes in the clear; use `tls` or `start_tls`";
            faults.push(Fault::at("security", message));
        }
        if self.user.is_some() != self.password_file.is_some() {
            faults.push(Fault::at("password_file", "and `user` come together, or neither does"));
        }
        faults.extend(self.tls().err().map(|why| Fault::at("ca_file", why)));
        faults.extend(self.credentials().err().map(|why| Fault::at("password_file", why)));
        faults.extend(self.from().err().map(|why| Fault::at("from", why)));
        faults
    }

    pub(super) fn port(&self) -> u16 {
        self.port.unwrap_or(match self.security {
            Security::Tls => 465,
            Security::StartTls => 587,
            Security::Plain => 25,
        })
    }

    pub(super) fn from(&self) -> Result<lettre::Address, String> {
        self.from.parse().map_err(|_| format!("`{}` is not a mail address", self.from))
    }

    pub(super) fn tls(&self) -> Result<Option<TlsParameters>, String> {
        if self.security == Security::Plain {
            return Ok(None);
        }
        let mut tls = TlsParameters::builder(self.host.clone());
        if let Some(file) = &self.ca_file {
            let named = |why: &dyn std::fmt::Display| format!("`{}`: {why}", file.display());
            let pem = std::fs::read(file).map_err(|error| named(&error))?;
            let authority = Certificate::from_pem(&pem).map_err(|error| named(&error))?;
            tls = tls.certificate_store(CertificateStore::None).add_root_certificate(authority);
        }
        tls.build().map(Some).map_err(|error| error.to_string())
    }

    pub(super) fn credentials(&self) -> Result<Option<Credentials>, String> {
        let (Some(user), Some(file)) = (&self.user, &self.password_file) else { return Ok(None) };
        let path = file.display();
        let text = Zeroizing::new(std::fs::read_to_string(file).map_err(|error| format!("`{path}`: {error}"))?);
        let password = text.trim_end_matches(['\r', '\n']);
        if password.is_empty() {
            return Err(format!("`{path}` is empty"));
        }
        Ok(Some(Credentials::new(user.clone(), password.to_owned())))
    }
}
