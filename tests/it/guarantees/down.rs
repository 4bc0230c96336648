//! What people meet while something outside is down or hangs: the directory, the text messages, the store.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use ringback::engine::event::Act;
use ringback::model::secrets::Password;
use ringback::model::time::Seconds;
use ringback::policy::limits::{Who, guesses};
use ringback::ports::clock::Clock;
use ringback::ports::messenger::SendError;
use ringback::ports::registry::Count;
use ringback::runtime::health::State;
use ringback::runtime::pages::PageAnswer;
use ringback::runtime::parts::TenantParts;
use ringback::runtime::start::Runtime;
use ringback::runtime::turn::InboxError;

use super::line::Line;
use crate::runtime::house::House;
use crate::runtime::person::{Move, Person};
use crate::runtime::stores::{Hanging, Switched};

const AISYAH: &str = "aisyah@mail.apu.edu.my";
/// Naps that pass at once here: shorter than the rest of a breaker.
const SHORT: Seconds = Seconds(15);
const NOBODY: &str = "nobody@mail.apu.edu.my";

#[tokio::test]
async fn g33_a_directory_that_is_down_is_left_alone_and_used_again_soon_after_its_return() {
    let house = House::of("apu");
    house.clock.naps(SHORT);
    let line = Arc::new(Line::before(Arc::clone(&house.directory) as _));
    let mut parts = house.parts();
    let id = house.tenant.id.clone();
    parts.tenants.insert(id, TenantParts { tenant: Arc::clone(&house.tenant), directory: Arc::clone(&line) as _ });
    let runtime = Runtime::start(parts).await.unwrap();
    let mut verified = Person::new(&house, "verified", AISYAH);
    verified.walk_to(&runtime, "reset-open-private-page").await;
    let page = verified.last().unwrap();
    let session = verified.open_page(&runtime, &page).await.unwrap();
    house.clock.advance(Seconds(61));
    let mut asked = Person::new(&house, "asked", AISYAH);
    asked.walk_to(&runtime, "code-confirm-target").await;
    let mails = house.post.mails.lock().unwrap().len();

    line.cut.store(true, Ordering::SeqCst);
    let (mut asked_directory, mut slowest, mut transcripts) = (Vec::new(), 0, Vec::new());
    for n in 0..9 {
        let user = format!("late-{n}");
        let nobody: &'static str = Box::leak(format!("nobody-{n}@mail.apu.edu.my").into_boxed_str());
        let mut late = Person::new(&house, &user, if n % 6 == 0 { AISYAH } else { nobody });
        late.walk_to(&runtime, "identify-ask-account").await;
        let (calls, before) = (line.calls(), house.clock.now());
        late.say(&runtime, late.name).await;
        slowest = slowest.max(house.clock.now().0 - before.0);
        asked_directory.push(line.calls() - calls);
        transcripts.push(house.screen.keys(&user));
    }
    let until_open = asked_directory.iter().take_while(|calls| **calls > 0).count();
    assert_eq!(until_open, 5, "calls of each case: {asked_directory:?}");
    assert_eq!(asked_directory.iter().skip(5).sum::<usize>(), 0, "it was left alone: {asked_directory:?}");
    assert!(slowest <= 2_000, "{slowest} ms");
    assert!(transcripts.windows(2).all(|pair| pair[0] == pair[1]), "{transcripts:?}");
    assert_eq!(transcripts[0].last().map(String::as_str), Some("common-directory-down"));
    assert_eq!(state(&runtime, "directory:apu"), State::Down);

    // No code leaves, and nobody is asked where it would go.
    let calls = line.calls();
    let Some(Move::Say(address)) = asked.next().await else { panic!("no address") };
    asked.act(&runtime, address).await;
    assert_eq!(asked.last().unwrap().message.as_str(), "code-directory-away");
    assert_eq!((line.calls(), house.post.mails.lock().unwrap().len()), (calls, mails));

    // Back after eight minutes: the next question finds out.
    house.clock.advance(Seconds::minutes(7));
    line.cut.store(false, Ordering::SeqCst);
    let back = house.clock.now();
    while state(&runtime, "directory:apu") != State::Up {
        house.clock.advance(Seconds(1));
        for _ in 0..200 {
            tokio::task::yield_now().await;
        }
        assert!(house.clock.now() <= back + Seconds(60), "it never came back");
    }
    let unused = house.clock.now().0 - back.0;
    assert!(unused <= 20_000, "{unused} ms");
    assert_eq!(verified.hand_in(&runtime, &session, verified.password).await, PageAnswer::Done, "the proof was kept");
    asked.pick(&runtime, "again").await;
    assert_eq!(asked.last().unwrap().message.as_str(), "code-ask", "the case goes on where it was");
    println!(
        "g33: open after {until_open} failures, slowest answer {slowest} ms, proof of eight minutes ago accepted, \
         used {unused} ms after its return"
    );
}

