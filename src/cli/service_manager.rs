//! What a service manager is told: the service is ready, the service stops (`sd_notify`, for `Type=notify`).

use std::os::linux::net::SocketAddrExt;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::net::{SocketAddr, UnixDatagram};

/// Holds the socket of the service manager; not there when nobody wants to know.
const SOCKET: &str = "NOTIFY_SOCKET";

/// What can be told.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Notice {
    Ready,
    Stopping,
}

/// Tells it if somebody listens; a service that is not heard runs all the same.
pub fn tell(notice: Notice) {
    let Some(name) = std::env::var_os(SOCKET) else { return };
    let address = match name.as_bytes() {
        // An abstract name, which is no file.
        [b'@', rest @ ..] => SocketAddr::from_abstract_name(rest),
        _ => SocketAddr::from_pathname(&name),
    };
    let words: &[u8] = match notice {
        Notice::Ready => b"READY=1",
        Notice::Stopping => b"STOPPING=1",
    };
    let sent = address.and_then(|address| UnixDatagram::unbound()?.send_to_addr(words, &address));
    if let Err(error) = sent {
        tracing::warn!(%error, "the service manager was not told");
    }
}
