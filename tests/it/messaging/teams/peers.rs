//! The Bot Framework's own validator as a peer (`tests/setup/peers.sh`): both agree, but where ours is stricter on purpose.

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{SystemTime, UNIX_EPOCH};

use data_encoding::BASE64URL_NOPAD;
use ringback::model::time::{Seconds, Timestamp};
use ringback::ports::clock::Clock;
use serde_json::{Value, json};

use super::client::post;
use super::mock::{APP, Mock};
use super::scene::Scene;
use super::signing::{Token, Which};

/// What both are asked, and what each must say.
struct Case {
    what: &'static str,
    header: String,
    service: Option<String>,
    channel: &'static str,
    theirs: bool,
    ours: bool,
}

/// Verdicts of the library.
async fn theirs(mock: &Mock, cases: &[Case]) -> Vec<bool> {
    let top = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| top.join("target"), PathBuf::from);
    let python = target.join("peers/bin/python");
    assert!(python.exists(), "{} is not there: run tests/setup/peers.sh", python.display());
    let list: Vec<Value> = cases
        .iter()
        .map(|case| json!({ "header": case.header, "service": case.service, "channel": case.channel }))
        .collect();
    let asked = json!({ "metadata": mock.config(&ringback::model::ids::TenantId("apu".into())).openid, "app": APP, "cases": list });
    // The library asks the mock, which runs on this thread.
    let asking = tokio::task::spawn_blocking(move || {
        let script = top.join("tests/it/messaging/teams/peers.py");
        let mut child = Command::new(python).arg(script).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(asked.to_string().as_bytes()).unwrap();
        child.wait_with_output().unwrap()
    });
    let output = asking.await.unwrap();
    assert!(output.status.success());
    serde_json::from_slice(&output.stdout).unwrap()
}

#[tokio::test]
async fn the_reference_validator_and_ours_agree_but_where_ours_is_stricter() {
    let mut scene = Scene::open().await;
    // The library looks at the machine's clock, so this world's clock goes there.
    let real = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let behind = real - scene.world.clock.now().unix_seconds();
    scene.world.clock.advance(Seconds(u32::try_from(behind).unwrap()));
    let vouching = Which::First.listed(&["msteams"]);
    scene.mock.list(vec![vouching, Which::Second.listed(&[])]);
    let service = scene.mock.service();
    let token = |key| Token::new(key, &service, Timestamp(real * 1000));
    let good = || token(Which::First);
    let case = |what, token: &Token, theirs, ours| {
        let (header, service) = (token.bearer(), Some(service.clone()));
        Case { what, header, service, channel: "msteams", theirs, ours }
    };
    let none = format!("Bearer {}.", good().head("alg", json!("none")).message());
    let hash = {
        use hmac::Mac;
        let message = good().head("alg", json!("HS256")).message();
        let mut mac = hmac::Hmac::<sha2::Sha256>::new_from_slice(&Which::First.public().n).unwrap();
        mac.update(message.as_bytes());
        format!("Bearer {message}.{}", BASE64URL_NOPAD.encode(&mac.finalize().into_bytes()))
    };
    let mut cases = vec![
        case("good", &good(), true, true),
        case("wrong audience", &good().with("aud", json!("other")), false, false),
        case("audiences", &good().with("aud", json!([APP])), false, false),
        case("no audience", &good().without("aud"), false, false),
        case("wrong issuer", &good().with("iss", json!("https://evil.example")), false, false),
        case("no issuer", &good().without("iss"), false, false),
        case("another key under a known id", &token(Which::Stranger).head("kid", json!("first-key")), false, false),
        case("unknown key", &token(Which::Stranger), false, false),
        case("RS512", &good().in_rs512(), false, false),
        case("PS256", &good().in_ps256(), false, false),
        case("expired four minutes ago", &good().with("exp", json!(real - 240)), true, true),
        case("expired six minutes ago", &good().with("exp", json!(real - 360)), false, false),
        case("holds in four minutes", &good().with("nbf", json!(real + 240)), true, true),
        case("holds in six minutes", &good().with("nbf", json!(real + 360)), false, false),
        case("for another service", &good().with("serviceurl", json!("https://evil.example/")), false, false),
        case("for no service", &good().without("serviceurl"), false, false),
        // A slash at the end is no difference for newer libraries, and for us.
        case("without the slash", &good().with("serviceurl", json!(service.trim_end_matches('/'))), false, true),
        // Where the reference lets through what ours does not.
        case("never ends", &good().without("exp"), true, false),
        case("holds since ever", &good().without("nbf"), true, false),
        case("a key that vouches for nothing", &token(Which::Second), true, false),
    ];
    let with = |what, header: &str, service: Option<&String>, channel, theirs, ours| Case {
        what,
        header: header.to_owned(),
        service: service.cloned(),
        channel,
        theirs,
        ours,
    };
    let bearer = good().bearer();
    let (scheme, here) = (bearer.replacen("Bearer", "bearer", 1), Some(&service));
    cases.push(with("alg none", &none, here, "msteams", false, false));
    cases.push(with("HS256 with the public key", &hash, here, "msteams", false, false));
    cases.push(with("no header", "", here, "msteams", false, false));
    cases.push(with("not a token", "Bearer x.y.z", here, "msteams", false, false));
    cases.push(with("another channel", &bearer, here, "webchat", false, false));
    cases.push(with("another scheme", &bearer.replacen("Bearer", "Basic", 1), here, "msteams", false, false));
    // Schemes have no case; the reference thinks they do.
    cases.push(with("scheme in lower case", &scheme, here, "msteams", false, true));
    cases.push(with("an activity without a service", &bearer, None, "msteams", true, false));

    let verdicts = theirs(&scene.mock, &cases).await;
    let (mut differ, mut wrong) = (Vec::new(), Vec::new());
    for (case, verdict) in cases.iter().zip(verdicts) {
        let mut activity = scene.her.message("help");
        activity["channelId"] = json!(case.channel);
        match &case.service {
            Some(service) => activity["serviceUrl"] = json!(service),
            None => drop(activity.as_object_mut().unwrap().remove("serviceUrl")),
        }
        let posted = post(&scene.world, &case.header, activity.to_string().into_bytes());
        let (status, _) = scene.world.clock.pass_while(posted).await;
        scene.world.settle().await;
        let ours = status.as_u16() == 200;
        if (verdict, ours) != (case.theirs, case.ours) {
            wrong.push(format!("{}: theirs {verdict}, ours {ours}", case.what));
        }
        if verdict != ours {
            differ.push(case.what);
        }
    }
    println!("{} cases, both the same in {}; they differ in {differ:?}", cases.len(), cases.len() - differ.len());
    assert!(wrong.is_empty(), "{wrong:#?}");
}
