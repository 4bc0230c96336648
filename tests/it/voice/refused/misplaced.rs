//! Rightly signed and well formed, but not of this call, not of this turn, not asked, or at no address of ours.

use ringback::channels::voice::address::{Place, Token};
use ringback::channels::voice::provider::Provider;
use ringback::model::ids::LegId;

use super::super::handset::Handset;
use super::super::house::{NUMBER, ORIGIN};
use super::{Bad, Scene};

const UNREAD: &[u16] = &[400];
const FOREIGN: &[u16] = &[401];
const NOWHERE: &[u16] = &[404];

pub fn requests(scene: &Scene<'_>) -> Vec<Bad> {
    let mut all = keys(scene);
    all.extend(macs(scene));
    all.extend(turns(scene));
    all.extend(ends(scene));
    all.extend(paths(scene));
    all
}

fn keys(scene: &Scene<'_>) -> Vec<Bad> {
    let odd = [
        "12", "11", "1*2", "123456", "**", "##", "1#", "A", "1A", "a", "D", "1 2", " 1", "1 ", "1,2", "1w2", "+1",
        "-1", "1.0", "1e3", "0x1", "\n", "1\n", "\t1", "１", "一", "Ⅰ", "①",
    ];
    let mut all: Vec<Bad> = odd
        .iter()
        .map(|keys| scene.bad("keys", format!("{keys:?}"), &scene.caller.keyed(&scene.own, Some(keys)), UNREAD))
        .collect();
    for count in [33, 100, 1_000, 10_000] {
        let keys = "1".repeat(count);
        all.push(scene.bad("keys", format!("{count} of them"), &scene.caller.keyed(&scene.own, Some(&keys)), UNREAD));
    }
    all
}

/// Whoever can have a request signed still has no address of ours.
fn macs(scene: &Scene<'_>) -> Vec<Bad> {
    let (base, mac) = scene.own.rsplit_once('/').unwrap();
    let other_mac = scene.other.rsplit_once('/').unwrap().1;
    let token = base.rsplit('/').nth(1).unwrap();
    let place = |place: Place<'_>| {
        place
            .address(&scene.house.keys, ORIGIN, scene.provider.name())
            .trim_end_matches("/note")
            .trim_end_matches("/through")
            .rsplit_once('/')
            .unwrap()
            .1
            .to_owned()
    };
    let token = Token::parse(token).unwrap();
    let another = Provider::ALL.into_iter().find(|provider| *provider != scene.provider).unwrap();
    let elsewhere = Place::Turn { token, turn: 1 }.address(&scene.house.keys, ORIGIN, another.name());
    let macs = [
        ("another call's", other_mac.to_owned()),
        ("the turn's before", place(Place::Turn { token, turn: 0 })),
        ("the turn's after", place(Place::Turn { token, turn: 2 })),
        ("the note's", place(Place::Note { token, turn: 1 })),
        ("the transfer's", place(Place::Through { token, turn: 1 })),
        ("a leg's", place(Place::Leg { leg: &LegId(token.0) })),
        ("another account's", elsewhere.rsplit_once('/').unwrap().1.to_owned()),
        ("in capitals", mac.to_uppercase()),
        ("one digit short", mac[..31].to_owned()),
        ("one digit more", format!("{mac}0")),
        ("doubled", format!("{mac}{mac}")),
        ("backwards", mac.chars().rev().collect()),
        ("zeros", "0".repeat(32)),
        ("a star", "*".to_owned()),
        ("null", "null".to_owned()),
        ("the token", token.to_string()),
    ];
    let foreign = macs.iter().filter(|(_, text)| text != mac);
    let mut all: Vec<Bad> = foreign
        .map(|(what, text)| scene.bad("MAC", *what, &scene.caller.keyed(&format!("{base}/{text}"), Some("1")), FOREIGN))
        .collect();
    for caller in ["call-0002", "call-0009", "CALL-0001", "call-00011"] {
        let handset = Handset::new(scene.provider, caller);
        all.push(scene.bad("MAC", format!("of {caller}"), &handset.keyed(&scene.own, Some("1")), FOREIGN));
    }
    all
}

