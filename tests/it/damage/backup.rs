//! `ringback backup` and `ringback restore`, by the program itself.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Arc;

use ringback::audit_log::sqlite::{AuditKeys, SqliteAuditLog};
use ringback::model::ids::AccountId;
use ringback::ports::audit_log::AuditLog;
use ringback::ports::clock::Clock;
use ringback::ports::registry::{Enrol, Registry};
use ringback::registry::sqlite::{RegistryKeys, SqliteRegistry};
use ringback::store::keyring::{Keeper, KeyRing};
use ringback::store::sled_store::SledStore;

use super::subjects::happened;
use crate::stores::fixtures::{Chance, ada, clock, phone, uni};
use crate::support::clock::MORNING;

const CONFIG: &str = r#"
public_url = "https://reset.example.edu"
data = "data"
keys_file = "keys"
[mail]
host = "smtp.example.edu"
security = "start_tls"
from = "reset@example.edu"
[tenants.apu]
[tenants.apu.directory.ldap]
urls = ["ldaps://ldap1.example.edu"]
ca_file = "ca.pem"
bind_dn = "cn=ringback,dc=example,dc=edu"
bind_password_file = "ldap"
rights = "write"
[tenants.apu.directory.ldap.people]
student = "ou=students,dc=example,dc=edu"
staff = "ou=staff,dc=example,dc=edu"
[tenants.apu.directory.ldap.contacts]
mobile = ["sms"]
otherMailbox = ["email"]
[tenants.apu.browser]
"#;

/// An installation that has served.
struct Place {
    top: tempfile::TempDir,
    ring: KeyRing,
}

impl Place {
    fn new() -> Self {
        let top = tempfile::tempdir().unwrap();
        let at = |name: &str| top.path().join(name);
        KeyRing::create(&at("keys"), &Chance).unwrap();
        std::fs::write(at("ringback.toml"), CONFIG).unwrap();
        private(&at("ldap"), "a long enough bind password\n");
        let authority = rcgen::generate_simple_self_signed(vec!["ldap.example.edu".to_owned()]).unwrap();
        std::fs::write(at("ca.pem"), authority.cert.pem()).unwrap();
        let ring = KeyRing::read(&at("keys")).unwrap();
        Self { top, ring }
    }

    fn at(&self, name: &str) -> PathBuf {
        self.top.path().join(name)
    }

    fn registry(&self) -> SqliteRegistry {
        let keys =
            RegistryKeys { sealer: self.ring.sealer(Keeper::Registry), lookup: self.ring.lookup(Keeper::Registry) };
        SqliteRegistry::open(&self.at("data/registry.sqlite"), keys).unwrap()
    }

    fn audit(&self) -> SqliteAuditLog {
        let keys = AuditKeys { macs: self.ring.audit_macs(), lookup: self.ring.lookup(Keeper::Audit) };
        SqliteAuditLog::open(&self.at("data/audit.sqlite"), keys).unwrap()
    }

    fn run(&self, command: &[&str], folder: &str) -> (Option<i32>, String) {
        let config = self.at("ringback.toml");
        let mut program = Command::new(env!("CARGO_BIN_EXE_ringback"));
        program.env_remove("RINGBACK_KEYS").args(command).arg("--config").arg(config).arg(self.at(folder));
        said(&program.output().unwrap())
    }

    fn status(&self) -> (Option<i32>, String) {
        let mut program = Command::new(env!("CARGO_BIN_EXE_ringback"));
        program.env_remove("RINGBACK_KEYS").args(["keys", "status", "--config"]).arg(self.at("ringback.toml"));
        said(&program.output().unwrap())
    }
}

fn said(output: &Output) -> (Option<i32>, String) {
    let words = [&output.stdout[..], &output.stderr].concat();
    (output.status.code(), String::from_utf8_lossy(&words).into_owned())
}

fn private(path: &Path, text: &str) {
    use std::io::Write;
    use std::os::unix::fs::OpenOptionsExt;
    let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).unwrap();
    file.write_all(text.as_bytes()).unwrap();
}

fn mobile(n: u32) -> Enrol {
    Enrol { contacts: Some(vec![phone(&format!("+44770090{n:04}"))]), totp: None, answers: None }
}

