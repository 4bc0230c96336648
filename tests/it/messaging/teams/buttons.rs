//! Buttons work once, for their owner, at their step; what is edited, forwarded or comes again does nothing twice.

use std::sync::Arc;

use serde_json::{Value, json};

use super::client::Client;
use super::scene::Scene;

/// The token of the first button on the screen.
fn first(scene: &Scene) -> String {
    scene.her.newest(|_| true).expect("there are buttons")
}

#[tokio::test]
async fn a_press_is_answered_in_place_with_the_card_and_without_its_buttons() {
    let mut scene = Scene::at_the_choice().await;
    let token = first(&scene);
    let pressed = scene.her.pressed(&token);
    scene.deliver(&pressed).await;
    let answers = scene.mock.answers();
    let card = &answers[0]["value"];
    let text = card.to_string();
    assert_eq!(answers[0]["type"], "application/vnd.microsoft.card.adaptive");
    assert!(text.contains("You chose"), "{text}");
    assert!(!text.contains("Action.Execute") && !text.contains(&token), "{text}");
}

#[tokio::test]
async fn a_button_works_once_however_often_it_comes() {
    let mut scene = Scene::at_the_choice().await;
    let token = first(&scene);
    let pressed = scene.her.pressed(&token);
    scene.deliver(&pressed).await;
    let (said, sent) = (scene.said(), scene.world.letters().len());
    // The same activity again, as the platform does after 15 s.
    for _ in 0..20 {
        scene.deliver(&pressed).await;
    }
    assert_eq!((scene.said(), scene.world.letters().len()), (said.clone(), sent));
    // Pressed again by the person: another activity with an old token.
    for _ in 0..3 {
        let again = scene.her.pressed(&token);
        scene.deliver(&again).await;
    }
    let new = scene.said().split_off(said.len());
    assert!(new.iter().all(|key| key == "common-old-button"), "{new:?}");
    assert_eq!(scene.world.letters().len(), sent);
}

#[tokio::test]
async fn a_button_as_older_programs_send_it_does_the_same() {
    let (mut new, mut old) = (Scene::at_the_choice().await, Scene::at_the_choice().await);
    let pressed = new.her.pressed(&first(&new));
    new.deliver(&pressed).await;
    let submitted = old.her.submitted(&first(&old));
    old.deliver(&submitted).await;
    assert_eq!(new.said(), old.said());
}

#[tokio::test]
async fn somebody_elses_button_does_nothing_for_anybody() {
    let mut scene = Scene::at_the_choice().await;
    let token = first(&scene);
    let (said, sent) = (scene.said().len(), scene.world.letters().len());
    let mut other = Client::new(Arc::clone(&scene.mock), 2);
    let pressed = other.pressed(&token);
    other.deliver(&scene.world, &pressed, 1).await;
    let new = scene.said().split_off(said);
    assert_eq!(new, ["common-menu"], "a stranger begins at the beginning");
    assert_eq!(scene.world.letters().len(), sent);
    // It still works for its owner.
    let pressed = scene.her.pressed(&token);
    scene.deliver(&pressed).await;
    assert!(scene.said().len() > said + 1);
}

#[tokio::test]
async fn a_token_of_ones_own_making_does_nothing() {
    let mut scene = Scene::at_the_choice().await;
    let token = first(&scene);
    let (key, mac) = token.rsplit_once('.').unwrap();
    let flipped = if mac.starts_with('A') { mac.replacen('A', "B", 1) } else { format!("A{}", &mac[1..]) };
    let sent = scene.world.letters().len();
    for forged in
        [format!("{key}.{flipped}"), format!("{key}."), key.to_owned(), format!("other.{mac}"), "x".repeat(64)]
    {
        let said = scene.said().len();
        let pressed = scene.her.pressed(&forged);
        scene.deliver(&pressed).await;
        let new = scene.said().split_off(said);
        assert_eq!(new, ["common-old-button"], "{forged}");
    }
    assert_eq!(scene.world.letters().len(), sent);
}

#[tokio::test]
async fn an_edited_message_is_not_heard() {
    let mut scene = Scene::at_the_name().await;
    let said = scene.said().len();
    let mut edited = scene.her.message("aisyah");
    edited["type"] = json!("messageUpdate");
    scene.deliver(&edited).await;
    assert_eq!(scene.said().len(), said);
}

#[tokio::test]
async fn where_others_read_along_one_sentence_points_to_a_private_chat() {
    let mut scene = Scene::open().await;
    for text in ["reset", "my password is Xy7!kkkkk", "help"] {
        let message = scene.her.in_group(text);
        scene.deliver(&message).await;
    }
    let shown = scene.mock.shown();
    assert_eq!(shown.len(), 1, "{:?}", scene.screen());
    assert_eq!(shown[0].conversation, "19:team@thread.tacv2;messageid=1767574800000");
    let links: Vec<Value> = shown[0].activity["attachments"][0]["content"]["body"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|element| element["actions"].as_array().cloned().unwrap_or_default())
        .collect();
    assert!(links[0]["url"].as_str().unwrap().starts_with("https://teams.microsoft.com/l/chat/0/0?users=28:"));
    // A press there is answered in the right form and leads nowhere.
    let mut pressed = scene.her.pressed("yes.AAAAAAAAAAAAAAAA");
    pressed["conversation"]["conversationType"] = json!("groupChat");
    scene.deliver(&pressed).await;
    assert_eq!(scene.mock.shown().len(), 2, "another place has a sentence of its own");
}
