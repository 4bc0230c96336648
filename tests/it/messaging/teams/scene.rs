//! A world with Teams, and what its tests look at.

use std::sync::Arc;

use ringback::model::peer::Channel;
use ringback::model::time::Seconds;
use ringback::ports::store::{Expect, Key, Op};
use serde_json::Value;

use super::client::Client;
use super::description::read;
use super::mock::Mock;
use crate::messaging::app::App;
use crate::support::world::{Wish, World};

/// Aisyah of APU with her computer.
pub struct Scene {
    pub world: World,
    pub mock: Arc<Mock>,
    pub her: Client,
}

impl Scene {
    pub async fn open() -> Self {
        let wish = Wish { platform: Some(Channel::Teams), ..Wish::default() };
        let world = World::open("apu", Some("aisyah"), wish).await;
        let mock = world.teams.clone().unwrap();
        Self { her: Client::new(Arc::clone(&mock), 1), mock, world }
    }

    /// At the question for the user name.
    pub async fn at_the_name() -> Self {
        let mut scene = Self::open().await;
        scene.say("/reset").await;
        scene
    }

    /// At the choice of a check, which has buttons.
    pub async fn at_the_choice() -> Self {
        let mut scene = Self::at_the_name().await;
        let user = scene.world.person.as_ref().unwrap().user.clone();
        scene.say(&user).await;
        scene
    }

    pub async fn say(&mut self, text: &str) {
        self.her.say(&self.world, text, 1).await;
    }

    pub async fn deliver(&self, activity: &Value) {
        self.her.deliver(&self.world, activity, 1).await;
    }

    /// What was said so far, by its keys.
    pub fn said(&self) -> Vec<String> {
        self.world.heard.all().iter().map(|said| said.prompt.message.as_str().to_owned()).collect()
    }

    /// What is on the screen, one text a message.
    pub fn screen(&self) -> Vec<String> {
        self.mock.shown().iter().map(|shown| read(&shown.activity).join("\n")).collect()
    }

    /// Lets seconds pass, and what is due then happen.
    pub async fn wait(&self, seconds: u32) {
        self.world.clock.advance(Seconds(seconds));
        self.world.settle().await;
    }

    /// How far the store has come. Two looks differ by one, unless something was written between them.
    pub async fn written(&self) -> u64 {
        let key = Key { namespace: "probe", key: b"probe".to_vec() };
        let expires = ringback::model::time::Timestamp(u64::MAX / 2);
        let put = Op::Put { key, value: Vec::new(), expect: Expect::Anything, expires };
        self.world.store().commit(vec![put]).await.unwrap().0
    }
}
