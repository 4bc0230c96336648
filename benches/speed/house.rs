//! An installation for the benches: the program, its configuration as an operator writes it, and eight institutions.

use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::process::{Cores, pinned};
use crate::support::certs::Certs;
use crate::support::slapd::{SUFFIX, Slapd};

/// Limits hold for each of them: 200 cases begin in ten seconds at most.
pub const TENANTS: usize = 8;

/// The program of this build, or another one to hold it against.
pub fn program() -> String {
    std::env::var("RINGBACK_PROGRAM").unwrap_or_else(|_| env!("CARGO_BIN_EXE_ringback").to_owned())
}

pub struct House {
    folder: TempDir,
    port: u16,
    cores: Cores,
}

/// A running program; it is killed with the value.
pub struct Running {
    child: Child,
    pub port: u16,
    /// From the start of the process until it took connections.
    pub started_in: Duration,
}

impl House {
    /// Nobody is asked outside: no turn of these benches gets so far.
    pub fn alone(cores: Cores) -> Self {
        Self::with(cores, None)
    }

    /// Texts and mails have servers that take none: nobody gets so far.
    pub fn with(cores: Cores, slapd: Option<&Slapd>) -> Self {
        let house = Self { folder: tempfile::tempdir().expect("a folder"), port: free_port(), cores };
        let certs = Certs::for_loopback(house.path());
        house.file("secrets/ldap", "service-Password-1");
        house.file("secrets/sms", &"5".repeat(64));
        let university = include_str!("../../tests/it/browser/uni.toml");
        let mut text = format!(
            "listen = \"127.0.0.1:{0}\"\npublic_url = \"http://127.0.0.1:{0}\"\ndata = \"data\"\nkeys_file = \"keys\"\n\
             [folders]\ntenants = \"tenants\"\n\
             [mail]\nhost = \"127.0.0.1\"\nport = 9\nsecurity = \"plain\"\nfrom = \"reset@uni.example\"\n\
             [sms]\nurl = \"http://127.0.0.1:9/texts\"\nsecret_file = \"secrets/sms\"\n",
            house.port
        );
        let directory = slapd.map(|slapd| (slapd.url(), slapd.config()));
        for n in 0..TENANTS {
            let id = tenant(n);
            house.file(&format!("tenants/{id}.toml"), &university.replace("[\"email\", \"sms\"]", "[\"sms\"]"));
            let (url, ca, bind) = match &directory {
                Some((url, config)) => (url.as_str(), config.ca_file.as_path(), config.bind_dn.as_str()),
                None => ("ldaps://127.0.0.1:9", certs.ca.as_path(), "cn=nobody"),
            };
            let ca = ca.display();
            text += &format!(
                "[tenants.{id}.browser]\n[tenants.{id}.directory.ldap]\nurls = [\"{url}\"]\nca_file = \"{ca}\"\n\
                 bind_dn = \"{bind}\"\nbind_password_file = \"secrets/ldap\"\nrights = \"write\"\n\
                 [tenants.{id}.directory.ldap.people]\nstudent = \"ou=students,{SUFFIX}\"\nstaff = \"ou=staff,{SUFFIX}\"\n\
                 [tenants.{id}.directory.ldap.contacts]\nmobile = [\"sms\"]\n\
                 [tenants.{id}.directory.ldap.protected]\ngroups = []\n"
            );
        }
        house.file("ringback.toml", &text);
        let made =
            Command::new(program()).args(["keys", "new"]).arg(house.path().join("keys")).output().expect("it runs");
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        house
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Starts the program and returns as soon as it takes connections.
    pub async fn start(&self) -> Running {
        let log = std::fs::File::options().create(true).append(true).open(self.path().join("log")).expect("a log");
        let mut command = pinned(self.cores.served, &program());
        command.args(["serve", "--config"]).arg(self.path().join("ringback.toml")).env_remove("RINGBACK_KEYS");
        command.env_remove("RUST_LOG").stdout(Stdio::null()).stderr(log);
        let began = Instant::now();
        // `taskset` becomes the program, so its number is the program's.
        let mut running = Running {
            child: command.spawn().expect("the program starts"),
            port: self.port,
            started_in: Duration::ZERO,
        };
        while tokio::net::TcpStream::connect(("127.0.0.1", self.port)).await.is_err() {
            assert!(running.child.try_wait().expect("a child").is_none(), "it did not start: {:?}", self.log());
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        running.started_in = began.elapsed();
        running
    }

    /// Lines of the log that are warnings or worse, but for alarms: so many wrong numbers fill the caps.
    pub fn complaints(&self) -> Vec<String> {
        let log = self.log();
        let bad = |line: &&str| ["ERROR", "WARN", "\"error\"", "\"warn\""].iter().any(|word| line.contains(word));
        log.lines().filter(bad).filter(|line| !line.contains("ringback.alarm")).map(str::to_owned).collect()
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.path().join("log")).unwrap_or_default()
    }

    /// Puts sections behind what the configuration has.
    pub fn add(&self, sections: &str) {
        let path = self.path().join("ringback.toml");
        let text = std::fs::read_to_string(&path).expect("the configuration");
        std::fs::write(path, text + sections).expect("a file");
    }

    pub fn file(&self, name: &str, text: &str) {
        let path = self.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(&path, text).expect("a file");
        let private = <std::fs::Permissions as std::os::unix::fs::PermissionsExt>::from_mode(0o600);
        std::fs::set_permissions(&path, private).expect("secrets are for their owner alone");
    }
}

impl Running {
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Asks it to stop, as the service manager does.
    pub async fn stop(mut self) {
        let asked = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().expect("kill runs");
        assert!(asked.success());
        let mut child = std::mem::replace(&mut self.child, Command::new("true").spawn().expect("true runs"));
        let ended = tokio::task::spawn_blocking(move || child.wait()).await.expect("a thread").expect("it ends");
        assert!(ended.success(), "it ended with {ended}");
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub fn tenant(n: usize) -> String {
    format!("uni{}", n % TENANTS)
}

pub fn free_port() -> u16 {
    TcpListener::bind(("127.0.0.1", 0)).and_then(|listener| listener.local_addr()).expect("a free port").port()
}

pub async fn until_it_listens(port: u16, at_most: Duration) {
    let began = Instant::now();
    while tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_err() {
        assert!(began.elapsed() < at_most, "nothing listens on {port}");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}
