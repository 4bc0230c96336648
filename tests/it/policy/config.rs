//! The configuration: its sample is the manual, and every fault is named at once.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use ringback::config::fault::ConfigFault;
use ringback::config::reader::Document;
use ringback::config::server::loopback;
use ringback::config::tenants::DirectoryConfig;
use ringback::config::{Config, LogFormat};
use ringback::ports::clock::Entropy;
use ringback::store::keyring::KeyRing;

const SAMPLE: &str = include_str!("../../../examples/ringback.toml");

struct Fixed;

impl Entropy for Fixed {
    fn draw(&self) -> [u8; 32] {
        [7; 32]
    }
}

/// A folder with all files that the sample names.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    for name in ["secrets", "flows", "locales/en", "locales/ms", "tenants"] {
        std::fs::create_dir_all(at(name)).unwrap();
    }
    KeyRing::create(&at("keys"), &Fixed).unwrap();
    for secret in ["mail", "sms", "ldap", "desk", "voice", "teams"] {
        write_private(&at(&format!("secrets/{secret}")), &format!("{}\n", "5e".repeat(20)));
    }
    write_private(&at("secrets/discord"), &format!("{}.Gabc12.{}\n", "MTIz".repeat(6), "Ab3".repeat(12)));
    write_private(&at("secrets/telegram"), &format!("123456789:{}\n", "Ab3".repeat(12)));
    for name in ["apu.toml", "apu.svg"] {
        std::fs::copy(format!("examples/tenants/{name}"), folder.path().join("tenants").join(name)).unwrap();
    }
    let authority = rcgen::generate_simple_self_signed(vec!["ldap.example.edu".to_owned()]).unwrap();
    std::fs::write(at("ca.pem"), authority.cert.pem()).unwrap();
    folder
}

fn write_private(path: &Path, text: &str) {
    use std::io::Write;
    use std::os::unix::fs::OpenOptionsExt;
    let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).unwrap();
    file.write_all(text.as_bytes()).unwrap();
}

/// The sample with every optional line in force.
fn everything_on() -> String {
    let optional = |line: &str| {
        let rest = line
            .strip_prefix('#')
            .filter(|rest| rest.starts_with(|c: char| c.is_ascii_lowercase() || matches!(c, '[' | '"')));
        rest.unwrap_or(line).to_owned()
    };
    SAMPLE.lines().map(|line| optional(line) + "\n").collect()
}

fn read(folder: &tempfile::TempDir, text: &str) -> Result<Config, Vec<ConfigFault>> {
    Config::parse(&folder.path().join("ringback.toml"), text, &|_| None)
}

fn faults(text: &str) -> Vec<String> {
    let folder = folder();
    let faults = read(&folder, text).err().unwrap_or_default();
    assert!(faults.iter().all(|fault| !fault.remedy.is_empty() && !fault.what.is_empty()));
    faults.into_iter().map(|fault| fault.key).collect()
}

/// Keys of the faults after one change of the sample with everything on.
fn faults_after(from: &str, to: &str) -> Vec<String> {
    let text = everything_on();
    assert!(text.contains(from), "the sample has no `{from}`");
    faults(&text.replacen(from, to, 1))
}

