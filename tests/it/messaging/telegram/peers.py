"""An independent library for Telegram: reads the updates that our tests deliver and the messages that we send, and makes
updates for us to read. A list of cases in, a list of answers out, as JSON."""

import datetime
import json
import sys

from telegram import (
    CallbackQuery,
    Chat,
    Contact,
    InlineKeyboardMarkup,
    KeyboardButton,
    LinkPreviewOptions,
    Message,
    MessageOriginUser,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
    Update,
    User,
)

WHEN = datetime.datetime(2026, 1, 5, 1, 0, tzinfo=datetime.timezone.utc)
USER = User(5550001, "Ada", False, language_code="ms")
PRIVATE = Chat(5550001, Chat.PRIVATE, first_name="Ada")
GROUP = Chat(-100200300, Chat.SUPERGROUP, title="Team")
BOT = User(123456789, "Reset", True, username="example_reset_bot")


def reads(update):
    read = Update.de_json(update, None)
    message, query = read.message, read.callback_query
    return {
        "id": read.update_id,
        "user": read.effective_user.id,
        "language": read.effective_user.language_code,
        "chat": read.effective_chat.type,
        "text": message.text if message else None,
        "owner": message.contact.user_id if message and message.contact else None,
        "data": query.data if query else None,
        # What the library knows of it, written again: nothing of ours may be unknown to it.
        "again": json.loads(read.to_json()),
    }


def takes(call):
    keyboard = call["reply_markup"]
    if "inline_keyboard" in keyboard:
        keyboard = InlineKeyboardMarkup.de_json(keyboard, None)
    elif "keyboard" in keyboard:
        rows = [[KeyboardButton.de_json(button, None) for button in row] for row in keyboard["keyboard"]]
        rest = {name: value for name, value in keyboard.items() if name != "keyboard"}
        keyboard = ReplyKeyboardMarkup(rows, **rest)
    else:
        keyboard = ReplyKeyboardRemove(selective=keyboard.get("selective"))
    return {
        "link_preview_options": LinkPreviewOptions.de_json(call["link_preview_options"], None).to_dict(),
        "reply_markup": keyboard.to_dict(),
    }


def makes(kind):
    def message(**parts):
        chat = parts.pop("chat", PRIVATE)
        return Message(7, WHEN, chat, from_user=USER, **parts)

    made = {
        "text": lambda: Update(1, message=message(text="help")),
        "start": lambda: Update(2, message=message(text="/start reset")),
        "own card": lambda: Update(3, message=message(contact=Contact("60123456789", "Ada", user_id=5550001))),
        "another card": lambda: Update(4, message=message(contact=Contact("60123456780", "Bob", user_id=5550002))),
        "forwarded": lambda: Update(5, message=message(text="help", forward_origin=MessageOriginUser(WHEN, USER))),
        "group": lambda: Update(6, message=message(chat=GROUP, text="/reset")),
        "edited": lambda: Update(7, edited_message=message(text="help", edit_date=WHEN)),
        "button": lambda: Update(
            8, callback_query=CallbackQuery("11", USER, "-12", message=Message(6, WHEN, PRIVATE, from_user=BOT), data="reset.AAAA")
        ),
        "channel": lambda: Update(9, channel_post=Message(7, WHEN, Chat(-100200301, Chat.CHANNEL, title="News"), text="/reset")),
    }
    return json.loads(made[kind]().to_json())


does = {"reads": reads, "takes": takes, "makes": makes}
print(json.dumps([does[case["do"]](case["with"]) for case in json.load(sys.stdin)]))
