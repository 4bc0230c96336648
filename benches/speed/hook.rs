//! Turns through the real web hook of a messaging platform, with who calls checked and a message out for each: at a rate that
//! the platform allows, against a stand-in of it that takes everything.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::client::Client;
use crate::crowd::Seen;
use crate::house::House;
use crate::platform::Platform;
use crate::process::{Cores, cpu};

/// Every platform allows twenty-five messages a second.
const EACH: Duration = Duration::from_millis(40);

/// What the platform was told.
#[derive(Default)]
pub struct Told {
    /// Telegram's secret, once it is known.
    pub secret: Option<String>,
    messages: usize,
}

/// So many first words of so many people.
pub async fn turns(platform: Platform, cores: Cores, turns: usize) -> Seen {
    let told: Arc<Mutex<Told>> = Arc::default();
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
    let here = format!("http://127.0.0.1:{}", listener.local_addr().expect("an address").port());
    let platform = Arc::new(platform);
    tokio::spawn(serve(listener, Arc::clone(&platform), here.clone(), Arc::clone(&told)));
    let house = House::alone(cores);
    house.file("secrets/platform", &platform.secret());
    house.add(&platform.section(&here));
    let running = house.start().await;
    let mut client = Client::connect(running.port).await;
    let (mut before, mut began, mut waits) = (cpu(running.id()), Instant::now(), Vec::new());
    let mut untaken = 0;
    // The first one waits until the service has told the platform what it must know.
    for n in 0..=turns {
        let due = began + EACH * u32::try_from(n).expect("a short run");
        tokio::time::sleep(due.saturating_duration_since(Instant::now())).await;
        let (path, head, body) = loop {
            if let Some(request) = platform.request(n, &here, &told.lock().expect("nobody panics here")) {
                break request;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        };
        let asked = Instant::now();
        let answer = client.post_json(path, &head, &body).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        waits.push(asked.elapsed());
        // On a machine that is too busy a person at Discord is told to try again, and no message follows.
        untaken += usize::from(platform.is_refusal(&answer.body));
        if n == 0 {
            wait_for(1 - untaken, &told).await;
            (before, began, waits) = (cpu(running.id()), Instant::now(), Vec::new());
        }
    }
    if untaken > 0 {
        eprintln!("  {untaken} were not taken in time");
    }
    wait_for(turns + 1 - untaken, &told).await;
    let took = began.elapsed();
    waits.sort_unstable();
    let turns = u64::try_from(turns).expect("a short run");
    Seen { turns, took, cpu: cpu(running.id()) - before, waits }
}

async fn wait_for(messages: usize, told: &Mutex<Told>) {
    while told.lock().expect("nobody panics here").messages < messages {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

async fn serve(listener: TcpListener, platform: Arc<Platform>, here: String, told: Arc<Mutex<Told>>) {
    while let Ok((stream, _)) = listener.accept().await {
        tokio::spawn(answer(stream, Arc::clone(&platform), here.clone(), Arc::clone(&told)));
    }
}

/// One call a connection, as the service makes them.
async fn answer(mut stream: TcpStream, platform: Arc<Platform>, here: String, told: Arc<Mutex<Told>>) -> Option<()> {
    let mut buffer = Vec::new();
    let (head, length) = loop {
        let text = String::from_utf8_lossy(&buffer).to_ascii_lowercase();
        if let Some(end) = text.find("\r\n\r\n") {
            let length = text[..end].lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok());
            break (end + 4, length.unwrap_or(0));
        }
        if stream.read_buf(&mut buffer).await.ok()? == 0 {
            return None;
        }
    };
    while buffer.len() < head + length {
        stream.read_buf(&mut buffer).await.ok()?;
    }
    let text = String::from_utf8_lossy(&buffer).into_owned();
    let body = platform.answer(&text, &here);
    {
        let mut told = told.lock().expect("nobody panics here");
        told.messages += usize::from(platform.is_message(&text));
        if let Some(rest) = text.split("\"secret_token\":\"").nth(1) {
            told.secret = rest.split('"').next().map(str::to_owned);
        }
    }
    let answer = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(answer.as_bytes()).await.ok()
}
