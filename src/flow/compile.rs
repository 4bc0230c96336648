//! From scripts that passed every lint to the set that the engine walks.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use crate::flow::read::Scripts;
use crate::flow::script::place::{At, When};
use crate::flow::script::{
    Args, AskScript, BoundScript, FlowScript, GatesScript, GlobalsScript, NodeScript, On, OptionScript, SentenceScript,
    VoiceText,
};
use crate::flow::set::{
    Ask, Bound, Call, Choose, CommandRule, Condition, Do, Flow, FlowSet, Gates, Globals, MenuOption, Node, Page, Retry,
    Say, SessionLimits, Text, Timeouts, VoiceAsk, Wait,
};
use crate::model::ids::FlowSetHash;
use crate::model::names::{EndId, MessageKey, StateId};

/// Makes the set, or `None` where a name does not resolve, which the lints have then reported.
pub fn compile(scripts: &Scripts) -> Option<FlowSet> {
    let (_, globals) = scripts.globals.as_ref()?;
    let mut flows = BTreeMap::new();
    for placed in &scripts.flows {
        flows.insert(placed.script.flow.value.clone(), flow(&placed.script)?);
    }
    Some(FlowSet { hash: hash(scripts), globals: compile_globals(globals)?, flows, files: Vec::new() })
}

/// SHA-256 over the scripts without layout, comments, order of keys and order of files.
fn hash(scripts: &Scripts) -> FlowSetHash {
    let mut digest = Sha256::new();
    if let Some((_, globals)) = &scripts.globals {
        digest.update(normal(globals));
    }
    for placed in &scripts.flows {
        digest.update([0]);
        digest.update(normal(&placed.script));
    }
    FlowSetHash(digest.finalize().into())
}

/// The one form of a script that its hash and its fingerprint are taken from.
pub fn normal(script: &impl serde::Serialize) -> String {
    serde_json::to_string(script).expect("scripts are maps with string keys, lists, strings and numbers")
}

fn compile_globals(script: &GlobalsScript) -> Option<Globals> {
    let retry = &script.defaults.retry;
    let timeout = &script.defaults.timeout;
    let session = &script.defaults.session;
    let mut commands = BTreeMap::new();
    for (command, rule) in &script.commands {
        let rule = CommandRule {
            say: value(&rule.say),
            confirm: value(&rule.confirm),
            call: value(&rule.call),
            voice_key: value(&rule.voice_key),
            then: rule.then,
        };
        commands.insert(command.value?, rule);
    }
    Some(Globals {
        retry: Retry {
            max: retry.max.value,
            no_match: value(&retry.no_match)?,
            no_input: value(&retry.no_input)?,
            service: retry.then.service.value.clone(),
            part: retry.then.part.value.clone(),
            gate: retry.then.gate.value.clone(),
            leg: retry.then.leg.value.clone(),
        },
        timeout: Timeouts { chat: timeout.chat.0, page: timeout.page.0, voice: timeout.voice.0 },
        session: SessionLimits { idle: session.idle.0, total: session.total.0, turns: session.turns.value },
        commands,
        group: script.group.value.clone(),
    })
}

fn flow(script: &FlowScript) -> Option<Flow> {
    let mut states = BTreeMap::new();
    for (id, state) in &script.states {
        states.insert(id.value.clone(), node(state)?);
    }
    let purpose = match &script.purpose {
        Some(purpose) => Some(purpose.value?),
        None => None,
    };
    Some(Flow {
        id: script.flow.value.clone(),
        version: script.version,
        kind: script.kind,
        purpose,
        entry: script.entry.value.clone(),
        ends: script.ends.iter().map(|end| end.value.clone()).collect(),
        states,
    })
}

