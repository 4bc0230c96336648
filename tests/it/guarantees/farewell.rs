//! Word to the address that an account lost: once, whenever the machine stops, and never so much at once that others wait.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use async_trait::async_trait;
use ringback::audit::AuditKind;
use ringback::model::account::RegisteredContact;
use ringback::model::contacts::{Contact, EmailAddress, PhoneNumber};
use ringback::model::ids::{AccountId, FormerId};
use ringback::model::method::Method;
use ringback::model::time::{Seconds, Timestamp};
use ringback::policy::limits::Limited;
use ringback::ports::clock::Clock;
use ringback::ports::former::{Carrier, FormerAddress, FormerAddresses};
use ringback::ports::messenger::SendError;
use ringback::ports::registry::{Enrol, Registry, RegistryError};
use ringback::registry::import::Import;
use ringback::registry::sqlite::{RegistryKeys, SqliteRegistry};
use ringback::store::keyring::Keeper;

use super::{AISYAH, ring};
use crate::runtime::house::House;
use crate::runtime::stores::Dying;

/// The registry's former addresses; it never hears that a message is on disk, for the machine dies before.
struct Forgetful(Arc<SqliteRegistry>);

#[async_trait]
impl FormerAddresses for Forgetful {
    async fn waiting(&self, by: Carrier, at_most: u32) -> Result<Vec<FormerAddress>, RegistryError> {
        self.0.waiting(by, at_most).await
    }

    async fn address(&self, id: FormerId) -> Result<Option<Contact>, RegistryError> {
        self.0.address(id).await
    }

    async fn taken_up(&self, _: FormerId, _: Timestamp) -> Result<(), RegistryError> {
        Err(RegistryError::Unavailable(String::from("the machine stopped")))
    }

    async fn forget(&self, id: FormerId) -> Result<(), RegistryError> {
        self.0.forget(id).await
    }
}

/// A house with a registry in a file, or in memory.
struct Scene {
    house: House,
    registry: Arc<SqliteRegistry>,
}

impl Scene {
    fn new(folder: Option<&Path>) -> Self {
        let keys = RegistryKeys { sealer: ring().sealer(Keeper::Registry), lookup: ring().lookup(Keeper::Registry) };
        let registry = Arc::new(match folder {
            Some(folder) => SqliteRegistry::open(&folder.join("registry.db"), keys).unwrap(),
            None => SqliteRegistry::in_memory(keys).unwrap(),
        });
        let mut house = House::of("apu");
        house.registry = Arc::clone(&registry) as _;
        house.former = Some(Arc::clone(&registry) as _);
        Self { house, registry }
    }

    /// As the command does it, beside the service or without.
    async fn import(&self, mobile: &str, email: &str) {
        let file = format!("account,mobile,email\n{AISYAH},{mobile},{email}\n");
        let import = Import {
            tenant: &self.house.tenant.id,
            region: &self.house.tenant.region,
            questions: &[],
            by_telephone: &BTreeSet::new(),
            directory: &*self.house.directory,
            registry: &*self.registry,
            now: self.house.clock.now(),
        };
        assert_eq!(import.run(file.as_bytes()).await.unwrap().accepted, 1);
    }

    /// Lets the service look through all former addresses `n` times, and send what that brings.
    async fn minutes(&self, n: usize) {
        for _ in 0..n {
            let before = self.house.clock.rests.load(Ordering::SeqCst);
            self.house.clock.advance(Seconds(61));
            until(|| self.house.clock.rests.load(Ordering::SeqCst) > before).await;
            self.settled().await;
        }
    }

