//! Whole calls through the real routes, at every provider.

use ringback::channels::voice::address::{Place, Token};
use ringback::channels::voice::provider::Provider;
use ringback::model::ids::TenantId;
use ringback::model::peer::{Channel, Peer};
use ringback::model::time::Seconds;
use ringback::ports::messenger::TextMessage;
use ringback::runtime::calls::Standing;
use ringback::senders::capture::Message;

use super::handset::Handset;
use super::house::{House, NUMBER, ORIGIN, TENANT};
use super::reader::Heard;

/// What was said, without blanks, and what was asked.
fn said(heard: &[Heard]) -> String {
    let said = heard.iter().filter_map(|one| match one {
        Heard::Say(text) => Some(text.clone()),
        _ => None,
    });
    said.collect()
}

fn asked(heard: &[Heard]) -> Option<(u64, bool)> {
    heard.iter().find_map(|one| match one {
        Heard::Gather { most, ends, .. } => Some((*most, *ends)),
        _ => None,
    })
}

fn texts(house: &House) -> Vec<TextMessage> {
    let text = |message: &Message| match message {
        Message::Text(text) => Some(text.clone()),
        Message::Mail(_) => None,
    };
    house.sent.all().iter().filter_map(|sent| text(&sent.message)).collect()
}

#[tokio::test]
async fn a_call_is_the_same_conversation_at_every_provider() {
    let mut first: Option<Vec<(String, Option<(u64, bool)>)>> = None;
    for provider in Provider::ALL {
        let house = House::open().await;
        let caller = Handset::new(provider, "call-0001");
        let mut told = Vec::new();
        let mut heard = caller.call(&house).await;
        told.push((said(&heard), asked(&heard)));
        for keys in ["1", "2", "99*8", "*", "9"] {
            heard = caller.press(&house, &heard, keys).await;
            heard = caller.patiently(&house, heard).await;
            told.push((said(&heard), asked(&heard)));
        }
        let silence = caller.wait(&house, &heard).await;
        told.push((said(&silence), asked(&silence)));
        assert!(told.iter().all(|(said, asked)| !said.is_empty() && asked.is_some()), "{provider:?}: {told:#?}");
        match &first {
            None => first = Some(told),
            Some(first) => assert_eq!(first, &told, "{provider:?}"),
        }
    }
}

#[tokio::test]
async fn a_request_that_comes_again_gets_the_same_answer_and_counts_once() {
    for provider in Provider::ALL {
        let house = House::open().await;
        let caller = Handset::new(provider, "call-0001");
        let begins = caller.begins();
        let first = house.ask(begins.signed(&house)).await;
        house.settle().await;
        let changes = house.store.changes();
        for _ in 0..5 {
            assert_eq!(house.ask(begins.signed(&house)).await, first);
        }
        assert_eq!(house.store.changes(), changes, "{provider:?}: a redelivered call wrote something");

        let heard = caller.hear(&first);
        let heard = caller.press(&house, &heard, "1").await;
        let heard = caller.press(&house, &heard, "2").await;
        // A wrong entry: told once as wrong, however often it is delivered, and at once twenty times.
        let url = heard.iter().find_map(|one| match one {
            Heard::Gather { keyed, .. } => Some(keyed.clone()),
            _ => None,
        });
        let turn = caller.keyed(&url.unwrap(), Some("00"));
        let together = (0..20).map(|_| house.ask(turn.signed(&house)));
        let answers = futures_util::future::join_all(together).await;
        assert!(answers.iter().all(|answer| *answer == answers[0]), "{provider:?}");
        house.settle().await;
        let changes = house.store.changes();
        assert_eq!(house.ask(turn.signed(&house)).await, answers[0]);
        // The turn before it as well.
        assert_eq!(house.ask(begins.signed(&house)).await, first);
        assert_eq!(house.store.changes(), changes, "{provider:?}: a redelivered turn wrote something");
    }
}

#[tokio::test]
async fn a_restart_gives_the_same_answer() {
    let house = House::open().await;
    let caller = Handset::new(Provider::Twilio, "call-0001");
    let heard = caller.call(&house).await;
    let heard = caller.press(&house, &heard, "1").await;
    let turn = caller.keyed(&heard.iter().find_map(address).unwrap(), Some("2"));
    let before = house.ask(turn.signed(&house)).await;
    house.settle().await;
    let house = house.restart().await;
    assert_eq!(house.ask(turn.signed(&house)).await, before);
    let heard = caller.hear(&before);
    let on = caller.press(&house, &heard, "12345#").await;
    assert!(asked(&caller.patiently(&house, on).await).is_some(), "the call goes on");
}

fn address(one: &Heard) -> Option<String> {
    match one {
        Heard::Gather { keyed, .. } => Some(keyed.clone()),
        _ => None,
    }
}

#[tokio::test]
async fn an_address_serves_one_call_one_turn_and_one_account() {
    let house = House::open().await;
    let (one, two) = (Handset::new(Provider::Twilio, "call-0001"), Handset::new(Provider::Twilio, "call-0002"));
    let heard = one.call(&house).await;
    let own = heard.iter().find_map(address).unwrap();
    let other = two.call(&house).await.iter().find_map(address).unwrap();
    house.settle().await;
    let changes = house.store.changes();
    let ask = async |caller: &Handset, url: &str| house.ask(caller.keyed(url, Some("1")).signed(&house)).await.status;
    assert_eq!(ask(&one, &other).await, 401, "another call's address");
    assert_eq!(ask(&two, &own).await, 401);
    assert_eq!(ask(&one, &own.replace("/1/", "/2/")).await, 401, "another turn under the same MAC");
    assert_eq!(ask(&one, &format!("{own}/note")).await, 401);
    let elsewhere = Handset::new(Provider::SignalWire, "call-0001");
    assert_eq!(ask(&elsewhere, &own.replace("/twilio/", "/signalwire/")).await, 401, "another account");
    assert_eq!(ask(&one, &own[..own.len() - 1]).await, 401);
    assert_eq!(house.store.changes(), changes, "what was refused wrote something");
    assert_eq!(ask(&one, &own).await, 200);
}

