//! Every card that talks lead to, in every language, is of the published form; a few are kept to be looked at.

use std::path::Path;

use ringback::channels::messaging::draw::{Addresses, draw, pieces};
use ringback::channels::teams::card::{LIMITS, activity};
use ringback::model::peer::Language;
use ringback::model::prompt::{PageLink, Prompt};
use serde_json::Value;

use super::description::faults;
use super::scene::Scene;
use crate::messaging::app::App;
use crate::support::world::{CATALOG, ORIGIN};
use crate::talks::run::Run;

/// What is wrong with the cards of what a talk's bot said, in any language.
pub fn of_talk(run: &Run) -> Vec<String> {
    let mut wrong = Vec::new();
    for said in run.world.heard.all() {
        for language in CATALOG.languages() {
            for card in cards(&said.prompt, language) {
                let named = |fault| format!("{} in {language}: {fault}", said.prompt.message);
                wrong.extend(faults(&card).into_iter().map(named));
            }
        }
    }
    wrong
}

/// Every different card of what a talk's bot said, in every language, as it would be shown.
pub fn shown(run: &Run) -> Vec<Value> {
    let said = run.world.heard.all();
    let all = said.iter().flat_map(|said| CATALOG.languages().iter().flat_map(|it| cards(&said.prompt, it)));
    all.map(|mut activity| activity["attachments"][0]["content"].take()).collect()
}

/// What tells a card from others, whatever this run's tokens and codes are.
pub fn kind_of(card: &Value) -> String {
    let mut card = card.clone();
    masked(&mut card);
    card.to_string().chars().filter(|c| !c.is_ascii_digit()).collect()
}

fn cards(prompt: &Prompt, language: &Language) -> Vec<Value> {
    let page = |link: &PageLink| format!("{ORIGIN}/page/{}", "x".repeat(43 + usize::from(link.short_code.is_empty())));
    let at = Addresses {
        page: &page,
        challenge: Some(format!("{ORIGIN}/human/{}", "x".repeat(100))),
        private_chat: Some("https://teams.microsoft.com/l/chat/0/0?users=28:8f14e45f".to_owned()),
    };
    pieces(draw(&CATALOG, language, std::slice::from_ref(prompt), &at), LIMITS).iter().map(activity).collect()
}

/// Tokens and addresses differ in every run.
fn masked(value: &mut Value) {
    match value {
        Value::Object(parts) => {
            for (name, inner) in parts {
                match (name.as_str(), inner.as_str()) {
                    ("pick", Some(token)) => {
                        *inner = token.split('.').next().map(|key| format!("{key}.~")).unwrap_or_default().into();
                    }
                    ("url", Some(_)) => *inner = "https://~".into(),
                    _ => masked(inner),
                }
            }
        }
        Value::Array(all) => all.iter_mut().for_each(masked),
        _ => {}
    }
}

/// `RINGBACK_BLESS=1` writes them anew.
#[tokio::test]
async fn the_first_cards_of_a_reset_are_as_they_were() {
    for language in ["en", "ms"] {
        let mut scene = Scene::open().await;
        scene.her.start(&scene.world, None, language).await;
        scene.say("/reset").await;
        let user = scene.world.person.as_ref().unwrap().user.clone();
        scene.say(&user).await;
        let mut cards: Vec<Value> = scene.mock.shown().into_iter().map(|shown| shown.activity).collect();
        assert_eq!(cards.len(), 3, "{:?}", scene.screen());
        cards.iter_mut().for_each(masked);
        let text = serde_json::to_string_pretty(&cards).unwrap() + "\n";
        let path =
            Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/it/messaging/teams/golden/{language}.json"));
        if std::env::var_os("RINGBACK_BLESS").is_some() {
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, &text).unwrap();
        }
        let kept = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(kept == text, "{} differs; look at it and run with RINGBACK_BLESS=1:\n{text}", path.display());
    }
}

/// Names and hints come from directories: whatever stands in them stays words.
#[test]
fn nothing_in_a_text_becomes_markup_or_another_element() {
    use ringback::channels::messaging::draw::Drawn;
    use ringback::model::prompt::Input;
    for text in [
        "[press](https://evil.example)",
        "**bold** _x_ `code`",
        "<at>Ada</at><script>x</script>",
        "\"}],\"actions\":[{",
        "{{DATE(2026)}}",
        "${data}",
        "&lt;b&gt;",
        "\u{202e}drow",
        "# head\n- item",
        "| a | b |",
        "1. one",
        "\\n\\u0000",
        "'; DROP TABLE x",
    ] {
        let drawn = Drawn {
            text: text.to_owned(),
            language: Language("en".to_owned()),
            choices: Vec::new(),
            links: Vec::new(),
            input: Input::Nothing,
            share_number: None,
        };
        let card = activity(&drawn);
        assert_eq!(faults(&card), Vec::<String>::new(), "{text}");
        let body = card["attachments"][0]["content"]["body"].as_array().unwrap().clone();
        assert!(body.iter().all(|element| element["type"] == "RichTextBlock"), "{text}");
        let lines: Vec<&str> = body.iter().map(|line| line["inlines"][0]["text"].as_str().unwrap()).collect();
        assert_eq!(lines.join("\n"), text);
    }
}
