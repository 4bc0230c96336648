//! Source files as the rules see them: code without comments and without the tests beside it.

use std::path::{Path, PathBuf};

/// A source file under `src` or `tests`.
pub struct Source {
    /// From the repository's top: `src/flow/set.rs`.
    pub path: String,
    pub text: String,
}

/// A line of code, comments and tests taken away.
pub struct Line<'a> {
    pub number: usize,
    pub code: &'a str,
}

impl Source {
    /// Every Rust file under a folder of the repository, in the order of paths.
    pub fn under(folder: &str) -> Vec<Source> {
        let top = top();
        let mut sources = Vec::new();
        let mut folders = vec![top.join(folder)];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(&folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|extension| extension == "rs") {
                    let text = std::fs::read_to_string(&path).unwrap();
                    sources.push(Source { path: path.strip_prefix(&top).unwrap().to_str().unwrap().to_owned(), text });
                }
            }
        }
        sources.sort_by(|a, b| a.path.cmp(&b.path));
        sources
    }

    /// The top-level module: `flow` for `src/flow.rs` and all below `src/flow/`.
    pub fn module(&self) -> &str {
        let below = self.path.strip_prefix("src/").unwrap_or(&self.path);
        below.split('/').next().unwrap().trim_end_matches(".rs")
    }

    /// Code lines down to the first `#[cfg(test)]`, where by our habit the tests begin.
    pub fn code(&self) -> impl Iterator<Item = Line<'_>> {
        let before_tests = |line: &&str| !line.starts_with("#[cfg(test)]");
        let lines = self.text.lines().take_while(before_tests).enumerate();
        lines.filter_map(|(index, line)| {
            let code = line.trim_start();
            let code = if code.starts_with("//") { "" } else { code.split(" // ").next().unwrap_or(code) };
            (!code.is_empty()).then_some(Line { number: index + 1, code })
        })
    }
}

/// The repository's top folder.
pub fn top() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

/// Whether `code` names `path` as a whole: `tokio` is not in `tokio_like`.
pub fn names(code: &str, path: &str) -> bool {
    let part_of_name = |c: char| c.is_alphanumeric() || c == '_';
    code.match_indices(path).any(|(at, _)| {
        let before = code[..at].chars().next_back();
        let after = code[at + path.len()..].chars().next();
        !before.is_some_and(part_of_name) && !after.is_some_and(part_of_name)
    })
}
