//! Writes what the bot says into the talk files, when `RINGBACK_BLESS=1` asks for it; the difference is read by a person.

use std::path::Path;

/// Whether files are to be rewritten.
pub fn wanted() -> bool {
    std::env::var_os("RINGBACK_BLESS").is_some()
}

/// Replaces or adds the `bot:` line of every step. A step begins with `  - ` and its keys stand one a line.
pub fn write(file: &str, bot: &[Vec<String>]) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/talks").join(file);
    let text = std::fs::read_to_string(&path).unwrap();
    let (head, steps) = text.split_once("steps:\n").unwrap();
    let mut blessed = format!("{head}steps:\n");
    let mut step = 0;
    for line in steps.lines() {
        if line.trim_start().starts_with("bot:") {
            continue;
        }
        blessed.push_str(line);
        blessed.push('\n');
        if line.starts_with("  - ") {
            if let Some(keys) = bot.get(step).filter(|keys| !keys.is_empty()) {
                blessed.push_str(&format!("    bot: [{}]\n", keys.join(", ")));
            }
            step += 1;
        }
    }
    std::fs::write(path, blessed).unwrap();
}
