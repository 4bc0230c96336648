//! What holds at every step that people can be at: buttons of others or of before do nothing, no secret stays, and where
//! others read along nothing is said.

use std::collections::BTreeMap;

use data_encoding::{BASE32_NOPAD, BASE64, BASE64URL_NOPAD, HEXLOWER, HEXUPPER};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use ringback::engine::conversation::Conversation;
use ringback::engine::event::Act;
use ringback::model::command::Command;
use ringback::model::ids::ConversationId;
use ringback::model::peer::{Language, Surface};
use ringback::model::purpose::Purpose;
use ringback::runtime::record::encode;

use super::driver::{MAIL, Scene, World};
use super::walks::{make, moves};

const TENANTS: [&str; 4] = ["apu", "imu", "office365", "aps"];
const WALKS: usize = 150;

/// For each different step that random walks lead to: somebody there, and somebody else who came the same way.
fn steps(scene: &Scene) -> BTreeMap<String, (World<'_>, World<'_>)> {
    let mut runner = TestRunner::deterministic();
    let walk = prop::collection::vec(moves(), 20..50);
    let mut found = BTreeMap::new();
    for _ in 0..WALKS {
        let (mut world, mut other) = (World::open(scene), World::open(scene));
        other.conversation.id = ConversationId([99; 16]);
        found.entry(place(&world.conversation)).or_insert_with(|| (world.clone(), other.clone()));
        for step in walk.new_tree(&mut runner).unwrap().current() {
            make(&mut world, &step);
            make(&mut other, &step);
            assert_eq!(place(&world.conversation), place(&other.conversation));
            found.entry(place(&world.conversation)).or_insert_with(|| (world.clone(), other.clone()));
        }
    }
    found
}

/// Where a conversation stands and what it waits for.
fn place(conversation: &Conversation) -> String {
    let frames: Vec<String> =
        conversation.frames.iter().map(|frame| format!("{}/{}", frame.flow, frame.state)).collect();
    let waiting = format!("{:?}", conversation.waiting);
    let kind = waiting.split([' ', '{', '(']).next().unwrap_or_default().to_owned();
    format!("{} {kind} ended={}", frames.join(" > "), conversation.ended.is_some())
}

/// The conversation without what every event touches. "Which language?" and "really stop?" are laid over a step: a
/// press that is none of theirs takes them away, and the step is as it was.
fn settled(conversation: &Conversation) -> Conversation {
    let mut settled = conversation.clone();
    (settled.turns, settled.last_heard, settled.seen) = (0, settled.started, Vec::new());
    settled.waiting = settled.waiting.innermost().clone();
    settled
}

/// A text as it may lie about: twelve ways of writing it.
fn disguises(secret: &str) -> Vec<Vec<u8>> {
    let bytes = secret.as_bytes();
    let hex = HEXLOWER.encode(bytes);
    let percent: String = bytes.iter().map(|byte| format!("%{byte:02X}")).collect();
    let escaped: String = secret.chars().map(|c| format!("\\u{:04x}", u32::from(c))).collect();
    let texts = [
        secret.to_owned(),
        secret.to_lowercase(),
        secret.to_uppercase(),
        secret.chars().rev().collect(),
        secret.replace(' ', "+"),
        hex,
        HEXUPPER.encode(bytes),
        BASE64.encode(bytes).trim_end_matches('=').to_owned(),
        BASE64URL_NOPAD.encode(bytes),
        BASE32_NOPAD.encode(bytes),
        percent,
        escaped,
    ];
    texts.into_iter().map(String::into_bytes).collect()
}

fn holds(bytes: &[u8], disguises: &[Vec<u8>]) -> bool {
    disguises.iter().any(|disguise| bytes.windows(disguise.len()).any(|window| window == disguise))
}

#[test]
fn g22_a_password_typed_into_the_chat_stays_nowhere_at_any_step() {
    // The last one might be a name, and is looked up as one.
    let secrets = ["Canary 9f3e Secret!", "Canary-9f3e-Secret!", "canary-9f3e-secret"];
    let (mut tried, mut places) = (0, 0);
    for tenant in TENANTS {
        let scene = Scene::of(tenant);
        for (place, (world, _)) in steps(&scene) {
            places += 1;
            for secret in secrets {
                for act in [Act::Text(secret.to_owned()), Act::Pick(secret.to_owned()), Act::Keys(secret.to_owned())] {
                    let mut here = world.clone();
                    (here.said, here.audit) = (Vec::new(), Vec::new());
                    here.act(act.clone());
                    let stored = encode(&here.conversation);
                    let shown = format!("{:?} {:?} {:?}", here.said, here.audit, here.privileged).into_bytes();
                    assert!(!holds(&stored, &disguises(secret)), "{tenant} {place}: stored after {act:?}");
                    assert!(!holds(&shown, &disguises(secret)), "{tenant} {place}: shown after {act:?}");
                    assert_eq!(here.privileged.len(), world.privileged.len(), "{tenant} {place}");
                    tried += 1;
                }
            }
        }
    }
    println!("{tried} secrets typed at {places} steps of four institutions: 0 kept, 0 shown, 0 taken");
    assert!(places > 60, "{places}");
}

