//! A kept HTTP/1.1 connection, as a reverse proxy holds it, written by hand so that asking costs little.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::mpsc;

pub struct Client {
    stream: TcpStream,
    buffer: Vec<u8>,
    port: u16,
}

pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: String,
}

impl Client {
    pub async fn connect(port: u16) -> Self {
        let stream = TcpStream::connect(("127.0.0.1", port)).await.expect("the server listens");
        stream.set_nodelay(true).expect("a TCP option");
        Self { stream, buffer: Vec::with_capacity(16 * 1024), port }
    }

    /// `more` are header lines, each with its end.
    pub async fn get(&mut self, path: &str, more: &str) -> Answer {
        let text = format!("GET {path} HTTP/1.1\r\nhost: 127.0.0.1:{}\r\naccept: text/html\r\n{more}\r\n", self.port);
        self.ask(&text).await
    }

    /// An urlencoded form, as a browser sends it.
    pub async fn post(&mut self, path: &str, more: &str, form: &str) -> Answer {
        let text = format!(
            "POST {path} HTTP/1.1\r\nhost: 127.0.0.1:{}\r\nsec-fetch-site: same-origin\r\n\
             content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n{more}\r\n{form}",
            self.port,
            form.len()
        );
        self.ask(&text).await
    }

    /// JSON, as a platform's web hook sends it.
    pub async fn post_json(&mut self, path: &str, more: &str, json: &str) -> Answer {
        let text = format!(
            "POST {path} HTTP/1.1\r\nhost: 127.0.0.1:{}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\
             {more}\r\n{json}",
            self.port,
            json.len()
        );
        self.ask(&text).await
    }

    /// Asks for a stream that does not end.
    pub async fn begin(&mut self, path: &str, more: &str) {
        let text = format!("GET {path} HTTP/1.1\r\nhost: 127.0.0.1:{}\r\n{more}\r\n", self.port);
        self.stream.write_all(text.as_bytes()).await.expect("the server reads");
    }

    /// What came of the stream since the last call, in whole lines; `None` at its end, or when nobody listens.
    pub async fn piece<T>(&mut self, listener: &mpsc::UnboundedSender<T>) -> Option<String> {
        loop {
            tokio::select! {
                read = self.stream.read_buf(&mut self.buffer) => if read.ok()? == 0 { return None },
                () = listener.closed() => return None,
            }
            if let Some(end) = self.buffer.iter().rposition(|byte| *byte == b'\n') {
                return Some(String::from_utf8_lossy(&self.buffer.drain(..=end).collect::<Vec<_>>()).into_owned());
            }
        }
    }

    async fn ask(&mut self, request: &str) -> Answer {
        self.buffer.clear();
        // A connection that lay idle too long was closed meanwhile; a reverse proxy takes another one then, too.
        let sent = self.stream.write_all(request.as_bytes()).await.is_ok();
        if !sent || !matches!(self.stream.read_buf(&mut self.buffer).await, Ok(1..)) {
            self.stream = Self::connect(self.port).await.stream;
            self.stream.write_all(request.as_bytes()).await.expect("the server reads");
        }
        let head_end = loop {
            if let Some(at) = self.buffer.windows(4).position(|four| four == b"\r\n\r\n") {
                break at + 4;
            }
            self.more().await;
        };
        let head = String::from_utf8_lossy(&self.buffer[..head_end]).to_ascii_lowercase();
        let length = header(&head, "content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
        while self.buffer.len() < head_end + length {
            self.more().await;
        }
        let head = String::from_utf8_lossy(&self.buffer[..head_end]).into_owned();
        let body = String::from_utf8_lossy(&self.buffer[head_end..]).into_owned();
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status line");
        Answer { status, head, body }
    }

    async fn more(&mut self) {
        let n = self.stream.read_buf(&mut self.buffer).await.expect("the server answers");
        assert!(n > 0, "the server hung up");
    }
}

impl Answer {
    /// A header by its name in small letters.
    pub fn header(&self, name: &str) -> Option<&str> {
        header(&self.head, name)
    }
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    let pairs = head.lines().filter_map(|line| line.split_once(':'));
    pairs.filter(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim()).next()
}
