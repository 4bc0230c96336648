//! What the system knows of a process: CPU time, memory; and on which processor it runs.

use std::process::{Command, Stdio};
use std::time::Duration;

/// Linux counts CPU time in hundredths of a second, on every architecture that we know.
const TICK: Duration = Duration::from_millis(10);

/// Who runs where. `None` where there is one processor only, or no `taskset`.
#[derive(Clone, Copy)]
pub struct Cores {
    pub served: Option<usize>,
    pub asker: Option<usize>,
}

impl Cores {
    /// Nobody is held anywhere.
    pub const SHARED: Cores = Cores { served: None, asker: None };

    pub fn of_this_machine() -> Self {
        let n = std::thread::available_parallelism().map_or(1, usize::from);
        let pins = Command::new("taskset").arg("--version").stdout(Stdio::null()).status().is_ok();
        if n < 2 || !pins {
            eprintln!("without two processors and `taskset` both sides share: CPU times hold, latencies do not");
            return Self::SHARED;
        }
        Self { served: Some(0), asker: Some(1) }
    }
}

/// The command, held on a processor.
pub fn pinned(core: Option<usize>, program: &str) -> Command {
    match core {
        Some(core) => {
            let mut command = Command::new("taskset");
            command.args(["-c", &core.to_string(), program]);
            command
        }
        None => Command::new(program),
    }
}

/// Holds a process on a processor; threads that it has already stay where they are.
pub fn on_core(process: u32, core: Option<usize>) {
    let Some(core) = core else { return };
    let mut command = Command::new("taskset");
    // A bench without it is a worse one, and the figures say so themselves.
    let _ = command.args(["-pc", &core.to_string(), &process.to_string()]).stdout(Stdio::null()).status();
}

/// User and system time of all its threads so far.
pub fn cpu(process: u32) -> Duration {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).expect("the process is alive");
    let (_, fields) = stat.rsplit_once(')').expect("a name in parentheses");
    let fields: Vec<&str> = fields.split_whitespace().collect();
    // Fields 14 and 15 of proc(5); the first after the name is the third.
    let ticks = |n: usize| fields[n - 3].parse::<u32>().expect("a number of ticks");
    TICK * (ticks(14) + ticks(15))
}

/// Resident memory now, MiB.
pub fn rss(process: u32) -> f64 {
    status(process, "VmRSS:")
}

/// Resident memory at most so far, MiB.
pub fn peak(process: u32) -> f64 {
    status(process, "VmHWM:")
}

fn status(process: u32, name: &str) -> f64 {
    let text = std::fs::read_to_string(format!("/proc/{process}/status")).expect("the process is alive");
    let line = text.lines().find(|line| line.starts_with(name)).expect("proc(5)");
    line.split_whitespace().nth(1).and_then(|kib| kib.parse::<f64>().ok()).expect("KiB") / 1024.0
}
