//! The `ringback` program: a thin shell around `ringback::cli`.

/// The system's own keeps three times of what is in use when many threads write (docs/performance.md).
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> std::process::ExitCode {
    ringback::cli::main()
}
