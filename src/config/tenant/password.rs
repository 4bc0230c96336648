//! The section `password` of a tenant's file.

use crate::config::reader::Section;
use crate::policy::password::{CharacterClass, LONGEST, PasswordRules, Reuse};

/// The floor for a password that is not the only factor (NIST SP 800-63B-4, 3.1.1.2). No tenant may go below it.
const SHORTEST_MIN: u32 = 8;

/// Reads the rules. Lengths are checked against each other, so that no rule set refuses every password.
pub fn read(mut section: Section<'_>) -> PasswordRules {
    if !section.has("min") {
        section.missing("min", "Write [password] with min, from 8; 15 where the password is the only factor.");
    }
    let longest = u32::from(LONGEST);
    let min = section.number("min", SHORTEST_MIN..=longest, SHORTEST_MIN);
    let max = section.number("max", SHORTEST_MIN..=longest, longest);
    if max < min {
        section.fault("max", format!("{max} is less than min {min}"), "Leave it out: 256 is the default.");
    }
    let require = section.list("require", "Write some of lower, upper, digit, symbol.", class);
    let classes_of_four = small(section.number("classes_of_four", 0..=4, 0));
    let part = section.number("name_part_min", 2..=20, 0);
    let rules = PasswordRules {
        min: u16::try_from(min).unwrap_or(LONGEST),
        max: u16::try_from(max).unwrap_or(LONGEST),
        require,
        classes_of_four,
        ascii_only: section.flag("ascii_only", false),
        name_part_min: (part > 0).then(|| small(part)),
        forbidden: section.list("forbidden", "Write the sentences in quotes.", sentence),
        reuse: section
            .optional_parsed("reuse", "Write \"directory\", \"allowed\" or \"refused\".", reuse)
            .unwrap_or_default(),
    };
    section.close();
    rules
}

fn small(number: u32) -> u8 {
    u8::try_from(number).unwrap_or(u8::MAX)
}

fn class(text: &str) -> Result<CharacterClass, &'static str> {
    match text {
        "lower" => Ok(CharacterClass::Lower),
        "upper" => Ok(CharacterClass::Upper),
        "digit" => Ok(CharacterClass::Digit),
        "symbol" => Ok(CharacterClass::Symbol),
        _ => Err("not a kind of character"),
    }
}

fn sentence(text: &str) -> Result<String, &'static str> {
    if text.chars().any(char::is_alphanumeric) { Ok(text.to_owned()) } else { Err("holds no letter") }
}

fn reuse(text: &str) -> Result<Reuse, &'static str> {
    match text {
        "directory" => Ok(Reuse::Directory),
        "allowed" => Ok(Reuse::Allowed),
        "refused" => Ok(Reuse::Refused),
        _ => Err("not a way of treating the last password"),
    }
}
