//! Private by construction: what is pressed, typed elsewhere or shown to others changes nothing.

use std::sync::Arc;

use serde_json::{Value, json};

use super::client::{Client, read};
use super::mock::{APPLICATION, GUILD_CHANNEL};
use super::scene::Scene;
use crate::messaging::app::App;

const OTHER: u64 = 5_550_999;

#[tokio::test]
async fn a_guild_reads_one_sentence_in_ten_minutes_and_each_person_alone_a_way_to_a_private_chat() {
    let mut scene = Scene::open().await;
    let mut other = Client::new(Arc::clone(&scene.mock), OTHER);
    let link = format!("https://discord.com/users/{APPLICATION}");
    for n in 0..4 {
        let who = if n % 2 == 0 { &mut scene.her } else { &mut other };
        let user = scene.world.person.as_ref().unwrap().user.clone();
        let command = if n == 3 { who.command("answer", &[("text", &user)]) } else { who.command("reset", &[]) };
        let command = who.in_guild(command);
        let answer = who.deliver(&scene.world, &command, 1).await;
        assert_eq!((&answer["type"], &answer["data"]["flags"]), (&json!(4), &json!(68)), "{answer}");
        assert_eq!(answer["data"]["components"][0]["components"][0]["url"], json!(link));
    }
    let public = |scene: &Scene| scene.mock.shown().iter().filter(|shown| !shown.aside).count();
    assert_eq!(public(&scene), 1, "{:?}", scene.shown());
    let (by, words) = scene.shown().into_iter().find(|(by, _)| by == GUILD_CHANNEL).unwrap();
    assert!(by == GUILD_CHANNEL && words.contains(&link), "{words}");
    scene.wait(601).await;
    let command = scene.her.command("reset", &[]);
    let command = scene.her.in_guild(command);
    scene.her.deliver(&scene.world, &command, 1).await;
    assert_eq!(public(&scene), 2);
    assert!(scene.world.letters().is_empty());
    assert_eq!(scene.world.audit().await.len(), 0, "no case began");
}

#[tokio::test]
async fn other_peoples_conversations_and_bots_are_answered_and_lead_nowhere() {
    let mut scene = Scene::open().await;
    let commits = scene.commits();
    let mut third = scene.her.command("reset", &[]);
    third["context"] = json!(2);
    let answer = scene.her.deliver(&scene.world, &third, 1).await;
    assert_eq!((&answer["type"], &answer["data"]["flags"]), (&json!(4), &json!(68)));
    let mut bot = scene.her.command("reset", &[]);
    bot["user"]["bot"] = json!(true);
    let answer = scene.her.deliver(&scene.world, &bot, 1).await;
    assert_eq!(answer["type"], 4);
    assert_eq!(scene.commits(), commits);
    assert!(scene.mock.shown().iter().all(|shown| shown.aside));
}

#[tokio::test]
async fn a_button_of_another_person_an_old_one_or_one_in_a_guild_changes_nothing() {
    let mut scene = Scene::open().await;
    scene.command("start").await;
    let first = scene.first_choice();
    // Somebody else sends the same button.
    let mut other = Client::new(Arc::clone(&scene.mock), OTHER);
    let before = scene.said().len();
    let foreign = other.pressed(&first, None);
    other.deliver(&scene.world, &foreign, 1).await;
    assert_eq!(scene.said()[before..], ["common-menu"], "a stranger begins at the beginning");
    assert_eq!(scene.world.heard.all().last().unwrap().peer, other.peer(&scene.world));
    // In a guild, by herself.
    let grouped = scene.her.pressed(&first, None);
    let grouped = scene.her.in_guild(grouped);
    let before = scene.said().len();
    scene.her.deliver(&scene.world, &grouped, 1).await;
    assert_eq!(scene.said()[before..], ["common-write-to-me-privately"]);
    // Hers works, and then not again.
    let pressed = scene.her.pressed(&first, None);
    scene.her.deliver(&scene.world, &pressed, 1).await;
    assert!(scene.said()[before..].contains(&"reset-intro".to_owned()));
    let before = scene.said().len();
    let again = scene.her.pressed(&first, None);
    scene.her.deliver(&scene.world, &again, 1).await;
    assert_eq!(scene.said()[before..], ["common-old-button"]);
}

/// Two people at the same question: only a button's own person may press it, and only at the time at which it was asked.
#[tokio::test]
async fn a_button_counts_for_nobody_else_at_the_same_question_and_not_when_it_is_asked_again() {
    let mut scene = Scene::open().await;
    scene.command("start").await;
    let hers = scene.first_choice();
    let mut other = Client::new(Arc::clone(&scene.mock), OTHER);
    let start = other.command("start", &[]);
    other.deliver(&scene.world, &start, 1).await;
    let before = scene.said().len();
    let foreign = other.pressed(&hers, None);
    other.deliver(&scene.world, &foreign, 1).await;
    assert_eq!(scene.said()[before..], ["common-old-button"]);
    // The menu a second time: its first button looks the same, and the old one is old.
    for asked in ["cancel", "start"] {
        scene.command(asked).await;
    }
    assert_eq!(scene.said().last().unwrap(), "common-menu");
    assert_ne!(scene.first_choice(), hers);
    let before = scene.said().len();
    let old = scene.her.pressed(&hers, None);
    scene.her.deliver(&scene.world, &old, 1).await;
    assert_eq!(scene.said()[before..], ["common-old-button"]);
}

