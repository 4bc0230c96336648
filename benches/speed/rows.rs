//! The rows of the table, in the order in which a turn, a day and a restart come.

use std::path::Path;
use std::time::{Duration, Instant};

use crate::bare::Bare;
use crate::call;
use crate::client::Client;
use crate::crowd::{self, Who};
use crate::hook;
use crate::house::{self, House, Running};
use crate::platform::Platform;
use crate::process::{Cores, cpu, rss};
use crate::pure;
use crate::table::{Bar, Table, median};
use crate::talk::{self, Talk};

/// How large a run is.
pub struct Size {
    pub rounds: usize,
    pub closed: Duration,
    pub open: Duration,
    pub people: usize,
}

impl Default for Size {
    fn default() -> Self {
        Self { rounds: 5, closed: Duration::from_secs(5), open: Duration::from_secs(15), people: 100_000 }
    }
}

impl Size {
    pub fn quick() -> Self {
        Self { rounds: 3, closed: Duration::from_secs(2), open: Duration::from_secs(5), people: 10_000 }
    }
}

const CONNECTIONS: usize = 64;
const RATE: u32 = 1_000;
/// Turns of calls.
const CALL_RATE: u32 = 200;

pub async fn all(cores: Cores, size: Size) {
    let mut table = Table::default();
    table.row("pure step", pure::step_us(), "us", Bar::None);
    table.row("check of all flows", pure::check_ms(), "ms", Bar::None);

    let house = House::alone(cores);
    let cold = Instant::now();
    let running = house.start().await;
    Talk::new("uni0").start(&mut Client::connect(running.port).await).await;
    table.row("cold start, nothing on disk, to the first turn", ms(cold.elapsed()), "ms", Bar::None);
    table.row("RSS idle", rss(running.id()), "MiB", Bar::AtMost(20.0, 10.0));

    turns(&mut table, cores, &size, &house, &running).await;
    latency(&mut table, cores, &size, &house, &running).await;
    drop(running);
    platforms(&mut table, cores, &size).await;
    calls(&mut table, cores, &size).await;
    people(&mut table, cores, &size).await;

    let program = std::fs::metadata(house::program()).expect("the program is built");
    table.row("binary", program.len() as f64 / 1e6, "MB", Bar::AtMost(25.0, 12.0));
    table.print();
    println!(
        "\n{} turns a conversation, {CONNECTIONS} connections, {} people; {}",
        talk::TURNS,
        size.people,
        machine()
    );
}

/// Rounds of the program and of both yardsticks in turn, so that a busy neighbour meets all three.
async fn turns(table: &mut Table, cores: Cores, size: &Size, house: &House, running: &Running) {
    let bare = Bare::start("route", cores, house.path()).await;
    let record = Bare::start("record", cores, house.path()).await;
    let (mut ours, mut route, mut disk) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..size.rounds {
        let short = size.closed / 3;
        route.push(crowd::closed(bare.id(), bare.port, Who::Bare, CONNECTIONS, short).await.cpu_us());
        disk.push(crowd::closed(record.id(), record.port, Who::Bare, CONNECTIONS, short).await.cpu_us());
        let seen = crowd::closed(running.id(), running.port, Who::Ringback, CONNECTIONS, size.closed).await;
        eprintln!("  {:.0} us a turn, {:.0} turns/s, p99 {:.1} ms", seen.cpu_us(), seen.rate(), seen.wait_ms(990));
        ours.push(seen.cpu_us());
    }
    let (ours, route, disk) = (median(ours), median(route), median(disk));
    table.row("bare axum route, CPU a request", route, "us", Bar::None);
    table.row("the same with a synced record, CPU a request", disk, "us", Bar::None);
    table.row("durable turn, CPU", ours, "us", Bar::None);
    table.row("durable turns a second a core", 1e6 / ours, "", Bar::AtLeast(3_000.0, 15_000.0));
    table.row("as ratio to the bare route", ours / route, "times", Bar::None);
    table.row("as ratio to the synced record", ours / disk, "times", Bar::None);
}

