//! Calls and texts through telephone providers: what they are sent, and what each answer is taken for.

use std::sync::Arc;

use ringback::model::contacts::PhoneNumber;
use ringback::model::ids::{ChallengeId, LegId, TenantId};
use ringback::model::peer::Language;
use ringback::model::time::Seconds;
use ringback::ports::caller::{Call, Caller};
use ringback::ports::messenger::{SendError, TextMessage, TextSender};
use ringback::senders::call_hook::CallHook;
use ringback::senders::jambonz::{JambonzApi, JambonzConfig};
use ringback::senders::twilio::{AccountConfig, AnswerAt, Dialect, TextTold, TwilioApi};
use ringback::senders::vonage::{VonageApi, VonageConfig};
use tempfile::TempDir;

use super::{answer, hook, read_request, scripted, text};
use crate::support::clock::{MORNING, TestClock};

const ACCOUNT: &str = "AC0123456789abcdef0123456789abcdef";

fn call(extension: Option<&str>) -> Call {
    Call {
        id: 4711,
        leg: LegId([0xab; 16]),
        tenant: TenantId("uni".to_owned()),
        to: PhoneNumber::parse("+44 7700 900118", "GB").unwrap(),
        extension: extension.map(str::to_owned),
        ring: Seconds(25),
        language: Language("en".to_owned()),
    }
}

fn answer_at() -> AnswerAt {
    Arc::new(|leg: &LegId| format!("https://reset.example/hooks/voice/main/leg/{leg}/7f"))
}

fn secret(folder: &TempDir) -> std::path::PathBuf {
    let file = folder.path().join("secret");
    std::fs::write(&file, "an API secret\n").unwrap();
    file
}

fn account(folder: &TempDir, port: u16) -> AccountConfig {
    AccountConfig {
        url: Some(format!("http://127.0.0.1:{port}")),
        account: ACCOUNT.to_owned(),
        key: Some("SK01".to_owned()),
        secret_file: secret(folder),
        application: None,
        from: "+442079460000".to_owned(),
        texts_from: Some("MG0123456789abcdef0123456789abcdef".to_owned()),
        ca_file: None,
    }
}

/// What a sender sent: the first line, the sign-in, and the fields.
fn sent((head, body): (String, String)) -> (String, String, Vec<(String, String)>) {
    let line = head.lines().next().unwrap().trim_end_matches(" http/1.1").to_owned();
    let signed = head.lines().find_map(|line| line.strip_prefix("authorization: ")).unwrap().to_owned();
    (line, signed, form_urlencoded::parse(body.as_bytes()).into_owned().collect())
}

fn field<'a>(fields: &'a [(String, String)], name: &str) -> Option<&'a str> {
    fields.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
}

#[tokio::test]
async fn a_call_is_asked_for_in_the_way_of_each_of_the_three() {
    let answer_url = format!("https://reset.example/hooks/voice/main/leg/{}/7f", LegId([0xab; 16]));
    let table = [
        (Dialect::Twilio, format!("post /2010-04-01/accounts/{ACCOUNT}/calls.json"), "basic "),
        (Dialect::SignalWire, format!("post /api/laml/2010-04-01/accounts/{ACCOUNT}/calls.json"), "basic "),
        (Dialect::Telnyx, format!("post /v2/texml/accounts/{ACCOUNT}/calls"), "bearer "),
    ];
    for (dialect, line, scheme) in table {
        let (port, requests) = scripted(|stream| {
            let request = read_request(&stream);
            answer(&stream, "201 Created", "", "{}");
            request
        });
        let folder = tempfile::tempdir().unwrap();
        let application = (dialect == Dialect::Telnyx).then(|| "1494404757140276705".to_owned());
        let config = AccountConfig { application: application.clone(), ..account(&folder, port) };
        let api = TwilioApi::new(&config, dialect, answer_at()).unwrap();
        api.call(&call(Some("42"))).await.unwrap();
        let (first, signed, fields) = sent(requests.recv().unwrap());
        assert_eq!(first, line.to_lowercase());
        assert!(signed.starts_with(scheme), "{dialect:?}");
        let expected = [
            ("To", "+447700900118"),
            ("From", "+442079460000"),
            ("Url", answer_url.as_str()),
            ("Method", "POST"),
            ("Timeout", "25"),
            ("StatusCallbackEvent", "completed"),
            ("StatusCallbackMethod", "POST"),
            ("SendDigits", "wwww42"),
        ];
        for (name, value) in expected {
            assert_eq!(field(&fields, name), Some(value), "{dialect:?} {name}");
        }
        assert_eq!(field(&fields, "StatusCallback"), Some(format!("{answer_url}/status").as_str()));
        assert_eq!(field(&fields, "ApplicationSid").map(str::to_owned), application);
        assert_eq!(field(&fields, "MachineDetection"), None, "a key press tells a person from a machine");

        api.call(&call(None)).await.unwrap();
        assert_eq!(field(&sent(requests.recv().unwrap()).2, "SendDigits"), None);
    }
}

