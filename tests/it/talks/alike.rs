//! Names that self-service does not serve get the words, the steps and the time of those that it does.

use ringback::model::method::Method;
use ringback::model::purpose::Purpose;
use ringback::ports::clock::Clock;

use crate::support::world::seat::Seat;
use crate::support::world::{Wish, World};
use crate::talks::reading::{choices, question};

/// Who is asked for, and what is typed as the name. All of them are at `apu`.
const NAMES: [(Option<&str>, &str); 6] = [
    (Some("aisyah"), "aisyah@mail.apu.edu.my"),
    (None, "nobody@mail.apu.edu.my"),
    (Some("mei"), "mei@mail.apu.edu.my"),
    (Some("weijie"), "weijie@mail.apu.edu.my"),
    (Some("rootwan"), "rootwan@apu.edu.my"),
    (Some("newcomer"), "newcomer@mail.apu.edu.my"),
];

#[tokio::test]
async fn on_the_terminal() {
    all_alike(Seat::terminal).await;
}

#[tokio::test]
async fn in_the_browser() {
    all_alike(Seat::browser).await;
}

/// By the number on the card and by the name on the keys: whoever is not there hears the same at the same pace.
#[tokio::test]
async fn on_the_telephone() {
    let people = [Some("aisyah"), None, Some("mei"), Some("weijie"), Some("rootwan"), Some("newcomer")];
    for (ways, wrong) in [(vec!["10002301"], "0044770090019"), (vec!["2", "247924", "0100"], "0044770090019")] {
        let mut known = None;
        for person in people {
            let wish = Wish { methods: Some(vec![Method::Sms]), ..Wish::default() };
            let world = World::open("apu", person, wish).await;
            let mut ways: Vec<String> = ways.iter().map(|way| (*way).to_owned()).collect();
            if let (1, Some(number)) = (ways.len(), world.person.as_ref().and_then(|person| person.number.clone())) {
                ways[0] = number;
            }
            let mut seat = Seat::voice(&world);
            seat.start(&world, None, "en").await;
            let mut told = String::new();
            let before_name = ["1", "2"].into_iter().map(str::to_owned);
            let after_name = ["*", wrong, "12", wrong, wrong].into_iter().map(str::to_owned);
            for keys in before_name.chain(ways).chain(after_name) {
                let before = world.clock.now();
                seat.say(&world, &keys).await;
                let took = before.until(world.clock.now()).0;
                let heard = seat.look(&world).await;
                let hint = heard.find("ending in ").map_or(heard.len(), |at| at + "ending in ".len());
                // Each case has its own number.
                let heard = match heard[..hint].split_once("has the number ") {
                    Some((before, after)) => format!("{before}{}", after.split_once(' ').map_or("", |(_, rest)| rest)),
                    None => heard[..hint].to_owned(),
                };
                told.push_str(&format!("{took}s {heard}\n"));
            }
            assert!(told.contains("ending in "), "nobody came to a check: {told}");
            assert_eq!(world.letters().len(), 0, "something was sent: {told}");
            let known = known.get_or_insert_with(|| told.clone());
            assert_eq!(*known, told, "{person:?} is told apart by ear");
        }
    }
}

async fn all_alike(seat: fn() -> Seat) {
    for (method, wrong) in [(Method::Sms, "+44 7700 900199"), (Method::Email, "somebody@elsewhere.example")] {
        let mut known = None;
        for (person, name) in NAMES {
            let told = tell(seat(), person, name, method, wrong).await;
            let known = known.get_or_insert_with(|| told.clone());
            assert_eq!(*known, told, "`{name}` is told apart by {method}");
        }
    }
}

/// The whole conversation as the person reads it, hints made equal, with the time that each answer took.
async fn tell(mut seat: Seat, person: Option<&str>, name: &str, method: Method, wrong: &str) -> String {
    let world = World::open("apu", person, Wish { methods: Some(vec![method]), ..Wish::default() }).await;
    seat.start(&world, Some(Purpose::ResetPassword), "en").await;
    let mut told = String::new();
    for said in [name, "repeat", "help", wrong, "no idea", wrong, wrong] {
        let before = world.clock.now();
        seat.say(&world, said).await;
        let took = before.until(world.clock.now()).0;
        told.push_str(&format!("{took}s {}\n", seat.look(&world).await));
    }
    let heard = world.heard.all();
    let offered = question(&heard).map(choices).unwrap_or_default();
    assert_eq!(offered, ["ticket", "leave"], "the way ends at the service desk: {told}");
    assert_eq!(world.letters().len(), 0, "something was sent: {told}");
    equal_hints(&told)
}

/// A hint is the person's own, or made up: both look so after this.
fn equal_hints(text: &str) -> String {
    let mut equal = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("••") {
        let before = rest[..at].trim_end_matches(|c: char| c.is_ascii_lowercase());
        let hidden = rest[at..].trim_start_matches('•');
        let after = hidden.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '@' || c == '-');
        let after = after.strip_prefix(".example").or_else(|| after.strip_prefix(".com")).unwrap_or(after);
        equal.push_str(before);
        equal.push_str("<hint>");
        rest = after;
    }
    equal + rest
}
