//! Turns through a messaging platform's real web hook, with its secret checked and a message out for each: at a rate that the
//! platform allows, against a Bot API that takes everything.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::client::Client;
use crate::crowd::Seen;
use crate::house::House;
use crate::process::{Cores, cpu};

/// Telegram allows thirty messages a second.
const EACH: Duration = Duration::from_millis(40);

/// What the Bot API was told.
#[derive(Default)]
struct Told {
    secret: Option<String>,
    messages: usize,
}

/// So many first words of so many people.
pub async fn telegram(cores: Cores, turns: usize) -> Seen {
    let told: Arc<Mutex<Told>> = Arc::default();
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    tokio::spawn(serve(listener, Arc::clone(&told)));
    let house = House::alone(cores);
    house.file("secrets/telegram", &format!("123456789:{}", "b".repeat(35)));
    house.add(&format!(
        "[telegram.main]\ntenant = \"uni0\"\ntoken_file = \"secrets/telegram\"\napi = \"http://127.0.0.1:{port}\"\n"
    ));
    let running = house.start().await;
    let secret = loop {
        if let Some(secret) = told.lock().expect("nobody panics here").secret.clone() {
            break secret;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    };
    let mut client = Client::connect(running.port).await;
    let head = format!("x-telegram-bot-api-secret-token: {secret}\r\n");
    let (began, before, mut waits) = (Instant::now(), cpu(running.id()), Vec::new());
    for n in 0..turns {
        let due = began + EACH * u32::try_from(n).expect("a short run");
        tokio::time::sleep(due.saturating_duration_since(Instant::now())).await;
        let user = format!("{{\"id\":{n},\"is_bot\":false,\"first_name\":\"A\",\"language_code\":\"en\"}}");
        let update = format!(
            "{{\"update_id\":{n},\"message\":{{\"message_id\":1,\"date\":0,\"from\":{user},\
             \"chat\":{{\"id\":{n},\"type\":\"private\"}},\"text\":\"hello\"}}}}"
        );
        let asked = Instant::now();
        let answer = client.post_json("/hooks/telegram/main", &head, &update).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        waits.push(asked.elapsed());
    }
    while told.lock().expect("nobody panics here").messages < turns {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let took = began.elapsed();
    waits.sort_unstable();
    let turns = u64::try_from(turns).expect("a short run");
    Seen { turns, took, cpu: cpu(running.id()) - before, waits }
}

async fn serve(listener: TcpListener, told: Arc<Mutex<Told>>) {
    while let Ok((stream, _)) = listener.accept().await {
        tokio::spawn(answer(stream, Arc::clone(&told)));
    }
}

/// One call a connection, as the service makes them.
async fn answer(mut stream: TcpStream, told: Arc<Mutex<Told>>) -> Option<()> {
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
    let result = if text.starts_with("POST /bot") && text.contains("/getMe ") {
        "{\"id\":123456789,\"is_bot\":true,\"first_name\":\"R\",\"username\":\"r_bot\"}"
    } else {
        "true"
    };
    {
        let mut told = told.lock().expect("nobody panics here");
        if text.contains("/sendMessage ") {
            told.messages += 1;
        }
        if let Some(rest) = text.split("\"secret_token\":\"").nth(1) {
            told.secret = rest.split('"').next().map(str::to_owned);
        }
    }
    let body = format!("{{\"ok\":true,\"result\":{result}}}");
    let answer = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(answer.as_bytes()).await.ok()
}
