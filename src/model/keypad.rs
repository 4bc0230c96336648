//! Names and numbers on the keys of a telephone (E.161).

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

use crate::model::digits;

/// Most keys that a name is asked for in; longer names are known by their beginning.
pub const MOST_NAME_KEYS: usize = 15;

/// What keyed digits stand for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Keyed {
    /// The number on the person's card, or a user name's own digits.
    Number,
    /// A user name, spelled: `O'Hare` is 64273.
    Name,
}

/// The key of a letter or digit; `None` for what no key has, which is left out.
fn key(c: char) -> Option<char> {
    let c = digits::ascii(c).unwrap_or(c).to_ascii_lowercase();
    Some(match c {
        '0'..='9' => c,
        'a'..='c' => '2',
        'd'..='f' => '3',
        'g'..='i' => '4',
        'j'..='l' => '5',
        'm'..='o' => '6',
        'p'..='s' => '7',
        't'..='v' => '8',
        'w'..='z' => '9',
        _ => return None,
    })
}

/// The letters and the digit on a key.
pub fn on_key(key: char) -> &'static str {
    match key {
        '0' => "0",
        '1' => "1",
        '2' => "abc2",
        '3' => "def3",
        '4' => "ghi4",
        '5' => "jkl5",
        '6' => "mno6",
        '7' => "pqrs7",
        '8' => "tuv8",
        '9' => "wxyz9",
        _ => "",
    }
}

/// A name as it is spelled on the keys: accents dropped, everything else that no key has left out.
pub fn keys_of(name: &str) -> String {
    name.nfkd().filter_map(key).collect()
}

/// The part of a user name or mail address before its `@`.
pub fn local_part(name: &str) -> &str {
    name.rsplit_once('@').map_or(name, |(local, _)| local)
}

/// Whether these keys mean this user name.
pub fn means(user_name: &str, keys: &str, what: Keyed) -> bool {
    let local = local_part(user_name);
    match what {
        Keyed::Number => {
            let own: String = local.chars().filter_map(digits::ascii).collect();
            // Fewer are the number behind a name that somebody else has too.
            own.len() >= 4 && own == keys
        }
        Keyed::Name => {
            let spelled = keys_of(local);
            spelled == keys || (keys.len() >= MOST_NAME_KEYS && spelled.starts_with(keys))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_spelled_as_on_every_telephone() {
        assert_eq!(keys_of("O'Hare"), "64273");
        assert_eq!(keys_of("siti.aminah"), "7484264624");
        assert_eq!(keys_of("Zoë٤"), "9634");
        assert!(means("ohare@uni.example", "64273", Keyed::Name));
        assert!(!means("ohare@uni.example", "6427", Keyed::Name));
        assert!(means("a.very.long.user.name@uni.example", "283795664873762", Keyed::Name));
        for digit in '0'..='9' {
            assert!(on_key(digit).chars().all(|c| key(c) == Some(digit)));
        }
    }

    #[test]
    fn a_number_is_all_digits_of_a_name_and_not_a_few() {
        assert!(means("tp012345@uni.example", "012345", Keyed::Number));
        assert!(!means("tp012345@uni.example", "12345", Keyed::Number));
        assert!(!means("lee77@uni.example", "77", Keyed::Number));
    }
}
