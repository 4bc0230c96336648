//! A person who wants back in, with the habits that people have.

use ringback::engine::event::Act;
use ringback::model::command::Command;
use ringback::model::peer::Language;
use ringback::model::prompt::PageLink;

use super::natural::{next, open_question};
use super::{Kind, again_in, say};
use crate::simulator::oracle::secrets::MARK;
use crate::simulator::pages::{self, Ask, Move, Said};
use crate::simulator::world::{Task, World};

/// A look at the screen; habits come first.
pub fn act(world: &mut World, actor: usize) {
    if let Some(said) = world.actors[actor].page_said.take() {
        return on_page(world, actor, said);
    }
    if world.scene.clock.elapsed() < world.actors[actor].rests {
        return;
    }
    if world.actors[actor].asked.is_some() {
        // The page is still busy.
        return again_in(world, actor, 4_000, 9_000);
    }
    if world.actors[actor].kind == Kind::Person && world.actors[actor].chance.one_in(9) && habit(world, actor) {
        return again_in(world, actor, 3_000, 25_000);
    }
    if world.actors[actor].slow {
        let one_in = if code_waits(world, actor) { 4 } else { 2 };
        if world.actors[actor].chance.one_in(one_in) {
            return again_in(world, actor, 200_000, 440_000);
        }
    }
    match next(world, actor) {
        Move::Say(Act::Text(code)) if world.actors[actor].clumsy && mistypes(world, actor) => {
            // Tries it again as it was sent.
            world.actors[actor].tried.retain(|tried| *tried != code);
            let wrong = code.chars().rev().collect();
            say(world, actor, Act::Text(wrong));
            again_in(world, actor, 2_500, 9_000);
        }
        Move::Say(act) => {
            world.actors[actor].begun = true;
            say(world, actor, act);
            again_in(world, actor, 2_500, 20_000);
        }
        Move::Open(link) => open(world, actor, link),
        Move::Wait(millis) => world.plan_in(millis, Task::Act(actor)),
        Move::Over => over(world, actor),
    }
}

/// Whether a code is typed the wrong way round this time.
fn mistypes(world: &mut World, actor: usize) -> bool {
    code_waits(world, actor) && !world.actors[actor].chance.one_in(3)
}

fn code_waits(world: &World, actor: usize) -> bool {
    let screen = world.screen(&world.actors[actor].who());
    open_question(&screen).is_some_and(|question| matches!(question.message.as_str(), "code-ask" | "totp-ask"))
}

fn over(world: &mut World, actor: usize) {
    world.scene.tally("conversations");
    let who = &mut world.actors[actor];
    (who.begun, who.session, who.asked) = (false, None, None);
    who.cases = who.cases.saturating_sub(1);
    // Has forgotten meanwhile that it was they themselves.
    let alarmed = who.kind == Kind::Person && who.chance.one_in(3) && not_me(world, actor);
    if world.actors[actor].cases > 0 {
        // An account is changed once in ten minutes; what closing it is worth shows after them.
        let (least, most) = if alarmed { (600_000, 900_000) } else { (20_000, 400_000) };
        if alarmed {
            world.actors[actor].rests = world.scene.clock.elapsed() + least;
        }
        again_in(world, actor, least, most);
    }
}

/// Something that people do instead of answering; whether anything was done.
fn habit(world: &mut World, actor: usize) -> bool {
    let who = world.actors[actor].who();
    let screen = world.screen(&who);
    let command = |command| Some(Act::Command(command));
    let old_button = |world: &mut World| {
        let all: Vec<String> =
            screen.iter().flat_map(|prompt| prompt.choices.iter().map(|choice| choice.token.clone())).collect();
        world.actors[actor].chance.pick(&all).cloned().map(Act::Pick)
    };
    let act = match world.actors[actor].chance.below(14) {
        0 => Some(Act::Text("what?".to_owned())),
        1 => Some(Act::Text("000000".to_owned())),
        2 => Some(Act::Text("12345678".to_owned())),
        3 => command(Command::Help),
        4 => command(Command::Repeat),
        5 => command(Command::Cancel),
        6 => command(Command::Restart),
        7 => Some(Act::Language(Language("ms".to_owned()))),
        // A password, typed into the chat by mistake; where a name is asked for it would be taken for one.
        8 if open_question(&screen).is_some_and(|open| open.message.as_str() != "identify-ask-account") => {
            Some(Act::Text(format!("{MARK}MyLostPassword77!")))
        }
        9 | 10 => old_button(world),
        11 => {
            // Goes for a walk.
            let wait = world.actors[actor].chance.between(60_000, 1_000_000);
            world.plan_in(wait, Task::Act(actor));
            return false;
        }
        12 => {
            return not_me(world, actor);
        }
        _ => Some(Act::Start(None)),
    };
    match act {
        Some(act) if !screen.is_empty() => {
            say(world, actor, act);
            true
        }
        _ => false,
    }
}

