//! Pictures of a flow: which states there are, and what leads where. Drawn as Mermaid or as SVG, by ourselves.

mod layout;
mod mermaid;
mod order;
mod svg;

use std::collections::BTreeMap;

use crate::flow::lint::written;
use crate::flow::set::{Flow, FlowSet, Kind, MenuOption, Node};
use crate::model::names::{FlowId, StateId};

/// What is drawn: boxes and arrows.
#[derive(Clone, Debug, Default)]
pub struct Picture {
    pub title: String,
    /// The box to begin with, where there is one.
    pub start: Option<usize>,
    pub nodes: Vec<Card>,
    pub arrows: Vec<Arrow>,
}

/// One box.
#[derive(Clone, Debug)]
pub struct Card {
    /// The state's or flow's name.
    pub name: String,
    /// What it does, in the script's words.
    pub does: String,
    pub look: Look,
}

/// How a box looks: by the kind of its node, or of its flow.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Look {
    Start,
    Say,
    Question,
    Effect,
    /// An effect that changes an account.
    Privileged,
    Gates,
    Call,
    Page,
    Wait,
    End,
}

/// From one box to another, by their index; `label` is empty where there is only one way.
#[derive(Clone, Debug)]
pub struct Arrow {
    pub from: usize,
    pub to: usize,
    pub label: String,
}

impl Picture {
    /// The states of one flow; `None` when the set has no such flow.
    pub fn of_flow(set: &FlowSet, flow: &FlowId) -> Option<Picture> {
        let flow = set.flows.get(flow)?;
        let index: BTreeMap<&StateId, usize> = flow.states.keys().enumerate().map(|(n, id)| (id, n)).collect();
        let nodes = flow.states.iter().map(|(id, node)| Card {
            name: id.to_string(),
            does: does(node),
            look: if *id == flow.entry && matches!(node, Node::Say(_)) { Look::Start } else { look(node) },
        });
        let start = index.get(&flow.entry).copied();
        let mut picture = Picture { title: title(flow), start, nodes: nodes.collect(), arrows: Vec::new() };
        for (id, node) in &flow.states {
            for (label, to) in ways(node) {
                if let (Some(from), Some(to)) = (index.get(id), index.get(&to)) {
                    picture.arrow(*from, *to, label);
                }
            }
        }
        Some(picture)
    }

    /// All flows, and which runs which.
    pub fn of_set(set: &FlowSet) -> Picture {
        let index: BTreeMap<&FlowId, usize> = set.flows.keys().enumerate().map(|(n, id)| (id, n)).collect();
        let nodes = set.flows.values().map(|flow| Card {
            name: flow.id.to_string(),
            does: kind(flow.kind).to_owned(),
            look: match flow.kind {
                Kind::Service => Look::Start,
                Kind::Part => Look::Call,
                Kind::Gate => Look::Gates,
                Kind::Leg => Look::Wait,
            },
        });
        let mut picture =
            Picture { title: "All flows".into(), start: None, nodes: nodes.collect(), arrows: Vec::new() };
        for flow in set.flows.values() {
            for node in flow.states.values() {
                let runs: Vec<(String, &FlowId)> = match node {
                    Node::Call(call) => vec![(String::new(), &call.flow)],
                    Node::Gates(gates) => gates.each.iter().map(|(method, flow)| (method.to_string(), flow)).collect(),
                    Node::Do(wish) => wish.leg.iter().map(|leg| ("by telephone".to_owned(), leg)).collect(),
                    _ => Vec::new(),
                };
                for (label, to) in runs {
                    if let (Some(from), Some(to)) = (index.get(&flow.id), index.get(to)) {
                        picture.arrow(*from, *to, label);
                    }
                }
            }
        }
        picture
    }

    /// As text that Markdown viewers draw.
    pub fn mermaid(&self) -> String {
        mermaid::draw(self)
    }

    /// As a drawing that every browser shows.
    pub fn svg(&self) -> String {
        svg::draw(self)
    }

