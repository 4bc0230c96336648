//! A Discord that is slow, full, down, or refuses the token costs no message, and none comes twice.

use std::time::Duration;

use super::mock::Fault;
use super::scene::Scene;
use crate::guarantees::canaries::places::Log;

/// Nothing here takes long; what takes longer than this never comes.
const SURELY: Duration = Duration::from_secs(60);

#[tokio::test]
async fn a_wait_that_discord_asks_for_is_kept_and_the_order_stays() {
    let mut scene = Scene::open().await;
    scene.mock.next(Fault::TooMany(299.2));
    scene.command("reset").await;
    assert!(scene.shown().is_empty());
    let calls = scene.mock.calls().len();
    scene.command("help").await;
    scene.wait(240).await;
    assert!(scene.shown().is_empty(), "four of five minutes are over");
    assert_eq!(scene.mock.calls().len(), calls, "nobody asked Discord while it wanted to be left alone");
    for _ in 0..12 {
        scene.wait(60).await;
    }
    assert_eq!(scene.said()[..4], ["reset-intro", "identify-ask-account", "common-help", "identify-ask-account"]);
    let by: Vec<String> = scene.shown().into_iter().take(3).map(|(by, _)| by).collect();
    assert_eq!(by, ["edit", "edit", "follow-up"], "the place of each promise, then below");
    assert_eq!(scene.mock.promised(), 0);
}

#[tokio::test]
async fn words_in_the_place_of_an_answer_may_come_twice_and_are_seen_once() {
    for fault in [Fault::ErrorAfterTaking, Fault::Error(500, 0), Fault::Error(502, 0)] {
        let mut scene = Scene::open().await;
        scene.mock.next(fault.clone());
        scene.command("reset").await;
        for _ in 0..10 {
            scene.wait(60).await;
        }
        assert_eq!(scene.shown().len(), 2, "{fault:?}: {:?}", scene.shown());
        assert!(scene.world.running().runtime.dead_letters().await.unwrap().is_empty(), "{fault:?}");
        assert_eq!(scene.mock.refused(), Vec::<String>::new());
    }
}

#[tokio::test]
async fn a_further_message_that_may_have_arrived_is_not_sent_again_and_is_on_record() {
    for fault in [Fault::ErrorAfterTaking, Fault::Error(500, 0)] {
        let mut scene = Scene::open().await;
        scene.command("start").await;
        let token = scene.first_choice();
        let before = scene.shown().len();
        let arrives = matches!(fault, Fault::ErrorAfterTaking);
        scene.mock.next(fault.clone());
        // A button has no answer of its own that could be filled in later.
        let pressed = scene.her.pressed(&token, None);
        scene.her.deliver(&scene.world, &pressed, 1).await;
        let posts = scene.mock.calls().len();
        for _ in 0..10 {
            scene.wait(60).await;
        }
        // The first message of the step, which is the one that went wrong, and the question that follows it.
        let dead = scene.world.running().runtime.dead_letters().await.unwrap();
        assert_eq!(dead.len(), 1, "{fault:?}: {:?}", scene.shown());
        assert!(scene.mock.calls().len() <= posts + 1, "{fault:?}: it was sent again");
        assert!(scene.shown().len() >= before + usize::from(arrives), "{fault:?}");
    }
}

