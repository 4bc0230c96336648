//! Bodies that are too big, a thousand at once, at the real program.

use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::house::House;

const SENDERS: usize = 1_000;
const BODY: usize = 10 * 1024 * 1024;
const MOST_MEMORY: u64 = 256 * 1024 * 1024;

/// Sends one password of ten megabytes as fast as it is taken; the status line that came back.
async fn send(port: u16, announced: bool) -> String {
    let stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    let (mut read, mut write) = stream.into_split();
    let sender = tokio::spawn(async move {
        let length =
            if announced { format!("Content-Length: {BODY}") } else { "Transfer-Encoding: chunked".to_owned() };
        let kind = "Content-Type: application/x-www-form-urlencoded";
        let head = format!("POST /page HTTP/1.1\r\nHost: x\r\n{kind}\r\n{length}\r\n\r\n");
        let mut done = write.write_all(head.as_bytes()).await;
        let piece = [b'p'; 64 * 1024];
        for _ in 0..BODY / piece.len() {
            if done.is_err() {
                return;
            }
            if !announced {
                done = write.write_all(b"10000\r\n").await;
            }
            done = match done {
                Ok(()) => write.write_all(&piece).await,
                lost => lost,
            };
            if !announced && done.is_ok() {
                done = write.write_all(b"\r\n").await;
            }
        }
    });
    let mut answer = Vec::new();
    let mut bytes = [0; 4096];
    while let Ok(n @ 1..) = read.read(&mut bytes).await {
        answer.extend_from_slice(&bytes[..n]);
    }
    sender.abort();
    String::from_utf8_lossy(&answer).lines().next().unwrap_or_default().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_passwords_of_ten_megabytes_are_refused_in_little_memory() {
    let house = House::build(0).await;
    let running = house.start().await;
    let before = running.peak();
    let (refused, cut) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let port = house.port;
    let all = (0..SENDERS).map(|n| {
        let (refused, cut) = (&refused, &cut);
        async move {
            match send(port, n % 2 == 0).await.as_str() {
                "HTTP/1.1 413 Payload Too Large" => refused.fetch_add(1, Ordering::SeqCst),
                "" => cut.fetch_add(1, Ordering::SeqCst),
                other => panic!("{other}"),
            };
        }
    });
    futures_util::future::join_all(all).await;
    let peak = running.peak();
    let (refused, cut) = (refused.into_inner(), cut.into_inner());
    let mib = |bytes: u64| bytes / (1024 * 1024);
    println!(
        "{SENDERS} bodies of 10 MiB: {refused} read 413, {cut} were hung up on; memory {} to {} MiB",
        mib(before),
        mib(peak)
    );
    assert!(peak < MOST_MEMORY, "{} MiB", mib(peak));
    assert!(refused >= SENDERS / 2, "most senders learn why");
    // And it goes on serving.
    let answer = reqwest::get(format!("http://127.0.0.1:{}/health", house.port)).await.unwrap();
    assert_eq!(answer.status(), 200);
}
