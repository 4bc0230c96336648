//! A message as Telegram has it: plain text, a keyboard below, nothing that can be forwarded.

use teloxide_core::payloads::{SendMessage, SendMessageSetters};
use teloxide_core::types::{
    ButtonRequest, ChatId, InlineKeyboardButton, InlineKeyboardMarkup, KeyboardButton, KeyboardMarkup,
    LinkPreviewOptions, Recipient, ReplyMarkup,
};

use crate::channels::messaging::draw::Drawn;
use crate::channels::messaging::platform::Limits;

/// Of the Bot API: 4096 characters of text, 64 bytes in a button; labels and their number are what stays readable.
pub const LIMITS: Limits = Limits { text: 4096, label: 64, token: 64, choices: 40 };

/// The message to one chat. Without markup of any kind in its text, so that nothing in it can be taken for some.
pub fn send_message(chat: i64, drawn: &Drawn) -> SendMessage {
    let preview = LinkPreviewOptions {
        is_disabled: true,
        url: None,
        prefer_small_media: false,
        prefer_large_media: false,
        show_above_text: false,
    };
    let message = SendMessage::new(Recipient::Id(ChatId(chat)), drawn.text.clone())
        .link_preview_options(preview)
        .protect_content(true);
    match keyboard(drawn) {
        Some(keyboard) => message.reply_markup(keyboard),
        None => message,
    }
}

fn keyboard(drawn: &Drawn) -> Option<ReplyMarkup> {
    let labels = drawn.choices.iter().map(|button| button.words(LIMITS));
    // A number of one's own is handed over by a button that no message can carry beside others.
    if let Some(share) = drawn.share_number.as_ref().filter(|_| drawn.links.is_empty()) {
        let own = KeyboardButton::new(share.as_str()).request(ButtonRequest::Contact);
        let rows = std::iter::once(own).chain(labels.map(KeyboardButton::new)).map(|button| vec![button]);
        let keyboard = KeyboardMarkup::new(rows.collect::<Vec<_>>()).resize_keyboard().one_time_keyboard();
        return Some(ReplyMarkup::Keyboard(keyboard));
    }
    let links = drawn.links.iter().filter_map(|link| {
        let url = link.url.parse().ok()?;
        Some(InlineKeyboardButton::url(link.label.clone(), url))
    });
    let picks = labels.zip(&drawn.choices).map(|(label, button)| {
        // The engine's tokens are far shorter than 64 bytes; a test measures them all.
        InlineKeyboardButton::callback(label, button.token.clone())
    });
    let rows: Vec<Vec<InlineKeyboardButton>> = links.chain(picks).map(|button| vec![button]).collect();
    match rows.is_empty() {
        true => Some(ReplyMarkup::kb_remove()),
        false => Some(ReplyMarkup::InlineKeyboard(InlineKeyboardMarkup::new(rows))),
    }
}