#[test]
fn the_sample_is_valid_as_it_stands() {
    let folder = folder();
    let config = read(&folder, SAMPLE).map_err(|faults| faults[0].to_string()).unwrap();
    assert_eq!(config.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(config.public_url, "https://reset.example.edu");
    assert_eq!(config.data, folder.path().join("data"));
    assert_eq!(config.log, LogFormat::Auto);
    assert!(config.sms.is_none() && config.trusted_proxies.is_empty());
    let [apu] = &config.tenants[..] else { panic!("one tenant") };
    assert_eq!(apu.tenant.id.0, "apu");
    assert!(apu.desk.is_none() && apu.browser.is_some());
    let DirectoryConfig::Ldap(ldap) = &apu.directory;
    assert_eq!(ldap.ca_file, folder.path().join("ca.pem"));
    // Texts are promised by the institution's file and cannot be sent without [sms].
    let warned: Vec<&str> = config.warnings.iter().map(|warning| warning.key.as_str()).collect();
    assert_eq!(warned, ["tenants.apu"]);
}

#[test]
fn the_sample_is_valid_with_every_optional_line() {
    let folder = folder();
    let config = read(&folder, &everything_on()).map_err(|faults| faults[0].to_string()).unwrap();
    assert_eq!(config.warnings, []);
    assert_eq!(config.sms.map(|sms| sms.secret_file), Some(folder.path().join("secrets/sms")));
    assert_eq!(config.mail.map(|mail| (mail.port, mail.user)), Some((Some(587), Some("ringback".to_owned()))));
    assert_eq!(config.trusted_proxies.len(), 2);
    assert_eq!(config.folders.flows, Some(folder.path().join("flows")));
    assert_eq!(
        config.tenants[0].browser.as_ref().map(|b| b.embed.clone()),
        Some(vec!["https://www.example.edu".into()])
    );
}

#[test]
fn optional_lines_show_the_defaults() {
    let folder = folder();
    let (plain, full) = (read(&folder, SAMPLE).ok().unwrap(), read(&folder, &everything_on()).ok().unwrap());
    assert_eq!((plain.listen, plain.log), (full.listen, full.log));
    let ldap = |config: &Config| {
        let DirectoryConfig::Ldap(ldap) = &config.tenants[0].directory;
        let holds = ldap.user_name_holds;
        let members = ldap.protected.member_attributes.clone();
        (ldap.start_tls, ldap.user_name.clone(), holds, ldap.id.clone(), ldap.names.clone(), members)
    };
    assert_eq!(ldap(&plain), ldap(&full));
}

/// Every key that is ever asked for stands in the sample: it is the manual.
#[test]
fn the_sample_names_every_key() {
    let folder = folder();
    let file = folder.path().join("ringback.toml");
    let text = everything_on();
    let document = Document::new(&file, &text);
    let table = document.parse();
    let read = ringback::config::server::read(document.root(&table), &|_| None);
    assert!(read.config.is_some());
    drop((read, table));
    let asked: BTreeSet<String> = document.findings().origins.into_keys().collect();
    assert!(asked.len() > 15, "{asked:?}");
    let written = written(&text);
    let silent: Vec<&String> = asked.iter().filter(|key| !written.contains(*key)).collect();
    assert!(silent.is_empty(), "the sample does not mention {silent:?}");

    // The adapters' own structs name their keys when they are given one that they do not know.
    for (before, section, at_least) in [
        ("bind_dn =", "tenants.apu.directory.ldap", 10),
        ("groups =", "tenants.apu.directory.ldap.protected", 5),
        ("security =", "mail", 7),
        ("url = \"https://sms", "sms", 3),
        ("url = \"https://desk", "tenants.apu.desk.hook", 3),
    ] {
        let refused = text.replacen(before, &format!("x_unknown = 1\n{before}"), 1);
        let faults = read_faults(&folder, &refused);
        let known: BTreeSet<&str> = faults[0].what.split('`').skip(3).step_by(2).collect();
        assert!(known.len() >= at_least, "{}", faults[0].what);
        let silent: Vec<&&str> = known.iter().filter(|key| !written.contains(&format!("{section}.{key}"))).collect();
        assert!(silent.is_empty(), "the sample does not mention {silent:?} of {section}");
    }
}

fn read_faults(folder: &tempfile::TempDir, text: &str) -> Vec<ConfigFault> {
    read(folder, text).err().unwrap_or_default()
}

/// Full names of all keys and sections in a TOML text.
fn written(text: &str) -> BTreeSet<String> {
    fn walk(prefix: &str, table: &toml::Table, all: &mut BTreeSet<String>) {
        for (key, value) in table {
            let full = if prefix.is_empty() { key.clone() } else { format!("{prefix}.{key}") };
            if let toml::Value::Table(inner) = value {
                walk(&full, inner, all);
            }
            all.insert(full);
        }
    }
    let mut all = BTreeSet::new();
    walk("", &text.parse().unwrap(), &mut all);
    all
}

#[test]
fn each_kind_of_fault_names_its_key() {
    let cases = [
        ("listen = \"127.0.0.1:8080\"", "listen = \"8080\"", "listen"),
        ("public_url = \"https://", "public_url = \"http://", "public_url"),
        ("\"https://reset.example.edu\"", "\"https://reset.example.edu/path\"", "public_url"),
        ("\"https://reset.example.edu\"", "\"reset.example.edu\"", "public_url"),
        ("data = \"data\"", "data = \"keys\"", "data"),
        ("data = \"data\"", "data = \"no/such/place\"", "data"),
        ("keys_file = \"keys\"", "keys_file = \"nothing\"", "keys_file"),
        ("keys_file = \"keys\"", "keys_file = \"ca.pem\"", "keys_file"),
        ("\"10.0.0.0/8\"]", "\"10.0.0.0/40\"]", "trusted_proxies"),
        ("log = \"auto\"", "log = \"loud\"", "log"),
        ("flows = \"flows\"", "flows = \"floes\"", "folders.flows"),
        ("security = \"start_tls\"", "security = \"plain\"", "mail.security"),
        ("security = \"start_tls\"", "security = \"ssl\"", "mail.security"),
        ("port = 587", "port = 70000", "mail.port"),
        ("from = \"reset@example.edu\"", "from = \"reset\"", "mail.from"),
        ("user = \"ringback\"", "", "mail.password_file"),
        ("\"secrets/mail\"", "\"secrets/none\"", "mail.password_file"),
        ("url = \"https://sms", "url = \"http://sms", "sms.url"),
        ("urls = [\"ldaps://ldap1", "urls = [\"ldap://ldap1", "tenants.apu.directory.ldap.urls"),
        ("bind_dn = ", "bind_nd = ", "tenants.apu.directory.ldap.bind_nd"),
        ("rights = \"write\"", "rights = \"all\"", "tenants.apu.directory.ldap.rights"),
        ("student = \"ou", "pupil = \"ou", "tenants.apu.directory.ldap.people"),
        ("group_base =", "#", "tenants.apu.directory.ldap.protected.group_base"),
        ("\"https://www.example.edu\"]", "\"https://www.example.edu/\"]", "tenants.apu.browser.embed"),
        ("url = \"https://desk", "url = \"ftp://desk", "tenants.apu.desk.hook.url"),
        ("[tenants.apu]\n", "[tenants.apu]\nprot = 1\n", "tenants.apu.prot"),
        ("[folders]", "[folder]", "folder"),
    ];
    for (from, to, key) in cases {
        let found = faults_after(from, to);
        assert!(found.contains(&key.to_owned()), "{to}: {found:?}");
    }
}

#[test]
fn faults_everywhere_come_in_one_run_with_their_lines() {
    let text = everything_on()
        .replacen("log = \"auto\"", "log = \"loud\"", 1)
        .replacen("port = 587", "port = \"587\"", 1)
        .replacen("bind_dn = ", "bind_nd = ", 1)
        .replacen("rights = \"write\"", "rights = \"all\"", 1)
        .replacen("url = \"https://desk", "url = \"ftp://desk", 1)
        + "\n[extra]\n";
    let folder = folder();
    let tenant = folder.path().join("tenants/apu.toml");
    let shipped = std::fs::read_to_string(&tenant).unwrap();
    std::fs::write(&tenant, shipped.replace("min = 8", "min = 3")).unwrap();
    let found = read_faults(&folder, &text);
    let line = |starts: &str| text.lines().position(|line| line.starts_with(starts)).map(|line| line + 1);
    let said: Vec<(Option<usize>, &str)> = found.iter().map(|fault| (fault.line, fault.key.as_str())).collect();
    let ldap = "tenants.apu.directory.ldap";
    for expected in [
        (line("log ="), "log".to_owned()),
        (line("port ="), "mail.port".to_owned()),
        (line("bind_nd ="), format!("{ldap}.bind_nd")),
        (line("rights ="), format!("{ldap}.rights")),
        (line("url = \"ftp"), "tenants.apu.desk.hook.url".to_owned()),
        (line("[extra]"), "extra".to_owned()),
    ] {
        assert!(said.contains(&(expected.0, expected.1.as_str())), "{expected:?} in {said:?}");
    }
    // What is missing is named too, and so is the fault of the institution's own file, under its own name.
    assert!(said.iter().any(|(_, key)| *key == format!("{ldap}.bind_dn")), "{said:?}");
    let own: Vec<(&Path, &str)> = found.iter().map(|fault| (fault.file.as_path(), fault.key.as_str())).collect();
    assert!(own.contains(&(tenant.as_path(), "password.min")), "{own:?}");
}

#[test]
fn an_empty_file_names_all_that_must_be_there() {
    assert_eq!(faults(""), ["public_url", "data", "keys_file", "tenants"]);
}

#[test]
fn a_missing_directory_and_missing_keys_in_it_are_named() {
    let minimal = "public_url = \"http://127.0.0.1:8080\"\ndata = \"data\"\nkeys_file = \"keys\"\n[mail]\n\
                   host = \"127.0.0.1\"\nsecurity = \"plain\"\nfrom = \"a@example.edu\"\n[tenants.apu]\n";
    assert_eq!(faults(minimal), ["tenants.apu.directory.ldap.urls"]);
    let mut found = faults(&format!("{minimal}[tenants.apu.directory.ldap]\n"));
    found.sort();
    let missing = ["bind_dn", "bind_password_file", "ca_file", "people", "rights", "urls"];
    assert_eq!(found, missing.map(|key| format!("tenants.apu.directory.ldap.{key}")));
}

#[test]
fn keys_come_from_the_environment_or_from_a_file_and_never_from_both() {
    let folder = folder();
    let ring = std::fs::read_to_string(folder.path().join("keys")).unwrap();
    let environment = |name: &str| (name == "RINGBACK_KEYS").then(|| ring.clone());
    let file = folder.path().join("ringback.toml");
    let both = Config::parse(&file, SAMPLE, &environment).err().unwrap();
    assert_eq!(both.iter().map(|fault| fault.key.as_str()).collect::<Vec<_>>(), ["keys_file"]);
    let one = SAMPLE.replacen("keys_file = \"keys\"", "", 1);
    assert!(Config::parse(&file, &one, &environment).is_ok());
    assert!(Config::parse(&file, &one, &|_| None).is_err());
    let spoiled = |_: &str| Some(ring.replace("key 1", "kex 1"));
    let said = Config::parse(&file, &one, &spoiled).err().unwrap()[0].to_string();
    assert!(said.contains("keys_file") && said.contains("line 4"), "{said}");
}

#[test]
fn a_key_ring_that_others_may_read_is_refused_and_another_secret_warned_about() {
    use std::os::unix::fs::PermissionsExt;
    let folder = folder();
    let open = |name: &str| {
        let path: PathBuf = folder.path().join(name);
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o644)).unwrap();
    };
    open("secrets/mail");
    let config = read(&folder, &everything_on()).ok().unwrap();
    let warned: Vec<&str> = config.warnings.iter().map(|warning| warning.key.as_str()).collect();
    assert_eq!(warned, ["mail.password_file"]);
    open("keys");
    assert_eq!(read_faults(&folder, &everything_on())[0].key, "keys_file");
}

