//! The `ringback` program: a thin shell around `ringback::cli`.

fn main() -> std::process::ExitCode {
    ringback::cli::main()
}
