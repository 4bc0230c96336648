//! What is measured when somebody asks for it, and not before.

use std::collections::BTreeMap;
use std::path::Path;

use crate::app::admin::Admin;
use crate::audit_log::reading;
use crate::metrics::catalog::Metric;
use crate::model::time::Timestamp;
use crate::runtime::health::State;

/// Rows of the outbox that are looked at; a longer queue is as bad.
const MOST_ROWS: usize = 10_000;
/// Of one page of memory; the systems that this runs on have no other.
const PAGE_BYTES: f64 = 4096.0;

/// Kinds of lanes by how their names begin.
const LANES: [(&str, &str); 4] =
    [("peer/", "prompts"), ("to/", "letters"), ("audit/", "record"), ("chores/", "bookkeeping")];

/// Sets every gauge to what it stands at.
pub async fn take(admin: &Admin) {
    let metrics = admin.operator.metrics();
    metrics.set(Metric::BuildInfo, &[env!("CARGO_PKG_VERSION")], 1.0);
    metrics.set(Metric::StartTime, &[], seconds(admin.started));
    if let Some(bytes) = resident_bytes() {
        metrics.set(Metric::ResidentBytes, &[], bytes);
    }
    outbox(admin).await;
    if let Ok(letters) = admin.operator.dead_letters().await {
        metrics.set(Metric::DeadLetters, &[], letters.len() as f64);
    }
    let path = admin.audit.clone();
    let on_disk = tokio::task::spawn_blocking(move || (reading::last_seq(&path), path.parent().map(quarantined)));
    if let Ok((seq, quarantined)) = on_disk.await {
        if let Ok(seq) = seq {
            metrics.set(Metric::AuditSeq, &[], seq as f64);
        }
        if let Some(n) = quarantined {
            metrics.set(Metric::QuarantinedFolders, &[], n as f64);
        }
    }
    for ((tenant, what), (halves, fulls)) in alarms(admin) {
        metrics.set(Metric::Alarms, &[&tenant, &what, "half"], halves as f64);
        metrics.set(Metric::Alarms, &[&tenant, &what, "full"], fulls as f64);
    }
    metrics.clear(Metric::PartState);
    for (part, state) in admin.operator.health().parts() {
        let stands = match state {
            State::Up => 0.0,
            State::Trying => 1.0,
            State::Down | State::ReadOnly => 2.0,
        };
        metrics.set(Metric::PartState, &[&part], stands);
    }
}

/// Which kind of lane this is, by its name.
pub fn kind(lane: &str) -> &'static str {
    LANES.iter().find(|(begins, _)| lane.starts_with(begins)).map_or("other", |(_, kind)| kind)
}

/// By tenant and by what is counted, whatever the window.
fn alarms(admin: &Admin) -> BTreeMap<(String, String), (u64, u64)> {
    let mut alarms = BTreeMap::<_, (u64, u64)>::new();
    for (cap, fill) in admin.operator.caps() {
        let tenant = cap.tenant.map_or_else(|| "all".to_owned(), |tenant| tenant.0);
        // The name under which it is stored.
        let what = serde_json::to_value(cap.what).ok().and_then(|name| Some(name.as_str()?.to_owned()));
        let (halves, fulls) = alarms.entry((tenant, what.unwrap_or_default())).or_default();
        *halves += fill.halves;
        *fulls += fill.fulls;
    }
    alarms
}

async fn outbox(admin: &Admin) {
    let metrics = admin.operator.metrics();
    let Ok(rows) = admin.operator.waiting(MOST_ROWS).await else { return };
    let now = admin.operator.now();
    let mut lanes: BTreeMap<&str, (usize, u64)> = LANES.iter().map(|(_, kind)| (*kind, (0, 0))).collect();
    for row in rows {
        let (n, oldest) = lanes.entry(kind(&row.lane)).or_default();
        *n += 1;
        *oldest = (*oldest).max(now.0.saturating_sub(row.since.0));
    }
    for (lane, (n, oldest)) in lanes {
        metrics.set(Metric::OutboxRows, &[lane], n as f64);
        metrics.set(Metric::OutboxAge, &[lane], oldest as f64 / 1000.0);
    }
}

fn seconds(at: Timestamp) -> f64 {
    at.0 as f64 / 1000.0
}

/// Folders that the store moved aside, by their names.
fn quarantined(data: &Path) -> usize {
    let entries = std::fs::read_dir(data).into_iter().flatten().flatten();
    entries.filter(|entry| entry.file_name().to_string_lossy().contains("quarantine-")).count()
}

/// As Linux tells it; other systems have no such file.
fn resident_bytes() -> Option<f64> {
    let pages = std::fs::read_to_string("/proc/self/statm").ok()?;
    Some(pages.split_whitespace().nth(1)?.parse::<f64>().ok()? * PAGE_BYTES)
}
