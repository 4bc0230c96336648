//! Private by construction: what is pressed, forwarded, shared or written by others changes nothing.

use ringback::audit::AuditKind;
use serde_json::{Value, json};

use super::client::Client;
use super::mock::USERNAME;
use super::scene::{HER, Scene};
use crate::messaging::app::App;

const GROUP: i64 = -100_200_300;
const OTHER: i64 = 5_550_999;

fn in_group(scene: &mut Scene, from: i64, text: &str) -> Value {
    let mut update = scene.her.message(json!({ "text": text }));
    update["message"]["chat"] = json!({ "id": GROUP, "type": "supergroup", "title": "Team" });
    update["message"]["from"]["id"] = json!(from);
    update
}

#[tokio::test]
async fn g21_a_group_reads_one_sentence_in_ten_minutes_and_a_way_to_a_private_chat() {
    let mut scene = Scene::open().await;
    let mention = format!("@{USERNAME} reset please");
    for (from, text) in [(HER, "/reset"), (OTHER, "/unlock"), (HER, mention.as_str()), (HER, "aisyah@apu.example")] {
        let update = in_group(&mut scene, from, text);
        scene.her.deliver(&scene.world, &update, 1).await;
    }
    let shown = scene.shown_to(GROUP);
    assert_eq!(shown.len(), 1, "{shown:?}");
    let message = scene.mock.messages().remove(0);
    let url = &message["reply_markup"]["inline_keyboard"][0][0]["url"];
    assert_eq!(*url, json!(format!("https://t.me/{USERNAME}?start=menu")));
    scene.wait(601).await;
    let update = in_group(&mut scene, HER, "/reset");
    scene.her.deliver(&scene.world, &update, 1).await;
    assert_eq!(scene.shown_to(GROUP).len(), 2);
    assert!(scene.shown_to(HER).is_empty() && scene.world.letters().is_empty());
    assert_eq!(scene.world.audit().await.len(), 0, "no case began");
}

#[tokio::test]
async fn talk_among_people_and_bots_is_not_ours() {
    let mut scene = Scene::open().await;
    let commits = scene.commits();
    let mut silent = Vec::new();
    for text in ["good morning", "/reset@another_bot", "@another_bot reset", "reset my password", "mail me@example.org"]
    {
        silent.push(in_group(&mut scene, HER, text));
    }
    let mut bot = in_group(&mut scene, HER, "/reset");
    bot["message"]["from"]["is_bot"] = json!(true);
    silent.push(bot);
    for update in &silent {
        scene.her.deliver(&scene.world, update, 1).await;
    }
    assert_eq!(scene.commits(), commits);
    assert!(scene.mock.messages().is_empty());
}

#[tokio::test]
async fn g20_a_button_of_another_person_an_old_one_or_one_in_a_group_changes_nothing() {
    let mut scene = Scene::open().await;
    scene.say("/start").await;
    let first = scene.world.heard.all().last().unwrap().prompt.choices[0].token.clone();
    // Somebody else has the same button, as a forwarded keyboard would give it to them.
    let mut other = Client::new(scene.mock.clone(), OTHER);
    let before = scene.said().len();
    let foreign = other.pressed(&first);
    other.deliver(&scene.world, &foreign, 1).await;
    assert_eq!(scene.said()[before..], ["common-menu"], "a stranger begins at the beginning");
    assert_eq!(scene.world.heard.all().last().unwrap().peer, other.peer(&scene.world));
    // In a group, by herself.
    let mut grouped = scene.her.pressed(&first);
    grouped["callback_query"]["message"]["chat"] = json!({ "id": GROUP, "type": "supergroup", "title": "Team" });
    let before = scene.said().len();
    scene.her.deliver(&scene.world, &grouped, 1).await;
    assert_eq!(scene.said().len(), before);
    // Hers works, and then not again.
    let pressed = scene.her.pressed(&first);
    scene.her.deliver(&scene.world, &pressed, 1).await;
    assert!(scene.said()[before..].contains(&"reset-intro".to_owned()));
    let before = scene.said().len();
    let again = scene.her.pressed(&first);
    scene.her.deliver(&scene.world, &again, 1).await;
    assert_eq!(scene.said()[before..], ["common-old-button"]);
    assert_eq!(scene.methods("answerCallbackQuery").len(), 4, "every press is answered, or its button turns for ever");
}

