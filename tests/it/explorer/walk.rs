//! Breadth first through every situation of a flow set; the first breach is told with the way that led there.

use std::collections::{BTreeSet, VecDeque};

use ringback::flow::set::FlowSet;
use ringback::model::peer::Surface;

use super::shape;
use super::world::{Happening, Scene, Situation, privileged};

/// No flow set may have more situations than this; one that has is not judged, and the test fails.
pub const MAX_SITUATIONS: usize = 20_000;

/// What a search came to.
#[derive(Default)]
pub struct Walked {
    pub situations: usize,
    pub steps: usize,
    /// Privileged calls and pages that were reached with every gate they need.
    pub reached: usize,
    /// One that the script reaches without its gates, as the way to it.
    pub unproven: Option<String>,
    /// One that the ledger would even let through: worse than any script may be able to do.
    pub happened: Option<String>,
    /// There was more than was looked at.
    pub cut: bool,
}

/// Walks everything. With `on` the search goes on behind a breach, to learn whether the ledger stops it.
pub fn walk(scene: &Scene, flows: &FlowSet, surface: Surface, on: bool) -> Walked {
    let mut search =
        Search { scene, seen: BTreeSet::new(), ways: Vec::new(), todo: VecDeque::new(), walked: Walked::default() };
    let mut clock = 0;
    for situation in scene.beginnings(flows, surface, &mut clock) {
        search.arrive(situation, None);
    }
    while let Some((at, situation)) = search.todo.pop_front() {
        let walked = &mut search.walked;
        walked.cut = walked.situations == MAX_SITUATIONS;
        if walked.cut || walked.happened.is_some() || (walked.unproven.is_some() && !on) {
            break;
        }
        walked.situations += 1;
        for what in scene.happenings(&situation) {
            search.walked.steps += 1;
            let (next, counted) = scene.next(flows, &situation, &what, &mut clock);
            search.arrive(next, Some((at, &what)));
            if counted {
                let what = what.spent();
                search.walked.steps += 1;
                let (next, _) = scene.next(flows, &situation, &what, &mut clock);
                search.arrive(next, Some((at, &what)));
            }
        }
    }
    search.walked
}

struct Search<'a> {
    scene: &'a Scene,
    seen: BTreeSet<String>,
    /// From which situation each was first reached, by what, and where that leads.
    ways: Vec<(Option<(usize, Happening)>, String)>,
    todo: VecDeque<(usize, Situation)>,
    walked: Walked,
}

impl Search<'_> {
    fn arrive(&mut self, situation: Situation, how: Option<(usize, &Happening)>) {
        let shape = shape::of(self.scene, &situation);
        if !self.seen.insert(shape) {
            return;
        }
        let place = situation.conversation.frames.last();
        let place = place.map_or(String::new(), |frame| format!("{}.{}", frame.flow, frame.state));
        let at = self.ways.len();
        self.ways.push((how.map(|(from, what)| (from, what.clone())), place));
        self.judge(&situation, at);
        self.todo.push_back((at, situation));
    }

    fn judge(&mut self, situation: &Situation, at: usize) {
        let Some(purpose) = privileged(situation) else { return };
        if self.scene.suffices(&situation.granted, purpose, false) {
            self.walked.reached += 1;
        } else if self.walked.unproven.is_none() {
            self.walked.unproven = Some(self.way(at));
        }
        let happens = self.scene.would_happen(situation) && !self.scene.suffices(&situation.granted, purpose, true);
        if happens && self.walked.happened.is_none() {
            self.walked.happened = Some(self.way(at));
        }
    }

    /// The way to a situation, a line a step.
    fn way(&self, at: usize) -> String {
        let mut lines = Vec::new();
        let mut next = Some(at);
        while let Some(at) = next {
            let (how, place) = &self.ways[at];
            lines.push(format!("  {place}  by {:?}", how.as_ref().map(|(_, what)| what)));
            next = how.as_ref().map(|(from, _)| *from);
        }
        lines.reverse();
        lines.join("\n")
    }
}
