//! Errors as an operator reads them: what is wrong, where, and what to do about it.

use std::fmt;

/// How a command ended; the process exits with the number behind it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Exit {
    /// Done, nothing found.
    Ok = 0,
    /// The command ran and found faults: a bad flow, a bad configuration, a broken chain.
    Findings = 1,
    /// The command was called wrongly.
    Usage = 2,
    /// Something it needs is not there or does not answer: a file, a port, the directory.
    Unavailable = 3,
}

/// An error in three parts. Everything else that reaches `main` is printed as a chain of causes.
#[derive(Debug)]
pub struct Fault {
    pub what: String,
    /// File, line, address: wherever somebody has to look.
    pub place: Option<String>,
    pub remedy: String,
    pub exit: Exit,
}

impl Fault {
    pub fn new(exit: Exit, what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { what: what.into(), place: None, remedy: remedy.into(), exit }
    }

    pub fn at(mut self, place: impl fmt::Display) -> Self {
        self.place = Some(place.to_string());
        self
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.what)?;
        if let Some(place) = &self.place {
            write!(f, "\n  at {place}")?;
        }
        write!(f, "\n  do {}", self.remedy)
    }
}

impl std::error::Error for Fault {}

/// The words and the exit code of an error that reached the top.
pub fn explain(error: &anyhow::Error) -> (String, Exit) {
    let exit = error.chain().find_map(|cause| cause.downcast_ref::<Fault>()).map_or(Exit::Unavailable, |f| f.exit);
    (format!("error: {error:#}"), exit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_says_what_where_and_what_to_do() {
        let fault = Fault::new(Exit::Findings, "`port` is not a number", "write a number from 1 to 65535");
        let (words, exit) = explain(&anyhow::Error::from(fault.at("ringback.toml:12:8")));
        let expected = "error: `port` is not a number\n  at ringback.toml:12:8\n  do write a number from 1 to 65535";
        assert_eq!((words.as_str(), exit), (expected, Exit::Findings));
    }

    #[test]
    fn other_errors_are_told_with_their_causes() {
        let error = anyhow::anyhow!("connection refused").context("directory ldap1 does not answer");
        let (words, exit) = explain(&error);
        let expected = "error: directory ldap1 does not answer: connection refused";
        assert_eq!((words.as_str(), exit), (expected, Exit::Unavailable));
    }
}
