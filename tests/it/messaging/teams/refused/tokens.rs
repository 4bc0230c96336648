//! Tokens that are missing, mangled, of another key, for somebody else, or of another time.

use data_encoding::{BASE64, BASE64URL_NOPAD, HEXLOWER};
use hmac::{Hmac, Mac};
use ring::signature::RSA_PKCS1_SHA256;
use serde_json::{Value, json};
use sha2::Sha256;

use super::super::mock::{APP, ISSUER, ORGANISATION};
use super::super::signing::{Token, Which, sign};
use super::{Bad, Genuine};

pub fn requests(genuine: &Genuine<'_>) -> Vec<Bad> {
    let mut all = headers(genuine);
    all.extend(algorithms(genuine));
    all.extend(keys(genuine));
    all.extend(claims(genuine));
    all
}

fn refused(genuine: &Genuine<'_>, kind: &'static str, what: &str, header: impl Into<Vec<u8>>) -> Bad {
    genuine.bad(kind, what, 401).header("authorization", header)
}

fn headers(genuine: &Genuine<'_>) -> Vec<Bad> {
    let token = genuine.token().signed();
    let (message, signature) = token.rsplit_once('.').unwrap();
    let (head, claims) = message.split_once('.').unwrap();
    let (length, middle) = (signature.len(), signature.len() / 2);
    let flipped = |at: usize| {
        let mut bytes = signature.as_bytes().to_vec();
        bytes[at] = if bytes[at] == b'x' { b'y' } else { b'x' };
        String::from_utf8(bytes).unwrap()
    };
    let values: Vec<(&str, String)> = vec![
        ("empty", String::new()),
        ("the scheme alone", "Bearer".to_owned()),
        ("no token", "Bearer ".to_owned()),
        ("no scheme", token.clone()),
        ("another scheme", format!("Basic {token}")),
        ("two blanks", format!("Bearer  {token}")),
        ("a tabulator", format!("Bearer\t{token}")),
        ("two tokens", format!("Bearer {token}, Bearer {token}")),
        ("in quotes", format!("Bearer \"{token}\"")),
        ("a dot more", format!("Bearer {token}.")),
        ("a dot before", format!("Bearer .{token}")),
        ("no signature", format!("Bearer {message}")),
        ("an empty signature", format!("Bearer {message}.")),
        ("no claims", format!("Bearer {head}..{signature}")),
        ("no head", format!("Bearer .{claims}.{signature}")),
        ("head twice", format!("Bearer {head}.{head}.{signature}")),
        ("parts exchanged", format!("Bearer {claims}.{head}.{signature}")),
        ("signature short", format!("Bearer {message}.{}", &signature[..length - 1])),
        ("half a signature", format!("Bearer {message}.{}", &signature[..middle])),
        ("signature long", format!("Bearer {message}.{signature}AA")),
        ("signature padded", format!("Bearer {message}.{signature}==")),
        ("signature twice", format!("Bearer {message}.{signature}{signature}")),
        ("first character", format!("Bearer {message}.{}", flipped(0))),
        ("a character in the middle", format!("Bearer {message}.{}", flipped(middle))),
        ("signature in upper case", format!("Bearer {message}.{}", signature.to_uppercase())),
        ("signature in lower case", format!("Bearer {message}.{}", signature.to_lowercase())),
        ("signature in hex", format!("Bearer {message}.{}", HEXLOWER.encode(signature.as_bytes()))),
        ("signature with + and /", format!("Bearer {message}.{}", BASE64.encode(&[0xff; 256]))),
        ("zeros", format!("Bearer {message}.{}", BASE64URL_NOPAD.encode(&[0; 256]))),
        ("a one", format!("Bearer {message}.{}", BASE64URL_NOPAD.encode(&[&[0; 255][..], &[1]].concat()))),
        ("null", "Bearer null".to_owned()),
        ("undefined", "Bearer undefined".to_owned()),
        ("the app's id", format!("Bearer {APP}")),
        ("nothing but dots", "Bearer ..".to_owned()),
        ("five parts", format!("Bearer {token}.a.b")),
        ("very long", format!("Bearer {}", "A".repeat(20_000))),
        ("very long claims", format!("Bearer {head}.{}.{signature}", "A".repeat(9_000))),
    ];
    let mut all: Vec<Bad> = values.into_iter().map(|(what, value)| refused(genuine, "header", what, value)).collect();
    all.push(refused(genuine, "header", "not Latin", "Bearer подпись".as_bytes()));
    all.push(genuine.bad("header", "missing", 401).without("authorization"));
    let mut twice = genuine.bad("header", "twice", 401);
    let own = twice.headers.last().unwrap().clone();
    twice.headers.push(own);
    all.push(twice);
    let mut elsewhere = genuine.bad("header", "in another header", 401).without("authorization");
    elsewhere.headers.push(("x-ms-authorization".to_owned(), format!("Bearer {token}").into_bytes()));
    all.push(elsewhere);
    let mut query = genuine.bad("header", "in the address", 401).without("authorization");
    query.path = format!("{}?access_token={token}", query.path);
    all.push(query);
    all
}

