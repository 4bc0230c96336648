//! The rules in a form that the page's script can judge while the person types; the server judges again on submit.

use serde::Serialize;

use crate::policy::password::whole;
use crate::policy::password::{CharacterClass, LONGEST, PasswordRules};

/// One rule that needs no server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LiveRule {
    /// The same name as in verdicts and texts.
    pub rule: &'static str,
    #[serde(flatten)]
    pub test: Test,
}

/// What the script computes. Lengths count code points (`[...value].length`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "test", rename_all = "snake_case")]
pub enum Test {
    AtLeast {
        count: u16,
    },
    AtMost {
        count: u16,
    },
    /// Regular expressions with the `u` flag; at least `count` of them match.
    Match {
        patterns: Vec<&'static str>,
        count: u8,
    },
    /// `value.normalize("NFKC").toLowerCase()` holds none of these.
    Lacks {
        parts: Vec<String>,
    },
}

impl PasswordRules {
    /// Rules that can be judged live, in page order. The rest (`example`, `common`) is judged on submit. `names` are
    /// the account's; without them the rule about names waits for the submit too.
    pub fn live(&self, names: &[String]) -> Vec<LiveRule> {
        let mut live = vec![
            LiveRule { rule: "min", test: Test::AtLeast { count: self.min } },
            LiveRule { rule: "max", test: Test::AtMost { count: self.max.min(LONGEST) } },
        ];
        live.extend(self.require.iter().map(|class| LiveRule {
            rule: name(*class),
            test: Test::Match { patterns: vec![class.pattern()], count: 1 },
        }));
        if self.classes_of_four > 0 {
            let patterns = CharacterClass::ALL.map(CharacterClass::pattern).to_vec();
            live.push(LiveRule { rule: "classes", test: Test::Match { patterns, count: self.classes_of_four } });
        }
        if self.ascii_only {
            live.push(LiveRule { rule: "ascii", test: Test::Match { patterns: vec!["^[ -~]*$"], count: 1 } });
        }
        if let Some(min) = self.name_part_min.filter(|_| !names.is_empty()) {
            live.push(LiveRule { rule: "names", test: Test::Lacks { parts: whole::parts(names, min) } });
        }
        live
    }
}

fn name(class: CharacterClass) -> &'static str {
    match class {
        CharacterClass::Lower => "lower",
        CharacterClass::Upper => "upper",
        CharacterClass::Digit => "digit",
        CharacterClass::Symbol => "symbol",
    }
}