    /// Arrows between the same two boxes become one.
    fn arrow(&mut self, from: usize, to: usize, label: String) {
        match self.arrows.iter_mut().find(|arrow| arrow.from == from && arrow.to == to) {
            Some(arrow) if arrow.label.split(", ").any(|known| known == label) => {}
            Some(arrow) => {
                arrow.label.push_str(", ");
                arrow.label.push_str(&label);
            }
            None => self.arrows.push(Arrow { from, to, label }),
        }
    }
}

fn title(flow: &Flow) -> String {
    let purpose = flow.purpose.map_or(String::new(), |purpose| format!(", for {purpose}"));
    format!("{} ({}, version {}{purpose})", flow.id, kind(flow.kind), flow.version)
}

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Service => "service",
        Kind::Part => "part",
        Kind::Gate => "gate",
        Kind::Leg => "leg",
    }
}

fn does(node: &Node) -> String {
    match node {
        Node::Say(say) => format!("say {}", say.text.key),
        Node::Ask(ask) => format!("ask {}", ask.prompt.key),
        Node::Choose(choose) => format!("choose {}", choose.prompt.key),
        Node::Do(wish) => format!("do {}", written(&wish.effect)),
        Node::Gates(_) => "gates".to_owned(),
        Node::Call(call) => format!("call {}", call.flow),
        Node::Page(page) => format!("page {}", written(&page.form)),
        Node::Wait(wait) => format!("wait {}s", wait.timeout.0),
        Node::End(_) => "end".to_owned(),
    }
}

fn look(node: &Node) -> Look {
    match node {
        Node::Say(_) => Look::Say,
        Node::Ask(_) | Node::Choose(_) => Look::Question,
        Node::Do(wish) if wish.effect.privilege().is_some() => Look::Privileged,
        Node::Do(_) => Look::Effect,
        Node::Gates(_) => Look::Gates,
        Node::Call(_) => Look::Call,
        Node::Page(_) => Look::Page,
        Node::Wait(_) => Look::Wait,
        Node::End(_) => Look::End,
    }
}

/// Every way out of a node with its label; the only way has none.
fn ways(node: &Node) -> Vec<(String, StateId)> {
    let mut ways: Vec<(String, StateId)> = Vec::new();
    let bound = |bound: &Option<crate::flow::set::Bound>| {
        bound.as_ref().map(|bound| (format!("more than {}", bound.max), bound.then.clone()))
    };
    let options = |options: &[MenuOption], ways: &mut Vec<(String, StateId)>| {
        for option in options {
            ways.push((option.key.to_string(), option.next.clone()));
            ways.extend(bound(&option.bound));
        }
    };
    match node {
        Node::Say(say) => {
            ways.push((String::new(), say.next.clone()));
            ways.extend(bound(&say.bound));
        }
        Node::Ask(ask) => {
            ways.push(("answer".into(), ask.next.clone()));
            options(&ask.options, &mut ways);
            ways.extend(ask.deny.iter().map(|(_, to)| ("not me".to_owned(), to.clone())));
            ways.extend(bound(&ask.bound));
        }
        Node::Choose(choose) => options(&choose.options, &mut ways),
        Node::Do(wish) => {
            ways.extend(wish.on.iter().map(|(outcome, to)| (written(outcome), to.clone())));
            ways.extend(bound(&wish.bound));
        }
        Node::Gates(gates) => {
            let to =
                [("satisfied", &gates.satisfied), ("exhausted", &gates.exhausted), ("impossible", &gates.impossible)];
            ways.extend(to.map(|(label, to)| (label.to_owned(), to.clone())));
        }
        Node::Call(call) => ways.extend(call.on.iter().map(|(end, to)| (end.to_string(), to.clone()))),
        Node::Page(page) => {
            let to = [("submitted", &page.submitted), ("expired", &page.expired), ("declined", &page.declined)];
            ways.extend(to.map(|(label, to)| (label.to_owned(), to.clone())));
            ways.extend(bound(&page.bound));
        }
        Node::Wait(wait) => ways.extend(wait.on.iter().map(|(end, to)| (written(end), to.clone()))),
        Node::End(_) => {}
    }
    if let [(label, _)] = ways.as_mut_slice() {
        label.clear();
    }
    ways
}
