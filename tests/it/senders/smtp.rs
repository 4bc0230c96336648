//! Mail by SMTP, into a real server and into scripted ones that fail.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;

use ringback::ports::messenger::{Mail, MailSender, SendError};
use ringback::senders::smtp::{Security, Smtp, SmtpConfig};

use super::{mail, scripted};
use crate::support::certs::Certs;
use crate::support::mailserver::MailServer;
use crate::support::slapd::free_port;

#[tokio::test]
async fn a_mail_arrives_as_plain_text_and_html() {
    let server = MailServer::start();
    let smtp = Smtp::new(&server.config()).unwrap();
    let text = "Kod anda: 482913 — jangan beritahu sesiapa.\n.\nTitik di baris sendiri.\n";
    let mail = Mail {
        from_name: "Universiti Contoh, “Meja”".to_owned(),
        subject: "Kod anda — 大学".to_owned(),
        text: text.to_owned(),
        ..mail()
    };
    smtp.send(&mail).await.unwrap();
    // An attempt whose answer was lost is repeated by the outbox.
    smtp.send(&mail).await.unwrap();

    let arrived = server.wait_for("ada@mail.example", 2);
    let first = &arrived[0];
    assert_eq!(first.text.replace("\r\n", "\n"), text);
    assert_eq!(first.html.trim_end(), mail.html);
    assert_eq!(first.header("subject"), "Kod anda — 大学");
    assert_eq!(first.header("from"), "\"Universiti Contoh, “Meja”\" <no-reply@uni.example>");
    assert_eq!(first.header("auto-submitted"), "auto-generated");
    assert!(first.header("content-type").starts_with("multipart/alternative"));
    assert!(first.header("message-id").starts_with("<4711.") && first.header("message-id").ends_with("@uni.example>"));
    assert_eq!(first.header("message-id"), arrived[1].header("message-id"));
}

#[tokio::test]
async fn tls_from_the_start_or_by_command() {
    for security in [Security::Tls, Security::StartTls] {
        let server = MailServer::with(security);
        Smtp::new(&server.config()).unwrap().send(&mail()).await.unwrap();
        assert_eq!(server.wait_for("ada@mail.example", 1).len(), 1, "{security:?}");
    }
}

#[tokio::test]
async fn an_unknown_authority_gets_no_mail() {
    for security in [Security::Tls, Security::StartTls] {
        let server = MailServer::with(security);
        let folder = tempfile::tempdir().unwrap();
        let stranger = SmtpConfig { ca_file: Some(Certs::for_loopback(folder.path()).ca), ..server.config() };
        let public = SmtpConfig { ca_file: None, ..server.config() };
        for config in [stranger, public] {
            let sent = Smtp::new(&config).unwrap().send(&mail()).await;
            assert!(matches!(sent, Err(SendError::Retry { .. })), "{sent:?}");
        }
        assert!(server.received().is_empty());
    }
}

#[tokio::test]
async fn a_server_without_start_tls_gets_no_mail() {
    let server = MailServer::start();
    let config = SmtpConfig { security: Security::StartTls, ..server.config() };
    assert!(matches!(Smtp::new(&config).unwrap().send(&mail()).await, Err(SendError::Dead { .. })));
    assert!(server.received().is_empty());
}

#[tokio::test]
async fn no_value_becomes_a_header() {
    let server = MailServer::start();
    let smtp = Smtp::new(&server.config()).unwrap();
    let mean = ["x\r\nBcc: mallory@evil.example", "x\nBcc: mallory@evil.example", "x\rBcc: m@e\r\n\r\nbody", "a\0b"];
    for value in mean {
        let mail = Mail { subject: value.to_owned(), from_name: value.to_owned(), ..mail() };
        smtp.send(&mail).await.unwrap();
    }
    for arrived in server.wait_for("ada@mail.example", mean.len()) {
        assert!(arrived.headers.iter().all(|(name, _)| name != "bcc"), "{arrived:?}");
        assert_eq!(arrived.text.trim_end(), "Your code is 482913.");
    }
    assert_eq!(server.received().len(), mean.len());
}

