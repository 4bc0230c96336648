//! The accept loop: connections with limits, and an end that comes.
//!
//! `axum::serve` waits for ever on a half-sent header and hangs on it at shutdown; hence this loop.

mod door;
mod flight;

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::HeaderValue;
use axum::http::header::CONNECTION;
use axum::response::{IntoResponse, Response};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tower::ServiceExt;

use crate::http::address::Socket;
use crate::http::network::Network;
use crate::http::problem::Problem;
use crate::http::serve::door::{Door, Guest};
use crate::http::serve::flight::{Flight, Held};
use crate::metrics::Metrics;
use crate::metrics::catalog::Metric;

/// What one server grants its visitors.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
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

/// What is written but not yet sent when the last answer is ready gets so long to leave.
const FLUSH: Duration = Duration::from_millis(500);

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

/// Routes on a port.
pub struct Server {
    listener: TcpListener,
    app: Router,
    limits: Limits,
    proxies: Vec<Network>,
    metrics: Arc<Metrics>,
}

/// Serves until `stop`, then finishes what runs. Returns whether everybody was answered before the deadline.
pub async fn serve(listener: TcpListener, app: Router, limits: Limits, stop: Stop) -> bool {
    Server::new(listener, app, limits).run(stop).await
}

impl Server {
    pub fn new(listener: TcpListener, app: Router, limits: Limits) -> Self {
        Self { listener, app, limits, proxies: Vec::new(), metrics: Arc::default() }
    }

    /// Connections of these are those of many visitors, and are not counted by address.
    pub fn behind(self, proxies: Vec<Network>) -> Self {
        Self { proxies, ..self }
    }

    /// Counts connections and answers there.
    pub fn counted(self, metrics: Arc<Metrics>) -> Self {
        Self { metrics, ..self }
    }

    /// Serves until `stop`. From then on every request is told to come again, those that run are finished, and the
    /// rest (half a header, an idle connection) is cut. Returns whether everybody was answered before the deadline.
    pub async fn run(self, stop: Stop) -> bool {
        let Self { listener, app, limits, proxies, metrics } = self;
        let graceful = GracefulShutdown::new();
        let door = Door::new(limits, proxies, Arc::clone(&metrics));
        let desk = Desk { app, metrics, flight: Flight::default(), draining: Arc::default() };
        // Dropped at the end, which cuts what still hangs on.
        let (cut, end) = stop_switch();
        let mut stopped = std::pin::pin!(stop.wait());
        loop {
            tokio::select! {
                (stream, guest) = door.admit(&listener) => desk.serve(stream, guest, limits, graceful.watcher(), end.clone()),
                () = &mut stopped => break,
            }
        }
        desk.draining.store(true, Ordering::SeqCst);
        let deadline = tokio::time::sleep(limits.drain);
        let mut over = std::pin::pin!(async {
            tokio::select! {
                () = desk.flight.none() => true,
                () = deadline => false,
            }
        });
        let answered = loop {
            tokio::select! {
                answered = &mut over => break answered,
                (stream, guest) = door.admit(&listener) => desk.serve(stream, guest, limits, graceful.watcher(), end.clone()),
            }
        };
        drop(listener);
        let _ = tokio::time::timeout(FLUSH, graceful.shutdown()).await;
        drop(cut);
        answered
    }
}

/// Answers requests, and knows which are being answered.
struct Desk {
    app: Router,
    metrics: Arc<Metrics>,
    flight: Flight,
    draining: Arc<AtomicBool>,
}

impl Desk {
    fn serve(&self, stream: TcpStream, guest: Guest, limits: Limits, watcher: Watcher, end: Stop) {
        let mut http = http1::Builder::new();
        http.timer(TokioTimer::new()).header_read_timeout(limits.header).max_buf_size(32 * 1024);
        let socket = Socket(guest.address);
        let (app, metrics) = (self.app.clone(), Arc::clone(&self.metrics));
        let (flight, draining) = (self.flight.clone(), Arc::clone(&self.draining));
        let service = hyper::service::service_fn(move |mut request: hyper::Request<Incoming>| {
            request.extensions_mut().insert(socket);
            let (flying, app, metrics) = (flight.begin(), app.clone(), Arc::clone(&metrics));
            let late = draining.load(Ordering::SeqCst);
            async move {
                let response = if late { turned_away() } else { answer(app, request).await };
                metrics.count(Metric::Responses, &[response.status().as_str()]);
                Ok::<_, Infallible>(response.map(|body| Body::new(Held::new(body, flying))))
            }
        });
        let connection = watcher.watch(http.serve_connection(TokioIo::new(stream), service));
        tokio::spawn(async move {
            // A visitor who hangs up in the middle is not our error.
            tokio::select! {
                _ = connection => {}
                () = end.wait() => {}
            }
            drop(guest);
        });
    }
}

async fn answer(app: Router, request: hyper::Request<Incoming>) -> Response {
    match app.oneshot(request.map(Body::new)).await {
        Ok(response) => response,
        Err(never) => match never {},
    }
}

/// Platforms deliver again, and people come back to a service that has started anew.
fn turned_away() -> Response {
    let mut response = Problem::Stopping.into_response();
    response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    response
}
