//! Every parser of bytes that come from outside, as a function of bytes: for the fuzzer, and for the test that replays its
//! corpus. None may panic; what it accepts must mean the same when it is written and read again.

use std::net::IpAddr;
use std::path::Path;
use std::sync::{Arc, LazyLock};

use axum::body::Body;
use axum::extract::{Form, FromRequest};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, HeaderValue, Method, Request};
use ringback::channels::discord;
use ringback::channels::page::fields::{JudgeForm, PlainForm, SubmitForm};
use ringback::channels::teams::token::{Expected, Presented, SigningKey};
use ringback::channels::teams::{self, activity};
use ringback::channels::telegram;
use ringback::channels::voice::provider::Provider;
use ringback::channels::voice::report::meant;
use ringback::channels::voice::signature::{Hash, Received, Secret, Verifier};
use ringback::config::tenant;
use ringback::directory::embedded::EmbeddedDirectory;
use ringback::directory::embedded::people::People;
use ringback::directory::ldap::{filter, ppolicy};
use ringback::engine::conversation::Conversation;
use ringback::engine::event::Act;
use ringback::flow::set::FlowSet;
use ringback::http::address::client;
use ringback::http::cookie::Token;
use ringback::http::network::Network;
use ringback::model::contacts::{Contact, EmailAddress, PhoneNumber};
use ringback::model::ids::TenantId;
use ringback::model::names::OptionKey;
use ringback::model::peer::Language;
use ringback::model::time::Timestamp;
use ringback::registry::import::Import;
use ringback::registry::sqlite::{RegistryKeys, SqliteRegistry};
use ringback::runtime::pages;
use ringback::runtime::record::{self, DeadRow, NoticeRecord, OutboxRow};
use ringback::runtime::system::{SystemClock, SystemEntropy};
use ringback::store::keyring::{Keeper, KeyRing};
use ringback::text::catalog::Catalog;
use ringback::text::understand::Candidates;
use ringback::verify::keys::Keys;
use tokio::runtime::Runtime;

/// All of them by name; a corpus folder is called likewise.
pub const ENTRIES: [(&str, fn(&[u8])); 16] = [
    ("contact", contact),
    ("csv_import", csv_import),
    ("discord_interaction", discord_interaction),
    ("flow_file", flow_file),
    ("fluent_file", fluent_file),
    ("ldap_filter", ldap_filter),
    ("ldap_policy", ldap_policy),
    ("link_token", link_token),
    ("network_address", network_address),
    ("stored_record", stored_record),
    ("teams_activity", teams_activity),
    ("telegram_update", telegram_update),
    ("telephone", telephone),
    ("tenant_file", tenant_file),
    ("utterance", utterance),
    ("web_form", web_form),
];

static RING: LazyLock<KeyRing> = LazyLock::new(|| KeyRing::ephemeral([7; 32]));
static KEYS: LazyLock<Keys> = LazyLock::new(|| RING.keys());
static CATALOG: LazyLock<Catalog> = LazyLock::new(|| Catalog::shipped().expect("the shipped words load"));
static RUNTIME: LazyLock<Runtime> =
    LazyLock::new(|| tokio::runtime::Builder::new_current_thread().build().expect("a runtime starts"));

/// People and a registry for imports to go to.
static OFFICE: LazyLock<(EmbeddedDirectory, SqliteRegistry)> = LazyLock::new(|| {
    let people = People::demo().tenants.remove("apu").expect("the demo has people");
    let (clock, entropy) = (Arc::new(SystemClock::default()), Arc::new(SystemEntropy));
    let directory = EmbeddedDirectory::new(&people, "MY", clock, entropy).expect("the people are in order");
    let keys = RegistryKeys { sealer: RING.sealer(Keeper::Registry), lookup: RING.lookup(Keeper::Registry) };
    (directory, SqliteRegistry::in_memory(keys).expect("a registry in memory opens"))
});

/// A script beside no other.
pub fn flow_file(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let files = [("fuzzed.yaml".to_owned(), text.to_owned())];
    for finding in FlowSet::check(&files, None) {
        assert!(!finding.to_string().is_empty());
    }
}

/// Words in a language of their own.
pub fn fluent_file(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let _ = Catalog::load(&[("en/fuzzed.ftl".to_owned(), text.to_owned())]);
}

/// The body of a form, and the cookie beside it.
pub fn web_form(bytes: &[u8]) {
    let request = || {
        let form = Request::post("/page").header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        form.body(Body::from(bytes.to_vec())).expect("the head is in order")
    };
    RUNTIME.block_on(async {
        let _ = Form::<SubmitForm>::from_request(request(), &()).await.is_ok();
        let _ = Form::<JudgeForm>::from_request(request(), &()).await.is_ok();
        let _ = Form::<PlainForm>::from_request(request(), &()).await.is_ok();
    });
    let text = String::from_utf8_lossy(bytes);
    let token = Token::of(&text);
    assert!(token.holds_nonce(&token.form_nonce()));
}

