//! The process around a command: its threads, and the signals that end or reload it.

use anyhow::Context;
use tokio::signal::unix::{SignalKind, signal};

/// The threads that a serving command runs on.
pub fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().context("no threads can be started")
}

/// Is over when the process is asked to end: Ctrl-C, or `SIGTERM` of a service manager. Listens from the call on, so that
/// who is asked while it starts ends in order as well. To be called on the threads of [`runtime`].
pub fn stop() -> impl Future<Output = ()> {
    let signals = signal(SignalKind::terminate());
    async {
        let terminated = async {
            match signals {
                Ok(mut signals) => {
                    signals.recv().await;
                }
                // Without the handler the default ends the process, which is what was asked for.
                Err(_) => std::future::pending().await,
            }
        };
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            () = terminated => {}
        }
    }
}
