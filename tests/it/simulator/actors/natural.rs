//! The natural answer to what is on the screen.

use ringback::engine::event::Act;
use ringback::model::method::Method;
use ringback::model::prompt::{Arg, Prompt};
use ringback::ports::clock::Clock;

use crate::simulator::cast::user;
use crate::simulator::pages::Move;
use crate::simulator::ports::outside::code_in;
use crate::simulator::world::World;

/// Messages after which a conversation is over.
const LAST: [&str; 17] = [
    "reset-done",
    "reset-declined",
    "reset-expired-again",
    "unlock-done",
    "unlock-was-not-locked",
    "unlock-expired-again",
    "common-stopped",
    "common-idle-ended",
    "common-session-ended",
    "common-try-later",
    "common-too-many",
    "common-directory-down",
    "common-interrupted",
    "desk-contact",
    "desk-leave",
    "desk-ticket-number",
    "desk-connected",
];

/// The question that is open on a screen, and whether the conversation on it is over.
pub fn open_question(screen: &[Prompt]) -> Option<&Prompt> {
    for prompt in screen.iter().rev() {
        if LAST.contains(&prompt.message.as_str()) {
            return None;
        }
        let asks = prompt.page.is_some() || prompt.challenge.is_some() || !prompt.choices.is_empty();
        if asks || prompt.message.as_str().ends_with("-ask") || KEYS.contains(&prompt.message.as_str()) {
            return Some(prompt);
        }
    }
    None
}

const KEYS: [&str; 4] = ["identify-ask-account", "code-confirm-target", "code-ask", "totp-ask"];

pub fn pick(prompt: &Prompt, key: &str) -> Option<Act> {
    let choice = prompt.choices.iter().find(|choice| choice.key.as_str() == key)?;
    Some(Act::Pick(choice.token.clone()))
}

/// What the actor would say or open now.
pub fn next(world: &mut World, actor: usize) -> Move {
    let screen = world.screen(&world.actors[actor].who());
    let Some(question) = open_question(&screen) else {
        return match world.actors[actor].begun {
            true => Move::Over,
            false => Move::Say(Act::Start(Some(world.actors[actor].purpose))),
        };
    };
    if let Some(link) = &question.page {
        return Move::Open(link.clone());
    }
    let text = |text: String| Move::Say(Act::Text(text));
    let member = world.scene.state().cast.get(&world.actors[actor].account).cloned();
    let Some(member) = member else { return Move::Over };
    match question.message.as_str() {
        "identify-ask-account" => text(user(&world.scene.tenant, world.actors[actor].name)),
        "identify-human-challenge" => {
            text(question.challenge.as_ref().map_or(String::new(), |challenge| challenge.digits.clone()))
        }
        "code-confirm-target" => {
            let own = if by_mail(question) { member.mail } else { member.mobile };
            text(own.unwrap_or_default())
        }
        "code-ask" => code(world, actor, question, &screen),
        "totp-ask" => match member.app_code(world.scene.clock.now()) {
            Some(code) if !world.actors[actor].tried.contains(&code) => {
                world.actors[actor].tried.push(code.clone());
                text(code)
            }
            _ => Move::Wait(31_000),
        },
        _ => {
            let wanted = ["forgot", "reset", "no", "leave", "en"];
            let known = wanted.iter().find_map(|key| pick(question, key));
            let any = || {
                let choice = world.actors[actor].chance.clone().pick(&question.choices).cloned()?;
                Some(Act::Pick(choice.token))
            };
            let act = known.or_else(any);
            world.actors[actor].chance.roll();
            act.map_or(Move::Over, Move::Say)
        }
    }
}

pub fn by_mail(question: &Prompt) -> bool {
    let method = question.args.iter().find(|(name, _)| name.as_str() == "method");
    matches!(method, Some((_, Arg::Text(method))) if method == Method::Email.name())
}

/// The newest code that arrived and was not typed yet, else some patience, else another one.
fn code(world: &mut World, actor: usize, question: &Prompt, screen: &[Prompt]) -> Move {
    let sent = screen.iter().rev().find(|prompt| prompt.message.as_str() == "code-sent");
    let by_mail = sent.is_some_and(by_mail);
    let code = arrived(world, actor, by_mail).into_iter().rev().find(|code| !world.actors[actor].tried.contains(code));
    match code {
        Some(code) => {
            world.actors[actor].tried.push(code.clone());
            world.actors[actor].waited = 0;
            Move::Say(Act::Text(code))
        }
        None if world.actors[actor].waited < 4 => {
            world.actors[actor].waited += 1;
            Move::Wait(18_000)
        }
        None => {
            world.actors[actor].waited = 0;
            pick(question, "resend").map_or(Move::Over, Move::Say)
        }
    }
}

/// Codes that have arrived at the account's mailbox or telephone, oldest first.
pub fn arrived(world: &World, actor: usize, by_mail: bool) -> Vec<String> {
    let state = world.scene.state();
    let Some(member) = state.cast.get(&world.actors[actor].account) else { return Vec::new() };
    let address = if by_mail { &member.mail } else { &member.mobile };
    let letters = address.as_ref().and_then(|address| state.inboxes.get(address));
    let now = world.scene.clock.elapsed();
    letters.into_iter().flatten().filter(|letter| letter.arrives <= now).filter_map(|l| code_in(&l.text)).collect()
}
