//! One installation: the real program on real stores, a real OpenLDAP, and a gateway that takes texts.

use std::fmt::Write;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use tempfile::TempDir;
use tokio::sync::{Notify, watch};

use crate::support::slapd::{SUFFIX, Setup, Slapd, free_port};

/// More people than the rounds can serve.
pub const PEOPLE: usize = 480;
/// Nothing here takes as long.
const SOON: Duration = Duration::from_secs(90);
/// Codes of cities with numbers that are kept for fiction, 496 0000 to 0999: fifty texts an hour may go to each block.
const CITIES: [&str; 12] = ["113", "114", "115", "116", "117", "118", "121", "131", "141", "151", "161", "191"];

/// How a round ends.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    Kill,
    Terminate,
}

/// A small generator: the moments of death are the same in every run.
pub struct Chance(pub u64);

impl Chance {
    pub fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % end
    }
}

/// A text that the gateway took.
#[derive(Clone)]
pub struct Text {
    pub to: String,
    pub text: String,
    /// The sender's own key against doubles.
    pub key: String,
}

pub struct House {
    pub folder: TempDir,
    pub slapd: Slapd,
    pub port: u16,
    texts: Arc<Mutex<Vec<Text>>>,
    next: AtomicUsize,
    last_call: OnceLock<Instant>,
    /// Whether the program answers now; people wait for it.
    up: watch::Sender<bool>,
    /// Somebody has just got an answer to what they sent.
    pub answered: Notify,
}

impl House {
    pub async fn build() -> Self {
        let slapd = Slapd::start(&Setup { extra_ldif: people(), history: 5, ..Setup::default() });
        let folder = tempfile::tempdir().unwrap();
        let texts: Arc<Mutex<Vec<Text>>> = Arc::default();
        let gateway = gateway(Arc::clone(&texts)).await;
        let port = free_port();
        configure(&folder, &slapd, port, gateway);
        let (up, _) = watch::channel(false);
        let (next, last_call, answered) = (AtomicUsize::new(0), OnceLock::new(), Notify::new());
        Self { folder, slapd, port, texts, next, last_call, up, answered }
    }

    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Starts the program and returns when it answers.
    pub async fn start(&self) -> Child {
        let log = std::fs::OpenOptions::new().create(true).append(true).open(self.folder.path().join("log")).unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_ringback"))
            .args(["serve", "--config"])
            .arg(self.folder.path().join("ringback.toml"))
            .env_remove("RINGBACK_KEYS")
            .stdout(log.try_clone().unwrap())
            .stderr(Stdio::from(log))
            .spawn()
            .unwrap();
        let end = Instant::now() + SOON;
        while tokio::net::TcpStream::connect(("127.0.0.1", self.port)).await.is_err() {
            let runs = child.try_wait().unwrap().is_none();
            assert!(runs && Instant::now() < end, "it does not start:\n{}", self.log());
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        self.up.send_replace(true);
        child
    }

    pub async fn stop(&self, mut child: Child, signal: Signal) {
        self.up.send_replace(false);
        match signal {
            Signal::Kill => child.kill().unwrap(),
            Signal::Terminate => {
                let asked = Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap();
                assert!(asked.success());
            }
        }
        let end = Instant::now() + SOON;
        let ended = loop {
            if let Some(ended) = child.try_wait().unwrap() {
                break ended;
            }
            assert!(Instant::now() < end, "it does not end:\n{}", self.log());
            tokio::time::sleep(Duration::from_millis(2)).await;
        };
        assert!(signal == Signal::Kill || ended.success(), "it ended with {ended}:\n{}", self.log());
    }

    /// Returns when the program answers.
    pub async fn wait_until_up(&self) {
        let _ = self.up.subscribe().wait_for(|up| *up).await;
    }

    /// The next person who forgot a password, until the last call.
    pub fn next_person(&self) -> Option<usize> {
        if self.last_call.get().is_some() {
            return None;
        }
        Some(self.next.fetch_add(1, Ordering::SeqCst)).filter(|n| *n < PEOPLE)
    }

    /// Nobody new comes from now on.
    pub fn last_call(&self) {
        self.last_call.get_or_init(Instant::now);
    }

    /// Zero until then.
    pub fn since_last_call(&self) -> Duration {
        self.last_call.get().map_or(Duration::ZERO, Instant::elapsed)
    }

    /// Returns when no text has come for as long as the program waits before it tries again.
    pub async fn settled(&self) {
        let (mut seen, end) = (usize::MAX, Instant::now() + SOON);
        while seen != self.texts().len() {
            seen = self.texts().len();
            assert!(Instant::now() < end, "texts come and come: {seen}");
            tokio::time::sleep(Duration::from_secs(2)).await;
        }
    }

    /// The words of the newest text to a number.
    pub fn newest_text(&self, number: &str) -> Option<String> {
        self.texts.lock().unwrap().iter().rfind(|text| text.to == number).map(|text| text.text.clone())
    }

    pub fn texts(&self) -> Vec<Text> {
        self.texts.lock().unwrap().clone()
    }

    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }
}

