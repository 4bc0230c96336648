//! A call that is put through to a person: the document, the words for whoever takes it, and its end.

use ringback::channels::voice::provider::Provider;
use ringback::engine::event::Act;
use ringback::runtime::calls::{CallEnd, Standing};

use super::handset::Handset;
use super::reader::Heard;
use crate::support::world::line::{NUMBER, answer};
use crate::support::world::seat::Seat;
use crate::support::world::{ORIGIN, Wish, World};

const DESK: &str = "+442079460999";

#[tokio::test]
async fn a_call_is_put_through_to_the_desk_which_hears_the_case_first() {
    for provider in Provider::ALL {
        let wish = Wish { wire: Some(provider), desk_takes_calls: true, ..Wish::default() };
        let world = World::open("apu", Some("aisyah"), wish).await;
        let Seat::Voice(mut call) = Seat::voice(&world) else { panic!("no telephone") };
        for act in [Act::Start(None), Act::Keys("1".into()), Act::Keys("2".into())] {
            call.does(&world, act, 1).await;
        }
        call.listen(&world);
        // Delivered twice: put through once, under one case.
        call.does(&world, Act::Keys("0".to_owned()), 2).await;
        let words = call.listen(&world);
        let line = call.line.as_mut().unwrap();
        let through = line.heard.iter().find_map(|one| match one {
            Heard::Transfer { to, digits, note, .. } => Some((to.clone(), digits.clone(), note.clone())),
            _ => None,
        });
        let (to, digits, note) = through.unwrap_or_else(|| panic!("{provider:?}: {:?}", line.heard));
        assert_eq!((to.as_str(), digits), (DESK, None), "{provider:?}");
        let number = words.split("RB-").nth(1).map(|rest| format!("RB-{}", &rest[..9]));
        let number = number.unwrap_or_else(|| panic!("{provider:?}: the caller hears no case number: {words}"));

        // The desk's own telephone rings as a call of its own, and hears the case before both are connected.
        let desk = Handset { origin: ORIGIN, ..Handset::new(provider, "desk-1") };
        let note = note.unwrap_or_else(|| panic!("{provider:?}: the desk hears nothing"));
        let told = desk.hear(&answer(&world, &desk.draft(&note, None, None)).await);
        let [Heard::Say(told)] = &told[..] else { panic!("{provider:?}: {told:?}") };
        assert!(told.contains(&number), "{provider:?}: {told} for {number}");
        println!("{}: put through to {to}, which hears: {told}", provider.name());

        // It rings and they talk: nothing of that is answered with words; then somebody hangs up.
        let (audit, through) = (world.audit().await.len(), line.through.clone().unwrap());
        if provider == Provider::Vonage {
            for progress in ["started", "ringing", "answered"] {
                let told = answer(&world, &line.handset.dialled(&through, progress)).await;
                assert_eq!((told.status, &*told.body), (204, ""), "{progress}");
            }
        }
        line.transfer_ends(&world, "taken", 2).await;
        assert_eq!(line.words, "", "{provider:?}: whoever has spoken to the desk hears nothing from us");

        // The person has the call; when they hang up, it is over, and that changes nothing any more.
        let standing = async || world.running().runtime.inbox().standing(&call.peer).await.unwrap();
        assert!(matches!(standing().await, Standing::Ended { transfer: Some(_) }), "{provider:?}");
        line.ends(&world, CallEnd::HungUp, 2).await;
        assert!(matches!(standing().await, Standing::Ended { .. }), "{provider:?}");
        assert_eq!(
            world.audit().await.len(),
            audit,
            "{provider:?}: the end of a call that was put through is on record"
        );
        assert_eq!(line.handset.to, NUMBER);
    }
}
