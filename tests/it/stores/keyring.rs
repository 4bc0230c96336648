//! The ring of keys: what it takes, what it refuses, and what a rotation keeps.

use std::os::unix::fs::{MetadataExt, PermissionsExt};

use ringback::store::keyring::{Keeper, KeyRing, KeyRingError, fresh};
use ringback::verify::seal::{Damaged, Nonce, Place};

use super::fixtures::Chance;

const NONCE: Nonce = [3; 24];
const PLACE: Place<'static> = Place { namespace: "conversation", key: b"a", version: &[1] };

#[test]
fn a_new_ring_is_for_its_owner_alone_and_never_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys");
    KeyRing::create(&path, &Chance).unwrap();
    assert_eq!(std::fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
    let before = std::fs::read(&path).unwrap();
    assert!(KeyRing::create(&path, &Chance).is_err());
    assert_eq!(std::fs::read(&path).unwrap(), before);
    KeyRing::read(&path).unwrap();
    assert_ne!(*fresh(&Chance), *fresh(&Chance));
}

#[test]
fn a_ring_that_others_can_read_is_refused_with_the_remedy() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys");
    KeyRing::create(&path, &Chance).unwrap();
    for mode in [0o640, 0o604, 0o660] {
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        let refused = KeyRing::read(&path).err().unwrap();
        assert!(matches!(refused, KeyRingError::Exposed { .. }), "{refused}");
        assert!(refused.to_string().contains("chmod 600"));
    }
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o400)).unwrap();
    KeyRing::read(&path).unwrap();
}

#[test]
fn a_ring_fits_on_one_line_of_an_environment() {
    let text = fresh(&Chance);
    let line: String = text.lines().skip(1).collect::<Vec<_>>().join("; ");
    let (file, line) = (KeyRing::parse(&text).unwrap(), KeyRing::parse(&line).unwrap());
    let sealed = file.sealer(Keeper::Store).seal(&NONCE, PLACE, b"x");
    assert_eq!(line.sealer(Keeper::Store).open(PLACE, &sealed).unwrap(), b"x");
}

#[test]
fn faults_name_the_line_and_show_no_key() {
    let key = "0123456789abcdef".repeat(4);
    let head = format!("ringback-keys 1\nlasting {key}\n");
    let cases = [
        (String::new(), 1, "empty"),
        (String::from("key 1 00\n"), 1, "first line"),
        (format!("{head}key 1 {}\n", &key[1..]), 3, "64 hex digits"),
        (format!("{head}key 1 {}\n", "0".repeat(64)), 3, "zeros"),
        (format!("{head}key one {key}\n"), 3, "number"),
        (format!("{head}key 1 {key}\n"), 4, "active"),
        (format!("{head}key 1 {key} active\nkey 1 {key}\n"), 4, "second key"),
        (format!("{head}key 1 {key} active\nkey 2 {key} active\n"), 4, "second active"),
        (format!("{head}lasting {key}\n"), 3, "second `lasting`"),
        (format!("ringback-keys 1\nkey 1 {key} active\n"), 3, "`lasting` is missing"),
        (format!("{head}keys 1 {key}\n"), 3, "expected"),
    ];
    for (text, line, words) in cases {
        let refused = KeyRing::parse(&text).err().unwrap_or_else(|| panic!("taken: {words}")).to_string();
        assert!(refused.contains(&format!("line {line}:")) && refused.contains(words), "{refused}");
        assert!(!refused.contains("0123456789"), "a key is shown: {refused}");
    }
}

#[test]
fn a_rotation_reads_the_old_and_writes_the_new() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys");
    KeyRing::create(&path, &Chance).unwrap();
    let before = KeyRing::read(&path).unwrap();
    let sealed = before.sealer(Keeper::Registry).seal(&NONCE, PLACE, b"old");
    assert_eq!(KeyRing::rotate(&path, &Chance).unwrap(), 2);
    let after = KeyRing::read(&path).unwrap();
    assert_eq!(after.sealer(Keeper::Registry).open(PLACE, &sealed).unwrap(), b"old");
    let new = after.sealer(Keeper::Registry).seal(&NONCE, PLACE, b"new");
    assert_eq!(before.sealer(Keeper::Registry).open(PLACE, &new), Err(Damaged));
    // Unknown names keep their made-up methods, attempts stay counted, accounts stay found; codes start anew.
    let part: &[&[u8]] = &[b"ada"];
    assert_eq!(before.keys().decoy.tag(part), after.keys().decoy.tag(part));
    assert_eq!(before.keys().pseudonym.tag(part), after.keys().pseudonym.tag(part));
    assert_eq!(before.lookup(Keeper::Registry).tag(part), after.lookup(Keeper::Registry).tag(part));
    assert_ne!(before.keys().code.tag(part), after.keys().code.tag(part));
    assert_ne!(before.keys().receipt.tag(part), after.keys().receipt.tag(part));
    assert_eq!(KeyRing::rotate(&path, &Chance).unwrap(), 3);
    assert_eq!(std::fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "no half-written ring is left");
}

#[test]
fn no_key_serves_two_purposes() {
    let ring = KeyRing::ephemeral([1; 32]);
    let keys = ring.keys();
    let part: &[&[u8]] = &[b"same"];
    let mut tags = vec![
        keys.code.tag(part),
        keys.target.tag(part),
        keys.receipt.tag(part),
        keys.decoy.tag(part),
        keys.link.tag(part),
        keys.button.tag(part),
        keys.pseudonym.tag(part),
        ring.audit_macs().active().1.tag(part),
    ];
    tags.extend([Keeper::Store, Keeper::Registry, Keeper::Audit].map(|keeper| ring.lookup(keeper).tag(part)));
    let n = tags.len();
    tags.sort();
    tags.dedup();
    assert_eq!(tags.len(), n);
    let sealed = ring.sealer(Keeper::Store).seal(&NONCE, PLACE, b"x");
    assert_eq!(ring.sealer(Keeper::Registry).open(PLACE, &sealed), Err(Damaged));
}

#[test]
fn an_envelope_opens_in_its_place_only_and_whole_only() {
    let sealer = KeyRing::ephemeral([1; 32]).sealer(Keeper::Store);
    let sealed = sealer.seal(&NONCE, PLACE, b"secret");
    assert_eq!(sealed.len(), 45 + 6);
    assert_eq!(sealer.open(PLACE, &sealed).unwrap(), b"secret");
    let elsewhere = [
        Place { namespace: "peer", ..PLACE },
        Place { key: b"b", ..PLACE },
        Place { version: &[2], ..PLACE },
        // The same bytes in a row, divided differently.
        Place { namespace: "conversationa", key: b"", ..PLACE },
    ];
    for place in elsewhere {
        assert_eq!(sealer.open(place, &sealed), Err(Damaged));
    }
    for at in 0..sealed.len() {
        let mut damaged = sealed.clone();
        damaged[at] ^= 1;
        assert_eq!(sealer.open(PLACE, &damaged), Err(Damaged), "byte {at}");
        assert_eq!(sealer.open(PLACE, &sealed[..at]), Err(Damaged), "cut at {at}");
    }
}
