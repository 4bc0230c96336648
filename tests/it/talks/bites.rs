//! Every promise that a talk proves is taken away once, and the talk must fail: a proof that cannot fail proves nothing.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex};

use ringback::config::tenant;
use ringback::flow::compile::compile;
use ringback::flow::load;
use ringback::flow::read::Scripts;
use ringback::flow::set::FlowSet;
use ringback::text::catalog::Catalog;
use serde::Deserialize;

use crate::support::world::{CATALOG, Wish};
use crate::talks::checklist::{proven, proven_by_ear};
use crate::talks::run::{Manner, STEP, Until, steps};
use crate::talks::script::{Changes, Step, Talk, WayIn, all, data};
use crate::talks::setting::wish;

/// What is taken away, and the talk that has to notice.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Removal {
    talk: String,
    /// In words, for the reader.
    removed: String,
    /// A file of `flows/`, `locales/` or `examples/` that is used with `cut` replaced by `put`.
    #[serde(default, rename = "in")]
    file: Option<String>,
    #[serde(default)]
    cut: String,
    #[serde(default)]
    put: String,
    /// An adapter that is missing, or the like.
    #[serde(default)]
    world: Option<Changes>,
    /// The behaviour is code: it was taken out of this source file by hand, the talk was seen to fail, and it was put back.
    #[serde(default)]
    by_hand: Option<String>,
}

/// Promises whose removal is automatic; two thirds at least.
const AUTOMATIC: f64 = 2.0 / 3.0;
/// Talks that are told side by side.
const WORKERS: usize = 4;

#[test]
fn without_its_behaviour_every_talk_fails() {
    every_removal_is_noticed("bites.yaml", &proven(&all()), |step| &step.proves);
}

#[test]
fn without_its_behaviour_every_talk_by_ear_fails() {
    every_removal_is_noticed("bites-by-ear.yaml", &proven_by_ear(&all()), |step| &step.proves_by_ear);
}

/// The items of a step that one column of the checklist looks at.
type Tags = fn(&Step) -> &Vec<String>;

fn every_removal_is_noticed(file: &str, proven: &BTreeMap<String, Vec<String>>, tags: Tags) {
    let talks = all();
    // Several promises may stand on one behaviour.
    let written: BTreeMap<String, Removal> = data(file);
    let each = |(ids, removal): (&String, &Removal)| {
        ids.split(", ").map(|id| (id.to_owned(), removal.clone())).collect::<Vec<_>>()
    };
    let removals: BTreeMap<String, Removal> = written.iter().flat_map(each).collect();
    let named: usize = written.keys().map(|ids| ids.split(", ").count()).sum();
    assert_eq!(removals.len(), named, "an item stands twice in {file}");
    let without: Vec<&String> = proven.keys().filter(|id| !removals.contains_key(*id)).collect();
    assert!(without.is_empty(), "nothing is taken away for {without:?}");
    let only = std::env::var("RINGBACK_BITE").unwrap_or_default();
    let queue: Mutex<Vec<(String, Removal, Talk)>> = Mutex::default();
    for (id, removal) in &removals {
        let named = proven.get(id).is_some_and(|talks| talks.contains(&removal.talk));
        assert!(named, "{id}: no step of {} is tagged with it", removal.talk);
        if removal.by_hand.is_none() && id.contains(&only) {
            let talk = talks.iter().find(|talk| talk.file == removal.talk).unwrap().clone();
            queue.lock().unwrap().push((id.clone(), removal.clone(), talk));
        }
    }
    let automatic = queue.lock().unwrap().len();
    let told: Mutex<BTreeMap<String, Result<String, String>>> = Mutex::default();
    std::thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(|| {
                while let Some((id, removal, talk)) = { queue.lock().unwrap().pop() } {
                    let bitten = bitten(&id, &removal, talk, tags);
                    told.lock().unwrap().insert(id, bitten);
                }
            });
        }
    });
    let told = told.into_inner().unwrap();
    for (id, bitten) in &told {
        let removed = &removals[id].removed;
        match bitten {
            Ok(fault) => println!("  caught  {id} {removed}: {fault}"),
            Err(why) => println!("  MISSED  {id} {removed}: {why}"),
        }
    }
    for (id, by_hand) in removals.iter().filter_map(|(id, removal)| Some((id, removal.by_hand.as_ref()?))) {
        println!("  by hand {id} {}: {by_hand}", removals[id].removed);
    }
    let missed: Vec<&String> = told.iter().filter(|(_, bitten)| bitten.is_err()).map(|(id, _)| id).collect();
    println!("{} of {automatic} removals caught, {} by hand", automatic - missed.len(), removals.len() - automatic);
    assert!(missed.is_empty(), "these talks did not notice: {missed:?}");
    let enough = automatic as f64 >= AUTOMATIC * removals.len() as f64;
    assert!(enough || !only.is_empty(), "{automatic} of {} removals are automatic", removals.len());
}

