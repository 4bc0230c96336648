//! What is said about a password is so: after a lost answer, after a crash, for two cases at once, for an account that
//! changed meanwhile.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use ringback::audit::{AuditEvent, AuditKind};
use ringback::directory::ldap::LdapDirectory;
use ringback::engine::event::Act;
use ringback::model::account::Account;
use ringback::model::ids::AccountId;
use ringback::model::purpose::Purpose;
use ringback::model::secrets::Password;
use ringback::model::time::{Seconds, Timestamp};
use ringback::ports::audit_log::{AuditError, AuditLog};
use ringback::ports::clock::Clock;
use ringback::ports::directory::{Directory, DirectoryError, Resolution, SetOutcome, SetWish, UnlockOutcome};
use ringback::runtime::pages::PageAnswer;
use ringback::runtime::parts::TenantParts;
use ringback::runtime::start::Runtime;
use ringback::verify::ledger::{Proof, ResetPassword, UnlockAccount};
use tokio::sync::Notify;

use crate::directory::proxy::{EXTENDED, Mischief, Proxy};
use crate::directory::world::{self, ADA, OpenLdap};
use crate::runtime::crashes::{machine, until_done};
use crate::runtime::house::{House, Loss};
use crate::runtime::person::{Move, Person};
use crate::support::slapd::{SUFFIX, Setup};

const AISYAH: &str = "aisyah@mail.apu.edu.my";
/// Naps that pass at once: the looks at a lost answer, and not the half minute until the next ones.
const SHORT: Seconds = Seconds(15);

#[tokio::test]
async fn g07_the_truth_about_a_lost_answer_comes_within_thirty_seconds() {
    for (loss, answer) in [
        (Loss::Answer, PageAnswer::Done),
        (Loss::Request, PageAnswer::Unavailable),
        (Loss::Both, PageAnswer::Uncertain),
    ] {
        let house = House::of("apu");
        house.clock.naps(SHORT);
        let runtime = house.open().await;
        let mut person = Person::new(&house, "browser-1", AISYAH);
        person.walk_to(&runtime, "reset-open-private-page").await;
        let page = person.last().unwrap();
        let session = person.open_page(&runtime, &page).await.unwrap();
        house.directory.lose(loss);
        let before = house.clock.now();
        assert_eq!(person.hand_in(&runtime, &session, person.password).await, answer, "{loss:?}");
        let took = house.clock.now().0 - before.0;
        assert!(took <= 30_000, "{loss:?}: {took} ms");
        assert_eq!(house.directory.n_sets(), 1, "{loss:?}");
        let looks = house.directory.looks.load(Ordering::SeqCst);
        println!("g07: {loss:?}: told after {took} ms and {looks} looks, 0 doubled sets");
    }
}

#[tokio::test]
async fn g07_the_truth_about_a_lost_answer_to_an_unlock_comes_within_thirty_seconds() {
    let away = "unlock-directory-away";
    for (loss, first, opened) in
        [(Loss::Answer, "unlock-done", true), (Loss::Request, away, false), (Loss::Both, away, true)]
    {
        let house = House::of("apu");
        house.clock.naps(SHORT);
        let runtime = house.open().await;
        let mut person = Person::new(&house, "browser-1", "weijie@mail.apu.edu.my");
        person.act(&runtime, Act::Start(Some(Purpose::UnlockAccount))).await;
        person.walk_to(&runtime, "code-ask").await;
        let Some(Move::Say(code)) = person.next().await else { panic!("no code came") };
        house.directory.lose(loss);
        let before = house.clock.now();
        person.act(&runtime, code).await;
        let took = house.clock.now().0 - before.0;
        assert!(took <= 30_000, "{loss:?}: {took} ms");
        let keys = house.screen.keys("browser-1");
        assert_eq!(keys.last().map(String::as_str), Some(first), "{loss:?}: {keys:?}");
        assert_eq!(house.signs_in("weijie@mail.apu.edu.my", "Rain-over-KL-19").await, opened, "{loss:?}");
        let uncertain = house.count(|kind| matches!(kind, AuditKind::EffectUncertain { .. })).await;
        assert_eq!(uncertain, usize::from(first == away), "{loss:?}");
        // Asked again, the directory says that nothing is locked; it was, when this case began.
        house.directory.lose(Loss::None);
        if first == away {
            person.pick(&runtime, "again").await;
        }
        let keys = house.screen.keys("browser-1");
        assert_eq!(keys.last().map(String::as_str), Some("unlock-done"), "{loss:?}: {keys:?}");
        assert_eq!(house.count(|kind| *kind == AuditKind::AccountUnlocked).await, 1, "{loss:?}");
        println!("g07: an unlock, {loss:?}: told after {took} ms");
    }
}

