//! A world with Discord, and what its tests look at.

use std::sync::Arc;

use ringback::model::peer::Channel;
use ringback::model::time::Seconds;
use serde_json::Value;

use super::client::{Client, post, read};
use super::mock::Mock;
use crate::messaging::app::App;
use crate::support::world::{Wish, World};

/// Aisyah of APU with her app.
pub struct Scene {
    pub world: World,
    pub mock: Arc<Mock>,
    pub her: Client,
}

pub const HER: u64 = 5_550_001;

impl Scene {
    pub async fn open() -> Self {
        let wish = Wish { platform: Some(Channel::Discord), ..Wish::default() };
        let world = World::open("apu", Some("aisyah"), wish).await;
        let mock = world.discord.clone().unwrap();
        Self { her: Client::new(Arc::clone(&mock), HER), mock, world }
    }

    /// At the question for the user name.
    pub async fn at_the_name() -> Self {
        let mut scene = Self::open().await;
        scene.command("reset").await;
        scene
    }

    pub async fn command(&mut self, name: &str) -> Value {
        let command = self.her.command(name, &[]);
        self.her.deliver(&self.world, &command, 1).await
    }

    pub async fn say(&mut self, text: &str) {
        self.her.say(&self.world, text, 1).await;
    }

    /// What the service was told to say so far, by its keys.
    pub fn said(&self) -> Vec<String> {
        self.world.heard.all().iter().map(|said| said.prompt.message.as_str().to_owned()).collect()
    }

    /// The token of the newest question's first choice.
    pub fn first_choice(&self) -> String {
        self.world.heard.all().last().unwrap().prompt.choices[0].token.clone()
    }

    /// Messages that stand where somebody could read them, and how each came there.
    pub fn shown(&self) -> Vec<(String, String)> {
        self.mock.shown().iter().map(|shown| (shown.by.clone(), read(&shown.body))).collect()
    }

    /// Lets seconds pass, and what is due then happen.
    pub async fn wait(&self, seconds: u32) {
        self.world.clock.advance(Seconds(seconds));
        self.world.settle().await;
    }

    /// How often the store was written to.
    pub fn commits(&self) -> u64 {
        let metrics = self.world.running().runtime.metrics().text();
        let line = metrics.lines().find(|line| line.starts_with("ringback_store_seconds_count{operation=\"commit\"}"));
        line.and_then(|line| line.rsplit_once(' ')?.1.parse().ok()).unwrap_or(0)
    }

    /// Posts an interaction and looks at the answer alone; nothing is let happen.
    pub async fn answer(&self, interaction: &Value) -> Value {
        let (status, answer) = post(&self.world, interaction.to_string().into_bytes()).await;
        assert_eq!(status, 200);
        serde_json::from_slice(&answer).unwrap()
    }
}