/// Presses "this was not me" in the newest notice, which may well be about the own change.
fn not_me(world: &mut World, actor: usize) -> bool {
    let token = {
        let state = world.scene.state();
        let mail = state.cast.get(&world.actors[actor].account).and_then(|member| member.mail.clone());
        let letters = mail.and_then(|mail| state.inboxes.get(&mail));
        let newest = letters.into_iter().flatten().rev().find_map(|letter| letter.text.split("/not-me/").nth(1));
        newest.and_then(|rest| rest.split_whitespace().next()).map(str::to_owned)
    };
    let Some(token) = token else { return false };
    world.scene.tally("not me");
    world.actors[actor].asked = Some(Ask::NotMe(token.clone()));
    pages::ask(world, actor, Ask::NotMe(token));
    world.plan_in(1_500_000, Task::Release);
    true
}

fn open(world: &mut World, actor: usize, link: PageLink) {
    if world.actors[actor].kind == Kind::Person && world.actors[actor].chance.one_in(3) {
        // Whatever scans links on the way looks at this one first.
        pages::ask(world, actor, Ask::Look(link.clone()));
    }
    if let Some(session) = world.actors[actor].session.clone() {
        return request(world, actor, Ask::Form(session));
    }
    let peer = world.actors[actor].peer.clone();
    let ask = match world.actors[actor].chance.below(3) {
        0 => Ask::OpenElsewhere(link.clone(), link.short_code),
        _ => Ask::OpenHere(link, peer),
    };
    request(world, actor, ask);
}

fn request(world: &mut World, actor: usize, ask: Ask) {
    world.actors[actor].asked = Some(ask.clone());
    pages::ask(world, actor, ask);
}

fn on_page(world: &mut World, actor: usize, said: Said) {
    world.actors[actor].asked = None;
    match said {
        Said::Session(session) => {
            world.actors[actor].session = Some(session.clone());
            request(world, actor, Ask::Form(session));
        }
        Said::Form(questions) => fill_in(world, actor, &questions),
        Said::NoSession | Said::NoForm => {
            world.actors[actor].session = None;
            let repeat = Act::Command(Command::Repeat);
            say(world, actor, repeat);
            again_in(world, actor, 3_000, 9_000);
        }
        Said::Looked | Said::Done | Said::Lost | Said::Answer(_) => again_in(world, actor, 2_000, 9_000),
    }
}

fn fill_in(world: &mut World, actor: usize, questions: &[String]) {
    let Some(session) = world.actors[actor].session.clone() else { return };
    let person = world.actors[actor].kind == Kind::Person;
    let who = &mut world.actors[actor];
    who.n_passwords += 1;
    if !questions.is_empty() {
        let wrong = person && who.chance.one_in(4);
        let account = who.account.clone();
        let member = world.scene.state().cast.get(&account).cloned();
        let right = |key: &String| member.as_ref().and_then(|member| member.answers.get(key).cloned());
        let answers = questions.iter().map(|key| right(key).filter(|_| !wrong).unwrap_or_default()).collect();
        world.actors[actor].session = None;
        return request(world, actor, Ask::Answers(session, answers));
    }
    let (account, at) = (who.account.clone(), format!("{} {}", who.peer.user, who.n_passwords));
    if person && world.scene.strikes("directory: disabled half-way", &at) {
        world.disable(&account, true);
        world.plan_in(360_000, Task::Disable(account, false));
    }
    let who = &mut world.actors[actor];
    let password = format!("{MARK}Lantern{}Kites-77 {}", who.n_passwords, who.peer.user.to_uppercase());
    let ask = match who.chance.below(if person { 9 } else { 1 }) {
        5 => Ask::Decline(session),
        6 => Ask::Password(session, "short".to_owned()),
        7 => Ask::Extend(session),
        _ => Ask::Password(session, password),
    };
    request(world, actor, ask);
}
