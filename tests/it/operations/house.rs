//! The real program with the limits it ships, a real OpenLDAP behind a slow line, and a gateway that takes texts.

use std::fmt::Write as _;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixDatagram;
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::RETRY_AFTER;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use tempfile::TempDir;

use crate::browser::stage::code_in;
use crate::support::slapd::{SUFFIX, Setup, Slapd, free_port};

/// Nothing here takes as long.
pub const SOON: Duration = Duration::from_secs(60);

pub struct House {
    pub folder: TempDir,
    pub slapd: Slapd,
    pub line: Line,
    pub port: u16,
    pub admin: u16,
    /// What a service manager hears.
    pub notices: UnixDatagram,
    texts: Texts,
    takes: Arc<AtomicBool>,
}

/// Number and words of every text that the gateway took.
type Texts = Arc<Mutex<Vec<(String, String)>>>;

/// The program while it runs; it dies with the value.
pub struct Running(pub Child);

/// What lies between us and the directory: every answer takes so many milliseconds more.
pub struct Line {
    port: u16,
    delay: Arc<AtomicU64>,
}

impl House {
    /// With so many people in the directory.
    pub async fn build(n_people: usize) -> Self {
        let slapd = Slapd::start(&Setup { extra_ldif: people(n_people), ..Setup::default() });
        let line = Line::before(slapd.ldaps_port);
        let folder = tempfile::tempdir().unwrap();
        let (texts, takes) = (Texts::default(), Arc::new(AtomicBool::new(true)));
        let gateway = gateway(Arc::clone(&texts), Arc::clone(&takes)).await;
        let notices = UnixDatagram::bind(folder.path().join("notify")).unwrap();
        let house = Self { folder, slapd, line, port: free_port(), admin: free_port(), notices, texts, takes };
        house.configure(gateway);
        house
    }