#[tokio::test]
async fn g34_a_text_that_does_not_leave_leads_to_another_way_in_the_next_message() {
    let house = House::of("apu");
    house.clock.naps(SHORT);
    let runtime = house.open().await;
    // Three cases whose texts fail, twice each: the gateway is away.
    for case in 0..3 {
        let user = format!("failing-{case}");
        let away = || SendError::Retry { why: "connection refused".to_owned(), after_seconds: None };
        house.post.moods.lock().unwrap().extend([away(), away()]);
        let mut person = Person::new(&house, &user, AISYAH);
        person.method = "sms";
        person.walk_to(&runtime, "code-confirm-target").await;
        let Some(Move::Say(number)) = person.next().await else { panic!("no number") };
        person.act(&runtime, number).await;
        for _ in 0..20_000 {
            if person.shows("code-undeliverable") {
                break;
            }
            tokio::task::yield_now().await;
        }
        runtime.inbox().quiet().await;
        let keys = house.screen.keys(&user);
        let tail: Vec<&str> = keys.iter().rev().take(2).rev().map(String::as_str).collect();
        // One other way is left, so there is no menu: it is taken at once.
        assert_eq!(tail, ["code-undeliverable", "code-confirm-target"], "{keys:?}");
        let asked = format!("{:?}", person.last().unwrap().args);
        assert!(asked.contains("\"email\""), "{asked}");
        house.clock.advance(Seconds(61));
    }
    assert_eq!(house.post.tries.load(Ordering::SeqCst), 6, "one more try each, because nothing had left");
    // Five sends an hour are allowed: all five are left, since the three that failed count for nothing.
    let mut sent = 0;
    for (case, sends) in [(3, 3), (4, 2)] {
        let user = format!("working-{case}");
        let mut person = Person::new(&house, &user, AISYAH);
        person.walk_to(&runtime, "code-ask").await;
        for _ in 1..sends {
            house.clock.advance(Seconds(61));
            person.pick(&runtime, "resend").await;
        }
        let keys = house.screen.keys(&user);
        let n = keys.iter().filter(|key| *key == "code-sent").count();
        assert_eq!(n, sends, "{keys:?}");
        sent += n;
    }
    println!("g34: another way is the next message; 3 failed sends refunded, {sent} of 5 an hour left and used");
}

#[tokio::test]
async fn g34_a_failed_send_never_refunds_wrong_codes() {
    let house = House::of("apu");
    house.clock.naps(SHORT);
    let runtime = house.open().await;
    let mut person = Person::new(&house, "browser-1", AISYAH);
    person.method = "sms";
    person.walk_to(&runtime, "code-ask").await;
    person.say(&runtime, "00000000").await;
    house.clock.advance(Seconds(61));
    house.post.moods.lock().unwrap().push(SendError::Dead { why: "no such number".to_owned() });
    person.pick(&runtime, "resend").await;
    runtime.inbox().quiet().await;
    assert!(person.shows("code-undeliverable"));
    // A limit of one is reached by the wrong code that was compared before.
    let account = house.account(AISYAH).await.id;
    let who = Who { account: &account.0, peer: "nobody", case: "none", tenant: &house.tenant };
    let mut limits: Vec<_> = guesses::code(who).into_iter().take(1).collect();
    limits[0].limit = 1;
    let count = house.registry.count(&house.tenant.id, "another", &limits, house.clock.now()).await.unwrap();
    assert!(matches!(count, Count::Refused { .. }), "the wrong code was forgotten with the failed send");
}

