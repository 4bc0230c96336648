//! Calls of ours: a chat has a telephone ring, and whoever picks up keys in what the chat shows.

use ringback::channels::voice::provider::Provider;
use ringback::engine::event::Act;
use ringback::model::contacts::{Contact, PhoneNumber};
use ringback::model::ids::{EventId, TenantId};
use ringback::model::peer::{Channel, Peer, Surface};
use ringback::model::prompt::Arg;
use ringback::model::purpose::Purpose;
use ringback::runtime::turn::Inbound;

use super::handset::Handset;
use super::house::{House, ORIGIN, TENANT};
use super::reader::Heard;

pub const AISYAH: &str = "aisyah@mail.apu.edu.my";
pub const MOBILE: &str = "+44 7700 900100";

/// A chat in front of the same service.
pub struct Chat<'a> {
    house: &'a House,
    turn: u32,
}

impl<'a> Chat<'a> {
    /// Goes on after so many turns.
    pub fn sits(house: &'a House, turn: u32) -> Self {
        Self { house, turn }
    }

    pub async fn does(&mut self, act: Act) {
        self.turn += 1;
        let peer = Peer {
            tenant: TenantId(TENANT.to_owned()),
            channel: Channel::Browser,
            bot: ORIGIN.to_owned(),
            user: "chat".to_owned(),
        };
        let event = EventId(format!("chat-{}", self.turn));
        let inbound = Inbound { peer, surface: Surface::Chat, event, act, language_hint: None };
        let inbox = self.house.runtime.as_ref().unwrap().inbox();
        let done = async {
            inbox.submit(inbound).await.unwrap().settled().await;
        };
        self.house.clock.pass_while(done).await;
        self.house.settle().await;
    }

    pub async fn picks(&mut self, key: &str) {
        let shown = self.house.chat.all();
        let choice = shown.iter().rev().flat_map(|prompt| &prompt.choices).find(|choice| choice.key.as_str() == key);
        let token = choice.unwrap_or_else(|| panic!("no {key} in {shown:#?}")).token.clone();
        self.does(Act::Pick(token)).await;
    }

    /// Until the telephone of the person rings; the two digits that the chat shows.
    async fn rings(house: &'a House) -> (Chat<'a>, String) {
        let mut chat = Chat::sits(house, 0);
        chat.does(Act::Start(Some(Purpose::ResetPassword))).await;
        chat.does(Act::Text(AISYAH.to_owned())).await;
        chat.picks("call_mobile").await;
        chat.does(Act::Text(MOBILE.to_owned())).await;
        let shown = house.chat.all();
        let pair = shown.iter().rev().flat_map(|prompt| &prompt.args).find_map(|(name, arg)| match arg {
            Arg::Digits(pair) if name.as_str() == "pair" => Some(pair.clone()),
            _ => None,
        });
        let pair = pair.unwrap_or_else(|| panic!("no two digits in {shown:#?}"));
        (chat, pair)
    }

    fn told(&self, key: &str) -> bool {
        self.house.chat.all().iter().any(|prompt| prompt.message.as_str() == key)
    }
}

fn said(heard: &[Heard]) -> String {
    heard.iter().filter_map(|one| if let Heard::Say(text) = one { Some(text.as_str()) } else { None }).collect()
}