    /// Starts the program and returns when it answers.
    pub async fn start(&self) -> Running {
        let log = std::fs::OpenOptions::new().create(true).append(true).open(self.folder.path().join("log")).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_ringback"));
        command.args(["serve", "--config"]).arg(self.config()).env("RUST_LOG", "trace").env_remove("RINGBACK_KEYS");
        command.env("NOTIFY_SOCKET", self.folder.path().join("notify"));
        let mut running = Running(command.stdout(Stdio::null()).stderr(Stdio::from(log)).spawn().unwrap());
        let end = Instant::now() + SOON;
        while tokio::net::TcpStream::connect(("127.0.0.1", self.admin)).await.is_err() {
            assert!(running.0.try_wait().unwrap().is_none() && Instant::now() < end, "not up:\n{}", self.log());
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        running
    }

    /// One of the program's commands, with this configuration.
    pub fn command(&self, args: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ringback"));
        command.args(args).arg("--config").arg(self.config()).env_remove("RINGBACK_KEYS").output().unwrap()
    }

    /// What a command that has to succeed says.
    pub fn says(&self, args: &[&str]) -> String {
        let output = self.command(args);
        assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// Status and body of a page for operators.
    pub async fn seen(&self, path: &str) -> (u16, String) {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let answer = client.get(format!("http://127.0.0.1:{}{path}", self.admin)).send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }

    /// The newest code that was sent to a number.
    pub async fn code_to(&self, number: &str, not: Option<&str>) -> String {
        let end = Instant::now() + SOON;
        loop {
            let texts = self.texts.lock().unwrap().clone();
            let newest = texts.iter().rfind(|(to, _)| to == number).map(|(_, text)| code_in(text));
            match newest.filter(|code| Some(code.as_str()) != not) {
                Some(code) => return code,
                None => assert!(Instant::now() < end, "no code came to {number}: {texts:?}\n{}", self.log()),
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// The newest text to a number that says this.
    pub async fn text_to(&self, number: &str, words: &str) -> String {
        let end = Instant::now() + SOON;
        loop {
            let texts = self.texts.lock().unwrap().clone();
            if let Some((_, text)) = texts.iter().rfind(|(to, text)| to == number && text.contains(words)) {
                return text.clone();
            }
            assert!(Instant::now() < end, "no text with `{words}` came to {number}: {texts:?}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// What the service manager was told last.
    pub fn told(&self) -> String {
        let mut words = [0; 64];
        self.notices.set_read_timeout(Some(SOON)).unwrap();
        let n = self.notices.recv(&mut words).unwrap();
        String::from_utf8_lossy(&words[..n]).into_owned()
    }

    /// Whether the gateway is well.
    pub fn gateway_takes(&self, takes: bool) {
        self.takes.store(takes, Ordering::SeqCst);
    }

    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    fn config(&self) -> std::path::PathBuf {
        self.folder.path().join("ringback.toml")
    }

    fn configure(&self, gateway: SocketAddr) {
        let file = |name: &str, text: &str| {
            let path = self.folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, text).unwrap();
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        };
        let tenant = include_str!("../browser/uni.toml");
        file("tenants/uni.toml", &tenant.replace("methods = [\"email\", \"sms\"]", "methods = [\"sms\"]"));
        file("secrets/sms", &"5".repeat(64));
        let mut keys = Command::new(env!("CARGO_BIN_EXE_ringback"));
        let made = keys.args(["keys", "new"]).arg(self.folder.path().join("keys")).output().unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let ldap = self.slapd.config();
        let (port, admin, line) = (self.port, self.admin, self.line.port);
        let (ca, bind, secret) = (ldap.ca_file.display(), &ldap.bind_dn, ldap.bind_password_file.display());
        let text = format!(
            r#"
listen = "127.0.0.1:{port}"
public_url = "http://127.0.0.1:{port}"
data = "data"
keys_file = "keys"

[admin]
listen = "127.0.0.1:{admin}"

[folders]
tenants = "tenants"

[sms]
url = "http://{gateway}/texts"
secret_file = "secrets/sms"

[tenants.uni.directory.ldap]
urls = ["ldaps://localhost:{line}"]
ca_file = "{ca}"
bind_dn = "{bind}"
bind_password_file = "{secret}"
rights = "write"

[tenants.uni.directory.ldap.people]
student = "ou=students,{SUFFIX}"
staff = "ou=staff,{SUFFIX}"

[tenants.uni.directory.ldap.contacts]
mobile = ["sms"]

[tenants.uni.directory.ldap.protected]
groups = ["cn=admins,ou=groups,{SUFFIX}"]
group_base = "ou=groups,{SUFFIX}"

[tenants.uni.browser]
"#
        );
        file("ringback.toml", &text);
    }
}

impl Running {
    /// As a service manager asks for the end.
    pub fn terminate(&self) {
        let asked = Command::new("kill").args(["-TERM", &self.0.id().to_string()]).status().unwrap();
        assert!(asked.success());
    }

    /// The most memory that was ever in RAM, in bytes.
    pub fn peak(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.0.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() * 1024
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Line {
    fn before(behind: u16) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let delay: Arc<AtomicU64> = Arc::default();
        let shared = Arc::clone(&delay);
        std::thread::spawn(move || {
            for client in listener.incoming() {
                let (client, Ok(server)) = (client.unwrap(), TcpStream::connect(("127.0.0.1", behind))) else {
                    continue;
                };
                let (to_server, to_client) = (server.try_clone().unwrap(), client.try_clone().unwrap());
                let delay = Arc::clone(&shared);
                std::thread::spawn(move || carry(client, to_server, &AtomicU64::new(0)));
                std::thread::spawn(move || carry(server, to_client, &delay));
            }
        });
        Self { port, delay }
    }

    /// From now on every answer takes so much longer.
    pub fn slow(&self, by: Duration) {
        self.delay.store(u64::try_from(by.as_millis()).unwrap(), Ordering::SeqCst);
    }
}

fn carry(mut from: TcpStream, mut to: TcpStream, delay: &AtomicU64) {
    let mut bytes = [0; 16 * 1024];
    while let Ok(n @ 1..) = from.read(&mut bytes) {
        std::thread::sleep(Duration::from_millis(delay.load(Ordering::SeqCst)));
        if to.write_all(&bytes[..n]).is_err() {
            break;
        }
    }
    let _ = to.shutdown(std::net::Shutdown::Both);
}

/// A text gateway that takes everything, or answers that it is busy for longer than any test lasts.
async fn gateway(texts: Texts, takes: Arc<AtomicBool>) -> SocketAddr {
    type Both = (Texts, Arc<AtomicBool>);
    async fn take(State((texts, takes)): State<Both>, axum::Json(body): axum::Json<serde_json::Value>) -> Response {
        if !takes.load(Ordering::SeqCst) {
            return (StatusCode::SERVICE_UNAVAILABLE, [(RETRY_AFTER, "3600")]).into_response();
        }
        let word = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
        texts.lock().unwrap().push((word("to"), word("text")));
        StatusCode::OK.into_response()
    }
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    let app = Router::new().route("/texts", post(take)).with_state((texts, takes));
    tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
    address
}

pub fn user(n: usize) -> String {
    format!("person{n:03}")
}

pub fn dn(n: usize) -> String {
    format!("uid={},ou=students,{SUFFIX}", user(n))
}

/// A number of a range that is kept for fiction, 07700 900000 to 900999.
pub fn mobile(n: usize) -> String {
    format!("+447700900{n:03}")
}

fn people(n_people: usize) -> String {
    let mut ldif = String::new();
    for n in 0..n_people {
        let (dn, user, mobile) = (dn(n), user(n), mobile(n));
        write!(
            ldif,
            "dn: {dn}\nobjectClass: inetOrgPerson\nuid: {user}\ncn: Person {n}\nsn: Person\n\
             userPassword: before-the-Reset-{n}\nmobile: {mobile}\n\n"
        )
        .unwrap();
    }
    ldif
}
