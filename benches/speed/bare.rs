//! Yardsticks, each a process of its own: a route that does nothing, and one that writes a record and waits for the disk.

use std::io::Write;
use std::path::Path;
use std::process::Child;
use std::sync::mpsc;
use std::time::Duration;

use axum::extract::State;
use axum::http::header::LOCATION;
use axum::response::IntoResponse;
use axum::routing::post;
use axum::{Form, Router, http::StatusCode};
use serde::Deserialize;
use tokio::sync::oneshot;

use crate::house::{free_port, until_it_listens};
use crate::process::{Cores, pinned};

/// Bytes of a turn's record where one is written: about what a sealed conversation takes.
const RECORD: usize = 700;

/// The same form that a turn of the chat sends.
#[derive(Deserialize)]
struct Said {
    form: String,
    nonce: String,
    command: Option<String>,
}

/// Ends with the value.
pub struct Bare {
    child: Child,
    pub port: u16,
}

impl Bare {
    /// `kind` is `route` or `record`.
    pub async fn start(kind: &str, cores: Cores, folder: &Path) -> Self {
        let own = std::env::current_exe().expect("the bench has a path");
        let port = free_port();
        let mut command = pinned(cores.served, &own.display().to_string());
        let child =
            command.args(["bare", kind, &port.to_string()]).arg(folder).spawn().expect("the bench starts itself");
        until_it_listens(port, Duration::from_secs(10)).await;
        Self { child, port }
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Bare {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The process itself.
pub fn run(kind: &str, port: u16, folder: &str) {
    let disk = (kind == "record").then(|| writer(Path::new(folder)));
    let app = Router::new().route("/say", post(say)).with_state(disk);
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await.expect("a free port");
        axum::serve(listener, app).await.expect("it serves until it is killed");
    });
}

type Disk = mpsc::Sender<oneshot::Sender<()>>;

async fn say(State(disk): State<Option<Disk>>, Form(said): Form<Said>) -> impl IntoResponse {
    assert!(said.form.len() + said.nonce.len() > 8 && said.command.is_some(), "the generator's own form");
    if let Some(disk) = disk {
        let (done, synced) = oneshot::channel();
        disk.send(done).expect("the writer lives as long as the process");
        synced.await.expect("the disk takes it");
    }
    (StatusCode::SEE_OTHER, [(LOCATION, "/chat#newest")])
}

/// One thread that writes what waits and syncs once for all of it.
fn writer(folder: &Path) -> Disk {
    let mut file = std::fs::File::create(folder.join("bare.log")).expect("a file");
    let (sender, waiting) = mpsc::channel::<oneshot::Sender<()>>();
    std::thread::spawn(move || {
        while let Ok(first) = waiting.recv() {
            let group: Vec<_> = std::iter::once(first).chain(waiting.try_iter()).collect();
            file.write_all(&vec![7; RECORD * group.len()]).expect("room on the disk");
            file.sync_data().expect("the disk takes it");
            for done in group {
                let _ = done.send(());
            }
        }
    });
    sender
}