#[tokio::test]
async fn a_turn_that_was_not_given_out_yet_is_nowhere_though_its_address_is_genuine() {
    for provider in Provider::ALL {
        let house = House::open().await;
        let caller = Handset::new(provider, "call-0001");
        let heard = caller.call(&house).await;
        let own = heard.iter().find_map(address).unwrap();
        let token = own.rsplit('/').nth(2).and_then(Token::parse).unwrap();
        house.settle().await;
        let changes = house.store.changes();
        for turn in [2, 3, 64, u32::MAX] {
            let ahead = Place::Turn { token, turn }.address(&house.keys, ORIGIN, provider.name());
            for keys in [Some("1"), None] {
                let told = house.ask(caller.keyed(&ahead, keys).signed(&house)).await;
                assert_eq!(told.status, 404, "{provider:?}: turn {turn} of a call that stands at 1: {}", told.body);
            }
        }
        house.settle().await;
        assert_eq!(house.store.changes(), changes, "{provider:?}: a turn ahead of the call was taken");
        // The call itself is where it was.
        assert!(asked(&caller.press(&house, &heard, "1").await).is_some());
    }
}

#[tokio::test]
async fn a_call_that_ended_is_over_however_often_that_is_told() {
    for provider in Provider::ALL {
        let house = House::open().await;
        let caller = Handset::new(provider, "call-0001");
        let heard = caller.call(&house).await;
        let ended = caller.status("completed");
        assert_eq!(house.ask(ended.signed(&house)).await.status, 204);
        house.settle().await;
        let changes = house.store.changes();
        for _ in 0..3 {
            assert_eq!(house.ask(ended.signed(&house)).await.status, 204);
        }
        house.settle().await;
        assert_eq!(house.store.changes(), changes, "{provider:?}");
        let late = caller.press(&house, &heard, "1").await;
        assert!(asked(&late).is_none() && said(&late).is_empty(), "{late:?}");
    }
}

#[tokio::test]
async fn calls_that_end_by_themselves_make_room_for_others_though_nobody_tells_of_their_end() {
    let house = House::open().await;
    for n in 0..6 {
        let caller = Handset::new(Provider::Twilio, &format!("call-{n}"));
        let mut heard = caller.call(&house).await;
        assert!(asked(&heard).is_some(), "call {n} of a number that has no other call now: {heard:?}");
        for _ in 0..12 {
            if asked(&heard).is_none() {
                break;
            }
            heard = caller.wait(&house, &heard).await;
            heard = caller.patiently(&house, heard).await;
        }
        assert!(heard.contains(&Heard::HangUp), "silence ends a call: {heard:?}");
    }
}

#[tokio::test]
async fn a_call_of_which_nothing_is_heard_for_two_minutes_is_over() {
    for provider in Provider::ALL {
        let house = House::open().await;
        let caller = Handset::new(provider, "call-0001");
        let heard = caller.call(&house).await;
        let peer = Peer {
            tenant: TenantId(TENANT.to_owned()),
            channel: Channel::Voice,
            bot: NUMBER.to_owned(),
            user: format!("{}/call-0001", provider.name()),
        };
        let standing = async || house.runtime.as_ref().unwrap().inbox().standing(&peer).await.unwrap();
        house.clock.advance(Seconds(119));
        house.settle().await;
        assert_eq!(standing().await, Standing::Asks, "{provider:?}");
        house.clock.advance(Seconds(2));
        house.settle().await;
        assert_eq!(standing().await, Standing::Ended { transfer: None }, "{provider:?}");
        let late = caller.press(&house, &heard, "1").await;
        assert!(asked(&late).is_none(), "{provider:?}: a call that was given up goes on: {late:?}");
    }
}

#[tokio::test]
async fn one_number_may_call_ten_times_an_hour() {
    let house = House::open().await;
    let mut taken = 0;
    for n in 0..13 {
        let caller = Handset::new(Provider::Twilio, &format!("call-{n}"));
        let heard = caller.call(&house).await;
        taken += usize::from(asked(&heard).is_some());
        if asked(&heard).is_none() {
            assert!(said(&heard).contains("manycalls"), "{heard:?}");
        }
        house.ask(caller.status("completed").signed(&house)).await;
    }
    assert_eq!(taken, 10);
    println!("of 13 calls of one number in an hour {taken} were taken");
}

#[tokio::test]
async fn whoever_answers_a_call_of_ours_hears_its_conversation_alone() {
    let house = House::open().await;
    // Nobody wished for this call.
    let leg = ringback::model::ids::LegId([5; 16]);
    for provider in Provider::ALL {
        let handset = Handset::new(provider, "leg-0001");
        let url = house.leg_address(provider, &leg);
        let changes = house.store.changes();
        assert_eq!(house.ask(handset.keyed(&url, None).signed(&house)).await.status, 404);
        assert_eq!(
            house.ask(handset.draft(&format!("{url}/status"), None, Some("busy")).signed(&house)).await.status,
            404
        );
        let forged = format!("{}0", &url[..url.len() - 1]);
        let status = house.ask(handset.keyed(&forged, None).signed(&house)).await.status;
        assert!(status == 401 || forged == url);
        assert_eq!(house.store.changes(), changes);
    }
    assert!(house.placed.all().is_empty() && texts(&house).is_empty());
    assert_eq!(TenantId(TENANT.to_owned()).to_string(), "apu");
}
