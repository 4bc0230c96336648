//! Judges every change of a conversation, as it reaches the disk: I2, I3, I4, I9, I13, and the gates that truly passed.

use ringback::audit::{AuditEvent, AuditKind};
use ringback::engine::conversation::{Conversation, Gate, Waiting};
use ringback::engine::event::Act;
use ringback::model::ids::AccountId;
use ringback::model::method::Method;
use ringback::model::time::Seconds;
use ringback::ports::store::Op;
use ringback::runtime::record::{OutboxRow, decode};
use ringback::verify::ledger::RECEIPT_LIFE;

use super::{Invariant, Now, Oracle, Passed, event_key};

/// Comparisons in one gate, sends of one gate, wrong codes of one account a day: `docs/ARCHITECTURE.md`, "Limits".
const COMPARISONS: u8 = 5;
const SENDS: u8 = 3;
const WRONG_A_DAY: usize = 5;
const CODE_LIFE: Seconds = Seconds(300);
const DAY: Seconds = Seconds::hours(24);

impl Oracle {
    /// A batch is on disk.
    pub fn written(&mut self, batch: &[Op], now: &Now<'_>) {
        let mut audit = Vec::new();
        for op in batch {
            match op {
                Op::Put { value, .. } => self.secrets.look(value),
                Op::Enqueue(row) => {
                    self.secrets.look(&row.value);
                    match decode::<OutboxRow>(&row.value) {
                        Ok(OutboxRow::Audit(events)) => audit.extend(events),
                        Ok(OutboxRow::Code { challenge, .. }) => {
                            self.code_drawn.insert(challenge, now.mark);
                        }
                        Ok(OutboxRow::Forgive { limit_key, .. }) => {
                            self.wrong.remove(&limit_key);
                        }
                        Ok(_) | Err(_) => {}
                    }
                }
                Op::Delete { .. } | Op::Due { .. } => {}
            }
        }
        for op in batch {
            let Op::Put { key, value, .. } = op else { continue };
            if key.namespace != "conversation" {
                continue;
            }
            let Ok(after) = decode::<Conversation>(value) else { continue };
            let before = self.conversations.get(&after.id).cloned();
            self.turned(before.as_ref(), &after, &audit, now);
            self.conversation_of_run.insert(after.run, after.id);
            self.conversations.insert(after.id, after);
        }
        self.to_record.extend(audit);
    }

    fn turned(&mut self, before: Option<&Conversation>, after: &Conversation, audit: &[AuditEvent], now: &Now<'_>) {
        let last = |conversation: &Conversation| conversation.seen.last().cloned();
        if let Some(event) = last(after).filter(|event| before.and_then(last).as_ref() != Some(event)) {
            let key = event_key(&after.peer, &event.0);
            let handed_in = self.handed_in.get(&key).cloned();
            self.hold(Invariant::I13, handed_in.is_some(), || {
                format!("{} moved {}, who never sent it", event.0, key.0)
            });
            let first = self.processed.insert(key.clone());
            self.hold(Invariant::I2, first, || format!("event {} of {} was handled twice", key.1, key.0));
            if let Some(handed_in) = handed_in {
                self.acted(before, after, &handed_in.act, handed_in.stolen);
            }
        }
        if let Some(page) = after.page.as_ref().filter(|page| page.consumed) {
            let was_not =
                before.and_then(|before| before.page.as_ref()).is_some_and(|p| p.id == page.id && !p.consumed);
            let posted = self.posted.contains(&page.id);
            self.hold(Invariant::I2, !was_not || posted, || "a link was used up that nobody has opened".to_owned());
        }
        if let Waiting::Effect { id, .. } = &after.waiting {
            let typed = self.typed.get(&after.id).and_then(|typed| typed.last()).cloned().unwrap_or_default();
            self.typed_for.entry(*id).or_insert(typed);
        }
        for gate in gates(after) {
            let known = self.gates.get(&gate.id).copied().unwrap_or((0, 0));
            // A code that could not be delivered is given back as a send; a comparison never is.
            self.hold(Invariant::I4, gate.comparisons >= known.0, || {
                format!("comparisons of a gate fell from {} to {}", known.0, gate.comparisons)
            });
            self.hold(Invariant::I3, gate.comparisons <= COMPARISONS, || "a sixth comparison in one gate".to_owned());
            self.hold(Invariant::I5, gate.sends <= SENDS, || "a fourth code in one gate".to_owned());
            self.gates.insert(gate.id, (gate.comparisons.max(known.0), gate.sends));
        }
        for event in audit {
            match &event.kind {
                AuditKind::CodeRight { method } => self.compared(before, *method, true, now),
                AuditKind::CodeWrong { method } => self.compared(before, *method, false, now),
                AuditKind::GatePassed { method } => self.gate_passed(before, after, *method, now),
                _ => {}
            }
        }
    }

