//! The accept loop: connections with limits, and an end that comes.
//!
//! `axum::serve` waits for ever on a half-sent header and hangs on it at shutdown; hence this loop.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tower::util::MapRequest;

use crate::http::address::Socket;

/// What one server grants its visitors.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// For a whole request header; also how long a kept connection may lie idle.
    pub header: Duration,
    /// Open connections in all.
    pub connections: usize,
    /// For a whole request body, not for each piece of it: a drip must end too.
    pub body: Duration,
    /// For an answer to begin; live streams begin at once.
    pub answer: Duration,
    /// Open connections of one address.
    pub per_address: usize,
    /// Connections from this machine are not counted by address: they may be those of a proxy.
    pub trust_loopback: bool,
    /// After the stop signal, running answers get so long before they are cut.
    pub drain: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            header: Duration::from_secs(10),
            body: Duration::from_secs(10),
            answer: Duration::from_secs(30),
            connections: 2_000,
            per_address: 100,
            trust_loopback: true,
            drain: Duration::from_secs(20),
        }
    }
}

/// Told once, heard everywhere: the server stops, live streams end.
#[derive(Clone)]
pub struct Stop(watch::Receiver<bool>);

/// The one hand that stops a server; dropping it stops too.
pub struct StopSwitch(watch::Sender<bool>);

pub fn stop_switch() -> (StopSwitch, Stop) {
    let (sender, receiver) = watch::channel(false);
    (StopSwitch(sender), Stop(receiver))
}

impl StopSwitch {
    pub fn stop(&self) {
        self.0.send_replace(true);
    }
}

impl Stop {
    /// Returns when the server is to stop.
    pub async fn wait(mut self) {
        // An error means that the switch is gone, which is a stop as well.
        let _ = self.0.wait_for(|stopped| *stopped).await;
    }
}

/// Serves until `stop`, then finishes what runs. Returns whether everybody was answered before the deadline.
pub async fn serve(listener: TcpListener, app: Router, limits: Limits, stop: Stop) -> bool {
    let graceful = GracefulShutdown::new();
    let door = Door::new(limits);
    let mut stopped = std::pin::pin!(stop.wait());
    loop {
        let (stream, guest) = tokio::select! {
            admitted = door.admit(&listener) => admitted,
            () = &mut stopped => break,
        };
        let mut http = http1::Builder::new();
        http.timer(TokioTimer::new()).header_read_timeout(limits.header).max_buf_size(32 * 1024);
        let socket = Socket(guest.address);
        let named = MapRequest::new(app.clone(), move |mut request: hyper::Request<Incoming>| {
            request.extensions_mut().insert(socket);
            request
        });
        let connection = http.serve_connection(TokioIo::new(stream), TowerToHyperService::new(named));
        let connection = graceful.watch(connection);
        tokio::spawn(async move {
            // A visitor who hangs up in the middle is not our error.
            let _ = connection.await;
            drop(guest);
        });
    }
    drop(listener);
    tokio::time::timeout(limits.drain, graceful.shutdown()).await.is_ok()
}

/// Counts who is in.
struct Door {
    room: Arc<Semaphore>,
    here: Arc<Mutex<HashMap<IpAddr, usize>>>,
    limits: Limits,
}

/// A visitor's place, given back on drop.
struct Guest {
    here: Arc<Mutex<HashMap<IpAddr, usize>>>,
    address: IpAddr,
    _place: OwnedSemaphorePermit,
}

impl Door {
    fn new(limits: Limits) -> Self {
        let room = Arc::new(Semaphore::new(limits.connections));
        Self { room, here: Arc::default(), limits }
    }

    /// The next connection within the limits; those beyond their address's share are closed at once.
    async fn admit(&self, listener: &TcpListener) -> (TcpStream, Guest) {
        loop {
            let place = Arc::clone(&self.room).acquire_owned().await.expect("the semaphore is never closed");
            let (stream, address) = match listener.accept().await {
                Ok((stream, address)) => (stream, address.ip()),
                Err(_) => {
                    // Out of file descriptors, or a visitor who left while waiting: neither ends the service.
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    continue;
                }
            };
            let mut here = self.here.lock().unwrap_or_else(PoisonError::into_inner);
            let count = here.entry(address).or_insert(0);
            let exempt = self.limits.trust_loopback && address.is_loopback();
            if *count >= self.limits.per_address && !exempt {
                continue;
            }
            *count += 1;
            drop(here);
            return (stream, Guest { here: Arc::clone(&self.here), address, _place: place });
        }
    }
}

impl Drop for Guest {
    fn drop(&mut self) {
        let mut here = self.here.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = here.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                here.remove(&self.address);
            }
        }
    }
}