fn turns(scene: &Scene<'_>) -> Vec<Bad> {
    let (base, mac) = scene.own.rsplit_once('/').unwrap();
    let call = base.rsplit_once('/').unwrap().0;
    let token = Token::parse(call.rsplit('/').next().unwrap()).unwrap();
    let mut all = Vec::new();
    // The right MAC of a turn that was never given out; 0 was answered and is answered alike.
    for turn in [2, 3, 7, 100, u32::MAX - 1] {
        let url = Place::Turn { token, turn }.address(&scene.house.keys, ORIGIN, scene.provider.name());
        all.push(scene.bad("turn", format!("{turn} out of order"), &scene.caller.keyed(&url, Some("1")), NOWHERE));
    }
    let first = Place::Turn { token, turn: 0 }.address(&scene.house.keys, ORIGIN, scene.provider.name());
    all.push(scene.bad("turn", "0 once more", &scene.caller.keyed(&first, Some("2")), &[200]));
    all.push(scene.bad("turn", "the call once more", &scene.caller.begins(), &[200]));
    for turn in
        ["01", "+1", "-1", "1.0", "1e0", "0x1", "one", "４", "4294967296", "99999999999999999999", "1%20", "%00"]
    {
        let url = format!("{call}/{}/{mac}", turn.replace('４', "%EF%BC%94"));
        all.push(scene.bad("turn", turn, &scene.caller.keyed(&url, Some("1")), FOREIGN));
    }
    let unknown = Token([7; 16]);
    let url = Place::Turn { token: unknown, turn: 1 }.address(&scene.house.keys, ORIGIN, scene.provider.name());
    all.push(scene.bad("turn", "of no call", &scene.caller.keyed(&url, Some("1")), NOWHERE));
    let url = Place::Note { token, turn: 0 }.address(&scene.house.keys, ORIGIN, scene.provider.name());
    all.push(scene.bad("turn", "a note where nobody is transferred", &scene.caller.keyed(&url, None), NOWHERE));
    let url = Place::Through { token, turn: 0 }.address(&scene.house.keys, ORIGIN, scene.provider.name());
    for how in ["no_answer", "taken"] {
        let draft = scene.caller.dialled(&url, how);
        all.push(scene.bad("turn", format!("{how} where nobody is transferred"), &draft, NOWHERE));
    }
    let stranger = Handset::new(scene.provider, "call-9999").dialled(&url, "no_answer");
    all.push(scene.bad("turn", "a transfer of another call", &stranger, FOREIGN));
    let url = format!("{}/through", scene.own);
    all.push(scene.bad("turn", "a transfer under a turn's MAC", &scene.caller.dialled(&url, "no_answer"), FOREIGN));
    let leg = LegId([3; 16]);
    let url = Place::Leg { leg: &leg }.address(&scene.house.keys, ORIGIN, scene.provider.name());
    all.push(scene.bad("turn", "a leg that nobody wished for", &scene.caller.keyed(&url, None), NOWHERE));
    let url = format!("{ORIGIN}/hooks/voice/{}/leg/{leg}/{mac}", scene.provider.name());
    all.push(scene.bad("turn", "a leg under a turn's MAC", &scene.caller.keyed(&url, None), FOREIGN));
    all.push(scene.bad("turn", "its end likewise", &scene.caller.keyed(&format!("{url}/status"), None), FOREIGN));
    all
}

/// How calls ended of which nobody knows, and progress of others.
fn ends(scene: &Scene<'_>) -> Vec<Bad> {
    let statuses: &[&str] = match scene.provider {
        Provider::Twilio | Provider::SignalWire | Provider::Telnyx => {
            &["completed", "busy", "failed", "no-answer", "canceled", "queued", "ringing", "in-progress", "x", ""]
        }
        Provider::Jambonz => &["completed", "busy", "failed", "no-answer", "trying", "ringing", "early-media", "x"],
        Provider::Vonage => &["completed", "busy", "failed", "unanswered", "rejected", "timeout", "started", "x"],
    };
    let stranger = Handset::new(scene.provider, "call-9999");
    let mut elsewhere = Handset::new(scene.provider, "call-9999");
    elsewhere.to = "+60300000000".to_owned();
    let mut all = Vec::new();
    for status in statuses {
        all.push(scene.bad("end", format!("{status} of an unknown call"), &stranger.status(status), &[204]));
        all.push(scene.bad("end", format!("{status} of another number"), &elsewhere.status(status), &[204]));
    }
    all
}

fn paths(scene: &Scene<'_>) -> Vec<Bad> {
    let name = scene.provider.name();
    let begin = format!("{ORIGIN}/hooks/voice/{name}");
    let mut all = Vec::new();
    for method in ["GET", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PURGE"] {
        for url in [begin.clone(), format!("{begin}/status"), scene.own.clone()] {
            let mut bad = scene.bad("method", format!("{method} {url}"), &scene.caller.keyed(&url, Some("1")), &[405]);
            bad.method = method;
            all.push(bad);
        }
    }
    let none = [
        format!("{ORIGIN}/hooks/voice"),
        format!("{ORIGIN}/hooks/voice/"),
        format!("{begin}/"),
        format!("{begin}/x"),
        format!("{begin}/status/x"),
        format!("{}/", scene.own),
        format!("{}/x", scene.own),
        format!("{begin}/../{name}/status"),
        format!("{ORIGIN}/hooks/Voice/{name}"),
    ];
    for url in none {
        // Some of them look like a turn whose MAC is wrong.
        let draft = Handset::new(scene.provider, "call-new").draft(&url, None, None);
        all.push(scene.bad("path", url.clone(), &draft, &[401, 404]));
    }
    for binding in ["main", "nobody", "%00", "twilio2", "TWILIO", "voice"] {
        let url = format!("{ORIGIN}/hooks/voice/{binding}");
        let draft = Handset::new(scene.provider, "call-new").draft(&url, None, None);
        all.push(scene.bad("path", format!("the account {binding}"), &draft, FOREIGN));
    }
    // The number of an institution under another account's signature.
    for other in Provider::ALL.into_iter().filter(|other| *other != scene.provider && !alike(*other, scene.provider)) {
        let url = format!("{ORIGIN}/hooks/voice/{}", other.name());
        let draft = Handset::new(scene.provider, "call-new").draft(&url, None, None);
        all.push(scene.bad(
            "path",
            format!("signed for {name}, sent to {} for {NUMBER}", other.name()),
            &draft,
            FOREIGN,
        ));
    }
    all
}

/// Two that share a way of signing, and here a secret.
fn alike(one: Provider, other: Provider) -> bool {
    matches!((one, other), (Provider::Twilio | Provider::SignalWire, Provider::Twilio | Provider::SignalWire))
}
