//! Signing keys come and go while the service runs.

use std::sync::Arc;

use ringback::channels::teams::signing_keys::{PATIENCE, SigningKeys};
use ringback::model::ids::TenantId;
use ringback::model::time::{Seconds, Timestamp};
use ringback::ports::clock::Clock;

use super::client::post;
use super::mock::Mock;
use super::scene::Scene;
use super::sending::until;
use super::signing::{Token, Which};
use crate::support::clock::{MORNING, TestClock};

async fn status(scene: &mut Scene, token: &Token) -> u16 {
    let message = scene.her.message("help").to_string().into_bytes();
    let (status, _) = scene.world.clock.pass_while(post(&scene.world, &token.bearer(), message)).await;
    scene.world.settle().await;
    status.as_u16()
}

fn token(scene: &Scene, key: Which) -> Token {
    Token::new(key, &scene.mock.service(), scene.world.clock.now())
}

#[tokio::test]
async fn a_new_key_is_asked_for_once_ours_are_an_hour_old_and_not_before() {
    let mut scene = Scene::at_the_name().await;
    assert_eq!(scene.mock.asked_for_keys(), 1, "asked at the first request");
    scene.mock.list(vec![Which::First.listed(&["msteams"]), Which::Second.listed(&["msteams"])]);
    let second = token(&scene, Which::Second);
    for _ in 0..10 {
        assert_eq!(status(&mut scene, &second).await, 401);
    }
    assert_eq!(scene.mock.asked_for_keys(), 1, "unknown keys make no storm");
    scene.wait(3_601).await;
    let second = token(&scene, Which::Second);
    assert_eq!(status(&mut scene, &second).await, 200);
    assert_eq!(scene.mock.asked_for_keys(), 2);
    // Both serve while the old one is listed; when it is gone from the list, it is gone here within a day.
    let first = token(&scene, Which::First);
    assert_eq!(status(&mut scene, &first).await, 200);
    scene.mock.list(vec![Which::Second.listed(&["msteams"])]);
    scene.wait(24 * 3_600).await;
    let first = token(&scene, Which::First);
    assert_eq!(status(&mut scene, &first).await, 401);
    assert_eq!(scene.mock.asked_for_keys(), 3);
}

#[tokio::test]
async fn old_keys_serve_on_while_the_platform_cannot_be_asked() {
    let mut scene = Scene::at_the_name().await;
    scene.mock.set_keys_down(true);
    scene.wait(25 * 3_600).await;
    let first = token(&scene, Which::First);
    assert_eq!(status(&mut scene, &first).await, 200);
}

#[tokio::test]
async fn without_any_key_the_platform_is_told_to_come_again() {
    let mut scene = Scene::open().await;
    scene.mock.set_keys_down(true);
    let first = token(&scene, Which::First);
    assert_eq!(status(&mut scene, &first).await, 503);
    scene.mock.set_keys_down(false);
    assert_eq!(status(&mut scene, &first).await, 503, "not asked at once again");
    scene.wait(11).await;
    assert_eq!(status(&mut scene, &first).await, 200);
}

/// As a key that vouches for nothing, or for other channels only.
#[tokio::test]
async fn a_key_must_vouch_for_teams() {
    for endorsements in [&[][..], &["webchat", "directline"], &["MSTEAMS"], &["msteams2"]] {
        let mut scene = Scene::open().await;
        scene.mock.list(vec![Which::First.listed(endorsements)]);
        let first = token(&scene, Which::First);
        assert_eq!(status(&mut scene, &first).await, 401, "{endorsements:?}");
    }
}

/// What a turn is answered while whoever has the keys says nothing, and how long that took by the world's clock.
async fn status_while_keys_hang(scene: &mut Scene, key: Which) -> (u16, u64) {
    let message = scene.her.message("help").to_string().into_bytes();
    let (token, began, hanging) = (token(scene, key), scene.world.clock.now(), scene.mock.hanging());
    let bearer = token.bearer();
    let mut posted = std::pin::pin!(post(&scene.world, &bearer, message));
    tokio::select! {
        biased;
        (status, _) = &mut posted => return (status.as_u16(), scene.world.clock.now().0 - began.0),
        () = until("the keys are asked for", || scene.mock.hanging() > hanging) => {}
    }
    scene.world.clock.advance(PATIENCE);
    let (status, _) = posted.await;
    (status.as_u16(), scene.world.clock.now().0 - began.0)
}

#[tokio::test]
async fn a_slow_list_of_keys_makes_no_turn_wait_longer_than_three_seconds() {
    const { assert!(PATIENCE.0 < 3) };
    // Nothing is known: the platform comes again, and finds the answer of the first question.
    let mut scene = Scene::open().await;
    let go_on = scene.mock.let_keys_hang();
    let (status_now, took) = status_while_keys_hang(&mut scene, Which::First).await;
    assert_eq!(status_now, 503);
    assert!(took < 3_000, "{took} ms");
    go_on.send(true).unwrap();
    let first = token(&scene, Which::First);
    assert_eq!(status(&mut scene, &first).await, 200);
    assert_eq!(scene.mock.asked_for_keys(), 1);

    // A day later: what is known serves on, and what may be new is told to come again.
    scene.wait(24 * 3_600).await;
    let go_on = scene.mock.let_keys_hang();
    let (status_now, took) = status_while_keys_hang(&mut scene, Which::First).await;
    assert_eq!(status_now, 200);
    assert!(took < 3_000, "{took} ms");
    scene.world.settle().await;
    let first = token(&scene, Which::First);
    assert_eq!(status(&mut scene, &first).await, 200, "and nobody waits for the same question again");
    go_on.send(true).unwrap();
}

#[tokio::test]
async fn keys_are_had_before_the_first_activity_and_long_before_they_are_old() {
    let mock = Mock::start().await;
    let clock = Arc::new(TestClock::at(MORNING));
    let openid = mock.config(&TenantId("apu".to_owned())).openid;
    let keys = Arc::new(SigningKeys::new(&openid, Arc::clone(&clock) as _, "teams.main".to_owned()).unwrap());
    let fresh = tokio::spawn({
        let keys = Arc::clone(&keys);
        async move { keys.keep_fresh().await }
    });
    for asked in 1..=3 {
        until("they are asked for", || mock.asked_for_keys() == asked).await;
        // Whoever comes now is recognised at once; nobody's first message starts a question.
        assert!(keys.find("first-key").await.unwrap().is_some());
        assert_eq!(mock.asked_for_keys(), asked);
        for _ in 0..64 {
            tokio::task::yield_now().await;
        }
        clock.advance(Seconds::hours(6));
    }
    until("they are asked for", || mock.asked_for_keys() == 4).await;
    assert!(clock.now() >= Timestamp(MORNING.0 + 18 * 3_600_000));
    fresh.abort();
}