#[test]
fn a_tenant_whose_gates_cannot_be_passed_from_here_is_refused() {
    let folder = folder();
    let office = SAMPLE.replace("tenants.apu", "tenants.office365");
    // One gate, and an authenticator needs nothing to be sent.
    assert!(read(&folder, &office).is_ok());
    let aps = SAMPLE.replace("tenants.apu", "tenants.aps");
    let found = read_faults(&folder, &aps);
    assert_eq!(found.iter().map(|fault| fault.key.as_str()).collect::<Vec<_>>(), ["tenants.aps"]);
    assert!(found[0].remedy.contains("[sms]"));
}

#[test]
fn an_unknown_tenant_is_refused() {
    assert_eq!(faults(&SAMPLE.replace("tenants.apu", "tenants.nowhere")), ["tenants.nowhere"]);
    let text = everything_on().replace("tenants.apu", "tenants.imu");
    assert!(faults(&text).contains(&"tenants.imu".to_owned()), "the folder has no imu.toml");
}

#[test]
fn no_fault_repeats_a_secret() {
    let folder = folder();
    std::fs::write(folder.path().join("secrets/sms"), "hunter2\n").unwrap();
    let keys = folder.path().join("keys");
    let ring = std::fs::read_to_string(&keys).unwrap();
    std::fs::write(&keys, ring.replace("lasting ", "lasting zz")).unwrap();
    let said: String = read_faults(&folder, &everything_on()).iter().map(ToString::to_string).collect();
    assert!(said.contains("sms.secret_file") && said.contains("keys_file"), "{said}");
    assert!(!said.contains("hunter2") && !said.contains("0707"), "{said}");
}

