//! Bodies under a genuine token that are none, are of another place, or come in another way.

use serde_json::{Value, json};

use super::super::mock::{NAME, ORGANISATION};
use super::{Bad, Genuine};

pub fn requests(genuine: &Genuine<'_>) -> Vec<Bad> {
    let mut all = envelopes(genuine);
    all.extend(texts(genuine));
    all.extend(ways(genuine));
    all
}

/// The activity with another value at this place; without it for `None`.
fn changed(genuine: &Genuine<'_>, place: &str, value: Option<Value>) -> Vec<u8> {
    let mut activity = genuine.activity.clone();
    let (parent, name) = place.rsplit_once('/').unwrap();
    let parent = activity.pointer_mut(parent).unwrap().as_object_mut().unwrap();
    match value {
        Some(value) => drop(parent.insert(name.to_owned(), value)),
        None => drop(parent.remove(name)),
    }
    activity.to_string().into_bytes()
}

fn envelopes(genuine: &Genuine<'_>) -> Vec<Bad> {
    let mut all = Vec::new();
    let mut spoil = |kind: &'static str, place: &str, value: Option<Value>, expected: u16| {
        let what = format!("{place}: {}", value.as_ref().map_or("missing".to_owned(), Value::to_string));
        all.push(genuine.bad(kind, what, expected).body(changed(genuine, place, value)));
    };
    for channel in ["", "webchat", "directline", "emulator", "skype", "MSTEAMS", "msteams ", "msteams\u{0}"] {
        spoil("channel", "/channelId", Some(json!(channel)), 401);
    }
    let service = genuine.mock.service();
    for other in [
        "",
        "https://smba.trafficmanager.net/apac/",
        "https://evil.trafficmanager.net/",
        "http://169.254.169.254/latest/",
        "file:///etc/passwd",
        &format!("{service}../x"),
        &format!("{service}?a=b"),
        &format!("{service}#a"),
        &service.replace("http://", "http://user@"),
        &service.replace("127.0.0.1", "127.0.0.2"),
    ] {
        spoil("service of the body", "/serviceUrl", Some(json!(other)), 401);
    }
    for other in
        ["", "00000000-0000-0000-0000-000000000000", "eccbc87e-4b5c-42fe-a830-8fd9f2a7baf3", "botframework.com"]
    {
        spoil("organisation", "/conversation/tenantId", Some(json!(other)), 401);
        spoil("organisation", "/channelData/tenant/id", Some(json!(other)), 401);
    }
    spoil("organisation", "/conversation/tenantId", Some(json!(format!("{ORGANISATION} "))), 401);
    for id in [json!(""), json!("x".repeat(500)), json!("a b"), json!("a\nb"), json!("приватно")] {
        spoil("conversation", "/conversation/id", Some(id), 400);
    }
    // What must be there, and of its type.
    for place in [
        "/type",
        "/channelId",
        "/serviceUrl",
        "/conversation",
        "/conversation/id",
        "/conversation/tenantId",
        "/channelData",
        "/channelData/tenant",
        "/channelData/tenant/id",
    ] {
        spoil("shape", place, None, 400);
        for value in [Value::Null, json!(7), json!([]), json!(true)] {
            spoil("shape", place, Some(value), 400);
        }
    }
    // A token that is for another service is no help when that service is not on the list.
    for evil in
        ["https://evil.example/", "https://evil.trafficmanager.net/", "http://169.254.169.254/", "ftp://127.0.0.1/"]
    {
        let bearer = genuine.token().with("serviceurl", json!(evil)).bearer();
        let body = changed(genuine, "/serviceUrl", Some(json!(evil)));
        all.push(genuine.bad("service not allowed", evil, 401).header("authorization", bearer).body(body));
    }
    // An organisation that nobody allowed, named alike in both places.
    for other in ["eccbc87e-4b5c-42fe-a830-8fd9f2a7baf3", "botframework.com", "", "*"] {
        let elsewhere = changed(genuine, "/conversation/tenantId", Some(json!(other)));
        let mut elsewhere: Value = serde_json::from_slice(&elsewhere).unwrap();
        elsewhere["channelData"]["tenant"]["id"] = json!(other);
        let bad = genuine.bad("organisation", format!("everywhere {other}"), 401);
        all.push(bad.body(elsewhere.to_string().into_bytes()));
    }
    all
}

