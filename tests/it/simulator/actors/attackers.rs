//! Attackers: each does what its kind does, on top of what anybody can do in a chat.

use ringback::engine::event::Act;
use ringback::model::command::Command;
use ringback::model::ids::PageId;
use ringback::model::prompt::{PageLink, Prompt};
use ringback::model::purpose::Purpose;
use ringback::ports::clock::Clock;

use super::natural::{arrived, by_mail, next, open_question};
use super::{Kind, again_in, say, say_stolen};
use crate::simulator::pages::{self, Ask, Move};
use crate::simulator::scene::called;
use crate::simulator::world::World;

pub fn act(world: &mut World, actor: usize) {
    world.scene.tally("attacks");
    let kind = world.actors[actor].kind;
    match kind {
        Kind::LinkThief => link(world, actor),
        Kind::Forger => forge(world, actor),
        Kind::ButtonThief if world.actors[actor].chance.one_in(2) => button(world, actor),
        _ => in_a_case(world, actor),
    }
}

/// Goes through a case of its own, in somebody else's name.
fn in_a_case(world: &mut World, actor: usize) {
    if let Some(said) = world.actors[actor].page_said.take()
        && let pages::Said::Session(session) = said
    {
        let password = format!("{}Stolen4Account-66 x", crate::simulator::oracle::secrets::MARK);
        pages::ask(world, actor, Ask::Password(session, password));
        return again_in(world, actor, 5_000, 9_000);
    }
    let screen = world.screen(&world.actors[actor].who());
    let question = open_question(&screen).cloned();
    let key = question.as_ref().map_or("", |question| question.message.as_str()).to_owned();
    let kind = world.actors[actor].kind;
    if kind == Kind::Flooder && key == "code-ask" {
        return flood(world, actor, question.as_ref());
    }
    let own_way = match (kind, key.as_str()) {
        (Kind::Harvester, "code-confirm-target") => {
            let mail = question.as_ref().is_some_and(by_mail);
            let n = world.actors[actor].chance.below(1_000);
            Some(if mail { format!("someone{n}@post.example") } else { format!("+44770090{n:04}") })
        }
        (Kind::MailThief, "code-ask") => mailed(world, actor).or_else(|| guess(world, actor)),
        (Kind::Replayer, "code-ask") => replay(world, actor).or_else(|| guess(world, actor)),
        (Kind::Replayer, "totp-ask") => app(world, actor),
        (_, "code-ask" | "totp-ask") => guess(world, actor),
        _ => None,
    };
    if let Some(text) = own_way {
        let again = kind == Kind::Guesser && world.actors[actor].chance.one_in(3);
        say(world, actor, Act::Text(text));
        if again {
            // Several guesses at once.
            for _ in 0..2 {
                if let Some(text) = guess(world, actor) {
                    say(world, actor, Act::Text(text));
                }
            }
        }
        return again_in(world, actor, 800, 9_000);
    }
    // A resend now and then, which must not help.
    if key == "code-ask"
        && world.actors[actor].chance.one_in(4)
        && let Some(resend) = question.as_ref().and_then(|question| super::natural::pick(question, "resend"))
    {
        say(world, actor, resend);
        return again_in(world, actor, 30_000, 70_000);
    }
    if matches!(key.as_str(), "code-ask" | "totp-ask") {
        // The right code is nothing that an attacker has.
        say(world, actor, Act::Command(Command::Repeat));
        return again_in(world, actor, 5_000, 20_000);
    }
    match next(world, actor) {
        Move::Say(act) => {
            world.actors[actor].begun = true;
            say(world, actor, act);
            again_in(world, actor, 800, 9_000);
        }
        Move::Open(link) => {
            let peer = world.actors[actor].peer.clone();
            pages::ask(world, actor, Ask::OpenHere(link, peer));
        }
        Move::Wait(_) => again_in(world, actor, 5_000, 20_000),
        Move::Over => {
            world.scene.tally("conversations");
            world.actors[actor].begun = false;
            world.actors[actor].cases = world.actors[actor].cases.saturating_sub(1);
            if world.actors[actor].cases > 0 {
                again_in(world, actor, 5_000, 90_000);
            }
        }
    }
}

/// One more code as soon as one may be had; another case when there are no more.
fn flood(world: &mut World, actor: usize, question: Option<&Prompt>) {
    let resend = question.and_then(|question| super::natural::pick(question, "resend"));
    let wanted = resend.filter(|_| !world.actors[actor].chance.one_in(5));
    say(world, actor, wanted.unwrap_or(Act::Command(Command::Cancel)));
    again_in(world, actor, 58_000, 75_000);
}

