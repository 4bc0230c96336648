//! `ringback channel check voice`, against a service on a real port and a provider that is a script.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener as StdListener;

use ringback::app::voice_check::check;
use ringback::channels::voice::provider::Provider;
use ringback::config::Config;
use ringback::http::serve::{Limits, serve, stop_switch};
use ringback::ports::clock::Entropy;
use ringback::store::keyring::KeyRing;
use tokio::net::TcpListener;

use super::house::{House, SECRET};
use super::signing;

struct Fixed;

impl Entropy for Fixed {
    fn draw(&self) -> [u8; 32] {
        [7; 32]
    }
}

/// A provider's REST interface that answers everything with one status.
fn provider(status: &'static str) -> u16 {
    let listener = StdListener::bind(("127.0.0.1", 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
            while lines.next().is_some_and(|line| line.is_ok_and(|line| !line.is_empty())) {}
            let _ = write!(stream, "HTTP/1.1 {status}\r\nContent-Length: 2\r\n\r\n{{}}");
        }
    });
    port
}

/// The telephones of every provider, as an operator writes them.
fn config(folder: &tempfile::TempDir, origin: &str, secret: &str, rest: u16) -> Config {
    let at = |name: &str| folder.path().join(name);
    if !at("keys").exists() {
        KeyRing::create(&at("keys"), &Fixed).unwrap();
    }
    std::fs::write(at("secret"), secret).unwrap();
    std::fs::write(at("telnyx"), signing::telnyx_key()).unwrap();
    let authority = rcgen::generate_simple_self_signed(vec!["ldap.example.edu".to_owned()]).unwrap();
    std::fs::write(at("ca.pem"), authority.cert.pem()).unwrap();
    let sample = include_str!("../../../examples/ringback.toml");
    let tenant = sample.split("[tenants.apu]").nth(1).unwrap().replace("secrets/ldap", "secret");
    let mut text = format!("public_url = \"{origin}\"\ndata = \"data\"\nkeys_file = \"keys\"\n[tenants.apu]{tenant}\n");
    for provider in Provider::ALL {
        let name = provider.name();
        let file = if provider == Provider::Telnyx { "telnyx" } else { "secret" };
        text += &format!("[voice.{name}]\nprovider = \"{name}\"\nsecret_file = \"{file}\"\n");
        text += &format!("[voice.{name}.numbers]\n\"+60327797000\" = \"apu\"\n");
    }
    text += "[voice.twilio.calls]\naccount = \"AC01\"\nsecret_file = \"secret\"\nfrom = \"+60327797000\"\n";
    text += &format!("url = \"http://127.0.0.1:{rest}\"\n");
    Config::parse(&at("ringback.toml"), &text, &|_| None).unwrap_or_else(|faults| panic!("{}", faults[0]))
}

#[tokio::test]
async fn what_a_provider_would_meet_is_looked_at_beforehand() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let origin = format!("http://127.0.0.1:{}", listener.local_addr().unwrap().port());
    let house = House::open_at(&origin).await;
    let (switch, stop) = stop_switch();
    let serving = tokio::spawn(serve(listener, house.router.clone(), Limits::default(), stop));
    let folder = tempfile::tempdir().unwrap();
    let changes = house.store.changes();
    let wrong = async |secret: &str, rest: u16| {
        let looks = check(&config(&folder, &origin, secret, rest)).await;
        let wrong = looks.iter().filter(|look| look.remedy.is_some());
        wrong.map(|look| format!("{}: {}", look.section, look.what)).collect::<Vec<_>>()
    };

    // The test's clock stands still, the check's does not: what is signed with a time is not near enough, and is said.
    let told = wrong(SECRET, provider("200 OK")).await;
    assert_eq!(
        told,
        [
            "voice.jambonz: a signed request is answered 401, not 204",
            "voice.vonage: a signed request is answered 401, not 204",
        ]
    );
    let told = wrong("another secret", provider("401 Unauthorized")).await;
    assert_eq!(
        told,
        [
            "voice.jambonz: a signed request is answered 401, not 204",
            "voice.signalwire: a signed request is answered 401, not 204",
            "voice.twilio: a signed request is answered 401, not 204",
            "voice.twilio: the account that places calls: twilio: answer 401",
            "voice.vonage: a signed request is answered 401, not 204",
        ]
    );
    assert_eq!(house.store.changes(), changes, "looking changes nothing");
    switch.stop();
    serving.await.unwrap();

    let looks = check(&config(&folder, &origin, SECRET, provider("200 OK"))).await;
    assert!(looks.iter().filter(|look| look.what.contains("cannot be reached from here")).count() >= 5);
}

/// What an operator of each provider has to write, by section.
const NEEDED: [(Provider, &str); 5] = [
    (Provider::Twilio, "account from secret_file"),
    (Provider::SignalWire, "account from secret_file url"),
    (Provider::Telnyx, "account application from secret_file"),
    (Provider::Jambonz, "account from secret_file url"),
    (Provider::Vonage, "application from secret_file"),
];

#[test]
fn every_key_that_is_missing_is_named_with_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let whole = config(&folder, "https://reset.example", SECRET, 1);
    assert_eq!(whole.voice.len(), Provider::ALL.len());
    let mut looked = 0;
    for (provider, calls) in NEEDED {
        let value = |key: &str| match key {
            "secret_file" => "secret",
            "url" => "https://pbx.example.edu/api",
            "from" => "+60327797000",
            _ => "AC01",
        };
        let file = if provider == Provider::Telnyx { "telnyx" } else { "secret" };
        let keys = ["provider", "secret_file", "numbers"].into_iter().map(|key| format!("voice.main.{key}"));
        let keys = keys.chain(calls.split(' ').map(|key| format!("voice.main.calls.{key}")));
        for missing in keys {
            let line = |key: &str, text: String| if missing == key { String::new() } else { text };
            let mut text = "public_url = \"https://reset.example\"\n[voice.main]\n".to_owned();
            text += &line("voice.main.provider", format!("provider = \"{}\"\n", provider.name()));
            text += &line("voice.main.secret_file", format!("secret_file = \"{file}\"\n"));
            text += &line("voice.main.numbers", "[voice.main.numbers]\n\"4000\" = \"apu\"\n".to_owned());
            text += "[voice.main.calls]\n";
            for key in calls.split(' ') {
                text += &line(&format!("voice.main.calls.{key}"), format!("{key} = \"{}\"\n", value(key)));
            }
            let parsed = Config::parse(&folder.path().join("ringback.toml"), &text, &|_| None);
            let faults = parsed.err().expect("other sections are missing too");
            let mine: Vec<_> = faults.iter().filter(|fault| fault.key == missing).collect();
            assert_eq!(mine.len(), 1, "{provider:?} without {missing}");
            assert!(mine[0].what.contains("is missing") && !mine[0].remedy.is_empty(), "{}", mine[0]);
            looked += 1;
        }
    }
    println!("{looked} missing keys are named");
}
