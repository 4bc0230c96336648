//! Every verifier against known answers, and against what is nearly right.

use axum::http::{HeaderMap, Method};
use ringback::channels::voice::signature::{Hash, Received, Secret, Verifier};
use ringback::model::time::Timestamp;

use super::signing::{self, FORM, JSON, headers};

const NOW: Timestamp = Timestamp(1_767_574_800_000);
const SECONDS: u64 = 1_767_574_800;
const SECRET: &str = "12345";

struct Vector {
    name: &'static str,
    url: &'static str,
    fields: &'static [(&'static str, &'static str)],
    sha1: &'static str,
    sha256: &'static str,
}

/// Made with twilio 9.13.0 for Python, and the same with twilio 6.2.0 for Node; the secret is `12345`.
const VECTORS: &[Vector] = &[
    Vector {
        name: "as documented",
        url: "https://mycompany.com/myapp.php?foo=1&bar=2",
        fields: &[
            ("CallSid", "CA1234567890ABCDE"),
            ("Caller", "+14158675309"),
            ("Digits", "1234"),
            ("From", "+14158675309"),
            ("To", "+18005551212"),
        ],
        sha1: "RSOYDt4T1cUTdK1PDd93/VVr8B8=",
        sha256: "033hgUJA9M/hXIZsYjwkerEP/DBm35nEri5FhCYjA5s=",
    },
    Vector {
        name: "the port that goes without saying",
        url: "https://h.example:443/v?x=1",
        fields: &[("Digits", "1")],
        sha1: "F4PMvmPhblZg/KaihpV+o2r6JGg=",
        sha256: "GD5PCjAJVujza/ZSLH+pDOrMI4MAKX4iXsMcdWQBJ7A=",
    },
    Vector {
        name: "another port",
        url: "https://h.example:8443/v?x=1",
        fields: &[("Digits", "1")],
        sha1: "R3jpOXSaAvHVNvtYDRJm6k9JKWU=",
        sha256: "KJwScAqQDUMyEl2rPf/kSql1WzQ6udLF/LfZDMJFUeQ=",
    },
    Vector {
        name: "a key twice",
        url: "https://h.example/v",
        fields: &[("A", "b"), ("A", "a"), ("A", "a"), ("Digits", "")],
        sha1: "yyqTaZ4E4Bm/emiubiZl9w5cmQU=",
        sha256: "DJNYPVRAP7XO+Gp2qA1hig1v6fXaOhsKgGMQLzjVPMc=",
    },
    Vector {
        name: "other scripts",
        url: "https://h.example/v",
        fields: &[("SpeechResult", "Zoë Müller 学生"), ("Confidence", "0.9")],
        sha1: "Acu401u1rK+oWs5AuWcxxluXY88=",
        sha256: "hZGgwhKXwvIK6hK32IH3aVxJ5Gn/MiqZ7DYRLyqHtKs=",
    },
    Vector {
        name: "order of bytes",
        url: "https://h.example/v",
        fields: &[("a", "1"), ("B", "2"), ("_", "3")],
        sha1: "cdKBYEeRtlPLGxtZKBf57KKqdgc=",
        sha256: "4GWxu2HIeVYsYWo6NM8gEJw8uXV+h6RVu4H2f8ZlOOY=",
    },
    Vector {
        name: "a query as it arrived",
        url: "https://h.example/v?n=O'Hare&x=%2B1",
        fields: &[("Digits", "9")],
        sha1: "pGrjfZfxw6Yo6kz14SEDCyx4y6A=",
        sha256: "guYIy7t0h50oErcop38ecDns7Gudkm4eVccrfNwEVaM=",
    },
];
const GET_URL: &str = "https://h.example/v?CallSid=CA1&Digits=12%23";
const GET_TAGS: [&str; 2] = ["ySv0/S8TomzP960G2b002U+bdJ0=", "uvewcl9p2ttd2phknePByDB+OOFY57RnXPc4ryAV0s8="];
const JSON_URL: &str =
    "https://h.example/v?bodySHA256=b2a546ea2ec45f0627f39555dbcf712bd15ca10d1ec0c284cd023ce3b8bb0bf8";
const JSON_BODY: &str = r#"{"CallSid":"CA1","Digits":"12"}"#;
const JSON_TAG: &str = "ARk+lf3FCffvSSu3PnUoKjHPCKw=";

