//! A message as Discord has it: plain words, buttons or a select below, nobody mentioned, no previews.

use serde::Serialize;
use serenity::all::{ButtonStyle, MessageFlags};
use serenity::builder::{
    CreateActionRow, CreateAllowedMentions, CreateButton, CreateSelectMenu, CreateSelectMenuKind,
    CreateSelectMenuOption,
};

use crate::channels::messaging::draw::Drawn;
use crate::channels::messaging::platform::Limits;
use crate::model::names::MessageKey;
use crate::model::peer::{Language, Surface};
use crate::model::prompt::{Input, Prompt};
use crate::text::catalog::Catalog;

/// Of Discord's reference: 2000 characters of text, which marks that must not be read as such may double; 80 of a button;
/// 100 bytes carried back; selects of 25, of which a message has room for three beside its other buttons.
pub const LIMITS: Limits = Limits { text: 1000, label: 80, token: 100, choices: 75 };

/// What the id of the button that opens a form begins with; the language follows. It is bound to nobody and no step, because it
/// does nothing but open a form for whoever presses it: what is typed there counts as their own words, by the user id that
/// Discord signs, at the question that is open when they come. The same words behind `/answer` do the same.
pub const ASK: &str = "/answer:";
/// What the ids of selects begin with; their number follows.
pub const PICK: &str = "/pick:";

const BUTTONS_IN_A_ROW: usize = 5;
const OPTIONS_OF_A_SELECT: usize = 25;

/// A message's parts, the same wherever it goes.
#[derive(Serialize)]
pub struct Body {
    pub content: String,
    pub flags: MessageFlags,
    pub allowed_mentions: CreateAllowedMentions,
    pub components: Vec<CreateActionRow>,
}

/// What a prompt became.
pub fn body(catalog: &Catalog, drawn: &Drawn) -> Body {
    let links = drawn.links.iter().map(|link| CreateButton::new_link(link.url.clone()).label(link.label.clone()));
    let mut rows = in_rows(links.collect());
    if drawn.choices.len() <= BUTTONS_IN_A_ROW {
        let picks = drawn.choices.iter().map(|button| {
            CreateButton::new(button.token.clone()).label(button.words(LIMITS)).style(ButtonStyle::Secondary)
        });
        rows.extend(in_rows(picks.collect()));
    } else {
        let placeholder = words(catalog, &drawn.language, "messaging-pick");
        for (n, choices) in drawn.choices.chunks(OPTIONS_OF_A_SELECT).enumerate() {
            let option = |button: &crate::channels::messaging::draw::Button| {
                CreateSelectMenuOption::new(button.words(LIMITS), button.token.clone())
            };
            let options = choices.iter().map(option).collect();
            let menu = CreateSelectMenu::new(format!("{PICK}{n}"), CreateSelectMenuKind::String { options });
            rows.push(CreateActionRow::SelectMenu(menu.placeholder(placeholder.clone())));
        }
    }
    if matches!(drawn.input, Input::Text | Input::Digits(_) | Input::Phone | Input::Email) {
        let ask = CreateButton::new(format!("{ASK}{}", drawn.language.tag()))
            .label(words(catalog, &drawn.language, "messaging-answer"))
            .style(ButtonStyle::Primary);
        rows.push(CreateActionRow::Buttons(vec![ask]));
    }
    Body {
        content: plain(&drawn.text),
        flags: MessageFlags::SUPPRESS_EMBEDS,
        allowed_mentions: CreateAllowedMentions::new(),
        components: rows,
    }
}

/// Words of the catalog that need no arguments.
pub fn words(catalog: &Catalog, language: &Language, key: &'static str) -> String {
    catalog.render(language, Surface::Chat, &Prompt::of(MessageKey::of(key)), &|_| None).text
}

/// Text in which no character is a mark: names and hints may hold any. Addresses stay as they are.
pub fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for word in text.split_inclusive(char::is_whitespace) {
        if word.starts_with("https://") || word.starts_with("http://") {
            plain.push_str(word);
            continue;
        }
        for character in word.chars() {
            if matches!(character, '\\' | '*' | '_' | '~' | '`' | '|' | '>' | '<' | '#' | '[' | ']') {
                plain.push('\\');
            }
            plain.push(character);
        }
    }
    plain
}

fn in_rows(buttons: Vec<CreateButton>) -> Vec<CreateActionRow> {
    buttons.chunks(BUTTONS_IN_A_ROW).map(|row| CreateActionRow::Buttons(row.to_vec())).collect()
}