    fn acted(&mut self, before: Option<&Conversation>, after: &Conversation, act: &Act, stolen: bool) {
        match act {
            Act::Text(text) => {
                let asked =
                    before.and_then(|before| before.question.as_ref()).map(|question| question.message.as_str());
                if asked == Some("identify-ask-account") {
                    self.secrets.typed_as_names.insert(text.trim().to_owned());
                }
                self.typed.entry(after.id).or_default().push(text.clone());
            }
            Act::Pick(token) if stolen => {
                let offered = before.and_then(|before| before.question.as_ref());
                let works =
                    offered.is_some_and(|question| question.choices.iter().any(|choice| choice.token == *token));
                self.hold(Invariant::I13, !works, || "a button of somebody else's case works here".to_owned());
            }
            _ => {}
        }
    }

    /// A code was compared, with this verdict.
    fn compared(&mut self, before: Option<&Conversation>, method: Method, right: bool, now: &Now<'_>) {
        let Some(before) = before else { return };
        let (mut counted, mut allowed) = (false, false);
        if let Waiting::Effect { id, .. } = &before.waiting {
            for operation in [format!("{id}:count"), format!("{id}:count:own")] {
                counted |= self.counted.contains(&operation);
                allowed |= self.allowed.contains(&operation);
            }
        }
        if !right && !allowed {
            // Past a limit a stranger is told "wrong" without a comparison.
            return;
        }
        self.hold(Invariant::I3, counted, || "a code was compared before it was counted".to_owned());
        let Some(gate) = &before.gate else { return };
        let n = self.compared.entry(gate.id).or_default();
        *n += 1;
        let n = *n;
        self.hold(Invariant::I3, n <= u32::from(COMPARISONS), || format!("comparison number {n} in one gate"));
        let key = before.subject.as_ref().map_or(String::new(), |subject| subject.limit_key.clone());
        if !right {
            let most = WRONG_A_DAY + self.own_allowance(&key);
            let wrong = self.wrong.entry(key).or_default();
            wrong.retain(|at| now.mark < *at + DAY);
            wrong.push(now.mark);
            let n = wrong.len();
            self.hold(Invariant::I3, n <= most, || format!("wrong code number {n} of one account in a day"));
            return;
        }
        if matches!(method, Method::Email | Method::Sms) {
            self.code_right(before, gate, now);
        }
        if let Some(account) = before.account().cloned() {
            let passed = Passed { account, method, target: gate.factor.target, at: now.mark };
            self.passed.entry(before.run).or_default().push(passed);
        }
    }

    fn code_right(&mut self, before: &Conversation, gate: &Gate, now: &Now<'_>) {
        let Some(challenge) = gate.challenge.as_ref().map(|challenge| challenge.id) else {
            return self.violated(Invariant::I2, "a code was right where none was out");
        };
        let typed = match &before.waiting {
            Waiting::Effect { id, .. } => self.typed_for.get(id).cloned().unwrap_or_default(),
            _ => String::new(),
        };
        let digits: String = typed.chars().filter(char::is_ascii_digit).collect();
        let sent = self.code_sent.get(&challenge).cloned();
        self.hold(Invariant::I1, sent.as_deref() == Some(digits.as_str()), || {
            format!("`{typed}` counted as right, but the code was {sent:?}")
        });
        let first = self.code_used.insert(challenge);
        self.hold(Invariant::I2, first, || "a code was right twice".to_owned());
        let drawn = self.code_drawn.get(&challenge).copied();
        self.hold(Invariant::I9, drawn.is_some_and(|drawn| now.mark < drawn + CODE_LIFE + GRACE), || {
            format!("a code drawn at {drawn:?} was right at {:?}", now.mark)
        });
    }

    /// A receipt was written; the code behind it must have been right in this or an earlier step of the run.
    fn gate_passed(&mut self, before: Option<&Conversation>, after: &Conversation, method: Method, now: &Now<'_>) {
        let run = before.map_or(after.run, |before| before.run);
        let truly = self
            .passed
            .get(&run)
            .is_some_and(|passed| passed.iter().any(|gate| gate.method == method && now.mark < gate.at + RECEIPT_LIFE));
        self.hold(Invariant::I1, truly, || format!("a gate by {} passed without its proof", method.name()));
    }

    /// An authenticator's code was taken for a step.
    pub fn step_used(&mut self, account: &AccountId, step: u64, operation: &str, now: &Now<'_>) {
        let used = self.steps.entry(account.clone()).or_default();
        let again = used.iter().any(|(known, by)| *known >= step && by != operation);
        used.insert(step, operation.to_owned());
        self.hold(Invariant::I2, !again, || format!("authenticator step {step} was taken, and one as late before it"));
        let present = now.mark.unix_seconds() / 30;
        self.hold(Invariant::I9, step + 1 >= present, || {
            format!("authenticator step {step} was taken in step {present}")
        });
    }
}

/// A comparison is judged when it was counted; its batch may reach the disk some waits for the store later.
const GRACE: Seconds = Seconds(31);

/// Every gate of a conversation once: the one under way stands for the copy that was made when it was left before.
fn gates(conversation: &Conversation) -> impl Iterator<Item = &Gate> {
    let present = conversation.gate.as_ref();
    let left = conversation.gates.iter().flat_map(|run| run.left.iter());
    present.into_iter().chain(left.filter(move |left| present.is_none_or(|present| present.id != left.id)))
}
