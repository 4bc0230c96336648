//! The rules that a flow set keeps, each in one place; all of them report before anything is decided.

mod calls;
mod closed;
mod keys;
mod length;
mod links;
mod loops;
mod meaning;
mod menus;
mod names;
mod outcomes;
mod proof;
mod reach;
mod sample;
mod secrets;
pub mod texts;
mod walk;
pub mod wording;

use crate::flow::finding::{Finding, Lint};
use crate::flow::read::{PlacedFlow, Scripts};
use crate::flow::script::place::Place;
use crate::text::catalog::Catalog;

/// Runs every rule. Rules about wording need the catalog.
pub fn all(scripts: &Scripts, catalog: Option<&Catalog>, findings: &mut Vec<Finding>) {
    names::check(scripts, findings);
    outcomes::check(scripts, findings);
    reach::check(scripts, findings);
    calls::check(scripts, findings);
    proof::check(scripts, findings);
    loops::check(scripts, findings);
    secrets::check(scripts, findings);
    closed::check(scripts, findings);
    keys::check(scripts, findings);
    menus::check(scripts, findings);
    length::check_buttons(scripts, findings);
    links::check(scripts, findings);
    if let Some(catalog) = catalog {
        wording::check(scripts, catalog, findings);
        length::check(scripts, catalog, findings);
        links::check_locales(catalog, findings);
        meaning::check(scripts, catalog, findings);
    }
}

/// How scripts write a word of a closed list.
pub fn written(word: &impl serde::Serialize) -> String {
    let value = serde_json::to_value(word).expect("closed lists are unit variants");
    value.as_str().unwrap_or_default().to_owned()
}

/// Collects findings about one flow.
struct Report<'a> {
    scripts: &'a Scripts,
    placed: &'a PlacedFlow,
    findings: &'a mut Vec<Finding>,
}

impl Report<'_> {
    fn say(&mut self, lint: Lint, place: Place, message: impl Into<String>, advice: impl Into<String>) {
        self.findings.push(self.scripts.finding(self.placed, lint, place, message.into(), advice.into()));
    }
}
