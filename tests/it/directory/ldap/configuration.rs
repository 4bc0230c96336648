//! A section is checked completely before anything is opened.

use ringback::directory::ldap::LdapDirectory;
use ringback::directory::ldap::config::{LdapConfig, Rights};
use ringback::model::method::Method;
use ringback::model::names::OptionKey;
use ringback::policy::password::Reuse;
use ringback::ports::directory::DirectoryError;

use crate::directory::world::{now, tenant};
use crate::support::certs::Certs;

const SAMPLE: &str = r#"
urls = ["ldaps://ldap1.uni.example", "ldaps://ldap2.uni.example:6360"]
ca_file = "CA"
bind_dn = "cn=ringback,ou=services,dc=uni,dc=example"
bind_password_file = "PASSWORD"
rights = "write"

[people]
student = "ou=students,dc=uni,dc=example"
staff = "ou=staff,dc=uni,dc=example"

[contacts]
mobile = ["sms", "call_mobile"]
mail = ["email"]

[disabled]
nsAccountLock = ["true"]

[protected]
groups = ["cn=admins,ou=groups,dc=uni,dc=example"]
group_base = "ou=groups,dc=uni,dc=example"
"#;

struct Written {
    config: LdapConfig,
    folder: tempfile::TempDir,
}

fn written() -> Written {
    let folder = tempfile::tempdir().unwrap();
    let certs = Certs::for_loopback(folder.path());
    let password = folder.path().join("password");
    std::fs::write(&password, "service-Password-1\n").unwrap();
    let text = SAMPLE.replace("CA", certs.ca.to_str().unwrap()).replace("PASSWORD", password.to_str().unwrap());
    Written { config: toml::from_str(&text).unwrap(), folder }
}

#[test]
fn the_sample_is_taken() {
    let Written { config, folder: _folder } = written();
    assert_eq!(config.faults(&tenant()), []);
    assert!(LdapDirectory::new(config, &tenant(), now()).is_ok());
}

#[test]
fn every_fault_is_named_with_its_key() {
    type Break<'a> = &'a dyn Fn(&mut LdapConfig, &std::path::Path);
    let set_url =
        |url: &'static str| move |config: &mut LdapConfig, _: &std::path::Path| config.urls = vec![url.into()];
    let table: [(&str, &str, Break<'_>); 20] = [
        ("urls", "clear", &set_url("ldap://ldap1.uni.example")),
        ("urls", "ldapi", &set_url("ldapi:///run/slapd.sock")),
        ("urls", "not", &set_url("https://ldap1.uni.example")),
        ("urls", "not", &set_url("ldaps://user@ldap1.uni.example/dc=x")),
        ("urls", "empty", &|config, _| config.urls.clear()),
        ("urls", "start_tls", &|config, _| {
            config.urls.pop();
            config.start_tls = true;
        }),
        ("ca_file", "missing.pem", &|config, folder| config.ca_file = folder.join("missing.pem")),
        ("ca_file", "certificate", &|config, folder| config.ca_file = folder.join("password")),
        ("bind_dn", "anonymous", &|config, _| config.bind_dn.clear()),
        ("bind_password_file", "empty", &|config, folder| {
            config.bind_password_file = folder.join("empty");
            std::fs::write(&config.bind_password_file, "\n").unwrap();
        }),
        ("people", "staff", &|config, _| drop(config.people.remove(&OptionKey::of("staff")))),
        ("people.guests", "population", &|config, _| {
            config.people.insert(OptionKey::of("guests"), "ou=guests,dc=uni,dc=example".into());
        }),
        ("people.staff", "whole", &|config, _| {
            config.people.insert(OptionKey::of("staff"), "OU=students,dc=uni,dc=example".into());
        }),
        ("contacts.mobile", "nothing else", &|config, _| {
            config.contacts.insert("mobile".into(), vec![Method::Sms, Method::Email]);
        }),
        ("contacts.pager", "nothing else", &|config, _| {
            drop(config.contacts.insert("pager".into(), vec![Method::Totp]))
        }),
        ("contacts", "attribute", &|config, _| drop(config.contacts.insert("a)(b".into(), vec![Method::Sms]))),
        ("user_name", "attribute", &|config, _| config.user_name = "uid=*".into()),
        ("protected.group_base", "nested", &|config, _| config.protected.group_base = None),
        ("protected", "DN", &|config, _| config.protected.under.push("admins".into())),
        ("protected.member_attributes", "empty", &|config, _| config.protected.member_attributes.clear()),
    ];
    for (key, word, change) in table {
        let Written { mut config, folder } = written();
        change(&mut config, folder.path());
        let faults = config.faults(&tenant());
        let [fault] = faults.as_slice() else { panic!("{key} {word}: {faults:?}") };
        assert_eq!(fault.key, key, "{fault:?}");
        assert!(fault.message.contains(word), "{fault:?}");
        let Err(DirectoryError::Configuration(text)) = LdapDirectory::new(config, &tenant(), now()) else {
            panic!("{key} was taken");
        };
        assert!(text.contains(key), "{text}");
    }
}

#[test]
fn several_faults_come_at_once() {
    let Written { mut config, folder: _folder } = written();
    config.urls = vec!["ldap://a.example".into(), "nonsense".into()];
    config.bind_dn.clear();
    assert_eq!(config.faults(&tenant()).len(), 3);
}

#[test]
fn a_rule_that_the_server_would_have_to_keep_needs_write() {
    let Written { mut config, folder: _folder } = written();
    let mut tenant = tenant();
    tenant.password.reuse = Reuse::Refused;
    assert_eq!(config.faults(&tenant), []);
    config.rights = Rights::Manage;
    assert_eq!(config.faults(&tenant)[0].key, "rights");
}

#[test]
fn nothing_switches_checking_off() {
    for key in ["no_tls_verify = true", "tls_verify = false", "insecure = true", "bind_password = \"x\""] {
        let text = format!("{key}\n{SAMPLE}");
        let error = toml::from_str::<LdapConfig>(&text).err().unwrap().to_string();
        assert!(error.contains("unknown field"), "{error}");
    }
}
