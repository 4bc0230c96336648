//! A real OpenLDAP server for one test: its own folder, free loopback ports, TLS, the password policy overlay.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use ringback::directory::ldap::config::{LdapConfig, NameForm, Protected, Rights};
use ringback::model::method::Method;
use ringback::model::names::OptionKey;
use tempfile::TempDir;

use crate::support::certs::Certs;

pub const SUFFIX: &str = "dc=uni,dc=example";
const SERVICE: &str = "cn=ringback,ou=services,dc=uni,dc=example";
/// May read what the service account may, and write nothing; has the same password.
const READER: &str = "cn=reader,ou=services,dc=uni,dc=example";
const SERVICE_PASSWORD: &str = "service-Password-1";
const ROOT_PASSWORD: &str = "root-Password-1";

/// What the server and its password policy are like.
#[derive(Clone)]
pub struct Setup {
    pub rights: Rights,
    pub min_length: u8,
    pub history: u8,
    /// Seconds.
    pub min_age: u32,
    /// Wrong binds until the account is locked.
    pub lock_after: u8,
    pub must_change_after_reset: bool,
    /// What the certificate names.
    pub hosts: Vec<&'static str>,
    /// Entries beside the fixed ones, as LDIF.
    pub people: Vec<Person>,
    pub extra_ldif: String,
}

/// A person's entry.
#[derive(Clone, Default)]
pub struct Person {
    pub uid: &'static str,
    /// `students` or `staff`.
    pub unit: &'static str,
    pub given: &'static str,
    pub family: &'static str,
    pub password: &'static str,
    pub mobile: Option<&'static str>,
    pub mail: Option<&'static str>,
    pub office: Option<&'static str>,
    /// `employeeType`; `disabled` and `privileged` mean something to `config`.
    pub kind: Option<&'static str>,
}

/// A running server; it dies with the value.
pub struct Slapd {
    folder: TempDir,
    child: Child,
    pub ldaps_port: u16,
    pub ldap_port: u16,
    pub certs: Certs,
    rights: Rights,
}

impl Default for Setup {
    /// The server checks everything, so that a second reset is refused for its own reason.
    fn default() -> Self {
        Self {
            rights: Rights::Write,
            min_length: 8,
            history: 3,
            min_age: 0,
            lock_after: 3,
            must_change_after_reset: false,
            hosts: vec!["localhost", "127.0.0.1"],
            people: Vec::new(),
            extra_ldif: String::new(),
        }
    }
}

impl Person {
    pub fn dn(&self) -> String {
        format!("uid={},ou={},{SUFFIX}", self.uid, self.unit)
    }
}

