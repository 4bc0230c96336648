//! Acknowledged when it is on disk, whatever a directory takes; in order; once, however often it is delivered.

use std::sync::Arc;

use ringback::model::time::Seconds;
use ringback::ports::clock::Clock;
use serde_json::{Value, json};

use super::client::post;
use super::mock::Mock;
use super::scene::{HER, Scene};

/// She types her name and then two commands, while the directory thinks for seven seconds. Returns the last update.
async fn impatient(scene: &mut Scene) -> Value {
    scene.world.directory.think(Arc::clone(&scene.world.clock) as Arc<dyn Clock>, 7_000);
    let user = scene.world.person.as_ref().unwrap().user.clone();
    let name = scene.her.message(json!({ "text": user }));
    assert_eq!(scene.status(&name).await, 200);
    let before = scene.world.clock.now();
    let (repeat, help) = (scene.her.message(json!({ "text": "repeat" })), scene.her.message(json!({ "text": "help" })));
    for update in [&repeat, &help] {
        let mut posted = std::pin::pin!(post(&scene.world, update.to_string().into_bytes()));
        let status = loop {
            tokio::select! {
                biased;
                (status, _) = &mut posted => break status,
                () = soon() => scene.world.clock.advance(Seconds(1)),
            }
        };
        assert_eq!(status, 200);
    }
    let took = before.until(scene.world.clock.now());
    assert!(took.0 <= 6, "{took:?} for two acknowledgements, while the directory thinks for seven seconds");
    help
}

/// The name comes first, then what was typed behind it, once.
fn in_order(scene: &Scene, from: usize) {
    let said = scene.said()[from..].to_vec();
    let at = |key: &str| said.iter().position(|said| said == key);
    let (asked, helped) = (at("verify-choose-method"), at("common-help"));
    assert!(asked.is_some() && helped > asked, "the name first, then the call for help: {said:?}");
    assert_eq!(said.iter().filter(|said| *said == "common-help").count(), 1, "{said:?}");
}

#[tokio::test]
async fn a_slow_directory_delays_no_acknowledgement() {
    let mut scene = Scene::at_the_name().await;
    let from = scene.said().len();
    let help = impatient(&mut scene).await;
    scene.world.settle().await;
    scene.wait(30).await;
    in_order(&scene, from);
    // It is delivered again, as after an answer that got lost: nothing happens.
    let before = scene.said().len();
    scene.her.deliver(&scene.world, &help, 2).await;
    assert_eq!(scene.said().len(), before);
}

/// Each life of the machine has threads of its own: whatever the first one had under way is gone with it.
#[test]
fn a_crash_loses_nothing_that_was_acknowledged_before_its_turn() {
    let life = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let first = life();
    let (mut scene, from) = first.block_on(async {
        let mut scene = Scene::at_the_name().await;
        let from = scene.said().len();
        impatient(&mut scene).await;
        (scene, from)
    });
    drop(first);
    life().block_on(async {
        scene.mock = Mock::start().await;
        scene.world.telegram = Some(Arc::clone(&scene.mock));
        scene.world.crash().await;
        scene.world.settle().await;
        scene.wait(70).await;
        in_order(&scene, from);
        drop(scene);
    });
}

/// Long enough for whatever is not waiting for the clock.
async fn soon() {
    for _ in 0..500 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn updates_out_of_order_and_again_are_taken_once_each() {
    let mut scene = Scene::at_the_name().await;
    let (first, second) =
        (scene.her.message(json!({ "text": "help" })), scene.her.message(json!({ "text": "repeat" })));
    let before = scene.shown_to(HER).len();
    for update in [&second, &first, &second, &first, &first] {
        scene.her.deliver(&scene.world, update, 1).await;
    }
    assert_eq!(scene.shown_to(HER).len(), before + 2, "one answer each");
}

#[tokio::test]
async fn g02_a_button_pressed_a_hundred_times_at_once_works_once() {
    let mut scene = Scene::open().await;
    scene.say("/start").await;
    let token = scene.world.heard.all().last().unwrap().prompt.choices[0].token.clone();
    let before = scene.said().len();
    let presses: Vec<_> = (0..100).map(|_| scene.her.pressed(&token)).collect();
    let world = &scene.world;
    let all = futures_util::future::join_all(presses.iter().map(|update| post(world, update.to_string().into_bytes())));
    let statuses: Vec<u16> = world.clock.pass_while(all).await.into_iter().map(|(status, _)| status.as_u16()).collect();
    scene.world.settle().await;
    let (taken, busy) =
        (statuses.iter().filter(|s| **s == 200).count(), statuses.iter().filter(|s| **s == 429).count());
    assert_eq!(taken + busy, 100, "{statuses:?}");
    let said = scene.said()[before..].to_vec();
    let old = said.iter().filter(|said| *said == "common-old-button").count();
    assert_eq!(said.iter().filter(|said| *said == "reset-intro").count(), 1, "{said:?}");
    println!("100 presses: 1 transition, {old} told that it is old, {busy} turned away");
}
