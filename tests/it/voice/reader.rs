//! Reads rendered documents back, knowing the formats from their manuals and nothing of our renderers.

use serde_json::Value;

/// What a provider would do, in order.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Heard {
    /// Without its blanks: where a text is cut is not what it says.
    Say(String),
    Play(String),
    Pause(u64),
    Press(String),
    Gather {
        most: u64,
        ends: bool,
        keyed: String,
    },
    Redirect(String),
    Transfer {
        to: String,
        digits: Option<String>,
        note: Option<String>,
        through: String,
    },
    HangUp,
}

/// The pieces of one text are one text.
pub fn joined(heard: Vec<Heard>) -> Vec<Heard> {
    let mut all: Vec<Heard> = Vec::new();
    for one in heard {
        match (all.last_mut(), one) {
            (_, Heard::Say(text)) if text.is_empty() => {}
            (Some(Heard::Say(before)), Heard::Say(text)) => before.push_str(&text),
            (_, one) => all.push(one),
        }
    }
    all
}

pub fn say(text: &str) -> Heard {
    Heard::Say(text.chars().filter(|c| !c.is_whitespace() && !c.is_control()).collect())
}

/// As Twilio reads it: elements in order, nothing unknown, at most one gather.
pub fn twiml(xml: &str) -> Vec<Heard> {
    let tree = roxmltree::Document::parse(xml).unwrap_or_else(|error| panic!("{error}: {xml}"));
    let root = tree.root_element();
    assert_eq!(root.tag_name().name(), "Response");
    let mut heard = Vec::new();
    for node in root.children() {
        assert!(node.is_element(), "text between verbs: {xml}");
        let attribute = |name: &str| node.attribute(name).unwrap_or_else(|| panic!("no {name} in {xml}")).to_owned();
        let text = || node.text().unwrap_or_default().to_owned();
        match node.tag_name().name() {
            "Gather" => {
                assert_eq!((attribute("input"), attribute("method")), ("dtmf".into(), "POST".into()));
                assert!((1..=120).contains(&attribute("timeout").parse::<u32>().unwrap()));
                for inner in node.children() {
                    assert!(inner.is_element());
                    heard.push(passing(&inner));
                }
                heard.push(Heard::Gather {
                    most: attribute("numDigits").parse().unwrap(),
                    ends: match attribute("finishOnKey").as_str() {
                        "#" => true,
                        "" => false,
                        other => panic!("finishOnKey {other}"),
                    },
                    keyed: attribute("action"),
                });
            }
            "Redirect" => {
                assert_eq!(attribute("method"), "POST");
                heard.push(Heard::Redirect(text()));
            }
            "Dial" => {
                let [number] = node.children().collect::<Vec<_>>()[..] else { panic!("{xml}") };
                assert_eq!(number.tag_name().name(), "Number");
                heard.push(Heard::Transfer {
                    to: number.text().unwrap().to_owned(),
                    digits: number.attribute("sendDigits").map(|digits| digits.trim_start_matches('w').to_owned()),
                    note: number.attribute("url").map(str::to_owned),
                    through: attribute("action"),
                });
            }
            "Hangup" => heard.push(Heard::HangUp),
            _ => heard.push(passing(&node)),
        }
    }
    assert!(xml.len() <= 64 * 1024, "{} bytes", xml.len());
    heard
}

fn passing(node: &roxmltree::Node<'_, '_>) -> Heard {
    // The one markup that may stand in a text: it is said slowly.
    let slow = node.children().find(|child| child.tag_name().name() == "prosody");
    let said = slow.filter(|_| node.children().count() == 1).unwrap_or(*node);
    assert!(said.children().all(|child| child.is_text()), "markup inside a text");
    let text = said.text().unwrap_or_default();
    match node.tag_name().name() {
        "Say" => {
            assert!(node.attribute("language").is_some() && text.len() <= 4_096 && !text.trim().is_empty());
            say(text)
        }
        "Play" if node.attribute("digits").is_some() => Heard::Press(node.attribute("digits").unwrap().to_owned()),
        "Play" => Heard::Play(text.to_owned()),
        "Pause" => Heard::Pause(node.attribute("length").unwrap().parse().unwrap()),
        other => panic!("<{other}> may not stand here"),
    }
}