/// A message of its own has a nonce: what may have arrived is sent again, and seen once.
#[tokio::test]
async fn a_direct_message_that_may_have_arrived_is_sent_again_and_seen_once() {
    for (faults, arrives) in [
        (vec![Fault::ErrorAfterTaking], true),
        (vec![Fault::ErrorAfterTaking, Fault::Error(502, 0)], true),
        (vec![Fault::Error(500, 0), Fault::ErrorAfterTaking], true),
        (vec![Fault::Error(500, 0); 3], false),
    ] {
        let mut scene = Scene::at_the_name().await;
        scene.wait(20).await;
        let (before, calls) = (scene.shown().len(), scene.mock.calls().len());
        // Discord takes no more answers to the interactions of this chat, so words come as a direct message.
        let help = scene.her.command("help", &[]);
        let token = help["token"].as_str().unwrap();
        scene.mock.issued(token, help["channel_id"].as_str().unwrap());
        scene.answer(&help).await;
        scene.mock.forget_tokens();
        faults.iter().for_each(|fault| scene.mock.next(fault.clone()));
        let posts = || scene.mock.calls()[calls..].iter().filter(|call| call.ends_with("/messages")).count();
        let dead = async || scene.world.running().runtime.dead_letters().await.unwrap().len();
        let tries = (faults.len() + 1).min(3);
        // What is tried again is not waited for by whoever waits for the outbox.
        let over = async {
            while posts() < tries || dead().await < usize::from(!arrives) {
                tokio::task::yield_now().await;
            }
        };
        let over = tokio::time::timeout(SURELY, scene.world.clock.pass_while(over)).await;
        assert!(over.is_ok(), "{faults:?}: {} tries, {} on record", posts(), dead().await);
        scene.wait(20).await;
        assert_eq!(posts(), tries, "{faults:?}");
        assert_eq!(dead().await, usize::from(!arrives), "{faults:?}: what nobody has seen is on record");
        let seen: Vec<String> = scene.shown()[before..].iter().map(|(by, _)| by.clone()).collect();
        assert_eq!(seen.len(), usize::from(arrives), "{faults:?}: {:?}", scene.shown());
        assert!(seen.iter().all(|by| by.starts_with("77")), "{seen:?}");
        assert_eq!(scene.mock.refused(), Vec::<String>::new());
    }
}

#[tokio::test]
async fn slow_and_empty_answers_are_answers() {
    for fault in [Fault::Slow(Duration::from_millis(150)), Fault::Empty] {
        let mut scene = Scene::open().await;
        scene.mock.next(fault.clone());
        scene.command("reset").await;
        scene.wait(600).await;
        assert_eq!(scene.shown().len(), 2, "{fault:?}");
        assert!(scene.world.running().runtime.dead_letters().await.unwrap().is_empty(), "{fault:?}");
    }
}

#[tokio::test]
async fn after_the_last_follow_up_that_discord_allows_words_come_as_direct_messages() {
    let mut scene = Scene::at_the_name().await;
    let before = scene.shown().len();
    let user = scene.world.person.as_ref().unwrap().user.clone();
    scene.say(&user).await;
    let token = scene.first_choice();
    // That of the command, of the form and of the button.
    for _ in 0..3 {
        scene.mock.next(Fault::Error(400, 40_094));
    }
    let pressed = scene.her.pressed(&token, None);
    scene.her.deliver(&scene.world, &pressed, 1).await;
    scene.wait(60).await;
    let shown = scene.shown()[before..].to_vec();
    assert!(shown.iter().any(|(by, _)| by.starts_with("77")), "{shown:?}");
    assert!(scene.world.running().runtime.dead_letters().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_discord_that_is_down_or_refuses_the_token_costs_no_message_and_the_log_names_the_key() {
    let log = Log::listen();
    for revoked in [false, true] {
        let mut scene = Scene::open().await;
        scene.mock.set_down(!revoked);
        scene.mock.set_wrong_token(revoked);
        if revoked {
            // Answers need no token of ours; direct messages do, and are the way when Discord takes no more answers.
            scene.mock.next(Fault::Error(400, 40_094));
        }
        scene.command("reset").await;
        scene.command("help").await;
        scene.mock.forget_tokens();
        for _ in 0..4 {
            scene.wait(60).await;
        }
        assert!(scene.shown().is_empty(), "revoked: {revoked}: {:?}", scene.shown());
        scene.mock.set_down(false);
        scene.mock.set_wrong_token(false);
        for _ in 0..10 {
            scene.wait(60).await;
        }
        assert!(scene.shown().len() >= 3, "revoked: {revoked}: {:?}", scene.shown());
        assert!(scene.world.running().runtime.dead_letters().await.unwrap().is_empty());
        let logged = String::from_utf8_lossy(&log.take()).into_owned();
        assert_eq!(logged.contains("discord.main.token_file"), revoked, "{logged}");
        assert!(!logged.contains(super::mock::TOKEN), "the token is in the log");
        assert!(!logged.contains("aW50ZXJhY3Rpb246"), "a reply handle is in the log");
    }
}
