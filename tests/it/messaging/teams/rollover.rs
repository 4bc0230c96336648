//! Signing keys come and go while the service runs.

use super::client::post;
use super::scene::Scene;
use super::signing::{Token, Which};
use ringback::ports::clock::Clock;

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