/// When nobody could tell within that time, the search goes on, and the person and the owner hear of its end.
#[tokio::test]
async fn g07_what_nobody_could_tell_is_told_when_it_is_known() {
    let house = House::of("apu");
    house.clock.naps(SHORT);
    let runtime = house.open().await;
    let mut person = Person::new(&house, "browser-1", AISYAH);
    person.walk_to(&runtime, "reset-open-private-page").await;
    let page = person.last().unwrap();
    house.clock.advance(Seconds(2));
    house.directory.lose(Loss::Both);
    assert_eq!(person.choose_password(&runtime, &page).await, PageAnswer::Uncertain);
    house.directory.lose(Loss::None);
    let mails = || house.post.mails.lock().unwrap().iter().filter(|mail| mail.text.contains("/not-me/")).count();
    let before = mails();
    house.clock.advance(Seconds(31));
    for _ in 0..20_000 {
        if person.shows("reset-found-changed") && mails() > before {
            break;
        }
        tokio::task::yield_now().await;
    }
    runtime.inbox().quiet().await;
    assert!(person.shows("reset-found-changed"), "{:?}", house.screen.keys("browser-1"));
    assert!(mails() > before);
    let kinds = house.kinds().await;
    assert_eq!(kinds.iter().filter(|kind| **kind == AuditKind::PasswordSet).count(), 1, "{kinds:?}");
    assert_eq!(house.directory.n_sets(), 1);
}

#[tokio::test]
async fn g07_openldap_applies_and_its_answer_is_lost() {
    for (mischief, answer, writes) in [
        (Mischief::AnswerLost, PageAnswer::Done, 1),
        (Mischief::LostOnTheWay, PageAnswer::Unavailable, 0),
        // Real seconds: as long as the limit of a set.
        (Mischief::NoAnswer, PageAnswer::Done, 1),
    ] {
        let campus = Campus::new();
        let runtime = campus.open().await;
        let (person, session) = campus.verified(&runtime, "browser-1").await;
        let before = campus.world.slapd.writes();
        campus.proxy.does(EXTENDED, mischief.clone());
        assert_eq!(person.hand_in(&runtime, &session, person.password).await, answer, "{mischief:?}");
        campus.proxy.does(0, Mischief::None);
        assert_eq!(campus.world.slapd.writes() - before, writes, "{mischief:?}");
        let changed = answer == PageAnswer::Done;
        assert_eq!(campus.world.slapd.lets_in(&world::dn(ADA), person.password), changed, "{mischief:?}");
        println!("g07: OpenLDAP, {mischief:?}: {writes} write, answered {answer:?}");
    }
}

#[tokio::test]
async fn two_verified_cases_that_set_at_once_are_one_set() {
    let campus = Campus::new();
    let runtime = campus.open().await;
    let (one, first) = campus.verified(&runtime, "browser-1").await;
    campus.house.clock.advance(Seconds(61));
    let (two, second) = campus.verified(&runtime, "browser-2").await;
    let before = campus.world.slapd.writes();
    let (a, b) = tokio::join!(
        one.hand_in(&runtime, &first, "First+Marmalade+88"),
        two.hand_in(&runtime, &second, "Second+Marmalade+99")
    );
    let done = [&a, &b].into_iter().filter(|answer| **answer == PageAnswer::Done).count();
    assert_eq!((done, campus.world.slapd.writes() - before), (1, 1), "{a:?} {b:?}");
    let opens = |password| campus.world.slapd.lets_in(&world::dn(ADA), password);
    assert_eq!(opens("First+Marmalade+88"), a == PageAnswer::Done);
    assert_eq!(opens("Second+Marmalade+99"), b == PageAnswer::Done);
}

