//! What `ports::store::Store` promises, written once for all of them.

use std::sync::Arc;

use ringback::model::time::{Seconds, Timestamp};
use ringback::ports::store::{ClaimedRow, Expect, Key, LETTERS, Op, Room, Store, StoreError, Version};

use super::Subject;
use crate::stores::fixtures::{key, put, row};
use crate::support::clock::MORNING;

/// Runs every promise over one kind of store, each in a test of its own.
macro_rules! run {
    ($kind:ident, $make:expr) => {
        $crate::stores::store::contract::run!(@ $kind, $make,
            a_value_comes_back_with_its_version
            a_batch_applies_whole_or_not_at_all
            expectations_are_kept
            an_expired_record_is_absent
            a_clock_set_back_revives_nothing
            of_many_takers_one_gets_the_value
            concurrent_increments_all_count
            versions_grow_and_never_return
            due_times_come_in_order_and_stay_until_moved
            deleting_a_record_ends_its_due_time
            a_lane_leaves_in_order_and_one_at_a_time
            lanes_do_not_wait_for_each_other
            letters_and_the_rest_have_room_of_their_own
            a_lease_ends
            a_retried_row_keeps_its_place_and_its_new_value
            next_wake_is_the_earliest_of_due_and_outbox
            a_sweep_drops_what_has_expired
            an_empty_value_is_a_value
        );
    };
    (@ $kind:ident, $make:expr, $($promise:ident)+) => {
        mod $kind {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
                async fn $promise() {
                    $crate::stores::store::contract::$promise(&$make).await;
                }
            )+
        }
    };
}
pub(super) use run;

const LATER: Timestamp = Timestamp(MORNING.0 + 900_000);

pub async fn a_value_comes_back_with_its_version(subject: &Subject) {
    let store = &subject.store;
    assert_eq!(store.get(&key("a")).await.unwrap(), None);
    let version = store.commit(vec![put("a", b"one", Expect::Absent, LATER)]).await.unwrap();
    let found = store.get(&key("a")).await.unwrap().unwrap();
    assert_eq!((found.value.as_slice(), found.version, found.expires), (b"one".as_slice(), version, LATER));
    let elsewhere = Key { namespace: "peer", key: b"a".to_vec() };
    assert_eq!(store.get(&elsewhere).await.unwrap(), None);
}

pub async fn a_batch_applies_whole_or_not_at_all(subject: &Subject) {
    let store = &subject.store;
    store.commit(vec![put("taken", b"x", Expect::Absent, LATER)]).await.unwrap();
    let batch = vec![
        put("a", b"one", Expect::Absent, LATER),
        row("lane", b"hello", MORNING),
        Op::Due { key: key("a"), at: Some(MORNING) },
        put("taken", b"y", Expect::Absent, LATER),
    ];
    assert_eq!(store.commit(batch).await, Err(StoreError::Conflict));
    assert_eq!(store.get(&key("a")).await.unwrap(), None);
    assert_eq!(store.outbox_len().await.unwrap(), 0);
    assert_eq!(store.due(LATER, 10).await.unwrap(), vec![]);
    assert_eq!(store.get(&key("taken")).await.unwrap().unwrap().value, b"x");
}

pub async fn expectations_are_kept(subject: &Subject) {
    let store = &subject.store;
    let first = store.commit(vec![put("a", b"1", Expect::Absent, LATER)]).await.unwrap();
    assert_eq!(store.commit(vec![put("a", b"2", Expect::Absent, LATER)]).await, Err(StoreError::Conflict));
    let second = store.commit(vec![put("a", b"2", Expect::Version(first), LATER)]).await.unwrap();
    assert_eq!(store.commit(vec![put("a", b"3", Expect::Version(first), LATER)]).await, Err(StoreError::Conflict));
    let stale = Op::Delete { key: key("a"), expect: Expect::Version(first) };
    assert_eq!(store.commit(vec![stale]).await, Err(StoreError::Conflict));
    store.commit(vec![Op::Delete { key: key("a"), expect: Expect::Version(second) }]).await.unwrap();
    assert_eq!(store.commit(vec![put("a", b"4", Expect::Version(second), LATER)]).await, Err(StoreError::Conflict));
    store.commit(vec![put("a", b"5", Expect::Anything, LATER)]).await.unwrap();
    assert_eq!(store.get(&key("a")).await.unwrap().unwrap().value, b"5");
}

