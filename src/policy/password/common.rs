//! The list of common passwords: 30,000 from published breaches, each of them also with the endings that people add.
//!
//! Compared is the whole password, never a part: "dragon2024!" is on the list, "dragon2024! in my garden" is not.

/// Sorted by bytes; `common/README.md` says where it comes from.
const PASSWORDS: &str = include_str!("common/passwords.txt");

/// What people add when a rule wants a digit, a symbol or something new. A longer password that ends so is as common as
/// what stands before: programs that guess try these endings first.
pub const ENDINGS: [&str; 48] = [
    "0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "!", "@", "#", "$", "*", ".", "?", "00", "01", "11", "12", "22",
    "69", "77", "88", "99", "!!", "1!", "@1", "007", "111", "123", "321", "123!", "@123", "!@#", "1234", "12345",
    "123456", "2020", "2021", "2022", "2023", "2024", "2025", "2026", "2027", "2028",
];

/// Shorter words with an ending are no more common than any other short text (characters).
const MIN_STEM: usize = 4;

/// Entries of the list itself, in their order.
pub fn passwords() -> impl Iterator<Item = &'static str> {
    PASSWORDS.lines()
}

/// Whether the whole text is on the list, as it stands or before one of the endings. Lower case is expected.
pub fn is_listed(text: &str) -> bool {
    holds(text) || stems(text).any(holds)
}

/// What stands before each ending that the text has.
pub fn stems(text: &str) -> impl Iterator<Item = &str> {
    let stems = ENDINGS.iter().filter_map(move |ending| text.strip_suffix(ending));
    stems.filter(|stem| stem.chars().count() >= MIN_STEM)
}

/// A binary search over the bytes of the file: no copy of it is made.
fn holds(text: &str) -> bool {
    let (mut low, mut high) = (0, PASSWORDS.len());
    while low < high {
        let middle = low + (high - low) / 2;
        let begin = PASSWORDS[..middle].rfind('\n').map_or(0, |at| at + 1);
        let end = PASSWORDS[begin..].find('\n').map_or(PASSWORDS.len(), |at| begin + at);
        match PASSWORDS[begin..end].cmp(text) {
            std::cmp::Ordering::Equal => return true,
            std::cmp::Ordering::Less => low = end + 1,
            std::cmp::Ordering::Greater => high = begin,
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_entry_is_found_and_its_neighbours_are_not() {
        let all: Vec<&str> = passwords().collect();
        assert!(all.is_sorted() && all.iter().all(|entry| !entry.is_empty() && *entry == entry.to_lowercase()));
        for entry in &all {
            assert!(holds(entry), "{entry}");
            let beside = format!("{entry}\u{1}");
            assert!(!holds(&beside), "{beside}");
        }
        assert!(!holds("") && !holds("~~~~"));
    }

    #[test]
    fn endings_differ() {
        let mut endings = ENDINGS.to_vec();
        endings.sort_unstable();
        endings.dedup();
        assert_eq!(endings.len(), ENDINGS.len());
    }
}
