//! The store alone, so that what a start and memory cost can be told apart: ours, and sled with the same entries and
//! nothing around it. Each step is a process of its own.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use ringback::ports::clock::Clock;
use ringback::ports::store::{Expect, Key, Op, Room, Row, Store};
use ringback::runtime::system::SystemClock;
use ringback::store::keyring::{Keeper, KeyRing};
use ringback::store::sled_store::SledStore;
use sha2::{Digest, Sha256};

use crate::process::{cpu, peak, rss};

/// Conversations that begin at once.
const TOGETHER: usize = 64;
/// About what one takes that was just begun.
const CONVERSATION: usize = 600;
/// What sealing adds to a value.
const SEALING: usize = 16 + 45;
/// As the program sets it.
const CACHE: u64 = 4 << 20;

/// Fills a folder, opens it again, and once more after a kill; for both.
pub fn run(people: usize) {
    let own = std::env::current_exe().expect("the bench has a path");
    for kind in ["sled", "ours"] {
        let folder = tempfile::tempdir().expect("a folder");
        for step in ["fill", "open", "again"] {
            let mut command = Command::new(&own);
            command.args(["store-step", kind, step, &people.to_string()]).arg(folder.path().join("conversations"));
            let ended = command.status().expect("the bench starts itself");
            // `again` ends as by a kill.
            assert!(ended.success() || step == "again", "{kind} {step}: {ended}");
        }
    }
}

/// One step, in the process itself.
pub fn step(kind: &str, step: &str, people: usize, folder: &str) {
    let folder = Path::new(folder);
    let began = Instant::now();
    match kind {
        "sled" => bare(step, people, folder),
        _ => tokio::runtime::Runtime::new().expect("a runtime").block_on(ours(step, people, folder)),
    }
    tell(kind, step, "at the end", began);
    if step == "again" {
        std::process::abort();
    }
}

fn tell(kind: &str, step: &str, when: &str, began: Instant) {
    let own = std::process::id();
    println!(
        "{kind} {step} {when}: {:.0} ms, {:.0} ms of CPU, RSS {:.1} MiB, {:.1} at most",
        ms(began.elapsed()),
        ms(cpu(own)),
        rss(own),
        peak(own)
    );
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

/// A digest, as ids and hashes in keys are.
fn digest(what: &str, n: usize) -> [u8; 32] {
    Sha256::new().chain_update(what).chain_update(n.to_be_bytes()).finalize().into()
}

async fn ours(step: &str, people: usize, folder: &Path) {
    let began = Instant::now();
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::default());
    let sealer = KeyRing::ephemeral([1; 32]).sealer(Keeper::Store);
    let (store, opened) = SledStore::open(folder, sealer, Arc::clone(&clock)).expect("it opens");
    assert_eq!(opened.quarantined, None);
    tell("ours", step, "opened", began);
    let expires = clock.now() + ringback::model::time::Seconds::hours(24);
    if step != "fill" {
        let found = store.get(&key("conversation", &digest("id", people / 2)[..16])).await.expect("it reads");
        assert!(found.is_some());
        return tell("ours", step, "first read", began);
    }
    let store = Arc::new(store);
    let mut longest = Duration::ZERO;
    for first in (0..people).step_by(TOGETHER) {
        let turns = (first..(first + TOGETHER).min(people)).map(|n| {
            let store = Arc::clone(&store);
            let now = clock.now();
            tokio::spawn(async move {
                let (id, peer) = (digest("id", n), digest("peer", n));
                let put = |namespace, name: &[u8], value: Vec<u8>| Op::Put {
                    key: key(namespace, name),
                    value,
                    expect: Expect::Absent,
                    expires,
                };
                let row =
                    |lane: &str| Op::Enqueue(Row { lane: format!("{lane}/{n}"), value: vec![7; 300], not_before: now });
                let due = Op::Due { key: key("conversation", &id[..16]), at: Some(expires) };
                let batch = vec![
                    put("conversation", &id[..16], digest("value", n).repeat(CONVERSATION / 32)),
                    put("peer", &peer, id[..16].to_vec()),
                    put("seen", &digest("seen", n), id[..16].to_vec()),
                    due,
                    row("peer"),
                    row("audit"),
                ];
                store.commit(batch).await.expect("it takes it");
            })
        });
        let began = Instant::now();
        for turn in turns.collect::<Vec<_>>() {
            turn.await.expect("a turn");
        }
        for row in store.outbox_claim(clock.now(), expires, Room::each(1_000)).await.expect("rows") {
            store.outbox_ack(row.id).await.expect("it takes it");
        }
        longest = longest.max(began.elapsed());
    }
    println!("  the longest wait: {:.0} ms", ms(longest));
}

fn key(namespace: &'static str, name: &[u8]) -> Key {
    Key { namespace, key: name.to_vec() }
}

/// The same bytes under the same keys.
fn bare(step: &str, people: usize, folder: &Path) {
    let began = Instant::now();
    let config = sled::Config::new().path(folder).cache_capacity(CACHE).flush_every_ms(None);
    let db = config.open().expect("it opens");
    tell("sled", step, "opened", began);
    let named = |kind: &str, n: usize, length: usize| [kind.as_bytes(), &digest(kind, n)[..length]].concat();
    if step != "fill" {
        assert!(db.get(named("r\x0cconversation", people / 2, 16)).expect("it reads").is_some());
        tell("sled", step, "first read", began);
        assert_eq!(db.iter().filter(Result::is_ok).count(), 4 * people + 1);
        return;
    }
    let log = std::fs::OpenOptions::new().write(true).open(folder.join("db")).expect("its log");
    for first in (0..people).step_by(TOGETHER) {
        let mut batch = sled::Batch::default();
        for n in first..(first + TOGETHER).min(people) {
            batch.insert(named("r\x0cconversation", n, 16), vec![7; CONVERSATION + SEALING]);
            batch.insert(named("r\x04peer", n, 32), vec![7; 16 + SEALING]);
            batch.insert(named("r\x04seen", n, 32), vec![7; 16 + SEALING]);
            batch.insert(named("d\x0cconversation", n, 16), vec![7; 8]);
        }
        batch.insert(b"s", vec![7; 160]);
        db.apply_batch(batch).expect("it takes it");
        db.flush().expect("it flushes");
        log.sync_data().expect("it syncs");
    }
}
