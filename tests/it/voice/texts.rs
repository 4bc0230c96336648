//! Codes by text of which the network says later that they did not arrive: the chat hears it at once, also after a restart.

use ringback::channels::voice::address::Place;
use ringback::channels::voice::provider::Provider;
use ringback::engine::event::Act;
use ringback::model::ids::ChallengeId;
use ringback::model::prompt::Arg;
use ringback::model::purpose::Purpose;
use ringback::senders::capture::Message;

use super::handset::Draft;
use super::house::{House, ORIGIN};
use super::legs::{AISYAH, Chat, MOBILE};

const SEND_TEXTS: [Provider; 3] = [Provider::Twilio, Provider::SignalWire, Provider::Telnyx];

/// A chat that waits for a code by text: what the text carries.
pub async fn waits(house: &House) -> ChallengeId {
    let mut chat = Chat::sits(house, 0);
    chat.does(Act::Start(Some(Purpose::ResetPassword))).await;
    chat.does(Act::Text(AISYAH.to_owned())).await;
    chat.picks("sms").await;
    chat.does(Act::Text(MOBILE.to_owned())).await;
    last(house)
}

/// The code's id in the newest text.
fn last(house: &House) -> ChallengeId {
    let sent = house.sent.all();
    let code = sent.iter().rev().find_map(|sent| match &sent.message {
        Message::Text(text) => text.code,
        Message::Mail(_) => None,
    });
    code.expect("a text with a code left")
}

/// The digits of the newest one.
pub fn code_of(house: &House) -> String {
    let text = house.sent.all().iter().rev().find_map(|sent| match &sent.message {
        Message::Text(text) if text.code.is_some() => Some(text.text.clone()),
        _ => None,
    });
    text.unwrap().split(|c: char| !c.is_ascii_digit()).find(|run| run.len() >= 6).unwrap().to_owned()
}

/// What the provider posts about it.
fn told(house: &House, provider: Provider, code: &ChallengeId, status: &str) -> Draft {
    let url = Place::Text { challenge: code }.address(&house.keys, ORIGIN, provider.name());
    let body = match provider {
        Provider::Telnyx => serde_json::json!({ "data": {
            "event_type": if status == "sent" { "message.sent" } else { "message.finalized" }, "id": "b1",
            "payload": { "id": "m1", "to": [{ "phone_number": "+447700900100", "status": status }] },
        } })
        .to_string(),
        _ => format!("MessageSid=SM1&MessageStatus={status}&To=%2B447700900100&ErrorCode=30005"),
    };
    Draft { provider, url, body }
}

/// Telnyx tells of texts as JSON, though it tells of calls by form.
async fn ask(house: &House, draft: &Draft) -> u16 {
    use ringback::ports::clock::Clock;
    let mut headers = draft.headers(house.clock.now().unix_seconds());
    if draft.provider == Provider::Telnyx {
        headers[0].1 = "application/json".to_owned();
    }
    house.ask(draft.with(&headers)).await.status
}

fn failed(provider: Provider) -> &'static str {
    if provider == Provider::Telnyx { "delivery_failed" } else { "undelivered" }
}

#[tokio::test]
async fn a_text_that_did_not_arrive_is_told_at_once_and_once() {
    for provider in SEND_TEXTS {
        let house = House::open().await;
        let code = waits(&house).await;
        let changes = house.store.changes();
        for status in ["queued", "sent", "delivered"] {
            assert_eq!(ask(&house, &told(&house, provider, &code, status)).await, 204);
        }
        assert_eq!(house.store.changes(), changes, "{provider:?}: nothing is wrong yet");

        let before = house.chat.all().len();
        let lost = told(&house, provider, &code, failed(provider));
        assert_eq!(ask(&house, &lost).await, 204);
        house.settle().await;
        let shown = house.chat.all().split_off(before);
        let said: Vec<&str> = shown.iter().map(|prompt| prompt.message.as_str()).collect();
        assert_eq!(said, ["code-undeliverable", "verify-choose-method"], "{provider:?}");
        let number = shown.iter().flat_map(|prompt| &prompt.args).any(|(_, arg)| match arg {
            Arg::Text(text) => text.chars().filter(char::is_ascii_digit).count() > 2,
            _ => false,
        });
        assert!(!number, "{provider:?}: the number is given away: {shown:#?}");
        let offered: Vec<&str> = shown[1].choices.iter().map(|choice| choice.key.as_str()).collect();
        assert!(!offered.is_empty() && !offered.contains(&"sms"), "{provider:?}: {offered:?}");
        let metrics = house.runtime.as_ref().unwrap().metrics().text();
        assert!(metrics.contains("ringback_sends_total{method=\"text\",outcome=\"undelivered\"} 1\n"), "{metrics}");

        let changes = house.store.changes();
        for _ in 0..3 {
            assert_eq!(ask(&house, &lost).await, 204);
        }
        house.settle().await;
        assert_eq!(house.store.changes(), changes, "{provider:?}: told again, it changed something");
    }
}

#[tokio::test]
async fn it_is_told_after_a_restart_as_well() {
    let house = House::open().await;
    let code = waits(&house).await;
    let house = house.restart().await;
    assert_eq!(ask(&house, &told(&house, Provider::Twilio, &code, "failed")).await, 204);
    house.settle().await;
    assert_eq!(house.chat.all()[0].message.as_str(), "code-undeliverable");
}

#[tokio::test]
async fn nobody_else_can_say_so_and_another_code_is_not_meant() {
    for provider in SEND_TEXTS {
        let house = House::open().await;
        let code = waits(&house).await;
        let lost = told(&house, provider, &code, failed(provider));
        let changes = house.store.changes();
        let unsigned = lost.with(&[("content-type".to_owned(), lost.content_type().to_owned())]);
        assert_eq!(house.ask(unsigned).await.status, 401, "{provider:?}");
        let other = told(&house, provider, &ChallengeId([9; 16]), failed(provider));
        assert_eq!(ask(&house, &other).await, 204, "{provider:?}: nobody waits for it");
        let mac = lost.url.rsplit('/').next().unwrap();
        let swapped = Draft { url: lost.url.replace(mac, other.url.rsplit('/').next().unwrap()), ..lost.clone() };
        assert_eq!(ask(&house, &swapped).await, 401, "{provider:?}: another code's address");
        let nonsense = Draft { body: "{\"data\":[]}".to_owned(), ..lost.clone() };
        assert_eq!(ask(&house, &nonsense).await, 400, "{provider:?}");
        assert_eq!(house.store.changes(), changes, "{provider:?}: what was refused changed something");

        // Meanwhile the code arrived after all, or so it seems: it was keyed in, and nobody waits for it any more.
        let mut chat = Chat::sits(&house, 10);
        chat.does(Act::Text(code_of(&house))).await;
        let before = house.chat.all().len();
        assert_eq!(ask(&house, &lost).await, 204);
        house.settle().await;
        assert_eq!(house.chat.all().len(), before, "{provider:?}: a code that was right is not lost");
    }
}
