//! No password, code or link of a house's people is in a file that its program keeps, or in anything that it said.

use crate::guarantees::canaries::encodings::Needles;
use crate::guarantees::canaries::places::files;
use crate::killing::client::Life;
use crate::killing::house::House;
use crate::runtime::house::code_in;

/// What was searched, for whom.
#[derive(Default)]
pub struct Searched {
    pub secrets: usize,
    pub bytes: usize,
}

/// Fails with what was found and where.
pub fn nowhere(house: &House, life: &Life) -> Searched {
    let texts = house.texts();
    let mut secrets: Vec<String> = life.chose.iter().map(|(_, password)| password.clone()).collect();
    secrets.extend(texts.iter().filter_map(|text| link(&text.text)));
    let codes: Vec<String> = texts.iter().filter_map(|text| code_in(&text.text)).collect();
    let (needles, short) = (Needles::of(&secrets), Needles::of(&codes));
    let mut places = files(&house.data());
    places.push(("what the program said".to_owned(), house.log().into_bytes()));
    let mut found = Vec::new();
    for (place, bytes) in &places {
        found.extend(needles.in_bytes(bytes).map(|what| format!("{what} in {place}")));
        found.extend(short.alone_in(bytes).map(|what| format!("{what} in {place}")));
    }
    assert!(found.is_empty(), "{found:#?}");
    let bytes = places.iter().map(|(_, bytes)| bytes.len()).sum();
    Searched { secrets: secrets.len() + codes.len(), bytes }
}

/// The secret end of "this was not me".
fn link(text: &str) -> Option<String> {
    let (_, rest) = text.split_once("/not-me/")?;
    Some(rest.split_whitespace().next()?.trim_end_matches('.').to_owned())
}
