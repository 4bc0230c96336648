//! Random walks: whatever people, clocks and stray results do, nothing privileged happens without its gates.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use proptest::prelude::*;
use ringback::engine::event::Act;
use ringback::flow::effect::Outcome;
use ringback::model::command::Command;
use ringback::model::purpose::Purpose;
use ringback::model::time::Seconds;
use ringback::verify::ledger::RECEIPT_LIFE;

use super::driver::{MAIL, MOBILE, Scene, World};

static IMU: LazyLock<Scene> = LazyLock::new(|| Scene::of("imu"));

#[derive(Clone, Debug)]
pub enum Move {
    Start(Purpose),
    Name(bool),
    Pick(u8),
    Mobile,
    Mail,
    RightCode,
    WrongCode,
    Words(String),
    Command(Command),
    Wait(u32),
    Page,
    Stray(Outcome),
}

pub fn moves() -> impl Strategy<Value = Move> {
    let command = prop::sample::select(vec![
        Command::Help,
        Command::Repeat,
        Command::Cancel,
        Command::Restart,
        Command::Human,
        Command::Language,
    ]);
    let outcome = prop::sample::select(vec![Outcome::Right, Outcome::Ok, Outcome::Held, Outcome::Same]);
    let purpose = prop::sample::select(vec![Purpose::ResetPassword, Purpose::UnlockAccount]);
    prop_oneof![
        1 => purpose.prop_map(Move::Start),
        3 => any::<bool>().prop_map(Move::Name),
        8 => (0u8..4).prop_map(Move::Pick),
        5 => Just(Move::Mobile),
        5 => Just(Move::Mail),
        8 => Just(Move::RightCode),
        1 => Just(Move::WrongCode),
        1 => "[a-z0-9 ]{0,12}".prop_map(Move::Words),
        1 => command.prop_map(Move::Command),
        1 => (1u32..700).prop_map(Move::Wait),
        4 => Just(Move::Page),
        1 => outcome.prop_map(Move::Stray),
    ]
}

pub fn make(world: &mut World<'_>, step: &Move) {
    match step {
        Move::Start(purpose) => world.act(Act::Start(Some(*purpose))),
        Move::Name(true) => world.says("siti@student.imu.edu.my"),
        Move::Name(false) => world.says("mallory@student.imu.edu.my"),
        Move::Pick(nth) => {
            let question = world.conversation.question.clone();
            let key = question.and_then(|question| Some(question.choices.get(usize::from(*nth))?.key.clone()));
            key.map_or(Vec::new(), |key| world.picks(key.as_str()))
        }
        Move::Mobile => world.says(MOBILE),
        Move::Mail => world.says(MAIL),
        Move::RightCode => world.types_code(),
        Move::WrongCode => world.says("000001"),
        Move::Words(words) => world.says(words),
        Move::Command(command) => world.act(Act::Command(*command)),
        Move::Wait(seconds) => world.waits(*seconds),
        Move::Page => world.hands_in_page(),
        Move::Stray(outcome) => world.stray_result(*outcome),
    };
}

/// Families whose code was truly typed in this run, not longer ago than a receipt lives.
fn truly(world: &World<'_>) -> usize {
    let fresh = world
        .truly_passed
        .iter()
        .filter(|(_, _, at, run)| *run == world.conversation.run && world.now < *at + RECEIPT_LIFE + Seconds(0));
    fresh.map(|(method, ..)| format!("{:?}", method.family())).collect::<BTreeSet<_>>().len()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_privileged_without_two_true_gates(walk in prop::collection::vec(moves(), 1..60)) {
        let mut world = World::open(&IMU);
        for step in &walk {
            let before = world.privileged.len();
            let proven = truly(&world);
            make(&mut world, step);
            if world.privileged.len() > before {
                // The last code of an unlock is typed in the very step that unlocks.
                prop_assert!(proven.max(truly(&world)) >= 2, "after {step:?}");
            }
        }
    }
}

#[test]
fn the_walks_do_reach_both_effects() {
    let mut world = World::open(&IMU);
    let way = [
        Move::Start(Purpose::UnlockAccount),
        Move::Name(true),
        Move::Pick(0),
        Move::Mail,
        Move::RightCode,
        Move::Mobile,
        Move::RightCode,
    ];
    for step in &way {
        make(&mut world, step);
    }
    assert_eq!(world.privileged.len(), 1);
}
