//! Signatures that are missing, mangled, of another request, of another key, or of another time.

use data_encoding::{BASE64, BASE64URL, HEXLOWER};
use ringback::channels::voice::provider::Provider;
use sha2::{Digest, Sha256};

use super::super::handset::Draft;
use super::super::house::{ORIGIN, SECRET};
use super::super::signing;
use super::{Bad, Scene};

const REFUSED: &[u16] = &[401];

pub fn requests(scene: &Scene<'_>) -> Vec<Bad> {
    let mut all = Vec::new();
    for draft in &scene.genuine() {
        all.extend(mangled(scene, draft));
        all.extend(of_another_request(scene, draft));
        match scene.provider {
            Provider::Twilio | Provider::SignalWire => all.extend(bodies_by_hash(scene, draft)),
            Provider::Telnyx => all.extend(times(scene, draft)),
            Provider::Jambonz => {
                all.extend(times(scene, draft));
                all.extend(jambonz_headers(scene, draft));
            }
            Provider::Vonage => {
                all.extend(times(scene, draft));
                all.extend(tokens(scene, draft));
            }
        }
    }
    all
}

/// The last header of a genuine request is the signature.
fn with_signature(scene: &Scene<'_>, kind: &'static str, what: &str, draft: &Draft, value: &str) -> Bad {
    let mut bad = scene.bad(kind, what, draft, REFUSED);
    bad.headers.last_mut().unwrap().1 = value.to_owned();
    bad
}

fn mangled(scene: &Scene<'_>, draft: &Draft) -> Vec<Bad> {
    let genuine = scene.bad("signature", "", draft, REFUSED);
    let (name, value) = genuine.headers.last().unwrap().clone();
    let flipped = |at: usize| {
        let mut bytes = value.clone().into_bytes();
        bytes[at] = if bytes[at] == b'x' { b'y' } else { b'x' };
        String::from_utf8(bytes).unwrap()
    };
    let (length, half) = (value.len(), value.len() / 2);
    let texts = [
        ("empty", String::new()),
        ("one character short", value[..length - 1].to_owned()),
        ("half", value[..half].to_owned()),
        ("without its beginning", value[1..].to_owned()),
        ("one character more", format!("{value}A")),
        ("with padding", format!("{value}=")),
        ("twice in one", format!("{value}{value}")),
        ("twice with a comma", format!("{value},{value}")),
        ("upper case", value.to_uppercase()),
        ("lower case", value.to_lowercase()),
        ("first character", flipped(length - 20)),
        ("a character in the middle", flipped(length - 10)),
        ("last character", flipped(length - 2)),
        ("in quotes", format!("\"{value}\"")),
        ("backwards", value.chars().rev().collect()),
        ("null", "null".to_owned()),
        ("undefined", "undefined".to_owned()),
        ("zeros", "0".repeat(length)),
        ("As", "A".repeat(length)),
        ("very long", "A".repeat(4_000)),
        ("the secret itself", SECRET.to_owned()),
        ("a hash of the body", HEXLOWER.encode(&Sha256::digest(&draft.body))),
        ("not Latin", "подпись".to_owned()),
    ];
    let mut all: Vec<Bad> = texts
        .iter()
        .filter(|(_, text)| *text != value)
        .map(|(what, text)| with_signature(scene, "signature", what, draft, text))
        .collect();
    let mut spoiled = |what: &str, change: &dyn Fn(&mut Vec<(String, String)>)| {
        let mut bad = scene.bad("signature", what, draft, REFUSED);
        change(&mut bad.headers);
        all.push(bad);
    };
    spoiled("missing", &|headers| drop(headers.pop()));
    spoiled("no header at all", &|headers| headers.clear());
    spoiled("under another name", &|headers| headers.last_mut().unwrap().0 = "x-signature".to_owned());
    spoiled("under a near name", &|headers| headers.last_mut().unwrap().0 = format!("{name}s"));
    spoiled("the same header twice", &|headers| headers.push((name.clone(), value.clone())));
    spoiled("a wrong header before it", &|headers| headers.insert(1, (name.clone(), "wrong".to_owned())));
    spoiled("a wrong header after it", &|headers| headers.push((name.clone(), "wrong".to_owned())));
    all
}

