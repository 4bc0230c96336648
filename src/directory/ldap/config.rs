//! What a tenant says about its LDAP server, checked completely before anything is opened.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Deserialize;

use crate::model::fault::Fault;
use crate::model::method::{Family, Method};
use crate::model::names::OptionKey;
use crate::policy::password::Reuse;
use crate::policy::tenant::Tenant;

/// The `[directory]` section of a tenant with an LDAP server.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LdapConfig {
    /// `ldaps://host` or, with `start_tls`, `ldap://host`; the next one is asked when one cannot be reached.
    pub urls: Vec<String>,
    #[serde(default)]
    pub start_tls: bool,
    /// The certificate authority of the server, PEM; no other is trusted.
    pub ca_file: PathBuf,
    /// The service account.
    pub bind_dn: String,
    pub bind_password_file: PathBuf,
    /// What the server's access rules let the service account do with passwords.
    pub rights: Rights,
    /// Where each population's entries are: population id to base DN.
    pub people: BTreeMap<OptionKey, String>,
    /// The attribute that a user name is compared with.
    #[serde(default = "uid")]
    pub user_name: String,
    #[serde(default)]
    pub user_name_holds: NameForm,
    /// The attribute with the number on the student or staff card, for callers; without it a number is looked for in the
    /// user names.
    #[serde(default)]
    pub number: Option<String>,
    /// The immutable id.
    #[serde(default = "entry_uuid")]
    pub id: String,
    /// Attributes with the person's names, for the rule that a password holds no part of them.
    #[serde(default = "name_attributes")]
    pub names: Vec<String>,
    /// Trusted addresses: attribute to methods. Name none that the person may write: whoever knows the old password
    /// could move the way back.
    #[serde(default)]
    pub contacts: BTreeMap<String, Vec<Method>>,
    /// An account with one of these values is disabled (`nsAccountLock = ["true"]`).
    #[serde(default)]
    pub disabled: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    pub protected: Protected,
}

/// How the server treats a password set by the service account (OpenLDAP's access levels).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rights {
    /// The server applies all its rules, history and minimum age included; set `pwdMinAge` to 0 there, or a second
    /// reset on one day is refused.
    Write,
    /// The server applies none of its rules: only the tenant's own stand between a person and a weak password.
    Manage,
}

/// What stands in the user name attribute.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NameForm {
    /// `csmith1234`; the domain says which population is searched.
    #[default]
    LocalPart,
    /// `csmith1234@student.uni.example`.
    Whole,
}

/// Accounts that self-service refuses. A person is protected when any of these holds.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Protected {
    /// DNs of groups; members of their member groups count, at any depth.
    #[serde(default)]
    pub groups: Vec<String>,
    /// Where groups are, to follow nesting.
    pub group_base: Option<String>,
    /// Attributes of a group that hold the DNs of its members.
    #[serde(default = "member_attributes")]
    pub member_attributes: Vec<String>,
    /// Attribute to values.
    #[serde(default)]
    pub attributes: BTreeMap<String, Vec<String>>,
    /// DNs above protected entries.
    #[serde(default)]
    pub under: Vec<String>,
}

impl LdapConfig {
    /// Everything that is wrong, all at once; empty when the section may be used.
    pub fn faults(&self, tenant: &Tenant) -> Vec<Fault> {
        let mut faults = Vec::new();
        self.check_urls(&mut faults);
        self.check_files(&mut faults);
        self.check_names(&mut faults);
        self.check_people(tenant, &mut faults);
        self.check_contacts(&mut faults);
        self.check_protected(&mut faults);
        if self.rights == Rights::Manage && tenant.password.reuse == Reuse::Refused {
            let message = "is `manage`, so the server remembers no passwords, but the tenant's rules say \
                           `reuse = \"refused\"`; use `write`, or change that rule";
            faults.push(Fault::at("rights", message));
        }
        faults
    }

    fn check_urls(&self, faults: &mut Vec<Fault>) {
        if self.urls.is_empty() {
            faults.push(Fault::at("urls", "is empty; give one server, as in `ldaps://ldap1.uni.example`"));
        }
        for url in &self.urls {
            let message = match split_url(url) {
                Some(("ldaps", _)) if self.start_tls => {
                    "is TLS from the start: remove `start_tls`, or write `ldap://`".to_owned()
                }
                Some(("ldaps", _)) => continue,
                Some(("ldap", _)) if self.start_tls => continue,
                Some(("ldap", host)) => {
                    format!("would send passwords in the clear; write `ldaps://{host}`, or set `start_tls = true`")
                }
                Some(_) | None => {
                    "is not `ldaps://host` or `ldap://host`, with a port if it is an unusual one".to_owned()
                }
            };
            faults.push(Fault::at("urls", format!("`{url}` {message}")));
        }
    }

    fn check_files(&self, faults: &mut Vec<Fault>) {
        if self.bind_dn.is_empty() {
            faults.push(Fault::at("bind_dn", "is empty; an anonymous account cannot set passwords"));
        }
        if let Err(why) = self.bind_password() {
            faults.push(Fault::at("bind_password_file", why));
        }
        if let Err(why) = super::tls::client_config(&self.ca_file) {
            faults.push(Fault::at("ca_file", why));
        }
    }

