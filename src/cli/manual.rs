//! `ringback completions` and `ringback man`: what packages install beside the program.

use std::io::{Write, stdout};
use std::path::PathBuf;

use anyhow::Context;
use clap::{Args, Command};
use clap_complete::Shell;

use crate::cli::fault::Exit;

/// Print completions for a shell.
#[derive(Args)]
pub struct Completions {
    #[arg(value_enum)]
    shell: Shell,
}

/// Print the manual page, or write a page for each command.
#[derive(Args)]
pub struct Man {
    /// Folder for `ringback.1` and a page for each command, instead of one page on standard output.
    #[arg(long, value_name = "FOLDER")]
    into: Option<PathBuf>,
}

pub fn completions(completions: &Completions, mut command: Command) -> anyhow::Result<Exit> {
    let mut script = Vec::new();
    clap_complete::generate(completions.shell, &mut command, "ringback", &mut script);
    stdout().write_all(&script).context("standard output")?;
    Ok(Exit::Ok)
}

pub fn man(man: &Man, command: Command) -> anyhow::Result<Exit> {
    match &man.into {
        Some(folder) => {
            std::fs::create_dir_all(folder)
                .and_then(|()| clap_mangen::generate_to(command, folder))
                .with_context(|| folder.display().to_string())?;
        }
        None => {
            let mut page = Vec::new();
            clap_mangen::Man::new(command).render(&mut page)?;
            stdout().write_all(&page).context("standard output")?;
        }
    }
    Ok(Exit::Ok)
}