fn of_another_request(scene: &Scene<'_>, draft: &Draft) -> Vec<Bad> {
    let mut all = Vec::new();
    let swap = |all: &mut Vec<Bad>, what: &str, other: &Draft| {
        let mut bad = scene.bad("another request's", what, draft, REFUSED);
        bad.headers = other.headers(scene.seconds);
        all.push(bad);
    };
    let body = |body: String| Draft { body, ..draft.clone() };
    swap(&mut all, "with a blank more", &body(format!("{} ", draft.body)));
    swap(&mut all, "without its last byte", &body(draft.body[..draft.body.len() - 1].to_owned()));
    swap(&mut all, "of an empty body", &body(String::new()));
    swap(&mut all, "of another call", &body(draft.body.replace("call-", "cell-")));
    if matches!(scene.provider, Provider::Jambonz | Provider::Vonage) {
        let value: serde_json::Value = serde_json::from_str(&draft.body).unwrap();
        swap(&mut all, "over the body written anew", &body(serde_json::to_string_pretty(&value).unwrap()));
    }
    if matches!(scene.provider, Provider::Twilio | Provider::SignalWire) {
        let url = |url: String| Draft { url, ..draft.clone() };
        swap(&mut all, "of http", &url(draft.url.replace("https://", "http://")));
        swap(&mut all, "of another host", &url(draft.url.replace("reset.example", "evil.example")));
        swap(&mut all, "of a host in other letters", &url(draft.url.replace("reset.example", "RESET.example")));
        swap(&mut all, "of another port", &url(draft.url.replace("reset.example", "reset.example:8443")));
        swap(&mut all, "with a slash more", &url(format!("{}/", draft.url)));
        swap(&mut all, "with a query", &url(format!("{}?a=1", draft.url)));
        swap(&mut all, "with a fragment", &url(format!("{}#a", draft.url)));
        swap(&mut all, "of the path alone", &url(draft.url.replace(ORIGIN, "")));
    }
    for (what, secret) in
        [("another key", "another secret"), ("an empty key", ""), ("a longer key", "a secret that both sides know ")]
    {
        let value = match scene.provider {
            Provider::Twilio | Provider::SignalWire => {
                let fields: Vec<(String, String)> =
                    form_urlencoded::parse(draft.body.as_bytes()).into_owned().collect();
                let fields: Vec<(&str, &str)> = fields.iter().map(|(key, value)| (&**key, &**value)).collect();
                signing::twilio(secret, &draft.url, &fields)
            }
            Provider::Telnyx => {
                let seed: [u8; 32] = Sha256::digest(secret).into();
                let pair = ring::signature::Ed25519KeyPair::from_seed_unchecked(&seed).unwrap();
                let message = format!("{}|{}", scene.seconds, draft.body);
                BASE64.encode(pair.sign(message.as_bytes()).as_ref())
            }
            Provider::Jambonz => signing::jambonz(secret, scene.seconds, draft.body.as_bytes()),
            Provider::Vonage => signing::vonage(secret, scene.seconds, draft.body.as_bytes()),
        };
        all.push(with_signature(scene, "another key's", what, draft, &value));
    }
    all
}

/// Signed rightly, but not now.
fn times(scene: &Scene<'_>, draft: &Draft) -> Vec<Bad> {
    let mut all = Vec::new();
    let offsets: [i64; 12] =
        [-301, 301, -302, 302, -600, 600, -3_600, 3_600, -86_400, 86_400, -1_700_000_000, 40_000_000_000];
    for offset in offsets {
        let seconds = scene.seconds.saturating_add_signed(offset);
        let mut bad = scene.bad("time", format!("{offset} s"), draft, REFUSED);
        bad.headers = draft.headers(seconds);
        all.push(bad);
    }
    all
}

fn jambonz_headers(scene: &Scene<'_>, draft: &Draft) -> Vec<Bad> {
    let (time, tag) = (
        scene.seconds,
        HEXLOWER.encode(&signing::sha256(SECRET, format!("{}.{}", scene.seconds, draft.body).as_bytes())),
    );
    let values = [
        format!("v1={tag}"),
        format!("t={time}"),
        format!("t={time},v2={tag}"),
        format!("t={time},t={time},v1={tag}"),
        format!("t={},t={time},v1={tag}", time - 9_000),
        format!("t=+{time},v1={tag}"),
        format!("t={time}.0,v1={tag}"),
        format!("t=0x{time:x},v1={tag}"),
        format!("t={time};v1={tag}"),
        format!("{time},{tag}"),
        format!("t={time},v1={tag},"),
        format!("t={time}{}", format!(",v1={}", "0".repeat(64)).repeat(4) + &format!(",v1={tag}")),
    ];
    values.iter().map(|value| with_signature(scene, "header's form", value, draft, value)).collect()
}

