//! The columns of an import file, and what may stand in their cells.

use std::collections::BTreeSet;

use csv::ByteRecord;
use data_encoding::{BASE32_NOPAD, DecodeError};
use zeroize::Zeroizing;

use crate::model::account::RegisteredContact;
use crate::model::contacts::{Contact, EmailAddress, PhoneNumber};
use crate::model::method::Method;
use crate::model::names::OptionKey;
use crate::model::secrets::Answer;
use crate::policy::tenant::Questions;
use crate::registry::import::Reason;
use crate::verify::totp::TotpSecret;

const ACCOUNT: &str = "account";
const QUESTION: &str = "question:";
/// Longest cell that is looked at, in characters.
const MAX_CELL: usize = 256;
/// Shared secrets of authenticator apps, in bytes (RFC 4226 asks for 16 or more).
const TOTP_BYTES: std::ops::RangeInclusive<usize> = 16..=64;

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Column {
    Account,
    Mobile,
    OfficePhone,
    Email,
    TotpSecret,
    Question(OptionKey),
}

/// What a row enrols.
pub struct Parsed {
    pub account: String,
    pub contacts: Vec<RegisteredContact>,
    pub totp: Option<TotpSecret>,
    pub answers: Vec<(OptionKey, Answer)>,
}

/// A column, or the row, and what is wrong there.
pub type Fault = (Option<String>, Reason);

pub fn at_account(reason: Reason) -> Fault {
    (Some(String::from(ACCOUNT)), reason)
}

/// `;` when the first line has more of it than of `,`.
pub fn separator(text: &[u8]) -> u8 {
    let first = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let n = |separator: u8| first.iter().filter(|byte| **byte == separator).count();
    if n(b';') > n(b',') { b';' } else { b',' }
}

/// The columns of the first row. An unknown one stops the import: a slip in its name would silently lose it.
pub fn columns(header: &ByteRecord, questions: &[OptionKey]) -> Result<Vec<Column>, String> {
    let mut columns = Vec::new();
    for (at, name) in header.iter().enumerate() {
        let name = std::str::from_utf8(name).map_err(|_| format!("column {} is not UTF-8 text", at + 1))?.trim();
        let column = column(name, questions).ok_or_else(|| unknown(name, at, questions))?;
        if columns.contains(&column) {
            return Err(format!("`{name}` stands there twice"));
        }
        columns.push(column);
    }
    match columns.contains(&Column::Account) {
        true if columns.len() > 1 => Ok(columns),
        true => Err(String::from("beside `account` there is no column to import")),
        false => Err(String::from("the column `account` is missing")),
    }
}

/// Reads a row, or lists everything that is wrong with its cells.
pub fn parse(
    row: &ByteRecord,
    columns: &[Column],
    region: &str,
    by_telephone: &BTreeSet<OptionKey>,
) -> Result<Parsed, Vec<Fault>> {
    if row.len() != columns.len() {
        return Err(vec![(None, Reason::Cells { found: row.len(), expected: columns.len() })]);
    }
    let mut parsed = Parsed { account: String::new(), contacts: Vec::new(), totp: None, answers: Vec::new() };
    let mut faults = Vec::new();
    for (cell, column) in row.iter().zip(columns) {
        let taken = text(cell).and_then(|cell| match cell {
            "" if *column == Column::Account => Err(Reason::Empty),
            "" => Ok(()),
            cell => match column {
                // Nobody could ever key it in.
                Column::Question(id) if by_telephone.contains(id) && !Questions::can_be_keyed(cell) => {
                    Err(Reason::Digits)
                }
                column => parsed.take(column, cell, region),
            },
        });
        if let Err(reason) = taken {
            faults.push((Some(column.name()), reason));
        }
    }
    if faults.is_empty() && parsed.is_empty() {
        faults.push((None, Reason::Nothing));
    }
    if faults.is_empty() { Ok(parsed) } else { Err(faults) }
}