    fn check_names(&self, faults: &mut Vec<Fault>) {
        let single = [("user_name", &self.user_name), ("id", &self.id)];
        let names = self.names.iter().map(|name| ("names", name));
        let contacts = self.contacts.keys().map(|name| ("contacts", name));
        let disabled = self.disabled.keys().map(|name| ("disabled", name));
        let protected = self.protected.attributes.keys().map(|name| ("protected.attributes", name));
        let members = self.protected.member_attributes.iter().map(|name| ("protected.member_attributes", name));
        let all = single.into_iter().chain(names).chain(contacts).chain(disabled).chain(protected).chain(members);
        for (key, name) in all.filter(|(_, name)| !is_attribute(name)) {
            faults.push(Fault::at(key, format!("`{name}` is not the name of an attribute")));
        }
    }

    fn check_people(&self, tenant: &Tenant, faults: &mut Vec<Fault>) {
        for population in &tenant.populations {
            if !self.people.contains_key(&population.id) {
                let message = format!("has no base DN for the population `{}`", population.id);
                faults.push(Fault::at("people", message));
            }
        }
        for (id, base) in &self.people {
            if !tenant.populations.iter().any(|population| population.id == *id) {
                faults.push(Fault::at(format!("people.{id}"), "is not a population of this tenant"));
            }
            if base.is_empty() {
                faults.push(Fault::at(format!("people.{id}"), "is empty; give the DN above the entries"));
            }
            let shared = self.people.iter().any(|(other, dn)| other > id && dn.eq_ignore_ascii_case(base));
            if shared && self.user_name_holds == NameForm::LocalPart {
                let message = "is the base of two populations, so a local part does not tell them apart; \
                               separate them, or use `user_name_holds = \"whole\"`";
                faults.push(Fault::at(format!("people.{id}"), message));
            }
        }
    }

    fn check_contacts(&self, faults: &mut Vec<Fault>) {
        for (attribute, methods) in &self.contacts {
            let telephone = methods.iter().filter(|method| method.family() == Family::Telephone).count();
            let mail = methods.iter().filter(|method| method.family() == Family::Mail).count();
            let one_kind = telephone == methods.len() || mail == methods.len();
            if methods.is_empty() || !one_kind {
                let message = "serves `email`, or some of `sms`, `call_mobile` and `call_office`, and nothing else";
                faults.push(Fault::at(format!("contacts.{attribute}"), message));
            }
        }
    }

    fn check_protected(&self, faults: &mut Vec<Fault>) {
        if !self.protected.groups.is_empty() && self.protected.group_base.is_none() {
            let message = "is missing; without it nested groups are not seen";
            faults.push(Fault::at("protected.group_base", message));
        }
        if self.protected.member_attributes.is_empty() {
            faults
                .push(Fault::at("protected.member_attributes", "is empty; leave it out for `member`, `uniqueMember`"));
        }
        for dn in self.protected.groups.iter().chain(&self.protected.under).filter(|dn| !dn.contains('=')) {
            faults.push(Fault::at("protected", format!("`{dn}` is not a DN")));
        }
    }

    /// The service account's password, without the line end of its file.
    pub(super) fn bind_password(&self) -> Result<zeroize::Zeroizing<String>, String> {
        let path = self.bind_password_file.display();
        let text = std::fs::read_to_string(&self.bind_password_file).map_err(|error| format!("`{path}`: {error}"))?;
        let text = zeroize::Zeroizing::new(text);
        let password = text.trim_end_matches(['\r', '\n']);
        if password.is_empty() {
            return Err(format!("`{path}` is empty; servers take an empty password for no sign-in at all"));
        }
        Ok(zeroize::Zeroizing::new(password.to_owned()))
    }
}

impl Default for Protected {
    fn default() -> Self {
        Self {
            groups: Vec::new(),
            group_base: None,
            member_attributes: member_attributes(),
            attributes: BTreeMap::new(),
            under: Vec::new(),
        }
    }
}

/// Scheme and the rest of `scheme://host[:port]`.
fn split_url(url: &str) -> Option<(&str, &str)> {
    let (scheme, host) = url.split_once("://")?;
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '[' | ']');
    (!host.is_empty() && host.chars().all(plain)).then_some((scheme, host))
}

/// RFC 4512 `keystring`, so that a name can stand in a filter as it is.
fn is_attribute(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
    name.starts_with(|c: char| c.is_ascii_alphabetic()) && name.chars().all(plain)
}

fn uid() -> String {
    "uid".to_owned()
}

fn entry_uuid() -> String {
    "entryUUID".to_owned()
}

fn name_attributes() -> Vec<String> {
    ["givenName", "sn", "cn", "displayName"].map(str::to_owned).to_vec()
}

fn member_attributes() -> Vec<String> {
    ["member", "uniqueMember"].map(str::to_owned).to_vec()
}
