//! When the storm is over: an honest person gets through (I11), and unknown names look like known ones (I10).

use ringback::engine::event::Act;
use ringback::model::peer::{Channel, Peer, Surface};
use ringback::model::purpose::Purpose;
use ringback::runtime::turn::Inbound;

use super::actors::natural::{by_mail, open_question};
use super::cast::{BYSTANDER, UNSERVED, user};
use super::oracle::Invariant;
use super::seed::honest;
use super::world::World;

pub fn look(world: &mut World) {
    let through = honest(world);
    world.scene.state().oracle.hold(Invariant::I11, through, || "an honest person did not get through".to_owned());
    if world.violated() {
        return;
    }
    let known = probe(world, BYSTANDER, 100);
    for (name, nth) in UNSERVED.iter().zip(101..) {
        let unknown = probe(world, name, nth);
        if world.violated() {
            return;
        }
        world.scene.state().oracle.hold(Invariant::I10, unknown == known, || {
            format!("`{name}` is answered {unknown:?}, a known name {known:?}")
        });
    }
}

/// What somebody sees who gives a name and a wrong number or address, with how long it took.
fn probe(world: &mut World, name: &str, nth: u32) -> Vec<String> {
    let peer = Peer {
        tenant: world.scene.tenant.id.clone(),
        channel: Channel::Browser,
        bot: "reset.example".to_owned(),
        user: format!("probe-{nth}"),
    };
    let who = super::scene::called(&peer);
    let mut seen = Vec::new();
    let name = user(&world.scene.tenant, name);
    let mut act = Some(Act::Start(Some(Purpose::ResetPassword)));
    for _ in 0..8 {
        let Some(next) = act.take() else { break };
        let before = world.screen(&who).len();
        let began = world.scene.clock.elapsed();
        let event = world.event(&peer.user);
        world.hand_in(
            Inbound { peer: peer.clone(), surface: Surface::Chat, event, act: next, language_hint: None },
            false,
        );
        world.settle();
        while world.screen(&who).len() == before && world.scene.clock.elapsed() < began + 5_000 && !world.violated() {
            let now = world.scene.clock.elapsed();
            world.run_until(now + 100);
        }
        let took = world.scene.clock.elapsed() - began;
        let screen = world.screen(&who);
        let shown: Vec<String> = screen[before..].iter().map(|prompt| plain(prompt.message.as_str())).collect();
        seen.push(format!("{took} ms: {}", shown.join(", ")));
        act = open_question(&screen).and_then(|question| match question.message.as_str() {
            "identify-ask-account" => Some(Act::Text(name.clone())),
            "identify-human-challenge" => Some(Act::Text(question.challenge.as_ref()?.digits.clone())),
            "reset-which-problem" => super::actors::natural::pick(question, "forgot"),
            "verify-choose-method" => None,
            "code-confirm-target" if seen.len() < 6 => {
                let typed = if by_mail(question) { "someone.else@post.example" } else { "+447700900999" };
                Some(Act::Text(typed.to_owned()))
            }
            _ => None,
        });
    }
    // What comes after the menu depends on the methods, which differ between known names, too.
    let menu = seen.iter().position(|line| line.contains("(a way to verify)")).map_or(seen.len(), |at| at + 1);
    seen.truncate(menu);
    seen
}

fn plain(key: &str) -> String {
    match key {
        "verify-choose-method" | "code-confirm-target" | "totp-ask" | "questions-open-private-page" => {
            "(a way to verify)".to_owned()
        }
        other => other.to_owned(),
    }
}