pub async fn an_expired_record_is_absent(subject: &Subject) {
    let Subject { store, clock, .. } = subject;
    let ends = MORNING + Seconds(60);
    let version = store.commit(vec![put("a", b"1", Expect::Absent, ends)]).await.unwrap();
    clock.advance(Seconds(59));
    assert!(store.get(&key("a")).await.unwrap().is_some());
    clock.advance(Seconds(1));
    assert_eq!(store.get(&key("a")).await.unwrap(), None);
    assert_eq!(store.take(&key("a")).await.unwrap(), None);
    assert_eq!(store.commit(vec![put("a", b"2", Expect::Version(version), LATER)]).await, Err(StoreError::Conflict));
    store.commit(vec![put("a", b"2", Expect::Absent, LATER)]).await.unwrap();
    assert_eq!(store.get(&key("a")).await.unwrap().unwrap().value, b"2");
}

pub async fn a_clock_set_back_revives_nothing(subject: &Subject) {
    let Subject { store, clock, .. } = subject;
    store.commit(vec![put("a", b"1", Expect::Absent, MORNING + Seconds(60))]).await.unwrap();
    clock.advance(Seconds(60));
    assert_eq!(store.get(&key("a")).await.unwrap(), None);
    clock.set_back(Seconds::hours(1));
    assert_eq!(store.get(&key("a")).await.unwrap(), None);
    assert_eq!(store.take(&key("a")).await.unwrap(), None);
}

pub async fn of_many_takers_one_gets_the_value(subject: &Subject) {
    let store = &subject.store;
    store.commit(vec![put("token", b"once", Expect::Absent, LATER)]).await.unwrap();
    let takers: Vec<_> = (0..64)
        .map(|_| {
            let store = Arc::clone(store);
            tokio::spawn(async move { store.take(&key("token")).await.unwrap() })
        })
        .collect();
    let mut taken = Vec::new();
    for taker in takers {
        taken.extend(taker.await.unwrap());
    }
    assert_eq!(taken, vec![b"once".to_vec()]);
}

pub async fn concurrent_increments_all_count(subject: &Subject) {
    let store = &subject.store;
    store.commit(vec![put("n", &0u64.to_be_bytes(), Expect::Absent, LATER)]).await.unwrap();
    let workers: Vec<_> = (0..16)
        .map(|_| {
            let store = Arc::clone(store);
            tokio::spawn(async move {
                for _ in 0..10 {
                    increment(store.as_ref()).await;
                }
            })
        })
        .collect();
    for worker in workers {
        worker.await.unwrap();
    }
    let found = store.get(&key("n")).await.unwrap().unwrap().value;
    assert_eq!(u64::from_be_bytes(found.try_into().unwrap()), 160);
}

async fn increment(store: &dyn Store) {
    loop {
        let found = store.get(&key("n")).await.unwrap().unwrap();
        let next = u64::from_be_bytes(found.value.try_into().unwrap()) + 1;
        match store.commit(vec![put("n", &next.to_be_bytes(), Expect::Version(found.version), LATER)]).await {
            Ok(_) => return,
            Err(StoreError::Conflict) => {}
            Err(error) => panic!("{error}"),
        }
    }
}

pub async fn versions_grow_and_never_return(subject: &Subject) {
    let store = &subject.store;
    let mut last = Version(0);
    for _ in 0..5 {
        let version =
            store.commit(vec![put("a", b"1", Expect::Absent, LATER), row("lane", b"r", MORNING)]).await.unwrap();
        assert!(version > last);
        last = version;
        store.commit(vec![Op::Delete { key: key("a"), expect: Expect::Version(version) }]).await.unwrap();
    }
}

pub async fn due_times_come_in_order_and_stay_until_moved(subject: &Subject) {
    let store = &subject.store;
    let due = |name: &str, seconds: u32| Op::Due { key: key(name), at: Some(MORNING + Seconds(seconds)) };
    store.commit(vec![due("late", 30), due("soon", 10), due("middle", 20)]).await.unwrap();
    assert_eq!(store.due(MORNING + Seconds(9), 10).await.unwrap(), vec![]);
    assert_eq!(store.due(MORNING + Seconds(20), 10).await.unwrap(), vec![key("soon"), key("middle")]);
    assert_eq!(store.due(MORNING + Seconds(20), 1).await.unwrap(), vec![key("soon")]);
    store.commit(vec![due("soon", 40), Op::Due { key: key("middle"), at: None }]).await.unwrap();
    assert_eq!(store.due(MORNING + Seconds(60), 10).await.unwrap(), vec![key("late"), key("soon")]);
}