    /// Returns when every message was sent and ticked off, or waits for a later time: one that is cut off between the two
    /// is sent again, and so is one whose lease a test's clock jumps over.
    async fn settled(&self) {
        let wait = async {
            loop {
                let (rows, now) = (self.house.store.outbox_rows(1_000).await.unwrap(), self.house.clock.now());
                if rows.iter().all(|row| !row.claimed && row.not_before > now) {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(60), wait).await.expect("a message never left");
    }

    /// Where to, oldest first, mails before texts.
    fn told(&self) -> Vec<String> {
        let mails = self.house.post.mails.lock().unwrap().iter().map(|mail| mail.to.as_str().to_owned()).collect();
        let texts = self.house.post.texts.lock().unwrap();
        let mut told: Vec<String> = mails;
        told.extend(texts.iter().map(|text| text.to.e164().to_owned()));
        told
    }
}

async fn until(done: impl Fn() -> bool) {
    let wait = async {
        while !done() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), wait).await.expect("it never came to that");
}

#[tokio::test]
async fn g28_the_old_address_hears_of_a_change_once_and_nobody_of_a_list_that_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let scene = Scene::new(Some(folder.path()));
    scene.import("+447700900111", "old@mail.example").await;
    scene.import("+447700900111", "OLD@mail.example").await;
    let _runtime = scene.house.open().await;
    scene.minutes(3).await;
    assert!(scene.told().is_empty(), "a first list and an unchanged one: {:?}", scene.told());
    // Beside the running service.
    scene.import("+447700900222", "new@mail.example").await;
    let at = scene.house.clock.now();
    scene.minutes(3).await;
    println!("g28: two addresses were replaced; told within two minutes: {:?}", scene.told());
    assert_eq!(scene.told(), ["OLD@mail.example", "+447700900111"]);
    assert_eq!(scene.house.kinds().await, vec![AuditKind::OwnerNotified { messages: 1 }; 2]);
    let (mails, texts) = (scene.house.post.mails.lock().unwrap(), scene.house.post.texts.lock().unwrap());
    let time =
        scene.house.catalog.time(&scene.house.tenant.languages[0], at, scene.house.tenant.local_time.minutes_ahead(at));
    for words in [&mails[0].text, &mails[0].html, &texts[0].text] {
        assert!(words.contains("/not-me/") && words.contains(&time), "{words}");
        for new in ["new@mail.example", "900222", "1632"] {
            assert!(!words.contains(new), "{words}");
        }
    }
}

#[tokio::test]
async fn g28_an_address_that_is_back_before_anybody_was_told_is_not_told() {
    let scene = Scene::new(None);
    scene.import("+447700900111", "old@mail.example").await;
    scene.import("+447700900222", "new@mail.example").await;
    scene.import("+447700900111", "old@mail.example").await;
    let _runtime = scene.house.open().await;
    scene.minutes(3).await;
    assert_eq!(scene.told(), ["new@mail.example", "+447700900222"], "those that stood there by mistake");
}

