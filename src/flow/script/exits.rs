//! Where a node leads, whatever its kind.

use crate::flow::script::place::{At, Place};
use crate::flow::script::{BoundScript, NodeScript, On, OptionScript};
use crate::model::names::StateId;

/// One way out of a node.
#[derive(Clone, Debug)]
pub struct Exit<'a> {
    /// What makes the walk take it: an outcome, an option key, `next`, `bound`.
    pub label: String,
    pub to: &'a At<StateId>,
    /// Taken at most so often in a run.
    pub bounded: bool,
    /// An option that may be hidden.
    pub conditional: bool,
}

impl NodeScript {
    /// Every way out that the script writes down, in its order.
    pub fn exits(&self) -> Vec<Exit<'_>> {
        let mut exits = Vec::new();
        match self {
            NodeScript::Say(say) => {
                exits.push(plain("next", &say.next));
                bound(&mut exits, say.bound.as_ref());
            }
            NodeScript::Ask(ask) => {
                exits.push(plain("next", &ask.next));
                options(&mut exits, &ask.options);
                exits.extend(ask.deny.iter().map(|deny| plain("deny", &deny.next)));
                bound(&mut exits, ask.bound.as_ref());
            }
            NodeScript::Choose(choose) => options(&mut exits, &choose.options),
            NodeScript::Do(effect) => {
                outcomes(&mut exits, &effect.on);
                bound(&mut exits, effect.bound.as_ref());
            }
            NodeScript::Gates(gates) => outcomes(&mut exits, &gates.on),
            NodeScript::Call(call) => outcomes(&mut exits, &call.on),
            NodeScript::Page(page) => {
                outcomes(&mut exits, &page.on);
                bound(&mut exits, page.bound.as_ref());
            }
            NodeScript::Wait(wait) => outcomes(&mut exits, &wait.on),
            NodeScript::End(_) => {}
        }
        exits
    }

    /// The bound of the node itself.
    pub fn bound(&self) -> Option<&BoundScript> {
        match self {
            NodeScript::Say(say) => say.bound.as_ref(),
            NodeScript::Ask(ask) => ask.bound.as_ref(),
            NodeScript::Do(effect) => effect.bound.as_ref(),
            NodeScript::Page(page) => page.bound.as_ref(),
            NodeScript::Choose(_)
            | NodeScript::Gates(_)
            | NodeScript::Call(_)
            | NodeScript::Wait(_)
            | NodeScript::End(_) => None,
        }
    }

    /// Options of a menu, or beside a question.
    pub fn options(&self) -> &[OptionScript] {
        match self {
            NodeScript::Ask(ask) => &ask.options,
            NodeScript::Choose(choose) => &choose.options,
            NodeScript::Say(_)
            | NodeScript::Do(_)
            | NodeScript::Gates(_)
            | NodeScript::Call(_)
            | NodeScript::Page(_)
            | NodeScript::Wait(_)
            | NodeScript::End(_) => &[],
        }
    }

    /// Whether a person's answer is awaited here, so that retries apply.
    pub fn is_question(&self) -> bool {
        matches!(self, NodeScript::Ask(_) | NodeScript::Choose(_))
    }

    /// The outcomes that the node handles, where it has a table of them.
    pub fn on(&self) -> Option<&On> {
        match self {
            NodeScript::Do(effect) => Some(&effect.on),
            NodeScript::Gates(gates) => Some(&gates.on),
            NodeScript::Call(call) => Some(&call.on),
            NodeScript::Page(page) => Some(&page.on),
            NodeScript::Wait(wait) => Some(&wait.on),
            NodeScript::Say(_) | NodeScript::Ask(_) | NodeScript::Choose(_) | NodeScript::End(_) => None,
        }
    }

    /// The outcome by which time runs out.
    pub fn time_runs_out(&self) -> Option<&'static str> {
        match self {
            NodeScript::Page(_) => Some("expired"),
            NodeScript::Wait(_) => Some("timeout"),
            _ => None,
        }
    }

    /// How scripts write this kind of node.
    pub fn kind(&self) -> &'static str {
        match self {
            NodeScript::Say(_) => "say",
            NodeScript::Ask(_) => "ask",
            NodeScript::Choose(_) => "choose",
            NodeScript::Do(_) => "do",
            NodeScript::Gates(_) => "gates",
            NodeScript::Call(_) => "call",
            NodeScript::Page(_) => "page",
            NodeScript::Wait(_) => "wait",
            NodeScript::End(_) => "end",
        }
    }

    /// The place of the first word inside the node, for findings about the node as a whole.
    pub fn place(&self) -> Place {
        match self {
            NodeScript::Say(say) => say.text.place,
            NodeScript::Ask(ask) => ask.slot.place,
            NodeScript::Choose(choose) => choose.prompt.place,
            NodeScript::Do(effect) => effect.effect.place,
            NodeScript::Gates(gates) => gates.prompt.place,
            NodeScript::Call(call) => call.flow.place,
            NodeScript::Page(page) => page.form.place,
            NodeScript::Wait(wait) => wait.text.place,
            NodeScript::End(end) => end.place,
        }
    }
}

fn plain<'a>(label: &str, to: &'a At<StateId>) -> Exit<'a> {
    Exit { label: label.to_owned(), to, bounded: false, conditional: false }
}

fn bound<'a>(exits: &mut Vec<Exit<'a>>, bound: Option<&'a BoundScript>) {
    exits.extend(bound.map(|bound| plain("bound", &bound.then)));
}

fn options<'a>(exits: &mut Vec<Exit<'a>>, options: &'a [OptionScript]) {
    for option in options {
        exits.push(Exit {
            label: option.key.to_string(),
            to: &option.next,
            bounded: option.bound.is_some(),
            conditional: !option.when.is_empty(),
        });
        bound(exits, option.bound.as_ref());
    }
}

fn outcomes<'a>(exits: &mut Vec<Exit<'a>>, on: &'a On) {
    exits.extend(on.iter().map(|(outcome, to)| plain(outcome.as_str(), to)));
}
