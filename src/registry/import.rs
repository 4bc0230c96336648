//! Enrolling many people from a CSV file: good rows are taken, every bad one is listed, and a second run changes nothing.
//!
//! The first row names the columns, in any order; `;` may stand for `,` where a spreadsheet writes it so.
//!
//! | column | content |
//! |---|---|
//! | `account` | user name as the directory knows it; required |
//! | `mobile` | number for texts and calls, international or of the tenant's own region |
//! | `office_phone` | number for calls to the desk, with `ext` if it has an extension |
//! | `email` | mail address outside the account that is being reset |
//! | `totp_secret` | shared secret of an authenticator app in base32, 16 to 64 bytes |
//! | `question:<id>` | answer to that question of the tenant's catalogue |
//!
//! An empty cell leaves what is enrolled as it is; answers replace all answers of the account. A number or address that
//! replaces another one counts as new from now on. A row with any bad cell is refused whole. Nothing of a cell is ever
//! shown: the report names lines, columns and reasons, so it may be mailed about and opened in a spreadsheet.

mod cells;

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;

use csv::{ByteRecord, ReaderBuilder};

use crate::model::account::{Account, RegisteredContact};
use crate::model::ids::{AccountId, TenantId};
use crate::model::names::OptionKey;
use crate::model::time::Timestamp;
use crate::ports::directory::{Directory, DirectoryError};
use crate::ports::registry::{Enrol, Registry, RegistryError};
use crate::registry::import::cells::{Column, Parsed};

/// A file above this is no list of people; it is read into memory.
pub const MAX_BYTES: u64 = 64 << 20;

/// Where the rows go, and who is in the directory.
pub struct Import<'a> {
    pub tenant: &'a TenantId,
    /// ISO 3166 code that a number without `+` belongs to.
    pub region: &'a str,
    /// Ids of the tenant's question catalogue; empty when it asks none.
    pub questions: &'a [OptionKey],
    /// Those of them whose answers are keyed in on telephones.
    pub by_telephone: &'a BTreeSet<OptionKey>,
    pub directory: &'a dyn Directory,
    pub registry: &'a dyn Registry,
    pub now: Timestamp,
}

#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Report {
    pub accepted: u32,
    /// Rows that were refused; `faults` may hold several of one row.
    pub refused: u32,
    pub faults: Vec<Refused>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Refused {
    /// Line of the file on which the row begins, counted from 1.
    pub line: u64,
    /// `None` when the row as a whole is at fault.
    pub column: Option<String>,
    pub reason: Reason,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Reason {
    #[error("it has {found} cells, the first row has {expected}")]
    Cells { found: usize, expected: usize },
    #[error("it is not UTF-8 text")]
    NotText,
    #[error("it is empty")]
    Empty,
    #[error("nothing is to be imported")]
    Nothing,
    #[error("the directory has no such account, or more than one")]
    UnknownAccount,
    #[error("the account is protected: self-service never touches it")]
    Protected,
    #[error("the same account is on line {line}")]
    Repeated { line: u64 },
    #[error("it looks like a formula of a spreadsheet")]
    Formula,
    #[error("it is no telephone number of this region or in international form")]
    Phone,
    #[error("it is no mail address")]
    Email,
    #[error("it is no base32 text of 16 to 64 bytes")]
    TotpSecret,
    #[error("it is not 2 to 16 digits, and this question is asked by telephone")]
    Digits,
    #[error("it is longer than 256 characters")]
    Long,
}

/// The import stopped. Rows before `line` are in; running it again after mending takes the rest.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    #[error("the file cannot be read: {0}")]
    File(String),
    #[error("first row: {0}")]
    Header(String),
    #[error("stopped at line {line}: {cause}")]
    Directory { line: u64, cause: DirectoryError },
    #[error("stopped at line {line}: {cause}")]
    Registry { line: u64, cause: RegistryError },
}

