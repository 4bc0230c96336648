//! Every metric with its name, kind, labels and meaning. The board in `docs/grafana` shows exactly these.

/// Upper bounds in seconds, from half a millisecond to half a minute.
const SECONDS: &[f64] =
    &[0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 0.8, 1.0, 2.5, 5.0, 10.0, 30.0];
/// Upper bounds for how many operations one batch has.
const SIZES: &[f64] = &[1.0, 2.0, 4.0, 6.0, 8.0, 12.0, 16.0, 24.0, 32.0, 64.0];

/// What is counted or measured.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Metric {
    BuildInfo,
    StartTime,
    ResidentBytes,
    Connections,
    ConnectionsTurnedAway,
    Responses,
    Turns,
    TurnSeconds,
    StageSeconds,
    FloorSeconds,
    StoreSeconds,
    StoreBatch,
    StoreErrors,
    QuarantinedFolders,
    RegistrySeconds,
    LimitsHit,
    Alarms,
    AuditSeconds,
    AuditEvents,
    AuditSeq,
    DirectorySeconds,
    DirectoryErrors,
    Sets,
    Sends,
    SendSeconds,
    OutboxRows,
    OutboxAge,
    DeadLetters,
    PartState,
}

#[derive(Clone, Copy)]
pub enum Kind {
    Counter,
    Gauge,
    /// With the upper bounds of its buckets.
    Histogram(&'static [f64]),
}

pub struct Description {
    pub name: &'static str,
    pub kind: Kind,
    pub labels: &'static [&'static str],
    /// One line.
    pub help: &'static str,
}

impl Kind {
    /// Empty for what has no buckets.
    pub fn bounds(self) -> &'static [f64] {
        match self {
            Kind::Histogram(bounds) => bounds,
            Kind::Counter | Kind::Gauge => &[],
        }
    }
}

impl Metric {
    pub const ALL: [Metric; 29] = [
        Metric::BuildInfo,
        Metric::StartTime,
        Metric::ResidentBytes,
        Metric::Connections,
        Metric::ConnectionsTurnedAway,
        Metric::Responses,
        Metric::Turns,
        Metric::TurnSeconds,
        Metric::StageSeconds,
        Metric::FloorSeconds,
        Metric::StoreSeconds,
        Metric::StoreBatch,
        Metric::StoreErrors,
        Metric::QuarantinedFolders,
        Metric::RegistrySeconds,
        Metric::LimitsHit,
        Metric::Alarms,
        Metric::AuditSeconds,
        Metric::AuditEvents,
        Metric::AuditSeq,
        Metric::DirectorySeconds,
        Metric::DirectoryErrors,
        Metric::Sets,
        Metric::Sends,
        Metric::SendSeconds,
        Metric::OutboxRows,
        Metric::OutboxAge,
        Metric::DeadLetters,
        Metric::PartState,
    ];

    pub fn describe(self) -> Description {
        use Kind::{Counter, Gauge, Histogram};
        let (name, kind, labels, help): (_, _, &[_], _) = match self {
            Metric::BuildInfo => ("ringback_build_info", Gauge, &["version"], "1; the version that runs."),
            Metric::StartTime => {
                ("ringback_start_time_seconds", Gauge, &[], "When this process started, in seconds since 1970.")
            }
            Metric::ResidentBytes => ("ringback_resident_bytes", Gauge, &[], "Memory of this process that is in RAM."),
            Metric::Connections => ("ringback_connections", Gauge, &[], "Open connections of visitors."),
            Metric::ConnectionsTurnedAway => {
                ("ringback_connections_turned_away_total", Counter, &["why"], "Connections closed at the door.")
            }
            Metric::Responses => ("ringback_responses_total", Counter, &["status"], "Answers of the web server."),
            Metric::Turns => {
                ("ringback_turns_total", Counter, &["channel", "outcome"], "Events that channels handed in.")
            }
            Metric::TurnSeconds => {
                let help = "From an event to its acknowledgement, when it is on disk.";
                ("ringback_turn_seconds", Histogram(SECONDS), &["channel"], help)
            }
            Metric::StageSeconds => {
                let help = "Parts of a turn: wait, load, step, commit, and the effects after it.";
                ("ringback_turn_stage_seconds", Histogram(SECONDS), &["stage"], help)
            }
            Metric::FloorSeconds => {
                let help = "How long the answer to a name was held back, so that its speed tells nothing.";
                ("ringback_floor_seconds", Histogram(SECONDS), &[], help)
            }
            Metric::StoreSeconds => {
                ("ringback_store_seconds", Histogram(SECONDS), &["operation"], "Calls of the store.")
            }
            Metric::StoreBatch => {
                ("ringback_store_batch_operations", Histogram(SIZES), &[], "Writes that one commit carried.")
            }
            Metric::StoreErrors => {
                let help = "Calls of the store that failed; a conflict is a race that was lost and is run again.";
                ("ringback_store_errors_total", Counter, &["operation", "error"], help)
            }
            Metric::QuarantinedFolders => {
                let help = "Damaged folders of conversations that were moved aside and still lie in the data folder.";
                ("ringback_quarantined_folders", Gauge, &[], help)
            }
            Metric::RegistrySeconds => {
                ("ringback_registry_seconds", Histogram(SECONDS), &["operation"], "Calls of the registry.")
            }
            Metric::LimitsHit => {
                ("ringback_limits_hit_total", Counter, &["what"], "Attempts that a limit did not allow.")
            }
            Metric::Alarms => {
                let help = "How often a cap of a tenant, or of all together, came to half and to the full.";
                ("ringback_alarms_total", Counter, &["tenant", "what", "level"], help)
            }
            Metric::AuditSeconds => ("ringback_audit_seconds", Histogram(SECONDS), &[], "Appending to the record."),
            Metric::AuditEvents => {
                ("ringback_audit_events_total", Counter, &["tenant", "kind"], "Events that were put on record.")
            }
            Metric::AuditSeq => ("ringback_audit_seq", Gauge, &[], "Number of the last row of the audit record."),
            Metric::DirectorySeconds => {
                let labels = &["tenant", "operation"];
                ("ringback_directory_seconds", Histogram(SECONDS), labels, "Calls of a tenant's directory.")
            }
            Metric::DirectoryErrors => {
                let help = "Calls of a directory that it did not answer.";
                ("ringback_directory_errors_total", Counter, &["tenant", "operation"], help)
            }
            Metric::Sets => {
                ("ringback_sets_total", Counter, &["tenant", "outcome"], "Passwords that a directory was asked to set.")
            }
            Metric::Sends => {
                let help = "Messages handed to a channel, to mail, to texts or to a service desk.";
                ("ringback_sends_total", Counter, &["method", "outcome"], help)
            }
            Metric::SendSeconds => {
                ("ringback_send_seconds", Histogram(SECONDS), &["method"], "Handing a message over.")
            }
            Metric::OutboxRows => {
                ("ringback_outbox_rows", Gauge, &["lane"], "Messages that wait, by the kind of their lane.")
            }
            Metric::OutboxAge => {
                ("ringback_outbox_oldest_seconds", Gauge, &["lane"], "How long the oldest of them has been waiting.")
            }
            Metric::DeadLetters => {
                ("ringback_dead_letters", Gauge, &[], "Messages that were given up and are still kept.")
            }
            Metric::PartState => {
                let help = "0 works, 1 is tried again, 2 does not work: stores, directories, senders.";
                ("ringback_part_state", Gauge, &["part"], help)
            }
        };
        Description { name, kind, labels, help }
    }
}