#[tokio::test]
async fn g34_a_gateway_that_keeps_failing_is_not_offered() {
    let house = House::of("apu");
    house.clock.naps(SHORT);
    let runtime = house.open().await;
    for case in 0..5 {
        let user = format!("failing-{case}");
        let away = || SendError::Retry { why: "connection refused".to_owned(), after_seconds: None };
        house.post.moods.lock().unwrap().extend([away(), away()]);
        let mut person = Person::new(&house, &user, AISYAH);
        person.method = "sms";
        person.walk_to(&runtime, "code-confirm-target").await;
        let Some(Move::Say(number)) = person.next().await else { panic!("no number") };
        person.act(&runtime, number).await;
        runtime.inbox().quiet().await;
    }
    for _ in 0..20_000 {
        if state(&runtime, "sms") == State::Down {
            break;
        }
        tokio::task::yield_now().await;
    }
    assert_eq!(state(&runtime, "sms"), State::Down, "{} tries", house.post.tries.load(Ordering::SeqCst));
    let mut next = Person::new(&house, "next", NOBODY);
    next.walk_to(&runtime, "identify-ask-account").await;
    next.say(&runtime, NOBODY).await;
    // One way is left, so there is no menu.
    let asked = next.last().unwrap();
    assert_eq!(asked.message.as_str(), "code-confirm-target");
    assert!(format!("{:?}", asked.args).contains("\"email\""), "{asked:?}");
    house.clock.advance(Seconds(16));
    let mut later = Person::new(&house, "later", NOBODY);
    later.walk_to(&runtime, "identify-ask-account").await;
    later.say(&runtime, NOBODY).await;
    assert!(later.last().unwrap().choices.iter().any(|choice| choice.key.as_str() == "sms"), "it may be tried again");
}

#[tokio::test]
async fn g32_nothing_is_sent_or_set_while_the_store_takes_no_writes() {
    let mut house = House::of("apu");
    house.clock.naps(SHORT);
    let switched = Arc::new(Switched::over(Arc::clone(&house.store)));
    house.store = Arc::clone(&switched) as _;
    let runtime = house.open().await;
    let mut person = Person::new(&house, "browser-1", AISYAH);
    person.walk_to(&runtime, "reset-open-private-page").await;
    let page = person.last().unwrap();
    let session = person.open_page(&runtime, &page).await.unwrap();
    // A text waits for its second try.
    house.clock.advance(Seconds(61));
    let busy = SendError::Retry { why: "too many requests".to_owned(), after_seconds: Some(18) };
    house.post.moods.lock().unwrap().push(busy);
    let mut waiting = Person::new(&house, "browser-2", AISYAH);
    waiting.method = "sms";
    waiting.walk_to(&runtime, "code-confirm-target").await;
    let Some(Move::Say(number)) = waiting.next().await else { panic!("no number") };
    waiting.act(&runtime, number).await;
    let tries = || house.post.tries.load(Ordering::SeqCst);
    assert_eq!(tries(), 1);

    switched.off.store(true, Ordering::SeqCst);
    let inbound = waiting.event(ringback::engine::event::Act::Text("12345678".to_owned()));
    let refused = runtime.inbox().submit(inbound.clone()).await.map(|_| ());
    assert!(matches!(refused, Err(InboxError::Unavailable(_))), "{refused:?}");
    assert_eq!(state(&runtime, "store"), State::ReadOnly);
    let field = || Password::new(person.password.to_owned());
    let fields = ringback::runtime::pages::Fields::NewPassword { password: field(), again: field() };
    assert!(runtime.pages().submit(&session, fields).await.is_err());
    house.clock.advance(Seconds(14));
    rest().await;
    house.clock.advance(Seconds(10));
    rest().await;
    assert_eq!((tries(), house.directory.n_sets()), (1, 0), "sent or set while nothing could be written");

    switched.off.store(false, Ordering::SeqCst);
    let back = house.clock.now();
    while tries() < 2 {
        house.clock.advance(Seconds(1));
        rest().await;
        assert!(house.clock.now() <= back + Seconds(60), "it never went on");
    }
    let held = house.clock.now().0 - back.0;
    assert_eq!(state(&runtime, "store"), State::Up);
    assert_eq!(person.hand_in(&runtime, &session, person.password).await, PageAnswer::Done);
    println!("g32: 0 sends and 0 sets while nothing could be written; {held} ms after that the outbox goes on");
}

