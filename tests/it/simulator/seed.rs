//! One seed from end to end: a storm, a calm in which everything must come right, and a last look.

use std::collections::BTreeMap;

use super::actors::{Kind, enter};
use super::cast::{BYSTANDER, ORDINARY, id};
use super::oracle::{Invariant, Violation};
use super::planted::Planted;
use super::world::{Task, World};

const MINUTE: u64 = 60_000;
/// How long people, attackers and faults go on.
const STORM: u64 = 45 * MINUTE;
/// Longer than any conversation and any wait between two tries lives.
const CALM: u64 = 50 * MINUTE;
/// In so long an honest person is through when nothing is in the way.
const HONEST: u64 = 15 * MINUTE;

/// What a seed came to.
pub struct Outcome {
    pub seed: u64,
    pub violation: Option<Violation>,
    pub story: Vec<String>,
    pub tally: BTreeMap<&'static str, u64>,
    pub struck: BTreeMap<&'static str, u64>,
    pub n_checked: u64,
}

pub fn run(seed: u64, planted: Option<Planted>, told: bool) -> Outcome {
    let mut world = World::of(seed, planted, told);
    populate(&mut world);
    world.run_until(STORM);
    if !world.violated() {
        calm(&mut world);
    }
    if !world.violated() {
        super::afterwards::look(&mut world);
    }
    outcome(seed, world)
}

fn populate(world: &mut World) {
    let n_people = world.chance.between(1, 3) as usize;
    let begin = world.chance.below(ORDINARY.len() as u64) as usize;
    let people: Vec<&'static str> = (0..n_people).map(|nth| ORDINARY[(begin + nth) % ORDINARY.len()]).collect();
    for name in people.iter().copied() {
        let first = world.chance.between(100, 15 * MINUTE);
        enter(world, Kind::Person, name, 0, first);
        if world.chance.one_in(2) {
            // The same person in a second chat, perhaps at the same time.
            let second = first + world.chance.between(100, 4 * MINUTE);
            let nth = world.chance.between(1, 2);
            enter(world, Kind::Person, name, nth, second);
        }
    }
    let kinds = [
        Kind::Guesser,
        Kind::MailThief,
        Kind::Replayer,
        Kind::Harvester,
        Kind::Flooder,
        Kind::ButtonThief,
        Kind::LinkThief,
        Kind::Forger,
        Kind::Namesake,
    ];
    for nth in 0..world.chance.between(2, 4) {
        let kind = *world.chance.pick(&kinds).unwrap_or(&Kind::Guesser);
        let name = people[world.chance.below(n_people as u64) as usize];
        let first = world.chance.between(100, 20 * MINUTE);
        enter(world, kind, name, nth, first);
    }
    if world.scene.state().faults.has("clock: jumps") {
        for _ in 0..2 {
            let at = world.chance.between(MINUTE, STORM);
            let by = if world.chance.one_in(2) { 3_600 } else { -3_600 };
            world.plan(at, Task::Jump(by));
        }
    }
    if world.chance.one_in(3) {
        let account = id(people[world.chance.below(n_people as u64) as usize]);
        let at = world.chance.between(2 * MINUTE, STORM / 2);
        world.plan(at, Task::Disable(account.clone(), true));
        world.plan(at + 6 * MINUTE, Task::Disable(account, false));
    }
}

/// No more faults, and nobody says anything: what is under way comes to its end.
fn calm(world: &mut World) {
    world.scene.state().faults.storm = false;
    world.scene.clock.set_right();
    world.everybody_leaves();
    world.scene.tell(|| "##  the storm is over".to_owned());
    world.run_until(STORM + CALM);
    if world.violated() {
        return;
    }
    let rows = world.outbox_len();
    let mut guard = world.scene.state();
    let state = &mut *guard;
    state.oracle.hold(Invariant::I14, rows == 0, || format!("{rows} rows are left in the outbox"));
    let open = state.oracle.conversations.values().filter(|conversation| conversation.ended.is_none()).count();
    state.oracle.hold(Invariant::I14, open == 0, || format!("{open} conversations never ended"));
    state.oracle.at_the_end(&state.cast);
}

fn outcome(seed: u64, world: World) -> Outcome {
    let mut state = world.scene.state();
    Outcome {
        seed,
        violation: state.oracle.violations.first().cloned(),
        story: state.story.take().unwrap_or_default(),
        tally: state.tally.clone(),
        struck: state.faults.struck.clone(),
        n_checked: state.oracle.n_checked,
    }
}

/// Somebody whom nobody attacked, in fine weather.
pub fn honest(world: &mut World) -> bool {
    let begins = world.scene.clock.elapsed();
    let actor = enter(world, Kind::Honest, BYSTANDER, 0, 100);
    world.run_until(begins + HONEST);
    let screen = world.screen(&world.actors[actor].who());
    screen.iter().any(|prompt| prompt.message.as_str() == "reset-done")
}