fn texts(genuine: &Genuine<'_>) -> Vec<Bad> {
    let good = genuine.activity.to_string();
    let with = |part: &str| good.replacen('{', &format!("{{{part},"), 1);
    let bodies: Vec<(&str, Vec<u8>)> = vec![
        ("empty", Vec::new()),
        ("blanks", b"   \n".to_vec()),
        ("null", b"null".to_vec()),
        ("a text", b"\"message\"".to_vec()),
        ("a number", b"1".to_vec()),
        ("NaN", b"NaN".to_vec()),
        ("an empty object", b"{}".to_vec()),
        ("a list", format!("[{good}]").into_bytes()),
        ("a mark before", format!("\u{feff}{good}").into_bytes()),
        ("cut off", good.as_bytes()[..good.len() - 1].to_vec()),
        ("half", good.as_bytes()[..good.len() / 2].to_vec()),
        ("something behind", format!("{good}{good}").into_bytes()),
        ("a comma too many", good.replacen('}', ",}", 1).into_bytes()),
        ("single quotes", good.replace('"', "'").into_bytes()),
        ("type twice", with(r#""type":"message""#).into_bytes()),
        ("service twice", with(r#""serviceUrl":"https://evil.example/""#).into_bytes()),
        ("conversation twice", with(r#""conversation":{"id":"x","tenantId":"y"}"#).into_bytes()),
        ("NaN within", with(r#""n":NaN"#).into_bytes()),
        ("deep", format!("{}{}", "[".repeat(10_000), "]".repeat(10_000)).into_bytes()),
        ("deep objects", format!("{}1{}", r#"{"conversation":"#.repeat(3_000), "}".repeat(3_000)).into_bytes()),
        ("a lone surrogate as type", good.replacen(r#""message""#, r#""\ud800""#, 1).into_bytes()),
        ("a control character", with("\"n\":\"\u{1}\"").into_bytes()),
        ("a form", b"type=message&channelId=msteams".to_vec()),
        ("XML", b"<activity type='message'/>".to_vec()),
        ("zeros", vec![0; 200]),
        ("not UTF-8", [good.as_bytes(), &[0xff, 0xfe]].concat()),
        ("UTF-16", good.encode_utf16().flat_map(u16::to_le_bytes).collect()),
    ];
    bodies.into_iter().map(|(what, body)| genuine.bad("text", what, 400).body(body)).collect()
}

fn ways(genuine: &Genuine<'_>) -> Vec<Bad> {
    let mut all = Vec::new();
    for kind in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/xml",
        "text/json",
        "json",
        "multipart/form-data",
        "",
    ] {
        all.push(genuine.bad("content type", kind, 415).header("content-type", kind));
    }
    all.push(genuine.bad("content type", "missing", 415).without("content-type"));
    for encoding in ["gzip", "deflate", "br", "identity"] {
        let mut bad = genuine.bad("encoding", encoding, 415);
        bad.headers.push(("content-encoding".to_owned(), encoding.as_bytes().to_vec()));
        all.push(bad);
    }
    for method in ["GET", "PUT", "DELETE", "PATCH", "OPTIONS"] {
        let mut bad = genuine.bad("method", method, 405);
        bad.method = method;
        all.push(bad);
    }
    for path in [
        "/hooks/teams",
        "/hooks/teams/",
        "/hooks/teams/other",
        "/hooks/teams/main/x",
        "/hooks/teams/MAIN",
        "/hooks/teams/%2e%2e",
    ] {
        let mut bad = genuine.bad("address", path, 404);
        path.clone_into(&mut bad.path);
        all.push(bad);
    }
    let mut telegram = genuine.bad("address", "another platform's", 404);
    telegram.path = format!("/hooks/telegram/{NAME}");
    all.push(telegram);
    all.push(genuine.bad("size", "larger than is taken", 413).body(vec![b' '; 70_000]));
    all
}