#[tokio::test]
async fn a_directory_that_is_down_at_the_start_does_not_keep_the_service_from_starting() {
    let house = House::of("apu");
    house.clock.naps(SHORT);
    let line = Arc::new(Line::before(Arc::clone(&house.directory) as _));
    line.cut.store(true, Ordering::SeqCst);
    let mut parts = house.parts();
    let id = house.tenant.id.clone();
    parts.tenants.insert(id, TenantParts { tenant: Arc::clone(&house.tenant), directory: Arc::clone(&line) as _ });
    let runtime = Runtime::start(parts).await.unwrap();
    let mut early = Person::new(&house, "early", AISYAH);
    early.walk_to(&runtime, "identify-ask-account").await;
    early.say(&runtime, AISYAH).await;
    assert_eq!(early.last().unwrap().message.as_str(), "common-directory-down");
    line.cut.store(false, Ordering::SeqCst);
    let mut late = Person::new(&house, "late", AISYAH);
    let keys = late.walk(&runtime).await;
    assert_eq!(keys.last().map(String::as_str), Some("reset-done"), "{keys:?}");
}

/// A directory that swallows what it is sent is one that is down, found out after its time and not after that of every
/// connection, bind and search in it.
#[tokio::test]
async fn g33_a_directory_that_swallows_every_question_is_given_up_in_time() {
    let house = House::of("apu");
    house.clock.naps(SHORT);
    let line = Arc::new(Line::before(Arc::clone(&house.directory) as _));
    let mut parts = house.parts();
    let id = house.tenant.id.clone();
    parts.tenants.insert(id, TenantParts { tenant: Arc::clone(&house.tenant), directory: Arc::clone(&line) as _ });
    let runtime = Runtime::start(parts).await.unwrap();
    let mut verified = Person::new(&house, "verified", AISYAH);
    verified.walk_to(&runtime, "reset-open-private-page").await;
    let page = verified.last().unwrap();
    let session = verified.open_page(&runtime, &page).await.unwrap();

    // A password that is handed in then.
    line.swallows.store(true, Ordering::SeqCst);
    let before = house.clock.now();
    let field = || Password::new(verified.password.to_owned());
    let fields = ringback::runtime::pages::Fields::NewPassword { password: field(), again: field() };
    let answer = meanwhile(&house, || line.hangs(), runtime.pages().submit(&session, fields)).await;
    let told = house.clock.now().0 - before.0;
    assert!(answer.is_err() && told <= 10_000, "{told} ms");
    assert_eq!(house.directory.n_sets(), 0);

    let (mut asked, mut slowest) = (Vec::new(), 0);
    for n in 0..8 {
        let user = format!("late-{n}");
        let mut late = Person::new(&house, &user, AISYAH);
        late.name = Box::leak(format!("nobody-{n}@mail.apu.edu.my").into_boxed_str());
        late.walk_to(&runtime, "identify-ask-account").await;
        let (calls, before) = (line.calls(), house.clock.now());
        let name = late.name;
        meanwhile(&house, || line.hangs(), late.say(&runtime, name)).await;
        assert_eq!(late.last().unwrap().message.as_str(), "common-directory-down");
        slowest = slowest.max(house.clock.now().0 - before.0);
        asked.push(line.calls() - calls);
    }
    // The password's own question was the first of the five.
    assert_eq!(asked, [1, 1, 1, 1, 0, 0, 0, 0], "calls of each case");
    assert!(slowest <= 10_000, "{slowest} ms");
    assert_eq!(state(&runtime, "directory:apu"), State::Down);
    println!("g33: swallowed questions are given up: a name after {slowest} ms, a password after {told} ms");
}

