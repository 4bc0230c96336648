//! Many people at once: as fast as they are answered (closed), or at a fixed rate whether they are answered or not (open).

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio::sync::mpsc;
use tokio::task::JoinSet;

use crate::call::Line;
use crate::client::Client;
use crate::house::tenant;
use crate::process::cpu;
use crate::talk::Talk;

/// Every so manieth conversation is read to its end; one that lacks a word ends the run.
const READ_EACH: u64 = 64;
/// A page waits so long for the bot before it comes without its words; then the turn was not answered.
const UNANSWERED: Duration = Duration::from_millis(2_400);

/// Who is asked.
#[derive(Clone, Copy)]
pub enum Who {
    Ringback,
    /// A yardstick.
    Bare,
    /// So many calls under way on each connection of a telephone provider.
    Caller {
        each: usize,
    },
}

/// What a crowd saw.
pub struct Seen {
    pub turns: u64,
    pub took: Duration,
    /// Of the process that was asked.
    pub cpu: Duration,
    /// Sorted.
    pub waits: Vec<Duration>,
}

impl Seen {
    pub fn cpu_us(&self) -> f64 {
        self.cpu.as_secs_f64() * 1e6 / self.turns as f64
    }

    pub fn rate(&self) -> f64 {
        self.turns as f64 / self.took.as_secs_f64()
    }

    /// Milliseconds below which so many of a thousand waited.
    pub fn wait_ms(&self, of_thousand: usize) -> f64 {
        let at = (self.waits.len() * of_thousand / 1000).min(self.waits.len().saturating_sub(1));
        self.waits.get(at).map_or(f64::NAN, |wait| wait.as_secs_f64() * 1e3)
    }
}

/// One seat: a connection, and whoever sits there.
struct Seat {
    client: Client,
    who: Who,
    talk: Talk,
    tenant: String,
    ended: u64,
    lines: Vec<Line>,
    turns: usize,
}

impl Seat {
    async fn new(port: u16, who: Who, n: usize) -> Self {
        let tenant = tenant(n);
        let calls = if let Who::Caller { each } = who { each } else { 0 };
        let lines = (0..calls).map(|line| Line::new(port, n + line)).collect();
        let client = Client::connect(port).await;
        Self { client, who, talk: Talk::new(&tenant), tenant, ended: 0, lines, turns: 0 }
    }

    async fn turn(&mut self) {
        if let Who::Bare = self.who {
            let head = format!("{}cookie: ringback-chat-8080={:064x}\r\n", self.talk.head(), 7);
            let form = format!("form={:032x}&nonce={:08x}-{:08x}&command=help", 7, 7, 7);
            let answer = self.client.post("/say", &head, &form).await;
            assert_eq!(answer.status, 303);
            return;
        }
        if let Who::Caller { each } = self.who {
            self.turns += 1;
            return self.lines[self.turns % each].turn(&mut self.client).await;
        }
        let began = Instant::now();
        self.talk.turn(&mut self.client).await;
        assert!(began.elapsed() < UNANSWERED, "a turn was taken and not answered");
        if self.talk.is_over() {
            self.ended += 1;
            if self.ended % READ_EACH == 1 {
                assert!(self.talk.ended_well(&mut self.client).await, "a conversation lacks words");
            }
            self.talk = Talk::new(&self.tenant);
        }
    }
}

/// As fast as it goes, after a warm-up of a third of the time.
pub async fn closed(process: u32, port: u16, who: Who, connections: usize, time: Duration) -> Seen {
    let (turns, over) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicBool::new(false)));
    let mut seats = JoinSet::new();
    for n in 0..connections {
        let (turns, over) = (Arc::clone(&turns), Arc::clone(&over));
        seats.spawn(async move {
            let (mut seat, mut waits) = (Seat::new(port, who, n).await, Vec::new());
            while !over.load(Ordering::Relaxed) {
                let began = Instant::now();
                seat.turn().await;
                waits.push(began.elapsed());
                turns.fetch_add(1, Ordering::Relaxed);
            }
            waits
        });
    }
    tokio::time::sleep(time / 3).await;
    let (began, before, first) = (Instant::now(), cpu(process), turns.load(Ordering::Relaxed));
    tokio::time::sleep(time).await;
    let (took, cpu, turns) = (began.elapsed(), cpu(process) - before, turns.load(Ordering::Relaxed) - first);
    over.store(true, Ordering::Relaxed);
    Seen { turns, took, cpu, waits: sorted(seats.join_all().await) }
}

/// `rate` turns a second, each at its own moment; who comes late is served late, and the wait counts from that moment.
pub async fn open(process: u32, port: u16, who: Who, connections: usize, rate: u32, time: Duration) -> Seen {
    let mut seats = JoinSet::new();
    let mut bells = Vec::new();
    for n in 0..connections {
        let (bell, mut rung) = mpsc::unbounded_channel::<Instant>();
        bells.push(bell);
        seats.spawn(async move {
            let (mut seat, mut waits) = (Seat::new(port, who, n).await, Vec::new());
            while let Some(due) = rung.recv().await {
                seat.turn().await;
                waits.push(due.elapsed());
            }
            waits
        });
    }
    let before = cpu(process);
    let began = Instant::now();
    let turns = u64::from(rate) * time.as_secs();
    // A thread of its own: the runtime's timers are a millisecond coarse.
    let ringing = std::thread::spawn(move || {
        for n in 0..turns {
            let due = began + Duration::from_secs(1) * u32::try_from(n).expect("a short run") / rate;
            std::thread::sleep(due.saturating_duration_since(Instant::now()));
            let _ = bells[usize::try_from(n).expect("a short run") % connections].send(due);
        }
    });
    let waits = sorted(seats.join_all().await);
    ringing.join().expect("it only sleeps");
    Seen { turns, took: began.elapsed(), cpu: cpu(process) - before, waits }
}

/// So many people press the first button and are asked for their names; then they think.
pub async fn thinking(port: u16, people: usize, connections: usize) -> Vec<Talk> {
    let mut seats = JoinSet::new();
    for seat in 0..connections {
        seats.spawn(async move {
            let mut client = Client::connect(port).await;
            let mut talks = Vec::new();
            for n in (seat..people).step_by(connections) {
                let mut talk = Talk::new(&tenant(n));
                talk.start(&mut client).await;
                talks.push(talk);
            }
            talks
        });
    }
    seats.join_all().await.into_iter().flatten().collect()
}

fn sorted(waits: Vec<Vec<Duration>>) -> Vec<Duration> {
    let mut waits: Vec<Duration> = waits.into_iter().flatten().collect();
    waits.sort_unstable();
    waits
}
