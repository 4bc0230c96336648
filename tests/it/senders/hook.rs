//! Signed JSON over HTTP.

use std::io::Read;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

use data_encoding::HEXLOWER;
use hmac::{Hmac, Mac};
use ringback::channels::text_told;
use ringback::model::ids::ChallengeId;
use ringback::ports::messenger::{SendError, TextMessage, TextSender};
use ringback::senders::http_hook::{HookConfig, HttpHook};
use ringback::senders::text_hook::TextHook;
use sha2::Sha256;
use tempfile::TempDir;

use super::{answer, read_request, scripted, text};
use crate::support::clock::{MORNING, TestClock};
use crate::support::slapd::free_port;

const SECRET: &str = "0123456789abcdef0123456789abcdef";

/// A hook at this address, and the folder with its secret.
pub fn hook(url: &str) -> (HttpHook, TempDir) {
    let (config, folder) = config(url);
    (HttpHook::new(&config, Arc::new(TestClock::at(MORNING))).unwrap(), folder)
}

fn config(url: &str) -> (HookConfig, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let secret_file = folder.path().join("secret");
    std::fs::write(&secret_file, format!("{SECRET}\n")).unwrap();
    (HookConfig { url: url.to_owned(), secret_file, ca_file: None }, folder)
}

async fn send(port: u16, message: &TextMessage) -> Result<(), SendError> {
    let (hook, _folder) = hook(&format!("http://127.0.0.1:{port}/texts"));
    TextHook::new(Arc::new(hook)).send(message).await
}

/// A server that answers everything so, and what it was asked.
fn answering(status: &'static str, headers: &'static str) -> (u16, Receiver<(String, String)>) {
    scripted(move |stream| {
        let request = read_request(&stream);
        answer(&stream, status, headers, "");
        request
    })
}

fn header<'a>(head: &'a str, name: &str) -> &'a str {
    head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": ")).unwrap()
}

#[tokio::test]
async fn a_text_is_a_signed_document() {
    let (port, requests) = answering("202 Accepted", "");
    send(port, &text()).await.unwrap();
    let (head, body) = requests.recv().unwrap();
    assert!(head.starts_with("post /texts http/1.1\r\n"));
    assert_eq!(header(&head, "content-type"), "application/json");
    let expected = "{\"version\":1,\"kind\":\"text\",\"id\":4711,\"to\":\"+447700900118\",\
                    \"text\":\"482913 is your code. “Tell nobody.”\"}";
    assert_eq!(body, expected);

    // As `docs/hooks.md` has it.
    let key = header(&head, "idempotency-key");
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
    mac.update(format!("1767574800.{key}.{body}").as_bytes());
    let tag = HEXLOWER.encode(&mac.finalize().into_bytes());
    assert_eq!(header(&head, "ringback-signature"), format!("t=1767574800,v1={tag}"));
}

/// Beside a code stands where it is told what became of it; beside anything else nothing does.
#[tokio::test]
async fn a_code_says_where_its_fate_is_told() {
    let (port, requests) = answering("202 Accepted", "");
    let (hook, _folder) = hook(&format!("http://127.0.0.1:{port}/texts"));
    let sender = TextHook::new(Arc::new(hook)).telling(Arc::new(|code| format!("https://reset.example/{code}")));
    let code = TextMessage { code: Some(ChallengeId([0xab; 16])), ..text() };
    for (message, told) in [(code, true), (TextMessage { code: None, ..text() }, false)] {
        sender.send(&message).await.unwrap();
        let body = requests.recv().unwrap().1;
        let shown = body.ends_with(",\"status_url\":\"https://reset.example/abababababababababababababababab\"}");
        assert_eq!((shown, body.contains("status_url")), (told, told), "{body}");
    }
}

