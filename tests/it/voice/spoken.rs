//! How long a caller has to listen: every message of every language, spoken by espeak-ng at 150 words a minute.

use std::process::Command;

use super::everything::words;

/// Seconds that anybody listens to one message.
const LONGEST: f64 = 20.0;
/// Bytes of a second of its sound: 22,050 samples of two.
const SECOND: f64 = 22_050.0 * 2.0;
const HEAD: usize = 44;

#[test]
fn nothing_that_is_said_lasts_longer_than_twenty_seconds() {
    let mut lasting: Vec<(f64, String)> = Vec::new();
    for (language, key, text) in words() {
        let spoken =
            Command::new("espeak-ng").args(["-v", language.tag(), "-s", "150", "--stdout", "--", &text]).output();
        let spoken = spoken.unwrap_or_else(|error| panic!("espeak-ng (tests/setup/debian.sh): {error}"));
        assert!(spoken.status.success(), "{}", String::from_utf8_lossy(&spoken.stderr));
        let seconds = spoken.stdout.len().saturating_sub(HEAD) as f64 / SECOND;
        lasting.push((seconds, format!("{key} in {language}: {text}")));
    }
    lasting.sort_by(|one, other| other.0.total_cmp(&one.0));
    println!("{} messages were spoken; the longest ten:", lasting.len());
    for (seconds, what) in lasting.iter().take(10) {
        println!("  {seconds:.1} s {what}");
    }
    assert!(lasting.iter().all(|(seconds, _)| *seconds > 0.1), "silence: {:?}", lasting.last());
    let long: Vec<_> = lasting.iter().filter(|(seconds, _)| *seconds > LONGEST).collect();
    assert!(lasting.len() > 300 && long.is_empty(), "nobody listens to these: {long:#?}");
}
