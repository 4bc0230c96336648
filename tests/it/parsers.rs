//! What the fuzzer feeds, fed by every test run: each file of its corpora, and mutants of them.

#[path = "../../fuzz/entries.rs"]
mod entries;

use std::path::{Path, PathBuf};

use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use entries::ENTRIES;

/// Mutants in all; a parser whose input is read slowly gets fewer of them.
const MUTANTS: u32 = 10_000;
const SLOW: [(&str, u32); 4] = [("flow_file", 300), ("fluent_file", 300), ("tenant_file", 300), ("utterance", 100)];

/// One change to some bytes; places count in 65,536ths of the length.
#[derive(Clone, Debug)]
enum Change {
    Set(u16, u8),
    Flip(u16, u8),
    Insert(u16, Vec<u8>),
    Remove(u16, u8),
    Repeat(u16, u8),
    /// Goes on with another seed from here.
    Splice(u16, u16),
    Cut(u16),
}

#[test]
fn every_parser_takes_its_corpus_and_ten_thousand_mutants_without_a_panic() {
    let few: u32 = SLOW.iter().map(|(_, count)| count).sum();
    let each = (MUTANTS - few).div_ceil((ENTRIES.len() - SLOW.len()) as u32);
    let (mut files, mut mutants) = (0, 0);
    for (name, feed) in ENTRIES {
        let seeds = seeds(name);
        assert!(!seeds.is_empty(), "fuzz/corpus/{name} is empty");
        seeds.iter().for_each(|seed| feed(seed));
        let cases = SLOW.iter().find(|(slow, _)| *slow == name).map_or(each, |(_, count)| *count);
        let config = Config { cases, failure_persistence: None, ..Config::default() };
        let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
        let input = (any::<prop::sample::Index>(), prop::collection::vec(change(), 1..6));
        let fed = runner.run(&input, |(seed, changes)| {
            feed(&mutated(&seeds, seed.index(seeds.len()), &changes));
            Ok(())
        });
        if let Err(broken) = fed {
            panic!("{name}: {broken}");
        }
        files += seeds.len();
        mutants += cases;
    }
    println!("{} parsers, {files} files, {mutants} mutants", ENTRIES.len());
    assert!(mutants >= MUTANTS);
}

/// The fuzzer's targets, their corpora and the functions above are the same set.
#[test]
fn every_parser_has_a_target_and_a_corpus() {
    let mut names: Vec<String> = ENTRIES.iter().map(|(name, _)| (*name).to_owned()).collect();
    names.sort();
    for (folder, ending) in [("fuzz_targets", ".rs"), ("corpus", "")] {
        let entries = std::fs::read_dir(top().join(folder)).unwrap();
        let mut found: Vec<String> = entries
            .map(|entry| entry.unwrap().file_name().to_string_lossy().trim_end_matches(ending).to_owned())
            .collect();
        found.sort();
        assert_eq!(found, names, "fuzz/{folder}");
    }
}

fn change() -> impl Strategy<Value = Change> {
    let odd = prop::sample::select(b"\0\x01\x7f\x80\xc3\xff\n\r\t \"'\\/%&=+,;:.{}[]()<>$#@-_*0129aZ".to_vec());
    let byte = prop_oneof![odd, any::<u8>()];
    let at = any::<u16>;
    prop_oneof![
        4 => (at(), byte.clone()).prop_map(|(at, byte)| Change::Set(at, byte)),
        2 => (at(), 0u8..8).prop_map(|(at, bit)| Change::Flip(at, bit)),
        3 => (at(), prop::collection::vec(byte, 1..9)).prop_map(|(at, bytes)| Change::Insert(at, bytes)),
        3 => (at(), any::<u8>()).prop_map(|(at, count)| Change::Remove(at, count)),
        1 => (at(), any::<u8>()).prop_map(|(at, count)| Change::Repeat(at, count)),
        1 => (at(), at()).prop_map(|(at, other)| Change::Splice(at, other)),
        1 => at().prop_map(Change::Cut),
    ]
}

fn mutated(seeds: &[Vec<u8>], seed: usize, changes: &[Change]) -> Vec<u8> {
    let mut bytes = seeds[seed].clone();
    for change in changes {
        let place = |at: u16, length: usize| usize::from(at) * length / 65_536;
        let length = bytes.len();
        match change {
            Change::Set(at, byte) if length > 0 => bytes[place(*at, length)] = *byte,
            Change::Flip(at, bit) if length > 0 => bytes[place(*at, length)] ^= 1 << bit,
            Change::Set(..) | Change::Flip(..) => {}
            Change::Insert(at, new) => {
                let at = place(*at, length + 1);
                bytes.splice(at..at, new.iter().copied());
            }
            Change::Remove(at, count) => {
                let at = place(*at, length);
                bytes.drain(at..(at + usize::from(*count)).min(length));
            }
            Change::Repeat(at, count) => {
                let at = place(*at, length);
                let piece = bytes[at..(at + usize::from(*count)).min(length)].to_vec();
                bytes.splice(at..at, piece);
            }
            Change::Splice(at, other) => {
                bytes.truncate(place(*at, length));
                let other_seed = &seeds[usize::from(*other) % seeds.len()];
                bytes.extend(&other_seed[place(*other, other_seed.len())..]);
            }
            Change::Cut(at) => bytes.truncate(place(*at, length)),
        }
    }
    bytes
}

fn seeds(name: &str) -> Vec<Vec<u8>> {
    let mut paths: Vec<PathBuf> =
        std::fs::read_dir(top().join("corpus").join(name)).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths.iter().map(|path| std::fs::read(path).unwrap()).collect()
}

fn top() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz")
}
