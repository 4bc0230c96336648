//! What a script cannot do: each attempt on the shipped flows is refused before anything runs.

use ringback::flow::finding::{Finding, Lint};
use ringback::flow::load::shipped;
use ringback::flow::set::FlowSet;

/// An attempt: in which file, what is replaced by what, and the rule that stops it.
struct Attempt {
    what: &'static str,
    file: &'static str,
    change: &'static [(&'static str, &'static str)],
    stopped_by: Lint,
}

const ATTEMPTS: &[Attempt] = &[
    Attempt {
        what: "jump to the new password",
        file: "reset.yaml",
        change: &[("on: { known: why,", "on: { known: password,")],
        stopped_by: Lint::L07,
    },
    Attempt {
        what: "jump to the change itself",
        file: "reset.yaml",
        change: &[("on: { known: why,", "on: { known: save,")],
        stopped_by: Lint::L07,
    },
    Attempt {
        what: "leave the gates by a failure",
        file: "reset.yaml",
        change: &[("exhausted: no_way_left", "exhausted: also")],
        stopped_by: Lint::L07,
    },
    Attempt {
        what: "unlock with gates for another purpose",
        file: "unlock.yaml",
        change: &[("kind: part\npurpose: unlock_account", "kind: part\npurpose: reset_password")],
        stopped_by: Lint::L07,
    },
    Attempt {
        what: "say how many gates are needed",
        file: "reset.yaml",
        change: &[("      label: verify-method-\n", "      label: verify-method-\n      needed: 0\n")],
        stopped_by: Lint::L01,
    },
    Attempt {
        what: "allow a method that the engine does not have",
        file: "reset.yaml",
        change: &[("        totp: gate_totp\n", "        totp: gate_totp\n        nothing: gate_totp\n")],
        stopped_by: Lint::L02,
    },
    Attempt {
        what: "let a code live longer",
        file: "gate_code.yaml",
        change: &[(
            "{ effect: send_code, on: { sent: sent, throttled: throttled",
            "{ effect: send_code, life: 3h, on: { sent: sent, throttled: throttled",
        )],
        stopped_by: Lint::L01,
    },
    Attempt {
        what: "claim that a gate passed",
        file: "gate_code.yaml",
        change: &[("on: { same: send,", "on: { same: passed,")],
        stopped_by: Lint::L10,
    },
    Attempt {
        what: "claim a receipt without a check",
        file: "gate_totp.yaml",
        change: &[("entry: code", "entry: claim")],
        stopped_by: Lint::L10,
    },
    Attempt {
        what: "call a gate as if it were a part",
        file: "unlock.yaml",
        change: &[(
            "{ flow: unlock_tail, on: { done: done, stopped: stopped } }",
            "{ flow: gate_totp, on: { passed: done, failed: stopped, other: stopped } }",
        )],
        stopped_by: Lint::L06,
    },
    Attempt {
        what: "show a code that was typed",
        file: "gate_code.yaml",
        change: &[("{ left: gate.tries_left }", "{ left: slot.code }")],
        stopped_by: Lint::L09,
    },
    Attempt {
        what: "show the new password",
        file: "reset.yaml",
        change: &[(
            "{ text: reset-done, args: { sign_in: tenant.sign_in }",
            "{ text: reset-done, args: { sign_in: page.password }",
        )],
        stopped_by: Lint::L09,
    },
    Attempt {
        what: "ask for an answer to a security question in the chat",
        file: "gate_totp.yaml",
        change: &[("      as: digits\n", "      as: answer\n")],
        stopped_by: Lint::L09,
    },
    Attempt {
        what: "turn round for ever",
        file: "reset.yaml",
        change: &[("next: password, bound: { max: 4, then: rejected_often } }", "next: password }")],
        stopped_by: Lint::L08,
    },
    Attempt {
        what: "allow more turns than the engine",
        file: "_globals.yaml",
        change: &[("turns: 80", "turns: 8000")],
        stopped_by: Lint::L01,
    },
    Attempt {
        what: "tell a known name from an unknown one",
        file: "identify.yaml",
        change: &[("on: { continue: known,", "on: { continue: known, not_found: down,")],
        stopped_by: Lint::L03,
    },
    Attempt {
        what: "send a code to an address that was typed",
        file: "gate_code.yaml",
        change: &[("send: { do: { effect: send_code,", "send: { do: { effect: send_code, from: target,")],
        stopped_by: Lint::L02,
    },
    Attempt {
        what: "send the notice to an address of the script",
        file: "reset.yaml",
        change: &[("with: { template: mail-password-changed }", "with: { template: mail-password-changed, to: me }")],
        stopped_by: Lint::L01,
    },
    Attempt {
        what: "change a password and tell nobody",
        file: "reset.yaml",
        change: &[("on: { ok: tell,", "on: { ok: finish,")],
        stopped_by: Lint::L17,
    },
    Attempt {
        what: "write an expression",
        file: "reset.yaml",
        change: &[("when: [tenant.also_changes]", "when: [\"gates.done > 0\"]")],
        stopped_by: Lint::L02,
    },
];

#[test]
fn every_attempt_is_refused_by_its_rule() {
    let mut wrong = Vec::new();
    for attempt in ATTEMPTS {
        let findings = attempted(attempt);
        if !findings.iter().any(|finding| finding.lint == attempt.stopped_by && finding.file == attempt.file) {
            let shown: String = findings.iter().map(ToString::to_string).collect();
            wrong.push(format!("{}: expected {} and found\n{shown}", attempt.what, attempt.stopped_by));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn attempted(attempt: &Attempt) -> Vec<Finding> {
    let mut files = shipped();
    let (_, text) = files.iter_mut().find(|(name, _)| name == attempt.file).unwrap();
    for (from, to) in attempt.change {
        assert!(text.contains(from), "{}: `{from}` is no longer there", attempt.what);
        *text = text.replacen(from, to, 1);
    }
    FlowSet::load(&files, None).map(|_| Vec::new()).unwrap_or_else(|findings| findings)
}