#[tokio::test]
async fn forwarded_shared_and_edited_messages_answer_nothing() {
    let mut scene = Scene::at_the_name().await;
    let user = scene.world.person.as_ref().unwrap().user.clone();
    let from = json!({ "type": "user", "date": 1_767_574_000, "sender_user": scene.her.user() });
    let before = scene.said().len();
    scene.message(json!({ "text": user, "forward_origin": from })).await;
    assert_eq!(scene.said()[before..], ["identify-ask-account"], "the question comes again");
    let card =
        |user: Value| json!({ "contact": { "phone_number": "60123456789", "first_name": "B", "user_id": user } });
    for owner in [json!(OTHER), Value::Null] {
        let before = scene.said().len();
        scene.message(card(owner)).await;
        assert_eq!(scene.said()[before..], ["identify-ask-account"], "somebody else's card");
    }
    let mut edited = scene.her.message(json!({ "text": user, "edit_date": 1_767_574_801 }));
    let message = edited.as_object_mut().unwrap().remove("message").unwrap();
    edited["edited_message"] = message;
    let before = scene.said().len();
    scene.her.deliver(&scene.world, &edited, 1).await;
    assert_eq!(scene.said().len(), before);
}

#[tokio::test]
async fn her_own_card_is_the_number_and_the_button_for_it_stands_there() {
    let mut scene = Scene::at_the_name().await;
    let person = scene.world.person.as_ref().unwrap();
    let (user, mobile) = (person.user.clone(), person.mobile.clone().unwrap().replace([' ', '+'], ""));
    scene.say(&user).await;
    let question = scene.world.heard.all().last().unwrap().prompt.clone();
    let sms = question.choices.iter().find(|choice| choice.key.as_str() == "sms").unwrap().token.clone();
    scene.her.press(&scene.world, &sms, "", 1).await;
    let asked = scene.mock.messages().pop().unwrap();
    assert_eq!(asked["reply_markup"]["keyboard"][0][0]["request_contact"], json!(true), "{asked}");
    scene.message(json!({ "contact": { "phone_number": mobile, "first_name": "A", "user_id": HER } })).await;
    assert_eq!(scene.world.letters().len(), 1, "the number was right: {:?}", scene.said());
    let after = scene.mock.messages().pop().unwrap();
    assert!(after["reply_markup"]["keyboard"].is_null(), "the button is gone: {after}");
}

#[tokio::test]
async fn g22_what_looks_like_a_password_is_taken_off_the_screen() {
    let mut scene = Scene::at_the_name().await;
    let update = scene.her.message(json!({ "text": crate::talks::run::BLURTED }));
    let id = update["message"]["message_id"].clone();
    scene.her.deliver(&scene.world, &update, 1).await;
    assert_eq!(scene.methods("deleteMessage"), [json!({ "chat_id": HER, "message_id": id })]);
    scene.say("help").await;
    assert_eq!(scene.methods("deleteMessage").len(), 1);
}

#[tokio::test]
async fn the_language_of_the_client_is_the_first_one_and_a_link_knows_what_for() {
    let mut scene = Scene::with(crate::support::world::Wish::default()).await;
    scene.her.start(&scene.world, Some(ringback::model::purpose::Purpose::UnlockAccount), "ms-MY").await;
    let said = scene.world.heard.all();
    assert_eq!(said[0].prompt.message.as_str(), "unlock-intro");
    let languages: Vec<&str> = scene.world.tenant.languages.iter().map(|language| language.tag()).collect();
    let expected = if languages.contains(&"ms") { "ms" } else { "en" };
    assert_eq!(said[0].language.tag(), expected);
}

#[tokio::test]
async fn messages_cannot_be_forwarded_and_show_no_preview() {
    let mut scene = Scene::at_the_name().await;
    scene.say("help").await;
    for message in scene.mock.messages() {
        assert_eq!(message["protect_content"], json!(true));
        assert_eq!(message["link_preview_options"]["is_disabled"], json!(true));
        assert!(message.get("parse_mode").is_none(), "nothing in a text is markup");
    }
}

#[tokio::test]
async fn whoever_blocks_the_bot_has_left_and_a_group_that_takes_it_in_reads_its_sentence() {
    let mut scene = Scene::at_the_name().await;
    let member = |id: i64, kind: &str, status: &str| {
        let chat = json!({ "id": id, "type": kind, "first_name": "Ada", "title": "Team" });
        let bot = json!({ "id": 123_456_789, "is_bot": true, "first_name": "Reset" });
        json!({ "chat": chat, "date": 1_767_574_800, "old_chat_member": { "status": "left", "user": bot },
            "new_chat_member": { "status": status, "user": bot } })
    };
    let mut update = |membership: Value| {
        let mut update = scene.her.message(json!({}));
        let from = update.as_object_mut().unwrap().remove("message").unwrap()["from"].clone();
        update["my_chat_member"] = membership;
        update["my_chat_member"]["from"] = from;
        update
    };
    let (blocked, joined) = (update(member(HER, "private", "kicked")), update(member(GROUP, "group", "member")));
    scene.her.deliver(&scene.world, &blocked, 2).await;
    let ended = scene.world.audit().await.iter().any(|event| matches!(event.kind, AuditKind::CaseEnded { .. }));
    assert!(ended, "the case goes on by itself");
    scene.her.deliver(&scene.world, &joined, 1).await;
    assert_eq!(scene.shown_to(GROUP).len(), 1);
}
