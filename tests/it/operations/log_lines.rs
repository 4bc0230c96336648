//! Every log line of the program: a fixed sentence, and fields of the list only.

use ringback::cli::log::ALLOWED;

use crate::architecture::source::Source;

/// A call of a log macro, from its parenthesis to the closing one.
struct Call {
    place: String,
    arguments: Vec<String>,
}

#[test]
fn messages_are_fixed_and_fields_are_on_the_list() {
    let calls = calls();
    assert!(calls.len() > 30, "the scan found {} log lines only", calls.len());
    let mut wrong = Vec::new();
    for call in &calls {
        for argument in &call.arguments {
            match argument.strip_prefix('"') {
                Some(message) if message.contains('{') => wrong.push(format!("{} builds {argument}", call.place)),
                Some(_) => {}
                None if argument.starts_with("target:") => {}
                None if ALLOWED.iter().any(|(name, _)| *name == field(argument)) => {}
                None => wrong.push(format!("{} shows {argument}", call.place)),
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "a message is a fixed sentence, a field is on the list of `cli::log`:\n{}",
        wrong.join("\n")
    );
}

#[test]
fn the_scan_sees_what_it_looks_for() {
    let source = Source {
        path: "src/x.rs".to_owned(),
        text: "tracing::warn!(conversation = %id, ?name, f(a, b), \"said {x}, twice\");\n".to_owned(),
    };
    let calls = of(&source);
    assert_eq!(calls[0].arguments, ["conversation = %id", "?name", "f(a, b)", "\"said {x}, twice\""]);
    assert_eq!(
        calls[0].arguments.iter().map(|argument| field(argument)).collect::<Vec<_>>()[..2],
        ["conversation", "name"]
    );
}

/// The name of a field: `x = 1`, `%x`, `?x` or `x`.
fn field(argument: &str) -> &str {
    argument.split('=').next().unwrap_or(argument).trim().trim_start_matches(['%', '?'])
}

fn calls() -> Vec<Call> {
    Source::under("src").iter().flat_map(of).collect()
}

fn of(source: &Source) -> Vec<Call> {
    let code = source.text.split("#[cfg(test)]").next().unwrap_or_default();
    let mut calls = Vec::new();
    for level in ["error", "warn", "info", "debug", "trace"] {
        let name = format!("tracing::{level}!(");
        for (at, _) in code.match_indices(&name) {
            let line = code[..at].matches('\n').count() + 1;
            let arguments = arguments(&code[at + name.len()..]);
            calls.push(Call { place: format!("{}:{line}", source.path), arguments });
        }
    }
    calls
}

/// What stands between the commas of the outermost level.
fn arguments(code: &str) -> Vec<String> {
    let (mut list, mut current) = (Vec::new(), String::new());
    let (mut depth, mut quoted, mut last) = (0, false, ' ');
    for c in code.chars() {
        let opens = !quoted && matches!(c, '(' | '[' | '{');
        let closes = !quoted && matches!(c, ')' | ']' | '}');
        if closes && depth == 0 {
            break;
        }
        depth += i32::from(opens) - i32::from(closes);
        if c == '"' && last != '\\' {
            quoted = !quoted;
        }
        last = c;
        if c == ',' && depth == 0 && !quoted {
            list.push(std::mem::take(&mut current).trim().to_owned());
        } else {
            current.push(c);
        }
    }
    list.push(current.trim().to_owned());
    let not_a_comment = |argument: &String| !argument.is_empty() && !argument.starts_with("//");
    list.into_iter().filter(not_a_comment).collect()
}