fn secret() -> Secret {
    Secret::new(SECRET).unwrap()
}

fn twilio(hash: Hash) -> Verifier {
    Verifier::Twilio { secret: secret(), hash }
}

fn form(fields: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

fn holds(verifier: &Verifier, method: &Method, url: &str, headers: &HeaderMap, body: &str) -> bool {
    verifier.verify(&Received { method, url, headers, body: body.as_bytes() }, NOW).is_ok()
}

#[test]
fn twilio_signatures_of_the_official_libraries_hold_and_nothing_near_them_does() {
    let mut refused = 0;
    for vector in VECTORS {
        let body = form(vector.fields);
        for (hash, tag) in [(Hash::Sha1, vector.sha1), (Hash::Sha256, vector.sha256)] {
            let verifier = twilio(hash);
            let signed = |tag: &str| headers(&[("content-type", FORM), ("x-twilio-signature", tag)]);
            let holds =
                |url: &str, headers: &HeaderMap, body: &str| holds(&verifier, &Method::POST, url, headers, body);
            assert!(holds(vector.url, &signed(tag), &body), "{} {hash:?}", vector.name);

            let other = if hash == Hash::Sha1 { vector.sha256 } else { vector.sha1 };
            let settings = ("x-twilio-webhooks-signature-settings", "key=k,algorithm=HMAC_SHA1");
            let downgraded = headers(&[("content-type", FORM), ("x-twilio-signature", other), settings]);
            let nearly = [
                (vector.url.to_owned(), signed(other), body.clone()),
                (vector.url.to_owned(), downgraded, body.clone()),
                (format!("{}&y=1", vector.url), signed(tag), body.clone()),
                (vector.url.replace("https", "http"), signed(tag), body.clone()),
                (vector.url.to_owned(), signed(tag), format!("{body}&Digits=2")),
                (vector.url.to_owned(), signed(&tag.to_lowercase()), body.clone()),
                (vector.url.to_owned(), signed(tag.trim_end_matches('=')), body.clone()),
                (vector.url.to_owned(), signed(""), body.clone()),
                (vector.url.to_owned(), headers(&[("content-type", FORM)]), body.clone()),
                (
                    vector.url.to_owned(),
                    headers(&[("content-type", "text/plain"), ("x-twilio-signature", tag)]),
                    body.clone(),
                ),
                (
                    vector.url.to_owned(),
                    headers(&[("content-type", FORM), ("x-twilio-signature", tag), ("x-twilio-signature", tag)]),
                    body.clone(),
                ),
            ];
            for (url, headers, body) in nearly {
                assert!(!holds(&url, &headers, &body), "{} {hash:?} {url} {headers:?} {body}", vector.name);
                refused += 1;
            }
        }
    }
    println!("{} vectors hold under two hashes, {refused} that are nearly right do not", VECTORS.len());
}

#[test]
fn the_usual_port_may_be_said_or_not_and_another_one_must_be() {
    let signed = |tag: &str| headers(&[("content-type", FORM), ("x-twilio-signature", tag)]);
    let ask = |url: &str, tag: &str| holds(&twilio(Hash::Sha1), &Method::POST, url, &signed(tag), "Digits=1");
    assert!(ask("https://h.example/v?x=1", VECTORS[1].sha1), "signed with :443, configured without");
    assert!(ask(
        "https://h.example:443/v?x=1",
        &signing::twilio(SECRET, "https://h.example/v?x=1", &[("Digits", "1")])
    ));
    assert!(!ask("https://h.example/v?x=1", VECTORS[2].sha1));
    assert!(!ask(
        "https://h.example:8443/v?x=1",
        &signing::twilio(SECRET, "https://h.example/v?x=1", &[("Digits", "1")])
    ));
}

#[test]
fn a_get_is_covered_by_its_address_alone() {
    for (hash, tag) in [Hash::Sha1, Hash::Sha256].into_iter().zip(GET_TAGS) {
        let signed = headers(&[("x-twilio-signature", tag)]);
        assert!(holds(&twilio(hash), &Method::GET, GET_URL, &signed, ""));
        assert!(!holds(&twilio(hash), &Method::GET, &GET_URL.replace("12", "13"), &signed, ""));
    }
}

#[test]
fn a_json_body_must_be_the_one_whose_hash_was_signed() {
    let signed = headers(&[("content-type", JSON), ("x-twilio-signature", JSON_TAG)]);
    let ask = |url: &str, body: &str| holds(&twilio(Hash::Sha1), &Method::POST, url, &signed, body);
    assert!(ask(JSON_URL, JSON_BODY));
    assert!(!ask(JSON_URL, r#"{"CallSid":"CA1","Digits":"13"}"#), "another body under the signed address");
    assert!(!ask(JSON_URL, r#"{ "CallSid": "CA1", "Digits": "12" }"#), "the same content in other bytes");
    assert!(!ask("https://h.example/v", JSON_BODY));
    let bare = signing::twilio(SECRET, "https://h.example/v", &[]);
    let signed = headers(&[("content-type", JSON), ("x-twilio-signature", &bare)]);
    assert!(!holds(&twilio(Hash::Sha1), &Method::POST, "https://h.example/v", &signed, JSON_BODY), "no hash, no cover");
    let twice = format!("{JSON_URL}&bodySHA256=00");
    let signed = headers(&[("content-type", JSON), ("x-twilio-signature", &signing::twilio(SECRET, &twice, &[]))]);
    assert!(!holds(&twilio(Hash::Sha1), &Method::POST, &twice, &signed, JSON_BODY));
}

#[test]
fn signalwire_signs_like_twilio_under_its_own_name() {
    let verifier = Verifier::SignalWire { secret: secret() };
    let vector = &VECTORS[0];
    let body = form(vector.fields);
    for name in ["x-signalwire-signature", "x-twilio-signature"] {
        let signed = headers(&[("content-type", FORM), (name, vector.sha1)]);
        assert!(holds(&verifier, &Method::POST, vector.url, &signed, &body));
    }
    // Its own name decides when both are there.
    let both = [("content-type", FORM), ("x-signalwire-signature", "x"), ("x-twilio-signature", vector.sha1)];
    assert!(!holds(&verifier, &Method::POST, vector.url, &headers(&both), &body));
}

#[test]
fn telnyx_signs_time_and_body() {
    let verifier = Verifier::telnyx(&signing::telnyx_key()).unwrap();
    let body = "CallSid=v3%3Aabc&Digits=1";
    let ask = |method: &Method, time: &str, tag: &str, body: &str| {
        let signed = headers(&[("telnyx-timestamp", time), ("telnyx-signature-ed25519", tag)]);
        holds(&verifier, method, "https://h.example/v", &signed, body)
    };
    let (time, tag) = (SECONDS.to_string(), signing::telnyx(&SECONDS.to_string(), body.as_bytes()));
    assert!(ask(&Method::POST, &time, &tag, body));
    assert!(!ask(&Method::GET, &time, &tag, body), "the query of a GET is not covered");
    assert!(!ask(&Method::POST, &time, &tag, "CallSid=v3%3Aabc&Digits=2"));
    assert!(!ask(&Method::POST, &(SECONDS + 1).to_string(), &tag, body));
    for (offset, expected) in [(-301, false), (-300, true), (300, true), (301, false)] {
        let time = SECONDS.checked_add_signed(offset).unwrap().to_string();
        assert_eq!(ask(&Method::POST, &time, &signing::telnyx(&time, body.as_bytes()), body), expected, "{offset}");
    }
    for time in ["", "-1", "+1767574800", " 1767574800", "1767574800.0", "99999999999999999999", "NaN"] {
        let signed = format!("{time}|{body}");
        let tag = data_encoding::BASE64.encode(signing::telnyx_pair().sign(signed.as_bytes()).as_ref());
        assert!(!ask(&Method::POST, time, &tag, body), "{time}");
    }
    assert!(Verifier::telnyx("AAAA").is_err() && Verifier::telnyx("").is_err());
}

#[test]
fn jambonz_signs_time_and_body_and_may_have_two_secrets_for_a_while() {
    let verifier = Verifier::Jambonz { secret: secret() };
    let body = r#"{"call_sid":"1","digits":"1"}"#;
    let ask = |header: &str, body: &str| {
        holds(&verifier, &Method::POST, "https://h.example/v", &headers(&[("jambonz-signature", header)]), body)
    };
    let right = signing::jambonz(SECRET, SECONDS, body.as_bytes());
    let tag = right.split_once(",v1=").unwrap().1;
    assert!(ask(&right, body));
    assert!(ask(&format!("t={SECONDS},v1={},v1={tag}", "0".repeat(64)), body));
    assert!(!ask(&right, r#"{"digits":"1","call_sid":"1"}"#), "the same content in other bytes");
    for header in [
        format!("v1={tag}"),
        format!("t={SECONDS}"),
        format!("t={SECONDS},t={SECONDS},v1={tag}"),
        format!("t={SECONDS},v0={tag}"),
        format!("t={SECONDS},v1={}", tag.to_uppercase()),
        format!("t={SECONDS},v1={}", &tag[..63]),
        format!("t={SECONDS},v1={tag},junk"),
        format!("t={SECONDS}{}", format!(",v1={tag}").repeat(5)),
        signing::jambonz(SECRET, SECONDS - 301, body.as_bytes()),
        signing::jambonz(SECRET, SECONDS + 301, body.as_bytes()),
        signing::jambonz("12346", SECONDS, body.as_bytes()),
    ] {
        assert!(!ask(&header, body), "{header}");
    }
}

#[test]
fn a_vonage_token_fits_its_own_body_alone() {
    let body = r#"{"uuid":"1","dtmf":{"digits":"1"}}"#;
    let verifier = |api_key: Option<&str>, application: Option<&str>| Verifier::Vonage {
        secret: secret(),
        api_key: api_key.map(str::to_owned),
        application: application.map(str::to_owned),
    };
    let ask = |verifier: &Verifier, bearer: &str, body: &str| {
        holds(verifier, &Method::POST, "https://h.example/v", &headers(&[("authorization", bearer)]), body)
    };
    let any = verifier(None, None);
    let right = signing::vonage(SECRET, SECONDS, body.as_bytes());
    assert!(ask(&any, &right, body));
    assert!(ask(&verifier(Some("a1b2c3d4"), Some("78d335fa-323d-0114-9c3d-d6f0d48968cf")), &right, body));
    assert!(!ask(&verifier(Some("another"), None), &right, body));
    assert!(!ask(&verifier(None, Some("another")), &right, body));
    assert!(!ask(&any, &right, r#"{"uuid":"1","dtmf":{"digits":"2"}}"#), "a token must not fit another body");

    let claims = |change: &dyn Fn(&mut serde_json::Value)| {
        let mut claims = signing::vonage_claims(SECONDS, body.as_bytes());
        change(&mut claims);
        format!("Bearer {}", signing::token(SECRET, signing::HEAD, &claims.to_string()))
    };
    let plain = signing::vonage_claims(SECONDS, body.as_bytes()).to_string();
    let head = |head: &str| format!("Bearer {}", signing::token(SECRET, head, &plain));
    for bearer in [
        claims(&|claims| drop(claims.as_object_mut().unwrap().remove("payload_hash"))),
        claims(&|claims| drop(claims.as_object_mut().unwrap().remove("iat"))),
        claims(&|claims| claims["iat"] = (SECONDS - 301).into()),
        claims(&|claims| claims["iat"] = (SECONDS + 301).into()),
        claims(&|claims| claims["iat"] = "now".into()),
        claims(&|claims| claims["exp"] = SECONDS.into()),
        claims(&|claims| claims["nbf"] = (SECONDS + 60).into()),
        claims(&|claims| claims["payload_hash"] = "".into()),
        head(r#"{"alg":"none"}"#),
        head(r#"{"alg":"HS512"}"#),
        head(r#"{"typ":"JWT"}"#),
        head("{}"),
        head("x"),
        format!("Bearer {}", signing::token("12346", signing::HEAD, &plain)),
        format!("bearer {}", signing::token(SECRET, signing::HEAD, &plain)),
        right.trim_start_matches("Bearer ").to_owned(),
        format!("{right}="),
        right[..right.len() - 1].to_owned(),
        format!("{}.", right.rsplit_once('.').unwrap().0),
        "Bearer ..".to_owned(),
        "Bearer ".to_owned(),
    ] {
        assert!(!ask(&any, &bearer, body), "{bearer}");
    }
}

#[test]
fn an_empty_secret_is_no_secret() {
    for empty in ["", " ", "\n", "\t\r\n "] {
        assert!(Secret::new(empty).is_err());
    }
}