#[tokio::test]
async fn g38_an_account_that_changed_after_the_check_is_not_touched() {
    let dn = world::dn(ADA);
    let admins = format!("cn=admins,ou=groups,{SUFFIX}");
    let inner = format!("cn=inner,ou=groups,{SUFFIX}");
    let changes = [
        ("disabled", format!("dn: {dn}\nchangetype: modify\nreplace: employeeType\nemployeeType: disabled\n")),
        (
            "member of a group within a protected group",
            format!(
                "dn: {inner}\nchangetype: add\nobjectClass: groupOfNames\ncn: inner\nmember: {dn}\n\n\
                 dn: {admins}\nchangetype: modify\nadd: member\nmember: {inner}\n"
            ),
        ),
        (
            "deleted, and made again under the same name",
            format!(
                "dn: {dn}\nchangetype: delete\n\n\
                 dn: {dn}\nchangetype: add\nobjectClass: inetOrgPerson\nuid: ada\ncn: Ada\nsn: Other\n\
                 mail: ada@mail.example\nuserPassword: Quite-Another-1\n"
            ),
        ),
    ];
    for (what, change) in changes {
        let campus = Campus::new();
        let runtime = campus.open().await;
        let (person, session) = campus.verified(&runtime, "browser-1").await;
        campus.world.slapd.modify(&change);
        let before = campus.world.slapd.writes();
        let answer = person.hand_in(&runtime, &session, person.password).await;
        assert_ne!(answer, PageAnswer::Done, "{what}");
        assert_eq!(campus.world.slapd.writes() - before, 0, "{what}: {answer:?}");
        assert!(!campus.world.slapd.lets_in(&dn, person.password), "{what}");
        println!("g38: {what}: answered {answer:?}, 0 writes");
    }
}

#[test]
fn g08_no_set_is_left_without_an_outcome_after_a_crash_at_any_effect() {
    let mut slowest = 0;
    let mut places = 0;
    for after in [false, true] {
        for step in 1.. {
            let house = House::of("apu");
            let doom = Arc::new(Doom::at(step, after));
            let ended = machine().block_on(async {
                let runtime = Runtime::start(doomed(&house, &doom)).await.unwrap();
                let whole = async {
                    let mut person = Person::new(&house, "browser-1", AISYAH);
                    until_done(&mut person, &runtime).await;
                };
                tokio::select! {
                    () = doom.came.notified() => false,
                    () = whole => true,
                }
            });
            if ended {
                break;
            }
            places += 1;
            let place = format!("{} (after it: {after})", doom.place());
            // Rows that were claimed belong to that machine until their lease ends.
            house.clock.advance(Seconds(61));
            let started = house.clock.now();
            machine().block_on(async {
                let runtime = house.open().await;
                runtime.inbox().quiet().await;
                let kinds = house.kinds().await;
                let intended = kinds.iter().filter(|kind| matches!(kind, AuditKind::EffectIntended { .. })).count();
                assert_eq!(intended, outcomes(&kinds), "{place}: {kinds:?}");
                let took = house.clock.now().0 - started.0;
                assert!(took <= 60_000, "{place}: {took} ms");
                slowest = slowest.max(took);
                // What the person was told is so.
                let person = Person::new(&house, "browser-1", AISYAH);
                let changed = house.signs_in(AISYAH, person.password).await;
                let said = person.shows("reset-done");
                assert!(!said || changed, "{place}: said and not so");
                let set = kinds.iter().filter(|kind| **kind == AuditKind::PasswordSet).count();
                assert_eq!(set, usize::from(changed), "{place}: {kinds:?}");
                assert!(house.directory.n_sets() <= 1, "{place}");
                if changed {
                    let mails = house.post.mails.lock().unwrap();
                    assert!(mails.iter().any(|mail| mail.text.contains("/not-me/")), "{place}: nobody was told");
                }
            });
        }
    }
    assert!(places >= 10, "{places}");
    println!(
        "g08: {places} places to crash at, 0 sets without an outcome, all cleared up within {slowest} ms of a start"
    );
}

fn outcomes(kinds: &[AuditKind]) -> usize {
    let outcome = |kind: &&AuditKind| {
        matches!(
            kind,
            AuditKind::PasswordSet
                | AuditKind::PasswordRefused
                | AuditKind::EffectFailed { .. }
                | AuditKind::EffectUncertain { .. }
        )
    };
    kinds.iter().filter(outcome).count()
}

/// A university whose people are in a real OpenLDAP behind a line that may lose things.
struct Campus {
    house: House,
    world: OpenLdap,
    proxy: Proxy,
}

impl Campus {
    fn new() -> Self {
        let world = OpenLdap::with(Setup::default());
        let proxy = Proxy::before(&world.slapd);
        let mut house = House::of("apu");
        // A real server stamps its entries with the real time.
        house.clock = Arc::new(crate::runtime::house::HastyClock::at(world::now().now()));
        house.tenant = Arc::new(world::tenant());
        Self { house, world, proxy }
    }

