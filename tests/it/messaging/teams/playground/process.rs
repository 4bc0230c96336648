//! Microsoft's Agents Playground (`tests/setup/peers.sh`) on a port of this machine, with one person and one app in it.

use std::fmt::Write;
use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::messaging::teams::mock::{APP, ORGANISATION};
use crate::support::slapd::free_port;

/// It takes a second or two on a quiet machine.
const PATIENCE: Duration = Duration::from_secs(90);

/// A running playground; it dies with the value, and all that it started.
pub struct Playground {
    folder: TempDir,
    child: Child,
    pub origin: String,
}

impl Playground {
    /// What happens there goes to this address, and answers come back to `service()`.
    pub async fn start(endpoint: &str) -> Self {
        // A port that was free a moment ago may be taken meanwhile; then it takes another one, which answers would not find.
        for _ in 0..5 {
            if let Some(running) = Self::on(free_port(), endpoint).await {
                return running;
            }
        }
        panic!("the playground does not get a port of its own")
    }

    /// Where the app answers.
    pub fn service(origin: &str) -> String {
        format!("{origin}/_connector")
    }

    async fn on(port: u16, endpoint: &str) -> Option<Self> {
        let (folder, origin) = (tempfile::tempdir().unwrap(), format!("http://localhost:{port}"));
        std::fs::write(folder.path().join(".m365agentsplayground.yml"), context()).unwrap();
        let mut child = Command::new("node")
            .arg(program())
            .args(["start", "--app-endpoint", endpoint, "--channel-id", "msteams", "--disable-telemetry"])
            .args(["--port", &port.to_string(), "--service-url", &Self::service(&origin)])
            .current_dir(folder.path())
            .env("TEAMSAPPTESTER_BROWSER", "none")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .expect("node is installed; `make test` does it");
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let mut running = Self { folder, child, origin };
        // The first line ends with the port; when there is none the process has ended.
        let listens = tokio::task::spawn_blocking(move || lines.find(|line| line.starts_with("Listening on "))).await;
        let listens = listens.unwrap().unwrap_or_else(|| panic!("the playground does not start:\n{}", running.log()));
        if !listens.ends_with(&format!(" {port}")) {
            return None;
        }
        running.until_it_answers().await;
        Some(running)
    }

    /// It listens before it has read who is there.
    async fn until_it_answers(&mut self) {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let (config, end) = (format!("{}/_internal/v1/config", self.origin), Instant::now() + PATIENCE);
        while !client.get(&config).send().await.is_ok_and(|answer| answer.status().is_success()) {
            let runs = self.child.try_wait().unwrap().is_none();
            assert!(runs && Instant::now() < end, "the playground does not answer:\n{}", self.log());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// The end of what it wrote down, for whoever reads a failure.
    pub fn log(&self) -> String {
        let log = std::fs::read_to_string(self.folder.path().join("devTools/m365agentsplayground.log"));
        let lines: Vec<String> = log.unwrap_or_default().lines().map(|line| line.chars().take(600).collect()).collect();
        lines[lines.len().saturating_sub(12)..].join("\n")
    }
}

impl Drop for Playground {
    fn drop(&mut self) {
        // It leads a process group of its own.
        let group = format!("-{}", self.child.id());
        let _ = Command::new("kill").args(["-9", "--", &group]).stderr(Stdio::null()).status();
        let _ = self.child.wait();
    }
}

fn program() -> PathBuf {
    let top = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| top.join("target"), PathBuf::from);
    let program = target.join("peers/node/node_modules/@microsoft/m365agentsplayground/cli.js");
    assert!(program.exists(), "{} is not there: run tests/setup/peers.sh", program.display());
    program
}

/// Who and what is there. It wants five more people.
fn context() -> String {
    let person = |id: &str, object: &str, given: &str| {
        format!(
            "{{ id: \"{id}\", name: {given} Lovelace, userPrincipleName: {given}@uni.example, aadObjectId: {object}, \
             givenName: {given}, surname: Lovelace, email: {given}@uni.example }}"
        )
    };
    let mut text = format!(
        "version: \"0.1.1\"\ntenantId: {ORGANISATION}\nbot: {{ id: \"28:{APP}\", name: Reset }}\ncurrentUser: {}\nusers:\n",
        person("29:1ada", "0000000a-0000-4000-8000-00000000beef", "Ada")
    );
    for n in 1..=5 {
        let object = format!("0000000{n}-0000-4000-8000-00000000cafe");
        writeln!(text, "  - {}", person(&format!("29:{n}"), &object, "Somebody")).unwrap();
    }
    text + "personalChat: { id: \"a:1private-of-ada\" }\ngroupChat: { id: \"19:group@thread.v2\", name: Group }\n\
            team: { id: team, name: Team, aadGroupId: 00000000-0000-0000-0000-000000000031, channels: [] }\n"
}
