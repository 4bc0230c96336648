//! The program itself: `ringback demo` as somebody starts it who has nothing but the binary.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::channel;
use std::time::Duration;

use crate::support::chromium::{Chromium, DESKTOP};

/// Nothing that the demo does takes as long.
const PATIENCE: Duration = Duration::from_secs(60);
const PERSON: &str = "aisyah@mail.apu.edu.my";
const MAIL: &str = "aisyah.rahman@mail.example";

/// A running demo and what it said first.
pub struct Demo {
    child: Child,
    said: String,
    pub port: u16,
}

impl Demo {
    pub fn start(port: u16) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_ringback"))
            .args(["demo", "--port", &port.to_string()])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = String::new();
        let (sender, lines) = channel();
        let out = BufReader::new(child.stdout.take().unwrap());
        // Ends with the process, whose last line closes the pipe.
        std::thread::spawn(move || out.lines().map_while(Result::ok).for_each(|line| drop(sender.send(line))));
        let port = loop {
            let line = lines.recv_timeout(PATIENCE);
            let line = line.unwrap_or_else(|_| panic!("the demo never says where it is: {said}"));
            said.push_str(&line);
            said.push('\n');
            let address = line.split("http://").nth(1).and_then(|rest| rest.split_whitespace().next());
            if let Some(port) = address.and_then(|address| address.rsplit(':').next()?.parse().ok()) {
                break port;
            }
        };
        Self { child, said, port }
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_takes_the_next_port_and_works_under_both_names_of_the_machine() {
    let taken = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let busy = taken.local_addr().unwrap().port();
    let mut demo = Demo::start(busy);
    assert!(demo.port > busy && demo.said.contains("in use"), "{}", demo.said);
    let browser = Chromium::start().await;
    for host in ["localhost", "127.0.0.1"] {
        browser.open(&format!("http://{host}:{}/?tenant=apu&person={PERSON}", demo.port)).await;
        browser.client.enter_frame(0).await.unwrap();
        browser.press("I forgot my password").await;
        browser.until("document.querySelector('.turn.bot[data-input]')").await;
        browser.answer(PERSON).await;
        browser.choose("Email").await;
        browser.answer(MAIL).await;
        browser.client.enter_parent_frame().await.unwrap();
        browser.until("document.querySelector('[data-sent] .found .code')").await;
    }
    browser.pictures("demo-5-program", &[DESKTOP]).await;
    browser.close().await;
    // Asked to stop, it ends by itself and without a complaint.
    let asked = Command::new("kill").args(["-TERM", &demo.child.id().to_string()]).status().unwrap();
    assert!(asked.success());
    assert!(demo.child.wait().unwrap().success());
}
