//! Telephone calls: in, out, and how they end.

use ringback::audit::AuditKind;
use ringback::engine::event::Act;
use ringback::model::contacts::PhoneNumber;
use ringback::model::ids::{EventId, TenantId};
use ringback::model::peer::{Channel, Peer, Surface};
use ringback::model::prompt::{Arg, Input, Prompt};
use ringback::model::purpose::Purpose;
use ringback::model::time::Seconds;
use ringback::ports::messenger::SendError;
use ringback::runtime::calls::{CallEnd, Standing};
use ringback::runtime::start::Runtime;
use ringback::runtime::turn::Inbound;

use super::house::{Exchange, House};
use super::person::Person;

const AISYAH: &str = "aisyah@mail.apu.edu.my";
const NO_ANSWER: Seconds = Seconds(121);

/// Somebody at a telephone, called or calling.
struct Line<'a> {
    house: &'a House,
    runtime: &'a Runtime,
    peer: Peer,
    turn: u32,
}

impl<'a> Line<'a> {
    fn calls_in(house: &'a House, runtime: &'a Runtime, call: &str) -> Self {
        let tenant: TenantId = house.tenant.id.clone();
        let peer =
            Peer { tenant, channel: Channel::Voice, bot: "+442079460001".to_owned(), user: format!("test/{call}") };
        Self { house, runtime, peer, turn: 0 }
    }

    async fn does(&mut self, act: Act) {
        self.turn += 1;
        let event = EventId(format!("{}/{}", self.peer.user, self.turn));
        let peer = self.peer.clone();
        let inbound = Inbound { peer, surface: Surface::Voice, event, act, language_hint: None };
        let inbox = self.runtime.inbox();
        inbox.submit(inbound).await.unwrap().settled().await;
        inbox.drained().await;
    }

    async fn keys(&mut self, keys: &str) {
        self.does(Act::Keys(keys.to_owned())).await;
    }

    async fn standing(&self) -> Standing {
        self.runtime.inbox().standing(&self.peer).await.unwrap()
    }

    fn heard(&self) -> Vec<String> {
        self.house.screen.keys(&self.peer.user)
    }

    fn last(&self) -> Prompt {
        self.house.screen.last(&self.peer.user).unwrap()
    }
}

fn with_telephones(tenant: &str) -> (House, std::sync::Arc<Exchange>) {
    let mut house = House::of(tenant);
    let exchange = std::sync::Arc::new(Exchange::default());
    house.calls = Some(std::sync::Arc::clone(&exchange));
    (house, exchange)
}

/// A chat that waits for a call to the person's mobile, and the two digits that it shows.
async fn ringing<'a>(house: &'a House, runtime: &'a Runtime) -> (Person<'a>, String) {
    let mut person = Person::new(house, "browser-1", AISYAH);
    person.act(runtime, Act::Start(Some(Purpose::ResetPassword))).await;
    person.say(runtime, AISYAH).await;
    person.pick(runtime, "call_mobile").await;
    let mobile = super::house::mobile_of(&house.account(AISYAH).await);
    person.say(runtime, &mobile).await;
    let shown = house.screen.of("browser-1");
    let ringing = shown.iter().rev().find(|prompt| prompt.message.as_str() == "call-ringing").unwrap();
    let pair = ringing.args.iter().find_map(|(name, arg)| match arg {
        Arg::Digits(pair) if name.as_str() == "pair" => Some(pair.clone()),
        _ => None,
    });
    runtime.inbox().drained().await;
    (person, pair.unwrap())
}

async fn picked_up<'a>(house: &'a House, runtime: &'a Runtime, exchange: &Exchange) -> Line<'a> {
    let leg = exchange.placed.lock().unwrap().last().expect("a telephone rings").leg;
    let peer = runtime.inbox().leg_peer(leg).await.unwrap().expect("the leg has a conversation");
    assert_eq!((peer.channel, peer.user.clone()), (Channel::Voice, format!("leg/{leg}")));
    let mut line = Line { house, runtime, peer, turn: 0 };
    assert_eq!(line.standing().await, Standing::Waits, "nobody has picked up yet");
    line.does(Act::Start(None)).await;
    line
}