/// The value of a password policy control.
pub fn ldap_policy(bytes: &[u8]) {
    let _ = ppolicy::error_in(bytes);
}

/// A name that goes into a search filter: nothing of it can end the value.
pub fn ldap_filter(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let filter = filter::equals("uid", &text);
    let value = filter.strip_prefix("(uid=").and_then(|rest| rest.strip_suffix(')')).expect("one comparison");
    let plain = |c: char| c.is_ascii_alphanumeric() || "\\.-_@".contains(c);
    assert!(value.chars().all(plain), "{filter}");
}

/// What a store gives back.
pub fn stored_record(bytes: &[u8]) {
    fn again<T: record::Record + PartialEq>(bytes: &[u8]) {
        if let Ok(value) = record::decode::<T>(bytes) {
            assert!(record::decode::<T>(&record::encode(&value)).is_ok_and(|second| second == value));
        }
    }
    again::<Conversation>(bytes);
    again::<OutboxRow>(bytes);
    again::<NoticeRecord>(bytes);
    again::<DeadRow>(bytes);
    for keeper in [Keeper::Store, Keeper::Registry] {
        let place = ringback::verify::seal::Place { namespace: "fuzz", key: b"key", version: b"1" };
        assert!(RING.sealer(keeper).open(place, bytes).is_err(), "nobody can seal without the key");
    }
}

/// The end of a link to a private page: only our own are good.
pub fn link_token(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Some(page) = pages::page_of(&KEYS, text) {
        assert_eq!(pages::token(&KEYS, page), text);
    }
}

/// A telephone number or mail address as somebody types it.
pub fn contact(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    for region in ["MY", "GB", "US", "??"] {
        if let Ok(phone) = PhoneNumber::parse(text, region) {
            let contact = Contact::Phone(phone);
            assert_eq!(Contact::restore(&contact.kept()).as_ref(), Some(&contact));
            assert!(!contact.masked().is_empty());
        }
    }
    if let Ok(mail) = EmailAddress::parse(text) {
        let contact = Contact::Email(mail);
        assert_eq!(Contact::restore(&contact.kept()).as_ref(), Some(&contact));
        assert!(!contact.masked_with(2).is_empty());
    }
    let _ = Contact::restore(text);
}

/// A list of people.
pub fn csv_import(bytes: &[u8]) {
    let (directory, registry) = &*OFFICE;
    let tenant = TenantId("apu".to_owned());
    let questions = [OptionKey::of("first-school")];
    let now = Timestamp(1_780_000_000_000);
    let by_telephone = questions.iter().take(1).cloned().collect();
    let import = Import {
        tenant: &tenant,
        region: "MY",
        questions: &questions,
        by_telephone: &by_telephone,
        directory,
        registry,
        now,
    };
    if let Ok(report) = RUNTIME.block_on(import.run(bytes)) {
        assert!(report.faults.len() >= report.refused as usize);
    }
}

/// An institution's file.
pub fn tenant_file(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let languages = [Language("en".to_owned()), Language("ms".to_owned())];
    if let Err(faults) = tenant::parse("fuzzed", Path::new("fuzzed.toml"), text, &languages) {
        assert!(!faults.is_empty(), "a file is refused without a word");
    }
}

/// A network of the configuration in the first line, and what proxies say in the others.
pub fn network_address(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let mut lines = text.lines();
    let networks: Vec<Network> = lines.next().and_then(|line| Network::parse(line).ok()).into_iter().collect();
    let mut headers = HeaderMap::new();
    for line in lines {
        if let Ok(value) = HeaderValue::from_bytes(line.as_bytes()) {
            headers.append("x-forwarded-for", value);
        }
    }
    let visitor = IpAddr::from([203, 0, 113, 9]);
    let trusted = networks.iter().any(|network| network.contains(visitor));
    if !trusted {
        assert_eq!(client(visitor, &headers, &networks), Some(visitor), "a visitor chose an address");
    }
    let _ = client(IpAddr::from([127, 0, 0, 1]), &headers, &networks);
    let _ = client(IpAddr::from([0_u16; 8]), &headers, &networks);
}

/// What people say.
pub fn utterance(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    for language in CATALOG.languages() {
        for (exact, intents) in [(true, false), (false, true)] {
            let candidates = Candidates { choices: &[], yes_no: !exact, exact, intents };
            let _ = CATALOG.understand(language, &candidates, &text);
        }
    }
    let _ = CATALOG.digits(&text);
}

