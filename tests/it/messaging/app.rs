//! A person's own client of a messaging platform, as talks use it. A platform adds its mock and one of these.

use async_trait::async_trait;
use ringback::model::peer::Peer;
use ringback::model::purpose::Purpose;

use crate::support::world::World;

/// One person with one platform's app, in a private chat with the bot.
#[async_trait]
pub trait App: Send + Sync {
    /// The chat as the service knows it.
    fn peer(&self, world: &World) -> Peer;

    /// Opens the chat, perhaps knowing what for.
    async fn start(&mut self, world: &World, purpose: Option<Purpose>, language: &str);

    /// Types a line; the platform delivers it so many times.
    async fn say(&mut self, world: &World, text: &str, times: usize);

    /// Presses the newest button with this token, wherever it stands on the screen.
    async fn press(&mut self, world: &World, token: &str, label: &str, times: usize);

    /// Changes the language, as this platform's people do.
    async fn switch_language(&mut self, world: &World, tag: &str);

    /// Writes where others read along.
    async fn write_in_group(&mut self, world: &World, text: &str);

    /// All that the bot has on the person's screen, oldest first: words, buttons, addresses.
    fn screen(&self, world: &World) -> Vec<String>;
}