#[tokio::test]
async fn g31_a_damaged_installation_is_restored_by_one_command() {
    let place = Place::new();
    let (registry, audit) = (place.registry(), place.audit());
    for n in 0..50u32 {
        registry.enrol(&uni(), &AccountId(format!("p{n}")), mobile(n), MORNING).await.unwrap();
        audit.append(&format!("turn {n}"), &[happened(1)]).await.unwrap();
    }
    // While the service has both open.
    let (exit, words) = place.run(&["backup"], "monday");
    assert_eq!(exit, Some(0), "{words}");
    assert!(words.contains("50 rows"), "{words}");
    let (exit, words) = place.run(&["backup"], "monday");
    assert_eq!(exit, Some(2), "a backup was written over: {words}");
    // After the backup: lost with it, and kept in what is moved aside.
    registry.enrol(&uni(), &ada(), mobile(77), MORNING).await.unwrap();
    let (exit, words) = place.run(&["restore"], "monday");
    assert!(exit == Some(2) && words.contains("--force"), "{words}");
    drop((registry, audit));

    let path = place.at("data/registry.sqlite");
    let mut bytes = std::fs::read(&path).unwrap();
    bytes.iter_mut().skip(4096).step_by(4096).for_each(|byte| *byte ^= 0x55);
    std::fs::write(&path, &bytes).unwrap();
    let keys =
        RegistryKeys { sealer: place.ring.sealer(Keeper::Registry), lookup: place.ring.lookup(Keeper::Registry) };
    let refused = SqliteRegistry::open(&path, keys).err().expect("the damage is noticed").to_string();
    assert!(refused.contains("registry.sqlite") && refused.contains("ringback restore"), "{refused}");

    // Not while a service works there.
    let sealer = place.ring.sealer(Keeper::Store);
    let (store, _) = SledStore::open(&place.at("data/conversations"), sealer, clock() as Arc<dyn Clock>).unwrap();
    let (exit, words) = place.run(&["restore", "--force"], "monday");
    assert!(exit == Some(3) && words.contains("stop it"), "{words}");
    drop(store);

    let (exit, words) = place.run(&["restore", "--force"], "monday");
    assert_eq!(exit, Some(0), "{words}");
    let registry = place.registry();
    for n in 0..50u32 {
        let found = registry.enrolment(&uni(), &AccountId(format!("p{n}"))).await.unwrap();
        assert_eq!(found.contacts.len(), 1);
    }
    assert!(registry.enrolment(&uni(), &ada()).await.unwrap().contacts.is_empty());
    assert_eq!(place.audit().recent(100).await.unwrap().len(), 50);
    let aside = std::fs::read_dir(place.at("data")).unwrap().map(|entry| entry.unwrap().path());
    let aside: Vec<_> = aside.filter(|path| path.to_str().unwrap().contains("registry.sqlite.replaced-")).collect();
    assert_eq!(std::fs::read(&aside[0]).unwrap(), bytes, "the damaged file may still be looked at");
    println!("{words}");
}

#[tokio::test]
async fn a_backup_that_was_changed_is_not_restored() {
    let place = Place::new();
    drop((place.registry(), place.audit()));
    let audit = place.audit();
    for n in 0..9u32 {
        audit.append(&format!("turn {n}"), &[happened(1)]).await.unwrap();
    }
    drop(audit);
    let (exit, words) = place.run(&["backup"], "monday");
    assert_eq!(exit, Some(0), "{words}");
    let before = std::fs::read(place.at("data/audit.sqlite")).unwrap();
    for change in ["DELETE FROM audit WHERE seq = 4", "DELETE FROM audit WHERE seq = 9"] {
        let copied = std::fs::read(place.at("monday/audit.sqlite")).unwrap();
        let raw = rusqlite::Connection::open(place.at("monday/audit.sqlite")).unwrap();
        raw.execute_batch(&format!("DROP TRIGGER audit_no_delete; {change}")).unwrap();
        drop(raw);
        let (exit, words) = place.run(&["restore", "--force"], "monday");
        assert_eq!(exit, Some(1), "{change}: {words}");
        std::fs::write(place.at("monday/audit.sqlite"), copied).unwrap();
    }
    assert_eq!(std::fs::read(place.at("data/audit.sqlite")).unwrap(), before, "nothing was touched");
    let (exit, words) = place.run(&["restore", "--force"], "monday");
    assert_eq!(exit, Some(0), "{words}");
}

#[tokio::test]
async fn keys_status_tells_what_needs_which_key() {
    let place = Place::new();
    place.registry().enrol(&uni(), &ada(), mobile(1), MORNING).await.unwrap();
    place.audit().append("1", &[happened(1)]).await.unwrap();
    let (exit, words) = place.status();
    assert!(exit == Some(0) && words.contains("key 1: 1 enrolments, 1 audit rows; seals now"), "{words}");
    KeyRing::rotate(&place.at("keys"), &Chance).unwrap();
    KeyRing::rotate(&place.at("keys"), &Chance).unwrap();
    let (_, words) = place.status();
    for line in [
        "key 1: 1 enrolments, 1 audit rows; is needed",
        "key 2: 0 enrolments, 0 audit rows; may leave",
        "key 3: 0 enrolments, 0 audit rows; seals now",
    ] {
        assert!(words.contains(line), "no `{line}` in {words}");
    }
    // A key that left too early is missed.
    let text = std::fs::read_to_string(place.at("keys")).unwrap();
    let without: String =
        text.lines().filter(|line| !line.starts_with("key 1")).map(|line| line.to_owned() + "\n").collect();
    std::fs::remove_file(place.at("keys")).unwrap();
    private(&place.at("keys"), &without);
    let (exit, words) = place.status();
    assert!(exit == Some(1) && words.contains("key 1 is not in the ring"), "{words}");
}
