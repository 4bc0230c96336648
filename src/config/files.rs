//! Scripts and messages as texts: of the program, or of a folder that replaces them.

use std::io;
use std::path::Path;

use crate::flow::load;
use crate::text::catalog;

/// Flow scripts by file name: every `.yaml` of the folder, else what is in the program.
pub fn flows(folder: Option<&Path>) -> io::Result<Vec<(String, String)>> {
    let Some(folder) = folder else { return Ok(load::shipped()) };
    texts(folder, "", &["yaml", "yml"])
}

/// Locale files as `<tag>/<name>.ftl`: of the folder, else what is in the program.
pub fn locales(folder: Option<&Path>) -> io::Result<Vec<(String, String)>> {
    let Some(folder) = folder else { return Ok(catalog::shipped_files()) };
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        if entry.path().is_dir() {
            let tag = entry.file_name().to_string_lossy().into_owned();
            files.extend(texts(&entry.path(), &format!("{tag}/"), &["ftl"])?);
        }
    }
    files.sort();
    Ok(files)
}

/// Files of these kinds, in the order of their names; everything else in the folder is left alone.
pub fn texts(folder: &Path, prefix: &str, kinds: &[&str]) -> io::Result<Vec<(String, String)>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let kind = path.extension().and_then(|kind| kind.to_str()).unwrap_or_default();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if path.is_file() && kinds.contains(&kind) {
            files.push((format!("{prefix}{name}"), std::fs::read_to_string(&path)?));
        }
    }
    files.sort();
    Ok(files)
}
