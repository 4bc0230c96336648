//! Every talk that can be heard, through the real webhook of every provider: told plainly, every request twice, silence and
//! wrong keys at every question, hang-ups, restarts; and callers who never do what they are asked.

use std::fmt::Write;

use ringback::audit::AuditKind;
use ringback::channels::voice::provider::Provider;
use ringback::engine::event::Act;
use ringback::model::time::Seconds;
use ringback::runtime::calls::Standing;

use crate::support::world::Wish;
use crate::support::world::seat::{Call, Seat};
use crate::talks::run::{Manner, Run, Until, steps};
use crate::talks::script::{Step, Talk, WayIn, all};
use crate::talks::setting::wish;

/// The manners of the matrix, beside hanging up.
const MANNERS: [Manner; 5] = [Manner::Plain, Manner::Twice, Manner::Silent, Manner::Mistaken, Manner::Crashing];
/// What is not told in some manner, and why: at most one cell in ten.
const EXCLUDED: [(&str, Manner, &str); 14] = [
    ("by-ear-hangs-up.yaml", Manner::Crashing, VOID),
    ("by-ear-aps-reset.yaml", Manner::Crashing, VOID),
    ("by-ear-imu-read-out.yaml", Manner::Crashing, VOID),
    ("by-ear-office-call.yaml", Manner::Crashing, VOID),
    ("by-ear-questions-restart.yaml", Manner::Crashing, VOID),
    ("by-ear-questions.yaml", Manner::Crashing, "a restart takes answers; by-ear-questions-restart tells that"),
    ("call-in-reset-read-out-restart.yaml", Manner::Crashing, VOID),
    ("call-in-reset-read-out.yaml", Manner::Crashing, VOID),
    ("by-ear-office-read-out.yaml", Manner::Crashing, VOID),
    ("by-ear-directory-refuses.yaml", Manner::Crashing, VOID),
    ("call-in-reset-read-out-unconfirmed.yaml", Manner::Crashing, VOID),
    ("by-ear-link-lost.yaml", Manner::Crashing, VOID),
    ("by-ear-link-not-there.yaml", Manner::Crashing, VOID),
    ("by-ear-link-not-there.yaml", Manner::Silent, "silence is how a caller waits for a link: the line is held"),
];
const VOID: &str = "a restart makes void what is read out; call-in-reset-read-out-restart tells that";
/// Nobody needs so many turns to come to an end.
const PATIENCE: usize = 90;

#[tokio::test]
async fn by_ear_through_twilio() {
    matrix(Provider::Twilio, &MANNERS, true).await;
}

#[tokio::test]
async fn by_ear_through_jambonz() {
    matrix(Provider::Jambonz, &MANNERS, true).await;
}

#[tokio::test]
async fn by_ear_through_vonage() {
    matrix(Provider::Vonage, &MANNERS, true).await;
}

/// Their documents are Twilio's, their signatures are not.
#[tokio::test]
async fn by_ear_through_signalwire_and_telnyx() {
    matrix(Provider::SignalWire, &[Manner::Plain], false).await;
    matrix(Provider::Telnyx, &[Manner::Plain], false).await;
}

/// The way in on which a talk has a telephone in it.
fn by_ear(talk: &Talk) -> Option<WayIn> {
    let leg = |step: &Step| step.picks_up.is_some() || step.leg_ends.is_some();
    match talk.run_on.contains(&WayIn::Voice) {
        true => Some(WayIn::Voice),
        false => talk.steps.iter().any(leg).then_some(WayIn::Browser),
    }
}

async fn matrix(provider: Provider, manners: &[Manner], hang_ups: bool) {
    let only = std::env::var("RINGBACK_TALK").unwrap_or_default();
    let (mut table, mut faults, mut cells, mut left_out) = (String::new(), Vec::new(), 0, 0);
    let _ = writeln!(table, "{}: {manners:?}, hang-ups", provider.name());
    for talk in all().into_iter().filter(|talk| talk.file.contains(&only)) {
        let Some(way) = by_ear(&talk) else { continue };
        let mut row = String::new();
        for manner in manners {
            cells += 1;
            if EXCLUDED.iter().any(|(file, excluded, _)| *file == talk.file && excluded == manner) {
                left_out += 1;
                row += " -   ";
                continue;
            }
            let told = tokio::spawn(told(talk.clone(), way, *manner, provider));
            let (count, wrong) = told.await.unwrap_or_else(|broken| (0, vec![why(broken)]));
            let cell = if wrong.is_empty() {
                format!(" ok{}", if count > 0 { count.to_string() } else { String::new() })
            } else {
                " FAIL".to_owned()
            };
            row += &format!("{cell:<5}");
            faults.extend(
                wrong.into_iter().map(|fault| format!("{} {manner:?} at {}: {fault}", talk.file, provider.name())),
            );
        }
        if hang_ups {
            cells += 1;
            let told = tokio::spawn(cut_short(talk.clone(), way, provider));
            let (count, wrong) = told.await.unwrap_or_else(|broken| (0, vec![why(broken)]));
            row += &if wrong.is_empty() { format!(" ok {count}") } else { " FAIL".to_owned() };
            faults.extend(
                wrong.into_iter().map(|fault| format!("{} cut short at {}: {fault}", talk.file, provider.name())),
            );
        }
        let _ = writeln!(table, "{row:<34} {}", talk.talk);
    }
    for (file, manner, reason) in EXCLUDED {
        let _ = writeln!(table, "not told: {file} {manner:?}: {reason}");
    }
    println!("{table}{cells} cells, {left_out} of them left out");
    assert!(left_out * 10 <= cells || !only.is_empty(), "more than one cell in ten is left out");
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

fn why(broken: tokio::task::JoinError) -> String {
    let why = broken.into_panic();
    let plain = why.downcast_ref::<&str>().map(|text| (*text).to_owned());
    why.downcast_ref::<String>().cloned().or(plain).unwrap_or_else(|| "it broke off".to_owned())
}

/// One cell: how many questions were disturbed, and what went wrong.
async fn told(talk: Talk, way: WayIn, manner: Manner, provider: Provider) -> (usize, Vec<String>) {
    let wish = Wish { wire: Some(provider), ..wish(&talk) };
    let mut run = steps(&talk, way, manner, wish, Until::End).await;
    let mut faults = std::mem::take(&mut run.faults);
    faults.extend(run.end(&talk).await);
    (run.disturbed, faults)
}

/// What callers do who do not go on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Nuisance {
    HangsUp,
    KeepsSilent,
    KeysNonsense,
    KeysThousand,
}

