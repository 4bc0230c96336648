//! The listener for operators, and what the public one grants its visitors.

use std::net::SocketAddr;
use std::time::Duration;

use crate::config::reader::Section;
use crate::http::serve::Limits;

/// Where health, readiness, metrics and commands are answered; `None` without the section.
pub fn listen(mut section: Section<'_>) -> Option<SocketAddr> {
    if !section.is_there() {
        return None;
    }
    let remedy = "Write address and port, such as 127.0.0.1:9464.";
    let parse = |text: &str| text.parse::<SocketAddr>().map_err(|_| "not an address with a port");
    let address = section.optional_parsed("listen", remedy, parse);
    if let Some(address) = address.filter(|address| !address.ip().is_loopback()) {
        let what =
            format!("`{address}` can be reached from other machines: metrics and readiness are shown to all of them");
        section.warn("listen", what, "Listen on 127.0.0.1, or let a firewall admit the monitoring only.");
    }
    section.close();
    Some(address.unwrap_or(SocketAddr::from(([127, 0, 0, 1], 9464))))
}

/// Limits of the public listener. None can be switched off.
pub fn limits(mut section: Section<'_>) -> Limits {
    let shipped = Limits::default();
    let seconds = |duration: Duration| u32::try_from(duration.as_secs()).unwrap_or(u32::MAX);
    let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let mut within =
        |key, most, default: Duration| Duration::from_secs(u64::from(section.number(key, 1..=most, seconds(default))));
    let limits = Limits {
        header: within("header_seconds", 30, shipped.header),
        body: within("body_seconds", 30, shipped.body),
        drain: within("drain_seconds", 20, shipped.drain),
        ..shipped
    };
    let limits = Limits {
        connections: section.number("most", 10..=50_000, number(shipped.connections)) as usize,
        per_address: section.number("per_address", 1..=50_000, number(shipped.per_address)) as usize,
        ..limits
    };
    section.close();
    limits
}