impl Slapd {
    pub fn start(setup: &Setup) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let certs = Certs::naming(folder.path(), &setup.hosts);
        std::fs::create_dir(folder.path().join("db")).unwrap();
        std::fs::write(folder.path().join("service.password"), format!("{SERVICE_PASSWORD}\n")).unwrap();
        let conf = folder.path().join("slapd.conf");
        std::fs::write(&conf, configuration(setup, folder.path(), &certs)).unwrap();
        let ldif = folder.path().join("start.ldif");
        std::fs::write(&ldif, entries(setup)).unwrap();
        let load = Command::new(binary("slapadd")).args(["-q", "-f"]).arg(&conf).arg("-l").arg(&ldif).output().unwrap();
        assert!(load.status.success(), "slapadd: {}", String::from_utf8_lossy(&load.stderr));
        // A port that was free a moment ago may be taken meanwhile; then another one is tried.
        let (ldaps_port, ldap_port) = (free_port(), free_port());
        let child = run(&conf, folder.path(), ldaps_port, ldap_port);
        let mut slapd = Self { folder, child, ldaps_port, ldap_port, certs, rights: setup.rights };
        for _ in 0..5 {
            if slapd.answers() {
                return slapd;
            }
            (slapd.ldaps_port, slapd.ldap_port) = (free_port(), free_port());
            slapd.child = run(&conf, slapd.folder.path(), slapd.ldaps_port, slapd.ldap_port);
        }
        panic!("slapd did not start:\n{}", slapd.log())
    }

    pub fn url(&self) -> String {
        format!("ldaps://localhost:{}", self.ldaps_port)
    }

    /// A section for this server, as an operator would write it.
    pub fn config(&self) -> LdapConfig {
        let key = OptionKey::of;
        let own = |text: &str| text.to_owned();
        LdapConfig {
            urls: vec![self.url()],
            start_tls: false,
            ca_file: self.certs.ca.clone(),
            bind_dn: own(SERVICE),
            bind_password_file: self.folder.path().join("service.password"),
            rights: self.rights,
            people: BTreeMap::from([
                (key("student"), format!("ou=students,{SUFFIX}")),
                (key("staff"), format!("ou=staff,{SUFFIX}")),
            ]),
            user_name: own("uid"),
            user_name_holds: NameForm::LocalPart,
            number: None,
            id: own("entryUUID"),
            names: vec![own("givenName"), own("sn"), own("cn")],
            contacts: BTreeMap::from([
                (own("mobile"), vec![Method::Sms, Method::CallMobile]),
                (own("mail"), vec![Method::Email]),
                (own("telephoneNumber"), vec![Method::CallOffice]),
            ]),
            disabled: BTreeMap::from([(own("employeeType"), vec![own("disabled")])]),
            protected: Protected {
                groups: vec![format!("cn=admins,ou=groups,{SUFFIX}")],
                group_base: Some(format!("ou=groups,{SUFFIX}")),
                attributes: BTreeMap::from([(own("employeeType"), vec![own("privileged")])]),
                under: vec![format!("ou=machines,{SUFFIX}")],
                ..Protected::default()
            },
        }
    }

    /// Whether the server lets this DN in with this password, asked with OpenLDAP's own client. It counts as a try.
    pub fn lets_in(&self, dn: &str, password: &str) -> bool {
        let asked = self.client("ldapwhoami", dn, password).stderr(Stdio::piped()).output().unwrap();
        match asked.status.code() {
            Some(0) => true,
            // Invalid credentials; a locked account answers the same.
            Some(49) => false,
            other => panic!("ldapwhoami: {other:?} {}", String::from_utf8_lossy(&asked.stderr)),
        }
    }

    /// Wrong passwords until the account is locked.
    pub fn lock_out(&self, dn: &str, tries: u8) {
        for _ in 0..tries {
            assert!(!self.lets_in(dn, "surely-Wrong-1"));
        }
    }

    /// Changes entries as the server's manager, beside our adapter.
    pub fn modify(&self, ldif: &str) {
        let file = self.folder.path().join("change.ldif");
        std::fs::write(&file, ldif).unwrap();
        // The relax control allows operational attributes to be written.
        let mut client = self.client("ldapmodify", &format!("cn=root,{SUFFIX}"), ROOT_PASSWORD);
        let done = client.args(["-e", "relax", "-f"]).arg(&file).stderr(Stdio::piped()).output().unwrap();
        assert!(done.status.success(), "ldapmodify: {}", String::from_utf8_lossy(&done.stderr));
    }

    /// The same for referrals as entries: without the control the server would only name the other server.
    pub fn modify_managing_referrals(&self, ldif: &str) {
        let file = self.folder.path().join("change.ldif");
        std::fs::write(&file, ldif).unwrap();
        let mut client = self.client("ldapmodify", &format!("cn=root,{SUFFIX}"), ROOT_PASSWORD);
        let done = client.args(["-M", "-f"]).arg(&file).stderr(Stdio::piped()).output().unwrap();
        assert!(done.status.success(), "ldapmodify: {}", String::from_utf8_lossy(&done.stderr));
    }

    /// Kills it and starts it again on the same ports, with what it had stored.
    pub fn restart(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        let conf = self.folder.path().join("slapd.conf");
        self.child = run(&conf, self.folder.path(), self.ldaps_port, self.ldap_port);
        assert!(self.answers(), "slapd did not start again:\n{}", self.log());
    }

    /// One attribute of one entry, as the manager sees it.
    pub fn attribute(&self, dn: &str, name: &str) -> Option<String> {
        let mut client = self.client("ldapsearch", &format!("cn=root,{SUFFIX}"), ROOT_PASSWORD);
        let client = client.args(["-LLL", "-o", "ldif-wrap=no", "-s", "base", "-b", dn, "(objectClass=*)", name]);
        let found = client.stdout(Stdio::piped()).output().unwrap();
        let text = String::from_utf8(found.stdout).unwrap();
        text.lines().find_map(|line| line.strip_prefix(&format!("{name}: ")).map(str::to_owned))
    }

    /// Modifications and password changes that the server has logged.
    pub fn writes(&self) -> usize {
        let wrote = |line: &&str| line.contains(" MOD dn=") || line.contains(" PASSMOD ");
        self.log().lines().filter(wrote).count()
    }

    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap()
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    fn client(&self, program: &str, dn: &str, password: &str) -> Command {
        let mut client = Command::new(binary(program));
        // By address: for `localhost` these clients expect the machine's own name in the certificate.
        let url = format!("ldaps://127.0.0.1:{}", self.ldaps_port);
        client.env("LDAPTLS_CACERT", &self.certs.ca).env("LDAPTLS_REQCERT", "demand");
        client.args(["-x", "-H", &url, "-D", dn, "-w", password]).stdout(Stdio::null()).stderr(Stdio::null());
        client
    }

    fn answers(&mut self) -> bool {
        let end = Instant::now() + Duration::from_secs(20);
        while Instant::now() < end {
            if self.child.try_wait().unwrap().is_some() {
                return false;
            }
            // It says so when the ports are its own; until then somebody else may answer there.
            let starts = self.log().contains("slapd starting");
            if starts && TcpStream::connect(("127.0.0.1", self.ldaps_port)).is_ok() {
                return true;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        false
    }
}

impl Drop for Slapd {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn run(conf: &Path, folder: &Path, ldaps_port: u16, ldap_port: u16) -> Child {
    let log = std::fs::File::create(folder.join("log")).unwrap();
    let listen = format!("ldaps://127.0.0.1:{ldaps_port} ldap://127.0.0.1:{ldap_port}");
    // Debug level `stats` keeps it in the foreground and notes every operation.
    let mut slapd = Command::new(binary("slapd"));
    slapd.arg("-f").arg(conf).args(["-h", &listen, "-d", "stats"]).stdout(Stdio::null()).stderr(log);
    slapd.spawn().unwrap()
}

/// Debian keeps servers in `/usr/sbin`, which is not on everybody's path.
fn binary(name: &str) -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain(["/usr/sbin", "/usr/bin"].map(PathBuf::from));
    let found = folders.map(|folder| folder.join(name)).find(|file| file.is_file());
    found.unwrap_or_else(|| panic!("`{name}` is not installed; run `make test`, which installs what the tests need"))
}

pub fn free_port() -> u16 {
    TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port()
}

fn configuration(setup: &Setup, folder: &Path, certs: &Certs) -> String {
    let access = match setup.rights {
        Rights::Write => access(),
        Rights::Manage => access().replacen(" write by anonymous", " manage by anonymous", 1),
    };
    let folder = folder.display();
    let (ca, leaf, key) = (certs.ca.display(), certs.leaf.display(), certs.key.display());
    format!(
        "include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
pidfile {folder}/slapd.pid
modulepath /usr/lib/ldap
moduleload back_mdb
moduleload ppolicy
security simple_bind=128
TLSCACertificateFile {ca}
TLSCertificateFile {leaf}
TLSCertificateKeyFile {key}
database mdb
suffix \"{SUFFIX}\"
directory {folder}/db
dbnosync
rootdn \"cn=root,{SUFFIX}\"
rootpw {ROOT_PASSWORD}
overlay ppolicy
ppolicy_default \"cn=default,ou=policies,{SUFFIX}\"
ppolicy_hash_cleartext
ppolicy_use_lockout
{access}
"
    )
}

/// The rules that `docs/openldap.md` recommends, and one account more that only reads.
fn access() -> String {
    let manual = include_str!("../../../docs/openldap.md");
    let rules: Vec<&str> = manual.lines().filter(|line| line.starts_with("access to ")).collect();
    assert_eq!(rules.len(), 3, "{rules:?}");
    assert!(rules.iter().all(|rule| rule.contains(SERVICE)), "{rules:?}");
    rules.join("\n").replace(" read by self read", &format!(" read by dn.exact=\"{READER}\" read by self read"))
}

fn entries(setup: &Setup) -> String {
    let must_change = if setup.must_change_after_reset { "TRUE" } else { "FALSE" };
    let mut ldif = format!(
        "dn: {SUFFIX}\nobjectClass: dcObject\nobjectClass: organization\ndc: uni\no: University of Examples\n\n"
    );
    for unit in ["students", "staff", "groups", "services", "policies", "machines"] {
        write!(ldif, "dn: ou={unit},{SUFFIX}\nobjectClass: organizationalUnit\nou: {unit}\n\n").unwrap();
    }
    write!(
        ldif,
        "dn: cn=default,ou=policies,{SUFFIX}
objectClass: device
objectClass: pwdPolicy
cn: default
pwdAttribute: userPassword
pwdMinLength: {}
pwdCheckQuality: 2
pwdInHistory: {}
pwdMinAge: {}
pwdMaxFailure: {}
pwdLockout: TRUE
pwdLockoutDuration: 0
pwdMustChange: {must_change}
pwdAllowUserChange: TRUE

dn: {SERVICE}
objectClass: organizationalRole
objectClass: simpleSecurityObject
cn: ringback
userPassword: {SERVICE_PASSWORD}

dn: {READER}
objectClass: organizationalRole
objectClass: simpleSecurityObject
cn: reader
userPassword: {SERVICE_PASSWORD}

dn: cn=chess,ou=groups,{SUFFIX}
objectClass: groupOfNames
cn: chess
member: uid=ada,ou=students,{SUFFIX}

dn: cn=clubs,ou=groups,{SUFFIX}
objectClass: groupOfNames
cn: clubs
member: cn=chess,ou=groups,{SUFFIX}
member: cn=clubs,ou=groups,{SUFFIX}

dn: cn=admins,ou=groups,{SUFFIX}
objectClass: groupOfNames
cn: admins
member: cn=operators,ou=groups,{SUFFIX}

dn: cn=operators,ou=groups,{SUFFIX}
objectClass: groupOfUniqueNames
cn: operators
uniqueMember: cn=night,ou=groups,{SUFFIX}

dn: cn=night,ou=groups,{SUFFIX}
objectClass: groupOfNames
cn: night
member: uid=night.operator,ou=staff,{SUFFIX}
member: cn=operators,ou=groups,{SUFFIX}

",
        setup.min_length, setup.history, setup.min_age, setup.lock_after
    )
    .unwrap();
    for person in &setup.people {
        ldif.push_str(&entry(person));
    }
    ldif + &setup.extra_ldif
}

fn entry(person: &Person) -> String {
    let Person { uid, given, family, password, .. } = person;
    let mut ldif = format!(
        "dn: {}\nobjectClass: inetOrgPerson\nuid: {uid}\ncn: {given} {family}\nsn: {family}\ngivenName: {given}\n\
         userPassword: {password}\n",
        person.dn()
    );
    let optional = [
        ("mobile", person.mobile),
        ("mail", person.mail),
        ("telephoneNumber", person.office),
        ("employeeType", person.kind),
    ];
    for (name, value) in optional {
        if let Some(value) = value {
            writeln!(ldif, "{name}: {value}").unwrap();
        }
    }
    ldif + "\n"
}
