//! How messages leave: what is tried again and what is not, where they go when a chat is gone, and what a person reads while
//! a directory is slow.

use std::time::Duration;

use ringback::ports::clock::Clock;
use serde_json::json;

use super::client::post;
use super::mock::Fault;
use super::scene::Scene;
use crate::guarantees::canaries::places::Log;
use crate::messaging::app::App;

/// Returns when this holds; a minute is far more than anything here takes.
pub async fn until(what: &str, holds: impl Fn() -> bool) {
    let waiting = async {
        while !holds() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), waiting).await.unwrap_or_else(|_| panic!("never: {what}"));
}

#[tokio::test]
async fn a_platform_that_wants_us_to_wait_gets_the_message_once_and_later() {
    let mut scene = Scene::open().await;
    // Waits of half a minute pass by themselves while something else is waited for, so this one is longer.
    scene.mock.next(Fault::TooMany(120));
    scene.say("/reset").await;
    assert_eq!(scene.screen().len(), 0);
    scene.wait(60).await;
    assert_eq!(scene.screen().len(), 0, "too early");
    assert_eq!(scene.mock.calls().len(), 1, "the platform was asked while it wanted to be left alone");
    scene.wait(61).await;
    assert_eq!(scene.screen().len(), 1);
    scene.wait(120).await;
    assert_eq!(scene.screen().len(), 1, "twice");
}

#[tokio::test]
async fn what_may_have_arrived_is_not_sent_again() {
    for fault in [Fault::ErrorAfterTaking, Fault::Empty] {
        let mut scene = Scene::open().await;
        scene.mock.next(fault.clone());
        scene.say("/reset").await;
        scene.wait(120).await;
        assert_eq!(scene.screen().len(), 1, "{fault:?}");
    }
}

#[tokio::test]
async fn what_certainly_did_not_arrive_is_sent_again() {
    for fault in [Fault::Error(503), Fault::Error(412)] {
        let mut scene = Scene::open().await;
        scene.mock.next(fault.clone());
        scene.say("/reset").await;
        scene.wait(60).await;
        assert_eq!(scene.screen().len(), 1, "{fault:?}");
    }
}

#[tokio::test]
async fn a_token_that_ends_early_is_asked_for_anew_and_nothing_is_lost() {
    let mut scene = Scene::at_the_name().await;
    assert_eq!(scene.mock.granted(), 1, "one token serves many messages");
    scene.mock.revoke();
    scene.say("help").await;
    assert_eq!((scene.mock.granted(), scene.screen().len()), (3, 2));
}

#[tokio::test]
async fn a_secret_that_is_refused_keeps_messages_waiting_until_it_is_mended_and_the_log_names_its_key() {
    let log = Log::listen();
    let mut scene = Scene::open().await;
    scene.mock.set_wrong_secret(true);
    scene.say("/reset").await;
    assert!(scene.mock.calls().is_empty(), "nothing leaves without a token");
    scene.mock.set_wrong_secret(false);
    scene.wait(70).await;
    assert_eq!(scene.screen().len(), 1);
    let logged = String::from_utf8_lossy(&log.take()).into_owned();
    assert!(logged.contains("teams.main.secret_file"), "{logged}");
    assert!(!logged.contains(super::mock::SECRET), "the secret is in the log");
}

#[tokio::test]
async fn an_app_that_the_connector_refuses_keeps_messages_waiting_and_the_log_names_its_key() {
    let log = Log::listen();
    let mut scene = Scene::at_the_name().await;
    scene.mock.set_refusing(true);
    scene.say("help").await;
    scene.wait(59).await;
    assert_eq!(scene.screen().len(), 1);
    scene.mock.set_refusing(false);
    scene.wait(60).await;
    assert_eq!(scene.screen().len(), 2);
    let logged = String::from_utf8_lossy(&log.take()).into_owned();
    assert!(logged.contains("teams.main.app_id"), "{logged}");
    assert!(!logged.contains("access-"), "a token is in the log");
}

#[tokio::test]
async fn a_chat_that_is_gone_is_opened_anew_and_known_from_then_on() {
    let mut scene = Scene::at_the_name().await;
    scene.mock.forget(&scene.her.conversation());
    scene.say("help").await;
    let opened = scene.mock.opened();
    assert_eq!(opened.len(), 1);
    assert_eq!(opened[0]["members"][0]["id"], "29:1user-1");
    assert_eq!(scene.mock.shown().last().unwrap().conversation, "a:opened-1");
    assert_eq!(scene.screen().len(), 2);
}

