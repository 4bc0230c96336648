//! Opening a port, and the next free one where the wished one is taken.

use std::io;
use std::net::{IpAddr, SocketAddr};

use tokio::net::TcpListener;

/// How many ports after the wished one are tried.
const TRIES: u16 = 50;

/// Listens on exactly this address.
pub async fn exactly(address: SocketAddr) -> io::Result<TcpListener> {
    TcpListener::bind(address).await
}

/// Listens on `port` or, when somebody else has it, on the next free one; the second value is the port that was taken.
pub async fn or_next(host: IpAddr, port: u16) -> io::Result<(TcpListener, u16)> {
    let mut last = io::Error::from(io::ErrorKind::AddrInUse);
    for candidate in (port..=u16::MAX).take(usize::from(TRIES)) {
        match TcpListener::bind((host, candidate)).await {
            Ok(listener) => {
                let taken = listener.local_addr()?.port();
                return Ok((listener, taken));
            }
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => last = error,
            Err(error) => return Err(error),
        }
    }
    Err(last)
}
