//! A real mail server (aiosmtpd) for one test: free loopback port, a Maildir, and TLS if asked for.

use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use ringback::senders::smtp::{Security, SmtpConfig};
use tempfile::TempDir;

use crate::support::certs::Certs;
use crate::support::slapd::free_port;

/// A running server; it dies with the value.
pub struct MailServer {
    folder: TempDir,
    child: Child,
    pub port: u16,
    certs: Certs,
    security: Security,
}

/// A mail as it arrived.
#[derive(Clone, Debug)]
pub struct Received {
    /// Names in lower case, values unfolded, in order.
    pub headers: Vec<(String, String)>,
    /// The plain part, decoded.
    pub text: String,
    /// The HTML part, decoded.
    pub html: String,
}

/// Prints the mails of a Maildir as JSON, oldest first; Python reads MIME, we do not.
const READER: &str = r#"
import email, email.policy, json, mailbox, sys
box = mailbox.Maildir(sys.argv[1], create=True)
found = []
for key in box.keys():
    mail = email.message_from_bytes(box.get_bytes(key), policy=email.policy.default)
    part = lambda kind: (lambda it: it.get_content() if it else "")(mail.get_body((kind,)))
    headers = [(name.lower(), str(value)) for name, value in mail.items()]
    found.append((box.get_message(key).get_date(), key, {"headers": headers, "text": part("plain"), "html": part("html")}))
print(json.dumps([it for _, _, it in sorted(found, key=lambda it: it[:2])]))
"#;

impl MailServer {
    /// Without TLS, as a relay on the same machine.
    pub fn start() -> Self {
        Self::with(Security::Plain)
    }

    pub fn with(security: Security) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let certs = Certs::for_loopback(folder.path());
        let port = free_port();
        let child = run(&folder, &certs, port, security);
        let mut server = Self { folder, child, port, certs, security };
        for _ in 0..5 {
            if server.answers() {
                return server;
            }
            server.port = free_port();
            server.child = run(&server.folder, &server.certs, server.port, security);
        }
        panic!("aiosmtpd did not start; `make test` installs what the tests need:\n{}", server.log())
    }

    /// A section for this server, as an operator would write it.
    pub fn config(&self) -> SmtpConfig {
        SmtpConfig {
            host: "127.0.0.1".to_owned(),
            port: Some(self.port),
            security: self.security,
            ca_file: (self.security != Security::Plain).then(|| self.certs.ca.clone()),
            user: None,
            password_file: None,
            from: "no-reply@uni.example".to_owned(),
        }
    }

    /// Everything that arrived, oldest first.
    pub fn received(&self) -> Vec<Received> {
        let read = Command::new("/usr/bin/python3").args(["-c", READER]).arg(self.maildir()).output().unwrap();
        assert!(read.status.success(), "{}", String::from_utf8_lossy(&read.stderr));
        let mails: Vec<serde_json::Value> = serde_json::from_slice(&read.stdout).unwrap();
        mails.iter().map(received).collect()
    }

    /// The mails to one address, as soon as there are so many; fails when they do not come.
    pub fn wait_for(&self, to: &str, count: usize) -> Vec<Received> {
        let end = Instant::now() + Duration::from_secs(20);
        loop {
            let to_them: Vec<Received> = self.received().into_iter().filter(|mail| mail.header("to") == to).collect();
            if to_them.len() >= count {
                return to_them;
            }
            assert!(Instant::now() < end, "{} of {count} mails to {to} came; server:\n{}", to_them.len(), self.log());
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    fn maildir(&self) -> PathBuf {
        self.folder.path().join("mail")
    }

    fn answers(&mut self) -> bool {
        let end = Instant::now() + Duration::from_secs(20);
        while Instant::now() < end {
            if self.child.try_wait().unwrap().is_some() {
                return false;
            }
            if TcpStream::connect(("127.0.0.1", self.port)).is_ok() {
                return true;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        false
    }
}

impl Received {
    /// The only header of this name, or the empty text.
    pub fn header(&self, name: &str) -> &str {
        let mut all = self.headers.iter().filter(|(own, _)| own == name);
        let first = all.next().map_or("", |(_, value)| value);
        assert!(all.next().is_none(), "two headers {name}");
        first
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn run(folder: &TempDir, certs: &Certs, port: u16, security: Security) -> Child {
    let log = std::fs::File::create(folder.path().join("log")).unwrap();
    let listen = format!("127.0.0.1:{port}");
    // Debian's own interpreter, which has Debian's package; another one may come first on the path.
    let mut server = Command::new("/usr/bin/python3");
    server.args(["-m", "aiosmtpd", "--nosetuid", "--smtputf8", "--listen", &listen]);
    let (cert, key) = match security {
        Security::Plain => (None, None),
        Security::Tls => (Some("--smtpscert"), Some("--smtpskey")),
        Security::StartTls => (Some("--tlscert"), Some("--tlskey")),
    };
    if let (Some(cert), Some(key)) = (cert, key) {
        server.arg(cert).arg(&certs.leaf).arg(key).arg(&certs.key);
    }
    server.args(["--class", "aiosmtpd.handlers.Mailbox"]).arg(folder.path().join("mail"));
    server.stdout(Stdio::null()).stderr(log).spawn().unwrap_or_else(|error| {
        panic!("/usr/bin/python3 with aiosmtpd: {error}; run `make test`, which installs what the tests need")
    })
}

fn received(mail: &serde_json::Value) -> Received {
    let text = |key: &str| mail[key].as_str().unwrap().to_owned();
    let header =
        |pair: &serde_json::Value| (pair[0].as_str().unwrap().to_owned(), pair[1].as_str().unwrap().to_owned());
    let headers = mail["headers"].as_array().unwrap().iter().map(header).collect();
    Received { headers, text: text("text"), html: text("html") }
}
