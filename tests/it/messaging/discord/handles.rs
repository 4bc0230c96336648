//! Reply handles by themselves: one is used until its quarter of an hour is over, whatever the store still holds.

use std::sync::Arc;

use ringback::channels::discord::handles::{Handle, Handles};
use ringback::channels::messaging::reference::References;
use ringback::model::ids::TenantId;
use ringback::model::peer::{Channel, Peer};
use ringback::model::time::Seconds;
use ringback::ports::clock::Clock;
use ringback::store::keyring::{Keeper, KeyRing};
use ringback::store::memory::MemoryStore;

use crate::support::clock::{MORNING, TestClock};

/// Every newer handle renews what the store holds, so the store's own expiry says nothing about the older ones.
#[tokio::test]
async fn a_handle_that_is_over_is_not_used_though_a_newer_one_keeps_its_record() {
    let clock = Arc::new(TestClock::at(MORNING));
    let ring = KeyRing::ephemeral([7; 32]);
    let store = Arc::new(MemoryStore::new(Arc::clone(&clock) as _, ring.sealer(Keeper::Store)));
    let handles = Handles::new(References::new(store, Arc::clone(&clock) as _, Arc::new(ring.keys()), "discord"));
    let peer = Peer {
        tenant: TenantId("apu".to_owned()),
        channel: Channel::Discord,
        bot: "1100000000000000001".to_owned(),
        user: "5550001".to_owned(),
    };
    let handle = |token: &str| Handle {
        token: token.to_owned(),
        at: clock.now().0,
        channel: "775550001".to_owned(),
        pending: true,
    };
    let live = async || -> Vec<String> {
        handles.live(&peer, clock.now()).await.unwrap().into_iter().map(|handle| handle.token).collect()
    };
    handles.note(&peer, handle("first"), clock.now()).await.unwrap();
    clock.advance(Seconds::minutes(10));
    handles.note(&peer, handle("second"), clock.now()).await.unwrap();
    // A minute before Discord ends it, and not sooner.
    clock.advance(Seconds(4 * 60 - 1));
    assert_eq!(live().await, ["first", "second"]);
    clock.advance(Seconds(1));
    assert_eq!(live().await, ["second"], "it may be over when the words arrive");
    clock.advance(Seconds(10 * 60 - 1));
    assert_eq!(live().await, ["second"]);
    clock.advance(Seconds(1));
    assert!(live().await.is_empty());
}
