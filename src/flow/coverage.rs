//! L18: every state and every way between states is walked by some talk.

use std::collections::BTreeSet;

use crate::flow::set::{Bound, FlowSet, MenuOption, Node};
use crate::model::names::{FlowId, StateId};

/// One move of a walk. `from` is absent where a flow is entered.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Way {
    pub flow: FlowId,
    pub from: Option<StateId>,
    pub to: StateId,
}

/// Every way that the scripts write down, entries included.
pub fn ways(set: &FlowSet) -> BTreeSet<Way> {
    let mut ways = BTreeSet::new();
    for flow in set.flows.values() {
        ways.insert(Way { flow: flow.id.clone(), from: None, to: flow.entry.clone() });
        for (state, node) in &flow.states {
            for to in node.targets() {
                ways.insert(Way { flow: flow.id.clone(), from: Some(state.clone()), to: to.clone() });
            }
        }
    }
    ways
}

/// What nobody walked, in the order of flows and states.
pub fn unwalked(set: &FlowSet, walked: &BTreeSet<Way>) -> Vec<Way> {
    ways(set).into_iter().filter(|way| !walked.contains(way)).collect()
}

impl std::fmt::Display for Way {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let from = self.from.as_ref().map_or("(entry)", StateId::as_str);
        write!(f, "{}: {from} → {}", self.flow, self.to)
    }
}

impl Node {
    /// Every state that may follow.
    pub fn targets(&self) -> Vec<&StateId> {
        let mut targets: Vec<&StateId> = Vec::new();
        match self {
            Node::Say(say) => {
                targets.push(&say.next);
                targets.extend(over(&say.bound));
            }
            Node::Ask(ask) => {
                targets.push(&ask.next);
                options(&ask.options, &mut targets);
                targets.extend(ask.deny.iter().map(|(_, to)| to));
                targets.extend(over(&ask.bound));
            }
            Node::Choose(choose) => options(&choose.options, &mut targets),
            Node::Do(wish) => {
                targets.extend(wish.on.values());
                targets.extend(over(&wish.bound));
            }
            Node::Gates(gates) => targets.extend([&gates.satisfied, &gates.exhausted, &gates.impossible]),
            Node::Call(call) => targets.extend(call.on.values()),
            Node::Page(page) => {
                targets.extend([&page.submitted, &page.expired, &page.declined]);
                targets.extend(over(&page.bound));
            }
            Node::Wait(wait) => targets.extend(wait.on.values()),
            Node::End(_) => {}
        }
        targets
    }
}

fn options<'a>(options: &'a [MenuOption], targets: &mut Vec<&'a StateId>) {
    for option in options {
        targets.push(&option.next);
        targets.extend(over(&option.bound));
    }
}

fn over(bound: &Option<Bound>) -> Option<&StateId> {
    bound.as_ref().map(|bound| &bound.then)
}
