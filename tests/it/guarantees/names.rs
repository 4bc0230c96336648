//! What is typed where a user name is asked and is nobody's name, perhaps a password without anything that betrays it.

use std::sync::Arc;

use ringback::engine::event::Act;
use ringback::model::purpose::Purpose;

use super::canaries::encodings::Needles;
use super::canaries::places::{Log, files};
use super::{AISYAH, on_disk};
use crate::runtime::person::Person;
use crate::runtime::stores::Recording;

/// Letters, digits and what names are made of.
const WORD: &str = "mangosteen-9f3e-lantern";

#[tokio::test]
async fn g22_a_word_that_is_nobody_s_name_is_gone_when_the_directory_has_answered() {
    let log = Log::listen();
    let folder = tempfile::tempdir().unwrap();
    let mut house = on_disk(folder.path());
    let recording = Arc::new(Recording::over(Arc::clone(&house.store)));
    house.store = Arc::clone(&recording) as _;
    let runtime = house.open().await;
    let needles = Needles::of(&[WORD.to_owned()]);

    for (user, said, kept) in [("browser-1", WORD, false), ("browser-2", AISYAH, true)] {
        recording.bytes.lock().unwrap().clear();
        let mut person = Person::new(&house, user, AISYAH);
        person.act(&runtime, Act::Start(Some(Purpose::ResetPassword))).await;
        person.say(&runtime, said).await;
        assert!(person.shows("verify-choose-method"), "{:?}", house.screen.keys(user));
        assert!(recording.holds(said), "it has to be there until the directory has answered");
        // From here on every batch is what is kept after the answer.
        recording.bytes.lock().unwrap().clear();
        person.say(&runtime, "I want to talk to a person").await;
        person.pick(&runtime, "ticket").await;
        runtime.inbox().drained().await;
        println!("g22: `{said}` is kept after the answer: {}", recording.holds(said));
        assert_eq!(recording.holds(said), kept);
        let ticket = house.post.tickets.lock().unwrap().last().unwrap().clone();
        assert_eq!(ticket.contains(said), kept, "{ticket}");
    }

    let record = serde_json::to_vec(&house.audit.recent(1_000).await.unwrap()).unwrap();
    let screen = format!("{:?}", house.screen.of("browser-1")).into_bytes();
    drop(runtime);
    let mut places = files(folder.path());
    places.extend([
        ("the log".to_owned(), log.take()),
        ("the record".to_owned(), record),
        ("the chat".to_owned(), screen),
    ]);
    for (place, bytes) in places {
        assert_eq!(needles.in_bytes(&bytes).next(), None, "in {place}");
    }
}
