//! `make load`: a thousand people at once for half an hour, each with an open page, against a real directory.
//!
//! Everybody thinks for five seconds between two turns, names somebody (most names nobody bears, which costs the same),
//! types a wrong number, asks for help, changes the language and stops. Each page holds its live stream, as browsers do.

use std::fmt::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio::sync::{Mutex, mpsc};
use tokio::task::JoinSet;

use crate::client::Client;
use crate::house::{House, TENANTS, tenant};
use crate::process::{Cores, cpu, peak, rss};
use crate::support::slapd::{SUFFIX, Setup, Slapd};
use crate::talk::Talk;

const PEOPLE: usize = 1_000;
const EACH: Duration = Duration::from_secs(5);
/// Of so many names one is somebody's.
const KNOWN_EACH: u64 = 10;
const KNOWN: u64 = 5_000;
/// Kept connections over which turns come, as from a reverse proxy.
const CONNECTIONS: usize = 128;
/// After a name the answer waits for a fixed time, whoever it is.
const NAME: usize = 0;
/// The answer to a turn is late beyond this; then it is an error.
const LOST: Duration = Duration::from_secs(20);

const SAYS: [(&str, &str); 7] = [
    ("text", ""),
    ("text", "07700900999"),
    ("command", "help"),
    ("language", "ms"),
    ("language", "en"),
    ("command", "cancel"),
    ("text", "yes"),
];

/// What happened, counted by everybody.
#[derive(Default)]
struct Day {
    over: AtomicBool,
    turns: AtomicU64,
    talks: AtomicU64,
    errors: std::sync::Mutex<Vec<String>>,
}

/// One wait: until the turn was on disk, and until its answer was on the page where that is not a fixed time.
type Waits = (Vec<Duration>, Vec<Duration>);

pub async fn run(time: Duration) {
    let slapd = Slapd::start(&Setup { extra_ldif: people(), ..Setup::default() });
    // Nothing is pinned: the promise is for two processors, with the directory and everybody else on them.
    let house = House::with(Cores::SHARED, Some(&slapd));
    let running = house.start().await;
    let mut shared = Vec::new();
    for _ in 0..CONNECTIONS {
        shared.push(Arc::new(Mutex::new(Client::connect(running.port).await)));
    }
    let day = Arc::new(Day::default());
    let mut seats = JoinSet::new();
    for n in 0..PEOPLE {
        let (day, client) = (Arc::clone(&day), Arc::clone(&shared[n % CONNECTIONS]));
        seats.spawn(sit(n, running.port, client, day));
    }
    let (began, mut at) = (Instant::now(), Vec::new());
    while began.elapsed() < time {
        tokio::time::sleep((time / 10).min(Duration::from_secs(60))).await;
        let (turns, took) = (day.turns.load(Ordering::Relaxed), began.elapsed().as_secs_f64());
        at.push(rss(running.id()));
        eprintln!(
            "  {took:.0} s: {turns} turns, {:.0}/s, {} conversations, RSS {:.1} MiB, CPU {:.0} us a turn",
            turns as f64 / took,
            day.talks.load(Ordering::Relaxed),
            rss(running.id()),
            cpu(running.id()).as_secs_f64() * 1e6 / turns as f64
        );
    }
    day.over.store(true, Ordering::Relaxed);
    let (mut on_disk, mut answered) = (Vec::new(), Vec::new());
    for (disk, page) in seats.join_all().await {
        on_disk.extend(disk);
        answered.extend(page);
    }
    let errors = day.errors.lock().expect("nobody panics with it").clone();
    let figure = |waits: &mut Vec<Duration>, of: usize| {
        waits.sort_unstable();
        waits.get(waits.len() * of / 1000).map_or(f64::NAN, |wait| wait.as_secs_f64() * 1e3)
    };
    println!("\n{PEOPLE} conversations at once over {TENANTS} institutions, {:.1} minutes", time.as_secs_f64() / 60.0);
    println!(
        "{} turns, {:.0} a second",
        day.turns.load(Ordering::Relaxed),
        day.turns.load(Ordering::Relaxed) as f64 / time.as_secs_f64()
    );
    for (what, waits) in [("on disk", &mut on_disk), ("answer on the page", &mut answered)] {
        println!(
            "{what}: p50 {:.1} ms, p99 {:.1} ms, p999 {:.1} ms",
            figure(waits, 500),
            figure(waits, 990),
            figure(waits, 999)
        );
    }
    println!(
        "RSS {:.1} MiB after a tenth, {:.1} MiB at the end, {:.1} MiB at most",
        at[0],
        at[at.len() - 1],
        peak(running.id())
    );
    println!("{} errors, {} complaints in the log", errors.len(), house.complaints().len());
    errors.iter().chain(&house.complaints()).take(10).for_each(|line| println!("  {line}"));
    running.stop().await;
    assert!(errors.is_empty() && house.complaints().is_empty(), "not without fault");
}