    async fn open(&self) -> Runtime {
        let mut config = self.world.slapd.config();
        config.urls = vec![format!("ldaps://localhost:{}", self.proxy.port)];
        let clock: Arc<dyn Clock> = Arc::clone(&self.house.clock) as _;
        let directory = LdapDirectory::new(config, &self.house.tenant, clock).unwrap();
        let mut parts = self.house.parts();
        let tenant = TenantParts { tenant: Arc::clone(&self.house.tenant), directory: Arc::new(directory) };
        parts.tenants.insert(self.house.tenant.id.clone(), tenant);
        Runtime::start(parts).await.unwrap()
    }

    /// Ada, verified by a mail, with her page open.
    async fn verified<'a>(&'a self, runtime: &Runtime, user: &str) -> (Person<'a>, String) {
        let mut person = Person::new(&self.house, user, ADA);
        person.walk_to(runtime, "verify-choose-method").await;
        person.pick(runtime, "email").await;
        person.say(runtime, "ada@mail.example").await;
        let code = self.house.post.code_for("ada@mail.example").unwrap();
        person.say(runtime, &code).await;
        let page = person.last().unwrap();
        let session = person.open_page(runtime, &page).await.unwrap();
        (person, session)
    }
}

/// Ends the world at one call of record or directory: just before it, or just after it.
struct Doom {
    left: AtomicUsize,
    after: bool,
    place: Mutex<String>,
    came: Notify,
}

struct DoomedLog(Arc<dyn AuditLog>, Arc<Doom>);

struct DoomedDirectory(Arc<dyn Directory>, Arc<Doom>);

fn doomed(house: &House, doom: &Arc<Doom>) -> ringback::runtime::parts::Parts {
    let mut parts = house.parts();
    parts.audit = Arc::new(DoomedLog(Arc::clone(&house.audit), Arc::clone(doom)));
    let directory: Arc<dyn Directory> = Arc::new(DoomedDirectory(Arc::clone(&house.directory) as _, Arc::clone(doom)));
    parts.tenants.insert(house.tenant.id.clone(), TenantParts { tenant: Arc::clone(&house.tenant), directory });
    parts
}

impl Doom {
    fn at(step: usize, after: bool) -> Self {
        Self { left: AtomicUsize::new(step), after, place: Mutex::default(), came: Notify::new() }
    }

    fn place(&self) -> String {
        self.place.lock().unwrap().clone()
    }

    async fn around<T>(&self, place: String, call: impl Future<Output = T>) -> T {
        let left = self.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
        match left {
            Ok(1) => {
                *self.place.lock().unwrap() = place;
                if self.after {
                    call.await;
                }
                self.gone().await
            }
            Err(_) => self.gone().await,
            Ok(_) => call.await,
        }
    }

    async fn gone(&self) -> ! {
        self.came.notify_one();
        std::future::pending().await
    }
}

#[async_trait]
impl AuditLog for DoomedLog {
    async fn append(&self, operation: &str, events: &[AuditEvent]) -> Result<(), AuditError> {
        let kinds: Vec<&AuditKind> = events.iter().map(|event| &event.kind).collect();
        self.1.around(format!("record {kinds:?}"), self.0.append(operation, events)).await
    }

    async fn recent(&self, at_most: usize) -> Result<Vec<AuditEvent>, AuditError> {
        self.0.recent(at_most).await
    }
}

#[async_trait]
impl Directory for DoomedDirectory {
    async fn find(&self, user_name: &str) -> Result<Option<Account>, DirectoryError> {
        self.0.find(user_name).await
    }

    async fn read(&self, id: &AccountId) -> Result<Option<Account>, DirectoryError> {
        self.1.around("read".to_owned(), self.0.read(id)).await
    }

    async fn set_password(&self, proof: Proof<ResetPassword>, password: &Password, wish: SetWish) -> SetOutcome {
        self.1.around("set".to_owned(), self.0.set_password(proof, password, wish)).await
    }

    async fn unlock(&self, proof: Proof<UnlockAccount>) -> UnlockOutcome {
        self.1.around("unlock".to_owned(), self.0.unlock(proof)).await
    }

    async fn resolve(&self, id: &AccountId, changed_before: Option<Timestamp>, password: &Password) -> Resolution {
        self.1.around("resolve".to_owned(), self.0.resolve(id, changed_before, password)).await
    }

    async fn probe(&self) -> Result<(), DirectoryError> {
        self.0.probe().await
    }
}
