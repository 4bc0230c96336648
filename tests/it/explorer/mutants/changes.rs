//! One change at a time, each of a kind that a careless or a hostile author makes.

use serde_json::{Map, Value, json};

use super::{Chance, Set, exits, name};

type Change = fn(&mut Set, &mut Chance) -> Option<String>;

const CHANGES: [(&str, Change); 20] = [
    ("delete", delete),
    ("redirect", redirect),
    ("redirect", redirect),
    ("swap nodes", swap_nodes),
    ("loop back", loop_back),
    ("drop gates", drop_gates),
    ("change purpose", change_purpose),
    ("swap effects", swap_effects),
    ("other effect", other_effect),
    ("inline", inline),
    ("skip call", skip_call),
    ("change entry", change_entry),
    ("insert privileged", insert_privileged),
    ("swap exits", swap_exits),
    ("change bound", change_bound),
    ("change form", change_form),
    ("change each", change_each),
    ("insert message", insert_message),
    ("global", global),
    ("other end", other_end),
];

/// Makes a change; `None` where the dice fell on something that is not there.
pub fn change(set: &mut Set, chance: &mut Chance) -> Option<String> {
    let (kind, change) = CHANGES[chance.below(CHANGES.len())];
    Some(format!("{kind}: {}", change(set, chance)?))
}

fn delete(set: &mut Set, chance: &mut Chance) -> Option<String> {
    let flow = any_flow(set, chance)?;
    let id = any_state(flow, chance, |_| true)?;
    let mut node = states(flow)?.remove(&id)?;
    // Half of them close the gap with what came next.
    let next: Vec<String> = exits(&mut node).into_iter().map(|to| to.clone()).collect();
    if let (Some(next), true) = (chance.of(&next), chance.below(4) > 0) {
        lead(flow, &id, next);
    }
    Some(format!("{}.{id}", name(flow)))
}

fn redirect(set: &mut Set, chance: &mut Chance) -> Option<String> {
    let flow = any_flow(set, chance)?;
    let id = any_state(flow, chance, |_| true)?;
    let to = any_state(flow, chance, |_| true)?;
    let flow_name = name(flow);
    let mut exits = exits(states(flow)?.get_mut(&id)?);
    let nth = chance.below(exits.len());
    let exit = exits.get_mut(nth)?;
    let told = format!("{flow_name}.{id} {exit} -> {to}");
    **exit = to;
    Some(told)
}

fn swap_nodes(set: &mut Set, chance: &mut Chance) -> Option<String> {
    let flow = any_flow(set, chance)?;
    let (one, two) = (any_state(flow, chance, |_| true)?, any_state(flow, chance, |_| true)?);
    let flow_name = name(flow);
    let states = states(flow)?;
    let (first, second) = (states.get(&one)?.clone(), states.get(&two)?.clone());
    states.insert(one.clone(), second);
    states.insert(two.clone(), first);
    Some(format!("{flow_name}.{one} and {two}"))
}

/// With a bound, as the rules demand.
fn loop_back(set: &mut Set, chance: &mut Chance) -> Option<String> {
    let flow = any_flow(set, chance)?;
    let id = any_state(flow, chance, |node| !node["say"].is_null())?;
    let to = any_state(flow, chance, |_| true)?;
    let flow_name = name(flow);
    let say = states(flow)?.get_mut(&id)?.get_mut("say")?;
    let next = say["next"].clone();
    say["bound"] = json!({ "max": 1 + chance.below(3), "then": next });
    say["next"] = json!(to);
    Some(format!("{flow_name}.{id} to {to}"))
}

fn drop_gates(set: &mut Set, chance: &mut Chance) -> Option<String> {
    let flow = some_flow(set, chance, |flow| flow["states"].to_string().contains("\"gates\""))?;
    let id = any_state(flow, chance, |node| !node["gates"].is_null())?;
    let exit = *chance.of(&["satisfied", "exhausted", "impossible"])?;
    let next = states(flow)?.get(&id)?["gates"]["on"][exit].as_str()?.to_owned();
    lead(flow, &id, &next);
    states(flow)?.remove(&id);
    Some(format!("{}.{id}, on at {exit}", name(flow)))
}