/// One seat: one person after the other, each with a page that is open.
async fn sit(n: usize, port: u16, client: Arc<Mutex<Client>>, day: Arc<Day>) -> Waits {
    let mut waits = (Vec::new(), Vec::new());
    // Nobody begins at the same moment.
    tokio::time::sleep(EACH * u32::try_from(n).expect("a thousand") / PEOPLE as u32).await;
    while !day.over.load(Ordering::Relaxed) {
        if let Err(what) = visit(n, port, &client, &day, &mut waits).await {
            day.errors.lock().expect("nobody panics with it").push(what);
            tokio::time::sleep(EACH).await;
        }
    }
    waits
}

async fn visit(n: usize, port: u16, client: &Mutex<Client>, day: &Day, waits: &mut Waits) -> Result<(), String> {
    let mut next = tokio::time::Instant::now() + EACH;
    let mut talk = Talk::new(&tenant(n));
    talk.start(&mut *client.lock().await).await;
    day.turns.fetch_add(1, Ordering::Relaxed);
    let mut lines = stream(&talk, port).await;
    let name = name(day.talks.fetch_add(1, Ordering::Relaxed));
    for (place, (what, value)) in SAYS.into_iter().enumerate() {
        tokio::time::sleep_until(next).await;
        next += EACH;
        if day.over.load(Ordering::Relaxed) {
            return Ok(());
        }
        while lines.try_recv().is_ok() {}
        let value = if place == NAME { &name } else { value };
        let began = Instant::now();
        let answer = {
            let mut client = client.lock().await;
            talk.scripted(&mut client, what, value).await
        };
        if answer.status != 204 {
            return Err(format!("{what} {value}: {} {}", answer.status, answer.body));
        }
        day.turns.fetch_add(1, Ordering::Relaxed);
        waits.0.push(began.elapsed());
        match tokio::time::timeout(LOST, lines.recv()).await {
            Ok(Some(at)) if place != NAME => waits.1.push(at.saturating_duration_since(began)),
            Ok(Some(_)) => {}
            Ok(None) => return Err(format!("{what} {value}: the stream ended")),
            Err(_) => return Err(format!("{what} {value}: no answer")),
        }
    }
    Ok(())
}

/// The live stream of a page; tells when a line of the bot came.
async fn stream(talk: &Talk, port: u16) -> mpsc::UnboundedReceiver<Instant> {
    let (told, lines) = mpsc::unbounded_channel();
    let mut client = Client::connect(port).await;
    client.begin(&format!("{}/events", talk.path()), talk.head()).await;
    tokio::spawn(async move {
        while let Some(piece) = client.piece(&told).await {
            for _ in 0..piece.matches("turn bot").count() {
                if told.send(Instant::now()).is_err() {
                    return;
                }
            }
        }
    });
    lines
}

fn name(n: u64) -> String {
    if n.is_multiple_of(KNOWN_EACH) { format!("person{:04}", n / KNOWN_EACH % KNOWN) } else { format!("nobody{n:06}") }
}

fn people() -> String {
    let mut ldif = String::new();
    for n in 0..KNOWN {
        let user = format!("person{n:04}");
        write!(
            ldif,
            "dn: uid={user},ou=students,{SUFFIX}\nobjectClass: inetOrgPerson\nuid: {user}\ncn: Person {n}\nsn: Person\n\
             userPassword: before-the-Reset-{n}\nmobile: +447700900{:03}\n\n",
            n % 900
        )
        .expect("a string takes it");
    }
    ldif
}
