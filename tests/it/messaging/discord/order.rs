//! Answered within Discord's three seconds whatever a directory takes; in order; once, however often it is delivered; and
//! heard of even when the interaction can be answered no more.

use std::sync::Arc;

use ringback::model::time::Seconds;
use ringback::ports::clock::Clock;
use serde_json::{Value, json};

use super::client::{post, read};
use super::scene::{HER, Scene};

/// Posts while the clock moves second by second, and says how many of them it took.
async fn timed(scene: &Scene, interaction: &Value) -> u32 {
    let token = interaction["token"].as_str().unwrap();
    scene.mock.issued(token, interaction["channel_id"].as_str().unwrap());
    let before = scene.world.clock.now();
    let mut posted = std::pin::pin!(post(&scene.world, interaction.to_string().into_bytes()));
    let (status, answer) = loop {
        tokio::select! {
            biased;
            answer = &mut posted => break answer,
            () = soon() => scene.world.clock.advance(Seconds(1)),
        }
    };
    assert_eq!(status, 200);
    scene.mock.answered(token, &serde_json::from_slice(&answer).unwrap());
    before.until(scene.world.clock.now()).0
}

/// Long enough for whatever is not waiting for the clock.
async fn soon() {
    for _ in 0..500 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_slow_directory_makes_no_interaction_fail_and_every_promise_is_kept_in_order() {
    let mut scene = Scene::at_the_name().await;
    scene.world.directory.think(Arc::clone(&scene.world.clock) as Arc<dyn Clock>, 7_000);
    let from = scene.said().len();
    let user = scene.world.person.as_ref().unwrap().user.clone();
    let acts = [
        scene.her.command("answer", &[("text", &user)]),
        scene.her.command("repeat", &[]),
        scene.her.command("help", &[]),
    ];
    let mut took = Vec::new();
    for act in &acts {
        took.push(timed(&scene, act).await);
    }
    assert!(took.iter().all(|seconds| *seconds < 3), "{took:?} seconds, and Discord waits for three");
    assert_eq!(scene.mock.promised(), 3, "all are answered by a promise");
    scene.world.settle().await;
    scene.wait(30).await;
    let said = scene.said()[from..].to_vec();
    let at = |key: &str| said.iter().position(|said| said == key);
    assert!(at("verify-choose-method").is_some() && at("common-help") > at("verify-choose-method"), "{said:?}");
    assert_eq!(scene.mock.promised(), 0, "every promise is kept");
    // It is delivered again, as after an answer that got lost: the same answer, and nothing happens.
    let before = (scene.said().len(), scene.shown().len());
    scene.her.deliver(&scene.world, &acts[2], 2).await;
    assert_eq!((scene.said().len(), scene.shown().len()), before);
    println!("a directory that thinks for 7 s: answered after {took:?} s");
}

#[tokio::test]
async fn a_result_that_comes_after_the_tokens_end_is_a_direct_message() {
    let mut scene = Scene::at_the_name().await;
    scene.mock.set_down(true);
    let help = scene.her.command("help", &[]);
    assert_eq!(scene.her.deliver(&scene.world, &help, 1).await["type"], 5);
    let before = scene.shown().len();
    // Discord is away for longer than a token lives; help is news that still matters.
    scene.wait(13 * 60).await;
    assert_eq!(scene.shown().len(), before);
    scene.wait(3 * 60).await;
    let calls = scene.mock.calls().len();
    scene.mock.set_down(false);
    for _ in 0..6 {
        scene.wait(120).await;
    }
    let after: Vec<String> = scene.shown()[before..].iter().map(|(by, _)| by.clone()).collect();
    assert!(after.iter().all(|by| by == &format!("77{HER}")) && !after.is_empty(), "{after:?}");
    assert!(scene.mock.calls().contains(&"POST users/@me/channels".to_owned()), "its channel is asked for");
    let used = scene.mock.calls()[calls..].iter().filter(|call| call.ends_with("webhooks")).count();
    assert_eq!(used, 0, "a token that is over was used");
}

#[tokio::test]
async fn words_take_the_place_of_the_interaction_that_was_promised_them_first() {
    let mut scene = Scene::open().await;
    scene.mock.set_down(true);
    let (reset, help) = (scene.her.command("reset", &[]), scene.her.command("help", &[]));
    for command in [&reset, &help] {
        assert_eq!(scene.her.deliver(&scene.world, command, 1).await["type"], 5);
    }
    scene.mock.set_down(false);
    for _ in 0..6 {
        scene.wait(60).await;
    }
    let said = scene.shown();
    let words = |command: &Value| read(&scene.mock.words_of(command["token"].as_str().unwrap()).unwrap());
    assert_eq!([words(&reset), words(&help)], [said[0].1.clone(), said[1].1.clone()], "{said:?}");
    assert_eq!(scene.mock.promised(), 0);
}

/// We may be quicker with the words than Discord with our answer: then it does not know the interaction yet.
#[tokio::test]
async fn words_that_come_before_their_promise_wait_for_it() {
    let mut scene = Scene::open().await;
    let command = scene.her.command("reset", &[]);
    let token = command["token"].as_str().unwrap().to_owned();
    scene.mock.issued(&token, command["channel_id"].as_str().unwrap());
    let answer = scene.answer(&command).await;
    while !scene.mock.calls().contains(&"PATCH webhooks".to_owned()) {
        tokio::task::yield_now().await;
        tokio::time::sleep(std::time::Duration::from_millis(1)).await;
    }
    scene.mock.answered(&token, &answer);
    scene.wait(2).await;
    scene.wait(2).await;
    assert!(scene.mock.words_of(&token).is_some(), "{:?}", scene.mock.calls());
    assert!(scene.shown().iter().all(|(by, _)| !by.starts_with("77")), "{:?}", scene.shown());
}

#[tokio::test]
async fn a_token_that_discord_ends_early_is_passed_over() {
    let mut scene = Scene::at_the_name().await;
    scene.mock.forget_tokens();
    let (before, calls) = (scene.shown().len(), scene.mock.calls().len());
    // Past the moment in which an interaction may be unknown because its answer is under way.
    scene.wait(10).await;
    let repeat = scene.her.command("repeat", &[]);
    scene.her.deliver(&scene.world, &repeat, 1).await;
    scene.mock.forget_tokens();
    scene.wait(10 * 60).await;
    // The reminder of a silent conversation, if there is one, or the next words: both come as direct messages.
    let other = scene.her.command("help", &[]);
    scene.mock.issued(other["token"].as_str().unwrap(), other["channel_id"].as_str().unwrap());
    scene.her.deliver(&scene.world, &other, 1).await;
    assert!(scene.shown().len() >= before + 2, "{:?}", scene.mock.calls()[calls..].to_vec());
}

#[tokio::test]
async fn interactions_out_of_order_and_again_are_taken_once_each() {
    let mut scene = Scene::at_the_name().await;
    let (first, second) = (scene.her.command("help", &[]), scene.her.command("repeat", &[]));
    let before = scene.shown().len();
    for interaction in [&second, &first, &second, &first, &first] {
        scene.her.deliver(&scene.world, interaction, 1).await;
    }
    assert_eq!(scene.shown().len(), before + 2, "one answer each");
}

#[tokio::test]
async fn a_button_pressed_a_hundred_times_at_once_works_once() {
    let mut scene = Scene::open().await;
    scene.command("start").await;
    let token = scene.first_choice();
    let before = scene.said().len();
    let presses: Vec<_> = (0..100).map(|_| scene.her.pressed(&token, None)).collect();
    for press in &presses {
        scene.mock.issued(press["token"].as_str().unwrap(), press["channel_id"].as_str().unwrap());
    }
    let world = &scene.world;
    let all = futures_util::future::join_all(presses.iter().map(|press| post(world, press.to_string().into_bytes())));
    let answers = world.clock.pass_while(all).await;
    let (mut taken, mut again) = (0, 0);
    for (press, (status, answer)) in presses.iter().zip(&answers) {
        assert_eq!(*status, 200);
        let answer: Value = serde_json::from_slice(answer).unwrap();
        match answer["type"].as_u64() {
            Some(6) => taken += 1,
            // Discord delivers nothing again, so a refusal would be a riddle to its person.
            Some(4) => {
                assert_eq!(answer["data"]["flags"], json!(68), "seen by one person alone");
                assert!(answer["data"]["content"].as_str().unwrap().contains("try again"), "{answer}");
                again += 1;
            }
            _ => panic!("{answer}"),
        }
        scene.mock.answered(press["token"].as_str().unwrap(), &answer);
    }
    scene.world.settle().await;
    let said = scene.said()[before..].to_vec();
    let old = said.iter().filter(|said| *said == "common-old-button").count();
    assert_eq!(said.iter().filter(|said| *said == "reset-intro").count(), 1, "{said:?}");
    println!("100 presses: 1 transition, {old} told that it is old; {taken} taken, {again} asked to try again");
    assert!(again > 0, "nobody was turned away: what is said then was not seen");
}