#[tokio::test]
async fn no_form_asks_for_a_secret_and_a_password_in_one_is_withheld() {
    let mut scene = Scene::at_the_name().await;
    let shown = scene.mock.shown().pop().unwrap();
    let button = shown.body["components"][0]["components"][0]["custom_id"].as_str().unwrap().to_owned();
    let press = scene.her.pressed(&button, None);
    let form = scene.her.deliver(&scene.world, &press, 1).await;
    assert_eq!(form["data"]["components"][0]["description"], json!("Never type a password here."));
    scene.say(crate::talks::run::BLURTED).await;
    let everything: Vec<String> = scene.mock.shown().iter().map(|shown| read(&shown.body)).collect();
    assert!(!everything.join("\n").contains(crate::talks::run::BLURTED));
    let said = scene.world.heard.all().iter().map(|said| format!("{:?}", said.prompt)).collect::<String>();
    assert!(!said.contains(crate::talks::run::BLURTED));
}

#[tokio::test]
async fn a_form_is_opened_in_the_language_of_its_button_and_changes_nothing() {
    let mut scene = Scene::open().await;
    let commits = scene.commits();
    for (tag, title) in [("en", "Your answer"), ("ms", "Jawapan anda"), ("xx", "Your answer")] {
        let press = scene.her.pressed(&format!("/answer:{tag}"), None);
        let form = scene.her.deliver(&scene.world, &press, 1).await;
        assert_eq!((&form["type"], &form["data"]["title"]), (&json!(9), &json!(title)));
        assert_eq!(form["data"]["components"][0]["type"], 18, "the present layout");
    }
    assert_eq!(scene.commits(), commits);
}

/// It is bound to no step, so it must not matter from where it is.
#[tokio::test]
async fn a_form_from_elsewhere_carries_the_words_of_its_own_person_to_the_open_question() {
    let mut scene = Scene::at_the_name().await;
    let mut other = Client::new(Arc::clone(&scene.mock), OTHER);
    let user = scene.world.person.as_ref().unwrap().user.clone();
    let foreign = other.form("/answer:en", &user);
    let before = scene.said().len();
    other.deliver(&scene.world, &foreign, 1).await;
    assert_eq!(scene.said()[before..], ["common-menu"], "hers is not answered by somebody else");
    let old = scene.her.form("/answer:en", &user);
    scene.her.deliver(&scene.world, &old, 1).await;
    assert_eq!(scene.said().last().unwrap(), "verify-choose-method");
    // The same form once more, sent from the message above: a number is the answer to what is asked now.
    let late = scene.her.form("/answer:en", "99");
    let before = scene.said().len();
    scene.her.deliver(&scene.world, &late, 1).await;
    assert_eq!(scene.said()[before..].last().unwrap(), "verify-choose-method", "nothing was chosen");
}

#[tokio::test]
async fn both_layouts_of_a_form_carry_the_same_answer() {
    for layout in [18, 1] {
        let mut scene = Scene::at_the_name().await;
        let user = scene.world.person.as_ref().unwrap().user.clone();
        let field = json!({ "type": 4, "custom_id": "text", "value": user });
        let row = match layout {
            18 => json!({ "type": 18, "component": field }),
            _ => json!({ "type": 1, "components": [field] }),
        };
        let data = json!({ "custom_id": "/answer:en", "components": [{ "type": 10, "id": 9 }, row] });
        let form = scene.her.interaction(5, data);
        scene.her.deliver(&scene.world, &form, 1).await;
        assert_eq!(scene.said().last().unwrap(), "verify-choose-method", "{layout}");
    }
}

#[tokio::test]
async fn kinds_that_nobody_knows_yet_are_answered() {
    let mut scene = Scene::open().await;
    let commits = scene.commits();
    let answered = |answer: &Value| answer["type"].as_u64().unwrap();
    let ping = json!({ "id": "1", "application_id": APPLICATION, "type": 1, "token": "x", "version": 1 });
    assert_eq!(scene.answer(&ping).await, json!({ "type": 1 }));
    let typing = scene.her.interaction(4, json!({ "name": "answer", "options": [] }));
    assert_eq!(answered(&scene.answer(&typing).await), 8);
    for kind in [0, 6, 7, 99, u64::from(u32::MAX)] {
        let unknown = scene.her.interaction(kind, json!({ "something": "new" }));
        assert_eq!(answered(&scene.answer(&unknown).await), 4, "{kind}");
    }
    let unknown = scene.her.command("something_new", &[]);
    assert_eq!(answered(&scene.answer(&unknown).await), 4);
    assert_eq!(scene.commits(), commits);
}

#[tokio::test]
async fn the_language_of_the_client_is_the_first_one() {
    let mut scene = Scene::open().await;
    let first = scene.world.tenant.languages[0].clone();
    for (n, (locale, tag)) in [("en-GB", "en"), ("ms", "ms"), ("zh-CN", first.tag())].into_iter().enumerate() {
        let mut person = Client::new(Arc::clone(&scene.mock), OTHER + n as u64);
        let mut start = person.command("start", &[]);
        start["locale"] = json!(locale);
        person.deliver(&scene.world, &start, 1).await;
        let said = scene.world.heard.all().pop().unwrap();
        assert_eq!(said.language.tag(), tag, "{locale}");
    }
    scene.say("help").await;
    for shown in scene.mock.shown() {
        assert_eq!(shown.body["flags"].as_u64().unwrap() & 4, 4, "no address of a message is looked up");
        assert_eq!(shown.body["allowed_mentions"]["parse"], json!([]));
    }
}