/// First words through the web hook of each platform, as fast as the platform lets us answer.
pub async fn platforms(table: &mut Table, cores: Cores, size: &Size) {
    for platform in Platform::all() {
        let name = platform.name();
        let seen = hook::turns(platform, cores, size.rounds * 60).await;
        let (what, us) = (format!("{name}: durable turn through the web hook, with its message out"), seen.cpu_us());
        table.row(format!("{what}, CPU"), us, "us", Bar::None);
        table.row(format!("{name}: such turns a second a core, if it took them"), 1e6 / us, "", Bar::None);
        table.row(format!("{name}: acknowledged, p50"), seen.wait_ms(500), "ms", Bar::None);
        table.row(format!("{name}: acknowledged, p99"), seen.wait_ms(990), "ms", Bar::AtMost(50.0, 10.0));
    }
}

/// Those rows alone.
pub async fn platforms_only(cores: Cores, size: Size) {
    let mut table = Table::default();
    platforms(&mut table, cores, &size).await;
    table.print();
}

/// Turns of callers through the signed web hook: one call alone, as many as there are connections, and many on each.
pub async fn calls(table: &mut Table, cores: Cores, size: &Size) {
    let house = House::alone(cores);
    call::wire(&house);
    let running = house.start().await;
    for calls in [1, 64, 512] {
        let connections = CONNECTIONS.min(calls);
        let who = Who::Caller { each: calls / connections };
        let seen = crowd::closed(running.id(), running.port, who, connections, size.closed).await;
        eprintln!("  p50 {:.1} ms, p99 {:.1} ms", seen.wait_ms(500), seen.wait_ms(990));
        let what = format!("durable turn of a call, {calls} under way");
        table.row(format!("{what}, CPU"), seen.cpu_us(), "us", Bar::None);
        table.row(format!("{what}, turns a second"), seen.rate(), "", Bar::None);
    }
    let who = Who::Caller { each: 1 };
    let seen = crowd::open(running.id(), running.port, who, CONNECTIONS, CALL_RATE, size.open / 3).await;
    table.row(format!("such a turn at {CALL_RATE}/s open loop, p99"), seen.wait_ms(990), "ms", Bar::None);
    assert_eq!(house.complaints(), Vec::<String>::new());
}

/// Those rows alone.
pub async fn calls_only(cores: Cores, size: Size) {
    let mut table = Table::default();
    calls(&mut table, cores, &size).await;
    table.print();
}

/// A fixed rate, and the synced record at the same rate beside it.
async fn latency(table: &mut Table, cores: Cores, size: &Size, house: &House, running: &Running) {
    let record = Bare::start("record", cores, house.path()).await;
    let (mut ours, mut disk) = (Vec::new(), Vec::new());
    for _ in 0..size.rounds.min(3) {
        disk.push(crowd::open(record.id(), record.port, Who::Bare, CONNECTIONS, RATE, size.open / 3).await);
        ours.push(crowd::open(running.id(), running.port, Who::Ringback, CONNECTIONS, RATE, size.open).await);
    }
    for (name, of, bar) in
        [("p50", 500, Bar::None), ("p99", 990, Bar::AtMost(15.0, 5.0)), ("p999", 999, Bar::AtMost(30.0, 12.0))]
    {
        let beside = median(disk.iter().map(|seen| seen.wait_ms(of)).collect());
        let what = format!("{name} at {RATE}/s open loop (synced record beside it {beside:.2} ms)");
        table.row(what, median(ours.iter().map(|seen| seen.wait_ms(of)).collect()), "ms", bar);
    }
    table.row(
        format!("durable turn, CPU, at {RATE}/s"),
        median(ours.iter().map(crowd::Seen::cpu_us).collect()),
        "us",
        Bar::None,
    );
}

