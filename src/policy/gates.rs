//! How many gates a purpose needs, which count as different, and which methods are still on offer.

use serde::{Deserialize, Serialize};

use crate::model::ids::TargetHash;
use crate::model::method::Method;
use crate::policy::tenant::Tenant;

/// What makes two gates count as two. Targets must always differ.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Distinct {
    /// Different targets are enough: text to the mobile, then a call to the office.
    Target,
    /// Their families must differ too (default): after one telephone, none.
    Family,
}

/// A method of one account with the target it reaches.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Factor {
    pub method: Method,
    pub target: TargetHash,
    /// What the person is shown of it.
    pub hint: String,
}

/// What policy demands for one purpose; recomputed at each privileged effect, never stored.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Requirement {
    pub needed: u8,
    pub distinct: Distinct,
    pub methods: Vec<Method>,
    /// Where the person is met.
    pub source: Source,
}

/// Whether an account knows the channel address that somebody writes from, for it succeeded from there before.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    Known,
    Unknown,
}

/// A gate that passed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Passed {
    pub method: Method,
    pub target: TargetHash,
}

impl Requirement {
    /// Digits of a delivered code: 8 where one gate suffices, 6 where two are needed (`docs/ARCHITECTURE.md`, "Limits").
    pub fn code_digits(&self) -> u8 {
        if self.needed >= 2 { 6 } else { 8 }
    }
}

/// The requirement of a tenant. Both purposes give back control of an account, so both need the same gates.
pub fn requirement(tenant: &Tenant, source: Source) -> Requirement {
    let methods = tenant.methods.clone();
    Requirement { needed: tenant.gates_needed.max(1), distinct: tenant.distinct, methods, source }
}

/// How many gates are still missing: those that passed count as the largest set in which each differs from each, so
/// their order decides nothing. A question never suffices alone: it counts only beside another gate that differs. Nor
/// does an authenticator's code from an unknown source: its six digits cannot be made eight, and trying costs a stranger
/// no message.
pub fn missing(requirement: &Requirement, passed: &[Passed]) -> u8 {
    let have = largest(requirement, passed, &mut Vec::new());
    requirement.needed.saturating_sub(have)
}

/// Methods that can still bring the person forward, in the tenant's order.
pub fn offer(requirement: &Requirement, factors: &[Factor], passed: &[Passed], tried: &[TargetMethod]) -> Vec<Factor> {
    let mut offered = Vec::new();
    for method in &requirement.methods {
        for factor in factors.iter().filter(|factor| factor.method == *method) {
            let fresh = passed.iter().all(|gate| differ(requirement.distinct, gate, factor));
            let spent = tried.iter().any(|t| t.method == factor.method && t.target == factor.target);
            if fresh && !spent {
                offered.push(factor.clone());
            }
        }
    }
    offered
}

/// A method and target that was given up in this run.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct TargetMethod {
    pub method: Method,
    pub target: TargetHash,
}

/// What the largest set of differing gates is worth; the search ends as soon as it is enough.
fn largest(requirement: &Requirement, rest: &[Passed], chosen: &mut Vec<Passed>) -> u8 {
    let have = worth(requirement, chosen);
    let Some((gate, rest)) = rest.split_first().filter(|_| have < requirement.needed) else { return have };
    let factor = Factor { method: gate.method, target: gate.target, hint: String::new() };
    let mut best = largest(requirement, rest, chosen);
    if best < requirement.needed && chosen.iter().all(|earlier| differ(requirement.distinct, earlier, &factor)) {
        chosen.push(*gate);
        best = best.max(largest(requirement, rest, chosen));
        chosen.pop();
    }
    best
}

/// Answers alone, and a stranger's authenticator alone, leave at least one gate to pass.
fn worth(requirement: &Requirement, chosen: &[Passed]) -> u8 {
    let count = u8::try_from(chosen.len()).unwrap_or(u8::MAX);
    let answers_alone = chosen.iter().all(|gate| gate.method == Method::Questions);
    let stranger = requirement.source == Source::Unknown;
    let app_alone = stranger && matches!(chosen, [gate] if gate.method == Method::Totp);
    if answers_alone || app_alone { count.min(requirement.needed.saturating_sub(1)) } else { count }
}

fn differ(distinct: Distinct, gate: &Passed, factor: &Factor) -> bool {
    let targets_differ = gate.target != factor.target;
    match distinct {
        Distinct::Target => targets_differ,
        Distinct::Family => targets_differ && gate.method.family() != factor.method.family(),
    }
}

/// Whether these factors can satisfy the requirement at all. An account for which they cannot is treated like an
/// unknown one, so that nobody learns from the menu how much it has registered.
pub fn reachable(requirement: &Requirement, factors: &[Factor]) -> bool {
    let usable = offer(requirement, factors, &[], &[]);
    completes(requirement, &usable, &mut Vec::new())
}

/// Depth-first over at most a handful of factors.
fn completes(requirement: &Requirement, factors: &[Factor], passed: &mut Vec<Passed>) -> bool {
    if missing(requirement, passed) == 0 {
        return true;
    }
    let next = offer(requirement, factors, passed, &[]);
    next.iter().any(|factor| {
        passed.push(Passed { method: factor.method, target: factor.target });
        let done = completes(requirement, factors, passed);
        passed.pop();
        done
    })
}
