//! Files of a store as one small file: blocks of zeros are left out.
//!
//! For each file: a line `name length`, a line for each block that is not zero, `offset hex`, and an empty line.

use std::fmt::Write;
use std::path::Path;

use data_encoding::HEXLOWER;

const BLOCK: usize = 256;

/// All files below `folder`, whose names are told relative to it.
pub fn pack(folder: &Path) -> String {
    let mut names = Vec::new();
    list(folder, folder, &mut names);
    names.sort();
    let mut packed = String::new();
    for name in names {
        let bytes = std::fs::read(folder.join(&name)).unwrap();
        writeln!(packed, "{name} {}", bytes.len()).unwrap();
        for (block, bytes) in bytes.chunks(BLOCK).enumerate().filter(|(_, bytes)| bytes.iter().any(|byte| *byte != 0)) {
            let used = bytes.iter().rposition(|byte| *byte != 0).unwrap();
            writeln!(packed, "{} {}", block * BLOCK, HEXLOWER.encode(&bytes[..=used])).unwrap();
        }
        packed.push('\n');
    }
    packed
}

/// Writes the files below `folder`.
pub fn unpack(packed: &str, folder: &Path) {
    for file in packed.split("\n\n").filter(|file| !file.trim().is_empty()) {
        let mut lines = file.lines();
        let (name, length) = lines.next().unwrap().rsplit_once(' ').unwrap();
        let mut bytes = vec![0; length.parse().unwrap()];
        for line in lines {
            let (offset, hex) = line.split_once(' ').unwrap();
            let (offset, block) = (offset.parse::<usize>().unwrap(), HEXLOWER.decode(hex.as_bytes()).unwrap());
            bytes[offset..offset + block.len()].copy_from_slice(&block);
        }
        let path = folder.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
}

fn list(top: &Path, folder: &Path, names: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => list(top, &path, names),
            false => names.push(path.strip_prefix(top).unwrap().to_str().unwrap().to_owned()),
        }
    }
}