fn node(script: &NodeScript) -> Option<Node> {
    Some(match script {
        NodeScript::Say(say) => Node::Say(Say {
            text: text(&say.text, &say.args, say.voice.as_ref())?,
            when: conditions(&say.when)?,
            next: say.next.value.clone(),
            bound: bound(say.bound.as_ref()),
        }),
        NodeScript::Ask(ask) => Node::Ask(compile_ask(ask)?),
        NodeScript::Choose(choose) => Node::Choose(Choose {
            prompt: text(&choose.prompt, &choose.args, choose.voice.as_ref())?,
            options: options(&choose.options)?,
            retry: value(&choose.retry),
        }),
        NodeScript::Do(effect) => {
            let with = effect.with.as_ref();
            Node::Do(Do {
                effect: effect.effect.value?,
                from: value(&effect.from),
                leg: with.and_then(|with| value(&with.leg)),
                template: with.and_then(|with| value(&with.template)),
                on: table(&effect.on)?,
                bound: bound(effect.bound.as_ref()),
            })
        }
        NodeScript::Gates(gates) => Node::Gates(compile_gates(gates)?),
        NodeScript::Call(call) => Node::Call(Call {
            flow: call.flow.value.clone(),
            on: call.on.iter().map(|(end, to)| (end.value.clone(), to.value.clone())).collect(),
        }),
        NodeScript::Page(page) => Node::Page(Page {
            form: page.form.value?,
            text: text(&page.text, &page.args, page.voice.as_ref())?,
            submitted: target(&page.on, "submitted")?,
            expired: target(&page.on, "expired")?,
            declined: target(&page.on, "declined")?,
            bound: bound(page.bound.as_ref()),
        }),
        NodeScript::Wait(wait) => Node::Wait(Wait {
            text: text(&wait.text, &wait.args, wait.voice.as_ref())?,
            timeout: wait.timeout.as_ref()?.0,
            on: table(&wait.on)?,
        }),
        NodeScript::End(end) => Node::End(end.value.clone()),
    })
}

fn compile_ask(ask: &AskScript) -> Option<Ask> {
    let voice = ask.voice.as_ref();
    let spoken = voice.and_then(|voice| voice.prompt.clone()).map(|text| VoiceText { text });
    Some(Ask {
        slot: ask.slot.value.clone(),
        kind: ask.kind.value?,
        class: ask.class,
        prompt: text(&ask.prompt, &ask.args, spoken.as_ref())?,
        voice: VoiceAsk {
            kind: voice.and_then(|voice| voice.kind.as_ref()).and_then(|kind| kind.value),
            keys: voice.and_then(|voice| value(&voice.keys)),
        },
        when: conditions(&ask.when)?,
        options: options(&ask.options)?,
        deny: ask.deny.as_ref().map(|deny| (deny.key.value, deny.next.value.clone())),
        next: ask.next.value.clone(),
        bound: bound(ask.bound.as_ref()),
        retry: value(&ask.retry),
    })
}

fn compile_gates(gates: &GatesScript) -> Option<Gates> {
    let SentenceScript { text: progress, args } = &gates.progress;
    let mut each = BTreeMap::new();
    for (method, flow) in &gates.each {
        each.insert(method.value?, flow.value.clone());
    }
    Some(Gates {
        prompt: text(&gates.prompt, &gates.args, gates.voice.as_ref())?,
        progress: text(progress, args, None)?,
        label: gates.label.to_string(),
        each,
        satisfied: target(&gates.on, "satisfied")?,
        exhausted: target(&gates.on, "exhausted")?,
        impossible: target(&gates.on, "impossible")?,
    })
}

fn text(key: &At<MessageKey>, args: &Args, voice: Option<&VoiceText>) -> Option<Text> {
    let mut sources = BTreeMap::new();
    for (name, source) in args {
        sources.insert(name.value.clone(), source.value?);
    }
    Some(Text { key: key.value.clone(), voice: voice.map(|voice| voice.text.value.clone()), args: sources })
}

fn options(scripts: &[OptionScript]) -> Option<Vec<MenuOption>> {
    let option = |script: &OptionScript| {
        Some(MenuOption {
            key: script.key.value.clone(),
            label: script.label.value.clone(),
            voice_key: value(&script.voice_key),
            next: script.next.value.clone(),
            when: conditions(&script.when)?,
            bound: bound(script.bound.as_ref()),
        })
    };
    scripts.iter().map(option).collect()
}

fn conditions(when: &[When]) -> Option<Vec<Condition>> {
    let condition = |when: &When| Some(Condition { predicate: when.predicate.value?, negated: when.negated });
    when.iter().map(condition).collect()
}

fn bound(script: Option<&BoundScript>) -> Option<Bound> {
    script.map(|bound| Bound { max: bound.max.value, then: bound.then.value.clone() })
}

fn target(on: &On, name: &'static str) -> Option<StateId> {
    on.get(&EndId::of(name)).map(|to| to.value.clone())
}

/// An outcome table by the closed list that its keys come from.
fn table<K: Ord + for<'de> serde::Deserialize<'de>>(on: &On) -> Option<BTreeMap<K, StateId>> {
    let row = |(name, to): (&At<EndId>, &At<StateId>)| {
        let key = K::deserialize(serde::de::value::StrDeserializer::<serde::de::value::Error>::new(name.as_str()));
        Some((key.ok()?, to.value.clone()))
    };
    on.iter().map(row).collect()
}

fn value<T: Clone>(at: &Option<At<T>>) -> Option<T> {
    at.as_ref().map(|at| at.value.clone())
}
