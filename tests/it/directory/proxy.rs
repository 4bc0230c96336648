//! Stands between our adapter and a real server, ends TLS on both sides, and does to one kind of request what networks
//! and servers do on bad days.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::{Arc, Mutex};

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, ServerConfig, ServerConnection, StreamOwned};

use crate::support::certs::Certs;
use crate::support::slapd::Slapd;

/// Tags of requests (RFC 4511).
pub const EXTENDED: u8 = 0x77;
pub const SEARCH: u8 = 0x63;
pub const MODIFY: u8 = 0x66;

/// What happens to requests with a certain tag.
#[derive(Clone, Debug)]
pub enum Mischief {
    None,
    /// The connection ends before the server gets the request.
    LostOnTheWay,
    /// The server gets it; the connection ends before its answer arrives.
    AnswerLost,
    /// The server gets it; its answer never comes, and the connection stays.
    NoAnswer,
    /// The server does not get it; this is the answer, after the message id.
    Instead(Vec<u8>),
    /// The server does not get it; these bytes come instead of an answer, and nothing after them.
    Garbage(Vec<u8>),
}

pub struct Proxy {
    pub port: u16,
    mischief: Arc<Mutex<(u8, Mischief)>>,
}

type Client = StreamOwned<ServerConnection, TcpStream>;
type Server = StreamOwned<ClientConnection, TcpStream>;

impl Proxy {
    /// In front of this server, with its certificate.
    pub fn before(slapd: &Slapd) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let mischief = Arc::new(Mutex::new((0, Mischief::None)));
        let (as_server, as_client) = (server_config(&slapd.certs), client_config(&slapd.certs.ca));
        let (behind, shared) = (slapd.ldaps_port, mischief.clone());
        std::thread::spawn(move || {
            for client in listener.incoming() {
                let client = StreamOwned::new(ServerConnection::new(as_server.clone()).unwrap(), client.unwrap());
                let name = ServerName::try_from("localhost").unwrap();
                let server = TcpStream::connect(("127.0.0.1", behind)).unwrap();
                let server = StreamOwned::new(ClientConnection::new(as_client.clone(), name).unwrap(), server);
                let mischief = shared.clone();
                std::thread::spawn(move || serve(client, server, &mischief));
            }
        });
        Self { port, mischief }
    }

    pub fn does(&self, tag: u8, mischief: Mischief) {
        *self.mischief.lock().unwrap() = (tag, mischief);
    }
}

/// An answer with this result code, text and password policy control value.
pub fn extended_answer(code: u8, control: Option<&[u8]>) -> Vec<u8> {
    let mut answer = element(0x78, &[&[0x0a, 1, code], &[0x04, 0][..], &[0x04, 0]].concat());
    if let Some(value) = control {
        let oid = element(0x04, b"1.3.6.1.4.1.42.2.27.8.5.1");
        let control = element(0x30, &[oid, element(0x04, value)].concat());
        answer.extend(element(0xa0, &control));
    }
    answer
}

/// One request at a time, as our adapter asks.
fn serve(mut client: Client, mut server: Server, mischief: &Mutex<(u8, Mischief)>) -> Option<()> {
    loop {
        let request = message(&mut client)?;
        let (id, tag) = head(&request);
        let (meant, what) = mischief.lock().unwrap().clone();
        match what {
            Mischief::LostOnTheWay if meant == tag => return None,
            Mischief::AnswerLost if meant == tag => {
                server.write_all(&request).ok()?;
                message(&mut server)?;
                return None;
            }
            Mischief::NoAnswer if meant == tag => {
                server.write_all(&request).ok()?;
                message(&mut server)?;
                // Until the other side hangs up.
                message(&mut client)?;
                return None;
            }
            Mischief::Instead(answer) if meant == tag => {
                client.write_all(&element(0x30, &[id, answer].concat())).ok()?;
                continue;
            }
            Mischief::Garbage(bytes) if meant == tag => {
                client.write_all(&bytes).ok()?;
                return None;
            }
            _ => {}
        }
        server.write_all(&request).ok()?;
        // Unbind and abandon have no answer.
        if matches!(tag, 0x42 | 0x50) {
            continue;
        }
        loop {
            let answer = message(&mut server)?;
            client.write_all(&answer).ok()?;
            // Entries and references come before the end of a search.
            if !matches!(head(&answer).1, 0x64 | 0x73) {
                break;
            }
        }
    }
}

/// The next whole message; `None` when the stream ends.
fn message(stream: &mut impl Read) -> Option<Vec<u8>> {
    let mut bytes = vec![0; 2];
    stream.read_exact(&mut bytes).ok()?;
    let mut length = usize::from(bytes[1]);
    if length > 0x7f {
        let mut digits = vec![0; length & 0x7f];
        stream.read_exact(&mut digits).ok()?;
        length = digits.iter().fold(0, |sum, digit| sum * 256 + usize::from(*digit));
        bytes.extend(digits);
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).ok()?;
    bytes.extend(body);
    Some(bytes)
}

/// The message id as an element, and the operation's tag.
fn head(message: &[u8]) -> (Vec<u8>, u8) {
    let start = if message[1] > 0x7f { 2 + usize::from(message[1] & 0x7f) } else { 2 };
    let end = start + 2 + usize::from(message[start + 1]);
    (message[start..end].to_vec(), message[end])
}

fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = u8::try_from(content.len()).unwrap();
    let length = if length > 0x7f { vec![0x81, length] } else { vec![length] };
    [vec![tag], length, content.to_vec()].concat()
}

fn server_config(certs: &Certs) -> Arc<ServerConfig> {
    let chain = vec![CertificateDer::from_pem_file(&certs.leaf).unwrap()];
    let key = PrivateKeyDer::from_pem_file(&certs.key).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    Arc::new(config.with_no_client_auth().with_single_cert(chain, key).unwrap())
}

fn client_config(ca: &Path) -> Arc<ClientConfig> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(ca).unwrap()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    Arc::new(config.with_root_certificates(roots).with_no_client_auth())
}
