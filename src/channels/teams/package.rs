//! The app package that is given to the organisation: a manifest and two pictures in a zip, without compression.

use serde_json::{Value, json};

use crate::http::colour::{FALLBACK, Rgb};
use crate::model::peer::Language;
use crate::text::catalog::Catalog;

/// The version of the manifest's form.
const FORM: &str = "1.17";

/// What an app is called, and whose it is.
pub struct Wish<'a> {
    /// The id of the app's registration.
    pub app: &'a str,
    /// The institution.
    pub name: &'a str,
    /// `#rrggbb`.
    pub accent: &'a str,
    /// Scheme, host and port.
    pub public_url: &'a str,
    pub language: &'a Language,
    /// Whether it may be put where others read along; it answers with one sentence there.
    pub groups: bool,
}

/// The whole package.
pub fn package(catalog: &Catalog, wish: &Wish<'_>) -> Vec<u8> {
    let manifest = serde_json::to_vec_pretty(&manifest(catalog, wish)).expect("a manifest becomes JSON");
    zip(&[
        ("manifest.json", manifest),
        ("color.png", picture(192, rgb(wish.accent), false)),
        ("outline.png", picture(32, [255, 255, 255], true)),
    ])
}

/// What the app is and may do: talk to people, and nothing else.
pub fn manifest(catalog: &Catalog, wish: &Wish<'_>) -> Value {
    let words = |key: &'static str| cut(&catalog.text(wish.language, key, &[]), 4000);
    let commands = [
        ("reset", "messaging-command-reset"),
        ("unlock", "messaging-command-unlock"),
        ("help", "messaging-command-help"),
        ("language", "messaging-command-language"),
        ("human", "messaging-command-human"),
        ("cancel", "messaging-command-cancel"),
    ];
    let commands: Vec<Value> = commands
        .into_iter()
        .map(|(name, key)| json!({ "title": format!("/{name}"), "description": cut(&words(key), 128) }))
        .collect();
    let scopes: &[&str] = if wish.groups { &["personal", "team", "groupChat"] } else { &["personal"] };
    let host = wish.public_url.split("://").nth(1).unwrap_or_default();
    let host = host.split(':').next().unwrap_or_default();
    let about = words("messaging-app-about");
    json!({
        "$schema": format!("https://developer.microsoft.com/json-schemas/teams/v{FORM}/MicrosoftTeams.schema.json"),
        "manifestVersion": FORM,
        "version": env!("CARGO_PKG_VERSION"),
        "id": wish.app,
        "developer": {
            "name": cut(wish.name, 32),
            "websiteUrl": wish.public_url,
            "privacyUrl": wish.public_url,
            "termsOfUseUrl": wish.public_url,
        },
        "name": { "short": cut(&words("messaging-app-name"), 30), "full": cut(&format!("{}: {}", wish.name, words("messaging-app-name")), 100) },
        "description": { "short": cut(&about, 80), "full": cut(&about, 4000) },
        "icons": { "color": "color.png", "outline": "outline.png" },
        "accentColor": wish.accent,
        "bots": [{
            "botId": wish.app,
            "scopes": scopes,
            "supportsFiles": false,
            "isNotificationOnly": false,
            "commandLists": [{ "scopes": ["personal"], "commands": commands }],
        }],
        "permissions": ["identity", "messageTeamMembers"],
        "validDomains": [host],
    })
}

fn cut(text: &str, most: usize) -> String {
    // The manifest is read by a form, not by a person: no marks around arguments, one line.
    text.chars().filter(|c| !c.is_control() && !matches!(c, '\u{2066}'..='\u{2069}')).take(most).collect()
}

fn rgb(text: &str) -> [u8; 3] {
    let Rgb(red, green, blue) = Rgb::parse(text).unwrap_or(FALLBACK);
    [red, green, blue]
}

/// A key hole: on its ground, or as an outline on nothing.
fn picture(side: u32, ground: [u8; 3], outline: bool) -> Vec<u8> {
    let mut pixels = Vec::new();
    let unit = f64::from(side) / 32.0;
    for (y, x) in (0..side).flat_map(|y| (0..side).map(move |x| (y, x))) {
        let (x, y) = ((f64::from(x) + 0.5) / unit - 16.0, (f64::from(y) + 0.5) / unit - 16.0);
        let head = (x * x + (y + 3.0) * (y + 3.0)).sqrt();
        let hole = head < 4.5 || (x.abs() < 1.2 + (y + 3.0) / 5.0 && (0.0..9.0).contains(&y));
        let ring = (12.5..14.5).contains(&(x * x + y * y).sqrt());
        let pixel = match (outline, hole, ring) {
            (true, true, _) | (true, _, true) => [255, 255, 255, 255],
            (true, false, false) => [255, 255, 255, 0],
            (false, true, _) | (false, _, true) => [255, 255, 255, 255],
            (false, false, false) => [ground[0], ground[1], ground[2], 255],
        };
        pixels.extend(pixel);
    }
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, side, side);
    encoder.set_color(png::ColorType::Rgba);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header().expect("a header goes into memory");
    writer.write_image_data(&pixels).expect("as many pixels as the header says");
    drop(writer);
    bytes
}

/// Files one after the other, then their list (APPNOTE 6.3, method 0).
fn zip(files: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let (mut out, mut list) = (Vec::new(), Vec::new());
    let short = |n: usize| u16::try_from(n).expect("names and counts are small").to_le_bytes();
    let long = |n: usize| u32::try_from(n).expect("the files are small").to_le_bytes();
    for (name, bytes) in files {
        let at = out.len();
        // Version 2.0, no flags, stored; 1 January 1980, so that the same input is the same package.
        let common = [
            &[20, 0, 0, 0, 0, 0, 0, 0, 0x21, 0][..],
            &crc32(bytes).to_le_bytes(),
            &long(bytes.len()),
            &long(bytes.len()),
            &short(name.len()),
            &[0, 0],
        ]
        .concat();
        out.extend_from_slice(b"PK\x03\x04");
        out.extend_from_slice(&common);
        out.extend_from_slice(name.as_bytes());
        out.extend_from_slice(bytes);
        list.extend_from_slice(b"PK\x01\x02\x14\x00");
        list.extend_from_slice(&common);
        list.extend_from_slice(&[0; 10]);
        list.extend_from_slice(&long(at));
        list.extend_from_slice(name.as_bytes());
    }
    let (at, size) = (out.len(), list.len());
    out.extend_from_slice(&list);
    out.extend_from_slice(b"PK\x05\x06\0\0\0\0");
    out.extend_from_slice(&short(files.len()));
    out.extend_from_slice(&short(files.len()));
    out.extend_from_slice(&long(size));
    out.extend_from_slice(&long(at));
    out.extend_from_slice(&[0, 0]);
    out
}

/// Of the polynomial that zip and PNG share.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xEDB8_8320 * (crc & 1)))
    })
}
