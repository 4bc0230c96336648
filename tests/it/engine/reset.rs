//! Whole resets and unlocks, step by step, as the keys of what is said.

use ringback::engine::event::Act;
use ringback::model::purpose::Purpose;

use super::driver::{MAIL, MOBILE, Scene, World};

fn start(world: &mut World<'_>) -> Vec<String> {
    world.act(Act::Start(Some(Purpose::ResetPassword)))
}

/// Up to the menu of methods, at the tenant that needs two gates and asks for the reason.
fn at_methods<'a>(scene: &'a Scene, name: &str) -> World<'a> {
    let mut world = World::open(scene);
    start(&mut world);
    world.says(name);
    world.picks("forgot");
    world
}

#[test]
fn two_gates_and_a_page_change_the_password_once() {
    let scene = Scene::of("imu");
    let mut world = at_methods(&scene, "siti@student.imu.edu.my");
    world.picks("sms");
    assert_eq!(world.says(MOBILE), ["code-sent", "code-ask"]);
    let said = world.types_code();
    assert!(said.contains(&"verify-progress".to_owned()), "{said:?}");
    assert_eq!(world.says(MAIL), ["code-sent", "code-ask"], "one method is left, so it is not asked for");
    world.types_code();
    let said = world.hands_in_page();
    assert_eq!(said, ["reset-done"]);
    assert_eq!(world.privileged.len(), 1);
    assert!(world.conversation.ended.is_some());
}

#[test]
fn one_gate_is_not_enough_where_two_are_needed() {
    let scene = Scene::of("imu");
    let mut world = at_methods(&scene, "siti@student.imu.edu.my");
    world.picks("sms");
    world.says(MOBILE);
    world.types_code();
    assert!(world.hands_in_page().is_empty(), "no page is open");
    assert!(world.privileged.is_empty());
}

#[test]
fn the_wrong_number_gets_no_code() {
    let scene = Scene::of("imu");
    let mut world = at_methods(&scene, "siti@student.imu.edu.my");
    world.picks("sms");
    let said = world.says("+447700900119");
    assert_eq!(said[0], "code-target-differs");
    assert!(world.codes.is_empty());
}

#[test]
fn a_sixth_comparison_is_not_made_even_after_resends() {
    let scene = Scene::of("imu");
    let mut world = at_methods(&scene, "siti@student.imu.edu.my");
    world.picks("sms");
    world.says(MOBILE);
    let mut said = Vec::new();
    for guess in 0..5 {
        if guess == 2 {
            world.waits(61);
            world.picks("resend");
        }
        said = world.says("000000");
    }
    assert_eq!(said[0], "verify-locked");
    let wrong = world.audit.iter().filter(|kind| matches!(kind, ringback::audit::AuditKind::CodeWrong { .. })).count();
    assert_eq!(wrong, 5);
}

#[test]
fn leaving_a_method_and_coming_back_gives_no_new_tries() {
    let scene = Scene::of("imu");
    let mut world = at_methods(&scene, "siti@student.imu.edu.my");
    world.picks("sms");
    world.says(MOBILE);
    for _ in 0..4 {
        world.says("000000");
    }
    world.picks("other");
    assert_eq!(world.picks("sms"), ["code-sent", "code-ask"], "the code that was sent is still good");
    assert_eq!(world.says("000000")[0], "verify-locked");
}

#[test]
fn known_and_unknown_names_hear_the_same_until_the_first_proof() {
    let scene = Scene::of("imu");
    for wrong in ["+447700900119", "nobody@post.example"] {
        let hear = |name: &str| {
            let mut world = World::open(&scene);
            let mut heard = start(&mut world);
            heard.extend(world.says(name));
            heard.extend(world.picks("forgot"));
            heard
        };
        assert_eq!(hear("siti@student.imu.edu.my"), hear("mallory@student.imu.edu.my"), "{wrong}");
    }
}

#[test]
fn restart_burns_what_was_passed() {
    let scene = Scene::of("imu");
    let mut world = at_methods(&scene, "siti@student.imu.edu.my");
    world.picks("sms");
    world.says(MOBILE);
    world.types_code();
    let run = world.conversation.run;
    world.says("restart");
    world.says("yes");
    assert_ne!(world.conversation.run, run);
    world.says("siti@student.imu.edu.my");
    world.picks("forgot");
    world.picks("email");
    world.says(MAIL);
    world.types_code();
    assert!(world.hands_in_page().is_empty(), "the text before the restart does not count");
}

#[test]
fn help_repeats_the_same_question_and_cancel_ends_with_nothing_done() {
    let scene = Scene::of("imu");
    let mut world = at_methods(&scene, "siti@student.imu.edu.my");
    let question = world.conversation.question.clone();
    assert_eq!(world.says("help")[0], "common-help");
    assert_eq!(world.conversation.question, question);
    assert_eq!(world.says("cancel"), ["common-cancel-sure"]);
    world.says("yes");
    assert!(world.conversation.ended.is_some());
    assert!(world.privileged.is_empty());
}

#[test]
fn a_button_of_an_earlier_step_does_nothing() {
    let scene = Scene::of("imu");
    let mut world = World::open(&scene);
    start(&mut world);
    world.says("siti@student.imu.edu.my");
    let old = world.conversation.question.clone().unwrap().choices[0].token.clone();
    world.picks("forgot");
    let before = world.conversation.frames.clone();
    assert_eq!(world.act(Act::Pick(old)), ["common-old-button"]);
    assert_eq!(world.conversation.frames, before);
}
