//! The call-expanded graph of a flow: every call and every gate is walked inside its caller, so that "always after" can
//! be proven for the whole dialogue.

use std::collections::BTreeMap;

use petgraph::algo::dominators::{Dominators, simple_fast};
use petgraph::graph::{DiGraph, NodeIndex};

use crate::flow::read::{PlacedFlow, Scripts};
use crate::flow::script::NodeScript;
use crate::model::names::{EndId, StateId};
use crate::model::purpose::Purpose;

/// Deeper calls are a finding of their own and are cut here.
const MAX_DEPTH: usize = 6;

/// A point of the expanded dialogue.
#[derive(Clone, Copy)]
pub struct Point<'a> {
    pub flow: &'a PlacedFlow,
    /// Which run of the flow: two calls of one part are two runs.
    pub frame: usize,
    pub what: What<'a>,
}

#[derive(Clone, Copy)]
pub enum What<'a> {
    State(&'a StateId, &'a NodeScript),
    /// A `gates` node was left by `satisfied`, in a flow with this purpose.
    Satisfied(Option<Purpose>),
}

/// The graph of one dialogue from its entry.
pub struct Expanded<'a> {
    pub graph: DiGraph<Point<'a>, ()>,
    pub root: NodeIndex,
}

struct Builder<'a> {
    scripts: &'a Scripts,
    graph: DiGraph<Point<'a>, ()>,
    frames: usize,
}

/// A flow as it was placed into the graph.
struct Placed {
    entry: Option<NodeIndex>,
    ends: Vec<(EndId, NodeIndex)>,
}

/// Expands a flow with everything that it calls; `None` if its entry does not exist.
pub fn expand<'a>(scripts: &'a Scripts, flow: &'a PlacedFlow) -> Option<Expanded<'a>> {
    let mut builder = Builder { scripts, graph: DiGraph::new(), frames: 0 };
    let placed = builder.place(flow, 0);
    Some(Expanded { graph: builder.graph, root: placed.entry? })
}

impl Expanded<'_> {
    pub fn dominators(&self) -> Dominators<NodeIndex> {
        simple_fast(&self.graph, self.root)
    }
}

impl<'a> Builder<'a> {
    fn place(&mut self, flow: &'a PlacedFlow, depth: usize) -> Placed {
        let frame = self.frames;
        self.frames += 1;
        let mut index: BTreeMap<&StateId, NodeIndex> = BTreeMap::new();
        for (id, node) in &flow.script.states {
            let point = Point { flow, frame, what: What::State(&id.value, node) };
            index.insert(&id.value, self.graph.add_node(point));
        }
        let mut ends = Vec::new();
        for (id, node) in &flow.script.states {
            let Some(&from) = index.get(&id.value) else { continue };
            match node {
                NodeScript::End(end) => ends.push((end.value.clone(), from)),
                NodeScript::Call(call) => {
                    let Some(called) = self.inner(&call.flow, depth) else { continue };
                    let placed = self.place(called, depth + 1);
                    self.edge(Some(from), placed.entry);
                    for (end, at) in placed.ends {
                        let back = call.on.get(&end).and_then(|to| index.get(&to.value));
                        self.edge(Some(at), back.copied());
                    }
                }
                NodeScript::Gates(gates) => {
                    for (outcome, to) in &gates.on {
                        let mut from = from;
                        if outcome.as_str() == "satisfied" {
                            let purpose = flow.script.purpose.as_ref().and_then(|purpose| purpose.value);
                            let what = What::Satisfied(purpose);
                            let satisfied = self.graph.add_node(Point { flow, frame, what });
                            self.edge(Some(from), Some(satisfied));
                            from = satisfied;
                        }
                        self.edge(Some(from), index.get(&to.value).copied());
                    }
                    for gate in gates.each.values() {
                        let Some(called) = self.inner(gate, depth) else { continue };
                        let placed = self.place(called, depth + 1);
                        self.edge(Some(from), placed.entry);
                        for (_, at) in placed.ends {
                            self.edge(Some(at), Some(from));
                        }
                    }
                }
                _ => {
                    for exit in node.exits() {
                        self.edge(Some(from), index.get(&exit.to.value).copied());
                    }
                }
            }
        }
        Placed { entry: index.get(&flow.script.entry.value).copied(), ends }
    }

    fn inner(&self, flow: &crate::model::names::FlowId, depth: usize) -> Option<&'a PlacedFlow> {
        self.scripts.flow(flow).filter(|_| depth < MAX_DEPTH)
    }

    fn edge(&mut self, from: Option<NodeIndex>, to: Option<NodeIndex>) {
        if let (Some(from), Some(to)) = (from, to) {
            self.graph.add_edge(from, to, ());
        }
    }
}
