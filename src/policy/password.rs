//! Rules for a new password: one verdict a rule, all at once, in the order in which the page lists them.

pub mod characters;
pub mod common;
pub mod whole;

use serde::{Deserialize, Serialize};

use crate::model::names::ArgName;
use crate::model::names::MessageKey;
use crate::model::prompt::Arg;
use crate::model::secrets::Password;

/// No tenant may allow more code points (`PasswordRules::max`): what is longer is never looked at.
pub const LONGEST: u16 = 256;

/// What a tenant demands of a password. Lengths count Unicode code points.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PasswordRules {
    pub min: u16,
    /// At most 256: every check stays cheap.
    #[serde(default = "longest")]
    pub max: u16,
    /// Kinds of characters that must all be there.
    #[serde(default)]
    pub require: Vec<CharacterClass>,
    /// At least so many of lower, upper, digit, symbol.
    #[serde(default)]
    pub classes_of_four: u8,
    /// Only letters a to z, digits, the 32 ASCII punctuation marks and space.
    #[serde(default)]
    pub ascii_only: bool,
    /// No part of the person's name or user name of at least so many letters or digits.
    #[serde(default)]
    pub name_part_min: Option<u8>,
    /// Sentences from guides that everybody knows; the first is shown as the example.
    #[serde(default)]
    pub forbidden: Vec<String>,
    /// Whether the last password may be set again by a reset.
    #[serde(default)]
    pub reuse: Reuse,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reuse {
    /// The directory decides, and nothing is said before.
    #[default]
    Directory,
    Allowed,
    /// Must differ from the present one. Only the directory can tell; it is said before all the same.
    Refused,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CharacterClass {
    Lower,
    Upper,
    Digit,
    Symbol,
}

/// One rule in words, and whether the password keeps it.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// Stable name for the page's live check: `min`, `upper`, `names`.
    pub rule: &'static str,
    pub message: MessageKey,
    pub args: Vec<(ArgName, Arg)>,
    pub kept: bool,
}

/// One rule in words, before a password was typed.
#[derive(Clone, Debug, PartialEq)]
pub struct RuleText {
    /// The same name and order as in the verdicts.
    pub rule: &'static str,
    pub message: MessageKey,
    pub args: Vec<(ArgName, Arg)>,
    /// False for what only the directory can tell, and for what is merely good to know: no tick appears beside it.
    pub judged: bool,
}

/// A rule that applies to this tenant.
enum Rule<'a> {
    Min(u16),
    Max(u16),
    Has(CharacterClass),
    Classes(u8),
    Ascii,
    Names(u8),
    NotTheExample(&'a [String]),
    NotCommon,
    NotPrevious,
    MayBePrevious,
}

impl PasswordRules {
    /// A verdict for every rule that can be judged here. `names` are the account's names and user name.
    ///
    /// Up to 50 ms of computing for what common passwords are disguised as: call it off the threads that serve others.
    pub fn judge(&self, password: &Password, names: &[String]) -> Vec<Verdict> {
        let typed = password.reveal();
        let verdict = |rule: Rule<'_>| {
            let kept = rule.kept(typed, names)?;
            let RuleText { rule, message, args, .. } = rule.text(Some(typed));
            Some(Verdict { rule, message, args, kept })
        };
        self.rules().into_iter().filter_map(verdict).collect()
    }

    /// Every rule in words, to be shown before a password is typed.
    pub fn describe(&self) -> Vec<RuleText> {
        self.rules().iter().map(|rule| rule.text(None)).collect()
    }

    fn rules(&self) -> Vec<Rule<'_>> {
        let mut rules = vec![Rule::Min(self.min), Rule::Max(self.max.min(LONGEST))];
        rules.extend(self.require.iter().map(|class| Rule::Has(*class)));
        if self.classes_of_four > 0 {
            rules.push(Rule::Classes(self.classes_of_four));
        }
        if self.ascii_only {
            rules.push(Rule::Ascii);
        }
        rules.extend(self.name_part_min.map(Rule::Names));
        if !self.forbidden.is_empty() {
            rules.push(Rule::NotTheExample(&self.forbidden));
        }
        rules.push(Rule::NotCommon);
        match self.reuse {
            Reuse::Directory => {}
            Reuse::Allowed => rules.push(Rule::MayBePrevious),
            Reuse::Refused => rules.push(Rule::NotPrevious),
        }
        rules
    }
}