fn change_purpose(set: &mut Set, chance: &mut Chance) -> Option<String> {
    let flow = any_flow(set, chance)?;
    let purpose = *chance.of(&["reset_password", "unlock_account", "change_password", "none"])?;
    let told = format!("{} {} to {purpose}", name(flow), flow["purpose"]);
    match purpose {
        "none" => flow.as_object_mut()?.remove("purpose"),
        _ => flow.as_object_mut()?.insert("purpose".to_owned(), json!(purpose)),
    };
    Some(told)
}

fn swap_effects(set: &mut Set, chance: &mut Chance) -> Option<String> {
    let flow = some_flow(set, chance, |flow| flow["states"].to_string().contains("\"effect\""))?;
    let one = any_state(flow, chance, |node| !node["do"].is_null())?;
    let two = any_state(flow, chance, |node| !node["do"].is_null())?;
    let flow_name = name(flow);
    let states = states(flow)?;
    let (first, second) = (states.get(&one)?["do"]["effect"].clone(), states.get(&two)?["do"]["effect"].clone());
    let told = format!("{flow_name}.{one} {first} and {two} {second}");
    refit(states.get_mut(&one)?, &second);
    refit(states.get_mut(&two)?, &first);
    Some(told)
}

fn other_effect(set: &mut Set, chance: &mut Chance) -> Option<String> {
    let flow = some_flow(set, chance, |flow| flow["states"].to_string().contains("\"effect\""))?;
    let id = any_state(flow, chance, |node| !node["do"].is_null())?;
    let effects = ["unlock_account", "set_password", "check_code", "check_totp", "claim_receipt", "notify_owner"];
    let effect = *chance.of(&effects)?;
    let flow_name = name(flow);
    refit(states(flow)?.get_mut(&id)?, &json!(effect));
    Some(format!("{flow_name}.{id} is {effect}"))
}

/// Puts a called part into its caller.
fn inline(set: &mut Set, chance: &mut Chance) -> Option<String> {
    let parts = set.flows.clone();
    let flow = some_flow(set, chance, |flow| flow["states"].to_string().contains("\"call\""))?;
    let id = any_state(flow, chance, |node| !node["call"].is_null())?;
    let flow_name = name(flow);
    let states = states(flow)?;
    let call = states.get(&id)?["call"].clone();
    let part = parts.iter().find(|part| part["flow"] == call["flow"])?;
    for (inner, node) in part["states"].as_object()? {
        let mut node = node.clone();
        for to in exits(&mut node) {
            *to = format!("in_{to}");
        }
        if let Some(end) = node["end"].as_str() {
            let to = call["on"][end].as_str().unwrap_or(&id).to_owned();
            let text = json!("common-stopped");
            node = json!({ "say": { "text": text, "next": to } });
        }
        states.insert(format!("in_{inner}"), node);
    }
    states.remove(&id);
    lead(flow, &id, &format!("in_{}", part["entry"].as_str()?));
    Some(format!("{} into {flow_name}.{id}", call["flow"]))
}

fn skip_call(set: &mut Set, chance: &mut Chance) -> Option<String> {
    let flow = some_flow(set, chance, |flow| flow["states"].to_string().contains("\"call\""))?;
    let id = any_state(flow, chance, |node| !node["call"].is_null())?;
    let ways: Vec<String> = states(flow)?.get(&id)?["call"]["on"]
        .as_object()?
        .values()
        .filter_map(|to| Some(to.as_str()?.into()))
        .collect();
    let next = chance.of(&ways)?.clone();
    lead(flow, &id, &next);
    states(flow)?.remove(&id);
    Some(format!("{}.{id}, on at {next}", name(flow)))
}

fn change_entry(set: &mut Set, chance: &mut Chance) -> Option<String> {
    let flow = any_flow(set, chance)?;
    let id = any_state(flow, chance, |_| true)?;
    flow["entry"] = json!(id);
    Some(format!("{} begins at {id}", name(flow)))
}