#[tokio::test]
async fn the_two_digits_of_the_chat_are_keyed_in_on_the_telephone() {
    let (house, exchange) = with_telephones("apu");
    let runtime = house.open().await;
    let (person, pair) = ringing(&house, &runtime).await;
    {
        let placed = exchange.placed.lock().unwrap();
        assert_eq!((placed.len(), placed[0].ring, placed[0].to.e164()), (1, Seconds(25), "+447700900100"));
    }
    let mut line = picked_up(&house, &runtime, &exchange).await;
    assert_eq!(line.heard(), ["leg-greeting", "leg-key-in-pair"], "nothing secret before a key is pressed");
    assert!(matches!(line.last().input, Input::Keys(keys) if keys.most == 2 && !keys.interruptible));
    assert_eq!(line.standing().await, Standing::Asks);
    let asked = runtime.inbox().question(&line.peer).await.unwrap().unwrap();
    assert_eq!(asked.1, line.last());
    line.keys(&pair).await;
    runtime.inbox().quiet().await;
    assert_eq!(line.standing().await, Standing::Ended { transfer: None });
    assert_eq!(house.count(|kind| matches!(kind, AuditKind::GatePassed { .. })).await, 1);
    assert!(person.last().unwrap().page.is_some(), "one check is enough here");
    // The provider says that the call is over, twice.
    for _ in 0..2 {
        runtime.inbox().call_ended(&line.peer, EventId("over".to_owned()), CallEnd::HungUp).await.unwrap();
    }
    runtime.inbox().quiet().await;
    assert!(person.last().unwrap().page.is_some());
    // What is keyed after the end begins nothing.
    let before = line.heard().len();
    line.keys("1").await;
    assert_eq!(line.heard().len(), before);
}

#[tokio::test]
async fn every_end_of_a_call_is_told_in_the_chat_with_another_way_beside() {
    let ends = [
        (CallEnd::Busy, "call-busy"),
        (CallEnd::NoAnswer, "call-no-answer"),
        (CallEnd::Declined, "call-declined"),
        (CallEnd::Machine, "call-machine"),
        (CallEnd::Failed, "call-failed"),
    ];
    for (end, words) in ends {
        let (house, exchange) = with_telephones("apu");
        let runtime = house.open().await;
        let (person, _) = ringing(&house, &runtime).await;
        let leg = exchange.placed.lock().unwrap()[0].leg;
        let peer = runtime.inbox().leg_peer(leg).await.unwrap().unwrap();
        for event in ["a", "a", "b"] {
            runtime.inbox().call_ended(&peer, EventId(event.to_owned()), end).await.unwrap();
        }
        runtime.inbox().quiet().await;
        assert!(person.shows(words), "{end:?}: {:?}", house.screen.keys("browser-1"));
        let offered: Vec<String> =
            person.last().unwrap().choices.iter().map(|choice| choice.key.as_str().to_owned()).collect();
        assert_eq!(offered, ["again", "other"], "{end:?}");
    }
}

#[tokio::test]
async fn wrong_digits_twice_end_the_call_and_a_hang_up_is_told() {
    let (house, exchange) = with_telephones("apu");
    let runtime = house.open().await;
    let (person, pair) = ringing(&house, &runtime).await;
    let mut line = picked_up(&house, &runtime, &exchange).await;
    let wrong = if pair == "11" { "22" } else { "11" };
    line.keys(wrong).await;
    line.keys(wrong).await;
    runtime.inbox().quiet().await;
    assert_eq!(line.standing().await, Standing::Ended { transfer: None });
    assert!(person.shows("call-wrong-digits"), "{:?}", house.screen.keys("browser-1"));

    let (house, exchange) = with_telephones("apu");
    let runtime = house.open().await;
    let (person, _) = ringing(&house, &runtime).await;
    let line = picked_up(&house, &runtime, &exchange).await;
    runtime.inbox().call_ended(&line.peer, EventId("over".to_owned()), CallEnd::HungUp).await.unwrap();
    runtime.inbox().quiet().await;
    assert!(person.shows("call-hung-up"));
}

#[tokio::test]
async fn nine_closes_the_account_and_is_told_in_the_chat() {
    let (house, exchange) = with_telephones("apu");
    let runtime = house.open().await;
    let (person, _) = ringing(&house, &runtime).await;
    let mut line = picked_up(&house, &runtime, &exchange).await;
    line.keys("9").await;
    runtime.inbox().quiet().await;
    let account = house.account(AISYAH).await;
    assert!(house.registry.frozen(&house.tenant.id, &account.id).await.unwrap());
    assert_eq!(house.count(|kind| matches!(kind, AuditKind::FraudReported)).await, 1);
    assert!(person.shows("verify-denied"));
}