impl Parsed {
    fn take(&mut self, column: &Column, cell: &str, region: &str) -> Result<(), Reason> {
        match column {
            Column::Account => cell.clone_into(&mut self.account),
            Column::Mobile => {
                self.contacts.push(phone(cell, region, vec![Method::Sms, Method::CallMobile])?);
            }
            Column::OfficePhone => self.contacts.push(phone(cell, region, vec![Method::CallOffice])?),
            Column::Email => {
                let contact = Contact::Email(EmailAddress::parse(cell).map_err(|_| Reason::Email)?);
                self.contacts.push(RegisteredContact { contact, methods: vec![Method::Email], since: None });
            }
            Column::TotpSecret => self.totp = Some(totp(cell)?),
            Column::Question(id) => self.answers.push((id.clone(), Answer::new(cell.to_owned()))),
        }
        Ok(())
    }

    fn is_empty(&self) -> bool {
        self.contacts.is_empty() && self.totp.is_none() && self.answers.is_empty()
    }
}

impl Column {
    fn name(&self) -> String {
        match self {
            Column::Account => String::from(ACCOUNT),
            Column::Mobile => String::from("mobile"),
            Column::OfficePhone => String::from("office_phone"),
            Column::Email => String::from("email"),
            Column::TotpSecret => String::from("totp_secret"),
            Column::Question(id) => format!("{QUESTION}{id}"),
        }
    }
}

fn column(name: &str, questions: &[OptionKey]) -> Option<Column> {
    match name {
        ACCOUNT => Some(Column::Account),
        "mobile" => Some(Column::Mobile),
        "office_phone" => Some(Column::OfficePhone),
        "email" => Some(Column::Email),
        "totp_secret" => Some(Column::TotpSecret),
        _ => {
            let id = OptionKey::parse(name.strip_prefix(QUESTION)?).ok()?;
            questions.contains(&id).then_some(Column::Question(id))
        }
    }
}

/// Shows the name only when it has the shape of one: where the first row is missing, it is somebody's data.
fn unknown(name: &str, at: usize, questions: &[OptionKey]) -> String {
    let plain = name.strip_prefix(QUESTION).unwrap_or(name);
    let shown = match OptionKey::parse(plain) {
        Ok(_) if name.len() <= 32 && !plain.bytes().any(|byte| byte.is_ascii_digit()) => format!("`{name}`"),
        _ => format!("column {}", at + 1),
    };
    let asked: Vec<String> = questions.iter().map(|id| format!(", `{QUESTION}{id}`")).collect();
    let known = format!("`account`, `mobile`, `office_phone`, `email`, `totp_secret`{}", asked.concat());
    format!("{shown} is not known; known are {known}")
}

/// A cell without outer space, or why it is none. A leading `'` is how spreadsheets keep `+44..` a text.
fn text(cell: &[u8]) -> Result<&str, Reason> {
    let cell = std::str::from_utf8(cell).map_err(|_| Reason::NotText)?.trim();
    let cell = cell.strip_prefix('\'').unwrap_or(cell);
    match cell.chars().next() {
        Some('=' | '@') => Err(Reason::Formula),
        _ if cell.chars().count() > MAX_CELL => Err(Reason::Long),
        _ => Ok(cell),
    }
}

fn phone(cell: &str, region: &str, methods: Vec<Method>) -> Result<RegisteredContact, Reason> {
    let number = PhoneNumber::parse(cell, region).map_err(|_| Reason::Phone)?;
    Ok(RegisteredContact { contact: Contact::Phone(number), methods, since: None })
}

fn totp(cell: &str) -> Result<TotpSecret, Reason> {
    let plain = |c: &char| !c.is_whitespace() && !matches!(c, '-' | '=');
    let text: Zeroizing<String> = Zeroizing::new(cell.chars().filter(plain).collect::<String>().to_ascii_uppercase());
    let bytes = Zeroizing::new(base32(text.as_bytes()).map_err(|_| Reason::TotpSecret)?);
    if TOTP_BYTES.contains(&bytes.len()) { Ok(TotpSecret(bytes)) } else { Err(Reason::TotpSecret) }
}

/// Authenticator apps ignore left-over bits of the last letter, and some generators set them.
fn base32(text: &[u8]) -> Result<Vec<u8>, DecodeError> {
    let mut lenient = BASE32_NOPAD.specification();
    lenient.check_trailing_bits = false;
    lenient.encoding().expect("it differs from a valid one in what it lets pass").decode(text)
}
