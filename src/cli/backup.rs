//! `ringback backup` and `ringback restore`: the registry and the audit record as copies that were checked.

use std::path::{Path, PathBuf};

use clap::Args;
use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};

use crate::app::open;
use crate::audit_log::verdict;
use crate::cli::fault::{Exit, Fault};
use crate::cli::serve::load;
use crate::config::Config;
use crate::disk::{copy, private};
use crate::ports::clock::Clock;
use crate::registry::sqlite::SqliteRegistry;
use crate::runtime::system::SystemClock;
use crate::store::keyring::Keeper;
use crate::store::sled_store::{self, SledStore};

/// What a copy's folder holds.
const REGISTRY: &str = "registry.sqlite";
const AUDIT: &str = "audit.sqlite";
const LABEL: &str = "backup.json";

/// Copy enrolments and audit record to a folder, while the service runs. Conversations live for minutes and are left out;
/// the key ring is secret and is left out: keep a copy of it elsewhere.
#[derive(Args)]
pub struct Backup {
    /// The configuration of this installation.
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
    /// A folder without a backup in it; it is made when it is not there.
    folder: PathBuf,
}

/// Bring a backup back. The service must not run. The copies are checked before anything is touched.
#[derive(Args)]
pub struct Restore {
    /// The configuration of this installation.
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
    /// The folder that `ringback backup` wrote.
    folder: PathBuf,
    /// Replace what is there now. It is moved aside, not thrown away.
    #[arg(long)]
    force: bool,
}

/// What the backup says of itself.
#[derive(Serialize, Deserialize)]
struct Label {
    /// Milliseconds since 1970.
    made: u64,
    program: String,
    /// Versions of the keys that the ring had; every one of them is needed to restore.
    keys: Vec<u32>,
    audit_rows: u64,
    /// Of the last row; note it elsewhere, and a shortened record is found out.
    audit_head: String,
}

pub fn backup(wish: &Backup) -> anyhow::Result<Exit> {
    let config = load(&wish.config)?;
    for name in [REGISTRY, AUDIT, LABEL] {
        if wish.folder.join(name).exists() {
            let what = format!("{} is there already", wish.folder.join(name).display());
            return Err(Fault::new(Exit::Usage, what, "name a folder without a backup in it").into());
        }
    }
    // Opening would make files that are not there, and an empty copy is no backup.
    for path in [open::registry_path(&config), open::audit_path(&config)] {
        if !path.exists() {
            let remedy = "name the configuration of an installation that has served";
            return Err(Fault::new(Exit::Unavailable, format!("{} is not there", path.display()), remedy).into());
        }
    }
    let (registry, audit) = (wish.folder.join(REGISTRY), wish.folder.join(AUDIT));
    // The record last: it must tell of everything that the copy of the registry has.
    copied(&open::registry_path(&config), &registry)?;
    copied(&open::audit_path(&config), &audit)?;
    let (audit_rows, audit_head) = checked(&config, &registry, &audit)?;
    let label = Label {
        made: SystemClock::default().now().0,
        program: env!("CARGO_PKG_VERSION").to_owned(),
        keys: config.keys.versions_of_keys().0,
        audit_rows,
        audit_head,
    };
    write(&wish.folder.join(LABEL), &serde_json::to_vec_pretty(&label)?)?;
    println!("Copied and checked: {} and {audit_rows} rows of the audit record.", registry.display());
    println!(
        "Last row's hash {}. Keep the key ring elsewhere: this backup is worth nothing without it.",
        label.audit_head
    );
    Ok(Exit::Ok)
}

