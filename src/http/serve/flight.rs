//! Requests that are being answered: from their header to the last byte of the answer.

use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes, HttpBody};
use hyper::body::{Frame, SizeHint};
use tokio::sync::watch;

/// How many there are.
#[derive(Clone)]
pub struct Flight(watch::Sender<usize>);

/// One of them; counted until dropped.
pub struct Flying(watch::Sender<usize>);

/// A body that keeps its request counted until it was handed over.
pub struct Held {
    body: Body,
    _flying: Flying,
}

impl Default for Flight {
    fn default() -> Self {
        Self(watch::Sender::new(0))
    }
}

impl Flight {
    pub fn begin(&self) -> Flying {
        self.0.send_modify(|n| *n += 1);
        Flying(self.0.clone())
    }

    /// Returns when there is none.
    pub async fn none(&self) {
        // The sender lives in the same value, so the wait cannot fail.
        let _ = self.0.subscribe().wait_for(|n| *n == 0).await;
    }
}

impl Drop for Flying {
    fn drop(&mut self) {
        self.0.send_modify(|n| *n -= 1);
    }
}

impl Held {
    pub fn new(body: Body, flying: Flying) -> Self {
        Self { body, _flying: flying }
    }
}

impl HttpBody for Held {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