/// A privileged effect, with its notice, on a way that leads somewhere else.
fn insert_privileged(set: &mut Set, chance: &mut Chance) -> Option<String> {
    let flow = any_flow(set, chance)?;
    let id = any_state(flow, chance, |node| node["end"].is_null())?;
    let flow_name = name(flow);
    let states = states(flow)?;
    let mut exits = exits(states.get_mut(&id)?);
    let nth = chance.below(exits.len());
    let exit = exits.get_mut(nth)?;
    let next = std::mem::replace(*exit, "extra".to_owned());
    let (effect, quiet) = *chance.of(&[("unlock_account", "not_locked"), ("set_password", "policy")])?;
    let mut wish = json!({ "effect": effect, "on": { "ok": "extra_tell", "stale": next, "unavailable": next } });
    wish["on"][quiet] = json!(next);
    if effect == "set_password" {
        wish["on"]["uncertain"] = json!("extra_tell");
    }
    let tell = json!({ "effect": "notify_owner", "with": { "template": "mail-account-unlocked" },
        "on": { "queued": next, "unavailable": next } });
    states.insert("extra".to_owned(), json!({ "do": wish }));
    states.insert("extra_tell".to_owned(), json!({ "do": tell }));
    Some(format!("{effect} behind {flow_name}.{id}, before {next}"))
}

fn swap_exits(set: &mut Set, chance: &mut Chance) -> Option<String> {
    let flow = any_flow(set, chance)?;
    let id = any_state(flow, chance, |_| true)?;
    let flow_name = name(flow);
    let mut exits = exits(states(flow)?.get_mut(&id)?);
    let (one, two) = (chance.below(exits.len()), chance.below(exits.len()));
    let (first, second) = (exits.get(one)?.to_string(), exits.get(two)?.to_string());
    if first == second {
        return None;
    }
    **exits.get_mut(one)? = second.clone();
    **exits.get_mut(two)? = first.clone();
    Some(format!("{flow_name}.{id} {first} and {second}"))
}

fn change_bound(set: &mut Set, chance: &mut Chance) -> Option<String> {
    let flow = any_flow(set, chance)?;
    let id = any_state(flow, chance, |node| node.to_string().contains("\"bound\""))?;
    let max = 1 + chance.below(9);
    let flow_name = name(flow);
    for body in states(flow)?.get_mut(&id)?.as_object_mut()?.values_mut() {
        if let Some(bound) = body.get_mut("bound") {
            bound["max"] = json!(max);
        }
    }
    Some(format!("{flow_name}.{id} {max}"))
}

fn change_form(set: &mut Set, chance: &mut Chance) -> Option<String> {
    let flow = some_flow(set, chance, |flow| flow["states"].to_string().contains("\"page\""))?;
    let id = any_state(flow, chance, |node| !node["page"].is_null())?;
    let flow_name = name(flow);
    let form = &mut states(flow)?.get_mut(&id)?["page"]["form"];
    *form = if *form == "answers" { json!("new_password") } else { json!("answers") };
    Some(format!("{flow_name}.{id}"))
}

fn change_each(set: &mut Set, chance: &mut Chance) -> Option<String> {
    let gates: Vec<String> = set.flows.iter().filter(|flow| flow["kind"] == "gate").map(name).collect();
    let flow = some_flow(set, chance, |flow| flow["states"].to_string().contains("\"gates\""))?;
    let id = any_state(flow, chance, |node| !node["gates"].is_null())?;
    let flow_name = name(flow);
    let each = states(flow)?.get_mut(&id)?["gates"]["each"].as_object_mut()?;
    let methods: Vec<String> = each.keys().cloned().collect();
    let method = chance.of(&methods)?.clone();
    if chance.below(3) == 0 {
        each.remove(&method);
        return Some(format!("{flow_name}.{id} without {method}"));
    }
    let gate = chance.of(&gates)?.clone();
    each.insert(method.clone(), json!(gate));
    Some(format!("{flow_name}.{id} {method} by {gate}"))
}

