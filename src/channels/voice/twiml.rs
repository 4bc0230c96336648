//! TwiML, which Twilio, SignalWire and Telnyx read, and Kazoo and Somleng on one's own machines.
//!
//! Silence is a redirect behind the gather: attributes for it are not known to all of them, and unknown ones are ignored.

use std::fmt::Write;

use crate::channels::voice::document::{Document, End, Gather, Speech, Step, Transfer, pieces, sentences};

pub const CONTENT_TYPE: &str = "text/xml; charset=utf-8";

/// Characters of one `Say`; Twilio takes 4,096 bytes, and a character is four at most.
const LONGEST_SAY: usize = 1_000;

pub fn render(document: &Document) -> String {
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response>");
    steps(&mut xml, &document.steps);
    match &document.end {
        End::Gather(gather) => gathered(&mut xml, gather),
        End::Redirect { after, to } => {
            if after.0 > 0 {
                pause(&mut xml, after.0);
            }
            redirect(&mut xml, to);
        }
        End::Transfer(transfer) => dial(&mut xml, transfer),
        End::HangUp => xml.push_str("<Hangup/>"),
        End::Done => {}
    }
    xml.push_str("</Response>");
    xml
}

fn steps(xml: &mut String, steps: &[Step]) {
    for step in steps {
        match step {
            Step::Say(speech) => say(xml, speech),
            Step::Play(address) => element(xml, "Play", &[], address),
            Step::Pause(length) => pause(xml, length.0),
            Step::Press(keys) => element(xml, "Play", &[("digits", keys)], ""),
        }
    }
}

fn say(xml: &mut String, speech: &Speech) {
    let mut attributes = vec![("language", speech.voice.language.as_str())];
    attributes.extend(speech.voice.name.as_deref().map(|name| ("voice", name)));
    if !speech.slow {
        pieces(&speech.text, LONGEST_SAY).iter().for_each(|piece| element(xml, "Say", &attributes, piece));
        return;
    }
    // The basic voices take no markup and would end the call.
    let marked =
        speech.voice.name.as_deref().is_some_and(|name| name.starts_with("Polly.") || name.starts_with("Google."));
    for (n, piece) in sentences(&speech.text, LONGEST_SAY).iter().enumerate() {
        if marked {
            open(xml, "Say", &attributes);
            xml.push('>');
            element(xml, "prosody", &[("rate", "slow")], piece);
            xml.push_str("</Say>");
            continue;
        }
        if n > 0 {
            pause(xml, 1);
        }
        element(xml, "Say", &attributes, piece);
    }
}

fn pause(xml: &mut String, seconds: u32) {
    let _ = write!(xml, "<Pause length=\"{}\"/>", seconds.max(1));
}

fn gathered(xml: &mut String, gather: &Gather) {
    // One value serves as both windows here. The finish key of a single key is empty: a bare `#` would never arrive.
    let timeout = gather.first.max(gather.between).0.clamp(1, 120).to_string();
    let most = gather.most.max(1).to_string();
    let attributes = [
        ("input", "dtmf"),
        ("numDigits", most.as_str()),
        ("finishOnKey", if gather.ends && gather.most > 1 { "#" } else { "" }),
        ("timeout", timeout.as_str()),
        ("action", gather.keyed.as_str()),
        ("method", "POST"),
    ];
    open(xml, "Gather", &attributes);
    xml.push('>');
    steps(xml, &gather.prompt);
    xml.push_str("</Gather>");
    redirect(xml, &gather.silent);
}

fn redirect(xml: &mut String, to: &str) {
    element(xml, "Redirect", &[("method", "POST")], to);
}

fn dial(xml: &mut String, transfer: &Transfer) {
    let ring = transfer.ring.0.clamp(5, 600).to_string();
    let mut attributes = vec![("timeout", ring.as_str()), ("action", transfer.through.as_str()), ("method", "POST")];
    attributes.extend(transfer.shown.as_ref().map(|shown| ("callerId", shown.e164())));
    open(xml, "Dial", &attributes);
    xml.push('>');
    let extension = transfer.to.extension().map(|extension| format!("ww{extension}"));
    let mut number = Vec::new();
    number.extend(extension.as_deref().map(|digits| ("sendDigits", digits)));
    number.extend(transfer.note.as_deref().map(|note| ("url", note)));
    element(xml, "Number", &number, transfer.to.e164());
    xml.push_str("</Dial>");
}

fn element(xml: &mut String, name: &str, attributes: &[(&str, &str)], text: &str) {
    open(xml, name, attributes);
    xml.push('>');
    escape(xml, text);
    let _ = write!(xml, "</{name}>");
}

fn open(xml: &mut String, name: &str, attributes: &[(&str, &str)]) {
    let _ = write!(xml, "<{name}");
    for (key, value) in attributes {
        let _ = write!(xml, " {key}=\"");
        escape(xml, value);
        xml.push('"');
    }
}

/// XML 1.0 forbids most control characters even when escaped, so they go.
fn escape(xml: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '&' => xml.push_str("&amp;"),
            '<' => xml.push_str("&lt;"),
            '>' => xml.push_str("&gt;"),
            '"' => xml.push_str("&quot;"),
            '\'' => xml.push_str("&apos;"),
            '\n' | '\t' | '\r' => xml.push(' '),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => {}
            c => xml.push(c),
        }
    }
}
