//! Vonage's call control objects (NCCO): a list of actions in JSON.
//!
//! There is no redirect: an entry without keys comes to the same address as one with keys, and `notify`, whose answer
//! replaces the rest of the list, asks us again.

use serde_json::{Value, json};

use crate::channels::voice::document::{Document, End, Gather, Step, Transfer, pieces, slowly, unmarked};

pub const CONTENT_TYPE: &str = "application/json";

/// Characters of one `talk`.
const LONGEST_TALK: usize = 1_500;
/// The same, with room for the markup around and in it.
const LONGEST_SLOW: usize = 280;
/// Seconds of silence and keys that `input` grants at most.
const LONGEST_WAIT: u32 = 10;
const MOST_KEYS: u8 = 20;

pub fn render(document: &Document) -> String {
    let mut actions = steps(&document.steps, false);
    match &document.end {
        End::Gather(gather) => gathered(&mut actions, gather),
        End::Redirect { after, to } => {
            if after.0 > 0 {
                actions.push(wait(after.0));
            }
            actions.push(json!({ "action": "notify", "payload": {}, "eventUrl": [to], "eventMethod": "POST" }));
        }
        End::Transfer(transfer) => actions.push(connect(transfer)),
        // The end of the list ends the call, or lets a called person in.
        End::HangUp | End::Done => {}
    }
    Value::Array(actions).to_string()
}

fn steps(steps: &[Step], interruptible: bool) -> Vec<Value> {
    let mut actions = Vec::new();
    for step in steps {
        match step {
            Step::Say(speech) => {
                let most = if speech.slow { LONGEST_SLOW } else { LONGEST_TALK };
                actions.extend(pieces(&unmarked(&speech.text), most).into_iter().map(|text| {
                    let text = if speech.slow { slowly(&text) } else { text };
                    let mut talk = json!({ "action": "talk", "text": text, "language": speech.voice.language });
                    if let Some(style) = speech.voice.name.as_ref().and_then(|name| name.parse::<u8>().ok()) {
                        talk["style"] = json!(style);
                    }
                    barge(talk, interruptible)
                }))
            }
            Step::Play(address) => {
                actions.push(barge(json!({ "action": "stream", "streamUrl": [address] }), interruptible));
            }
            Step::Pause(length) => actions.push(wait(length.0)),
            // There is no such action; keys are told to it when a call is placed.
            Step::Press(_) => {}
        }
    }
    actions
}

fn barge(mut action: Value, interruptible: bool) -> Value {
    if interruptible {
        action["bargeIn"] = json!(true);
    }
    action
}

fn wait(seconds: u32) -> Value {
    json!({ "action": "wait", "timeout": seconds.max(1) })
}

fn gathered(actions: &mut Vec<Value>, gather: &Gather) {
    actions.extend(steps(&gather.prompt, true));
    // One value serves as both windows here, as in TwiML.
    let timeout = gather.first.max(gather.between).0.clamp(1, LONGEST_WAIT);
    actions.push(json!({
        "action": "input",
        "type": ["dtmf"],
        "dtmf": {
            "maxDigits": gather.most.clamp(1, MOST_KEYS),
            "submitOnHash": gather.ends && gather.most > 1,
            "timeOut": timeout,
        },
        "eventUrl": [gather.keyed],
        "eventMethod": "POST",
    }));
}

fn connect(transfer: &Transfer) -> Value {
    let mut endpoint = json!({ "type": "phone", "number": transfer.to.e164().trim_start_matches('+') });
    if let Some(extension) = transfer.to.extension() {
        endpoint["dtmfAnswer"] = json!(extension);
    }
    if let Some(note) = &transfer.note {
        endpoint["onAnswer"] = json!({ "url": note });
    }
    // Synchronous: what we answer when nobody takes it replaces the rest of the list.
    let mut action = json!({
        "action": "connect",
        "endpoint": [endpoint],
        "timeout": transfer.ring.0.max(5),
        "eventType": "synchronous",
        "eventUrl": [transfer.through],
        "eventMethod": "POST",
    });
    if let Some(shown) = &transfer.shown {
        action["from"] = json!(shown.e164().trim_start_matches('+'));
    }
    action
}