impl Rule<'_> {
    /// `None` where only the directory can tell.
    fn kept(&self, typed: &str, names: &[String]) -> Option<bool> {
        let length = typed.chars().count();
        // Nothing below looks at more than the longest password: a huge one costs no more than a long one.
        let looked_at = || typed.chars().take(usize::from(LONGEST)).collect::<String>();
        Some(match self {
            Rule::Min(min) => length >= usize::from(*min),
            Rule::Max(max) => length <= usize::from(*max),
            Rule::Has(class) => typed.chars().any(|c| class.holds(c)),
            Rule::Classes(needed) => characters::classes(typed) >= usize::from(*needed),
            Rule::Ascii => characters::first_not_ascii(typed).is_none(),
            Rule::Names(min) => !whole::holds_name_part(&looked_at(), names, *min),
            Rule::NotTheExample(sentences) => !whole::is_sentence(&looked_at(), sentences),
            Rule::NotCommon => !whole::is_common(&looked_at(), names),
            Rule::NotPrevious | Rule::MayBePrevious => return None,
        })
    }

    /// The words; with the password at hand they may name what is wrong with it.
    fn text(&self, typed: Option<&str>) -> RuleText {
        let (rule, message, args) = match self {
            Rule::Min(n) => ("min", "rule-min", count(*n)),
            Rule::Max(n) => ("max", "rule-max", count(*n)),
            Rule::Has(CharacterClass::Lower) => ("lower", "rule-lower", Vec::new()),
            Rule::Has(CharacterClass::Upper) => ("upper", "rule-upper", Vec::new()),
            Rule::Has(CharacterClass::Digit) => ("digit", "rule-digit", Vec::new()),
            Rule::Has(CharacterClass::Symbol) => ("symbol", "rule-symbol", Vec::new()),
            Rule::Classes(n) => ("classes", "rule-classes", count(u16::from(*n))),
            Rule::Ascii => match typed.and_then(characters::first_not_ascii) {
                Some(c) => {
                    let character = text("character", characters::shown(c));
                    ("ascii", "rule-ascii-found", [character, symbols()].concat())
                }
                None => ("ascii", "rule-ascii", symbols()),
            },
            Rule::Names(_) => ("names", "rule-names", Vec::new()),
            Rule::NotTheExample(all) => {
                ("example", "rule-example", text("example", all.first().cloned().unwrap_or_default()))
            }
            Rule::NotCommon => ("common", "rule-common", Vec::new()),
            Rule::NotPrevious => ("previous", "rule-not-previous", Vec::new()),
            Rule::MayBePrevious => ("previous", "rule-may-be-previous", Vec::new()),
        };
        let judged = !matches!(self, Rule::NotPrevious | Rule::MayBePrevious);
        RuleText { rule, message: MessageKey::of(message), args, judged }
    }
}

fn count(n: u16) -> Vec<(ArgName, Arg)> {
    vec![(ArgName::of("count"), Arg::Number(i64::from(n)))]
}

fn text(name: &'static str, value: String) -> Vec<(ArgName, Arg)> {
    vec![(ArgName::of(name), Arg::Text(value))]
}

/// The 32 ASCII punctuation marks, set apart.
fn symbols() -> Vec<(ArgName, Arg)> {
    let marks = ('!'..='~').filter(char::is_ascii_punctuation).map(String::from);
    text("symbols", marks.collect::<Vec<_>>().join(" "))
}

fn longest() -> u16 {
    LONGEST
}
