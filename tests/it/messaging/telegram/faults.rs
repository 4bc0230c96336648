//! A Bot API that is slow, full, down, or refuses the token costs no message, and none comes twice.

use std::time::Duration;

use super::client::Client;
use super::mock::Fault;
use super::scene::{HER, Scene};
use crate::guarantees::canaries::places::Log;
use crate::messaging::app::App;

#[tokio::test]
async fn a_wait_that_telegram_asks_for_is_kept_by_everybody_and_the_order_stays() {
    let mut scene = Scene::open().await;
    scene.mock.next(Fault::TooMany(120));
    scene.say("/start reset").await;
    assert!(scene.shown_to(HER).is_empty());
    scene.say("help").await;
    let mut other = Client::new(scene.mock.clone(), HER + 1);
    other.say(&scene.world, "/start", 1).await;
    scene.wait(60).await;
    assert!(scene.mock.messages().is_empty(), "one of two minutes is over");
    // Nobody asked Telegram while it wanted to be left alone.
    assert_eq!(scene.methods("sendMessage").len(), 1);
    for _ in 0..4 {
        scene.wait(40).await;
    }
    let said: Vec<String> = scene
        .world
        .heard
        .all()
        .iter()
        .filter(|said| said.peer == scene.her.peer(&scene.world))
        .map(|said| said.prompt.message.to_string())
        .collect();
    assert_eq!(said, ["reset-intro", "identify-ask-account", "common-help", "identify-ask-account"]);
    // What one step says is one message.
    assert_eq!((scene.shown_to(HER).len(), scene.shown_to(HER + 1).len()), (2, 1));
}

#[tokio::test]
async fn what_may_have_arrived_is_not_sent_again_and_is_on_record() {
    for fault in [Fault::ErrorAfterTaking, Fault::Error(500), Fault::Error(504)] {
        let mut scene = Scene::open().await;
        let arrives = matches!(fault, Fault::ErrorAfterTaking);
        scene.mock.next(fault.clone());
        scene.say("/start reset").await;
        scene.wait(240).await;
        assert_eq!(scene.shown_to(HER).len(), usize::from(arrives), "{fault:?}");
        assert_eq!(scene.methods("sendMessage").len(), 1, "{fault:?}");
        let dead = scene.world.running().runtime.dead_letters().await.unwrap();
        assert_eq!(dead.len(), 1, "{fault:?}");
        // Whatever she writes brings the question back.
        scene.say("repeat").await;
        assert_eq!(scene.shown_to(HER).len(), 1 + usize::from(arrives), "{fault:?}");
    }
}

#[tokio::test]
async fn slow_and_empty_answers_are_answers() {
    for fault in [Fault::Slow(Duration::from_millis(150)), Fault::Empty] {
        let mut scene = Scene::open().await;
        scene.mock.next(fault.clone());
        scene.say("/start reset").await;
        scene.wait(240).await;
        assert_eq!(scene.shown_to(HER).len(), 1, "{fault:?}");
        assert!(scene.world.running().runtime.dead_letters().await.unwrap().is_empty(), "{fault:?}");
    }
}

#[tokio::test]
async fn a_bot_api_that_is_down_or_refuses_the_token_costs_no_message_and_the_log_names_the_key() {
    let log = Log::listen();
    for revoked in [false, true] {
        let mut scene = Scene::open().await;
        scene.mock.set_down(!revoked);
        scene.mock.set_wrong_token(revoked);
        scene.say("/start reset").await;
        scene.say("help").await;
        scene.wait(60).await;
        scene.wait(60).await;
        assert!(scene.shown_to(HER).is_empty());
        let metrics = scene.world.running().runtime.metrics().text();
        let retried = |line: &&str| line.contains("method=\"telegram\"") && line.contains("retry");
        assert!(metrics.lines().any(|line| retried(&line)), "the metric shows it");
        let waiting = scene.world.running().runtime.operator().waiting(100).await.unwrap();
        assert!(waiting.iter().any(|row| row.lane.starts_with("peer/")), "they wait in the outbox");
        scene.mock.set_down(false);
        scene.mock.set_wrong_token(false);
        for _ in 0..3 {
            scene.wait(40).await;
        }
        assert_eq!(scene.shown_to(HER).len(), 2, "revoked: {revoked}");
        if revoked {
            let logged = String::from_utf8_lossy(&log.take()).into_owned();
            assert!(logged.contains("telegram.main.token_file"), "{logged}");
            assert!(!logged.contains(super::mock::TOKEN), "the token is in the log");
        }
    }
}
