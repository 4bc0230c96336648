//! An installation in a folder: what `docs` tells an operator to write, for one university with live servers.

use std::cell::Cell;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use ringback::registry::sqlite::{RegistryKeys, SqliteRegistry};
use ringback::store::keyring::{Keeper, KeyRing};
use tempfile::TempDir;

use crate::support::mailserver::MailServer;
use crate::support::slapd::{Person, SUFFIX, Setup, Slapd, free_port};

/// Longer than anything takes on a busy machine; only a fault waits so long.
const PATIENCE: Duration = Duration::from_secs(60);

pub struct Installation {
    folder: TempDir,
    pub slapd: Slapd,
    pub mail: MailServer,
    /// Whether institutions have a browser chat; they do.
    pub chats: Cell<bool>,
}

/// `ringback serve`, and what it logs; it dies with the value.
pub struct Service {
    child: Child,
    lines: Receiver<String>,
    pub origin: String,
}

pub fn ada() -> Person {
    Person {
        uid: "ada",
        unit: "students",
        given: "Ada",
        family: "Lovelace",
        password: "Morning-Tea-17",
        mobile: Some("+447700900111"),
        mail: Some("ada.lovelace@mail.example"),
        ..Person::default()
    }
}

impl Installation {
    /// Keys made by the program itself, an institution of its own, and flows in a folder.
    pub fn new() -> Self {
        let grace = Person { uid: "grace", unit: "staff", given: "Grace", family: "Hopper", ..ada() };
        let slapd = Slapd::start(&Setup { people: vec![ada(), grace], ..Setup::default() });
        let (folder, mail) = (tempfile::tempdir().unwrap(), MailServer::start());
        let installation = Self { folder, slapd, mail, chats: Cell::new(true) };
        for name in ["tenants", "flows"] {
            std::fs::create_dir(installation.path(name)).unwrap();
        }
        let institution = include_str!("../browser/uni.toml");
        std::fs::write(installation.path("tenants/uni.toml"), institution).unwrap();
        std::fs::write(installation.path("tenants/college.toml"), institution.replace("University", "College"))
            .unwrap();
        for (name, text) in ringback::flow::load::shipped() {
            std::fs::write(installation.path("flows").join(name), text).unwrap();
        }
        let keys = installation.path("keys");
        assert!(installation.run(&["keys", "new", keys.to_str().unwrap()]).status.success());
        installation.configure(free_port(), &["uni"], "");
        installation
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn config(&self) -> PathBuf {
        self.path("ringback.toml")
    }

    /// Writes the configuration: `more` stands at the top of it.
    pub fn configure(&self, port: u16, tenants: &[&str], more: &str) {
        let (slapd, mail_port) = (&self.slapd, self.mail.port);
        let mut text = format!(
            "listen = \"127.0.0.1:{port}\"\npublic_url = \"http://localhost:{port}\"\ndata = \"data\"\n\
             keys_file = \"keys\"\n{more}\n[folders]\nflows = \"flows\"\ntenants = \"tenants\"\n\n\
             [mail]\nhost = \"127.0.0.1\"\nport = {mail_port}\nsecurity = \"plain\"\nfrom = \"reset@uni.example\"\n"
        );
        let directory = slapd.config();
        for id in tenants {
            if self.chats.get() {
                text += &format!("\n[tenants.{id}.browser]\n");
            }
            text += &format!(
                "[tenants.{id}.directory.ldap]\nurls = [\"{}\"]\nca_file = \"{}\"\n\
                 bind_dn = \"{}\"\nbind_password_file = \"{}\"\nrights = \"write\"\n\
                 [tenants.{id}.directory.ldap.people]\nstudent = \"ou=students,{SUFFIX}\"\nstaff = \"ou=staff,{SUFFIX}\"\n\
                 [tenants.{id}.directory.ldap.contacts]\nmobile = [\"sms\", \"call_mobile\"]\nmail = [\"email\"]\n\
                 [tenants.{id}.directory.ldap.protected]\ngroups = [\"cn=admins,ou=groups,{SUFFIX}\"]\n\
                 group_base = \"ou=groups,{SUFFIX}\"\n",
                slapd.url(),
                directory.ca_file.display(),
                directory.bind_dn,
                directory.bind_password_file.display(),
            );
        }
        std::fs::write(self.config(), text).unwrap();
    }

    /// Runs a command to its end.
    pub fn run(&self, args: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_ringback")).args(args).env_remove("RUST_LOG").output().unwrap()
    }

    /// The same with `--config` and the institution.
    pub fn operate(&self, command: [&str; 2], argument: &str) -> Output {
        let config = self.config();
        let [area, verb] = command;
        self.run(&[area, verb, "--config", config.to_str().unwrap(), "--tenant", "uni", argument])
    }

    pub fn verify(&self) -> Output {
        let config = self.config();
        self.run(&["audit", "verify", "--config", config.to_str().unwrap()])
    }

    /// The registry as it lies on disk; nobody else may have it open.
    pub fn registry(&self) -> SqliteRegistry {
        let ring = KeyRing::read(&self.path("keys")).unwrap();
        let keys = RegistryKeys { sealer: ring.sealer(Keeper::Registry), lookup: ring.lookup(Keeper::Registry) };
        SqliteRegistry::open(&self.path("data/registry.sqlite"), keys).unwrap()
    }

    /// Starts the service on a free port. One that was free a moment ago may be taken meanwhile; then another is tried.
    pub fn serve(&self, tenants: &[&str], more: &str) -> Service {
        for _ in 0..5 {
            let port = free_port();
            self.configure(port, tenants, more);
            let mut service = Service::start(&self.config(), port);
            match service.until(&["\"serving\"", "does not start"]) {
                Some(line) if line.contains("\"serving\"") => return service,
                Some(_) | None => drop(service),
            }
        }
        panic!("the service did not start five times")
    }
}

impl Service {
    fn start(config: &Path, port: u16) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_ringback"))
            .args(["serve", "--config", config.to_str().unwrap()])
            .env_remove("RUST_LOG")
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (sender, lines) = channel();
        let log = BufReader::new(child.stderr.take().unwrap());
        // Ends with the process, whose last line closes the pipe.
        std::thread::spawn(move || log.lines().map_while(Result::ok).try_for_each(|line| sender.send(line)));
        Self { child, lines, origin: format!("http://localhost:{port}") }
    }

    /// The next line of the log with one of these words; `None` when the log ends without.
    pub fn until(&mut self, words: &[&str]) -> Option<String> {
        loop {
            let line = match self.lines.recv_timeout(PATIENCE) {
                Ok(line) => line,
                Err(std::sync::mpsc::RecvTimeoutError::Disconnected) => return None,
                Err(std::sync::mpsc::RecvTimeoutError::Timeout) => panic!("the service never said {words:?}"),
            };
            if words.iter().any(|word| line.contains(word)) {
                return Some(line);
            }
        }
    }

    pub fn signal(&self, name: &str) {
        let sent = Command::new("kill").args([&format!("-{name}"), &self.child.id().to_string()]).status().unwrap();
        assert!(sent.success());
    }

    /// How it ended, once it was asked to.
    pub fn end(mut self) -> Option<i32> {
        self.child.wait().unwrap().code()
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