#[tokio::test]
async fn a_call_that_cannot_be_placed_is_told_at_once_and_never_placed_twice() {
    let (house, exchange) = with_telephones("apu");
    exchange.moods.lock().unwrap().push(SendError::Dead { why: "not to this country".to_owned() });
    let runtime = house.open().await;
    let (person, _) = ringing(&house, &runtime).await;
    runtime.inbox().quiet().await;
    assert!(person.shows("call-failed"), "{:?}", house.screen.keys("browser-1"));

    // Nobody knows whether it rings: it is waited for, and not begun again.
    let (house, exchange) = with_telephones("apu");
    exchange.moods.lock().unwrap().push(SendError::Unknown { why: "no answer came".to_owned() });
    let runtime = house.open().await;
    let (person, _) = ringing(&house, &runtime).await;
    house.clock.advance(NO_ANSWER);
    // The timers run beside: they have the turn when they have had it.
    while !person.shows("call-no-answer") {
        tokio::task::yield_now().await;
    }
    assert!(exchange.placed.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_call_whose_end_nobody_tells_ends_by_itself() {
    let house = House::of("apu");
    let runtime = house.open().await;
    let mut line = Line::calls_in(&house, &runtime, "ca-1");
    line.does(Act::Start(None)).await;
    assert_eq!(line.standing().await, Standing::Asks);
    house.clock.advance(Seconds(119));
    runtime.inbox().quiet().await;
    assert_eq!(line.standing().await, Standing::Asks);
    house.clock.advance(Seconds(2));
    runtime.inbox().quiet().await;
    // The timers run beside: they have the turn when they have had it.
    while line.standing().await == Standing::Asks {
        tokio::task::yield_now().await;
    }
    assert_eq!(line.standing().await, Standing::Ended { transfer: None });
}

#[tokio::test]
async fn a_number_calls_ten_times_an_hour_and_three_times_at_once() {
    let house = House::of("apu");
    let runtime = house.open().await;
    let inbox = runtime.inbox();
    let number = PhoneNumber::parse("+447700900177", "GB").unwrap();
    let (mut let_in, mut at_once) = (0, 0);
    for call in 0..4 {
        let line = Line::calls_in(&house, &runtime, &format!("at-once-{call}"));
        at_once += u32::from(inbox.admit_call(&line.peer, Some(&number), &EventId(format!("{call}"))).await.unwrap());
    }
    assert_eq!(at_once, 3);
    for call in 0..3 {
        let line = Line::calls_in(&house, &runtime, &format!("at-once-{call}"));
        inbox.call_ended(&line.peer, EventId(format!("over-{call}")), CallEnd::HungUp).await.unwrap();
    }
    for call in 0..10 {
        let line = Line::calls_in(&house, &runtime, &format!("later-{call}"));
        let_in += u32::from(inbox.admit_call(&line.peer, Some(&number), &EventId("1".to_owned())).await.unwrap());
        inbox.call_ended(&line.peer, EventId("over".to_owned()), CallEnd::HungUp).await.unwrap();
    }
    // Four were counted before, the one that was turned away among them.
    assert_eq!(let_in, 6);
    let line = Line::calls_in(&house, &runtime, "withheld");
    assert!(inbox.admit_call(&line.peer, None, &EventId("1".to_owned())).await.unwrap(), "withheld numbers are apart");
    println!("calls of one number let in: {at_once} at once, {} in an hour", let_in + at_once);
}

#[tokio::test]
async fn a_call_begins_with_the_language_then_offers_the_unlock_first() {
    let house = House::of("apu");
    let runtime = house.open().await;
    let mut line = Line::calls_in(&house, &runtime, "ca-2");
    line.does(Act::Start(None)).await;
    assert_eq!(line.heard(), ["voice-this-language", "voice-this-language"]);
    line.keys("1").await;
    let menu = line.last();
    assert_eq!(menu.message.as_str(), "common-menu");
    let keys: Vec<(&str, Option<char>)> =
        menu.choices.iter().map(|choice| (choice.key.as_str(), choice.voice_key)).collect();
    assert_eq!(keys, [("unlock", Some('1')), ("reset", Some('2')), ("human", Some('0'))]);
    let Input::Keys(before) = menu.input else { panic!("keys are asked for") };
    assert_eq!((before.most, before.ends, before.interruptible), (1, false, true));
    // Asked for twice, it comes slowly.
    line.keys("*").await;
    line.keys("*").await;
    let Input::Keys(slow) = line.last().input else { panic!("keys are asked for") };
    assert_eq!((slow.first.0, slow.between.0), (before.first.0 * 2, before.between.0 * 2));
    assert!(line.heard().iter().any(|key| key == "voice-slower"));
}

#[tokio::test]
async fn silence_nonsense_and_a_thousand_digits_come_to_an_end() {
    let nonsense: [Act; 3] = [Act::Silence, Act::Keys("7".to_owned()), Act::Keys("5".repeat(1_000))];
    for act in nonsense {
        let house = House::of("imu");
        let runtime = house.open().await;
        let mut line = Line::calls_in(&house, &runtime, "ca-3");
        line.does(Act::Start(None)).await;
        let mut turns = 0;
        while line.standing().await == Standing::Asks {
            line.does(act.clone()).await;
            turns += 1;
            assert!(turns < 30, "{act:?} goes on for ever: {:?}", line.heard());
        }
        assert_eq!(line.heard().last().map(String::as_str), Some("voice-goodbye"), "{act:?}");
        println!("the call ends after {turns} turns");
    }
}
