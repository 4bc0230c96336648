//! Names of every class are answered at the same moment, with the same words and after the same work, whatever the
//! directory takes for each of them.

use std::sync::Arc;

use ringback::model::purpose::Purpose;
use ringback::model::time::Seconds;
use ringback::ports::clock::Clock;

use crate::support::world::seat::Seat;
use crate::support::world::{Wish, World};

/// Each class with its person at `apu` and the name that is typed.
const CLASSES: [(&str, Option<&str>, &str); 6] = [
    ("known", Some("aisyah"), "aisyah@mail.apu.edu.my"),
    ("unknown", None, "nobody@mail.apu.edu.my"),
    ("disabled", Some("mei"), "mei@mail.apu.edu.my"),
    ("unregistered", Some("newcomer"), "newcomer@mail.apu.edu.my"),
    ("locked", Some("weijie"), "weijie@mail.apu.edu.my"),
    ("privileged", Some("rootwan"), "rootwan@apu.edu.my"),
];

/// Interleaved samples of each class.
const SAMPLES: u64 = 60;
/// The slowest directory that nobody should be able to notice, in milliseconds.
const SLOWEST: u64 = 1_400;

/// One class with a service of its own, so that nothing is counted together.
struct Class {
    what: &'static str,
    name: &'static str,
    world: World,
    took: Vec<u64>,
    words: Vec<String>,
}

#[tokio::test]
async fn g09_every_class_of_name_is_answered_at_the_same_moment() {
    let mut classes = classes().await;
    for sample in 0..SAMPLES {
        for (nth, class) in classes.iter_mut().enumerate() {
            // Another delay for each class in each round, between nothing and the slowest.
            let delay = (sample * 397 + nth as u64 * 251) % (SLOWEST + 1);
            class.sample(delay).await;
        }
    }
    let figures: Vec<(u64, u64)> = classes.iter().map(|class| (quantile(class, 50), quantile(class, 95))).collect();
    for (class, (median, p95)) in classes.iter().zip(&figures) {
        println!("{}: {SAMPLES} samples, median {median} ms, p95 {p95} ms, directory 0 to {SLOWEST} ms", class.what);
        assert_eq!(class.words, classes[0].words, "{} hears something else", class.what);
        assert_eq!((*median, *p95), figures[0], "{} is answered at another time", class.what);
        assert_eq!(class.took, classes[0].took, "{} is answered at another time", class.what);
    }
    let work = work(&classes[0]);
    assert!(work.len() > 3, "the service counts nothing: {work:?}");
    println!("each: {}", work.join(", "));
    for class in &classes {
        assert_eq!(self::work(class), work, "{} costs another amount of work", class.what);
    }
}

/// Slower than the floor: for all of them alike the answer comes at the next whole floor.
#[tokio::test]
async fn g09_a_slow_directory_is_as_slow_for_every_class() {
    let mut classes = classes().await;
    for class in &mut classes {
        class.sample(2_000).await;
    }
    println!("a directory of 2,000 ms: answered after {:?} ms", classes[0].took);
    for class in &classes {
        assert_eq!((&class.took, &class.words), (&classes[0].took, &classes[0].words), "{}", class.what);
        assert!(class.took[0] >= 2_000);
    }
}

async fn classes() -> Vec<Class> {
    let mut classes = Vec::new();
    for (what, person, name) in CLASSES {
        let world = World::open("apu", person, Wish::default()).await;
        classes.push(Class { what, name, world, took: Vec::new(), words: Vec::new() });
    }
    classes
}

impl Class {
    /// Says the name once, to a directory that takes so many milliseconds.
    async fn sample(&mut self, delay: u64) {
        let world = &self.world;
        world.directory.think(Arc::clone(&world.clock) as _, delay);
        let mut seat = Seat::terminal();
        seat.start(world, Some(Purpose::ResetPassword), "en").await;
        let heard = world.heard.all().len();
        let before = world.clock.now();
        seat.say(world, self.name).await;
        self.took.push(world.clock.now().0 - before.0);
        let new: Vec<String> =
            world.heard.all()[heard..].iter().map(|said| said.prompt.message.as_str().to_owned()).collect();
        self.words.push(new.join(" "));
        // Nobody is limited, and the conversation is over.
        world.clock.advance(Seconds::hours(26));
        world.settle().await;
    }
}

fn quantile(class: &Class, percent: usize) -> u64 {
    let mut sorted = class.took.clone();
    sorted.sort_unstable();
    sorted[(sorted.len() - 1) * percent / 100]
}

/// Reads and writes so far, as the service counts them.
fn work(class: &Class) -> Vec<String> {
    let text = class.world.running().runtime.metrics().text();
    let counts = |line: &&str| {
        let name = line.split(['{', ' ']).next().unwrap_or_default();
        let counted = ["store", "directory", "registry"].iter().any(|part| name.contains(part));
        // How often the outbox and the timers look for something to do is no work of a name.
        let looks = ["due", "outbox_claim", "sweep"].iter().any(|look| line.contains(&format!("\"{look}\"")));
        counted && !looks && name.ends_with("_seconds_count")
    };
    text.lines().filter(counts).map(str::to_owned).collect()
}
