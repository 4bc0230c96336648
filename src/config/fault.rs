//! What is wrong with a configuration: file, line, key and remedy; all of it in one run.

use std::fmt;
use std::path::PathBuf;

/// One fault or warning, written for the operator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigFault {
    pub file: PathBuf,
    /// Counted from 1; `None` for what is missing altogether.
    pub line: Option<usize>,
    /// As in the file, with its sections: `tenants.apu.directory.ldap.url`.
    pub key: String,
    /// What is wrong, without the value where it may be a secret.
    pub what: String,
    /// What to do about it.
    pub remedy: String,
}

impl fmt::Display for ConfigFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file.display())?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        if !self.key.is_empty() {
            write!(f, ": {}", self.key)?;
        }
        write!(f, ": {}\n    {}", self.what, self.remedy)
    }
}

/// Where a value in force was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    Line(usize),
    /// Nothing was written; this is what holds then.
    Default,
}
