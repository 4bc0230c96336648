//! A world with Telegram, and what its tests look at.

use std::sync::Arc;

use ringback::model::peer::Channel;
use serde_json::{Value, json};

use super::client::{Client, post};
use super::mock::Mock;
use crate::messaging::app::App;
use crate::support::world::{Wish, World};

/// Aisyah of APU with her telephone.
pub struct Scene {
    pub world: World,
    pub mock: Arc<Mock>,
    pub her: Client,
}

pub const HER: i64 = 5_550_001;

impl Scene {
    pub async fn open() -> Self {
        Self::with(Wish::default()).await
    }

    pub async fn with(wish: Wish) -> Self {
        let world = World::open("apu", Some("aisyah"), Wish { platform: Some(Channel::Telegram), ..wish }).await;
        let mock = world.telegram.clone().unwrap();
        Self { her: Client::new(Arc::clone(&mock), HER), mock, world }
    }

    /// At the question for the user name.
    pub async fn at_the_name() -> Self {
        let mut scene = Self::open().await;
        scene.say("/start reset").await;
        scene
    }

    pub async fn say(&mut self, text: &str) {
        self.her.say(&self.world, text, 1).await;
    }

    pub async fn message(&mut self, parts: Value) {
        let update = self.her.message(parts);
        self.her.deliver(&self.world, &update, 1).await;
    }

    /// What the bot was told to say so far, by its keys.
    pub fn said(&self) -> Vec<String> {
        self.world.heard.all().iter().map(|said| said.prompt.message.as_str().to_owned()).collect()
    }

    /// What arrived in a chat, by the first words of each message.
    pub fn shown_to(&self, chat: i64) -> Vec<String> {
        let messages = self.mock.messages();
        let to = messages.iter().filter(|message| message["chat_id"] == json!(chat));
        to.map(|message| message["text"].as_str().unwrap().to_owned()).collect()
    }

    pub fn methods(&self, method: &str) -> Vec<Value> {
        let calls = self.mock.calls();
        calls.into_iter().filter(|call| call.method == method).map(|call| call.body).collect()
    }

    /// Lets seconds pass, and what is due then happen.
    pub async fn wait(&self, seconds: u32) {
        self.world.clock.advance(ringback::model::time::Seconds(seconds));
        self.world.settle().await;
    }

    /// How often the store was written to.
    pub fn commits(&self) -> u64 {
        let metrics = self.world.running().runtime.metrics().text();
        let line = metrics.lines().find(|line| line.starts_with("ringback_store_seconds_count{operation=\"commit\"}"));
        line.and_then(|line| line.rsplit_once(' ')?.1.parse().ok()).unwrap_or(0)
    }

    /// Posts an update and looks at the status alone; nothing is let happen.
    pub async fn status(&self, update: &Value) -> u16 {
        post(&self.world, update.to_string().into_bytes()).await.0.as_u16()
    }
}