#[tokio::test]
async fn a_text_leaves_through_a_messaging_service_or_a_number() {
    for (from, name) in [("MG0123456789abcdef0123456789abcdef", "MessagingServiceSid"), ("+442079460000", "From")] {
        let (port, requests) = scripted(|stream| {
            let request = read_request(&stream);
            answer(&stream, "201 Created", "", "{}");
            request
        });
        let folder = tempfile::tempdir().unwrap();
        let config = AccountConfig { texts_from: Some(from.to_owned()), ..account(&folder, port) };
        TwilioApi::new(&config, Dialect::Twilio, answer_at()).unwrap().send(&text()).await.unwrap();
        let (line, _, fields) = sent(requests.recv().unwrap());
        assert!(line.ends_with("/messages.json"));
        assert_eq!(field(&fields, name), Some(from));
        assert_eq!(field(&fields, "To"), Some("+447700900118"));
        assert_eq!(field(&fields, "Body"), Some("482913 is your code. “Tell nobody.”"));
    }
}

/// A code's text says where its fate is told; a notice does not, for nobody waits for it.
#[tokio::test]
async fn the_network_is_asked_to_tell_what_became_of_a_code() {
    let code = ChallengeId([7; 16]);
    let told: TextTold = Arc::new(|code: &ChallengeId| format!("https://reset.example/told/{code}"));
    let at = told(&code);
    for (dialect, name) in [(Dialect::Twilio, "StatusCallback"), (Dialect::Telnyx, "webhook_url")] {
        for carried in [Some(code), None] {
            let (port, requests) = scripted(|stream| {
                let request = read_request(&stream);
                answer(&stream, "201 Created", "", "{}");
                request
            });
            let folder = tempfile::tempdir().unwrap();
            let texts_from = Some("+442079460000".to_owned());
            let config = AccountConfig { texts_from, application: Some("1".to_owned()), ..account(&folder, port) };
            let api = TwilioApi::new(&config, dialect, answer_at()).unwrap().telling(Arc::clone(&told));
            api.send(&TextMessage { code: carried, ..text() }).await.unwrap();
            let (_, body) = requests.recv().unwrap();
            let fields: Vec<(String, String)> = form_urlencoded::parse(body.as_bytes()).into_owned().collect();
            let json: serde_json::Value = serde_json::from_str(&body).unwrap_or_default();
            let got = fields.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone());
            let got = got.or(json[name].as_str().map(str::to_owned));
            assert_eq!(got, carried.map(|_| at.clone()), "{dialect:?}: {body}");
        }
    }
}

