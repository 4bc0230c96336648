//! Where the person sits: a terminal or a browser, both through what a real one would use.

use std::collections::BTreeSet;
use std::io::Write;
use std::sync::{Arc, Mutex};

use ringback::channels::console::Seat as TerminalSeat;
use ringback::engine::event::Act;
use ringback::model::ids::{EventId, LegId, PageId};
use ringback::model::peer::{Channel, Language, Peer, Surface};
use ringback::model::prompt::{Arg, PageLink, Prompt};
use ringback::model::purpose::Purpose;
use ringback::ports::clock::Clock;
use ringback::runtime::turn::Inbound;
use tokio::io::{AsyncWriteExt, BufReader, DuplexStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::messaging::app::App;
use crate::support::world::line::{self, Line};
use crate::support::world::mailroom::Said;
use crate::support::world::visitor::{Answer, Visitor, single_spaced, words};
use crate::support::world::{ORIGIN, World};
use crate::talks::reading::bare;

/// What stands before the line that a person types.
const INVITATION: &str = "> ";

/// A person's place.
pub enum Seat {
    Terminal(Terminal),
    Browser(Browser),
    Voice(Call),
    Chat(Messenger),
}

/// An app of a messaging platform.
pub struct Messenger {
    pub app: Box<dyn App>,
    /// Messages that were read.
    read: usize,
}

/// A telephone, and what was heard there.
pub struct Call {
    pub peer: Peer,
    turn: u32,
    read: usize,
    /// The provider's side of it, where one carries the call.
    pub line: Option<Box<Line>>,
}

/// All that a terminal wrote, across restarts of the service.
pub struct Screen {
    text: Mutex<String>,
    invitations: watch::Sender<usize>,
}

impl Default for Screen {
    fn default() -> Self {
        Self { text: Mutex::default(), invitations: watch::Sender::new(0) }
    }
}

struct ScreenWriter(Arc<Screen>);

pub struct Terminal {
    typed: Option<(DuplexStream, JoinHandle<()>)>,
    sessions: usize,
    /// How much of the screen was read.
    read: usize,
}

pub struct Browser {
    visitor: Visitor,
    /// The form's own nonce, as the last page had it.
    form: String,
    sent: u64,
    /// Lines that were read.
    read: BTreeSet<String>,
}

impl Screen {
    pub fn writer(self: &Arc<Self>) -> impl Write + Send + 'static {
        ScreenWriter(Arc::clone(self))
    }
}