#[tokio::test]
async fn who_removed_the_app_is_written_to_no_more_until_it_is_added_again() {
    let mut scene = Scene::at_the_name().await;
    let removed = scene.her.activity("installationUpdate", json!({ "action": "remove" }));
    scene.deliver(&removed).await;
    assert_eq!(scene.screen().len(), 1);
    let added = scene.her.activity("installationUpdate", json!({ "action": "add" }));
    scene.deliver(&added).await;
    assert_eq!(scene.screen().len(), 2, "the question stands again");

    // The platform says the same by refusing.
    scene.mock.next(Fault::Error(403));
    scene.say("help").await;
    scene.wait(120).await;
    assert_eq!(scene.screen().len(), 2, "blocked");
    scene.say("help").await;
    assert_eq!(scene.screen().len(), 3, "she wrote again, so she may be answered");
}

/// What was on its way when the app was removed has nowhere to go, nor have words that ask for patience.
#[tokio::test]
async fn an_answer_that_comes_after_the_app_was_removed_goes_nowhere() {
    let mut scene = Scene::at_the_name().await;
    let calls = scene.mock.calls().len();
    scene.world.directory.think(scene.world.clock.clone() as _, 7_000);
    let user = scene.world.person.as_ref().unwrap().user.clone();
    let message = scene.her.message(&user);
    let removed = scene.her.activity("installationUpdate", json!({ "action": "remove" }));
    let bearer = scene.her.bearer(&scene.world);
    for activity in [message, removed] {
        let (status, _) = post(&scene.world, &bearer, activity.to_string().into_bytes()).await;
        assert_eq!(status.as_u16(), 200);
    }
    scene.world.settle().await;
    scene.wait(60).await;
    let given_up = scene.world.running().runtime.dead_letters().await.unwrap();
    assert!(!given_up.is_empty(), "there was nothing to say");
    assert_eq!((scene.screen().len(), scene.mock.calls().len()), (1, calls));
}

/// A directory that takes seven seconds, and a person who need not wonder.
#[tokio::test]
async fn a_slow_directory_is_said_after_three_seconds_and_the_answer_takes_that_place() {
    let mut scene = Scene::at_the_name().await;
    let clock = std::sync::Arc::clone(&scene.world.clock);
    scene.world.directory.think(clock.clone() as _, 7_000);
    let user = scene.world.person.as_ref().unwrap().user.clone();
    let message = scene.her.message(&user);
    let bearer = scene.her.bearer(&scene.world);
    let (status, _) = post(&scene.world, &bearer, message.to_string().into_bytes()).await;
    assert_eq!(status.as_u16(), 200, "answered while the directory thinks");
    assert_eq!(scene.screen().len(), 1);
    // The task that watches must have lain down before time passes.
    for _ in 0..64 {
        tokio::task::yield_now().await;
    }
    clock.advance(ringback::model::time::Seconds(4));
    until("it is said that it takes a while", || scene.mock.shown().len() == 2).await;
    assert!(scene.screen()[1].contains("working on it"), "{:?}", scene.screen());
    // The same message again changes nothing, and is answered.
    let again = post(&scene.world, &bearer, message.to_string().into_bytes());
    let (again, ()) = tokio::join!(scene.world.clock.pass_while(again), async {});
    assert_eq!(again.0.as_u16(), 200);
    scene.world.settle().await;
    let shown = scene.mock.shown();
    assert_eq!(shown.len(), 3, "{:?}", scene.screen());
    assert!(shown[2].replaces && shown[2].id == shown[1].id, "the answer is not in its place");
    assert!(scene.screen()[2].contains("1."), "{:?}", scene.screen());
    assert!(clock.now().0 > 0);
}

#[tokio::test]
async fn a_quick_directory_is_no_reason_to_say_anything() {
    let scene = Scene::at_the_choice().await;
    assert_eq!(scene.screen().len(), 2, "{:?}", scene.screen());
    assert!(scene.mock.shown().iter().all(|shown| !shown.replaces));
    let peer = scene.her.peer(&scene.world);
    assert_eq!(peer.channel.name(), "teams");
}
