//! Who is in: connections in all, and those of one address.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::http::network::Network;
use crate::http::serve::Limits;
use crate::metrics::Metrics;
use crate::metrics::catalog::Metric;

/// Lets connections in.
pub struct Door {
    room: Arc<Semaphore>,
    here: Arc<Mutex<HashMap<IpAddr, usize>>>,
    limits: Limits,
    proxies: Vec<Network>,
    metrics: Arc<Metrics>,
}

/// A visitor's place, given back on drop.
pub struct Guest {
    pub address: IpAddr,
    here: Arc<Mutex<HashMap<IpAddr, usize>>>,
    metrics: Arc<Metrics>,
    _place: OwnedSemaphorePermit,
}

impl Door {
    pub fn new(limits: Limits, proxies: Vec<Network>, metrics: Arc<Metrics>) -> Self {
        let room = Arc::new(Semaphore::new(limits.connections));
        Self { room, here: Arc::default(), limits, proxies, metrics }
    }

    /// The next connection within the limits; those beyond their address's share are closed at once, those beyond the
    /// room wait outside.
    pub async fn admit(&self, listener: &TcpListener) -> (TcpStream, Guest) {
        loop {
            let place = Arc::clone(&self.room).acquire_owned().await.expect("the semaphore is never closed");
            let (stream, address) = match listener.accept().await {
                Ok((stream, address)) => (stream, address.ip()),
                Err(_) => {
                    // Out of file descriptors, or a visitor who left while waiting: neither ends the service.
                    self.metrics.count(Metric::ConnectionsTurnedAway, &["not_accepted"]);
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    continue;
                }
            };
            let mut here = self.here.lock().unwrap_or_else(PoisonError::into_inner);
            let count = here.entry(address).or_insert(0);
            if *count >= self.limits.per_address && !self.is_proxy(address) {
                self.metrics.count(Metric::ConnectionsTurnedAway, &["address"]);
                continue;
            }
            *count += 1;
            drop(here);
            self.metrics.add(Metric::Connections, &[], 1.0);
            let (here, metrics) = (Arc::clone(&self.here), Arc::clone(&self.metrics));
            return (stream, Guest { here, address, metrics, _place: place });
        }
    }

    /// Behind one address of a proxy stand many visitors.
    fn is_proxy(&self, address: IpAddr) -> bool {
        let local = self.limits.trust_loopback && address.to_canonical().is_loopback();
        local || self.proxies.iter().any(|network| network.contains(address))
    }
}

impl Drop for Guest {
    fn drop(&mut self) {
        self.metrics.add(Metric::Connections, &[], -1.0);
        let mut here = self.here.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = here.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                here.remove(&self.address);
            }
        }
    }
}