#[tokio::test]
async fn g28_not_me_at_the_old_address_freezes_self_service_and_tells_the_desk() {
    let scene = Scene::new(None);
    scene.import("+447700900111", "old@mail.example").await;
    scene.import("+447700900222", "new@mail.example").await;
    let runtime = scene.house.open().await;
    scene.minutes(2).await;
    let token = {
        let texts = scene.house.post.texts.lock().unwrap();
        let word = texts[0].text.split_whitespace().find(|word| word.contains("/not-me/")).unwrap().to_owned();
        word.rsplit('/').next().unwrap().to_owned()
    };
    let account = scene.house.account(AISYAH).await.id;
    let notices = runtime.notices();
    assert!(notices.view(&token).await.unwrap().is_some());
    assert!(!scene.registry.frozen(&scene.house.tenant.id, &account).await.unwrap());
    assert!(notices.report(&token).await.unwrap());
    assert!(scene.registry.frozen(&scene.house.tenant.id, &account).await.unwrap());
    assert_eq!(scene.house.post.tickets.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn g28_a_crash_at_any_commit_loses_no_word_and_says_none_twice() {
    let mut crashes = 0;
    for after in [false, true] {
        for commits in 1.. {
            let folder = tempfile::tempdir().unwrap();
            let mut scene = Scene::new(Some(folder.path()));
            scene.import("+447700900111", "old@mail.example").await;
            scene.import("+447700900222", "new@mail.example").await;
            let kept = Arc::clone(&scene.house.store);
            let dying = Arc::new(Dying::over(Arc::clone(&kept), commits, after));
            scene.house.store = Arc::clone(&dying) as _;
            let first = async {
                let _runtime = scene.house.open().await;
                scene.minutes(2).await;
            };
            let died = tokio::select! {
                biased;
                () = dying.died.notified() => true,
                () = first => false,
            };
            scene.house.store = kept;
            let _runtime = scene.house.open().await;
            scene.minutes(3).await;
            assert_eq!(scene.told(), ["old@mail.example", "+447700900111"], "commit {commits}, after it: {after}");
            if !died {
                break;
            }
            crashes += 1;
        }
    }
    println!("g28: {crashes} crashes around the commits of two words: each was said once");
    assert!(crashes >= 4, "{crashes}");
}

#[tokio::test]
async fn g28_a_word_that_is_on_disk_but_not_ticked_off_is_not_written_again() {
    let mut scene = Scene::new(None);
    scene.import("+447700900111", "old@mail.example").await;
    scene.import("+447700900222", "old@mail.example").await;
    // The gateway is away, so that the word is on its way all the time.
    let away = || SendError::Retry { why: String::from("busy"), after_seconds: Some(100) };
    scene.house.post.moods.lock().unwrap().extend([(); 9].map(|()| away()));
    scene.house.former = Some(Arc::new(Forgetful(Arc::clone(&scene.registry))));
    let runtime = scene.house.open().await;
    scene.minutes(3).await;
    drop(runtime);
    scene.house.post.moods.lock().unwrap().clear();
    scene.house.former = Some(Arc::clone(&scene.registry) as _);
    let _runtime = scene.house.open().await;
    scene.minutes(6).await;
    assert_eq!(scene.told(), ["+447700900111"]);
    assert_eq!(scene.house.kinds().await, [AuditKind::OwnerNotified { messages: 1 }], "nor is it on record again");
}

#[tokio::test]
async fn g28_a_list_of_many_changes_is_told_at_a_pace_mail_first_and_leaves_half_of_every_cap() {
    let mut scene = Scene::new(None);
    Arc::make_mut(&mut scene.house.tenant).caps.messages_a_day = 40;
    for n in 0..150 {
        for step in 0..2 {
            let mail = EmailAddress::parse(&format!("p{n}-{step}@mail.example")).unwrap();
            // Numbers of different blocks, of which each has a limit of its own.
            let number = PhoneNumber::parse(&format!("+6012{:07}", 10_000 * n + step), "MY").unwrap();
            let contact = |contact, method| RegisteredContact { contact, methods: vec![method], since: None };
            let contacts =
                vec![contact(Contact::Email(mail), Method::Email), contact(Contact::Phone(number), Method::Sms)];
            let enrol = Enrol { contacts: Some(contacts), totp: None, answers: None };
            let (tenant, account) = (&scene.house.tenant.id, AccountId(format!("gone-{n}")));
            scene.registry.enrol(tenant, &account, enrol, scene.house.clock.now()).await.unwrap();
        }
    }
    let runtime = scene.house.open().await;
    let sent = || (scene.house.post.mails.lock().unwrap().len(), scene.house.post.texts.lock().unwrap().len());
    let mut minutes = vec![(0, 0)];
    for _ in 0..8 {
        scene.minutes(1).await;
        minutes.push(sent());
    }
    println!("g28: 150 replaced mail addresses and numbers; mails and texts by the minute: {minutes:?}");
    for pair in minutes.windows(2) {
        assert!(pair[1].0 - pair[0].0 <= 120 && pair[1].1 - pair[0].1 <= 12, "two passes at most: {minutes:?}");
    }
    let of_tenant = |cap: &ringback::runtime::caps::Cap| cap.what == Limited::Send && cap.tenant.is_some();
    let fill = runtime.caps().into_iter().find(|(cap, _)| of_tenant(cap)).unwrap().1;
    assert_eq!(
        (sent(), fill.count, fill.percent),
        ((150, 19), 19, 0),
        "people who wait for a code have the other half"
    );
    // The next day.
    scene.house.clock.advance(Seconds::hours(25));
    scene.minutes(8).await;
    assert_eq!(sent(), (150, 38));
    // After a month it is no news any more, and that is on record.
    scene.house.clock.advance(Seconds::hours(24 * 31));
    scene.minutes(8).await;
    let dropped = scene.house.count(|kind| matches!(kind, AuditKind::DeadLetter { .. })).await;
    println!("g28: told after two days {:?}; given up after a month {dropped}", sent());
    assert_eq!(scene.registry.waiting(Carrier::Text, 1_000).await.unwrap().len(), 0);
    assert_eq!(sent().1 + dropped, 150);
}
