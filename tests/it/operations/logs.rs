//! A log line cannot leak, whatever somebody writes into it.

use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};

use ringback::cli::log::{ALLOWED, Form, Lines};
use serde_json::Value;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::layer::SubscriberExt;

/// What was written, one entry a write.
#[derive(Clone, Default)]
struct Paper(Arc<Mutex<Vec<String>>>);

impl Write for Paper {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().push(String::from_utf8(bytes.to_vec()).unwrap());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// One subscriber at a time: what is worth a line is remembered for the whole process.
static ONE: Mutex<()> = Mutex::new(());

/// The lines that `work` leaves when everything is asked for.
fn written(form: Form, work: impl FnOnce()) -> Vec<String> {
    let _alone = ONE.lock().unwrap_or_else(PoisonError::into_inner);
    let paper = Paper::default();
    let sink: Box<dyn Write + Send> = Box::new(paper.clone());
    let lines = Lines::new(form, Arc::new(Mutex::new(sink)));
    let subscriber = tracing_subscriber::registry().with(LevelFilter::TRACE).with(lines);
    tracing::subscriber::with_default(subscriber, work);
    let writes = paper.0.lock().unwrap().clone();
    for write in &writes {
        assert_eq!(write.matches('\n').count(), 1, "one event, one line: {write:?}");
        assert!(write.ends_with('\n') && !write.trim_end().contains(|c: char| c.is_control()), "{write:?}");
    }
    writes
}

fn json(work: impl FnOnce()) -> Vec<Value> {
    let lines = written(Form::Json, work);
    let lines: Vec<Value> = lines.iter().map(|line| serde_json::from_str(line).unwrap()).collect();
    for line in &lines {
        let known = |name: &str| {
            ["time", "level", "target", "message"].contains(&name) || ALLOWED.iter().any(|(known, _)| *known == name)
        };
        assert!(line.as_object().unwrap().keys().all(|name| known(name)), "{line}");
    }
    lines
}

#[test]
fn a_careless_field_is_dropped() {
    let (name, password, phone) = ("ada@uni.example", "correct horse battery", "+447700900123");
    let lines = json(|| {
        tracing::debug!(target: "ringback::runtime", name, "looked up");
        tracing::error!(%password, user = ?name, channel = "browser", "refused");
        tracing::warn!(phone, body = "your code is 48151623", duration_us = 12u64, "sent");
    });
    assert_eq!(lines.len(), 3);
    let all = format!("{lines:?}");
    for secret in [name, password, phone, "48151623"] {
        assert!(!all.contains(secret), "{secret} in {all}");
    }
    assert_eq!(lines[1]["channel"], "browser");
    assert_eq!(lines[2]["duration_us"], 12);
}

#[test]
fn an_allowed_field_shows_only_what_has_its_shape() {
    let lines = json(|| {
        tracing::warn!(conversation = "ada@uni.example", outcome = "done", "a");
        tracing::warn!(conversation = "0f3a-77", tenant = "apu", method = "+447700900123", "b");
        tracing::warn!(error = "no account ada@uni.example at 10.0.0.1", "c");
        tracing::warn!(duration_us = "48151623 is your code", "d");
    });
    assert_eq!((&lines[0]["conversation"], &lines[0]["outcome"]), (&"…".into(), &"done".into()));
    assert_eq!((&lines[1]["conversation"], &lines[1]["method"]), (&"0f3a-77".into(), &"…".into()));
    assert_eq!(lines[2]["error"], "no account … at 10.0.0.1");
    assert_eq!(lines[3]["duration_us"], "…");
}

#[test]
fn a_user_name_with_line_breaks_stays_one_line() {
    let name = "ada\n2026-01-01T00:00:00Z INFO password set\r\n{\"level\":\"info\"}\u{1b}[2J\u{2028}x";
    for form in [Form::Json, Form::Plain { colour: false }] {
        let lines = written(form, || {
            tracing::warn!(error = name, outcome = name, "{name}");
        });
        // `written` has counted the lines.
        assert_eq!(lines.len(), 1);
        assert!(!lines[0].contains('\u{2028}') && !lines[0].contains('\u{1b}'), "{lines:?}");
    }
}

#[test]
fn other_crates_are_heard_from_warnings_up_and_without_their_fields() {
    let lines = json(|| {
        tracing::debug!(target: "hyper::proto", uri = "/page/secret-token", "GET /page/secret-token");
        tracing::info!(target: "ldap3", dn = "uid=ada", "bound");
        tracing::warn!(target: "lettre::transport", to = "ada@mail.example", "rejected ada@mail.example");
        // Not ours, though it begins alike.
        tracing::info!(target: "ringbackup", "hello");
    });
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert_eq!(lines[0]["message"], "rejected …");
}

#[test]
fn lines_within_a_span_carry_its_fields() {
    let lines = json(|| {
        let span = tracing::info_span!(target: "ringback::runtime", "turn", conversation = tracing::field::Empty, channel = "browser", name = "ada");
        let _inside = span.enter();
        span.record("conversation", "0f3a");
        tracing::info!(target: "ringback::runtime", outcome = "taken", channel = "terminal", "turn");
    });
    assert_eq!(lines[0]["conversation"], "0f3a");
    assert_eq!(lines[0]["channel"], "terminal", "the event's own word stands");
    assert!(lines[0].get("name").is_none());
}

#[test]
fn a_line_for_people_reads_like_one() {
    let lines = written(Form::Plain { colour: false }, || {
        tracing::error!(part = "the registry", attempts = 3, "not written yet");
    });
    let (time, rest) = lines[0].split_once(' ').unwrap();
    assert!(time.ends_with('Z') && time.contains('T'), "{time}");
    assert_eq!(rest, "ERROR not written yet part=\"the registry\" attempts=3\n");
}