fn digits(world: &World) -> usize {
    if world.scene.tenant.gates_needed >= 2 { 6 } else { 8 }
}

/// Wrong but for a chance in a million; resends in between.
fn guess(world: &mut World, actor: usize) -> Option<String> {
    let n = digits(world);
    let who = &mut world.actors[actor];
    if who.chance.one_in(5) {
        return None;
    }
    let number = who.chance.below(10u64.pow(n as u32));
    Some(format!("{number:0n$}"))
}

fn mailed(world: &mut World, actor: usize) -> Option<String> {
    let screen = world.screen(&world.actors[actor].who());
    let sent = screen.iter().rev().find(|prompt| prompt.message.as_str() == "code-sent")?;
    if !by_mail(sent) {
        return None;
    }
    let codes = arrived(world, actor, true);
    let fresh = codes.into_iter().rev().find(|code| !world.actors[actor].tried.contains(code))?;
    world.actors[actor].tried.push(fresh.clone());
    Some(fresh)
}

/// Any code that the victim ever got, as often as one likes.
fn replay(world: &mut World, actor: usize) -> Option<String> {
    let mut codes = arrived(world, actor, true);
    codes.extend(arrived(world, actor, false));
    world.actors[actor].chance.pick(&codes).cloned()
}

/// What the victim's app shows right now.
fn app(world: &World, actor: usize) -> Option<String> {
    let state = world.scene.state();
    state.cast.get(&world.actors[actor].account)?.app_code(world.scene.clock.now())
}

fn button(world: &mut World, actor: usize) {
    let victims = world.screen(&called(&world.actors[actor].victim));
    let own = world.screen(&world.actors[actor].who());
    let here = open_question(&own).map(|question| question.message.clone());
    // A button of the question that is open in the own case, from the other's screen.
    let same = victims.iter().rev().filter(|prompt| Some(&prompt.message) == here.as_ref());
    let tokens: Vec<String> =
        same.flat_map(|prompt| prompt.choices.iter().map(|choice| choice.token.clone())).collect();
    match world.actors[actor].chance.pick(&tokens).cloned() {
        Some(token) => {
            say_stolen(world, actor, Act::Pick(token), true);
            again_in(world, actor, 1_000, 9_000);
        }
        None => in_a_case(world, actor),
    }
}

fn link(world: &mut World, actor: usize) {
    let victims = world.screen(&called(&world.actors[actor].victim));
    let links: Vec<PageLink> = victims.iter().filter_map(|prompt| prompt.page.clone()).collect();
    world.actors[actor].page_said = None;
    if let Some(link) = links.last().cloned() {
        let peer = world.actors[actor].peer.clone();
        let ask = match world.actors[actor].chance.below(4) {
            0 => Ask::OpenElsewhere(link, format!("{:04}", world.actors[actor].chance.below(10_000))),
            1 => Ask::OpenHere(link, peer),
            _ => Ask::Look(link),
        };
        pages::ask(world, actor, ask);
    }
    again_in(world, actor, 8_000, 60_000);
}

fn forge(world: &mut World, actor: usize) {
    let bytes = |world: &mut World, n: usize| -> Vec<u8> {
        (0..n).map(|_| world.actors[actor].chance.below(256) as u8).collect()
    };
    world.actors[actor].page_said = None;
    match world.actors[actor].chance.below(6) {
        0 => say(world, actor, Act::Pick("sms.AAAAAAAAAAAAAAAA".to_owned())),
        1 => say(world, actor, Act::HungUp),
        2 => say(world, actor, Act::Start(Some(Purpose::ResetPassword))),
        3 => {
            let known: Vec<_> = world.scene.state().oracle.conversations.keys().copied().collect();
            let mut session = world.actors[actor].chance.pick(&known).map_or(vec![0; 16], |id| id.0.to_vec());
            session.extend(bytes(world, 32));
            let session = data_encoding::BASE64URL_NOPAD.encode(&session);
            pages::ask(world, actor, Ask::Password(session, "Forged+Lantern77 x".to_owned()));
        }
        4 => {
            let token = data_encoding::BASE64URL_NOPAD.encode(&bytes(world, 16));
            pages::ask(world, actor, Ask::NotMe(token));
        }
        _ => {
            let page = PageId(bytes(world, 16).try_into().unwrap());
            let expires = world.scene.clock.now();
            let link = PageLink { page, expires, short_code: "0000".to_owned() };
            pages::ask(world, actor, Ask::OpenElsewhere(link, "0001".to_owned()));
        }
    }
    again_in(world, actor, 10_000, 60_000);
}
