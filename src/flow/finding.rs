//! What a lint has to say: where, what is wrong, and what to do about it.

use std::fmt;

use serde::Serialize;

use crate::flow::script::place::Place;

/// One fault of a script, a locale or a tenant file.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Finding {
    pub lint: Lint,
    pub level: Level,
    pub file: String,
    /// From 1; 0 when the whole file is meant.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
    /// The line itself and a caret under the place.
    pub excerpt: String,
    pub message: String,
    pub advice: String,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// The set does not load.
    Error,
    /// The set loads; somebody should look.
    Warning,
}

/// The rules that a flow set keeps, by number.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
pub enum Lint {
    /// The file parses, keeps the schema, and names are unique.
    L01,
    /// Every target, flow, effect, form, purpose, method and predicate exists.
    L02,
    /// Outcomes and ends are handled exactly: none missing, none invented.
    L03,
    /// No state or option is out of reach.
    L04,
    /// From every state an end can be reached.
    L05,
    /// Calls do not recurse, are at most four deep, and fit the kind of the called flow.
    L06,
    /// A privileged effect, and the page for a new password, come after satisfied gates of the same purpose.
    L07,
    /// Every loop has a bound.
    L08,
    /// Secrets stay on private pages, codes are wiped, arguments come from a white list.
    L09,
    /// Waiting ends, and nothing fails open.
    L10,
    /// Every message is there in every language with the same arguments, and none is unused.
    L11,
    /// What is spoken is short, and its keys are free.
    L12,
    /// What is written fits the chat.
    L13,
    /// A menu is never empty.
    L14,
    /// Words for options and commands mean one thing.
    L15,
    /// Every question has words and a way on when nobody answers, or nobody is understood.
    L16,
    /// After every privileged success the owner is told.
    L17,
    /// Every state and edge is walked by a talk.
    L18,
    /// A changed flow has a new version.
    L19,
    /// Texts around links carry no personal data and no address of their own.
    L20,
    /// A tenant file keeps its rules.
    Tenant,
}

/// A script as it lies on the disk.
#[derive(Clone, Debug)]
pub struct SourceFile {
    pub name: String,
    pub text: String,
}

impl SourceFile {
    /// A finding at a place of this file.
    pub fn finding(&self, lint: Lint, place: Place, message: String, advice: String) -> Finding {
        Finding {
            lint,
            level: Level::Error,
            file: self.name.clone(),
            line: place.line,
            column: place.column,
            excerpt: excerpt(&self.text, place),
            message,
            advice,
        }
    }
}

impl Finding {
    /// Where two findings belong in the report.
    pub fn order(&self) -> (&str, usize, usize, Lint) {
        (&self.file, self.line, self.column, self.lint)
    }
}

impl fmt::Display for Lint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Lint::Tenant => f.write_str("tenant"),
            numbered => write!(f, "{numbered:?}"),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let level = match self.level {
            Level::Error => "error",
            Level::Warning => "warning",
        };
        writeln!(f, "{level}[{}]: {}", self.lint, self.message)?;
        let margin = " ".repeat(self.line.to_string().len());
        writeln!(f, "{margin}--> {}:{}:{}", self.file, self.line, self.column)?;
        for (n, line) in self.excerpt.lines().enumerate() {
            match n {
                0 => writeln!(f, "{} | {line}", self.line)?,
                _ => writeln!(f, "{margin} | {line}")?,
            }
        }
        if !self.advice.is_empty() {
            writeln!(f, "{margin} = {}", self.advice)?;
        }
        Ok(())
    }
}

/// The line of a place with a caret under its column; long lines are cut around it.
pub fn excerpt(text: &str, place: Place) -> String {
    const WIDTH: usize = 110;
    let Some(line) = place.line.checked_sub(1).and_then(|n| text.lines().nth(n)) else {
        return String::new();
    };
    let column = place.column.max(1) - 1;
    let from = (column + 20).saturating_sub(WIDTH);
    let shown: String = line.chars().skip(from).take(WIDTH).collect();
    format!("{}\n{}^", shown.trim_end(), " ".repeat(column - from))
}