pub async fn deleting_a_record_ends_its_due_time(subject: &Subject) {
    let store = &subject.store;
    let due = |name: &str| Op::Due { key: key(name), at: Some(MORNING) };
    let ops = vec![put("a", b"", Expect::Absent, LATER), put("b", b"", Expect::Absent, LATER), due("a"), due("b")];
    store.commit(ops).await.unwrap();
    store.commit(vec![Op::Delete { key: key("a"), expect: Expect::Anything }]).await.unwrap();
    assert_eq!(store.due(LATER, 10).await.unwrap(), vec![key("b")]);
    store.take(&key("b")).await.unwrap();
    assert_eq!(store.due(LATER, 10).await.unwrap(), vec![]);
}

pub async fn a_lane_leaves_in_order_and_one_at_a_time(subject: &Subject) {
    let store = &subject.store;
    let lease = MORNING + Seconds(30);
    store.commit(vec![row("ada", b"1", MORNING), row("ada", b"2", MORNING)]).await.unwrap();
    store.commit(vec![row("ada", b"3", MORNING)]).await.unwrap();
    for expected in [b"1", b"2", b"3"] {
        let claimed = store.outbox_claim(MORNING, lease, Room::each(10)).await.unwrap();
        assert_eq!(claimed.len(), 1);
        assert_eq!((claimed[0].value.as_slice(), claimed[0].attempts), (expected.as_slice(), 0));
        assert_eq!(claimed[0].lane, "ada");
        assert_eq!(store.outbox_claim(MORNING, lease, Room::each(10)).await.unwrap(), vec![]);
        store.outbox_ack(claimed[0].id).await.unwrap();
    }
    assert_eq!(store.outbox_len().await.unwrap(), 0);
}

pub async fn lanes_do_not_wait_for_each_other(subject: &Subject) {
    let store = &subject.store;
    let lease = MORNING + Seconds(30);
    let rows = vec![row("ada", b"a", MORNING), row("ben", b"b", MORNING + Seconds(5)), row("cy", b"c", MORNING)];
    store.commit(rows).await.unwrap();
    let values = |rows: Vec<ClaimedRow>| -> Vec<Vec<u8>> { rows.into_iter().map(|row| row.value).collect() };
    assert_eq!(values(store.outbox_claim(MORNING, lease, Room::each(1)).await.unwrap()), vec![b"a".to_vec()]);
    assert_eq!(values(store.outbox_claim(MORNING, lease, Room::each(10)).await.unwrap()), vec![b"c".to_vec()]);
    assert_eq!(
        values(store.outbox_claim(MORNING + Seconds(5), lease, Room::each(10)).await.unwrap()),
        vec![b"b".to_vec()]
    );
    assert_eq!(store.outbox_len().await.unwrap(), 3);
}

/// Whatever waits for a mail server, prompts leave.
pub async fn letters_and_the_rest_have_room_of_their_own(subject: &Subject) {
    let store = &subject.store;
    let lease = MORNING + Seconds(30);
    let letters = (0..100).map(|n| row(&format!("{LETTERS}{n}"), b"mail", MORNING));
    store.commit(letters.collect()).await.unwrap();
    store.commit(vec![row("peer/ada", b"prompt", MORNING)]).await.unwrap();
    let count = |rows: &[ClaimedRow]| rows.iter().filter(|row| row.lane.starts_with(LETTERS)).count();
    let first = store.outbox_claim(MORNING, lease, Room { letters: 64, others: 64 }).await.unwrap();
    assert_eq!((first.len(), count(&first)), (65, 64));
    // All room for letters is taken by such as hang; what comes now does not wait for them.
    store.commit(vec![row("peer/ben", b"prompt", MORNING)]).await.unwrap();
    let second = store.outbox_claim(MORNING, lease, Room { letters: 0, others: 63 }).await.unwrap();
    assert_eq!((second.len(), second[0].lane.as_str()), (1, "peer/ben"));
    let third = store.outbox_claim(MORNING, lease, Room { letters: 64, others: 0 }).await.unwrap();
    assert_eq!((third.len(), count(&third)), (36, 36));
    assert_eq!(store.next_wake().await.unwrap(), Some(lease));
}

