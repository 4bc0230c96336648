//! Reads the picture of an institution: a small PNG or SVG that cannot do anything but be looked at.

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use crate::policy::tenant::{Logo, Picture};

/// Largest file; a mark of a few hundred pixels needs a tenth of it.
pub const MAX_BYTES: usize = 64 * 1024;
/// Longest side of a PNG: browsers unpack all of it (pixels).
const MAX_SIDE: u32 = 2_048;

/// What an SVG must not hold: programs, and everything that is fetched from elsewhere. Names are looked for as they
/// stand, so that no way of writing them in another alphabet helps; entities are refused as a whole.
const UNSAFE_ELEMENTS: [&str; 10] =
    ["script", "foreignobject", "iframe", "object", "embed", "image", "use", "style", "animate", "set"];

/// A picture from the bytes of its file, or why it is none that pages may show.
pub fn read(bytes: &[u8]) -> Result<Logo, String> {
    if bytes.len() > MAX_BYTES {
        return Err(format!("has {} bytes; a logo may have {MAX_BYTES}", bytes.len()));
    }
    let picture = if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        png(bytes)?;
        Picture::Png
    } else {
        svg(bytes)?;
        Picture::Svg
    };
    let version = HEXLOWER.encode(&Sha256::digest(bytes)[..8]);
    Ok(Logo { picture, bytes: bytes.into(), version })
}

fn png(bytes: &[u8]) -> Result<(), String> {
    let mut reader =
        png::Decoder::new(bytes).read_info().map_err(|error| format!("is no PNG that can be read: {error}"))?;
    let (width, height) = (reader.info().width, reader.info().height);
    if width == 0 || height == 0 || width > MAX_SIDE || height > MAX_SIDE {
        return Err(format!("is {width} by {height} pixels; a side may have {MAX_SIDE}"));
    }
    let mut pixels = vec![0; reader.output_buffer_size()];
    reader.next_frame(&mut pixels).map(|_| ()).map_err(|error| format!("is no PNG that can be read: {error}"))
}

fn svg(bytes: &[u8]) -> Result<(), String> {
    let text = std::str::from_utf8(bytes).map_err(|_| "is neither PNG nor SVG".to_owned())?;
    let lower = text.to_ascii_lowercase();
    let start = lower.trim_start_matches('\u{feff}').trim_start();
    let opens = start.starts_with("<svg") || (start.starts_with("<?xml") && start.contains("<svg"));
    if !opens || !lower.contains("http://www.w3.org/2000/svg") || !lower.trim_end().ends_with("</svg>") {
        return Err("is neither PNG nor SVG".to_owned());
    }
    if let Some(name) = tags(&lower).find_map(|tag| UNSAFE_ELEMENTS.into_iter().find(|name| named(tag, name))) {
        return Err(format!("holds a <{name}>, and a logo is only looked at"));
    }
    if tags(&lower).any(|tag| tag.starts_with('!') && !tag.starts_with("!--")) || lower.contains('&') {
        return Err("holds a document type or an entity, and a logo needs none".to_owned());
    }
    if tags(&lower).any(has_handler) {
        return Err("holds an event handler, and a logo is only looked at".to_owned());
    }
    let fetches = ["href", "url(http", "url('http", "url(\"http", "url(//", "@import", "javascript:", "data:"];
    match fetches.into_iter().find(|sign| lower.contains(sign)) {
        Some(sign) => Err(format!("holds `{sign}`, and a logo loads nothing")),
        None => Ok(()),
    }
}

/// What stands between `<` and the next `>`.
fn tags(lower: &str) -> impl Iterator<Item = &str> {
    lower.split('<').skip(1).map(|rest| rest.split('>').next().unwrap_or(rest))
}

/// Whether the tag is of this name, whatever prefix it wears: `svg:script` is a script.
fn named(tag: &str, name: &str) -> bool {
    let tag = tag.trim_start_matches('/').split(|c: char| c.is_whitespace() || c == '/').next().unwrap_or_default();
    tag.rsplit(':').next().is_some_and(|local| local.starts_with(name))
}

/// `onload=`, with any space around.
fn has_handler(tag: &str) -> bool {
    let mut parts = tag.split('=').peekable();
    while let Some(before) = parts.next() {
        let attribute = before.trim_end().rsplit(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '/' | ':'));
        let name = attribute.into_iter().next().unwrap_or_default();
        if parts.peek().is_some() && name.starts_with("on") {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(inside: &str) -> Result<Logo, String> {
        read(format!("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 9 9\">{inside}</svg>\n").as_bytes())
    }

    #[test]
    fn pictures_are_taken_and_named_by_their_content() {
        let plain = drawn("<path d=\"M0 0h9v9z\" fill=\"#123456\"/>").unwrap();
        assert_eq!(plain.picture, Picture::Svg);
        let other = drawn("<path d=\"M0 0h9v9z\" fill=\"#123457\"/>").unwrap();
        assert_ne!(plain.version, other.version);
        let mut bytes = Vec::new();
        let mut writer = png::Encoder::new(&mut bytes, 2, 2);
        writer.set_color(png::ColorType::Grayscale);
        writer.write_header().unwrap().write_image_data(&[0, 9, 9, 0]).unwrap();
        assert_eq!(read(&bytes).unwrap().picture, Picture::Png);
        bytes.truncate(bytes.len() - 20);
        assert!(read(&bytes).is_err());
    }

    #[test]
    fn what_could_do_something_is_refused() {
        for inside in [
            "<script>alert(1)</script>",
            "<svg:Script/>",
            "<g onload=\"x()\"/>",
            "<g\nONCLICK = 'x()'/>",
            "<rect x=\"1\"onclick=\"x()\"/>",
            "<foreignObject><p/></foreignObject>",
            "<a href=\"https://example.org\"/>",
            "<image xlink:href=\"//example.org/a.png\"/>",
            "<use href=\"#a\"/>",
            "<rect fill=\"url(https://example.org/a)\"/>",
            "<style>@import 'a'</style>",
            "<animate attributeName=\"x\"/>",
            "&#x3c;script>",
        ] {
            assert!(drawn(inside).is_err(), "{inside}");
        }
        assert!(read(b"<!DOCTYPE svg [<!ENTITY a 'b'>]><svg xmlns=\"http://www.w3.org/2000/svg\"></svg>").is_err());
        assert!(read(b"<html><svg xmlns=\"http://www.w3.org/2000/svg\"></svg>").is_err());
        assert!(read(b"GIF89a").is_err());
        assert!(read(&vec![b' '; MAX_BYTES + 1]).is_err());
    }
}