/// A provider's request: the first byte chooses the provider, the second where the header ends and the body begins.
pub fn telephone(bytes: &[u8]) {
    let (Some(chosen), Some(split)) = (bytes.first(), bytes.get(1)) else { return };
    let provider = Provider::ALL[usize::from(*chosen) % Provider::ALL.len()];
    let (header, body) = bytes[2..].split_at(usize::from(*split).min(bytes.len() - 2));
    for kind in ["application/x-www-form-urlencoded", "application/json"] {
        if let Ok(report) = provider.read(kind, body) {
            assert!((1..=128).contains(&report.call.len()) && report.call.is_ascii());
            assert!(report.to.is_none_or(|to| to.bytes().all(|byte| byte.is_ascii_digit())));
            let keys = report.keys.unwrap_or_default();
            assert!(keys.len() <= 32 && keys.chars().all(|key| "0123456789*#".contains(key)));
            assert!(keys.is_empty() || meant(&keys) == "*" || !meant(&keys).contains('*'));
        }
    }
    let secret = || Secret::new("a secret that nobody guesses").expect("it is not empty");
    let (url, now) = ("https://reset.example/hooks/voice/main?a=1", Timestamp(1_767_574_800_000));
    for (verifier, name) in [
        (Verifier::Twilio { secret: secret(), hash: Hash::Sha1 }, "x-twilio-signature"),
        (Verifier::Telnyx { key: [9; 32] }, "telnyx-signature-ed25519"),
        (Verifier::Jambonz { secret: secret() }, "jambonz-signature"),
        (Verifier::Vonage { secret: secret(), api_key: None, application: None }, "authorization"),
    ] {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
        headers.insert("telnyx-timestamp", HeaderValue::from_static("1767574800"));
        if let Ok(value) = HeaderValue::from_bytes(header) {
            headers.insert(name, value);
            let received = Received { method: &Method::POST, url, headers: &headers, body };
            assert!(verifier.verify(&received, now).is_err(), "whoever has no secret is let in");
        }
        if let Some((name, value)) = verifier.sign(url, body, now) {
            headers.insert(name, HeaderValue::from_str(&value).expect("a signature is plain ASCII"));
            let received = Received { method: &Method::POST, url, headers: &headers, body };
            assert!(verifier.verify(&received, now).is_ok(), "what was signed does not hold");
        }
    }
}

/// What a button of a platform may carry to us; all of them are ours to judge.
fn is_bounded(act: &Act) -> bool {
    !matches!(act, Act::Pick(token) if !(1..=64).contains(&token.len()))
}

/// An update, read without and with our own name.
pub fn telegram_update(bytes: &[u8]) {
    use telegram::update::{What, read};
    let heard = read(bytes, None);
    assert_eq!(heard, read(bytes, None), "a second delivery means something else");
    if let Ok(heard) = read(bytes, Some("ringback_bot")) {
        assert_eq!(read(bytes, None).map(|plain| plain.id), Ok(heard.id));
        assert!(!matches!(&heard.what, What::Private { act, .. } if !is_bounded(act)), "{heard:?}");
    }
}

/// An interaction: the first byte says where the signature ends and the body begins.
pub fn discord_interaction(bytes: &[u8]) {
    use discord::interaction::{What, read};
    use discord::signature::{SIGNATURE_HEADER, TIME_HEADER, signed};
    let Some((split, rest)) = bytes.split_first() else { return };
    let (header, body) = rest.split_at(usize::from(*split).min(rest.len()));
    let mut headers = HeaderMap::new();
    headers.insert(TIME_HEADER, HeaderValue::from_static("1767574800"));
    if let Ok(value) = HeaderValue::from_bytes(header) {
        headers.insert(SIGNATURE_HEADER, value);
        assert!(!signed(&[9; 32], &headers, body, Timestamp(1_767_574_800_000)), "whoever has no key is let in");
    }
    if let Ok(heard) = read(body) {
        let digits = |id: &str| id.len() <= 20 && id.bytes().all(|byte| byte.is_ascii_digit());
        assert!(digits(&heard.id) && digits(&heard.application) && heard.token.len() <= 512);
        if let What::Private { user, channel, act, .. } = heard.what {
            assert!(digits(&user) && digits(&channel) && is_bounded(&act));
        }
    }
}

/// A call of the platform: the token in the first line, then the activity.
pub fn teams_activity(bytes: &[u8]) {
    let end = bytes.iter().position(|byte| *byte == b'\n').unwrap_or(bytes.len());
    let (header, body) = bytes.split_at(end);
    if let Some(presented) = std::str::from_utf8(header).ok().and_then(Presented::read) {
        let key = SigningKey { n: vec![0xd5; 256], e: vec![1, 0, 1], endorsements: vec!["msteams".to_owned()] };
        let expected = Expected { issuer: "https://api.botframework.com", audience: "app" };
        assert!(presented.verified(&key, expected, Timestamp(1_767_574_800_000)).is_none(), "a token nobody signed");
    }
    let Ok(envelope) = serde_json::from_slice::<activity::Envelope>(body) else { return };
    match activity::read(&envelope, body) {
        teams::activity::What::Private { person, event, act, .. } => {
            assert!(activity::is_id(&person.user) && activity::is_id(&person.object) && is_bounded(&act));
            assert!(event.len() < 500, "{event}");
        }
        teams::activity::What::Removed(person) => assert!(activity::is_id(&person.user)),
        _ => {}
    }
}