pub fn restore(wish: &Restore) -> anyhow::Result<Exit> {
    let config = load(&wish.config)?;
    let (registry, audit) = (wish.folder.join(REGISTRY), wish.folder.join(AUDIT));
    let label = label(&wish.folder)?;
    let (ring, _) = config.keys.versions_of_keys();
    if let Some(missing) = label.keys.iter().find(|id| !ring.contains(id)) {
        let what = format!("the backup needs key {missing}, which is not in the key ring");
        return Err(Fault::new(Exit::Unavailable, what, "restore the key ring of that time first").into());
    }
    if SledStore::in_use(&config.data.join(sled_store::FOLDER)) {
        let what = format!("a service works in {}", config.data.display());
        return Err(Fault::new(Exit::Unavailable, what, "stop it, then restore").into());
    }
    let (rows, head) = checked(&config, &registry, &audit)?;
    if (rows, &head) != (label.audit_rows, &label.audit_head) {
        let what = format!("the audit record has {rows} rows and ends with {head}; its label says otherwise");
        return Err(Fault::new(Exit::Findings, what, "take another backup: this one was changed").into());
    }
    let (now_registry, now_audit) = (open::registry_path(&config), open::audit_path(&config));
    let there: Vec<&Path> = [now_registry.as_path(), &now_audit].into_iter().filter(|path| path.exists()).collect();
    if !there.is_empty() && !wish.force {
        let what = format!("{} is there already", there[0].display());
        return Err(Fault::new(Exit::Usage, what, "add `--force` to move it aside and take the backup").into());
    }
    let suffix = format!("replaced-{}", SystemClock::default().now().0);
    for (from, to) in [(&registry, &now_registry), (&audit, &now_audit)] {
        replace(from, to, &suffix).map_err(|error| unavailable(format!("{}: {error}", to.display())))?;
    }
    // Opened once, both are checked where they lie now.
    open::registry(&config)?;
    open::audit(&config)?;
    println!("Restored: enrolments and {rows} rows of the audit record, as of {}.", written(label.made));
    for path in there {
        println!("What was there is now {}.", private::beside(path, &suffix).display());
    }
    Ok(Exit::Ok)
}

/// Puts a copy in the place of a file, whose side files move aside with it.
fn replace(from: &Path, to: &Path, suffix: &str) -> Result<(), String> {
    let text = |error: std::io::Error| error.to_string();
    let fresh = private::beside(to, "fresh");
    if fresh.exists() {
        std::fs::remove_file(&fresh).map_err(text)?;
    }
    copy::copy(from, &fresh)?;
    if to.exists() {
        copy::set_aside(to, suffix).map_err(text)?;
    }
    std::fs::rename(&fresh, to).map_err(text)?;
    private::sync_parent(to).map_err(text)
}

/// Rows of the copied record and the hash of its last one, when both copies are whole.
fn checked(config: &Config, registry: &Path, audit: &Path) -> anyhow::Result<(u64, String)> {
    let damaged = |what: String| Fault::new(Exit::Findings, what, "take another backup, made before the damage");
    SqliteRegistry::check(registry, &config.keys.lookup(Keeper::Registry)).map_err(|e| damaged(e.to_string()))?;
    let verdict = verdict::verify(audit, &config.keys.audit_macs()).map_err(|e| damaged(e.to_string()))?;
    match verdict.first_bad {
        Some(bad) => Err(damaged(format!("{}: row {} {}", audit.display(), bad.seq, bad.why)).into()),
        None => Ok((verdict.rows, HEXLOWER.encode(&verdict.head.1))),
    }
}

fn copied(from: &Path, to: &Path) -> anyhow::Result<()> {
    copy::copy(from, to).map_err(|why| unavailable(why).into())
}

fn label(folder: &Path) -> Result<Label, Fault> {
    let path = folder.join(LABEL);
    let text = std::fs::read(&path).map_err(|error| unavailable(format!("{}: {error}", path.display())))?;
    serde_json::from_slice(&text).map_err(|error| unavailable(format!("{}: {error}", path.display())))
}

fn write(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    private::make(path)?;
    std::fs::write(path, bytes)?;
    std::fs::File::open(path)?.sync_all()?;
    Ok(private::sync_parent(path)?)
}

fn written(milliseconds: u64) -> String {
    let seconds = i64::try_from(milliseconds / 1000).unwrap_or(0);
    let moment = time::OffsetDateTime::from_unix_timestamp(seconds).unwrap_or(time::OffsetDateTime::UNIX_EPOCH);
    moment.format(&time::format_description::well_known::Rfc3339).unwrap_or_default()
}

fn unavailable(what: String) -> Fault {
    Fault::new(Exit::Unavailable, what, "mend that and run it again")
}