/// A write that hangs is a write that fails, for whoever waits for it; what the store does with it later harms nobody.
#[tokio::test]
async fn g32_a_store_that_hangs_is_given_up_in_time_and_nothing_is_sent_or_set_meanwhile() {
    let mut house = House::of("apu");
    house.clock.naps(SHORT);
    let hanging = Arc::new(Hanging::over(Arc::clone(&house.store)));
    house.store = Arc::clone(&hanging) as _;
    let runtime = house.open().await;
    let mut person = Person::new(&house, "browser-1", AISYAH);
    person.walk_to(&runtime, "reset-open-private-page").await;
    let page = person.last().unwrap();
    let session = person.open_page(&runtime, &page).await.unwrap();
    let mut other = Person::new(&house, "browser-2", NOBODY);
    other.walk_to(&runtime, "identify-ask-account").await;
    let mails = house.post.mails.lock().unwrap().len();

    hanging.on.send_replace(true);
    let before = house.clock.now();
    let inbound = other.event(Act::Text(NOBODY.to_owned()));
    let hangs = || hanging.hung.load(Ordering::SeqCst) > 0;
    let refused = meanwhile(&house, hangs, runtime.inbox().submit(inbound.clone())).await.map(|_| ());
    let took = house.clock.now().0 - before.0;
    assert!(matches!(refused, Err(InboxError::Unavailable(_))), "{refused:?}");
    assert!(took <= 6_000, "{took} ms");
    assert_eq!(state(&runtime, "store"), State::ReadOnly);
    // Known to hang, it is not asked again: the next ones hear at once.
    let (hung, before) = (hanging.hung.load(Ordering::SeqCst), house.clock.now());
    let refused = runtime.inbox().submit(other.event(Act::Text("again".to_owned()))).await.map(|_| ());
    assert!(matches!(refused, Err(InboxError::Unavailable(_))), "{refused:?}");
    let field = || Password::new(person.password.to_owned());
    let fields = ringback::runtime::pages::Fields::NewPassword { password: field(), again: field() };
    assert!(runtime.pages().submit(&session, fields).await.is_err());
    assert_eq!((hanging.hung.load(Ordering::SeqCst), house.clock.now()), (hung, before));
    assert_eq!((house.directory.n_sets(), house.post.mails.lock().unwrap().len()), (0, mails));

    hanging.on.send_replace(false);
    let back = house.clock.now();
    while state(&runtime, "store") != State::Up {
        rest().await;
        house.clock.advance(Seconds(1));
        assert!(house.clock.now() <= back + Seconds(60), "it never went on");
    }
    // The same event again, as a platform delivers it that heard of no success.
    runtime.inbox().submit(inbound).await.unwrap();
    assert_eq!(person.hand_in(&runtime, &session, person.password).await, PageAnswer::Done);
    assert_eq!(house.directory.n_sets(), 1);
    println!("g32: a write that hangs is given up after {took} ms, the next ones at once");
}

/// Does this, and moves the clock on whenever something `hangs`; nothing else takes any of its time.
async fn meanwhile<T>(house: &House, hangs: impl Fn() -> bool, work: impl Future<Output = T>) -> T {
    let mut work = std::pin::pin!(work);
    let end = Instant::now() + Duration::from_secs(60);
    loop {
        tokio::select! {
            biased;
            done = &mut work => return done,
            () = rest() => {}
        }
        match hangs() {
            true => house.clock.advance(Seconds(1)),
            // Records answer from threads of their own.
            false => tokio::time::sleep(Duration::from_millis(1)).await,
        }
        assert!(Instant::now() < end, "it never ends");
    }
}

/// How one part stands.
fn state(runtime: &Runtime, part: &str) -> State {
    let parts = runtime.health().parts();
    parts.iter().find(|(name, _)| name == part).unwrap_or_else(|| panic!("no {part} in {parts:?}")).1
}

/// Gives timers and outbox their turns.
async fn rest() {
    for _ in 0..500 {
        tokio::task::yield_now().await;
    }
}
