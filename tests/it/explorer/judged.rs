//! The verdicts: no flow set that loads reaches a privileged effect without its gates, and the judge would notice.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use ringback::flow::compile::compile;
use ringback::flow::finding::{Finding, Level, Lint};
use ringback::flow::load::shipped;
use ringback::flow::read::Scripts;
use ringback::flow::set::FlowSet;
use ringback::model::method::Method;
use ringback::model::peer::Surface;

use super::mutants::{Mutant, Set, mutant, originals};
use super::walk::{Walked, walk};
use super::world::Scene;

const MUTANTS: u64 = 1_000;
/// Of these, those that only L07 refuses are walked too.
const WITHOUT_PROOF: u64 = 400;

/// What a tenant demands and an account has registered; a mutant is tried on one of them, mostly one of the first,
/// which have the fewest situations; the shipped flows are tried on all.
const SCENES: [(u8, &[Method]); 7] = [
    (1, &[Method::Totp, Method::Sms]),
    (1, &[Method::Email]),
    (1, &[Method::CallOffice]),
    (2, &[Method::Questions, Method::Totp]),
    (1, &[Method::Totp, Method::Questions]),
    (1, &[Method::Push, Method::Email]),
    (2, &[Method::Email, Method::Totp]),
];

#[test]
fn g16_no_mutant_that_loads_reaches_a_privileged_effect_without_its_gates() {
    let tally = Mutex::new(Tally::default());
    each_mutant(MUTANTS, |scenes, number, mutant| match FlowSet::load(&mutant.files(), None) {
        Err(findings) => tally.lock().unwrap().refuse(&findings),
        Ok(flows) => {
            let walked = walk(&scenes[scene(number)], &flows, surface(number), false);
            tally.lock().unwrap().walked(number, &mutant, walked);
        }
    });
    let tally = tally.into_inner().unwrap();
    println!(
        "{MUTANTS} mutants: {} loaded, {} refused by their first finding {:?}; {} situations, {} steps, \
         {} privileged points reached with their gates, {} breaches",
        tally.loaded,
        tally.refused.values().sum::<usize>(),
        tally.refused,
        tally.situations,
        tally.steps,
        tally.reached,
        tally.breaches.len()
    );
    assert!(tally.breaches.is_empty(), "{}", tally.breaches.join("\n\n"));
    assert!(tally.cut.is_empty(), "more situations than were looked at: {:?}", tally.cut);
    assert!(tally.loaded >= 100, "too few mutants load to say anything: {}", tally.loaded);
    assert!(tally.reached > tally.loaded / 2, "the search hardly reaches what it judges: {}", tally.reached);
}

/// The judge does not lean on the lint: sets that only L07 refuses are walked, and the way in is found. What the
/// script would do then is stopped by the ledger, which is asked as the runtime asks it.
#[test]
fn g16_without_the_lint_the_explorer_finds_the_way_in_and_the_ledger_stops_it() {
    let found = Mutex::new((0, Vec::new(), Vec::new()));
    each_mutant(WITHOUT_PROOF, |scenes, number, mutant| {
        let Some(flows) = load_without_proof(&mutant.files()) else { return };
        // Behind the first breach the search goes on for some: there the ledger has the last word.
        let on = number.is_multiple_of(4);
        let mut walks = scenes.iter().map(|scene| walk(scene, &flows, Surface::Chat, on));
        let walked = walks.find(|walked| walked.unproven.is_some() || walked.happened.is_some());
        let mut found = found.lock().unwrap();
        match walked {
            Some(_) => found.0 += 1,
            None => found.1.push(format!("{number} {:?}", mutant.how)),
        }
        if let Some(way) = walked.and_then(|walked| walked.happened) {
            found.2.push(format!("mutant {number} {:?}\n{way}", mutant.how));
        }
    });
    let (found, missed, happened): (usize, Vec<String>, Vec<String>) = found.into_inner().unwrap();
    println!("of {} sets that only L07 refuses, {found} are breached; not {missed:#?}", found + missed.len());
    assert!(happened.is_empty(), "the ledger lets through:\n{}", happened.join("\n\n"));
    assert!(found >= 20, "only {found}");
    // Telephone legs are not walked: no conversation of the engine begins in one yet.
    assert!(missed.len() * 4 < found, "the explorer does not see what the lint sees: {missed:#?}");
}

#[test]
fn g16_the_shipped_flows_reach_both_effects_and_only_with_their_gates() {
    let flows = FlowSet::load(&shipped(), None).unwrap();
    for (needed, methods) in SCENES {
        let scene = Scene::of(needed, methods);
        for surface in [Surface::Chat, Surface::Voice] {
            let walked = walk(&scene, &flows, surface, true);
            println!(
                "{needed} of {methods:?} by {surface:?}: {} situations, {} steps, {} privileged points",
                walked.situations, walked.steps, walked.reached
            );
            assert_eq!((walked.unproven, walked.happened, walked.cut), (None, None, false));
            // A telephone has no private page for answers.
            assert!(walked.reached > 0 || surface == Surface::Voice, "nothing privileged is in reach");
        }
    }
}

#[derive(Default)]
struct Tally {
    loaded: usize,
    refused: BTreeMap<Lint, usize>,
    situations: usize,
    steps: usize,
    reached: usize,
    breaches: Vec<String>,
    cut: Vec<u64>,
}

impl Tally {
    fn refuse(&mut self, findings: &[Finding]) {
        *self.refused.entry(findings[0].lint).or_default() += 1;
    }

    fn walked(&mut self, number: u64, mutant: &Mutant, walked: Walked) {
        self.loaded += 1;
        self.situations += walked.situations;
        self.steps += walked.steps;
        self.reached += walked.reached;
        if let Some(way) = walked.unproven.or(walked.happened) {
            self.breaches.push(format!("mutant {number} {:?}\n{way}", mutant.how));
        }
        if walked.cut {
            self.cut.push(number);
        }
    }
}

/// Every mutant with scenes to try it on, on as many threads as there are processors.
fn each_mutant(end: u64, judge: impl Fn(&[Scene], u64, Mutant) + Sync) {
    let originals: Set = originals();
    let next = AtomicU64::new(0);
    std::thread::scope(|threads| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            threads.spawn(|| {
                let scenes = SCENES.map(|(needed, methods)| Scene::of(needed, methods));
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= end {
                        return;
                    }
                    judge(&scenes, number, mutant(&originals, number));
                }
            });
        }
    });
}

fn scene(number: u64) -> usize {
    let nth = usize::try_from(number).unwrap();
    if nth.is_multiple_of(8) { nth / 8 % SCENES.len() } else { nth % 3 }
}

/// A telephone has no private page, so most of the search is in the chat.
fn surface(number: u64) -> Surface {
    if number.is_multiple_of(5) { Surface::Voice } else { Surface::Chat }
}

/// Loads a set as if L07 did not exist, if that is all that keeps it from loading.
fn load_without_proof(files: &[(String, String)]) -> Option<FlowSet> {
    let mut errors = FlowSet::check(files, None);
    errors.retain(|finding| finding.level == Level::Error);
    let (proof, others): (Vec<Finding>, Vec<Finding>) =
        errors.into_iter().partition(|finding| finding.lint == Lint::L07);
    if proof.is_empty() || !others.is_empty() {
        return None;
    }
    compile(&Scripts::read(files, &mut Vec::new()))
}
