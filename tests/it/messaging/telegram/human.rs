//! The page with the characters of a human check: picture, sound and a wait, and nothing that a preview could use up.

use axum::body::Body;
use axum::http::Request;
use http_body_util::BodyExt;
use ringback::model::time::Seconds;
use serde_json::Value;
use tower::ServiceExt;

use super::scene::Scene;
use crate::support::world::visitor::Visitor;
use crate::support::world::{ORIGIN, Wish};

#[tokio::test]
async fn the_digits_are_seen_heard_or_waited_for_and_typed_into_the_chat() {
    let mut scene = Scene::with(Wish { always_challenge: true, ..Wish::default() }).await;
    scene.say("/start reset").await;
    let user = scene.world.person.as_ref().unwrap().user.clone();
    scene.say(&user).await;
    let said = scene.world.heard.all();
    let digits = said.iter().find_map(|said| said.prompt.challenge.clone()).expect("everybody is checked").digits;
    let message = scene.mock.messages().pop().unwrap();
    assert!(!message.to_string().contains(&digits), "the digits stand in the chat: {message}");
    let url = |message: &Value| message["reply_markup"]["inline_keyboard"][0][0]["url"].as_str().unwrap().to_owned();
    let path = url(&message).strip_prefix(ORIGIN).unwrap().to_owned();
    assert!(path.starts_with("/human/") && !path.contains(&digits));

    let router = scene.world.running().router.clone();
    let mut visitor = Visitor::new(ORIGIN);
    for _ in 0..20 {
        let page = visitor.get(&router, &path).await;
        assert!(page.status.is_success() && !page.words().contains(&digits));
    }
    for (file, magic) in [("picture.png", &b"\x89PNG"[..]), ("sound.wav", &b"RIFF"[..])] {
        let request = Request::get(format!("{path}/{file}")).header("host", "127.0.0.1:8080").body(Body::empty());
        let response = router.clone().oneshot(request.unwrap()).await.unwrap();
        assert!(response.status().is_success());
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        assert!(bytes.starts_with(magic), "{file}");
    }
    // Neither helps: the digits come after half a minute, and not before.
    let waiting = visitor.post(&router, &format!("{path}/wait"), &[]).await;
    let spaced = digits.chars().map(String::from).collect::<Vec<_>>().join(" ");
    assert!(waiting.status.is_success() && !waiting.words().contains(&spaced), "{}", waiting.words());
    scene.world.clock.advance(Seconds(31));
    let waited = visitor.get(&router, &format!("{path}/wait")).await;
    assert!(waited.words().contains(&spaced), "{}", waited.words());
    // Typed, they open the way.
    scene.say(&digits).await;
    assert_eq!(scene.said().last().map(String::as_str), Some("verify-choose-method"));

    let mut spoiled = path.clone().into_bytes();
    let last = spoiled.len() - 1;
    spoiled[last] = if spoiled[last] == b'A' { b'Q' } else { b'A' };
    let answer = visitor.get(&router, &String::from_utf8(spoiled).unwrap()).await;
    assert_eq!(answer.status.as_u16(), 410);
    scene.world.clock.advance(Seconds::minutes(16));
    assert_eq!(visitor.get(&router, &path).await.status.as_u16(), 410, "it holds as long as a conversation waits");
}
