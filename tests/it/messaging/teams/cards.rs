//! Every card that talks lead to, in every language, is of the published form.

use ringback::channels::messaging::draw::{Addresses, draw, pieces};
use ringback::channels::teams::card::{LIMITS, activity};
use ringback::model::peer::Language;
use ringback::model::prompt::{PageLink, Prompt};
use serde_json::Value;

use super::description::faults;
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

fn cards(prompt: &Prompt, language: &Language) -> Vec<Value> {
    let page = |link: &PageLink| format!("{ORIGIN}/page/{}", "x".repeat(43 + usize::from(link.short_code.is_empty())));
    let at = Addresses {
        page: &page,
        challenge: Some(format!("{ORIGIN}/human/{}", "x".repeat(100))),
        private_chat: Some("https://teams.microsoft.com/l/chat/0/0?users=28:8f14e45f".to_owned()),
    };
    pieces(draw(&CATALOG, language, std::slice::from_ref(prompt), &at), LIMITS).iter().map(activity).collect()
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
