//! Activities as the platform delivers them, as far as we read them, and what they mean.

use serde::Deserialize;
use serde_json::Value;

use crate::engine::event::Act;
use crate::model::command::Command;
use crate::model::peer::Language;
use crate::model::purpose::Purpose;

/// Longer ids than any that the platform gives.
const MOST_ID: usize = 400;
/// Bytes of a button of ours, and of other things that are no button.
const MOST_TOKEN: usize = 64;
/// What our buttons are called; anything else is no button of ours.
pub const VERB: &str = "pick";

/// Who and where, before anything is looked at that was said.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Envelope {
    #[serde(rename = "type")]
    pub kind: String,
    pub channel_id: String,
    pub service_url: String,
    pub conversation: Conversation,
    pub channel_data: ChannelData,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Conversation {
    pub id: String,
    /// `personal`, `groupChat` or `channel`.
    pub conversation_type: Option<String>,
    pub tenant_id: String,
}

#[derive(Deserialize)]
pub struct ChannelData {
    pub tenant: Tenant,
}

/// An organisation of Microsoft's directory.
#[derive(Deserialize)]
pub struct Tenant {
    pub id: String,
}

/// What an activity means.
#[derive(Debug, PartialEq, Eq)]
pub enum What {
    /// Somebody in a private chat. `event` is the same when it is delivered again.
    Private {
        person: Person,
        event: String,
        act: Act,
        language: Option<Language>,
        pressed: bool,
    },
    /// Somebody wrote to us, or put us, where others read along.
    Group {
        language: Option<Language>,
        pressed: bool,
    },
    /// The person removed the app: there is nowhere to write to any more.
    Removed(Person),
    /// The app was taken out of a place that others read.
    RemovedFromGroup,
    /// A call that wants an answer in a certain form, and is none of ours.
    OtherInvoke,
    Nothing,
}

/// A person as the platform knows them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// The id in the organisation's directory; the same for every app.
    pub object: String,
    /// The id that this app writes to: `29:..`.
    pub user: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Activity {
    id: Option<String>,
    from: Option<From>,
    text: Option<String>,
    value: Option<Value>,
    name: Option<String>,
    action: Option<String>,
    locale: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct From {
    id: String,
    aad_object_id: Option<String>,
    role: Option<String>,
}

/// Reads what was said. What has an unknown shape is nothing: it would only come again.
pub fn read(envelope: &Envelope, body: &[u8]) -> What {
    let Ok(activity) = serde_json::from_slice::<Activity>(body) else {
        tracing::warn!(channel = "teams", outcome = "unreadable", "an activity of an unknown shape");
        return if envelope.kind == "invoke" { What::OtherInvoke } else { What::Nothing };
    };
    let private = match envelope.conversation.conversation_type.as_deref() {
        Some("personal") => true,
        Some("groupChat" | "channel") => false,
        // In a kind of place that we do not know nothing is said.
        _ => return if envelope.kind == "invoke" { What::OtherInvoke } else { What::Nothing },
    };
    match (envelope.kind.as_str(), activity.action.as_deref()) {
        ("message", _) => activity.said(private),
        ("invoke", _) => activity.invoked(private),
        ("installationUpdate", Some("add" | "add-upgrade")) if private => activity.event(Act::Start(None), false),
        ("installationUpdate", Some("add")) => What::Group { language: activity.language(), pressed: false },
        ("installationUpdate", Some("remove" | "remove-upgrade")) => match activity.person() {
            Some(person) if private => What::Removed(person),
            _ if !private => What::RemovedFromGroup,
            _ => What::Nothing,
        },
        // Edits, deletions, reactions, members, typing, and what will be invented.
        _ => What::Nothing,
    }
}

impl Activity {
    fn said(self, private: bool) -> What {
        if !private {
            return What::Group { language: self.language(), pressed: false };
        }
        // Older apps hand a button over as a message without words.
        let act = match self.value.as_ref().and_then(|value| value.get(VERB)) {
            Some(token) => match token.as_str().filter(|token| is_token(token)) {
                Some(token) => Act::Pick(token.to_owned()),
                None => return What::Nothing,
            },
            None => typed(self.text.as_deref().unwrap_or_default()),
        };
        self.event(act, false)
    }

    fn invoked(self, private: bool) -> What {
        if self.name.as_deref() != Some("adaptiveCard/action") {
            return What::OtherInvoke;
        }
        if !private {
            return What::Group { language: self.language(), pressed: true };
        }
        let action = self.value.as_ref().and_then(|value| value.get("action"));
        let ours = action.filter(|action| action.get("verb").and_then(Value::as_str) == Some(VERB));
        let token = ours.and_then(|action| action.get("data")?.get(VERB)?.as_str()).filter(|token| is_token(token));
        match token.map(str::to_owned) {
            Some(token) => self.event(Act::Pick(token), true),
            None => What::OtherInvoke,
        }
    }

    fn event(self, act: Act, pressed: bool) -> What {
        let (Some(person), language) = (self.person(), self.language()) else { return What::Nothing };
        match self.id {
            Some(id) if is_id(&id) => What::Private { person, event: format!("activity/{id}"), act, language, pressed },
            _ => What::Nothing,
        }
    }

    /// A person of an organisation: neither a bot nor somebody without an account there, such as a guest of a meeting.
    fn person(&self) -> Option<Person> {
        let from = self.from.as_ref()?;
        let object = from.aad_object_id.as_ref()?;
        let shaped = (8..=64).contains(&object.len()) && object.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        let human = from.role.as_deref() != Some("bot") && !from.id.starts_with("28:");
        let good = shaped && human && is_id(&from.id);
        good.then(|| Person { object: object.to_ascii_lowercase(), user: from.id.clone() })
    }

    fn language(&self) -> Option<Language> {
        let shaped = |tag: &&String| tag.len() <= 35 && tag.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        self.locale.as_ref().filter(shaped).cloned().map(Language)
    }
}

/// Ids go into addresses and keys: bounded, visible, without blanks.
pub fn is_id(id: &str) -> bool {
    (1..=MOST_ID).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_graphic())
}

fn is_token(token: &str) -> bool {
    (1..=MOST_TOKEN).contains(&token.len())
}

/// A command of the app's own list, or plain words.
fn typed(text: &str) -> Act {
    let text = text.replace('\u{a0}', " ");
    let text = text.trim();
    let command = text.strip_prefix('/').map(str::to_ascii_lowercase);
    match command.as_deref() {
        Some("start") => Act::Start(None),
        Some("reset") => Act::Start(Some(Purpose::ResetPassword)),
        Some("unlock") => Act::Start(Some(Purpose::UnlockAccount)),
        Some("help") => Act::Command(Command::Help),
        Some("repeat") => Act::Command(Command::Repeat),
        Some("language") => Act::Command(Command::Language),
        Some("human") => Act::Command(Command::Human),
        Some("cancel" | "stop") => Act::Command(Command::Cancel),
        Some("restart") => Act::Command(Command::Restart),
        _ => Act::Text(text.to_owned()),
    }
}