/// At every question of a talk: whoever hangs up there has set nothing, and whoever does nonsense there comes to an end.
async fn cut_short(talk: Talk, way: WayIn, provider: Provider) -> (usize, Vec<String>) {
    let (mut count, mut faults) = (0, Vec::new());
    let nuisances = [Nuisance::KeepsSilent, Nuisance::KeysNonsense, Nuisance::KeysThousand];
    let carriers = [Provider::Twilio, Provider::Jambonz, Provider::Vonage];
    let turn = carriers.iter().position(|it| *it == provider).unwrap_or_default() + talk.file.len();
    for (n, step) in talk.steps.iter().enumerate() {
        let (on_leg, at_seat) =
            (step.leg_keys.is_some(), step.keys.is_some() || step.pick.is_some() || step.silence.is_some());
        if !(on_leg || at_seat && way == WayIn::Voice) {
            continue;
        }
        // Hanging up everywhere; and at every question one nuisance at one provider, each in its turn.
        let other = (n + turn).is_multiple_of(3).then_some(nuisances[(n / 3) % 3]);
        for nuisance in std::iter::once(Nuisance::HangsUp).chain(other) {
            let wish = Wish { wire: Some(provider), ..wish(&talk) };
            let mut run = steps(&talk, way, Manner::Plain, wish, Until::Step(n)).await;
            count += 1;
            if let Err(fault) = ends_well(&mut run, on_leg, nuisance).await {
                faults.push(format!("{nuisance:?} before step {}: {fault}", n + 1));
            }
        }
    }
    (count, faults)
}

async fn ends_well(run: &mut Run, on_leg: bool, nuisance: Nuisance) -> Result<(), String> {
    let Run { world, seat, leg, .. } = run;
    let call: &mut Call = match (seat, leg) {
        (_, Some(leg)) if on_leg => leg,
        (Seat::Voice(call), _) => call,
        _ => return Err("nobody is on the line".to_owned()),
    };
    let set = async |world: &crate::support::world::World| {
        let set = |kind: &AuditKind| matches!(kind, AuditKind::PasswordSet | AuditKind::EffectUncertain { .. });
        world.audit().await.iter().filter(|event| set(&event.kind)).count()
    };
    let before = set(world).await;
    let line = call.line.as_mut().expect("a provider carries it");
    for turns in 0..PATIENCE {
        if line.over {
            break;
        }
        let keys = ["8", "*8", "8#", "*", "88"][turns % 5];
        let act = match nuisance {
            Nuisance::HangsUp => Act::HungUp,
            Nuisance::KeepsSilent => Act::Silence,
            Nuisance::KeysNonsense => Act::Keys(keys.to_owned()),
            Nuisance::KeysThousand => Act::Keys("8".repeat(1_000)),
        };
        line.does(world, act, 1).await;
    }
    if !line.over {
        return Err(format!("it goes on for ever: {:?}", line.heard));
    }
    world.settle().await;
    let inbox = world.running().runtime.inbox();
    let standing = async || inbox.standing(&call.peer).await.unwrap();
    if nuisance == Nuisance::HangsUp && !matches!(standing().await, Standing::Ended { .. }) {
        // A page that is open elsewhere may still be handed in, until it expires.
        world.clock.advance(Seconds::minutes(16));
        world.settle().await;
    }
    if !matches!(standing().await, Standing::Ended { .. }) {
        return Err("the conversation goes on".to_owned());
    }
    if nuisance != Nuisance::HangsUp && line.transferred.is_none() && !said_goodbye(&line.words) {
        return Err(format!("no goodbye in {}", line.words));
    }
    if set(world).await != before {
        return Err("something was set".to_owned());
    }
    Ok(())
}

fn said_goodbye(words: &str) -> bool {
    ["Goodbye.", "Selamattinggal."].iter().any(|goodbye| words.ends_with(goodbye))
}