fn algorithms(genuine: &Genuine<'_>) -> Vec<Bad> {
    let mut all = Vec::new();
    for none in ["none", "None", "NONE", "nOnE", "", "null"] {
        let message = genuine.token().head("alg", json!(none)).message();
        all.push(refused(genuine, "alg none", none, format!("Bearer {message}.")));
        let signature = genuine.token().signed().rsplit_once('.').unwrap().1.to_owned();
        all.push(refused(genuine, "alg none", &format!("{none}, signed"), format!("Bearer {message}.{signature}")));
    }
    // The public key as the secret of a hash, in every form in which one has it at hand.
    let public = Which::First.public();
    let forms: [(&str, Vec<u8>); 5] = [
        ("modulus", public.n.clone()),
        ("modulus in base64", BASE64URL_NOPAD.encode(&public.n).into_bytes()),
        ("key as listed", Which::First.listed(&["msteams"]).to_string().into_bytes()),
        ("PEM", format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", BASE64.encode(&public.n)).into()),
        ("nothing", Vec::new()),
    ];
    for (what, secret) in forms {
        let message = genuine.token().head("alg", json!("HS256")).message();
        let mut mac = Hmac::<Sha256>::new_from_slice(&secret).unwrap();
        mac.update(message.as_bytes());
        let tag = BASE64URL_NOPAD.encode(&mac.finalize().into_bytes());
        all.push(refused(genuine, "HS256 with the public key", what, format!("Bearer {message}.{tag}")));
    }
    all.push(refused(genuine, "algorithm", "RS512", genuine.token().in_rs512().bearer()));
    all.push(refused(genuine, "algorithm", "PS256", genuine.token().in_ps256().bearer()));
    for name in ["RS384", "RS512", "ES256", "EdDSA", "rs256", "RS256 ", "HS256", "dir"] {
        let token = genuine.token().head("alg", json!(name));
        all.push(refused(genuine, "algorithm", &format!("named {name}"), token.bearer()));
    }
    for (what, value) in [("a list", json!(["RS256"])), ("a number", json!(256)), ("null", Value::Null)] {
        all.push(refused(genuine, "algorithm", what, genuine.token().head("alg", value).bearer()));
    }
    all
}

fn keys(genuine: &Genuine<'_>) -> Vec<Bad> {
    let service = genuine.mock.service();
    let strange = || Token::new(Which::Stranger, &service, genuine.now);
    let known = Which::First.kid();
    let mut all = vec![
        refused(genuine, "key", "unknown kid", strange().bearer()),
        refused(genuine, "key", "another key under a known kid", strange().head("kid", json!(known)).bearer()),
        refused(genuine, "key", "not listed yet", Token::new(Which::Second, &service, genuine.now).bearer()),
    ];
    for (what, kid) in [
        ("empty", json!("")),
        ("null", Value::Null),
        ("a number", json!(1)),
        ("upper case", json!(known.to_uppercase())),
        ("a path", json!("../../../../dev/null")),
        ("an address", json!("https://evil.example/keys")),
        ("SQL", json!("x' UNION SELECT 'a")),
        ("a blank behind", json!(format!("{known} "))),
        ("very long", json!("k".repeat(2_000))),
    ] {
        all.push(refused(genuine, "key", &format!("kid {what}"), genuine.token().head("kid", kid).bearer()));
    }
    let own = Which::Stranger.listed(&["msteams"]);
    all.push(refused(
        genuine,
        "key",
        "brings its own",
        strange().head("jwk", own.clone()).head("kid", json!(known)).bearer(),
    ));
    let at = json!("https://evil.example/keys");
    all.push(refused(genuine, "key", "says where it is", strange().head("jku", at.clone()).bearer()));
    all.push(refused(genuine, "key", "a certificate's address", strange().head("x5u", at).bearer()));
    all.push(refused(genuine, "key", "critical extension", genuine.token().head("crit", json!(["b64"])).bearer()));
    all.push(refused(genuine, "key", "another type", genuine.token().head("typ", json!("at+secevent")).bearer()));
    let twice = r#"{"alg":"RS256","alg":"RS256","kid":"first-key"}"#;
    let claims = genuine.token().claims.to_string();
    for (what, head) in [("alg twice", twice), ("no object", "\"RS256\""), ("no JSON", "alg=RS256"), ("empty", "")] {
        let message =
            format!("{}.{}", BASE64URL_NOPAD.encode(head.as_bytes()), BASE64URL_NOPAD.encode(claims.as_bytes()));
        let token = sign(&message, Which::First, &RSA_PKCS1_SHA256);
        all.push(refused(genuine, "key", &format!("head: {what}"), format!("Bearer {token}")));
    }
    all
}

fn claims(genuine: &Genuine<'_>) -> Vec<Bad> {
    let now = genuine.now.unix_seconds();
    let service = genuine.mock.service();
    let mut all: Vec<Bad> = ["iss", "aud", "exp", "nbf", "serviceurl"]
        .into_iter()
        .map(|claim| refused(genuine, "claim missing", claim, genuine.token().without(claim).bearer()))
        .collect();
    let mut wrong = |kind: &'static str, claim: &str, value: Value| {
        let token = genuine.token().with(claim, value.clone());
        all.push(refused(genuine, kind, &format!("{claim}: {value}"), token.bearer()));
    };
    for iss in [
        "",
        "https://api.botframework.com/",
        "http://api.botframework.com",
        "https://API.botframework.com",
        "https://api.botframework.us",
        "https://sts.windows.net/c4ca4238-a0b9-4382-8dcc-509a6f75849b/",
        "https://login.microsoftonline.com/c4ca4238-a0b9-4382-8dcc-509a6f75849b/v2.0",
        "https://evil.example",
    ] {
        wrong("issuer", "iss", json!(iss));
    }
    wrong("issuer", "iss", json!([ISSUER]));
    wrong("issuer", "iss", json!(1));
    wrong("issuer", "iss", Value::Null);
    for aud in ["", "8f14e45f-ceea-467f-a1d6-0c1d2e3f4a5c", "https://api.botframework.com", ORGANISATION] {
        wrong("audience", "aud", json!(aud));
    }
    wrong("audience", "aud", json!(APP.to_uppercase()));
    wrong("audience", "aud", json!([APP]));
    wrong("audience", "aud", json!({ "0": APP }));
    wrong("audience", "aud", Value::Null);
    // Five minutes are forgiven, not six; a time that is no number is none.
    wrong("expired", "exp", json!(now - 360));
    wrong("expired", "exp", json!(now - 300));
    wrong("expired", "exp", json!(now - 86_400));
    wrong("expired", "exp", json!(0));
    wrong("expired", "exp", json!(-1));
    wrong("expired", "exp", json!((now + 3_600).to_string()));
    wrong("expired", "exp", json!(1e300));
    wrong("expired", "exp", json!(now as f64 + 0.5));
    wrong("expired", "exp", Value::Null);
    wrong("not yet", "nbf", json!(now + 360));
    wrong("not yet", "nbf", json!(now + 86_400));
    wrong("not yet", "nbf", json!(u64::MAX));
    wrong("not yet", "nbf", json!((now - 60).to_string()));
    wrong("not yet", "nbf", Value::Null);
    for other in [
        "",
        "https://smba.trafficmanager.net/apac/",
        "https://evil.example/",
        &format!("{service}x"),
        &format!("{service}/"),
        service.trim_end_matches("apac/"),
        &service.replace("127.0.0.1", "localhost"),
        &service.replace("http:", "https:"),
        &service.replace("apac", "emea"),
    ] {
        wrong("service of the token", "serviceurl", json!(other));
    }
    wrong("service of the token", "serviceurl", json!([service]));
    wrong("service of the token", "serviceurl", Value::Null);
    for (what, claims) in [
        ("no object", "[]".to_owned()),
        ("no JSON", "iss=x".to_owned()),
        ("cut off", r#"{"iss":"https://api.botframework.com","#.to_owned()),
        ("issuer twice", genuine.token().claims.to_string().replacen('{', r#"{"iss":"https://evil.example","#, 1)),
        ("deep", format!("{}{}", "[".repeat(3_000), "]".repeat(3_000))),
    ] {
        let head = BASE64URL_NOPAD.encode(genuine.token().head.to_string().as_bytes());
        let message = format!("{head}.{}", BASE64URL_NOPAD.encode(claims.as_bytes()));
        let token = sign(&message, Which::First, &RSA_PKCS1_SHA256);
        all.push(refused(genuine, "claims", what, format!("Bearer {token}")));
    }
    all
}
