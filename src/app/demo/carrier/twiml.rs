//! Reads TwiML as a telephone plays it: what is said, what is waited for, and where the call goes on.

use roxmltree::{Document, Node};

use crate::app::demo::carrier::say;
use crate::channels::demo::phone::{HeardEnd, HeardStep};
use crate::model::contacts::PhoneNumber;

/// A document that was understood.
pub struct Played {
    pub steps: Vec<HeardStep>,
    pub end: HeardEnd,
    pub way: Way,
}

/// Where keys go, and where the call goes on without any.
#[derive(Clone, Default)]
pub struct Way {
    pub keyed: Option<String>,
    pub silent: Option<String>,
}

pub fn read(xml: &str) -> Option<Played> {
    let document = Document::parse(xml).ok()?;
    let root = document.root_element();
    if root.tag_name().name() != "Response" {
        return None;
    }
    let mut played = Played { steps: Vec::new(), end: HeardEnd::Over, way: Way::default() };
    for verb in root.children().filter(Node::is_element) {
        match verb.tag_name().name() {
            "Gather" => {
                played.way.keyed = verb.attribute("action").map(str::to_owned);
                played.end = HeardEnd::Keys {
                    prompt: verb.children().filter_map(step).collect(),
                    most: number(verb, "numDigits").unwrap_or(1),
                    ends: verb.attribute("finishOnKey") != Some(""),
                    seconds: number(verb, "timeout").unwrap_or(5),
                };
            }
            "Redirect" => {
                played.way.silent = verb.text().map(str::to_owned);
                if played.way.keyed.is_none() {
                    played.end = HeardEnd::More;
                }
                break;
            }
            "Dial" => {
                let number = verb.descendants().find(|node| node.has_tag_name("Number"));
                let number = number.and_then(|node| node.text()).unwrap_or_default();
                let grouped = PhoneNumber::parse(number, "").map(|number| number.grouped());
                played.end = HeardEnd::Connected(grouped.unwrap_or_else(|_| number.to_owned()));
                break;
            }
            "Hangup" => break,
            _ => played.steps.extend(step(verb)),
        }
    }
    Some(played)
}

fn step(verb: Node<'_, '_>) -> Option<HeardStep> {
    match verb.tag_name().name() {
        "Say" => {
            let language = verb.attribute("language").unwrap_or("en").to_owned();
            Some(say(verb.text().unwrap_or_default().to_owned(), language))
        }
        "Pause" => Some(HeardStep::Pause(number(verb, "length").unwrap_or(1))),
        "Play" => Some(HeardStep::Tones(verb.attribute("digits").unwrap_or_default().to_owned())),
        _ => None,
    }
}

fn number(verb: Node<'_, '_>, name: &str) -> Option<u32> {
    verb.attribute(name)?.parse().ok()
}
