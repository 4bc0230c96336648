//! Full and read-only disks: nothing is taken, said at once, and all goes on when there is room again.

use std::path::PathBuf;
use std::time::Instant;

use ringback::ports::audit_log::AuditLog;
use ringback::ports::registry::{Count, Registry};
use ringback::ports::store::{Expect, Room, Store, StoreError};

use super::child::{Disk, TASK};
use super::subjects::{LATER, audit, happened, once, registry, store};
use crate::stores::fixtures::{key, put, row, uni};
use crate::support::clock::MORNING;

const CHILD: &str = "damage::full::works_on_a_disk_that_fills_up";

#[test]
fn g32_full_and_read_only_disks_take_nothing_and_recover_without_a_restart() {
    let disk = Disk::new();
    let mut worker = disk.start(CHILD, "fill", &[]);
    for (fault, n) in [("ENOSPC", 1), ("EROFS", 2), ("ENOSPC", 3)] {
        assert_eq!(worker.said("before").as_deref(), Some(n.to_string().as_str()), "works on a sound disk");
        disk.refuse(fault);
        worker.go_on();
        let refused = worker.said("refused").unwrap_or_else(|| panic!("{fault}: the worker ended"));
        disk.mend();
        worker.go_on();
        let recovered = worker.said("recovered").unwrap_or_else(|| panic!("{fault}: the worker ended"));
        println!("{fault}: {refused}; {recovered}");
    }
    assert!(worker.ended(), "the worker found something wrong");
}

/// The child's side; without a task there is nothing to do.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn works_on_a_disk_that_fills_up() {
    let (Some(_), Some(folder)) = (std::env::var_os(TASK), std::env::var_os("RINGBACK_DISK")) else { return };
    let folder = PathBuf::from(folder);
    let (store, registry, audit) = (store(&folder).unwrap().0, registry(&folder).unwrap(), audit(&folder).unwrap());
    for n in 1..=3 {
        let kept = format!("kept {n}");
        store.commit(vec![put(&kept, &[7; 900], Expect::Absent, LATER), row("lane", b"1", MORNING)]).await.unwrap();
        registry.count(&uni(), &kept, &once(&kept), MORNING).await.unwrap();
        audit.append(&kept, &[happened(n)]).await.unwrap();
        let claimed = store.outbox_claim(MORNING, LATER, Room::each(10)).await.unwrap();
        wait_after(&format!("before {n}."));

        let (mut refused, mut slowest) = (0, 0);
        for attempt in 0..20 {
            let began = Instant::now();
            let name = format!("lost {n} {attempt}");
            let committed = store.commit(vec![put(&name, &[1; 900], Expect::Absent, LATER)]).await;
            assert!(matches!(committed, Err(StoreError::Unavailable(_))), "acknowledged on a full disk: {committed:?}");
            assert!(registry.count(&uni(), &name, &once(&name), MORNING).await.is_err(), "counted on a full disk");
            assert!(audit.append(&name, &[happened(99)]).await.is_err(), "on record on a full disk");
            refused += 3;
            slowest = slowest.max(began.elapsed().as_millis());
        }
        wait_after(&format!("refused {refused} of {refused} writes, the slowest three in {slowest} ms."));

        let mut tries = 0;
        // The first calls may still be told of the fault: the store is opened again by a call that comes after it.
        let (began, name) = (Instant::now(), format!("after {n}"));
        while let Err(error) = store.commit(vec![put(&name, b"1", Expect::Absent, LATER)]).await {
            tries += 1;
            assert!(began.elapsed().as_secs() < 30, "it does not recover: {error}");
            tokio::task::yield_now().await;
        }
        let ms = began.elapsed().as_millis();
        assert_eq!(registry.count(&uni(), &name, &once(&name), MORNING).await.unwrap(), Count::Allowed);
        audit.append(&name, &[happened(n)]).await.unwrap();
        // What was acknowledged before is there, what was refused is not, and a claimed row is still claimed.
        for earlier in 1..=n {
            assert_eq!(store.get(&key(&format!("kept {earlier}"))).await.unwrap().unwrap().value, [7; 900]);
            assert_ne!(
                registry.count(&uni(), "look", &once(&format!("kept {earlier}")), MORNING).await.unwrap(),
                Count::Allowed
            );
        }
        for attempt in 0..20 {
            let name = format!("lost {n} {attempt}");
            assert_eq!(store.get(&key(&name)).await.unwrap(), None, "what was refused came true");
            assert_eq!(
                registry.count(&uni(), &format!("again {name}"), &once(&name), MORNING).await.unwrap(),
                Count::Allowed
            );
        }
        assert_eq!(audit.recent(100).await.unwrap().len(), 2 * usize::from(n));
        assert_eq!(store.outbox_claim(MORNING, LATER, Room::each(10)).await.unwrap(), vec![], "a row went out twice");
        for row in claimed {
            store.outbox_ack(row.id).await.unwrap();
        }
        println!("recovered after {tries} more refusals in {ms} ms, all there.");
    }
}

/// Says a line and waits for the parent's.
fn wait_after(said: &str) {
    println!("{said}");
    std::io::stdin().read_line(&mut String::new()).unwrap();
}