pub fn user(n: usize) -> String {
    format!("person{n:03}")
}

pub fn dn(n: usize) -> String {
    format!("uid={},ou=students,{SUFFIX}", user(n))
}

/// A number that is kept for fiction.
pub fn mobile(n: usize) -> String {
    let (city, number) = (CITIES[n % CITIES.len()], if CITIES[n % CITIES.len()] == "191" { "498" } else { "496" });
    format!("+44{city}{number}{n:04}")
}

fn people() -> String {
    let mut ldif = String::new();
    for n in 0..PEOPLE {
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

fn configure(folder: &TempDir, slapd: &Slapd, port: u16, gateway: SocketAddr) {
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        // Secrets are for their owner alone.
        let mode = <std::fs::Permissions as std::os::unix::fs::PermissionsExt>::from_mode(0o600);
        std::fs::set_permissions(&path, mode).unwrap();
    };
    let tenant = include_str!("../browser/uni.toml");
    let tenant = tenant.replace("methods = [\"email\", \"sms\"]", "methods = [\"sms\"]");
    file("tenants/uni.toml", &tenant);
    file("secrets/sms", &"5".repeat(64));
    let made = Command::new(env!("CARGO_BIN_EXE_ringback"))
        .args(["keys", "new"])
        .arg(folder.path().join("keys"))
        .output()
        .unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let ldap = slapd.config();
    let (url, ca) = (slapd.url(), ldap.ca_file.display().to_string());
    let (bind, secret) = (&ldap.bind_dn, ldap.bind_password_file.display().to_string());
    file(
        "ringback.toml",
        &format!(
            r#"
listen = "127.0.0.1:{port}"
public_url = "http://127.0.0.1:{port}"
data = "data"
keys_file = "keys"
trusted_proxies = ["127.0.0.1"]

[folders]
tenants = "tenants"

[sms]
url = "http://{gateway}/texts"
secret_file = "secrets/sms"

[tenants.uni.directory.ldap]
urls = ["{url}"]
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
groups = []

[tenants.uni.browser]
"#
        ),
    );
}

/// Takes every text that comes.
async fn gateway(texts: Arc<Mutex<Vec<Text>>>) -> SocketAddr {
    async fn take(State(texts): State<Arc<Mutex<Vec<Text>>>>, headers: HeaderMap, body: String) -> StatusCode {
        let document: serde_json::Value = serde_json::from_str(&body).unwrap();
        let field = |name: &str| document[name].as_str().unwrap().to_owned();
        let key = headers.get("idempotency-key").unwrap().to_str().unwrap().to_owned();
        texts.lock().unwrap().push(Text { to: field("to"), text: field("text"), key });
        StatusCode::OK
    }
    let router = Router::new().route("/texts", post(take)).with_state(texts);
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}
