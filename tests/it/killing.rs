//! The program itself, killed again and again while people reset their passwords.

mod client;
mod house;
mod oracle;
mod page;
mod secrets;

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::killing::client::Person;
use crate::killing::house::{Chance, House, Signal};

/// Rounds, unless `RINGBACK_KILLS` says another number; the houses share them and live side by side.
const ROUNDS: usize = 500;
const HOUSES: usize = 8;
const CLIENTS: usize = 6;
/// How long a kill waits for an answer that it is to follow.
const FOLLOWS: Duration = Duration::from_millis(500);

/// Again and again the process dies soon after it began to answer; what it acknowledged before must hold after.
#[test]
fn g06_what_was_acknowledged_survives_the_kill() {
    let began = Instant::now();
    let rounds = std::env::var("RINGBACK_KILLS").map_or(ROUNDS, |wished| wished.parse().unwrap());
    let share = move |n: usize| rounds / HOUSES + usize::from(n < rounds % HOUSES);
    let lives: Vec<_> = (0..HOUSES).map(|n| std::thread::spawn(move || live(n, share(n), Signal::Kill))).collect();
    let told: Vec<oracle::Told> = lives.into_iter().map(|life| life.join().unwrap()).collect();
    oracle::print(&told, began.elapsed());
    let sets: usize = told.iter().map(|told| told.sets).sum();
    assert!(sets >= rounds / 20, "only {sets} passwords were set: the run proves little");
}

/// Told to stop instead, it finishes what runs and exits with 0.
#[test]
fn told_to_stop_it_ends_well_and_loses_nothing() {
    let began = Instant::now();
    let told = live(HOUSES, 25, Signal::Terminate);
    oracle::print(&[told], began.elapsed());
}

/// Its files and whatever it said on the way, in every spelling; each of the houses above is searched like this one.
#[test]
fn g05_nothing_secret_is_in_the_files_or_the_words_of_the_running_program() {
    let told = live(HOUSES + 1, 12, Signal::Kill);
    println!("g05: {} secrets, {} bytes, nothing found", told.searched.secrets, told.searched.bytes);
    assert!(told.searched.secrets > 20 && told.searched.bytes > 100_000, "there was hardly anything to find");
}

/// When the process dies after it answers: often within half a second, and often after the second and a half in which a
/// name is looked up, so that people come further than that.
fn moment(chance: &mut Chance) -> Duration {
    Duration::from_millis(match chance.below(10) {
        0..6 => 20 + chance.below(480),
        6..8 => 500 + chance.below(1_200),
        _ => 1_600 + chance.below(1_200),
    })
}

/// One house through its rounds, and then in peace until everybody is through; the oracle judges what is left.
fn live(n: usize, rounds: usize, signal: Signal) -> oracle::Told {
    let threads = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    threads.block_on(async {
        let house = Arc::new(House::build().await);
        let mut chance = Chance(0x9e37_79b9_7f4a_7c15 ^ n as u64);
        let people: Vec<_> = (0..CLIENTS).map(|seat| tokio::spawn(Person::live(Arc::clone(&house), seat))).collect();
        for _ in 0..rounds {
            let process = house.start().await;
            tokio::time::sleep(moment(&mut chance)).await;
            // Every other time right behind an answer: what it said must be on disk by then.
            if chance.below(2) == 0 {
                let _ = tokio::time::timeout(FOLLOWS, house.answered.notified()).await;
            }
            house.stop(process, signal).await;
        }
        let process = house.start().await;
        house.last_call();
        let mut told = oracle::Told { rounds, ..oracle::Told::default() };
        for person in people {
            told.add(person.await.unwrap());
        }
        house.settled().await;
        oracle::recorded(&house, &told).await;
        house.stop(process, Signal::Terminate).await;
        oracle::judge(&house, &mut told);
        told
    })
}