#[tokio::test]
async fn two_digits_from_the_screen_pass_the_gate_at_every_provider() {
    for provider in Provider::ALL {
        let house = House::open().await;
        let (_, pair) = Chat::rings(&house).await;
        let placed = house.placed.all();
        assert_eq!(placed.len(), 1);
        assert_eq!(placed[0].to, PhoneNumber::parse(MOBILE, "GB").unwrap());
        assert_eq!(Contact::Phone(placed[0].to.clone()).masked(), "••••••00");

        let handset = Handset::new(provider, "leg-call-1");
        let url = house.leg_address(provider, &placed[0].leg);
        let pick_up = handset.draft(&url, None, None);
        let first = house.ask(pick_up.signed(&house)).await;
        let heard = handset.hear(&first);
        assert_eq!(heard[0], Heard::Pause(1), "a moment to put the telephone to the ear");
        assert!(!said(&heard).contains(&pair), "nothing secret before a key is pressed");
        assert!(heard.iter().any(|one| matches!(one, Heard::Gather { most: 2, .. })), "{heard:?}");

        // Picked up once, however often it is told; and by nobody else.
        house.settle().await;
        let changes = house.store.changes();
        assert_eq!(house.ask(pick_up.signed(&house)).await, first);
        let second = Handset::new(provider, "leg-call-2").draft(&url, None, None);
        assert_eq!(house.ask(second.signed(&house)).await.status, 401);
        assert_eq!(house.store.changes(), changes, "{provider:?}");

        let end = handset.press(&house, &heard, &pair).await;
        let end = handset.patiently(&house, end).await;
        assert!(!end.iter().any(|one| matches!(one, Heard::Gather { .. })), "{end:?}");
        house.settle().await;
        let asks_for_page = house.chat.all().iter().any(|prompt| prompt.page.is_some());
        assert!(asks_for_page, "{provider:?}: the chat goes on");
    }
}

#[tokio::test]
async fn how_a_call_of_ours_ended_is_told_in_the_chat_at_once() {
    let twiml = [("busy", "call-busy"), ("no-answer", "call-no-answer"), ("failed", "call-failed")];
    let vonage = [
        ("busy", "call-busy"),
        ("unanswered", "call-no-answer"),
        ("rejected", "call-declined"),
        ("machine", "call-machine"),
    ];
    for provider in Provider::ALL {
        let table: &[(&str, &str)] = if provider == Provider::Vonage { &vonage } else { &twiml };
        for (status, expected) in table {
            let house = House::open().await;
            let (chat, _) = Chat::rings(&house).await;
            let leg = house.placed.all()[0].leg;
            let url = format!("{}/status", house.leg_address(provider, &leg));
            let handset = Handset::new(provider, "leg-call-1");
            // Progress changes nothing.
            let progress = handset.draft(&url, None, Some("ringing"));
            assert_eq!(house.ask(progress.signed(&house)).await.status, 204);
            assert!(!chat.told(expected));
            let ended = handset.draft(&url, None, Some(status));
            for _ in 0..2 {
                assert_eq!(house.ask(ended.signed(&house)).await.status, 204);
                house.settle().await;
            }
            assert!(chat.told(expected), "{provider:?} {status}");
            let told = house.chat.all().iter().filter(|prompt| prompt.message.as_str() == *expected).count();
            assert_eq!(told, 1, "{provider:?} {status}");
        }
    }
}

#[tokio::test]
async fn nine_on_a_call_of_ours_says_that_it_was_somebody_else() {
    let house = House::open().await;
    let _rings = Chat::rings(&house).await;
    let handset = Handset::new(Provider::Twilio, "leg-call-1");
    let url = house.leg_address(Provider::Twilio, &house.placed.all()[0].leg);
    let heard = handset.hear(&house.ask(handset.draft(&url, None, None).signed(&house)).await);
    let end = handset.press(&house, &heard, "9").await;
    let end = handset.patiently(&house, end).await;
    assert!(end.contains(&Heard::HangUp), "{end:?}");
    house.settle().await;
    assert!(!house.chat.all().iter().any(|prompt| prompt.page.is_some()), "nothing is passed");
}