/// Those rows alone.
pub async fn latency_only(cores: Cores, size: Size) {
    let house = House::alone(cores);
    let running = house.start().await;
    let mut table = Table::default();
    latency(&mut table, cores, &size, &house, &running).await;
    table.print();
}

/// Everybody has a conversation open, and then the machine starts anew.
async fn people(table: &mut Table, cores: Cores, size: &Size) {
    let house = House::alone(cores);
    let running = house.start().await;
    let (began, before) = (Instant::now(), cpu(running.id()));
    let talks = crowd::thinking(running.port, size.people, CONNECTIONS).await;
    let cpu_us = (cpu(running.id()) - before).as_secs_f64() * 1e6 / size.people as f64;
    let each = format!("{} open conversations", talks.len());
    table.row(format!("{each}, opened in"), began.elapsed().as_secs_f64(), "s", Bar::None);
    table.row("first turn of a conversation, CPU", cpu_us, "us", Bar::None);
    table.row(format!("RSS with {each}"), rss(running.id()), "MiB", Bar::AtMost(100.0, 48.0));
    let seen = crowd::closed(running.id(), running.port, Who::Ringback, CONNECTIONS, size.closed).await;
    table.row(format!("durable turn, CPU, with {each}"), seen.cpu_us(), "us", Bar::None);
    running.stop().await;
    let running = cold(table, &house, "after a stop", &talks).await;
    drop(running);
    let running = cold(table, &house, "after a kill", &talks).await;
    table.row(format!("RSS after a start with {each}"), rss(running.id()), "MiB", Bar::AtMost(100.0, 48.0));
    let mib = |name: &str| size_of(&house.path().join("data").join(name)) as f64 / f64::from(1 << 20);
    table.row(format!("on disk with {each}"), mib("conversations"), "MiB", Bar::None);
    assert_eq!(house.complaints(), Vec::<String>::new());
}

/// From the start of the process to the first answered turn of somebody who was in the middle.
async fn cold(table: &mut Table, house: &House, how: &str, talks: &[Talk]) -> Running {
    let began = Instant::now();
    let running = house.start().await;
    let mut client = Client::connect(running.port).await;
    talks[talks.len() / 2].say(&mut client, "command", "repeat").await;
    let took = ms(began.elapsed());
    eprintln!("  it listened after {:.0} ms, {:.0} ms of CPU", ms(running.started_in), ms(cpu(running.id())));
    let page = talks[talks.len() / 2].page(&mut client).await;
    assert!(page.contains("Your user name looks like"), "the conversation is gone: {page}");
    table.row(format!("cold start {how} with {} conversations", talks.len()), took, "ms", Bar::AtMost(250.0, 50.0));
    running
}

/// Closed loop and nothing else, for a profiler that is told of the process.
pub async fn turns_only(cores: Cores, time: Duration) {
    let house = House::alone(cores);
    let running = house.start().await;
    println!("pid {}", running.id());
    let seen = crowd::closed(running.id(), running.port, Who::Ringback, CONNECTIONS, time).await;
    println!("{:.0} us a turn, {:.0} turns/s, p99 {:.1} ms", seen.cpu_us(), seen.rate(), seen.wait_ms(990));
}

pub async fn people_only(cores: Cores, size: Size) {
    let mut table = Table::default();
    people(&mut table, cores, &size).await;
    table.print();
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

/// Bytes of all files in a folder.
fn size_of(folder: &Path) -> u64 {
    let entries = std::fs::read_dir(folder).expect("the folder is there");
    let sizes = entries.map(|entry| {
        let entry = entry.expect("an entry");
        let metadata = entry.metadata().expect("its size");
        if metadata.is_dir() { size_of(&entry.path()) } else { metadata.len() }
    });
    sizes.sum()
}

/// What was measured on, without a date.
fn machine() -> String {
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(':'))
        .map_or("", |(_, name)| name.trim());
    let n = std::thread::available_parallelism().map_or(1, usize::from);
    format!("{n} processors, {model}; the program on one, who asks on another")
}
