//! After damage: codes and links of before are dead, and for a while half as much is let through.

use std::sync::Arc;

use ringback::model::time::Seconds;
use ringback::policy::limits::{Limit, Limited, Scope};
use ringback::ports::registry::{Count, Registry};
use ringback::ports::store::{Expect, Key, Op, Store};
use ringback::registry::cooling::Cooling;

use super::subjects::{CONVERSATIONS, LATER, registry, store};
use crate::stores::fixtures::{ada, put, uni};
use crate::support::clock::MORNING;

fn five_a_day() -> [Limit; 1] {
    let scope = Scope::Account(ada().0);
    [Limit { what: Limited::WrongCode, scope, limit: 5, window: Seconds::hours(24) }]
}

#[tokio::test]
async fn codes_and_links_of_before_are_dead_and_limits_are_halved_for_one_window() {
    let folder = tempfile::tempdir().unwrap();
    let link = Key { namespace: "page", key: b"link".to_vec() };
    let (open, _) = store(folder.path()).unwrap();
    let page = Op::Put { key: link.clone(), value: vec![1], expect: Expect::Absent, expires: LATER };
    open.commit(vec![put("with a code", b"1", Expect::Absent, LATER), page]).await.unwrap();
    assert_eq!(open.replaced_damage(), None);
    drop(open);
    let log = folder.path().join(CONVERSATIONS).join("db");
    let mut bytes = std::fs::read(&log).unwrap();
    let middle = bytes.iter().rposition(|byte| *byte != 0).unwrap() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&log, bytes).unwrap();

    let (store, opened) = store(folder.path()).unwrap();
    assert!(opened.quarantined.is_some());
    assert_eq!(store.take(&link).await.unwrap(), None);
    let store = Arc::new(store);
    let registry = Arc::new(registry(folder.path()).unwrap());
    let cooling = Cooling::over(Arc::clone(&registry), {
        let store = Arc::clone(&store);
        move || store.replaced_damage()
    });
    let mut allowed = [0, 0];
    for n in 0..10 {
        let counted = cooling.count(&uni(), &format!("hot {n}"), &five_a_day(), MORNING + Seconds(n)).await.unwrap();
        allowed[0] += usize::from(counted == Count::Allowed);
        let day_after = MORNING + Seconds::hours(48) + Seconds(n);
        let counted = cooling.count(&uni(), &format!("cool {n}"), &five_a_day(), day_after).await.unwrap();
        allowed[1] += usize::from(counted == Count::Allowed);
    }
    println!("of a limit of five a day: {} right after the damage, {} two days later", allowed[0], allowed[1]);
    assert_eq!(allowed, [2, 5]);
}
