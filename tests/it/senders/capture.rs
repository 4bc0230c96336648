//! The demo's inbox.

use std::sync::Arc;

use ringback::model::time::Seconds;
use ringback::ports::messenger::{MailSender, TextSender};
use ringback::senders::capture::{Capture, Message};

use super::{mail, text};
use crate::support::clock::{MORNING, TestClock};

#[tokio::test]
async fn keeps_what_is_sent_in_order_and_once() {
    let clock = Arc::new(TestClock::at(MORNING));
    let capture = Capture::new(clock.clone());
    let arrivals = capture.arrivals();
    MailSender::send(&capture, &mail()).await.unwrap();
    clock.advance(Seconds(3));
    TextSender::send(&capture, &text()).await.unwrap();
    // The outbox tries again after a restart in between.
    MailSender::send(&capture, &mail()).await.unwrap();

    let all = capture.all();
    assert_eq!(all.iter().map(|it| (it.number, it.at)).collect::<Vec<_>>(), [(1, MORNING), (2, MORNING + Seconds(3))]);
    assert!(matches!(&all[0].message, Message::Mail(kept) if *kept == mail()));
    assert!(matches!(&all[1].message, Message::Text(kept) if *kept == text()));
    assert_eq!(*arrivals.borrow(), 2);
}

#[tokio::test]
async fn the_oldest_make_room() {
    let capture = Capture::new(Arc::new(TestClock::at(MORNING)));
    for id in 0..600 {
        TextSender::send(&capture, &ringback::ports::messenger::TextMessage { id, ..text() }).await.unwrap();
    }
    let all = capture.all();
    assert_eq!((all.len(), all[0].number, all[499].number), (500, 101, 600));
}