#[test]
fn g20_buttons_of_others_of_earlier_steps_pressed_twice_or_altered_change_nothing() {
    let mut presses = 0;
    for tenant in TENANTS {
        let scene = Scene::of(tenant);
        for (place, (world, other)) in steps(&scene) {
            let now: Vec<String> = world
                .conversation
                .question
                .iter()
                .flat_map(|q| &q.choices)
                .map(|choice| choice.token.clone())
                .collect();
            let before: Vec<String> =
                world.said.iter().flat_map(|prompt| &prompt.choices).map(|choice| choice.token.clone()).collect();
            // The languages, or yes and no, that were offered last are open beside the question.
            let newest = world.said.iter().rev().find(|prompt| !prompt.choices.is_empty());
            let open: Vec<String> =
                newest.iter().flat_map(|prompt| &prompt.choices).map(|choice| choice.token.clone()).collect();
            let earlier = before.into_iter().filter(|token| !now.contains(token) && !open.contains(token));
            let altered = now.iter().flat_map(|token| {
                let turned: String = token.chars().rev().collect();
                [format!("{token}A"), token[1..].to_owned(), token.to_lowercase(), turned, String::new()]
            });
            let altered = altered.filter(|token| !now.contains(token));
            for token in earlier.chain(altered.collect::<Vec<_>>()) {
                let mut here = world.clone();
                let kept = settled(&here.conversation);
                here.act(Act::Pick(token));
                presses += 1;
                // At a limit of turns, or without a question, anything that is sent may end or open a conversation.
                if world.conversation.question.is_some() && here.conversation.ended == world.conversation.ended {
                    assert_eq!(settled(&here.conversation), kept, "{tenant} {place}");
                }
            }
            for token in &now {
                let mut other = other.clone();
                let kept = settled(&other.conversation);
                other.act(Act::Pick(token.clone()));
                assert_eq!(settled(&other.conversation), kept, "{tenant} {place}: somebody else's button");
                // The second press of a double click.
                let mut here = world.clone();
                here.act(Act::Pick(token.clone()));
                let kept = settled(&here.conversation);
                here.act(Act::Pick(token.clone()));
                if kept.serial != world.conversation.serial {
                    assert_eq!(settled(&here.conversation), kept, "{tenant} {place}: pressed twice");
                }
                presses += 2;
            }
        }
    }
    println!("{presses} presses of foreign, old, doubled and altered buttons: 0 transitions");
    assert!(presses > 500, "{presses}");
}

#[test]
fn g21_where_others_read_along_there_is_one_refusal_whoever_asks_for_whatever() {
    let names = ["siti@student.imu.edu.my", "mallory@student.imu.edu.my", MAIL, "482913", "I forgot my password", ""];
    let texts = names.map(|name| Act::Text(name.to_owned()));
    let purposes = [None, Some(Purpose::ResetPassword), Some(Purpose::UnlockAccount)].map(Act::Start);
    let commands =
        [Command::Help, Command::Repeat, Command::Language, Command::Human, Command::Cancel, Command::Restart];
    let others = [Act::Pick("token".to_owned()), Act::Language(Language("ms".to_owned())), Act::Silence];
    let acts: Vec<Act> = texts.into_iter().chain(purposes).chain(commands.map(Act::Command)).chain(others).collect();
    for tenant in TENANTS {
        let scene = Scene::of(tenant);
        for act in &acts {
            let mut world = World::open(&scene);
            world.conversation.surface = Surface::Group;
            let said = world.act(act.clone());
            assert_eq!(said, ["common-write-to-me-privately"], "{tenant} {act:?}");
            assert!(world.said[0].args.is_empty() && world.said[0].choices.is_empty(), "{act:?}");
            assert!(world.conversation.ended.is_some() && world.conversation.subject.is_none(), "{act:?}");
            assert!(world.codes.is_empty() && world.privileged.is_empty());
            assert_eq!(world.act(act.clone()), [""; 0], "what comes later is not answered");
        }
    }
    println!("{} acts in a group: one sentence each, no name, no state, no effect", acts.len() * TENANTS.len());
}