pub async fn a_lease_ends(subject: &Subject) {
    let store = &subject.store;
    store.commit(vec![row("ada", b"1", MORNING)]).await.unwrap();
    let first = store.outbox_claim(MORNING, MORNING + Seconds(30), Room::each(10)).await.unwrap();
    assert_eq!(store.outbox_claim(MORNING + Seconds(29), LATER, Room::each(10)).await.unwrap(), vec![]);
    let second = store.outbox_claim(MORNING + Seconds(30), LATER, Room::each(10)).await.unwrap();
    assert_eq!((second[0].id, second[0].attempts), (first[0].id, 1));
}

pub async fn a_retried_row_keeps_its_place_and_its_new_value(subject: &Subject) {
    let store = &subject.store;
    store.commit(vec![row("ada", b"1", MORNING), row("ada", b"2", MORNING)]).await.unwrap();
    let first = store.outbox_claim(MORNING, LATER, Room::each(10)).await.unwrap();
    let again = MORNING + Seconds(10);
    store.outbox_retry(first[0].id, again, Some(b"1, attempted".to_vec())).await.unwrap();
    let rows = store.outbox_rows(10).await.unwrap();
    let seen: Vec<_> = rows.iter().map(|row| (row.since, row.not_before, row.attempts, row.claimed)).collect();
    assert_eq!(seen, [(MORNING, again, 1, false), (MORNING, MORNING, 0, false)]);
    assert_eq!((rows[0].id, rows[0].lane.as_str()), (first[0].id, "ada"));
    assert_eq!(store.outbox_rows(1).await.unwrap().len(), 1);
    assert_eq!(store.outbox_claim(MORNING + Seconds(9), LATER, Room::each(10)).await.unwrap(), vec![]);
    let second = store.outbox_claim(again, LATER, Room::each(10)).await.unwrap();
    assert_eq!((second[0].id, second[0].value.as_slice()), (first[0].id, b"1, attempted".as_slice()));
    assert_eq!(second[0].attempts, 1);
    store.outbox_retry(second[0].id, again, None).await.unwrap();
    let third = store.outbox_claim(again, LATER, Room::each(10)).await.unwrap();
    assert_eq!((third[0].value.as_slice(), third[0].attempts), (b"1, attempted".as_slice(), 2));
}

pub async fn next_wake_is_the_earliest_of_due_and_outbox(subject: &Subject) {
    let store = &subject.store;
    assert_eq!(store.next_wake().await.unwrap(), None);
    store.commit(vec![Op::Due { key: key("a"), at: Some(MORNING + Seconds(20)) }]).await.unwrap();
    assert_eq!(store.next_wake().await.unwrap(), Some(MORNING + Seconds(20)));
    store.commit(vec![row("ada", b"1", MORNING + Seconds(10))]).await.unwrap();
    assert_eq!(store.next_wake().await.unwrap(), Some(MORNING + Seconds(10)));
    let lease = MORNING + Seconds(15);
    let claimed = store.outbox_claim(MORNING + Seconds(10), lease, Room::each(10)).await.unwrap();
    assert_eq!(store.next_wake().await.unwrap(), Some(lease));
    store.outbox_ack(claimed[0].id).await.unwrap();
    assert_eq!(store.next_wake().await.unwrap(), Some(MORNING + Seconds(20)));
}

pub async fn a_sweep_drops_what_has_expired(subject: &Subject) {
    let store = &subject.store;
    let batch = (0..600).map(|n| put(&format!("old{n}"), b"x", Expect::Absent, MORNING + Seconds(10)));
    store.commit(batch.collect()).await.unwrap();
    store.commit(vec![put("new", b"x", Expect::Absent, LATER)]).await.unwrap();
    store.commit(vec![Op::Due { key: key("old7"), at: Some(MORNING) }]).await.unwrap();
    assert_eq!(store.sweep(MORNING + Seconds(9)).await.unwrap(), 0);
    assert_eq!(store.sweep(MORNING + Seconds(10)).await.unwrap(), 600);
    assert_eq!(store.sweep(MORNING + Seconds(10)).await.unwrap(), 0);
    assert_eq!(store.due(LATER, 10).await.unwrap(), vec![]);
    assert!(store.get(&key("new")).await.unwrap().is_some());
    assert_eq!(store.get(&key("old7")).await.unwrap(), None);
}

pub async fn an_empty_value_is_a_value(subject: &Subject) {
    let store = &subject.store;
    store.commit(vec![put("a", b"", Expect::Absent, LATER)]).await.unwrap();
    assert_eq!(store.get(&key("a")).await.unwrap().unwrap().value, b"");
    assert_eq!(store.take(&key("a")).await.unwrap(), Some(vec![]));
}
