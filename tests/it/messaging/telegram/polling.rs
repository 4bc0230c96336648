//! Long polling: confirmed when it is on disk, taken up where it stood.

use std::sync::Arc;

use ringback::app::messaging::{TELEGRAM_PATIENCE, telegram};
use ringback::channels::messaging::intake::Intake;
use ringback::channels::telegram::bot::Bot;
use ringback::channels::telegram::{poll, setup};
use ringback::config::telegram::{Receive, TelegramConfig};
use ringback::model::peer::Channel;
use ringback::ports::clock::Clock;
use serde_json::json;
use zeroize::Zeroizing;

use super::mock::{TOKEN, USERNAME};
use super::scene::{HER, Scene};

fn bot(scene: &Scene) -> Arc<Bot> {
    let config = TelegramConfig {
        name: "main".to_owned(),
        tenant: scene.world.tenant.id.clone(),
        token: Zeroizing::new(TOKEN.to_owned()),
        receive: Receive::Polling,
        api: scene.mock.base.clone(),
    };
    let bots = telegram(vec![config], scene.world.keys());
    bots.unwrap_or_else(|(section, fault)| panic!("{section}: {}", fault.message)).remove(0)
}

fn intake(scene: &Scene) -> Intake {
    let clock: Arc<dyn Clock> = Arc::clone(&scene.world.clock) as _;
    Intake::new(Channel::Telegram, scene.world.running().runtime.inbox(), clock, TELEGRAM_PATIENCE)
}

#[tokio::test]
async fn updates_are_taken_in_order_and_confirmed_by_the_next_question() {
    let mut scene = Scene::open().await;
    let bot = bot(&scene);
    for text in ["/start reset", "help"] {
        let update = scene.her.message(json!({ "text": text }));
        scene.mock.offer(update);
    }
    scene.mock.offer(json!({ "update_id": HER * 1_000 + 3, "poll": { "id": "1" } }));
    let intake = intake(&scene);
    let asked = scene.world.clock.pass_while(poll::ask(&bot, &intake, None)).await;
    scene.world.settle().await;
    assert_eq!(scene.said().first().map(String::as_str), Some("reset-intro"));
    assert!(scene.said().contains(&"common-help".to_owned()));
    assert_eq!(scene.mock.unconfirmed(), 3, "nothing is confirmed before it is asked for more");
    let next = asked.unwrap();
    assert_eq!(next, Some(HER * 1_000 + 4));
    // The machine stops before it could ask on: the same comes again, and changes nothing.
    let before = scene.said().len();
    scene.world.crash().await;
    let intake = self::intake(&scene);
    scene.world.clock.pass_while(poll::ask(&bot, &intake, None)).await.unwrap();
    scene.world.settle().await;
    assert_eq!(scene.said().len(), before);
    let asked = poll::ask(&bot, &intake, next).await;
    assert_eq!((asked, scene.mock.unconfirmed()), (Ok(None), 0));
}

#[tokio::test]
async fn a_bot_is_introduced_with_its_address_its_secret_and_its_commands_in_every_language() {
    let scene = Scene::open().await;
    let bot = bot(&scene);
    let url = "https://reset.example/hooks/telegram/main";
    setup::tell(&bot, Some(url), &scene.world.catalog).await.unwrap();
    assert_eq!(bot.username(), Some(USERNAME));
    let hook = scene.methods("setWebhook").remove(0);
    assert_eq!(hook["url"], json!(url));
    assert!(hook["secret_token"].as_str().unwrap().len() >= 43);
    assert_eq!(hook["allowed_updates"], json!(["message", "callback_query", "my_chat_member"]));
    let commands = scene.methods("setMyCommands");
    assert_eq!(commands.len(), scene.world.catalog.languages().len() + 1);
    assert!(commands.iter().all(|menu| menu["commands"].as_array().unwrap().len() == setup::COMMANDS.len()));
    assert_eq!(scene.mock.refused(), Vec::<String>::new());
    setup::tell(&bot, None, &scene.world.catalog).await.unwrap();
    assert_eq!(scene.methods("deleteWebhook").len(), 1);
    scene.mock.set_wrong_token(true);
    assert!(setup::tell(&bot, None, &scene.world.catalog).await.is_err());
}
