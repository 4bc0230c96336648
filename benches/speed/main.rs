//! `make bench` and `make load`: how fast the real program is, and how it stands a long day. Nothing here loosens a limit.
//!
//! The program runs on one processor and whoever asks it on the other, so that its CPU time is its own. Every figure that
//! depends on the machine stands beside one of a bare server measured in the same run.

mod bare;
mod call;
mod client;
mod crowd;
mod hook;
mod house;
mod load;
mod platform;
mod process;
mod pure;
mod rows;
mod store;
mod support;
mod table;
mod talk;

use std::time::Duration;

use crate::process::{Cores, on_core};

fn main() {
    let args: Vec<String> = std::env::args().skip(1).filter(|arg| arg != "--bench").collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    if let ["bare", kind, port, folder] = args[..] {
        return bare::run(kind, port.parse().expect("a port"), folder);
    }
    if let ["store-step", kind, step, people, folder] = args[..] {
        return store::step(kind, step, people.parse().expect("a number"), folder);
    }
    let cores = if let ["load", _] = args[..] { Cores::SHARED } else { Cores::of_this_machine() };
    // Threads and children inherit it, so it comes before there are any.
    on_core(std::process::id(), cores.asker);
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime");
    match args[..] {
        [] => runtime.block_on(rows::all(cores, rows::Size::default())),
        // A quick look while something is changed: the same rows, smaller.
        ["quick"] => runtime.block_on(rows::all(cores, rows::Size::quick())),
        // For a profiler that is told of this process: closed loop, nothing else.
        ["turns", seconds] => {
            runtime.block_on(rows::turns_only(cores, Duration::from_secs(seconds.parse().expect("seconds"))))
        }
        ["latency"] => runtime.block_on(rows::latency_only(cores, rows::Size::quick())),
        ["calls"] => runtime.block_on(rows::calls_only(cores, rows::Size::default())),
        ["platforms"] => runtime.block_on(rows::platforms_only(cores, rows::Size::default())),
        // The last rows alone: memory and cold starts with so many people.
        ["people", people] => {
            let people = people.parse().expect("a number");
            runtime.block_on(rows::people_only(cores, rows::Size { people, ..rows::Size::quick() }));
        }
        // The store without a program around it, and sled without a store around it.
        ["store", people] => store::run(people.parse().expect("a number")),
        ["load", minutes] => {
            runtime.block_on(load::run(Duration::from_secs_f64(60.0 * minutes.parse::<f64>().expect("minutes"))))
        }
        _ => eprintln!(
            "nothing, `quick`, `turns SECONDS`, `latency`, `platforms`, `calls`, `people NUMBER`, `store NUMBER` or `load MINUTES`"
        ),
    }
}
