//! The listener for operators: who is alive, who is ready, and who may ask what.

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use http_body_util::BodyExt;
use ringback::app::admin::outbox::proof;
use ringback::app::admin::{Admin, routes};
use ringback::engine::event::Act;
use ringback::http::address::Socket;
use ringback::model::ids::EventId;
use ringback::model::peer::{Channel, Peer, Surface};
use ringback::model::purpose::Purpose;
use ringback::model::time::Seconds;
use ringback::runtime::turn::Inbound;
use ringback::store::keyring::KeyRing;
use serde_json::Value;
use tower::ServiceExt;

use crate::support::clock::MORNING;
use crate::support::world::moody::Mood;
use crate::support::world::{Wish, World};

fn listener(world: &World) -> Router {
    routes(Admin {
        operator: world.running().runtime.operator(),
        audit: "/nowhere/audit.sqlite".into(),
        started: MORNING,
        key: KeyRing::ephemeral([7; 32]).admin(),
    })
}

async fn ask(
    app: &Router,
    from: &str,
    request: axum::http::request::Builder,
    body: &'static str,
) -> (StatusCode, Value) {
    let mut request: Request<Body> = request.body(Body::from(body)).unwrap();
    request.extensions_mut().insert(Socket(from.parse().unwrap()));
    let answer = app.clone().oneshot(request).await.unwrap();
    let status = answer.status();
    let bytes = answer.into_body().collect().await.unwrap().to_bytes();
    (status, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
}

async fn get(app: &Router, path: &str) -> (StatusCode, Value) {
    ask(app, "127.0.0.1", Request::get(path), "").await
}

fn state<'a>(answer: &'a Value, part: &str) -> &'a str {
    let parts = answer["parts"].as_array().unwrap();
    parts.iter().find(|it| it["part"] == part).unwrap()["state"].as_str().unwrap()
}

#[tokio::test]
async fn a_dead_directory_is_not_ready_and_one_that_is_back_is() {
    let world = World::open("apu", None, Wish::default()).await;
    let app = listener(&world);
    let (status, answer) = get(&app, "/ready").await;
    assert_eq!((status, answer["status"].as_str()), (StatusCode::OK, Some("ready")), "{answer}");
    for part in ["store", "registry", "audit", "directory:apu", "mail", "sms"] {
        assert_eq!(state(&answer, part), "up", "{answer}");
    }
    world.directory.set_mood(Mood::Down);
    // An answer is kept for a few seconds, so that asking costs the directory nothing.
    assert_eq!(get(&app, "/ready").await.0, StatusCode::OK);
    world.clock.advance(Seconds(6));
    let (status, answer) = get(&app, "/ready").await;
    assert_eq!((status, state(&answer, "directory:apu")), (StatusCode::SERVICE_UNAVAILABLE, "down"), "{answer}");
    assert_eq!(answer["type"], "urn:ringback:problem:unavailable");
    assert_eq!(answer["status"], 503);
    // Alive all the same: a restart would not mend a directory.
    assert_eq!(get(&app, "/health").await.0, StatusCode::OK);
    world.directory.set_mood(Mood::Up);
    world.clock.advance(Seconds(30));
    assert_eq!(get(&app, "/ready").await.0, StatusCode::OK);
}

#[tokio::test]
async fn turns_and_the_caps_of_a_tenant_stand_among_the_metrics() {
    let world = World::open("apu", None, Wish::default()).await;
    let inbox = world.running().runtime.inbox();
    for n in 0..100 {
        let peer = Peer {
            tenant: world.tenant.id.clone(),
            channel: Channel::Browser,
            bot: "reset.test".to_owned(),
            user: format!("visitor-{n}"),
        };
        let inbound = Inbound {
            peer,
            surface: Surface::Chat,
            event: EventId(format!("event-{n}")),
            act: Act::Start(Some(Purpose::ResetPassword)),
            language_hint: None,
        };
        inbox.submit(inbound).await.unwrap().settled().await;
    }
    let mut request = Request::get("/metrics").body(Body::empty()).unwrap();
    request.extensions_mut().insert(Socket("127.0.0.1".parse().unwrap()));
    let answer = listener(&world).oneshot(request).await.unwrap();
    let text = String::from_utf8(answer.into_body().collect().await.unwrap().to_bytes().to_vec()).unwrap();
    for line in [
        "ringback_alarms_total{tenant=\"apu\",what=\"wrong_code\",level=\"half\"} 0\n",
        "ringback_alarms_total{tenant=\"apu\",what=\"wrong_code\",level=\"full\"} 0\n",
        "ringback_turns_total{channel=\"browser\",outcome=\"taken\"} 100\n",
    ] {
        assert!(text.contains(line), "no {line} in:\n{text}");
    }
}

#[tokio::test]
async fn the_outbox_is_shown_to_those_who_hold_the_keys_on_this_machine() {
    let world = World::open("apu", None, Wish::default()).await;
    let app = listener(&world);
    let right = format!("Bearer {}", proof(&KeyRing::ephemeral([7; 32]).admin()));
    let wrong = format!("Bearer {}", proof(&KeyRing::ephemeral([8; 32]).admin()));
    for (from, header, expected) in [
        ("127.0.0.1", Some(&right), StatusCode::OK),
        ("::ffff:127.0.0.1", Some(&right), StatusCode::OK),
        ("127.0.0.1", Some(&wrong), StatusCode::UNAUTHORIZED),
        ("127.0.0.1", None, StatusCode::UNAUTHORIZED),
        ("192.0.2.7", Some(&right), StatusCode::UNAUTHORIZED),
    ] {
        for method in ["GET", "POST"] {
            let path = if method == "GET" { "/outbox" } else { "/outbox/retry" };
            let mut request = Request::builder().method(method).uri(path).header("content-type", "application/json");
            if let Some(header) = header {
                request = request.header("authorization", header);
            }
            let (status, answer) = ask(&app, from, request, "{}").await;
            assert_eq!(status, expected, "{method} from {from}: {answer}");
        }
    }
    let odd = Request::post("/outbox/retry").header("authorization", &right).header("content-type", "application/json");
    assert_eq!(ask(&app, "127.0.0.1", odd, "{\"ids\":[1]}").await.0, StatusCode::BAD_REQUEST);
}