impl Import<'_> {
    pub async fn run(&self, file: impl Read) -> Result<Report, ImportError> {
        let mut text = Vec::new();
        let unreadable = |error: std::io::Error| ImportError::File(error.to_string());
        file.take(MAX_BYTES + 1).read_to_end(&mut text).map_err(unreadable)?;
        if text.len() as u64 > MAX_BYTES {
            return Err(ImportError::File(format!("it is larger than {} MiB", MAX_BYTES >> 20)));
        }
        // Spreadsheets put a byte order mark before the first column's name.
        let text = text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&text);
        let separator = cells::separator(text);
        let mut rows = ReaderBuilder::new().delimiter(separator).flexible(true).from_reader(text);
        let header = rows.byte_headers().map_err(|error| ImportError::File(error.to_string()))?;
        let columns = cells::columns(header, self.questions).map_err(ImportError::Header)?;
        let mut report = Report::default();
        let mut lines: BTreeMap<AccountId, u64> = BTreeMap::new();
        let mut counted = LineCounter { text, at: 0, line: 1 };
        for row in rows.byte_records() {
            let row = row.map_err(|error| ImportError::File(error.to_string()))?;
            let line = counted.line_of(row.position().map_or(0, csv::Position::byte));
            match self.row(&row, &columns, line, &mut lines).await? {
                Ok(()) => report.accepted += 1,
                Err(faults) => {
                    report.refused += 1;
                    let refused = |(column, reason)| Refused { line, column, reason };
                    report.faults.extend(faults.into_iter().map(refused));
                }
            }
        }
        Ok(report)
    }

    /// Takes one row, or says all that is wrong with it.
    async fn row(
        &self,
        row: &ByteRecord,
        columns: &[Column],
        line: u64,
        lines: &mut BTreeMap<AccountId, u64>,
    ) -> Result<Result<(), Vec<cells::Fault>>, ImportError> {
        let parsed = match cells::parse(row, columns, self.region, self.by_telephone) {
            Ok(parsed) => parsed,
            Err(faults) => return Ok(Err(faults)),
        };
        let found = self.directory.find(&parsed.account).await;
        let found = found.map_err(|cause| ImportError::Directory { line, cause })?;
        let account = match admitted(found) {
            Ok(account) => account,
            Err(reason) => return Ok(Err(vec![cells::at_account(reason)])),
        };
        if let Some(first) = lines.insert(account.id.clone(), line) {
            lines.insert(account.id, first);
            return Ok(Err(vec![cells::at_account(Reason::Repeated { line: first })]));
        }
        self.enrol(&account.id, parsed).await.map_err(|cause| ImportError::Registry { line, cause })?;
        Ok(Ok(()))
    }

    async fn enrol(&self, account: &AccountId, parsed: Parsed) -> Result<(), RegistryError> {
        let contacts = match parsed.contacts.is_empty() {
            true => None,
            false => {
                let known = self.registry.enrolment(self.tenant, account).await?.contacts;
                Some(merged(known, parsed.contacts, self.now))
            }
        };
        let answers = (!parsed.answers.is_empty()).then_some(parsed.answers);
        let enrol = Enrol { contacts, totp: parsed.totp, answers };
        self.registry.enrol(self.tenant, account, enrol, self.now).await
    }
}

/// Counts lines as an editor does. The reader's own count leaves out empty lines that end in CR and LF.
struct LineCounter<'a> {
    text: &'a [u8],
    at: usize,
    line: u64,
}

impl LineCounter<'_> {
    /// The line of the row that begins at `byte` or after the line ends that follow it; rows come in order.
    fn line_of(&mut self, byte: u64) -> u64 {
        let from = usize::try_from(byte).unwrap_or(usize::MAX).min(self.text.len());
        let ends = self.text[from..].iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        let passed = self.text.get(self.at..from + ends).unwrap_or_default();
        self.line += passed.iter().filter(|byte| **byte == b'\n').count() as u64;
        self.at = from + ends;
        self.line
    }
}

fn admitted(found: Option<Account>) -> Result<Account, Reason> {
    match found {
        None => Err(Reason::UnknownAccount),
        Some(account) if account.privileged => Err(Reason::Protected),
        Some(account) => Ok(account),
    }
}

/// Puts each given address in the place of the one that served the same methods. One that was there already keeps its
/// age; one that takes another's place is new, for a changed number is how accounts are stolen.
fn merged(known: Vec<RegisteredContact>, given: Vec<RegisteredContact>, now: Timestamp) -> Vec<RegisteredContact> {
    let overlap = |a: &RegisteredContact, b: &RegisteredContact| a.methods.iter().any(|way| b.methods.contains(way));
    let aged = |mut contact: RegisteredContact| {
        let before = known.iter().find(|old| overlap(old, &contact));
        contact.since = match before {
            Some(old) if old.contact == contact.contact => old.since,
            Some(_) => Some(now),
            None => None,
        };
        contact
    };
    let given: Vec<RegisteredContact> = given.into_iter().map(aged).collect();
    let kept = known.iter().filter(|old| !given.iter().any(|new| overlap(old, new))).cloned();
    kept.chain(given.iter().cloned()).collect()
}
