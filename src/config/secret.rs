//! Secrets come from files of their own, never from the configuration itself.

use std::os::unix::fs::MetadataExt;
use std::path::Path;

use zeroize::Zeroizing;

use crate::config::reader::Section;

/// Reads the secret that a `.._file` key names; `None` when nothing is written there or it is faulty.
pub fn read(section: &mut Section<'_>, key: &'static str) -> Option<Zeroizing<String>> {
    let path = section.path(key)?;
    match text(&path) {
        Ok(secret) => {
            if others_may_read(&path) {
                let remedy = format!("Run `chmod 600 {}`.", path.display());
                section.warn(key, "names a file that others on this machine may read", remedy);
            }
            Some(secret)
        }
        Err(what) => {
            section.fault(key, format!("`{}`: {what}", path.display()), "Write the secret alone into that file.");
            None
        }
    }
}

/// Without the line end of its file.
fn text(path: &Path) -> Result<Zeroizing<String>, String> {
    let text = Zeroizing::new(std::fs::read_to_string(path).map_err(|error| error.to_string())?);
    let secret = text.trim_end_matches(['\r', '\n']);
    match secret {
        "" => Err("is empty".to_owned()),
        secret if secret.contains(['\r', '\n']) => Err("has more than one line".to_owned()),
        secret => Ok(Zeroizing::new(secret.to_owned())),
    }
}

fn others_may_read(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|meta| meta.is_file() && meta.mode() & 0o004 != 0)
}
