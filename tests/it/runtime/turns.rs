//! Turns: a whole reset, redelivery, parallel events, lost races, deadlines.

use std::sync::Arc;

use ringback::audit::AuditKind;
use ringback::engine::event::Act;
use ringback::flow::set::FlowSet;
use ringback::model::command::Command;
use ringback::model::purpose::Purpose;
use ringback::model::time::Seconds;
use ringback::ports::store::{Expect, Key, Op};
use ringback::runtime::turn::{Inbound, InboxError};

use super::house::House;
use super::person::{Move, Person};
use super::stores::Racing;

const AISYAH: &str = "aisyah@mail.apu.edu.my";
const OLD: &str = "Rain-over-KL-12";

#[tokio::test]
async fn a_reset_ends_with_a_sign_in() {
    let house = House::of("apu");
    let runtime = house.open().await;
    let mut person = Person::new(&house, "browser-1", AISYAH);
    let keys = person.walk(&runtime).await;
    assert_eq!(keys.last().map(String::as_str), Some("reset-done"), "{keys:?}");
    assert!(house.signs_in(AISYAH, person.password).await);
    assert!(!house.signs_in(AISYAH, OLD).await);

    let kinds = house.kinds().await;
    let at = |wanted: &AuditKind| kinds.iter().position(|kind| kind == wanted);
    let intent = at(&AuditKind::EffectIntended { purpose: Purpose::ResetPassword }).unwrap();
    assert!(intent < at(&AuditKind::PasswordSet).unwrap(), "{kinds:?}");
    let notices = house.post.mails.lock().unwrap().iter().filter(|mail| mail.text.contains("/not-me/")).count();
    assert_eq!(notices, 1);
    assert_eq!(house.post.texts.lock().unwrap().len(), 1, "the mobile is told as well");
}

#[tokio::test]
async fn a_redelivered_event_changes_nothing() {
    let house = House::of("apu");
    let runtime = house.open().await;
    let mut person = Person::new(&house, "browser-1", AISYAH);
    while let Some(next) = person.next().await {
        match next {
            Move::Say(act) => {
                let inbound = person.event(act);
                person.send(&runtime, inbound.clone()).await.unwrap();
                let shown = house.screen.of("browser-1").len();
                let again = runtime.inbox().submit(inbound.clone()).await.unwrap();
                assert!(again.duplicate, "{:?}", inbound.act);
                person.send(&runtime, inbound).await.unwrap();
                assert_eq!(house.screen.of("browser-1").len(), shown);
            }
            Move::Page(prompt) => {
                person.choose_password(&runtime, &prompt).await;
            }
        }
    }
    assert_eq!(house.directory.n_sets(), 1);
    assert_eq!(house.count(|kind| matches!(kind, AuditKind::CodeSent { .. })).await, 1);
    assert!(house.signs_in(AISYAH, person.password).await);
}

