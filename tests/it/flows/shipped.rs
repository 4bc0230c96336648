//! The scripts in the program.

use ringback::flow::load::shipped;
use ringback::flow::set::FlowSet;
use ringback::text::catalog::Catalog;

#[test]
fn the_shipped_flows_load() {
    let set = match FlowSet::load(&shipped(), Some(&catalog())) {
        Ok(set) => set,
        Err(findings) => panic!("{}", findings.iter().map(ToString::to_string).collect::<String>()),
    };
    let names: Vec<&str> = set.flows.keys().map(|id| id.as_str()).collect();
    assert_eq!(
        names,
        [
            "call_leg",
            "gate_call",
            "gate_code",
            "gate_push",
            "gate_questions",
            "gate_totp",
            "handover",
            "identify",
            "reset",
            "unlock",
            "unlock_tail"
        ]
    );
}

#[test]
fn layout_and_order_do_not_change_the_hash_but_a_word_does() {
    let files = shipped();
    let hash = |files: &[(String, String)]| FlowSet::load(files, None).ok().map(|set| set.hash);
    let first = hash(&files).unwrap();
    let mut shuffled = files.clone();
    shuffled.reverse();
    for (_, text) in &mut shuffled {
        text.push_str("\n# a remark\n\n");
    }
    assert_eq!(hash(&shuffled), Some(first));
    for (_, text) in &mut shuffled {
        *text = text.replace("timeout: 90s", "timeout: 80s");
    }
    assert_ne!(hash(&shuffled), Some(first));
}

fn catalog() -> Catalog {
    Catalog::shipped().unwrap_or_else(|faults| panic!("{faults:#?}"))
}
