//! The machine dies at every commit of a reset, just before it and just after it; the person goes on where it was.

use std::sync::Arc;
use std::time::Duration;

use ringback::audit::AuditKind;
use ringback::engine::event::Act;
use ringback::model::purpose::Purpose;
use ringback::model::time::Seconds;
use ringback::runtime::start::Runtime;
use ringback::runtime::turn::Inbound;

use super::house::House;
use super::person::{Move, Person};
use super::stores::Dying;

const AISYAH: &str = "aisyah@mail.apu.edu.my";
/// Locked by wrong passwords.
const WEIJIE: &str = "weijie@mail.apu.edu.my";
const OLD: &str = "Rain-over-KL-12";

#[test]
fn a_reset_survives_a_crash_before_every_commit() {
    assert!(survives_crashes(false) > 15);
}

#[test]
fn a_reset_survives_a_crash_after_every_commit() {
    assert!(survives_crashes(true) > 15);
}

/// How many places there were to crash at.
fn survives_crashes(after: bool) -> usize {
    for commits in 1.. {
        let mut house = House::of("apu");
        let kept = Arc::clone(&house.store);
        let dying = Arc::new(Dying::over(Arc::clone(&kept), commits, after));
        house.store = Arc::clone(&dying) as _;

        let lost = machine().block_on(async {
            let whole = async {
                let runtime = house.open().await;
                let mut person = Person::new(&house, "browser-1", AISYAH);
                until_done(&mut person, &runtime).await;
            };
            tokio::select! {
                () = dying.died.notified() => None,
                () = whole => Some(()),
            }
        });
        if lost.is_some() {
            return commits;
        }
        // Everything of that machine is gone but its disk; a new one starts on it.
        house.store = kept;
        house.clock.advance(Seconds(61));
        machine().block_on(async {
            let runtime = house.open().await;
            let mut person = Person::new(&house, "browser-1", AISYAH);
            person.begin_at(1_000);
            runtime.inbox().drained().await;
            let mut keys = person.walk(&runtime).await;
            if keys.last().is_some_and(|key| key == "reset-directory-away") {
                // Begun and not done: the person is told that nothing was changed, and it is so.
                assert_eq!(house.directory.n_sets(), 0, "{keys:?}");
                assert!(house.signs_in(AISYAH, OLD).await, "{keys:?}");
                person.pick(&runtime, "again").await;
                keys = person.walk(&runtime).await;
            }
            let place = format!("crash at commit {commits}, after it: {after}: {keys:?}");
            assert_eq!(keys.last().map(String::as_str), Some("reset-done"), "{place}");
            assert!(house.signs_in(AISYAH, person.password).await, "{place}");
            runtime.inbox().drained().await;
            let kinds = house.kinds().await;
            let sets = kinds.iter().filter(|kind| **kind == AuditKind::PasswordSet).count();
            assert_eq!((sets, house.directory.n_sets()), (1, 1), "{place}\n{kinds:?}");
            let intended = |kind: &&AuditKind| matches!(kind, AuditKind::EffectIntended { .. });
            assert!(kinds.iter().filter(intended).count() >= 1, "{place}\n{kinds:?}");
            let told = house.post.mails.lock().unwrap().iter().filter(|mail| mail.text.contains("/not-me/")).count();
            assert!(told >= 1, "{place}");
        });
    }
    unreachable!("a reset has an end")
}

/// A lock that was lifted just before the machine died is told as lifted, not as none.
#[test]
fn an_unlock_survives_a_crash_at_every_commit() {
    let places: usize = [false, true].map(unlocked_despite_crashes).into_iter().sum();
    println!("g07: {places} places to crash at in an unlock, and the person heard the truth after each");
    assert!(places > 20, "{places}");
}

fn unlocked_despite_crashes(after: bool) -> usize {
    for commits in 1.. {
        let mut house = House::of("apu");
        let kept = Arc::clone(&house.store);
        let dying = Arc::new(Dying::over(Arc::clone(&kept), commits, after));
        house.store = Arc::clone(&dying) as _;
        let died = machine().block_on(async {
            let whole = async {
                let runtime = house.open().await;
                let mut person = Person::new(&house, "browser-1", WEIJIE);
                person.act(&runtime, Act::Start(Some(Purpose::UnlockAccount))).await;
                until_done(&mut person, &runtime).await;
            };
            tokio::select! {
                () = dying.died.notified() => true,
                () = whole => false,
            }
        });
        if !died {
            return commits;
        }
        house.store = kept;
        house.clock.advance(Seconds(61));
        machine().block_on(async {
            let runtime = house.open().await;
            let mut person = Person::new(&house, "browser-1", WEIJIE);
            person.begin_at(1_000);
            // What the last life had begun ends by itself.
            runtime.inbox().quiet().await;
            if person.last().is_none() {
                person.act(&runtime, Act::Start(Some(Purpose::UnlockAccount))).await;
            }
            let keys = person.walk(&runtime).await;
            let place = format!("crash at commit {commits}, after it: {after}: {keys:?}");
            assert_eq!(keys.last().map(String::as_str), Some("unlock-done"), "{place}");
            assert!(house.signs_in(WEIJIE, "Rain-over-KL-19").await, "{place}");
            runtime.inbox().drained().await;
            let unlocks = house.count(|kind| *kind == AuditKind::AccountUnlocked).await;
            assert_eq!(unlocks, 1, "{place}\n{:?}", house.kinds().await);
        });
    }
    unreachable!("an unlock has an end")
}

pub async fn until_done(person: &mut Person<'_>, runtime: &Runtime) {
    while let Some(next) = person.next().await {
        match next {
            Move::Say(act) => {
                let inbound: Inbound = person.event(act);
                person.send(runtime, inbound).await.unwrap();
            }
            Move::Page(prompt) => {
                person.choose_password(runtime, &prompt).await;
            }
        }
    }
    runtime.inbox().drained().await;
}

pub fn machine() -> Machine {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    Machine(Some(runtime))
}

/// A process: when it is dropped, all its tasks stop where they are.
pub struct Machine(Option<tokio::runtime::Runtime>);

impl Machine {
    pub fn block_on<T>(&self, work: impl Future<Output = T>) -> T {
        self.0.as_ref().unwrap().block_on(work)
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            // Waits for its threads: a task that ran on beside the next machine would still claim and write.
            runtime.shutdown_timeout(Duration::from_secs(60));
        }
    }
}
