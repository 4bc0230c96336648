//! An independent library as a peer (`tests/setup/peers.sh`): it reads what our tests deliver, takes what we send, and
//! makes what we read.

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use ringback::channels::telegram::update::{Beside, Heard, What, read};
use ringback::engine::event::Act;
use ringback::model::command::Command as Word;
use ringback::model::peer::Language;
use ringback::model::purpose::Purpose;
use serde_json::{Value, json};

use super::mock::USERNAME;
use super::scene::{HER, Scene};
use crate::messaging::app::App;

/// Answers of the library, one a case.
fn ask(cases: &[Value]) -> Vec<Value> {
    let top = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| top.join("target"), PathBuf::from);
    let python = target.join("peers/bin/python");
    assert!(python.exists(), "{} is not there: run tests/setup/peers.sh", python.display());
    let script = top.join("tests/it/messaging/telegram/peers.py");
    let mut child = Command::new(python).arg(script).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(json!(cases).to_string().as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    serde_json::from_slice(&output.stdout).unwrap()
}

#[tokio::test]
async fn the_library_reads_our_updates_and_takes_our_messages_part_for_part() {
    let mut scene = Scene::open().await;
    scene.her.start(&scene.world, None, "en").await;
    let token = scene.world.heard.all().last().unwrap().prompt.choices[0].token.clone();
    scene.her.press(&scene.world, &token, "", 1).await;
    let person = scene.world.person.as_ref().unwrap();
    let user = person.user.clone();
    scene.say(&user).await;
    let sms = scene
        .world
        .heard
        .all()
        .last()
        .unwrap()
        .prompt
        .choices
        .iter()
        .find(|choice| choice.key.as_str() == "sms")
        .unwrap()
        .token
        .clone();
    scene.her.press(&scene.world, &sms, "", 1).await;
    let contact = json!({ "contact": { "phone_number": "60123456789", "first_name": "A", "user_id": HER } });
    let updates = [scene.her.message(json!({ "text": "help" })), scene.her.message(contact), scene.her.pressed(&token)];
    let mut cases: Vec<Value> = updates.iter().map(|update| json!({ "do": "reads", "with": update })).collect();
    let messages = scene.mock.messages();
    cases.extend(messages.iter().map(|message| json!({ "do": "takes", "with": message })));
    let answers = ask(&cases);
    for (update, answer) in updates.iter().zip(&answers) {
        assert_eq!((&answer["id"], &answer["user"]), (&update["update_id"], &json!(HER)), "{answer}");
        assert_eq!((&answer["chat"], &answer["language"]), (&json!("private"), &json!("en")), "{answer}");
        assert!(holds(&answer["again"], update), "the library knows a part of it differently: {answer} {update}");
    }
    assert_eq!((&answers[0]["text"], &answers[1]["owner"]), (&json!("help"), &json!(HER)));
    assert_eq!(answers[2]["data"], json!(token));
    for (message, answer) in messages.iter().zip(&answers[updates.len()..]) {
        assert_eq!(answer["reply_markup"], message["reply_markup"]);
        assert_eq!(answer["link_preview_options"], message["link_preview_options"]);
    }
    println!("{} updates, {} messages", updates.len(), messages.len());
    assert!(messages.len() >= 4);
}

/// Whether all parts of `less` stand in `more` as they are; the library adds what is not so.
fn holds(more: &Value, less: &Value) -> bool {
    match less {
        Value::Object(parts) => parts.iter().all(|(name, part)| more.get(name).is_some_and(|more| holds(more, part))),
        less => more == less,
    }
}

#[test]
fn we_read_what_the_library_makes() {
    let private = |id: i64, act: Act, beside: Beside| {
        let language = Some(Language("ms".to_owned()));
        Heard { id, what: What::Private { user: HER, act, language, beside } }
    };
    let nothing = |id: i64| Heard { id, what: What::Nothing { callback: None } };
    let message = || Beside::Message(7);
    let expected = [
        ("text", private(1, Act::Text("help".to_owned()), message())),
        ("start", private(2, Act::Start(Some(Purpose::ResetPassword)), message())),
        ("own card", private(3, Act::Text("+60123456789".to_owned()), message())),
        ("another card", private(4, Act::Command(Word::Repeat), message())),
        ("forwarded", private(5, Act::Command(Word::Repeat), message())),
        ("group", Heard { id: 6, what: What::Group { chat: -100_200_300, language: Some(Language("ms".to_owned())) } }),
        ("edited", nothing(7)),
        ("button", private(8, Act::Pick("reset.AAAA".to_owned()), Beside::Answer("11".to_owned()))),
        ("channel", nothing(9)),
    ];
    let cases: Vec<Value> = expected.iter().map(|(kind, _)| json!({ "do": "makes", "with": kind })).collect();
    for (made, (kind, expected)) in ask(&cases).iter().zip(&expected) {
        assert_eq!(read(made.to_string().as_bytes(), Some(USERNAME)).as_ref(), Ok(expected), "{kind}: {made}");
    }
}
