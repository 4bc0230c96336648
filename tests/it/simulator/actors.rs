//! Who acts in a simulation: people with their habits, attackers with theirs. Each looks at a screen and an inbox.

pub mod attackers;
pub mod natural;
pub mod person;

use ringback::engine::event::Act;
use ringback::model::ids::AccountId;
use ringback::model::peer::{Channel, Peer, Surface};
use ringback::model::purpose::Purpose;
use ringback::runtime::turn::Inbound;

use super::cast;
use super::chance::Chance;
use super::pages::Said;
use super::scene::called;
use super::world::{Task, World};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    Person,
    /// Does what is asked, at once, and nothing else.
    Honest,
    /// Knows name and contacts of somebody, and guesses codes.
    Guesser,
    /// Reads somebody's mail, and guesses the rest.
    MailThief,
    /// Saw codes that somebody got earlier, and what the app shows now.
    Replayer,
    /// Types numbers and addresses until one fits the hint.
    Harvester,
    /// Has code after code sent to somebody.
    Flooder,
    /// Presses buttons from somebody's screen.
    ButtonThief,
    /// Looks at somebody's links and tries to open them.
    LinkThief,
    /// Makes things up: tokens, sessions, buttons.
    Forger,
    /// Has the user id of somebody, on another channel.
    Namesake,
}

impl Kind {
    pub fn is_thief(self) -> bool {
        matches!(self, Kind::LinkThief | Kind::Forger)
    }
}

pub struct Actor {
    pub kind: Kind,
    /// Whose account it is about, by name.
    pub name: &'static str,
    pub account: AccountId,
    pub peer: Peer,
    /// Whose screen an attacker sees.
    pub victim: Peer,
    pub chance: Chance,
    pub purpose: Purpose,
    /// Takes minutes for an answer, and now and then more of them than a code lives.
    pub slow: bool,
    /// Mistypes codes.
    pub clumsy: bool,
    /// Cases that are still to be begun.
    pub cases: u64,
    /// Actions that are left; nobody goes on for ever.
    pub breath: u64,
    pub begun: bool,
    pub session: Option<String>,
    pub asked: Option<super::pages::Ask>,
    /// Milliseconds since the beginning until which nothing more is wanted.
    pub rests: u64,
    pub page_said: Option<Said>,
    /// Codes that were typed already.
    pub tried: Vec<String>,
    pub waited: u64,
    pub n_passwords: u64,
}

impl Actor {
    pub fn who(&self) -> String {
        called(&self.peer)
    }
}

/// Brings somebody in; acts first after so many milliseconds.
pub fn enter(world: &mut World, kind: Kind, name: &'static str, nth: u64, first: u64) -> usize {
    let peer = |user: String, channel| Peer {
        tenant: world.scene.tenant.id.clone(),
        channel,
        bot: "reset.example".to_owned(),
        user,
    };
    let channel = if nth % 3 == 2 { Channel::Terminal } else { Channel::Browser };
    let victim = peer(format!("{name}-0"), Channel::Browser);
    let peer = match kind {
        Kind::Person => peer(format!("{name}-{nth}"), channel),
        Kind::Namesake => peer(format!("{name}-0"), Channel::Terminal),
        other => peer(format!("{other:?}-{name}-{nth}").to_lowercase(), channel),
    };
    let number = world.actors.len();
    let mut chance = Chance::of(world.chance.roll(), &peer.user);
    let unlocks = name == "dee" && chance.one_in(2);
    world.actors.push(Actor {
        kind,
        name,
        account: cast::id(name),
        peer,
        victim,
        purpose: if unlocks { Purpose::UnlockAccount } else { Purpose::ResetPassword },
        slow: kind == Kind::Person && chance.one_in(if nth == 0 { 4 } else { 2 }),
        clumsy: kind == Kind::Person && chance.one_in(3),
        cases: if kind == Kind::Person { chance.between(1, 2) } else { chance.between(1, 3) },
        breath: if matches!(kind, Kind::Person | Kind::Flooder) { 45 } else { 28 },
        chance,
        begun: false,
        session: None,
        asked: None,
        rests: 0,
        page_said: None,
        tried: Vec::new(),
        waited: 0,
        n_passwords: 0,
    });
    world.plan_in(first, Task::Act(number));
    number
}

/// One look, and what follows from it.
pub fn act(world: &mut World, actor: usize) {
    let Some(who) = world.actors.get_mut(actor) else { return };
    if who.breath == 0 {
        return;
    }
    who.breath -= 1;
    match who.kind {
        Kind::Person | Kind::Honest => person::act(world, actor),
        _ => attackers::act(world, actor),
    }
}

/// Says something in the actor's own chat.
pub fn say(world: &mut World, actor: usize, act: Act) {
    say_stolen(world, actor, act, false);
}

pub fn say_stolen(world: &mut World, actor: usize, act: Act, stolen: bool) {
    let peer = world.actors[actor].peer.clone();
    let event = world.event(&peer.user);
    let inbound = Inbound { peer, surface: Surface::Chat, event, act, language_hint: None };
    world.hand_in(inbound, stolen);
}

pub fn again_in(world: &mut World, actor: usize, least: u64, most: u64) {
    let wait = world.actors[actor].chance.between(least, most);
    world.plan_in(wait, Task::Act(actor));
}