/// Tells the talk up to the tag without the behaviour; the fault that it finds, or why it found none.
fn bitten(id: &str, removal: &Removal, mut talk: Talk, tags: Tags) -> Result<String, String> {
    let tagged = talk.steps.iter().rposition(|step| tags(step).iter().any(|tag| tag == id)).unwrap();
    talk.steps.truncate(tagged + 1);
    let world = removed(&mut talk, removal)?;
    let preferred = [WayIn::Browser, WayIn::Terminal, WayIn::Voice];
    let way = preferred.into_iter().find(|way| talk.run_on.contains(way)).unwrap_or(WayIn::Terminal);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let run = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        let run = runtime.block_on(steps(&talk, way, Manner::Plain, world, Until::FirstFault));
        run.failed_at.map(|at| (at, run.faults[0].clone()))
    }));
    match run {
        Ok(Some((at, fault))) => {
            let fault: String =
                fault.split_once(": ").map_or(fault.as_str(), |(_, fault)| fault).chars().take(120).collect();
            Ok(format!("step {at} of {}: {fault}", tagged + 1))
        }
        Ok(None) => Err(format!("{} passed up to step {}", talk.file, tagged + 1)),
        Err(_) => Ok(format!("step {} of {}: the talk broke off", STEP.get(), tagged + 1)),
    }
}

/// The world of the talk with something taken away.
fn removed(talk: &mut Talk, removal: &Removal) -> Result<Wish, String> {
    if let Some(world) = &removal.world {
        talk.world = Changes { answers: talk.world.answers.clone(), ..world.clone() };
    }
    let mut wish = wish(talk);
    let Some(path) = &removal.file else {
        return if removal.world.is_some() { Ok(wish) } else { Err("nothing is taken away".to_owned()) };
    };
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).map_err(|e| e.to_string())?;
    if text.matches(&removal.cut).count() != 1 {
        return Err(format!("`{}` does not stand in {path} just once", removal.cut));
    }
    let text = text.replace(&removal.cut, &removal.put);
    let (folder, name) = path.split_once('/').ok_or("no folder")?;
    match folder {
        "flows" => wish.flows = Some(Arc::new(flows(name, text)?)),
        "locales" => wish.catalog = Some(Arc::new(catalog(name, text)?)),
        "examples" if name.starts_with("demo/") => wish.people = Some(text),
        "examples" => {
            let read = tenant::parse(&talk.tenant, Path::new(path), &text, CATALOG.languages());
            wish.tenant = Some(read.map_err(|faults| format!("{path} cannot be read: {}", faults[0]))?.tenant);
        }
        _ => return Err(format!("{path} is neither a flow, nor a locale, nor a tenant")),
    }
    Ok(wish)
}

/// Compiled without being proven: a set that the lints refuse would not even be told.
fn flows(name: &str, text: String) -> Result<FlowSet, String> {
    let mut files = load::shipped();
    *files.iter_mut().find(|(file, _)| file == name).map(|(_, text)| text).ok_or("no such script")? = text;
    let mut findings = Vec::new();
    let scripts = Scripts::read(&files, &mut findings);
    if let Some(finding) = findings.first() {
        return Err(format!("the script cannot be read: {finding}"));
    }
    let set = compile(&scripts).ok_or("the script names what is not there")?;
    Ok(FlowSet { files, ..set })
}

fn catalog(name: &str, text: String) -> Result<Catalog, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("locales");
    let mut files = Vec::new();
    for tag in ["en", "ms"] {
        for entry in std::fs::read_dir(root.join(tag)).unwrap() {
            let file = entry.unwrap().path();
            let path = format!("{tag}/{}", file.file_name().unwrap().to_str().unwrap());
            let words = if path == name { text.clone() } else { std::fs::read_to_string(&file).unwrap() };
            files.push((path, words));
        }
    }
    files.sort();
    Catalog::load(&files).map_err(|faults| format!("the words cannot be read: {faults:?}"))
}