impl Write for ScreenWriter {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.text.lock().unwrap().push_str(std::str::from_utf8(bytes).unwrap());
        if bytes == INVITATION.as_bytes() {
            self.0.invitations.send_modify(|n| *n += 1);
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Seat {
    pub fn terminal() -> Self {
        Seat::Terminal(Terminal { typed: None, sessions: 0, read: 0 })
    }

    pub fn browser() -> Self {
        let visitor = Visitor::new(ORIGIN);
        Seat::Browser(Browser { visitor, form: String::new(), sent: 0, read: BTreeSet::new() })
    }

    pub fn voice(world: &World) -> Self {
        let tenant = world.tenant.id.clone();
        let line = Line::to_us(world);
        let carrier = line.as_ref().map_or("test", |line| line.handset.provider.name());
        let (bot, user) = (line::NUMBER.to_owned(), format!("{carrier}/call-1"));
        let peer = Peer { tenant, channel: Channel::Voice, bot, user };
        Seat::Voice(Call { peer, turn: 0, read: 0, line: line.map(Box::new) })
    }

    pub fn chat(app: Box<dyn App>) -> Self {
        Seat::Chat(Messenger { app, read: 0 })
    }

    /// Whether this was said where the person sits.
    pub fn hears(&self, said: &Said) -> bool {
        match self {
            Seat::Terminal(_) | Seat::Browser(_) | Seat::Chat(_) => said.peer.channel != Channel::Voice,
            Seat::Voice(call) => said.peer == call.peer,
        }
    }

    /// Opens the chat, perhaps knowing what for.
    pub async fn start(&mut self, world: &World, purpose: Option<Purpose>, language: &str) {
        match self {
            Seat::Terminal(terminal) => terminal.sit_down(world, Some(Act::Start(purpose)), language).await,
            Seat::Browser(browser) => browser.start(world, purpose, language).await,
            Seat::Voice(call) => call.does(world, Act::Start(purpose), 1).await,
            Seat::Chat(chat) => chat.app.start(world, purpose, language).await,
        }
    }

    /// Comes back after the service was started anew.
    pub async fn come_back(&mut self, world: &World) {
        match self {
            Seat::Terminal(terminal) => terminal.sit_down(world, None, "en").await,
            // Nothing to do: the tab is still open.
            Seat::Browser(_) | Seat::Voice(_) | Seat::Chat(_) => {}
        }
    }

    pub async fn say(&mut self, world: &World, text: &str) {
        match self {
            Seat::Terminal(terminal) => terminal.say(world, text).await,
            Seat::Browser(browser) => browser.send(world, "text", text, 1).await,
            Seat::Voice(call) => call.does(world, Act::Keys(text.to_owned()), 1).await,
            Seat::Chat(chat) => chat.app.say(world, text, 1).await,
        }
    }

    /// The same twice, as a nervous platform delivers it; a terminal cannot.
    pub async fn say_twice(&mut self, world: &World, text: &str) {
        match self {
            Seat::Terminal(terminal) => terminal.say(world, text).await,
            Seat::Browser(browser) => browser.send(world, "text", text, 2).await,
            Seat::Voice(call) => call.does(world, Act::Keys(text.to_owned()), 2).await,
            Seat::Chat(chat) => chat.app.say(world, text, 2).await,
        }
    }

    /// Takes an option of a question: a button where there are buttons, else its number.
    pub async fn pick(&mut self, world: &World, question: &Prompt, key: &str, times: usize) {
        let offered: Vec<&str> = question.choices.iter().map(|choice| choice.key.as_str()).collect();
        let number = offered.iter().position(|offered| *offered == key);
        let number = number.unwrap_or_else(|| panic!("`{key}` is not on offer, but {offered:?}"));
        match self {
            Seat::Terminal(terminal) => terminal.say(world, &(number + 1).to_string()).await,
            Seat::Browser(browser) => {
                browser.send(world, "pick", &question.choices[number].token, times).await;
            }
            Seat::Voice(call) => {
                let key = question.choices[number].voice_key.expect("every option has its key");
                call.does(world, Act::Keys(key.to_string()), times).await;
            }
            Seat::Chat(chat) => {
                let choice = &question.choices[number];
                let heard = world.heard.all();
                let language = heard.last().map(|said| said.language.clone()).expect("somebody asked");
                let label = world.catalog.message(&language, &choice.label, &choice.args);
                chat.app.press(world, &choice.token, &label, times).await;
            }
        }
    }

    pub async fn switch_language(&mut self, world: &World, tag: &str) {
        match self {
            Seat::Terminal(_) | Seat::Voice(_) => panic!("there is no language button"),
            Seat::Browser(browser) => browser.send(world, "language", tag, 1).await,
            Seat::Chat(chat) => chat.app.switch_language(world, tag).await,
        }
    }

    /// Words that came onto the screen since the last look.
    pub async fn look(&mut self, world: &World) -> String {
        match self {
            Seat::Terminal(terminal) => {
                let text = world.screen.text.lock().unwrap();
                let new = text[terminal.read..].to_owned();
                terminal.read = text.len();
                single_spaced(&new)
            }
            Seat::Browser(browser) => browser.look(world).await,
            Seat::Voice(call) => {
                call.catch_up(world).await;
                call.listen(world)
            }
            Seat::Chat(chat) => {
                let screen = chat.app.screen(world);
                let new = screen[chat.read..].join("\n");
                chat.read = screen.len();
                single_spaced(&new)
            }
        }
    }

    /// How many messages a platform delivered; `None` where nobody counts them.
    pub fn messages(&self, world: &World) -> Option<usize> {
        match self {
            Seat::Terminal(_) | Seat::Browser(_) | Seat::Voice(_) => None,
            Seat::Chat(chat) => Some(chat.app.screen(world).len()),
        }
    }

    /// The page behind a browser's screen; a terminal has none.
    pub async fn markup(&mut self, world: &World) -> Option<String> {
        match self {
            Seat::Terminal(_) | Seat::Voice(_) | Seat::Chat(_) => None,
            Seat::Browser(browser) => Some(browser.page(world).await.body),
        }
    }

    /// Everything on the screen.
    pub async fn whole_screen(&mut self, world: &World) -> String {
        match self {
            Seat::Terminal(_) => single_spaced(&world.screen.text.lock().unwrap()),
            Seat::Browser(browser) => browser.page(world).await.words(),
            Seat::Voice(_) => String::new(),
            Seat::Chat(chat) => single_spaced(&chat.app.screen(world).join("\n")),
        }
    }

    /// The address of the private page as it stands on the screen, with what the runtime knows of it. Where a restart
    /// has cleared the screen, the question is asked for again, as the page offers.
    pub async fn page_link(&mut self, world: &World) -> (String, PageLink) {
        for _ in 0..2 {
            let screen = match self {
                Seat::Terminal(_) | Seat::Chat(_) => self.whole_screen(world).await,
                Seat::Browser(browser) => browser.page(world).await.body,
                Seat::Voice(_) => return link_on_the_way(world),
            };
            if let Some(begins) = screen.rfind("/page/") {
                let ends = screen[begins..].find([' ', '"']).map_or(screen.len(), |at| begins + at);
                let shown = world.heard.all().into_iter().rev().find_map(|said| said.prompt.page);
                return (screen[begins..ends].to_owned(), shown.expect("what is on the screen was shown"));
            }
            match self {
                Seat::Terminal(_) | Seat::Chat(_) => self.say(world, "repeat").await,
                Seat::Browser(browser) => browser.send(world, "command", "repeat", 1).await,
                Seat::Voice(_) => {}
            }
        }
        panic!("no link to a private page is on the screen")
    }

    /// The browser in which private pages are opened: the chat's own, or another one beside the terminal.
    pub fn visitor(&mut self) -> Option<&mut Visitor> {
        match self {
            Seat::Terminal(_) | Seat::Voice(_) | Seat::Chat(_) => None,
            Seat::Browser(browser) => Some(&mut browser.visitor),
        }
    }
}

/// Returns when the terminal asks for another line.
async fn more(invitations: &mut watch::Receiver<usize>, before: usize) {
    drop(invitations.wait_for(|n| *n > before).await);
}

impl Terminal {
    async fn sit_down(&mut self, world: &World, start: Option<Act>, language: &str) {
        if let Some((input, task)) = self.typed.take() {
            drop(input);
            // The loop ends with its input; after a crash it was never going to.
            task.abort();
        }
        self.sessions += 1;
        let seat = TerminalSeat {
            peer: Peer {
                tenant: world.tenant.id.clone(),
                channel: Channel::Terminal,
                bot: "terminal".to_owned(),
                user: "tester".to_owned(),
            },
            session: format!("terminal-{}", self.sessions),
            language: Some(Language(language.to_owned())),
            start,
        };
        let (typed, input) = tokio::io::duplex(4096);
        let (console, inbox) = (std::sync::Arc::clone(&world.running().console), world.running().runtime.inbox());
        let mut invitations = world.screen.invitations.subscribe();
        let before = *invitations.borrow_and_update();
        let task = tokio::spawn(async move {
            console.run(&inbox, seat, BufReader::new(input)).await.unwrap();
        });
        self.typed = Some((typed, task));
        world.clock.pass_while(more(&mut invitations, before)).await;
        world.settle().await;
    }

    async fn say(&mut self, world: &World, text: &str) {
        let mut invitations = world.screen.invitations.subscribe();
        let before = *invitations.borrow_and_update();
        let (typed, _) = self.typed.as_mut().expect("somebody sits at the terminal");
        typed.write_all(format!("{text}\n").as_bytes()).await.unwrap();
        world.clock.pass_while(more(&mut invitations, before)).await;
        world.settle().await;
    }
}

impl Browser {
    async fn start(&mut self, world: &World, purpose: Option<Purpose>, language: &str) {
        let base = format!("/chat/{}", world.tenant.id);
        self.visitor = Visitor::new(ORIGIN);
        let router = &world.running().router;
        let welcome = self.visitor.get(router, &format!("{base}?lang={language}")).await;
        let nonce = welcome.field("nonce").expect("the first page has a form");
        let purpose = purpose.map_or("", Purpose::name);
        let fields = [("nonce", nonce.as_str()), ("language", language), ("purpose", purpose)];
        let path = format!("{base}/start");
        let started = self.visitor.post(router, &path, &fields);
        let page = world.clock.pass_while(started).await;
        self.form = page.field("form").unwrap_or_else(|| panic!("no chat came: {}", page.words()));
        world.settle().await;
    }

    async fn send(&mut self, world: &World, field: &str, value: &str, times: usize) {
        self.sent += 1;
        let nonce = format!("{:032x}", self.sent);
        let path = format!("/chat/{}/say", world.tenant.id);
        let fields = [("form", self.form.as_str()), ("nonce", nonce.as_str()), (field, value)];
        for _ in 0..times {
            let answer = self.visitor.fetch(&world.running().router, &path, &fields);
            let answer = world.clock.pass_while(answer).await;
            assert!(answer.status.is_success(), "the chat refused {field}: {} {}", answer.status, answer.words());
            world.settle().await;
        }
    }

    async fn page(&mut self, world: &World) -> Answer {
        let path = format!("/chat/{}", world.tenant.id);
        self.visitor.get(&world.running().router, &path).await
    }

    async fn look(&mut self, world: &World) -> String {
        let page = self.page(world).await;
        let mut new = String::new();
        for line in page.body.split("<div class=\"turn").skip(1) {
            let place = line.split("data-place=\"").nth(1).and_then(|rest| rest.split('"').next());
            if self.read.insert(place.expect("every line has its place").to_owned()) {
                let (line, _) = line.split_once("<p class=\"typing\"").unwrap_or((line, ""));
                new.push_str("<div class=\"turn");
                new.push_str(line);
            }
        }
        words(&new)
    }
}

impl Call {
    /// One that we had ring, and that somebody picks up.
    pub fn ours(world: &World, peer: Peer, leg: &LegId) -> Self {
        Self { peer, turn: 0, read: 0, line: Line::ours(world, leg).map(Box::new) }
    }

    /// One turn of the call, delivered so many times.
    pub async fn does(&mut self, world: &World, act: Act, times: usize) {
        if let Some(line) = &mut self.line {
            return line.does(world, act, times).await;
        }
        self.turn += 1;
        let event = EventId(format!("{}/{}", self.peer.user, self.turn));
        for _ in 0..times {
            let (peer, event, act) = (self.peer.clone(), event.clone(), act.clone());
            let inbound = Inbound { peer, surface: Surface::Voice, event, act, language_hint: None };
            world.clock.pass_while(world.running().runtime.inbox().submit(inbound)).await.unwrap();
            world.settle().await;
        }
    }

    /// What became of the call that was put through, told so many times.
    pub async fn transfer_ends(&mut self, world: &World, how: &str, times: usize) {
        if let Some(line) = &mut self.line {
            return line.transfer_ends(world, how, times).await;
        }
        let event = EventId(format!("{}/through", self.peer.user));
        for _ in 0..if how == "taken" { 0 } else { times } {
            let inbox = world.running().runtime.inbox();
            world.clock.pass_while(inbox.not_taken(&self.peer, event.clone())).await.unwrap();
            world.settle().await;
        }
    }

    /// Keeps silent until everything was heard that was said meanwhile.
    pub async fn catch_up(&mut self, world: &World) {
        for _ in 0..3 {
            let unheard = self.unheard(world);
            let Some(line) = self.line.as_mut().filter(|line| unheard.is_some() && !line.over) else { return };
            line.does(world, Act::Silence, 1).await;
        }
    }

    /// Words that were said to this call since the last time and that its telephone has not heard.
    pub fn unheard(&self, world: &World) -> Option<String> {
        let line = self.line.as_ref()?;
        let inbox = world.running().runtime.inbox();
        let heard = bare(&line.words);
        world.heard.all().iter().filter(|said| said.peer == self.peer).skip(self.read).find_map(|said| {
            let words = world.catalog.render(&said.language, Surface::Voice, &said.prompt, &|key| inbox.secret(key));
            std::iter::once(words.text).chain(words.choices).find(|words| !heard.contains(&bare(words)))
        })
    }

    /// The words that were said since the last time.
    pub fn listen(&mut self, world: &World) -> String {
        let heard: Vec<Said> = world.heard.all().into_iter().filter(|said| said.peer == self.peer).collect();
        let inbox = world.running().runtime.inbox();
        let mut words = Vec::new();
        for said in &heard[self.read..] {
            let rendered = world.catalog.render(&said.language, Surface::Voice, &said.prompt, &|key| inbox.secret(key));
            words.push(rendered.text);
            words.extend(rendered.choices);
        }
        self.read = heard.len();
        if let Some(line) = &mut self.line {
            return std::mem::take(&mut line.words);
        }
        single_spaced(&words.join(" "))
    }
}

/// The link in the newest message that holds one, with the digits that were said for it.
fn link_on_the_way(world: &World) -> (String, PageLink) {
    let letters = world.letters();
    let beginning = format!("{ORIGIN}/page/");
    let link = letters.iter().rev().find_map(|letter| letter.link(&beginning)).expect("a link was sent");
    let heard = world.heard.all();
    let short_code = heard.iter().rev().find_map(|said| {
        said.prompt.args.iter().find_map(|(name, arg)| match arg {
            Arg::Digits(code) if name.as_str() == "code" => Some(code.clone()),
            _ => None,
        })
    });
    let short_code = short_code.expect("its digits were said");
    let (page, expires) = (PageId([0; 16]), world.clock.now());
    (link[ORIGIN.len()..].to_owned(), PageLink { page, expires, short_code })
}