#[test]
fn only_this_machine_is_loopback() {
    for host in ["localhost", "127.0.0.1", "127.9.9.9", "::1", "[::1]"] {
        assert!(loopback(host), "{host}");
    }
    for host in ["localhost.example", "10.0.0.1", "127.0.0.1.example", "", "0.0.0.0"] {
        assert!(!loopback(host), "{host}");
    }
}

#[test]
fn faults_of_a_telephone_are_named_by_their_keys() {
    assert_eq!(faults_after("provider = \"twilio\"", "provider = \"twillio\""), ["voice.main.provider"]);
    assert_eq!(faults_after("hash = \"sha1\"", "hash = \"md5\""), ["voice.main.hash"]);
    assert_eq!(
        faults_after("\"+60327797000\" = \"apu\"", "\"+60327797000\" = \"uni\""),
        ["voice.main.numbers.+60327797000"]
    );
    assert_eq!(
        faults_after("\"+60327797000\" = \"apu\"", "\"0327797000x\" = \"apu\""),
        ["voice.main.numbers.0327797000x"]
    );
    assert_eq!(
        faults_after("[voice.main.numbers]\n", "[voice.main.voices.ms]\n"),
        ["voice.main.numbers", "voice.main.voices.ms.language", "voice.main.voices.ms.+60327797000",]
    );
    assert_eq!(
        faults_after("[voice.main]", "[voice.Main]\n[voice.main]").first().map(String::as_str),
        Some("voice.Main")
    );
    assert_eq!(faults_after("account = \"AC", "account = \"../AC"), ["voice.main.calls.account"]);
    assert_eq!(
        faults_after("account = \"AC", "acount = \"AC"),
        ["voice.main.calls.acount", "voice.main.calls.account"]
    );
    assert_eq!(
        faults_after("url = \"https://api.twilio.com\"", "url = \"http://api.twilio.com\""),
        ["voice.main.calls.url"]
    );
    // The sample has [sms] as well.
    assert_eq!(faults_after("key = \"SK", "texts_from = \"MG01\"\nkey = \"SK"), ["voice"]);
    assert_eq!(
        faults_after("= \"https://media.example.edu", "= \"http://media.example.edu"),
        ["voice.main.recordings.en.voice-moment"]
    );
    // Vonage knows an application where Twilio knows an account and a key.
    let calls = ["account", "key", "application"].map(|key| format!("voice.main.calls.{key}"));
    let faults = faults_after("provider = \"twilio\"", "provider = \"vonage\"");
    assert_eq!(faults, [&calls[..], &["voice.main.hash".to_owned()]].concat());
}

#[test]
fn a_telephone_never_answers_without_a_secret() {
    for (text, said) in [("", "is empty"), (" \n", "is empty")] {
        let folder = folder();
        std::fs::write(folder.path().join("secrets/voice"), text).unwrap();
        let faults = read(&folder, &everything_on()).err().unwrap();
        assert!(faults.iter().any(|fault| fault.key == "voice.main.secret_file" && fault.what.contains(said)));
    }
    let missing = faults_after("secret_file = \"secrets/voice\"\n# The hash", "# The hash");
    assert_eq!(missing, ["voice.main.secret_file"]);
    let missing =
        faults_after("secret_file = \"secrets/voice\"\n# The hash", "secret_file = \"secrets/none\"\n# The hash");
    assert_eq!(missing, ["voice.main.secret_file"]);
    // A public key is one, or it is refused.
    let telnyx =
        everything_on().replace("provider = \"twilio\"", "provider = \"telnyx\"").replace("hash = \"sha1\"", "");
    assert!(faults(&telnyx).contains(&"voice.main.secret_file".to_owned()));
}