/// More of them than a conversation remembers itself.
#[tokio::test]
async fn an_event_is_known_after_the_end_of_its_case_and_after_a_hundred_others() {
    let house = House::of("apu");
    let runtime = house.open().await;
    let mut person = Person::new(&house, "browser-1", AISYAH);
    let mut events = Vec::new();
    for _ in 0..3 {
        let begins = Act::Start(Some(Purpose::ResetPassword));
        let asks = (0..30).map(|_| Act::Command(Command::Help));
        let ends = [Act::Command(Command::Cancel), Act::Text("yes".to_owned())];
        for act in std::iter::once(begins).chain(asks).chain(ends) {
            let inbound = person.event(act);
            person.send(&runtime, inbound.clone()).await.unwrap();
            events.push(inbound);
        }
        assert_eq!(house.screen.keys("browser-1").last().map(String::as_str), Some("common-stopped"));
    }
    let shown = house.screen.of("browser-1").len();
    for inbound in events {
        let again = runtime.inbox().submit(inbound.clone()).await.unwrap();
        assert!(again.duplicate, "{} {:?}", inbound.event.0, inbound.act);
    }
    runtime.inbox().drained().await;
    assert_eq!(house.screen.of("browser-1").len(), shown);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_event_delivered_at_once_ten_times_counts_once() {
    let house = House::of("apu");
    let runtime = house.open().await;
    let mut person = Person::new(&house, "browser-1", AISYAH);
    let inbound = person.event(Act::Start(Some(Purpose::ResetPassword)));
    let tasks: Vec<_> = (0..10).map(|_| tokio::spawn(submit_surely(&runtime, inbound.clone()))).collect();
    for task in tasks {
        task.await.unwrap();
    }
    runtime.inbox().drained().await;
    let asked = house.screen.keys("browser-1").iter().filter(|key| *key == "identify-ask-account").count();
    assert_eq!(asked, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_code_is_good_once_however_many_hands_type_it() {
    let house = House::of("apu");
    let runtime = house.open().await;
    let mut person = Person::new(&house, "browser-1", AISYAH);
    person.walk_to(&runtime, "code-ask").await;
    let Some(Move::Say(code)) = person.next().await else { panic!("no code came") };
    let events: Vec<Inbound> = (0..100).map(|_| person.event(code.clone())).collect();
    let tasks: Vec<_> = events.into_iter().map(|event| tokio::spawn(submit_surely(&runtime, event))).collect();
    for task in tasks {
        task.await.unwrap();
    }
    runtime.inbox().drained().await;
    assert_eq!(house.count(|kind| matches!(kind, AuditKind::CodeRight { .. })).await, 1);
    assert_eq!(house.count(|kind| matches!(kind, AuditKind::GatePassed { .. })).await, 1);
    assert!(house.count(|kind| matches!(kind, AuditKind::CodeWrong { .. })).await <= 4);
}

#[tokio::test]
async fn the_line_behind_a_busy_peer_is_bounded() {
    let house = House::of("apu");
    let runtime = house.open().await;
    let mut person = Person::new(&house, "browser-1", AISYAH);
    let events: Vec<Inbound> = (0..20).map(|_| person.event(Act::Text("hello".to_owned()))).collect();
    let tasks: Vec<_> = events
        .into_iter()
        .map(|event| {
            let inbox = runtime.inbox();
            tokio::spawn(async move { inbox.submit(event).await.map(|_| ()) })
        })
        .collect();
    let mut busy = 0;
    for task in tasks {
        match task.await.unwrap() {
            Err(InboxError::Busy) => busy += 1,
            taken => taken.unwrap(),
        }
    }
    assert!(busy >= 10, "{busy} of 20 were turned away");
}

#[tokio::test]
async fn a_lost_race_runs_the_step_again_and_no_effect_twice() {
    let mut house = House::of("apu");
    let racing = Arc::new(Racing::over(Arc::clone(&house.store)));
    house.store = Arc::clone(&racing) as _;
    let runtime = house.open().await;
    let mut person = Person::new(&house, "browser-1", AISYAH);
    let keys = person.walk(&runtime).await;
    assert!(racing.lost() > 10, "only {} races were lost", racing.lost());
    assert_eq!(keys.last().map(String::as_str), Some("reset-done"), "{keys:?}");
    assert_eq!(house.directory.n_sets(), 1);
    assert_eq!(house.count(|kind| matches!(kind, AuditKind::CodeSent { .. })).await, 1);
    let codes = house.post.mails.lock().unwrap().iter().filter(|mail| !mail.text.contains("/not-me/")).count();
    assert_eq!(codes, 1, "one code, one mail");
}

#[tokio::test]
async fn silence_ends_a_conversation_politely() {
    let house = House::of("apu");
    let runtime = house.open().await;
    let mut person = Person::new(&house, "browser-1", AISYAH);
    person.walk_to(&runtime, "verify-choose-method").await;
    for _ in 0..16 {
        house.clock.advance(Seconds::minutes(1));
        settle(&runtime).await;
    }
    assert!(person.shows("common-idle-ended"), "{:?}", house.screen.keys("browser-1"));
    // The next word opens a fresh conversation that knows nothing.
    person.act(&runtime, Act::Start(Some(Purpose::ResetPassword))).await;
    assert_eq!(person.last().unwrap().message.as_str(), "identify-ask-account");
}

#[tokio::test]
async fn a_tenant_that_is_not_here_gets_no_conversation() {
    let house = House::of("apu");
    let runtime = house.open().await;
    let mut person = Person::new(&house, "browser-1", AISYAH);
    person.peer.tenant = ringback::model::ids::TenantId("elsewhere".to_owned());
    let inbound = person.event(Act::Start(None));
    let refused = runtime.inbox().submit(inbound).await.map(|_| ());
    assert_eq!(refused, Err(InboxError::UnknownTenant));
}

#[tokio::test]
async fn a_hang_up_after_the_end_opens_nothing() {
    let house = House::of("apu");
    let runtime = house.open().await;
    let mut person = Person::new(&house, "browser-1", AISYAH);
    let inbound = person.event(Act::HungUp);
    assert!(runtime.inbox().submit(inbound).await.unwrap().conversation.is_none());
    assert!(house.screen.of("browser-1").is_empty());
}

#[tokio::test]
async fn stopping_finishes_what_was_begun_and_takes_nothing_new() {
    let house = House::of("apu");
    let runtime = house.open().await;
    let mut person = Person::new(&house, "browser-1", AISYAH);
    person.walk_to(&runtime, "identify-ask-account").await;
    let inbox = runtime.inbox();
    let inbound = person.event(Act::Text(AISYAH.to_owned()));
    // The look-up takes its time, and the time for finishing does not pass meanwhile.
    house.clock.naps(Seconds(5));
    // The look-up is under way when the service stops.
    inbox.submit(inbound).await.unwrap();
    runtime.shutdown().await;
    assert_eq!(person.last().unwrap().message.as_str(), "verify-choose-method");
    let late = person.event(Act::Text("hello".to_owned()));
    assert_eq!(inbox.submit(late).await.map(|_| ()), Err(InboxError::Stopping));
}

#[tokio::test]
async fn scripts_that_are_gone_end_the_conversation_and_begin_another() {
    let mut house = House::of("apu");
    let runtime = house.open().await;
    Person::new(&house, "browser-1", AISYAH).walk_to(&runtime, "code-ask").await;
    drop(runtime);
    let lost = Key { namespace: "flows", key: house.flows.hash.0.to_vec() };
    house.store.take(&lost).await.unwrap();
    house.flows = Arc::new(other_flows());
    let runtime = house.open().await;
    let mut person = Person::new(&house, "browser-1", AISYAH);
    person.begin_at(100);
    let Some(Move::Say(code)) = person.next().await else { panic!("no code came") };
    person.act(&runtime, code).await;
    assert!(person.shows("common-interrupted"), "{:?}", house.screen.keys("browser-1"));
    assert_eq!(house.count(|kind| matches!(kind, AuditKind::CodeRight { .. })).await, 0);
    let keys = person.walk(&runtime).await;
    assert_eq!(keys.last().map(String::as_str), Some("reset-done"), "{keys:?}");
}

#[tokio::test]
async fn a_record_of_an_unknown_version_ends_the_conversation_and_begins_another() {
    let house = House::of("apu");
    let runtime = house.open().await;
    let mut person = Person::new(&house, "browser-1", AISYAH);
    person.walk_to(&runtime, "reset-open-private-page").await;
    let inbound = person.event(Act::Text("hello".to_owned()));
    let id = runtime.inbox().submit(inbound).await.unwrap().conversation.unwrap();
    let key = Key { namespace: "conversation", key: id.0.to_vec() };
    let found = house.store.get(&key).await.unwrap().unwrap();
    let mut value = found.value;
    value[0] = 99;
    let put = Op::Put { key: key.clone(), value, expect: Expect::Anything, expires: found.expires };
    house.store.commit(vec![put]).await.unwrap();
    person.act(&runtime, Act::Start(Some(Purpose::ResetPassword))).await;
    assert!(person.shows("common-interrupted"), "{:?}", house.screen.keys("browser-1"));
    assert_eq!(person.last().unwrap().message.as_str(), "identify-ask-account");
    assert!(house.store.get(&key).await.unwrap().is_none(), "what nobody can read is not kept");
}

#[tokio::test]
async fn a_restart_with_other_scripts_leaves_open_conversations_on_theirs() {
    let mut house = House::of("apu");
    let runtime = house.open().await;
    Person::new(&house, "browser-1", AISYAH).walk_to(&runtime, "code-ask").await;
    drop(runtime);
    house.flows = Arc::new(other_flows());
    let runtime = house.open().await;
    let mut person = Person::new(&house, "browser-1", AISYAH);
    person.begin_at(100);
    let keys = person.walk(&runtime).await;
    assert_eq!(keys.last().map(String::as_str), Some("reset-done"), "{keys:?}");
    assert_eq!(keys.iter().filter(|key| *key == "reset-intro").count(), 1, "it began anew: {keys:?}");
    assert!(!person.shows("common-interrupted"));
}

#[tokio::test]
async fn a_reload_leaves_open_conversations_on_their_scripts() {
    let house = House::of("apu");
    let runtime = house.open().await;
    let mut person = Person::new(&house, "browser-1", AISYAH);
    person.walk_to(&runtime, "code-ask").await;
    let other = Arc::new(other_flows());
    runtime.replace_flows(Arc::clone(&other)).await.unwrap();
    assert_eq!(runtime.flow_set(), other.hash);
    let keys = person.walk(&runtime).await;
    assert_eq!(keys.last().map(String::as_str), Some("reset-done"), "{keys:?}");
    assert!(!person.shows("common-interrupted"));
}

/// The shipped scripts with one other word.
fn other_flows() -> FlowSet {
    let mut files = ringback::flow::load::shipped();
    for (_, text) in &mut files {
        *text = text.replace("timeout: 90s", "timeout: 80s");
    }
    FlowSet::load(&files, None).unwrap_or_else(|findings| panic!("{findings:?}"))
}

/// Lets timers and outbox do what has become due.
async fn settle(runtime: &ringback::runtime::start::Runtime) {
    // Whatever the timers post goes through the store; a few rounds of the scheduler let them finish.
    for _ in 0..50 {
        tokio::task::yield_now().await;
    }
    runtime.inbox().drained().await;
}

async fn submit_again(inbox: ringback::runtime::turn::Inbox, inbound: Inbound) {
    let submitted = async {
        loop {
            match inbox.submit(inbound.clone()).await {
                Err(InboxError::Busy) => tokio::task::yield_now().await,
                taken => return taken.unwrap().settled().await,
            }
        }
    };
    let limit = std::time::Duration::from_secs(60);
    tokio::time::timeout(limit, submitted).await.unwrap_or_else(|_| panic!("never taken: {inbound:?}"));
}

fn submit_surely(
    runtime: &ringback::runtime::start::Runtime,
    inbound: Inbound,
) -> impl Future<Output = ()> + Send + 'static {
    submit_again(runtime.inbox(), inbound)
}