/// Speaks SMTP until the command that is named, and answers that one otherwise, or hangs up.
fn failing_at(command: &'static str, answer: Option<&'static str>) -> u16 {
    let (port, _) = scripted(move |stream| {
        let mut reader = BufReader::new(stream.try_clone().unwrap());
        let say = |mut stream: &TcpStream, line: &str| write!(stream, "{line}\r\n").is_ok();
        say(&stream, "220 mail.example");
        let mut in_body = false;
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line).unwrap_or(0) == 0 {
                return;
            }
            let name = if in_body { "BODY" } else { line.split([' ', '\r']).next().unwrap() };
            if in_body && line != ".\r\n" {
                continue;
            }
            if name == command {
                match answer {
                    Some(answer) => say(&stream, answer),
                    None => return,
                };
                continue;
            }
            in_body = name == "DATA";
            say(&stream, if in_body { "354 go on" } else { "250 mail.example" });
        }
    });
    port
}

#[tokio::test]
async fn every_failure_is_taken_for_what_it_means() {
    let unknown = |sent: &Result<(), SendError>| matches!(sent, Err(SendError::Unknown { .. }));
    let retry = |sent: &Result<(), SendError>| matches!(sent, Err(SendError::Retry { .. }));
    let dead = |sent: &Result<(), SendError>| matches!(sent, Err(SendError::Dead { .. }));
    type Check<'a> = &'a dyn Fn(&Result<(), SendError>) -> bool;
    let table: [(&str, Option<&str>, Check<'_>); 10] = [
        ("RCPT", Some("451 4.7.1 greylisted ada@mail.example"), &retry),
        ("RCPT", Some("550 5.1.1 no such user ada@mail.example"), &dead),
        ("RCPT", None, &retry),
        ("MAIL", Some("421 4.3.2 closing"), &retry),
        ("EHLO", None, &retry),
        ("DATA", Some("554 5.7.1 refused"), &dead),
        ("DATA", None, &retry),
        ("BODY", Some("451 4.3.0 disk full"), &retry),
        ("BODY", Some("554 5.7.1 refused"), &dead),
        ("BODY", None, &unknown),
    ];
    for (command, answer, expected) in table {
        let sent = Smtp::new(&plain(failing_at(command, answer))).unwrap().send(&mail()).await;
        assert!(expected(&sent), "{command} {answer:?}: {sent:?}");
        assert!(!format!("{sent:?}").contains("ada@"), "{sent:?}");
    }
    // It hangs up after the mail was accepted.
    assert_eq!(Smtp::new(&plain(failing_at("QUIT", None))).unwrap().send(&mail()).await, Ok(()));
    assert!(retry(&Smtp::new(&plain(free_port())).unwrap().send(&mail()).await));
}

#[test]
fn a_wrong_section_is_refused_with_all_its_faults() {
    let config = SmtpConfig {
        host: "mail.uni.example".to_owned(),
        user: Some("ringback".to_owned()),
        from: "no reply".to_owned(),
        ca_file: None,
        ..plain(25)
    };
    let keys: Vec<String> = config.faults().into_iter().map(|fault| fault.key).collect();
    assert_eq!(keys, ["security", "password_file", "from"]);
    let config = SmtpConfig { security: Security::Tls, ca_file: Some("/missing.pem".into()), ..config };
    assert!(config.faults().iter().any(|fault| fault.key == "ca_file"));
}

fn plain(port: u16) -> SmtpConfig {
    SmtpConfig {
        host: "127.0.0.1".to_owned(),
        port: Some(port),
        security: Security::Plain,
        ca_file: None,
        user: None,
        password_file: None,
        from: "no-reply@uni.example".to_owned(),
    }
}