fn insert_message(set: &mut Set, chance: &mut Chance) -> Option<String> {
    let flow = any_flow(set, chance)?;
    let id = any_state(flow, chance, |node| node["end"].is_null())?;
    let flow_name = name(flow);
    let states = states(flow)?;
    let mut exits = exits(states.get_mut(&id)?);
    let nth = chance.below(exits.len());
    let exit = exits.get_mut(nth)?;
    let next = std::mem::replace(*exit, "word".to_owned());
    states.insert("word".to_owned(), json!({ "say": { "text": "common-stopped", "next": next } }));
    Some(format!("behind {flow_name}.{id}"))
}

fn global(set: &mut Set, chance: &mut Chance) -> Option<String> {
    let flows: Vec<String> = set.flows.iter().map(name).collect();
    let flow = chance.of(&flows)?.clone();
    if chance.below(2) == 0 {
        set.globals["defaults"]["retry"]["then"]["service"] = json!(flow);
        return Some(format!("an exhausted question leads to {flow}"));
    }
    let commands = set.globals["commands"].as_object_mut()?;
    let names: Vec<String> = commands.keys().cloned().collect();
    let command = chance.of(&names)?.clone();
    commands.get_mut(&command)?["call"] = json!(flow);
    Some(format!("{command} calls {flow}"))
}

fn other_end(set: &mut Set, chance: &mut Chance) -> Option<String> {
    let flow = any_flow(set, chance)?;
    let ends: Vec<String> = flow["ends"].as_array()?.iter().filter_map(|end| Some(end.as_str()?.to_owned())).collect();
    let end = chance.of(&ends)?.clone();
    let id = any_state(flow, chance, |_| true)?;
    let flow_name = name(flow);
    states(flow)?.insert(id.clone(), json!({ "end": end }));
    Some(format!("{flow_name}.{id} is {end}"))
}

/// Another effect with its own outcomes; those that the node did not know go where the first one led.
fn refit(node: &mut Value, effect: &Value) {
    use ringback::flow::effect::EffectName;
    let Some(wish) = node.get_mut("do") else { return };
    let Ok(name) = serde_json::from_value::<EffectName>(effect.clone()) else { return };
    let old: Vec<Value> = wish["on"].as_object().map(|on| on.values().cloned().collect()).unwrap_or_default();
    let Some(first) = old.first().cloned() else { return };
    let mut on = Map::new();
    for (nth, outcome) in name.outcomes().iter().enumerate() {
        let outcome = serde_json::to_value(outcome).unwrap().as_str().unwrap().to_owned();
        let to = wish["on"].get(&outcome).or_else(|| old.get(nth)).unwrap_or(&first).clone();
        on.insert(outcome, to);
    }
    wish["on"] = Value::Object(on);
    wish["effect"] = effect.clone();
    match name {
        EffectName::NotifyOwner => wish["with"] = json!({ "template": "mail-account-unlocked" }),
        _ => {
            wish.as_object_mut().unwrap().remove("with");
        }
    }
}

/// Whatever led to a state leads to another.
fn lead(flow: &mut Value, from: &str, to: &str) {
    if flow["entry"] == from {
        flow["entry"] = json!(to);
    }
    let Some(states) = flow["states"].as_object_mut() else { return };
    for node in states.values_mut() {
        for exit in exits(node) {
            if exit == from {
                *exit = to.to_owned();
            }
        }
    }
}

fn any_flow<'a>(set: &'a mut Set, chance: &mut Chance) -> Option<&'a mut Value> {
    some_flow(set, chance, |_| true)
}

fn some_flow<'a>(set: &'a mut Set, chance: &mut Chance, fits: fn(&Value) -> bool) -> Option<&'a mut Value> {
    let mut fitting: Vec<&mut Value> = set.flows.iter_mut().filter(|flow| fits(flow)).collect();
    let nth = chance.below(fitting.len());
    (nth < fitting.len()).then(|| fitting.swap_remove(nth))
}

fn any_state(flow: &Value, chance: &mut Chance, fits: fn(&Value) -> bool) -> Option<String> {
    let states = flow["states"].as_object()?;
    let fitting: Vec<&String> = states.iter().filter(|(_, node)| fits(node)).map(|(id, _)| id).collect();
    chance.of(&fitting).map(|id| (*id).clone())
}

fn states(flow: &mut Value) -> Option<&mut Map<String, Value>> {
    flow["states"].as_object_mut()
}