#[tokio::test]
async fn a_text_leaves_through_telnyx_from_a_number_or_a_profile() {
    let profile = "40017d9b-12f0-4f9d-bb1b-1c5c1a2b3c4d";
    for (from, name) in [(profile, "messaging_profile_id"), ("+442079460000", "from"), ("Uni", "from")] {
        let (port, requests) = scripted(|stream| {
            let request = read_request(&stream);
            answer(&stream, "200 OK", "", "{}");
            request
        });
        let folder = tempfile::tempdir().unwrap();
        let application = Some("1494404757140276705".to_owned());
        let config = AccountConfig { texts_from: Some(from.to_owned()), application, ..account(&folder, port) };
        assert!(config.faults(Dialect::Telnyx).is_empty());
        TwilioApi::new(&config, Dialect::Telnyx, answer_at()).unwrap().send(&text()).await.unwrap();
        let (head, body) = requests.recv().unwrap();
        assert!(head.starts_with("post /v2/messages http/1.1\r\n"), "{head}");
        assert!(head.contains("authorization: bearer an api secret\r\n"));
        let expected =
            serde_json::json!({ "to": "+447700900118", name: from, "text": "482913 is your code. “Tell nobody.”" });
        assert_eq!(serde_json::from_str::<serde_json::Value>(&body).unwrap(), expected);
    }
}

/// What OpenSSL makes and judges, apart from what signs here.
fn openssl(folder: &TempDir, args: &[&str]) -> bool {
    let done = std::process::Command::new("openssl").args(args).current_dir(folder.path()).output().unwrap();
    done.status.success()
}