#[tokio::test]
async fn g30_an_answering_machine_hears_no_digit_and_passes_nothing() {
    for provider in Provider::ALL {
        let house = House::open().await;
        let (_chat, pair) = Chat::rings(&house).await;
        let handset = Handset::new(provider, "leg-call-1");
        let url = house.leg_address(provider, &house.placed.all()[0].leg);
        let mut heard = handset.hear(&house.ask(handset.draft(&url, None, None).signed(&house)).await);
        let (mut words, mut rounds) = (said(&heard), 1);
        // It says nothing and presses nothing, for as long as it is talked to.
        while heard.iter().any(|one| matches!(one, Heard::Gather { .. } | Heard::Redirect(_))) {
            assert!(rounds < 20, "{provider:?}: it is talked to for ever: {words}");
            heard = handset.wait(&house, &heard).await;
            heard = handset.patiently(&house, heard).await;
            words += &said(&heard);
            rounds += 1;
        }
        house.settle().await;
        assert!(!words.contains(&pair), "{provider:?}: {words}");
        // Which key to press is all that may be said in figures.
        let keys: String = words.chars().filter(char::is_ascii_digit).collect();
        assert!(keys.chars().all(|key| "902".contains(key)), "{provider:?}: {keys} in {words}");
        assert!(!house.chat.all().iter().any(|prompt| prompt.page.is_some()), "{provider:?}: nothing is passed");
        println!("g30: {provider:?}: {rounds} times talked to, {} letters, none of them of the pair", words.len());
    }
}

#[tokio::test]
async fn g30_the_number_that_somebody_calls_from_proves_nothing() {
    let mut told = Vec::new();
    for from in [MOBILE, "+44 7700 900199"] {
        let house = House::open().await;
        let mut caller = Handset::new(Provider::Twilio, "call-0001");
        caller.from = from.replace(' ', "");
        let mut heard = caller.call(&house).await;
        let mut transcript = vec![said(&heard)];
        for keys in ["1", "1", "123456#"] {
            heard = caller.press(&house, &heard, keys).await;
            heard = caller.patiently(&house, heard).await;
            transcript.push(said(&heard));
        }
        assert!(heard.iter().any(|one| matches!(one, Heard::Gather { .. })), "{heard:?}");
        told.push(transcript);
    }
    println!("g30: heard by the owner's telephone and by a stranger's: {:#?}", told[0]);
    assert_eq!(told[0], told[1], "the owner's telephone is asked what a stranger's is asked");
}

#[tokio::test]
async fn a_switchboard_that_jambonz_reaches_is_given_its_extension() {
    let house = House::open().await;
    let (_chat, _) = Chat::rings(&house).await;
    let handset = Handset::new(Provider::Jambonz, "leg-call-1");
    let url = house.leg_address(Provider::Jambonz, &house.placed.all()[0].leg);
    let mut pick_up = handset.draft(&url, None, None);
    let mut body: serde_json::Value = serde_json::from_str(&pick_up.body).unwrap();
    body["customerData"] = serde_json::json!({ "extension": "42" });
    pick_up.body = body.to_string();
    let heard = handset.hear(&house.ask(pick_up.signed(&house)).await);
    assert_eq!(heard[..3], [Heard::Pause(2), Heard::Press("42".to_owned()), Heard::Pause(2)]);
}

#[tokio::test]
async fn a_slow_directory_is_bridged_with_words_and_polls() {
    let house = House::open().await;
    // Longer than naps that pass by themselves: somebody really waits.
    house.directory.think(std::sync::Arc::clone(&house.clock) as _, 40_000);
    let caller = Handset::new(Provider::Twilio, "call-0001");
    let heard = caller.call(&house).await;
    let heard = caller.press(&house, &heard, "1").await;
    let heard = caller.press(&house, &heard, "1").await;
    let began = std::time::Instant::now();
    let waits = caller.press(&house, &heard, "123456#").await;
    let took = began.elapsed();
    println!("the directory thinks for 40 s; the caller hears something after {took:?}: {waits:?}");
    assert!(said(&waits).contains("Onemoment"), "{waits:?}");
    assert!(waits.iter().any(|one| matches!(one, Heard::Redirect(_))));
    assert!(!waits.iter().any(|one| matches!(one, Heard::Gather { .. })), "nothing is asked meanwhile");
    let still = caller.wait(&house, &waits).await;
    assert!(still.iter().any(|one| matches!(one, Heard::Redirect(_))));
    // What it is asked from now on it knows at once.
    house.directory.think(std::sync::Arc::clone(&house.clock) as _, 0);
    house.clock.advance(ringback::model::time::Seconds(41));
    let on = caller.patiently(&house, still).await;
    assert!(on.iter().any(|one| matches!(one, Heard::Gather { .. })), "the call goes on: {on:?}");
}
