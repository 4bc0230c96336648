//! Senders and desk: what leaves the process, and what each failure is taken for.

mod capture;
mod desk;
mod hook;
mod smtp;
mod telephone;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};

use ringback::model::contacts::{EmailAddress, PhoneNumber};
use ringback::ports::messenger::{Mail, TextMessage};

fn mail() -> Mail {
    Mail {
        to: EmailAddress::parse("ada@mail.example").unwrap(),
        from_name: "University of Examples".to_owned(),
        subject: "Your code".to_owned(),
        text: "Your code is 482913.\n".to_owned(),
        html: "<p>Your code is <b>482913</b>.</p>".to_owned(),
        id: 4711,
    }
}

fn text() -> TextMessage {
    TextMessage {
        to: PhoneNumber::parse("+44 7700 900118", "GB").unwrap(),
        text: "482913 is your code. “Tell nobody.”".to_owned(),
        id: 4711,
        code: None,
    }
}

/// Serves connections one after another by a script of ours; what the script returns is collected.
fn scripted<T: Send + 'static>(script: impl Fn(TcpStream) -> T + Send + 'static) -> (u16, Receiver<T>) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            if sender.send(script(stream.unwrap())).is_err() {
                return;
            }
        }
    });
    (port, receiver)
}

/// An HTTP request: its head, header names in lower case, and its body.
fn read_request(stream: &TcpStream) -> (String, String) {
    let mut reader = BufReader::new(stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        assert_ne!(reader.read_line(&mut head).unwrap(), 0, "the request ends in its head");
    }
    let head = head.to_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap().parse().unwrap();
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    (head, String::from_utf8(body).unwrap())
}

fn answer(mut stream: &TcpStream, status: &str, headers: &str, body: &str) {
    write!(stream, "HTTP/1.1 {status}\r\nContent-Length: {}\r\n{headers}\r\n{body}", body.len()).unwrap();
}
