//! jambonz: a list of verbs in JSON, for one's own telephone system.

use serde_json::{Map, Value, json};

use crate::channels::voice::document::{
    Document, End, Gather, Speech, Step, Transfer, Voice, pieces, sentences, slowly, unmarked,
};

pub const CONTENT_TYPE: &str = "application/json";

/// Characters of one `say`; voices behind jambonz take 3,000 and more.
const LONGEST_SAY: usize = 1_000;
const LONGEST_SLOW: usize = 180;
/// Vendors whose voices read speech markup.
const MARKUP: [&str; 4] = ["aws", "google", "microsoft", "azure"];
/// Its one clock runs over the whole entry, keys included: without an allowance it cuts in while somebody is typing.
const FOR_EACH_KEY: u32 = 2;
const LONGEST_WAIT: u32 = 60;

pub fn render(document: &Document) -> String {
    let mut verbs = steps(&document.steps);
    match &document.end {
        End::Gather(gather) => gathered(&mut verbs, gather),
        End::Redirect { after, to } => {
            if after.0 > 0 {
                verbs.push(json!({ "verb": "pause", "length": after.0 }));
            }
            verbs.push(json!({ "verb": "redirect", "actionHook": to }));
        }
        End::Transfer(transfer) => verbs.push(dial(transfer)),
        End::HangUp => verbs.push(json!({ "verb": "hangup" })),
        End::Done => {}
    }
    Value::Array(verbs).to_string()
}

fn steps(steps: &[Step]) -> Vec<Value> {
    let mut verbs = Vec::new();
    for step in steps {
        match step {
            Step::Say(speech) => {
                let texts = texts(speech);
                verbs.extend(texts.into_iter().map(|text| say(text.into(), &speech.voice)));
            }
            Step::Play(address) => verbs.push(json!({ "verb": "play", "url": address })),
            Step::Pause(length) => verbs.push(json!({ "verb": "pause", "length": length.0.max(1) })),
            Step::Press(keys) => verbs.push(json!({ "verb": "dtmf", "dtmf": keys })),
        }
    }
    verbs
}

/// Slowly where the vendor is known to take markup; others say sentence by sentence, with a breath between.
fn texts(speech: &Speech) -> Vec<String> {
    let text = unmarked(&speech.text);
    let marked = speech.voice.vendor.as_deref().is_some_and(|vendor| MARKUP.contains(&vendor));
    match speech.slow {
        false => pieces(&text, LONGEST_SAY),
        true if marked => pieces(&text, LONGEST_SLOW).iter().map(|piece| slowly(piece)).collect(),
        true => sentences(&text, LONGEST_SAY),
    }
}

/// The cache of spoken texts is off: one of them may be a password.
fn say(text: Value, voice: &Voice) -> Value {
    let mut synthesizer = Map::new();
    synthesizer.insert("language".to_owned(), json!(voice.language));
    if let Some(name) = &voice.name {
        synthesizer.insert("voice".to_owned(), json!(name));
    }
    // "default": whatever the application speaks with.
    synthesizer.insert("vendor".to_owned(), json!(voice.vendor.as_deref().unwrap_or("default")));
    json!({ "verb": "say", "text": text, "synthesizer": synthesizer, "disableTtsCache": true })
}

/// It calls its hook on silence too, so there is no redirect behind it. Only one text (in pieces) or recording may stand
/// inside; what comes before that, a language in another voice perhaps, stands before the gather.
fn gathered(verbs: &mut Vec<Value>, gather: &Gather) {
    let (before, inside) = gather.prompt.split_at(nested(&gather.prompt));
    verbs.extend(steps(before));
    let most = u32::from(gather.most.max(1));
    let allowance = if most > 1 { most * FOR_EACH_KEY } else { 0 };
    let mut verb = json!({
        "verb": "gather",
        "actionHook": gather.keyed,
        "input": ["digits"],
        "numDigits": most,
        "dtmfBargein": true,
        "timeout": (gather.first.0 + allowance).clamp(1, LONGEST_WAIT),
        "interDigitTimeout": gather.between.0.max(1),
    });
    if gather.ends && gather.most > 1 {
        verb["finishOnKey"] = json!("#");
    }
    match inside {
        [Step::Play(address)] => verb["play"] = json!({ "url": address }),
        [Step::Say(first), ..] => {
            let texts = inside.iter().filter_map(|step| match step {
                Step::Say(speech) => Some(texts(speech)),
                Step::Play(_) | Step::Pause(_) | Step::Press(_) => None,
            });
            let mut say = say(texts.flatten().collect::<Vec<_>>().into(), &first.voice);
            say.as_object_mut().map(|say| say.remove("verb"));
            verb["say"] = say;
        }
        _ => {}
    }
    verbs.push(verb);
}

/// From where on a prompt fits into a gather.
fn nested(prompt: &[Step]) -> usize {
    let from = match prompt.last() {
        Some(Step::Say(last)) => prompt
            .iter()
            .rposition(|step| !matches!(step, Step::Say(speech) if speech.voice == last.voice))
            .map(|n| n + 1),
        Some(Step::Play(_)) => Some(prompt.len() - 1),
        Some(Step::Pause(_) | Step::Press(_)) | None => Some(prompt.len()),
    };
    from.unwrap_or(0)
}

fn dial(transfer: &Transfer) -> Value {
    let mut target = json!({ "type": "phone", "number": transfer.to.e164() });
    if let Some(note) = &transfer.note {
        // As an object: a bare address fits its schema twice, and so not at all.
        target["confirmHook"] = json!({ "url": note, "method": "POST" });
    }
    let (ring, through) = (transfer.ring.0.max(5), &transfer.through);
    let mut verb = json!({ "verb": "dial", "target": [target], "timeout": ring, "actionHook": through });
    if let Some(extension) = transfer.to.extension() {
        verb["dtmfAfterAnswer"] = json!(extension);
    }
    if let Some(shown) = &transfer.shown {
        verb["callerId"] = json!(shown.e164());
    }
    verb
}