/// Twilio's JSON: the address holds a hash of the body, and the signature covers the address.
fn bodies_by_hash(scene: &Scene<'_>, draft: &Draft) -> Vec<Bad> {
    let json = r#"{"CallSid":"call-new","To":"+60327797000","Digits":"1"}"#;
    let right = HEXLOWER.encode(&Sha256::digest(json));
    let other = HEXLOWER.encode(&Sha256::digest("{}"));
    let base64 = BASE64.encode(&Sha256::digest(json));
    let queries = [
        ("no hash", String::new()),
        ("an empty hash", "?bodySHA256=".to_owned()),
        ("a hash of another body", format!("?bodySHA256={other}")),
        ("in capitals", format!("?bodySHA256={}", right.to_uppercase())),
        ("in Base64", format!("?bodySHA256={}", base64.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D"))),
        ("half a hash", format!("?bodySHA256={}", &right[..32])),
        ("two hashes", format!("?bodySHA256={right}&bodySHA256={right}")),
        ("a wrong and a right hash", format!("?bodySHA256={other}&bodySHA256={right}")),
        ("another name", format!("?bodysha256={right}")),
        ("in the fragment of a value", format!("?a=bodySHA256={right}")),
        ("a hash with a blank", format!("?bodySHA256={right}%20")),
        ("a hash in quotes", format!("?bodySHA256=%22{right}%22")),
    ];
    let mut all = Vec::new();
    for (what, query) in queries {
        let url = format!("{}{query}", draft.url);
        let name = draft.headers(scene.seconds)[1].0.clone();
        let headers =
            vec![("content-type".to_owned(), signing::JSON.to_owned()), (name, signing::twilio(SECRET, &url, &[]))];
        let body = json.as_bytes().to_vec();
        all.push(Bad {
            kind: "hash of the body",
            what: what.to_owned(),
            method: "POST",
            url,
            headers,
            body,
            expected: REFUSED,
        });
    }
    let mut downgrade = scene.bad("hash of the body", "a stronger hash in the header's name only", draft, REFUSED);
    let settings = "key=webhooks_sharedkey_1,algorithm=HMAC_SHA256".to_owned();
    downgrade.headers.push(("x-twilio-webhooks-signature-settings".to_owned(), settings));
    downgrade.headers[1].1 = BASE64.encode(&signing::sha256(SECRET, draft.url.as_bytes()));
    all.push(downgrade);
    all
}

fn tokens(scene: &Scene<'_>, draft: &Draft) -> Vec<Bad> {
    let claims = |change: &dyn Fn(&mut serde_json::Value)| {
        let mut claims = signing::vonage_claims(scene.seconds, draft.body.as_bytes());
        change(&mut claims);
        signing::token(SECRET, signing::HEAD, &claims.to_string())
    };
    let plain = signing::vonage_claims(scene.seconds, draft.body.as_bytes()).to_string();
    let head = |head: &str| signing::token(SECRET, head, &plain);
    let right = claims(&|_| {});
    let (message, tag) = right.rsplit_once('.').unwrap();
    let tokens = [
        ("alg none", head(r#"{"typ":"JWT","alg":"none"}"#)),
        ("alg none, unsigned", format!("{message}.")),
        ("alg in small letters", head(r#"{"typ":"JWT","alg":"hs256"}"#)),
        ("alg HS512", head(r#"{"typ":"JWT","alg":"HS512"}"#)),
        ("alg RS256", head(r#"{"typ":"JWT","alg":"RS256"}"#)),
        ("no alg", head(r#"{"typ":"JWT"}"#)),
        ("alg twice", head(r#"{"alg":"HS256","alg":"none"}"#)),
        ("head is no JSON", head("HS256")),
        ("no iat", claims(&|claims| drop(claims.as_object_mut().unwrap().remove("iat")))),
        ("iat is a text", claims(&|claims| claims["iat"] = scene.seconds.to_string().into())),
        ("iat is a fraction", claims(&|claims| claims["iat"] = (scene.seconds as f64 + 0.5).into())),
        ("iat is negative", claims(&|claims| claims["iat"] = (-1).into())),
        ("expired", claims(&|claims| claims["exp"] = (scene.seconds - 1).into())),
        ("expires now", claims(&|claims| claims["exp"] = scene.seconds.into())),
        ("not yet", claims(&|claims| claims["nbf"] = (scene.seconds + 60).into())),
        ("no hash of the body", claims(&|claims| drop(claims.as_object_mut().unwrap().remove("payload_hash")))),
        ("an empty hash", claims(&|claims| claims["payload_hash"] = "".into())),
        ("a null hash", claims(&|claims| claims["payload_hash"] = serde_json::Value::Null)),
        ("the hash of nothing", claims(&|claims| claims["payload_hash"] = HEXLOWER.encode(&Sha256::digest("")).into())),
        ("claims are a list", signing::token(SECRET, signing::HEAD, "[]")),
        ("claims are no JSON", signing::token(SECRET, signing::HEAD, "x")),
        ("four parts", format!("{right}.x")),
        ("two parts", message.to_owned()),
        ("one part", "x".to_owned()),
        ("dots", "..".to_owned()),
        ("padded", format!("{message}.{tag}=")),
        ("the other Base64", format!("{message}.{}", BASE64URL.encode(&signing::sha256(SECRET, message.as_bytes())))),
        ("in hex", format!("{message}.{}", HEXLOWER.encode(&signing::sha256(SECRET, message.as_bytes())))),
    ];
    let mut all: Vec<Bad> = tokens
        .iter()
        .map(|(what, token)| with_signature(scene, "token", what, draft, &format!("Bearer {token}")))
        .collect();
    for (what, prefix) in
        [("no scheme", ""), ("small letters", "bearer "), ("another scheme", "Basic "), ("two blanks", "Bearer  ")]
    {
        all.push(with_signature(scene, "token", what, draft, &format!("{prefix}{right}")));
    }
    all
}