#[tokio::test]
async fn vonage_is_signed_in_with_the_applications_own_key() {
    let (port, requests) = scripted(|stream| {
        let request = read_raw(&stream);
        answer(&stream, "201 Created", "", "{}");
        request
    });
    let folder = tempfile::tempdir().unwrap();
    assert!(openssl(&folder, &["genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", "key.pem"]));
    assert!(openssl(&folder, &["pkey", "-in", "key.pem", "-pubout", "-out", "public.pem"]));
    let config = VonageConfig {
        url: Some(format!("http://127.0.0.1:{port}")),
        application: "78d335fa-323d-0114-9c3d-d6f0d48968cf".to_owned(),
        secret_file: folder.path().join("key.pem"),
        from: "+442079460000".to_owned(),
        ca_file: None,
    };
    assert!(config.faults().is_empty());
    let clock = Arc::new(TestClock::at(MORNING));
    let api = VonageApi::new(&config, clock, answer_at()).unwrap_or_else(|fault| panic!("{}", fault.message));
    let mut ids = Vec::new();
    for _ in 0..2 {
        api.call(&call(Some("42"))).await.unwrap();
        let (head, body) = requests.recv().unwrap();
        assert!(head.starts_with("POST /v1/calls HTTP/1.1\r\n"), "{head}");
        let at = format!("https://reset.example/hooks/voice/main/leg/{}/7f", LegId([0xab; 16]));
        let expected = serde_json::json!({
            "to": [{ "type": "phone", "number": "447700900118", "dtmfAnswer": "pppp42" }],
            "from": { "type": "phone", "number": "442079460000" },
            "answer_url": [at], "answer_method": "POST",
            "event_url": [format!("{at}/status")], "event_method": "POST", "ringing_timer": 25,
        });
        assert_eq!(serde_json::from_str::<serde_json::Value>(&body).unwrap(), expected);

        let token = head.lines().find_map(|line| line.strip_prefix("authorization: Bearer ")).unwrap();
        let (message, signature) = token.rsplit_once('.').unwrap();
        let decode = |part: &str| data_encoding::BASE64URL_NOPAD.decode(part.as_bytes()).unwrap();
        std::fs::write(folder.path().join("message"), message).unwrap();
        std::fs::write(folder.path().join("signature"), decode(signature)).unwrap();
        let verify = ["dgst", "-sha256", "-verify", "public.pem", "-signature", "signature", "message"];
        assert!(openssl(&folder, &verify), "OpenSSL does not take the signature");
        let (head, claims) = message.split_once('.').unwrap();
        assert_eq!(decode(head), br#"{"alg":"RS256","typ":"JWT"}"#);
        let claims: serde_json::Value = serde_json::from_slice(&decode(claims)).unwrap();
        assert_eq!(claims["application_id"], config.application);
        assert_eq!(claims["iat"], MORNING.unix_seconds());
        assert_eq!(claims["exp"], MORNING.unix_seconds() + 300);
        ids.push(claims["jti"].as_str().unwrap().to_owned());
    }
    assert_ne!(ids[0], ids[1], "a token is made for one request");
    // What is no such key is said by its file, and nothing of it.
    std::fs::write(folder.path().join("key.pem"), "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n").unwrap();
    let fault = config.faults().remove(0);
    assert!(fault.key == "secret_file" && fault.message.contains("PEM") && !fault.message.contains("MIIE"));
}

/// A request with its head as it came.
fn read_raw(stream: &std::net::TcpStream) -> (String, String) {
    use std::io::{BufRead, Read};
    let mut reader = std::io::BufReader::new(stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        assert_ne!(reader.read_line(&mut head).unwrap(), 0);
    }
    let length = head.to_lowercase().lines().find_map(|line| line.strip_prefix("content-length: ").map(str::to_owned));
    let mut body = vec![0; length.unwrap().parse().unwrap()];
    reader.read_exact(&mut body).unwrap();
    (head, String::from_utf8(body).unwrap())
}

#[tokio::test]
async fn jambonz_is_sent_json_and_remembers_the_extension() {
    let (port, requests) = scripted(|stream| {
        let request = read_request(&stream);
        answer(&stream, "201 Created", "", "{}");
        request
    });
    let folder = tempfile::tempdir().unwrap();
    let config = JambonzConfig {
        url: format!("http://127.0.0.1:{port}/api/"),
        account: "9351f46a".to_owned(),
        secret_file: secret(&folder),
        application: Some("0e0681b0".to_owned()),
        from: "+442079460000".to_owned(),
        ca_file: None,
    };
    JambonzApi::new(&config, answer_at()).unwrap().call(&call(Some("42"))).await.unwrap();
    let (head, body) = requests.recv().unwrap();
    assert!(head.starts_with("post /api/v1/accounts/9351f46a/calls http/1.1\r\n"), "{head}");
    assert!(head.contains("authorization: bearer an api secret\r\n"));
    let body: serde_json::Value = serde_json::from_str(&body).unwrap();
    let at = format!("https://reset.example/hooks/voice/main/leg/{}/7f", LegId([0xab; 16]));
    let expected = serde_json::json!({
        "from": "+442079460000", "to": { "type": "phone", "number": "+447700900118" }, "timeout": 25,
        "call_hook": { "url": at, "method": "POST" },
        "call_status_hook": { "url": format!("{at}/status"), "method": "POST" },
        "application_sid": "0e0681b0", "tag": { "extension": "42" },
    });
    assert_eq!(body, expected);
}

#[tokio::test]
async fn a_hook_is_handed_the_call_as_the_manual_shows_it() {
    let manual = include_str!("../../../docs/hooks.md");
    let shown = manual.lines().find(|line| line.contains("\"kind\":\"call\"")).unwrap();
    let (port, requests) = scripted(|stream| {
        let request = read_request(&stream);
        answer(&stream, "202 Accepted", "", "");
        request
    });
    let (hook, _folder) = hook::hook(&format!("http://127.0.0.1:{port}/calls"));
    CallHook::new(Arc::new(hook), answer_at()).call(&call(Some("42"))).await.unwrap();
    assert_eq!(requests.recv().unwrap().1, shown);
}

/// A telephone that may be ringing is never made to ring again by itself.
#[tokio::test]
async fn what_may_have_arrived_is_unknown_and_only_a_certain_no_is_tried_again() {
    let retry = |after_seconds| SendError::Retry { why: String::new(), after_seconds };
    let (dead, unknown) = (SendError::Dead { why: String::new() }, SendError::Unknown { why: String::new() });
    let table = [
        ("201 Created", "", Ok(())),
        ("200 OK", "", Ok(())),
        ("400 Bad Request", "", Err(dead.clone())),
        ("401 Unauthorized", "", Err(dead.clone())),
        ("403 Forbidden", "", Err(dead.clone())),
        ("404 Not Found", "", Err(dead.clone())),
        ("307 Temporary Redirect", "Location: http://127.0.0.1:1/\r\n", Err(dead)),
        ("429 Too Many Requests", "Retry-After: 7\r\n", Err(retry(Some(7)))),
        ("503 Service Unavailable", "", Err(retry(None))),
        ("408 Request Timeout", "", Err(unknown.clone())),
        ("500 Internal Server Error", "", Err(unknown.clone())),
        ("502 Bad Gateway", "", Err(unknown.clone())),
        ("504 Gateway Timeout", "", Err(unknown.clone())),
    ];
    let kind = |outcome: Result<(), SendError>| match outcome {
        Err(SendError::Retry { after_seconds, .. }) => Err(retry(after_seconds)),
        Err(SendError::Dead { .. }) => Err(SendError::Dead { why: String::new() }),
        Err(SendError::Unknown { .. }) => Err(SendError::Unknown { why: String::new() }),
        Ok(()) => Ok(()),
    };
    for (status, headers, expected) in table {
        let (port, _requests) = scripted(move |stream| {
            let request = read_request(&stream);
            answer(&stream, status, headers, "");
            request
        });
        let folder = tempfile::tempdir().unwrap();
        let api = TwilioApi::new(&account(&folder, port), Dialect::Twilio, answer_at()).unwrap();
        assert_eq!(kind(api.call(&call(None)).await), expected, "{status}");
    }
    // Hung up on after the request had arrived, and nobody there at all.
    let (port, _requests) = scripted(|stream| drop(read_request(&stream)));
    let folder = tempfile::tempdir().unwrap();
    let api = TwilioApi::new(&account(&folder, port), Dialect::Twilio, answer_at()).unwrap();
    assert_eq!(kind(api.call(&call(None)).await), Err(unknown));
    let nobody = account(&folder, crate::support::slapd::free_port());
    let api = TwilioApi::new(&nobody, Dialect::Twilio, answer_at()).unwrap();
    assert_eq!(kind(api.call(&call(None)).await), Err(retry(None)));
}

#[tokio::test]
async fn no_number_and_no_secret_is_in_a_fault() {
    let (port, _requests) = scripted(|stream| {
        read_request(&stream);
        answer(&stream, "400 Bad Request", "", "{\"message\":\"+447700900118 is not reachable\"}");
    });
    let folder = tempfile::tempdir().unwrap();
    let api = TwilioApi::new(&account(&folder, port), Dialect::Twilio, answer_at()).unwrap();
    let Err(error) = api.call(&call(None)).await else { panic!("400 is no success") };
    assert_eq!(error.to_string(), "twilio: answer 400");
    let nobody = account(&folder, crate::support::slapd::free_port());
    let api = TwilioApi::new(&nobody, Dialect::Twilio, answer_at()).unwrap();
    let Err(error) = api.call(&call(None)).await else { panic!("nobody answers") };
    let words = error.to_string();
    assert!(!words.contains(ACCOUNT) && !words.contains("900118") && !words.contains("secret"), "{words}");
}

#[test]
fn faults_of_an_account_are_named_all_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let faults =
        |config: &AccountConfig, dialect| config.faults(dialect).into_iter().map(|fault| fault.key).collect::<Vec<_>>();
    let good = account(&folder, 1);
    assert_eq!(faults(&good, Dialect::Twilio), Vec::<String>::new());
    let bad = AccountConfig {
        url: Some("http://api.example".to_owned()),
        account: "../other".to_owned(),
        secret_file: folder.path().join("missing"),
        ..good.clone()
    };
    assert_eq!(faults(&bad, Dialect::Twilio), ["url", "secret_file", "account"]);
    assert_eq!(faults(&AccountConfig { url: None, ..good.clone() }, Dialect::SignalWire), ["url"]);
    assert_eq!(faults(&good, Dialect::Telnyx), ["application"]);
    std::fs::write(folder.path().join("blank"), " \n").unwrap();
    let blank = AccountConfig { secret_file: folder.path().join("blank"), ..good };
    assert_eq!(faults(&blank, Dialect::Twilio), ["secret_file"]);
}
