//! What needs no server: a step of the engine, and the check of all flows.

use std::time::Instant;

use ringback::config;
use ringback::engine::conversation::Conversation;
use ringback::engine::event::{Act, Env, Event, Opening};
use ringback::engine::step::step;
use ringback::flow::load;
use ringback::flow::set::FlowSet;
use ringback::model::command::Command;
use ringback::model::ids::{ConversationId, EventId, RunId};
use ringback::model::method::Method;
use ringback::model::peer::{Channel, Language, Peer, Surface};
use ringback::model::purpose::Purpose;
use ringback::model::time::Timestamp;
use ringback::text::catalog::Catalog;
use ringback::verify::keys::{Keys, Root};

use crate::table::median;

const ROUNDS: usize = 15;

/// Microseconds of one step, the copy of the conversation included: a person asks for help and is asked again.
pub fn step_us() -> f64 {
    let catalog = Catalog::shipped().expect("shipped messages load");
    let flows = FlowSet::load(&load::shipped(), None).unwrap_or_else(|_| panic!("shipped flows load"));
    let tenants = config::tenant::shipped(catalog.languages());
    let tenant = tenants.first().expect("institutions ship");
    let keys = Keys::derive(&Root::new([1; 32]), &Root::new([2; 32]));
    let env = Env {
        now: Timestamp(1_780_000_000_000),
        chance: &[3; 32],
        tenant,
        catalog: &catalog,
        keys: &keys,
        available: &[Method::Email, Method::Sms],
        desk_open: false,
        phrase_gone: false,
    };
    let peer = Peer {
        tenant: tenant.id.clone(),
        channel: Channel::Browser,
        bot: "reset.uni.example".to_owned(),
        user: "5".repeat(64),
    };
    let fresh = Conversation::open(Opening {
        id: ConversationId([7; 16]),
        run: RunId([8; 16]),
        peer,
        surface: Surface::Chat,
        language: Language("en".to_owned()),
        flow_set: flows.hash,
        now: env.now,
    });
    let inbound = |n: usize, act: Act| Event::Inbound { id: EventId(format!("event-{n}")), act };
    let begun = step(&flows, fresh, inbound(0, Act::Start(Some(Purpose::ResetPassword))), &env).conversation;
    each_us(2_000, |n| {
        let stepped = step(&flows, begun.clone(), inbound(n + 1, Act::Command(Command::Help)), &env);
        assert_eq!(stepped.outputs.len(), 2, "help, and the question again");
    })
}

/// Milliseconds to read, prove and compile the shipped flows, wording included.
pub fn check_ms() -> f64 {
    let (catalog, scripts) = (Catalog::shipped().expect("shipped messages load"), load::shipped());
    each_us(3, |_| assert!(FlowSet::load(&scripts, Some(&catalog)).is_ok())) / 1e3
}

/// The median round.
fn each_us(times: usize, work: impl Fn(usize)) -> f64 {
    let round = || {
        let began = Instant::now();
        (0..times).for_each(&work);
        began.elapsed().as_secs_f64() * 1e6 / times as f64
    };
    round();
    median((0..ROUNDS).map(|_| round()).collect())
}
