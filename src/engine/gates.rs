//! The `gates` node: the engine's own loop. It offers, counts and lets through; a script can do none of it.

use crate::audit::AuditKind;
use crate::engine::conversation::{Gate, GatesRun, Role};
use crate::engine::turn::{Move, Turn};
use crate::flow::set::{Gates, Node};
use crate::model::ids::GateId;
use crate::model::method::Method;
use crate::model::names::{ArgName, EndId, MessageKey, OptionKey};
use crate::model::prompt::{Arg, Choice, Input};
use crate::policy::gates::{self, Factor, Passed, Requirement, TargetMethod};

impl Turn<'_> {
    pub fn visit_gates(&mut self, node: &Gates) -> Move {
        if self.conv.subject.is_none() {
            return Move::Goto(node.impossible.clone());
        }
        let requirement = self.requirement();
        if gates::missing(&requirement, &self.passed(&requirement)) == 0 && self.conv.account().is_some() {
            self.conv.gates = None;
            return Move::Goto(node.satisfied.clone());
        }
        let offered = self.offered(node, &requirement);
        let run = self.conv.gates.get_or_insert_with(fresh_run);
        run.offered = name(offered);
        match run.offered.as_slice() {
            [] => self.nothing_left(node),
            [(_, only)] => {
                let only = only.clone();
                self.enter_gate(node, only)
            }
            _ => self.ask_which(node),
        }
    }

    /// What the tenant demands now of somebody who writes from here.
    pub fn requirement(&self) -> Requirement {
        gates::requirement(self.env.tenant, self.conv.source())
    }

    /// Gates of this run and purpose that hold receipts. A decoy has none, ever.
    pub fn passed(&self, requirement: &Requirement) -> Vec<Passed> {
        let (Some(account), Some(purpose)) = (self.conv.account(), self.purpose()) else { return Vec::new() };
        let mut passed = self.conv.ledger.passed(self.conv.run, account, purpose, self.env.now, self.env.keys);
        passed.retain(|gate| requirement.methods.contains(&gate.method));
        passed
    }

    /// Whether the person could take another method than the present one.
    pub fn other_left(&self) -> bool {
        let (Some(gate), Some(run)) = (&self.conv.gate, &self.conv.gates) else { return false };
        run.offered.iter().any(|(_, factor)| *factor != gate.factor)
    }

    /// The person picked a method from the menu.
    pub fn pick_method(&mut self, node: &Gates, key: &OptionKey) -> Option<Move> {
        let run = self.conv.gates.as_ref()?;
        let factor = run.offered.iter().find(|(offered, _)| offered == key)?.1.clone();
        Some(self.enter_gate(node, factor))
    }

    /// A gate flow ended. `passed` is believed only if the ledger holds this gate's receipt.
    pub fn gate_ended(&mut self, end: &EndId) -> Move {
        let Some(mut gate) = self.conv.gate.take() else { return Move::GiveUp };
        gate.passed = false;
        let Some(Node::Gates(node)) = self.node() else { return Move::GiveUp };
        let requirement = self.requirement();
        let passed = self.passed(&requirement);
        let method = gate.factor.method;
        let held = passed.iter().any(|held| held.method == method && held.target == gate.factor.target);
        let run = self.conv.gates.get_or_insert_with(fresh_run);
        if gate.confirmed && !run.confirmed.contains(&gate.factor.target) {
            run.confirmed.push(gate.factor.target);
        }
        run.left.retain(|left| left.factor != gate.factor);
        run.left.push(gate.clone());
        match end.as_str() {
            "passed" if held => {
                let progress = self.prompt(&node.progress);
                self.say(progress);
            }
            "other" if self.picked => {}
            other => {
                if other == "passed" {
                    self.unproven(method);
                }
                self.audit(AuditKind::GateFailed { method });
                self.give_up_method(&gate.factor);
            }
        }
        self.visit_gates(node)
    }

    fn give_up_method(&mut self, factor: &Factor) {
        let run = self.conv.gates.get_or_insert_with(fresh_run);
        run.given_up.push(TargetMethod { method: factor.method, target: factor.target });
    }

    fn offered(&self, node: &Gates, requirement: &Requirement) -> Vec<Factor> {
        let Some(subject) = &self.conv.subject else { return Vec::new() };
        // Requests in an app need a screen, and so do answers that are not all digits.
        let keyed = self.env.tenant.questions.as_ref().is_some_and(|questions| questions.by_ear().is_some());
        let by_ear = |method: Method| match method {
            _ if !self.on_call() => true,
            Method::Push => false,
            Method::Questions => keyed,
            _ => true,
        };
        let usable = |factor: &&Factor| {
            node.each.contains_key(&factor.method)
                && self.env.available.contains(&factor.method)
                && by_ear(factor.method)
        };
        let factors: Vec<Factor> = subject.factors.iter().filter(usable).cloned().collect();
        let given_up = self.conv.gates.as_ref().map_or(&[][..], |run| run.given_up.as_slice());
        gates::offer(requirement, &factors, &self.passed(requirement), given_up)
    }

    fn nothing_left(&mut self, node: &Gates) -> Move {
        let began = self.conv.gates.take().is_some_and(|run| !run.given_up.is_empty());
        let requirement = self.requirement();
        // What is registered and does not work just now is no reason to say that nothing is.
        let registered = self.conv.subject.as_ref().is_some_and(|subject| !subject.factors.is_empty());
        let exhausted = began || registered || !self.passed(&requirement).is_empty();
        Move::Goto(if exhausted { node.exhausted.clone() } else { node.impossible.clone() })
    }

    fn ask_which(&mut self, node: &Gates) -> Move {
        let mut prompt = self.prompt(&node.prompt);
        prompt.input = Input::Choice;
        self.conv.serial += 1;
        let offered = self.conv.gates.as_ref().map_or(Vec::new(), |run| run.offered.clone());
        for (number, (key, factor)) in offered.iter().enumerate() {
            prompt.choices.push(Choice {
                key: key.clone(),
                label: label(&node.label, factor.method),
                args: vec![(ArgName::of("masked"), Arg::Text(factor.hint.clone()))],
                voice_key: char::from_digit(number as u32 + 1, 10),
                token: self.token(key),
            });
        }
        self.question(prompt);
        self.park_for_answer()
    }

    fn enter_gate(&mut self, node: &Gates, factor: Factor) -> Move {
        let Some(flow) = node.each.get(&factor.method) else { return Move::GiveUp };
        let confirmed = self.conv.gates.as_ref().is_some_and(|run| run.confirmed.contains(&factor.target));
        let left = self.conv.gates.as_ref().and_then(|run| run.left.iter().find(|left| left.factor == factor));
        if let Some(left) = left {
            // Coming back to a method does not give new tries or new sends.
            self.conv.gate = Some(Gate { resumed: true, confirmed: left.confirmed || confirmed, ..left.clone() });
            return Move::Enter(flow.clone(), Role::Gate);
        }
        let requirement = self.requirement();
        self.conv.gate = Some(Gate {
            resumed: false,
            id: GateId(self.draw()),
            code_digits: if factor.method == Method::Totp { 6 } else { requirement.code_digits() },
            factor,
            confirmed,
            comparisons: 0,
            sends: 0,
            last_sent: None,
            challenge: None,
            pair: None,
            leg: None,
            passed: false,
        });
        Move::Enter(flow.clone(), Role::Gate)
    }
}

fn fresh_run() -> GatesRun {
    GatesRun { given_up: Vec::new(), offered: Vec::new(), confirmed: Vec::new(), left: Vec::new() }
}

/// Keys for a menu: the method's name, numbered when an account has it twice.
fn name(factors: Vec<Factor>) -> Vec<(OptionKey, Factor)> {
    let mut named: Vec<(OptionKey, Factor)> = Vec::new();
    for factor in factors {
        let before = named.iter().filter(|(_, earlier)| earlier.method == factor.method).count();
        let text = match before {
            0 => factor.method.name().to_owned(),
            n => format!("{}-{}", factor.method.name(), n + 1),
        };
        if let Ok(key) = OptionKey::parse(&text) {
            named.push((key, factor));
        }
    }
    named
}

/// `verify-method-` and `call_mobile` give `verify-method-call-mobile`.
fn label(prefix: &str, method: Method) -> MessageKey {
    let key = format!("{prefix}{}", method.name().replace('_', "-"));
    MessageKey::parse(&key).unwrap_or_else(|_| MessageKey::of("common-try-later"))
}