/// As jambonz reads it.
pub fn jambonz(json: &str) -> Vec<Heard> {
    let verbs: Vec<Value> = serde_json::from_str(json).unwrap();
    let mut heard = Vec::new();
    for verb in &verbs {
        let text = |name: &str| verb[name].as_str().unwrap_or_else(|| panic!("no {name} in {verb}")).to_owned();
        match text("verb").as_str() {
            "say" => heard.extend(spoken(verb)),
            "play" => heard.push(Heard::Play(text("url"))),
            "pause" => heard.push(Heard::Pause(verb["length"].as_u64().unwrap())),
            "dtmf" => heard.push(Heard::Press(text("dtmf"))),
            "gather" => {
                assert_eq!(verb["input"], serde_json::json!(["digits"]));
                assert!((1..=60).contains(&verb["timeout"].as_u64().unwrap()));
                match (&verb["say"], &verb["play"]) {
                    (Value::Null, Value::Null) => {}
                    (say, Value::Null) => heard.extend(spoken(say)),
                    (Value::Null, play) => heard.push(Heard::Play(play["url"].as_str().unwrap().to_owned())),
                    _ => panic!("say and play in one gather: {verb}"),
                }
                heard.push(Heard::Gather {
                    most: verb["numDigits"].as_u64().unwrap(),
                    ends: verb.get("finishOnKey").is_some_and(|key| key == "#"),
                    keyed: text("actionHook"),
                });
            }
            "redirect" => heard.push(Heard::Redirect(text("actionHook"))),
            "dial" => heard.push(Heard::Transfer {
                to: verb["target"][0]["number"].as_str().unwrap().to_owned(),
                digits: verb["dtmfAfterAnswer"].as_str().map(str::to_owned),
                note: verb["target"][0]["confirmHook"]["url"].as_str().map(str::to_owned),
                through: text("actionHook"),
            }),
            "hangup" => heard.push(Heard::HangUp),
            other => panic!("no verb {other}"),
        }
    }
    heard
}

fn spoken(verb: &Value) -> Vec<Heard> {
    assert!(verb["synthesizer"]["language"].is_string() && verb["disableTtsCache"] == true);
    let texts = match &verb["text"] {
        Value::String(text) => vec![text.clone()],
        Value::Array(texts) => texts.iter().map(|text| text.as_str().unwrap().to_owned()).collect(),
        other => panic!("text {other}"),
    };
    let longest = texts.iter().map(|text| text.chars().count()).max().unwrap_or_default();
    assert!(longest <= 1_000, "{longest} characters");
    texts.iter().map(|text| say(&plain(text))).collect()
}

/// Words without the one markup that is known; no other is among them.
fn plain(text: &str) -> String {
    let slow = text.strip_prefix("<speak><prosody rate=\"slow\">");
    let inside = slow.map(|rest| rest.strip_suffix("</prosody></speak>").expect("what was begun is ended"));
    let words = inside.unwrap_or(text);
    assert!(!words.contains('<'), "{text}");
    if inside.is_none() {
        text.to_owned()
    } else {
        words.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    }
}

/// As Vonage reads it.
pub fn vonage(json: &str) -> Vec<Heard> {
    let actions: Vec<Value> = serde_json::from_str(json).unwrap();
    let mut heard = Vec::new();
    for action in &actions {
        let only = |name: &str| {
            let list = action[name].as_array().unwrap_or_else(|| panic!("{name} must be a list: {action}"));
            assert_eq!(list.len(), 1);
            list[0].as_str().unwrap().to_owned()
        };
        match action["action"].as_str().unwrap() {
            "talk" => {
                let text = action["text"].as_str().unwrap();
                assert!(text.chars().count() <= 1_500 && action["language"].is_string());
                heard.push(say(&plain(text)));
            }
            "stream" => heard.push(Heard::Play(only("streamUrl"))),
            "wait" => heard.push(Heard::Pause(action["timeout"].as_u64().unwrap())),
            "input" => {
                let dtmf = &action["dtmf"];
                assert_eq!(action["type"], serde_json::json!(["dtmf"]));
                assert!((1..=10).contains(&dtmf["timeOut"].as_u64().unwrap()));
                assert!((1..=20).contains(&dtmf["maxDigits"].as_u64().unwrap()));
                heard.push(Heard::Gather {
                    most: dtmf["maxDigits"].as_u64().unwrap(),
                    ends: dtmf["submitOnHash"].as_bool().unwrap(),
                    keyed: only("eventUrl"),
                });
            }
            "notify" => heard.push(Heard::Redirect(only("eventUrl"))),
            "connect" => heard.push(Heard::Transfer {
                to: format!("+{}", action["endpoint"][0]["number"].as_str().unwrap()),
                digits: action["endpoint"][0]["dtmfAnswer"].as_str().map(str::to_owned),
                note: action["endpoint"][0]["onAnswer"]["url"].as_str().map(str::to_owned),
                through: only("eventUrl"),
            }),
            other => panic!("no action {other}"),
        }
    }
    heard
}