/// The script that ships signs as we check.
#[test]
fn the_example_tells_the_fate_of_a_text_as_it_is_taken() {
    let (port, requests) = answering("204 No Content", "");
    let (config, _folder) = config("https://unused.example");
    let url = format!("http://127.0.0.1:{port}/hooks/text/ab/7f");
    let done = Command::new("python3")
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/hooks/told.py"))
        .args([config.secret_file.to_str().unwrap(), &url, "undelivered"])
        .output()
        .unwrap();
    assert_eq!(String::from_utf8_lossy(&done.stdout), "204\n", "{}", String::from_utf8_lossy(&done.stderr));
    let (head, body) = requests.recv().unwrap();
    let signed = header(&head, "ringback-signature");
    let seconds = signed.strip_prefix("t=").and_then(|rest| rest.split(',').next()).unwrap().parse().unwrap();
    assert_eq!(signed, text_told::signature(SECRET, seconds, &url, body.as_bytes()));
    assert_eq!(body.replace(' ', ""), "{\"version\":1,\"kind\":\"text_status\",\"status\":\"undelivered\"}");
}

/// The example of the manual is signed as the manual says.
#[test]
fn the_manual_shows_how_the_fate_of_a_text_is_signed() {
    let manual = include_str!("../../../docs/hooks.md");
    let line = |beginning: &str| {
        let line = manual.lines().find_map(|line| line.trim().strip_prefix(beginning));
        line.unwrap_or_else(|| panic!("no line of the manual begins with {beginning}")).to_owned()
    };
    let (seconds, tag) =
        line("Ringback-Signature: t=1767574860,").split_once("v1=").map(|it| (1_767_574_860, it.1.to_owned())).unwrap();
    let url = manual.split("\"status_url\":\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
    let body = manual.lines().find(|line| line.contains("\"kind\":\"text_status\"")).unwrap();
    let signed = text_told::signature(SECRET, seconds, url, body.as_bytes());
    assert_eq!(format!("t=1767574860,v1={tag}"), signed);
    assert!(manual.contains(SECRET));
}

#[tokio::test]
async fn the_manual_shows_what_is_sent() {
    let manual = include_str!("../../../docs/hooks.md");
    let shown = manual.lines().find(|line| line.contains("\"kind\":\"text\"")).unwrap();
    let value: serde_json::Value = serde_json::from_str(shown).unwrap();
    let message = TextMessage {
        to: ringback::model::contacts::PhoneNumber::parse(value["to"].as_str().unwrap(), "GB").unwrap(),
        text: value["text"].as_str().unwrap().to_owned(),
        id: value["id"].as_u64().unwrap(),
        code: Some(ChallengeId([0xab; 16])),
    };
    let (port, requests) = answering("202 Accepted", "");
    let (hook, _folder) = hook(&format!("http://127.0.0.1:{port}/texts"));
    let told = value["status_url"].as_str().unwrap().to_owned();
    let sender = TextHook::new(Arc::new(hook)).telling(Arc::new(move |_| told.clone()));
    sender.send(&message).await.unwrap();
    assert_eq!(requests.recv().unwrap().1, shown);
}

#[tokio::test]
async fn the_same_message_keeps_its_key_and_another_one_has_another() {
    let (port, requests) = answering("202 Accepted", "");
    let other = TextMessage { id: 4712, ..text() };
    let mut keys = Vec::new();
    for message in [&text(), &text(), &other] {
        send(port, message).await.unwrap();
        keys.push(header(&requests.recv().unwrap().0, "idempotency-key").to_owned());
    }
    assert_eq!(keys[0], keys[1]);
    assert_ne!(keys[0], keys[2]);
}

#[tokio::test]
async fn every_answer_is_taken_for_what_it_means() {
    let dead = |status: &str| SendError::Dead { why: format!("hook: answer {status}") };
    let unknown = |status: &str| SendError::Unknown { why: format!("hook: answer {status}") };
    let retry = |status: &str, after_seconds| SendError::Retry { why: format!("hook: answer {status}"), after_seconds };
    let elsewhere = "Location: http://127.0.0.1:1/\r\n";
    let table = [
        ("200 OK", "", Ok(())),
        ("409 Conflict", "", Err(dead("409"))),
        ("422 Unprocessable Content", "", Err(dead("422"))),
        ("401 Unauthorized", "", Err(dead("401"))),
        ("307 Temporary Redirect", elsewhere, Err(dead("307"))),
        ("429 Too Many Requests", "Retry-After: 17\r\n", Err(retry("429", Some(17)))),
        ("503 Service Unavailable", "", Err(retry("503", None))),
        ("503 Service Unavailable", "Retry-After: soon\r\n", Err(retry("503", None))),
        ("408 Request Timeout", "", Err(unknown("408"))),
        ("500 Internal Server Error", "", Err(unknown("500"))),
    ];
    for (status, headers, expected) in table {
        let (port, requests) = answering(status, headers);
        assert_eq!(send(port, &text()).await, expected, "{status}");
        requests.recv().unwrap();
        assert!(requests.try_recv().is_err(), "{status}: asked twice");
    }
}

#[tokio::test]
async fn a_lost_answer_is_unknown_and_a_closed_door_is_not() {
    let (port, requests) = scripted(|stream| read_request(&stream));
    assert!(matches!(send(port, &text()).await, Err(SendError::Unknown { .. })));
    requests.recv().unwrap();
    assert!(requests.try_recv().is_err(), "asked twice");

    assert!(matches!(send(free_port(), &text()).await, Err(SendError::Retry { after_seconds: None, .. })));
}

#[tokio::test]
async fn errors_name_neither_number_nor_code() {
    let (port, _requests) = answering("422 Unprocessable Content", "");
    let why = send(port, &text()).await.unwrap_err().to_string();
    assert!(!why.contains("900118") && !why.contains("482913"), "{why}");
    let why = send(free_port(), &text()).await.unwrap_err().to_string();
    assert!(!why.contains("900118") && !why.contains("texts"), "{why}");
}

#[tokio::test]
async fn the_example_receiver_takes_it_and_refuses_forgeries() {
    let (config, folder) = config("");
    let port = free_port();
    let mut receiver = Running(
        Command::new("/usr/bin/python3")
            .args([concat!(env!("CARGO_MANIFEST_DIR"), "/examples/hooks/receiver.py"), &port.to_string()])
            .arg(&config.secret_file)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap(),
    );
    let url = format!("http://127.0.0.1:{port}/");
    let clock = || Arc::new(crate::support::clock::TestClock::at(real_now()));
    let sender = |secret: &str| {
        let secret_file = folder.path().join(secret);
        std::fs::write(&secret_file, secret).unwrap();
        let config = HookConfig { url: url.clone(), secret_file, ca_file: None };
        TextHook::new(Arc::new(HttpHook::new(&config, clock()).unwrap()))
    };
    let ours = sender(SECRET);
    let end = Instant::now() + Duration::from_secs(60);
    let sent = loop {
        match ours.send(&text()).await {
            // It is not listening yet.
            Err(SendError::Retry { why, .. }) if receiver.0.try_wait().unwrap().is_none() => {
                assert!(Instant::now() < end, "it never listens: {why}");
                tokio::task::yield_now().await;
            }
            sent => break sent,
        }
    };
    assert_eq!(sent, Ok(()));
    assert_eq!(ours.send(&text()).await, Ok(()));
    let forger = sender("another-secret-of-thirty-two-letters");
    assert_eq!(forger.send(&text()).await, Err(SendError::Dead { why: "hook: answer 401".to_owned() }));

    receiver.0.kill().unwrap();
    let mut printed = String::new();
    receiver.0.stdout.take().unwrap().read_to_string(&mut printed).unwrap();
    assert_eq!(printed.lines().count(), 1, "acted once: {printed}");
    assert!(printed.contains("\"to\": \"+447700900118\""));
}

#[test]
fn a_wrong_section_is_refused_with_all_its_faults() {
    let (mut config, folder) = config("http://gateway.uni.example/");
    std::fs::write(&config.secret_file, "short").unwrap();
    config.ca_file = Some(folder.path().join("missing.pem"));
    let keys: Vec<String> = config.faults().into_iter().map(|fault| fault.key).collect();
    assert_eq!(keys, ["url", "secret_file", "ca_file"]);
    for url in ["ftp://gateway.uni.example", "gateway", "https://user:word@gateway.uni.example/"] {
        config.url = url.to_owned();
        assert_eq!(config.faults()[0].key, "url", "{url}");
    }
    assert!(config.faults().iter().all(|fault| !fault.message.contains("short")));
}

/// Ends with the test, however that ends.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn real_now() -> ringback::model::time::Timestamp {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    ringback::model::time::Timestamp(u64::try_from(since.as_millis()).unwrap())
}
