//! The program itself, killed again and again while people reset their passwords.

mod client;
mod house;
mod oracle;

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::killing::client::Person;
use crate::killing::house::{House, Signal};

/// Rounds in all, `RINGBACK_KILLS` asks for more; the houses share them and live side by side.
const ROUNDS: usize = 500;
const HOUSES: usize = 4;
const CLIENTS: usize = 8;

/// 500 times the process dies soon after it began to answer; what it acknowledged before must hold after.
#[test]
fn g06_what_was_acknowledged_survives_the_kill() {
    let began = Instant::now();
    let lives: Vec<_> =
        (0..HOUSES).map(|n| std::thread::spawn(move || live(n, rounds() / HOUSES, Signal::Kill))).collect();
    let told: Vec<oracle::Told> = lives.into_iter().map(|life| life.join().unwrap()).collect();
    oracle::print(&told, began.elapsed());
    let sets: usize = told.iter().map(|told| told.sets).sum();
    assert!(sets >= 20, "only {sets} passwords were set: the run proves little");
}

fn rounds() -> usize {
    std::env::var("RINGBACK_KILLS").map_or(ROUNDS, |wished| wished.parse().unwrap())
}

/// Told to stop instead, it finishes what runs and exits with 0.
#[test]
fn told_to_stop_it_ends_well_and_loses_nothing() {
    let began = Instant::now();
    let told = live(HOUSES, 25, Signal::Terminate);
    oracle::print(&[told], began.elapsed());
}

/// When the process dies after it answers: most often within 20 to 800 ms, and now and then after the time in which a
/// name is looked up, so that people come further than that.
fn moment(chance: &mut house::Chance) -> Duration {
    let until = if chance.below(5) == 0 { 2_000 } else { 800 };
    Duration::from_millis(20 + chance.below(until - 19))
}

/// One house through its rounds, and then in peace until everybody is through; the oracle judges what is left.
fn live(n: usize, rounds: usize, signal: Signal) -> oracle::Told {
    let threads = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    threads.block_on(async {
        let house = Arc::new(House::build(n).await);
        let mut chance = house::Chance(0x9e37_79b9_7f4a_7c15 ^ n as u64);
        let people: Vec<_> = (0..CLIENTS).map(|seat| tokio::spawn(Person::live(Arc::clone(&house), seat))).collect();
        for _ in 0..rounds {
            let process = house.start().await;
            tokio::time::sleep(moment(&mut chance)).await;
            house.stop(process, signal).await;
        }
        let process = house.start().await;
        house.last_call();
        let mut told = oracle::Told::default();
        for person in people {
            told.add(person.await.unwrap());
        }
        house.settled().await;
        house.stop(process, Signal::Terminate).await;
        oracle::judge(&house, &mut told);
        told.rounds = rounds;
        told
    })
}
